"""What is due: one line per kind of row that waits for its time. A room that adds such a row adds its line here
(D4).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dialtone.base import clock, planned, tenancy
from dialtone.jobs import tasks

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Due:
    """The name of a task, and the SQL that finds its rows: columns named like the task's arguments, then `at`."""

    name: str
    sql: str

    @property
    def run(self) -> Callable[..., None]:
        return tasks.TASKS[self.name]


@dataclass(frozen=True)
class Piece:
    """One piece of due work. With another `at` it is another piece: the row was carried on and waits for its
    next time.
    """

    name: str
    ids: tuple[tuple[str, str], ...]
    at: datetime

    @property
    def lock(self) -> str:
        """Names the work in the queue, where it need not stand twice."""
        return ":".join([self.name, *(value for _name, value in self.ids)])


DUE = (
    Due(
        "carriers.send",
        "SELECT carrier AS code, reference, due_at AS at FROM carriers_command WHERE due_at IS NOT NULL",
    ),
    Due(
        "orders.due",
        "SELECT id AS order_id, customer_id, due_at AS at FROM orders_order WHERE due_at IS NOT NULL",
    ),
    Due(
        "carts.expire",
        "SELECT id AS cart_id, customer_id, until AS at FROM orders_cart"
        " WHERE state = 'open' AND until IS NOT NULL",
    ),
    Due(
        "emergency.check_address",
        "SELECT id AS address_id, customer_id, due_at AS at FROM emergency_emergencyaddress"
        " WHERE state = 'entered' AND due_at IS NOT NULL",
    ),
    Due(
        "emergency.compare",
        "SELECT carrier AS code, due_at AS at FROM emergency_unreadbooks WHERE due_at IS NOT NULL",
    ),
    Due(
        "porting.attend",
        "SELECT id AS order_id, customer_id, due_at AS at FROM porting_portorder"
        " WHERE due_at IS NOT NULL AND ended_at IS NULL",
    ),
    Due(
        "sandbox.push",
        "SELECT reference, push_due_at AS at FROM carriers_sandboxport WHERE push_due_at IS NOT NULL",
    ),
    Due(
        "port_out.attend",
        "SELECT id AS port_out_id, customer_id, due_at AS at FROM porting_portout WHERE due_at IS NOT NULL",
    ),
    Due(
        "port_out.lock",
        "SELECT id AS unlock_id, customer_id, due_at AS at FROM porting_unlock WHERE due_at IS NOT NULL",
    ),
    Due(
        "inventory.sweep",
        "SELECT min(ends) AS at FROM (SELECT min(until) AS ends FROM numbers_claim WHERE state = 'h'"
        " UNION ALL SELECT min(rests_until) FROM numbers_claim WHERE state = 'a') each HAVING min(ends) IS NOT NULL",
    ),
    Due(
        "inventory.deliver",
        "SELECT id AS delivery_id, due_at AS at FROM numbers_delivery WHERE due_at IS NOT NULL",
    ),
    Due(
        "plans.end_trial",
        "SELECT id AS subscription_id, customer_id, due_at AS at FROM plans_subscription WHERE due_at IS NOT NULL",
    ),
    Due(
        "plans.erase_sign_up",
        "SELECT id AS sign_up_id, erase_at AS at FROM plans_signup",
    ),
    Due(
        "mail.send",
        "SELECT id AS letter_id, due_at AS at FROM base_letter WHERE sent_at IS NULL AND due_at IS NOT NULL",
    ),
    Due(
        "webhooks.deliver",
        "SELECT id AS delivery_id, due_at AS at FROM base_delivery WHERE due_at IS NOT NULL",
    ),
    Due(
        "batches.run",
        "SELECT id AS batch_id, customer_id, due_at AS at FROM base_batch WHERE due_at IS NOT NULL",
    ),
    Due(
        "migration.run",
        "SELECT move_id, customer_id, min(due_at) AS at FROM migration_site WHERE due_at IS NOT NULL"
        " GROUP BY move_id, customer_id",
    ),
    Due(
        "estate.work",
        "SELECT id AS import_id, due_at AS at FROM estate_estateimport WHERE due_at IS NOT NULL",
    ),
    Due(
        "migration.by_hand",
        "SELECT id AS move_id, customer_id, due_at AS at FROM migration_manualmove WHERE due_at IS NOT NULL",
    ),
    Due(
        "cases.close",
        "SELECT id AS case_id, due_at AS at FROM support_case WHERE state = 'answered' AND due_at IS NOT NULL",
    ),
    Due(
        "orders.erase_identity",
        "SELECT order_id, customer_id, identity_erase_at AS at FROM orders_caseorder"
        " WHERE identity_erase_at IS NOT NULL",
    ),
    Due(
        "approvals.expire",
        "SELECT id AS approval_id, due_at AS at FROM people_approval WHERE due_at IS NOT NULL",
    ),
    Due(
        "documents.erase",
        "SELECT id AS document_id, coalesce(customer_id::text, '') AS customer_id, erase_at AS at FROM base_document"
        " WHERE erase_at IS NOT NULL AND erased_at IS NULL",
    ),
    Due(
        "rates.charge",
        "SELECT min(waits) AS at FROM (SELECT min(rate_due_at) AS waits FROM calls_recordfile"
        " UNION ALL SELECT min(charge_due_at) FROM rates_pricelist"
        " UNION ALL SELECT min(charge_due_at) FROM rates_resale) each HAVING min(waits) IS NOT NULL",
    ),
    Due(
        "billing.run",
        "SELECT id AS run_id, due_at AS at FROM billing_run WHERE due_at IS NOT NULL",
    ),
    Due(
        "installation.audit",
        "SELECT audit_due_at AS at FROM base_installation WHERE audit_due_at IS NOT NULL",
    ),
)


def due_now() -> list[Piece]:
    """All that is due by our clock, the oldest of each kind first, at most 500 of a kind; in one query."""
    each = " UNION ALL ".join(
        f"(SELECT '{kind.name}' AS name, {nth} AS nth, row_to_json(due) AS ids, at FROM ({kind.sql}) due"
        f" WHERE at <= $1 ORDER BY at LIMIT {MOST_AT_ONCE})"
        for nth, kind in enumerate(DUE)
    )
    now = clock.now()
    with tenancy.operator_scope():
        found = planned.rows(f"SELECT name, ids, at FROM ({each}) due ORDER BY nth, at", now)
        return [_piece(*row) for row in found]


def next_due(after: datetime | None = None) -> datetime | None:
    """The next instant at which something is due (after an instant, when given); None when nothing waits."""
    floor = after or datetime.min.replace(tzinfo=clock.now().tzinfo)
    return next((coming.at for coming in upcoming(floor, most=1)), None)


@dataclass(frozen=True)
class Coming:
    """Work that will be due: the name of its task, and when."""

    name: str
    at: datetime


def upcoming(after: datetime, *, most: int = 20) -> list[Coming]:
    """The next work due after an instant, of all kinds in one query; for the sandbox clock."""
    each = " UNION ALL ".join(
        f"(SELECT '{kind.name}' AS name, at FROM ({kind.sql}) due WHERE at > $1 ORDER BY at LIMIT {int(most)})"
        for kind in DUE
    )
    with tenancy.operator_scope():
        found = planned.rows(f"SELECT name, at FROM ({each}) soon ORDER BY at, name LIMIT {int(most)}", after)
        return [Coming(name, at) for name, at in found]


def _piece(name: str, ids: dict[str, Any] | str, at: datetime) -> Piece:
    told = json.loads(ids) if isinstance(ids, str) else ids
    return Piece(name, tuple((each, str(value)) for each, value in told.items() if each != "at"), at)
