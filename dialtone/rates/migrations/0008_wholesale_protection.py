"""What the operator takes from a partner is the partner's to read and nobody's below it: customers see neither wholesale lists nor what
calls came to for their partner, and a partner changes none of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import append_only, of_known_tenant, protect, same_customer

_OF_PARTNER = "partner_id = nullif(current_setting('app.partner', true), '')::uuid"
# Which lists are retail is looked up once a statement, not once a row.
_RETAIL = "price_list_id IN (SELECT id FROM rates_pricelist WHERE NOT is_wholesale)"


def _policies(table: str, retail: str) -> list[tuple[str, str]]:
    """Statements and those that undo them."""
    own, seen = f"{_OF_PARTNER} AND {retail}", f"customer_id IS NULL AND (partner_id IS NULL OR {_OF_PARTNER}"
    alter = "ALTER POLICY {} ON " + table + " USING ({})"
    return [
        (
            alter.format("customer_sees", f"{seen} AND {retail})"),
            alter.format("customer_sees", f"{seen})"),
        ),
        (
            alter.format("partner_sees", f"partner_id IS NULL OR {_OF_PARTNER}"),
            alter.format("partner_sees", "partner_id IS NULL"),
        ),
        (
            alter.format("partner_own", own) + f" WITH CHECK ({own})",
            alter.format("partner_own", _OF_PARTNER) + f" WITH CHECK ({_OF_PARTNER})",
        ),
    ]


_ALL = [
    *_policies("rates_pricelist", "NOT is_wholesale"),
    *_policies("rates_callprice", _RETAIL),
    *_policies("rates_chargeprice", _RETAIL),
    # Who of the operator uploaded what stays with the operator.
    _policies("rates_priceversion", _RETAIL)[2],
]
# As of calls rated for customers (0006); a function of its own, since the columns of the two tables do not lie in the same order.
_KNOWN = """
CREATE FUNCTION rates_check_wholesale_calls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT n.customer_id INTO wrong FROM (SELECT DISTINCT partner_id, customer_id FROM rated) n
    WHERE NOT EXISTS (SELECT FROM people_organisation o
                      WHERE o.partner_id = n.partner_id AND o.customer_id = n.customer_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rated calls of %, which is no customer of their partner', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rates_wholesalecall_known';
    END IF;
    SELECT n.price_id INTO wrong FROM (SELECT DISTINCT price_id FROM rated) n
    WHERE NOT EXISTS (SELECT FROM rates_callprice p WHERE p.id = n.price_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rated calls of the price %, which there is not', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rates_wholesalecall_known';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rates_wholesalecall_known AFTER INSERT ON rates_wholesalecall
    REFERENCING NEW TABLE AS rated FOR EACH STATEMENT EXECUTE FUNCTION rates_check_wholesale_calls();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rates", "0007_wholesale")]

    operations: ClassVar = [
        migrations.RunSQL(
            ";\n".join(each[0] for each in _ALL), ";\n".join(each[1] for each in reversed(_ALL))
        ),
        protect("rates_wholesalecall", customer="", partner="SELECT", operator="SELECT, INSERT"),
        append_only("rates_wholesalecall"),
        same_customer("rates_wholesalecall", "number_id", "numbers_number"),
        same_customer("rates_wholesalecall", "location_id", "locations_location"),
        migrations.RunSQL(_KNOWN, "DROP FUNCTION rates_check_wholesale_calls() CASCADE"),
        protect("rates_wholesaleparked", customer="", partner="SELECT", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("rates_wholesaleparked"),
        protect("rates_resale", customer="", partner="SELECT", operator="SELECT, INSERT, UPDATE"),
        of_known_tenant("rates_resale"),
        migrations.RunSQL(
            "ALTER TABLE rates_resale ADD CONSTRAINT rates_resale_partner FOREIGN KEY (partner_id) REFERENCES people_organisation (id)",
            "ALTER TABLE rates_resale DROP CONSTRAINT rates_resale_partner",
        ),
    ]
