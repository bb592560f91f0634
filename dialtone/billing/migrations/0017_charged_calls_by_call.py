"""A charged call is known by its call alone: an id of its own and an index by customer, which nobody asked for, took more than a third of
what marking calls takes in a month-end run. And a transaction, of which there is one in a statement, is looked for once, not once a call.

Weaker in nothing: the same is checked of every row as before (0013, 0016). Nothing is read or written anew: the constraint by which a call is
there once stays as the key, and the column of the id stays, empty, since the version before fills it; a later version takes it out.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.migrations.operations.base import Operation

from dialtone.base.tenancy import current_customer_id

# The tables, and their index by customer.
BY_CUSTOMER = {
    "billing_chargedcall": "billing_chargedcall_customer_id_cb1d82a3",
    "billing_wholesalechargedcall": "billing_wholesalechargedcall_customer_id_521d37a8",
}
BY_CALL = """
ALTER TABLE {0} DROP CONSTRAINT {0}_pkey;
ALTER TABLE {0} ALTER COLUMN id DROP NOT NULL;
DROP INDEX {1};
"""
BY_ID = """
ALTER TABLE {0} DROP COLUMN id;
ALTER TABLE {0} ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE {0} ALTER COLUMN id DROP DEFAULT;
ALTER TABLE {0} ADD PRIMARY KEY (id);
CREATE INDEX {1} ON {0} (customer_id);
"""
# As its owner, so that no row is hidden from it. By index whatever the planner thinks: the plan of a first, big statement is kept.
_HEAD = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off AS $$
DECLARE
    wrong uuid;
BEGIN
"""
_TAIL = """
    IF FOUND THEN
        RAISE EXCEPTION '{what}', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = '{constraint}';
    END IF;
    RETURN NULL;
END $$;
"""
_ONCE = """
    SELECT c.call_id INTO wrong FROM charged c
    LEFT JOIN calls_callrecord r ON {call}
    WHERE r.id IS NULL LIMIT 1;
    IF NOT FOUND THEN
        SELECT c.call_id INTO wrong FROM
            (SELECT DISTINCT ON (transaction_id, customer_id, partner_id) transaction_id, customer_id, partner_id, call_id FROM charged) c
        LEFT JOIN billing_transaction t ON {transaction}
        WHERE t.id IS NULL LIMIT 1;
    END IF;
"""
_ROW_BY_ROW = """
    SELECT c.call_id INTO wrong FROM charged c
    LEFT JOIN calls_callrecord r ON {call}
    LEFT JOIN billing_transaction t ON {transaction}
    WHERE r.id IS NULL OR t.id IS NULL LIMIT 1;
"""
_CHECKS = (
    {
        "name": "billing_check_charged_calls",
        "call": "r.id = c.call_id AND r.customer_id = c.customer_id",
        "transaction": "t.id = c.transaction_id AND t.customer_id = c.customer_id AND t.partner_id = c.partner_id",
        "what": "charged call % is no call of its customer, or its transaction is not the customer''s",
        "constraint": "billing_chargedcall_of_its_customer",
    },
    {
        "name": "billing_check_wholesale_calls",
        "call": "r.id = c.call_id AND r.customer_id = c.customer_id AND r.partner_id = c.partner_id",
        "transaction": "t.id = c.transaction_id AND t.customer_id IS NULL AND t.partner_id = c.partner_id",
        "what": "charged call % is no call of a customer of the partner, or its transaction is not the partner''s",
        "constraint": "billing_wholesalechargedcall_of_its_partner",
    },
)


def _functions(body: str) -> str:
    return "".join((_HEAD + body + _TAIL).format(**each) for each in _CHECKS)


def _on_tables(sql: str) -> str:
    return "".join(sql.format(table, index) for table, index in BY_CUSTOMER.items())


def _known_by_call(model: str) -> list[Operation]:
    return [
        migrations.AlterField(
            model, "customer_id", models.UUIDField(default=current_customer_id, editable=False)
        ),
        migrations.RemoveField(model, "id"),
        migrations.AlterField(model, "call_id", models.UUIDField(primary_key=True, serialize=False)),
    ]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0016_wholesale_protection")]

    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(_on_tables(BY_CALL), _on_tables(BY_ID))],
            [*_known_by_call("chargedcall"), *_known_by_call("wholesalechargedcall")],
        ),
        migrations.RunSQL(_functions(_ONCE), _functions(_ROW_BY_ROW)),
    ]
