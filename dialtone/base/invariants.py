"""What must never be so, as queries that return no row; the auditor runs them all on the live database (T20)."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.db import connection
from django.utils.module_loading import module_has_submodule

from dialtone.base.roles import AUDITOR, acting_as


@dataclass(frozen=True)
class Invariant:
    id: str
    about: str
    sql: str


@dataclass(frozen=True)
class Violation:
    """An invariant that does not hold, with up to twenty of the offending rows."""

    invariant: Invariant
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.invariant.id}: not so that {self.invariant.about}: {'; '.join(self.rows)}"


_known: dict[str, Invariant] = {}


def register(id: str, about: str, sql: str) -> None:
    """Add an invariant; `about` says in plain words what must hold."""
    made = Invariant(id, about, sql)
    if _known.setdefault(id, made) != made:
        raise ValueError(f"invariant {id} is registered twice")


def all_known() -> list[Invariant]:
    return [_known[id] for id in sorted(_known)]


def load() -> None:
    """Import the `invariants` module of every room, so that each has registered its own."""
    for config in apps.get_app_configs():
        if config.name.startswith("dialtone.") and module_has_submodule(config.module, "invariants"):
            import_module(f"{config.name}.invariants")


def run() -> list[Violation]:
    """Run every invariant as the role that may only read; answers what does not hold."""
    load()
    found = []
    with acting_as(AUDITOR), connection.cursor() as cursor:
        for invariant in all_known():
            cursor.execute(invariant.sql)
            rows = cursor.fetchmany(20)
            if rows:
                found.append(Violation(invariant, tuple(str(row) for row in rows)))
    return found


register(
    "S3",
    "every table with a tenant column has forced row security",
    """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'customer_id' AND NOT a.attisdropped
       WHERE c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
         AND c.relname NOT IN ('numbers_claim')""",
)
register(
    "S6",
    "every move of state names the record that says who and why",
    "SELECT m.id FROM base_move m LEFT JOIN base_auditrecord r ON r.id = m.record_id WHERE r.id IS NULL",
)
register(
    "S3-roles",
    "the application's roles own nothing and pass by no row security",
    """SELECT rolname FROM pg_roles WHERE rolname LIKE 'dialtone\\_%' AND (rolsuper OR rolbypassrls)
       UNION ALL SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
       WHERE r.rolname LIKE 'dialtone\\_%' AND r.rolname <> 'dialtone_migrator'""",
)
register(
    "D1",
    "no delivery goes to a webhook of another tenant",
    """SELECT d.id FROM base_delivery d JOIN base_event e ON e.id = d.event_id JOIN base_webhook w ON w.id =
    d.webhook_id WHERE (w.customer_id IS NOT NULL AND w.customer_id IS DISTINCT FROM e.customer_id) OR
    (w.partner_id IS NOT NULL AND w.partner_id IS DISTINCT FROM e.partner_id)
    """,
)
register(
    "D4-deliveries",
    "a delivery is due, delivered or given up",
    """SELECT id FROM base_delivery WHERE due_at IS NULL AND delivered_at IS NULL AND given_up_at IS NULL""",
)
register(
    "D4-letters",
    "a letter is due or sent, unless it was tried often enough",
    "SELECT id FROM base_letter WHERE due_at IS NULL AND sent_at IS NULL AND attempts = 0",
)
