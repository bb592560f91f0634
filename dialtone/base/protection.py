"""The second lock between tenants: row-level security, enabled and forced, as migration operations.

`protect("orders_order")` in a migration turns it on with one simple policy per level, and grants the table to
the level roles. `grant()` is for the few tables that hold no tenant data. A test walks the catalogue and fails on
a table that has a tenant column and no forced policy (invariant S3).
"""

from __future__ import annotations

from django.db import migrations
from django.db.migrations.operations.base import Operation

LEVELS = ("customer", "partner", "operator")

_OF_CUSTOMER = "customer_id = nullif(current_setting('app.customer', true), '')::uuid"
_OF_PARTNER = "partner_id = nullif(current_setting('app.partner', true), '')::uuid"
# What a level reads, and what it may write: a customer's row names the customer's own partner, or another
# partner would suddenly see it.
_POLICIES = {
    "customer": (_OF_CUSTOMER, f"{_OF_CUSTOMER} AND {_OF_PARTNER}"),
    "partner": (_OF_PARTNER, _OF_PARTNER),
    "operator": ("true", "true"),
}


def protect(
    table: str,
    *,
    customer: str = "SELECT, INSERT, UPDATE, DELETE",
    partner: str = "SELECT, INSERT, UPDATE, DELETE",
    operator: str = "SELECT, INSERT, UPDATE, DELETE",
    door: str = "",
    customer_sees: str | None = None,
    partner_sees: str | None = None,
) -> Operation:
    """Force row-level security on a tenant table.

    The rights are SQL grant lists ("" for none); `customer_sees` / `partner_sees` add rows to read where a level may see
    more than its own (an organisation's partner, for example). `door` is for the few tables read before the caller is known.
    """
    rights = {"customer": customer, "partner": partner, "operator": operator}
    sees = {"customer": customer_sees, "partner": partner_sees, "operator": None}
    sql = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY migrator_all ON {table} TO dialtone_migrator USING (true) WITH CHECK (true)",
        f"CREATE POLICY auditor_reads ON {table} FOR SELECT TO dialtone_auditor USING (true)",
        f"GRANT SELECT ON {table} TO dialtone_auditor",
    ]
    for level in LEVELS:
        if not rights[level]:
            continue
        reads, writes = _POLICIES[level]
        sql.append(f"GRANT {rights[level]} ON {table} TO dialtone_{level}")
        sql.append(
            f"CREATE POLICY {level}_own ON {table} TO dialtone_{level} USING ({reads}) WITH CHECK ({writes})"
        )
        if sees[level]:
            sql.append(
                f"CREATE POLICY {level}_sees ON {table} FOR SELECT TO dialtone_{level} USING ({sees[level]})"
            )
    if door:
        sql.append(f"GRANT {door} ON {table} TO dialtone_door")
        sql.append(f"CREATE POLICY door_all ON {table} TO dialtone_door USING (true) WITH CHECK (true)")
    drop = [f"DROP POLICY IF EXISTS {name} ON {table}" for name in _policy_names()]
    return migrations.RunSQL(
        ";\n".join(sql), ";\n".join([*drop, f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"])
    )


def _policy_names() -> list[str]:
    return [
        "migrator_all",
        "auditor_reads",
        "door_all",
        *(f"{level}_own" for level in LEVELS),
        *(f"{level}_sees" for level in LEVELS),
    ]


def may_be_nobodys(table: str) -> Operation:
    """Rows of this table may belong to a partner or the operator, who have no customer, from now on."""
    columns = ("customer_id", "partner_id")
    return migrations.RunSQL(
        ";".join(f'ALTER TABLE "{table}" ALTER COLUMN {column} DROP NOT NULL' for column in columns),
        ";".join(f'ALTER TABLE "{table}" ALTER COLUMN {column} SET NOT NULL' for column in columns),
    )


def protect_partners_own(table: str, rights: str) -> Operation:
    """Rights of partners to rows that are their own and no customer's, on a table of whose customers' rows they see nothing."""
    own = f"{_OF_PARTNER} AND customer_id IS NULL"
    return migrations.RunSQL(
        f"GRANT {rights} ON {table} TO dialtone_partner;"
        f"CREATE POLICY partner_own ON {table} TO dialtone_partner USING ({own}) WITH CHECK ({own})",
        f"DROP POLICY partner_own ON {table}; REVOKE {rights} ON {table} FROM dialtone_partner",
    )


def grant(table: str, **rights: str) -> Operation:
    """Grant a table without tenant data: `grant("numbers_area", customer="SELECT", operator="SELECT, INSERT")`.

    The keys are role names without `dialtone_`; the auditor always reads.
    """
    sql = [f"GRANT SELECT ON {table} TO dialtone_auditor"]
    sql += [f"GRANT {what} ON {table} TO dialtone_{role}" for role, what in rights.items() if what]
    return migrations.RunSQL(";\n".join(sql), migrations.RunSQL.noop)


def same_customer(table: str, column: str, parent: str) -> Operation:
    """A reference that carries the tenant: foreign-key checks bypass row security (measured: 0.4), so the
    reference to another tenant's row is made impossible by a composite key (customer_id, id)."""
    name = f"{table}_{column}_same_customer"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (customer_id, {column})"
        f" REFERENCES {parent} (customer_id, id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
    )


def referable(table: str) -> Operation:
    """Let other tables refer to (customer_id, id) of this one."""
    name = f"{table}_customer_id_key"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (customer_id, id)",
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
    )


def append_only(table: str) -> Operation:
    """Rows are written once: any change or deletion raises, whoever tries (invariants P10, S6, M2)."""
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION base_refuse_change()",
        f"DROP TRIGGER {table}_append_only ON {table}",
    )


def of_known_tenant(table: str) -> Operation:
    """The pair (partner_id, customer_id) of a row is one that exists: nobody files a row under somebody else's partner."""
    name = f"{table}_known_tenant"
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (partner_id, customer_id)"
        " REFERENCES people_organisation (partner_id, customer_id)",
        f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}",
    )
