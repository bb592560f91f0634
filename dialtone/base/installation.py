"""What this database knows of the installation it belongs to: sandbox or real, and by which key its secrets are closed.

A process that was told otherwise must not touch it: a sandbox would move a real clock, and another key would leave
papers that nobody can open. Also when the invariants were last checked, and what came of it.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings

import dialtone
from dialtone.base import alone, audit, clock, crypt, desk, invariants, record, tenancy
from dialtone.base.models import Installation

AUDITED_EVERY = timedelta(days=1)
MOST_KEPT = 100
OTHER_KIND, OTHER_KEY = "kind", "key"


def known() -> Installation | None:
    """The installation's row, in the operator's scope; None in a database that nobody has begun with."""
    return Installation.objects.first()


def begin() -> Installation:
    """Write down what this database is from now on, in the operator's scope; again changes nothing."""
    alone.until_commit("installation")
    found = known()
    if found is not None:
        return found
    now = clock.now()
    begun = Installation(
        is_sandbox=settings.SANDBOX,
        begun_at=now,
        key_checks={"documents": crypt.key_check()},
        app_version=dialtone.__version__,
        audit_due_at=now + AUDITED_EVERY,
    )
    begun.save(force_insert=True)
    record.change(begun, "installation_begun", name=begun.app_version, facts={"sandbox": begun.is_sandbox})
    return begun


def differs() -> str:
    """How this process and the database disagree: OTHER_KIND, OTHER_KEY, or "" (operator's scope)."""
    found = known()
    if found is None or not isinstance(found.key_checks, dict):
        return ""
    if found.is_sandbox != settings.SANDBOX:
        return OTHER_KIND
    return "" if found.key_checks.get("documents") == crypt.key_check() else OTHER_KEY


def note_version() -> None:
    """Write down that this version has migrated the database, in the operator's scope."""
    found = known()
    if found is not None and found.app_version != dialtone.__version__:
        before, found.app_version = found.app_version, dialtone.__version__
        found.save(update_fields=["app_version"])
        record.change(
            found, "installation_upgraded", before={"version": before}, after={"version": found.app_version}
        )


def note_restore(backup_made_at: datetime, *, with_new_key: bool) -> None:
    """Write down that the database came from a backup, in the operator's scope."""
    found = known()
    if found is None:
        return
    found.restored_from = backup_made_at
    found.audit_due_at = clock.now()
    if with_new_key:
        found.key_checks = {"documents": crypt.key_check()}
    found.save()
    record.change(found, "installation_restored", facts={"made_at": backup_made_at, "new_key": with_new_key})


def audit_now() -> list[str]:
    """Check all invariants and the audit chain; answers what does not hold, and puts it on the operator's desk (T20).

    Opens its own scopes. The next time is a day later.
    """
    begun = time.monotonic()
    found = [str(each) for each in (*invariants.run(), *audit.verify())]
    with tenancy.operator_scope():
        row = Installation.objects.select_for_update().first()
        if row is None:
            return found
        row.audited_at = clock.now()
        row.audit_due_at = row.audited_at + AUDITED_EVERY
        row.audit_seconds = round(time.monotonic() - begun, 2)
        row.violations = found[:MOST_KEPT]
        row.save(update_fields=["audited_at", "audit_due_at", "audit_seconds", "violations"])
        if found:
            facts = {"count": len(found), "first": found[0][:300]}
            desk.open_item("invariant_broken", row, due_at=clock.now(), facts=facts)
    return found
