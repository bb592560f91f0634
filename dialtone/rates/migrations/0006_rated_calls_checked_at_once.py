"""Price and customer of rated calls are checked once a statement instead of twice a row: each key locked the price's row once for every
call, though nobody can delete a price or an organisation.

Weaker in nothing: prices are written once (`append_only`) and no role may delete an organisation, so what was there when a row came in
stays there. The auditor looks too (M6-known).
"""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# As its owner, so that no row is hidden from it. Few customers and few prices are behind many calls: each is looked up once, by index
# whatever the planner thinks, since the plan of a first, big statement is kept.
CHECK = """
CREATE FUNCTION rates_check_rated_calls() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wrong uuid;
BEGIN
    SELECT n.customer_id INTO wrong FROM (SELECT DISTINCT partner_id, customer_id FROM rated) n
    WHERE NOT EXISTS (SELECT FROM people_organisation o
                      WHERE o.partner_id = n.partner_id AND o.customer_id = n.customer_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rated calls of %, which is no customer of their partner', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rates_ratedcall_known';
    END IF;
    SELECT n.price_id INTO wrong FROM (SELECT DISTINCT price_id FROM rated WHERE price_id IS NOT NULL) n
    WHERE NOT EXISTS (SELECT FROM rates_callprice p WHERE p.id = n.price_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'rated calls of the price %, which there is not', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'rates_ratedcall_known';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER rates_ratedcall_known AFTER INSERT ON rates_ratedcall
    REFERENCING NEW TABLE AS rated FOR EACH STATEMENT EXECUTE FUNCTION rates_check_rated_calls();
ALTER TABLE rates_ratedcall DROP CONSTRAINT rates_ratedcall_known_tenant;
"""
UNDO = """
DROP FUNCTION rates_check_rated_calls() CASCADE;
ALTER TABLE rates_ratedcall ADD CONSTRAINT rates_ratedcall_known_tenant FOREIGN KEY (partner_id, customer_id)
    REFERENCES people_organisation (partner_id, customer_id);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("rates", "0005_free_minutes_checked")]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="ratedcall",
            name="price",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="rates.callprice",
            ),
        ),
        migrations.RunSQL(CHECK, UNDO),
    ]
