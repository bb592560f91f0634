"""Change the table of taxes: what lines would change is shown first (`propose`), then they are put into force and written down in the
audit trail (`apply`). Invoices that are made keep their taxes."""

from __future__ import annotations

import hashlib

from dialtone.base import installation, record
from dialtone.base.models import Installation
from dialtone.base.problems import Problem
from dialtone.billing import tax_file, taxes

MOST_NAMED = 50  # lines that the audit record names one by one


def propose(text: str) -> tuple[tax_file.Plan, str]:
    """What the lines (`tax_file`) change, and which table that was said of. Raises Problem billing.tax_file."""
    try:
        wanted = tax_file.read(text)
    except ValueError as error:
        raise Problem("billing.tax_file", field="/file", values={"why": str(error)[:2000]}) from error
    file = taxes.file_in_force()
    seen = hashlib.sha256(file.read_bytes()).hexdigest()
    return tax_file.plan(tax_file.table(file), wanted), seen


def apply(text: str, *, seen: str) -> tax_file.Plan:
    """Put the lines into force, if the table is still the one that was `seen`. Raises Problem billing.tax_file,
    billing.taxes_changed. Operator's scope.

    The file is written last, before the transaction ends; should the end fail, the lines are in force without their record, and the
    same lines again change nothing.
    """
    installation.known() or installation.begin()
    locked = Installation.objects.select_for_update().get()  # two at once wait for each other
    plan, now = propose(text)
    if now != seen:
        raise Problem("billing.taxes_changed")
    if plan.added or plan.changed:
        new = [tax_file.shown(each) for each in plan.added]
        changed = [f"{tax_file.shown(old)} -> {tax_file.shown(after)}" for old, after in plan.changed]
        record.change(
            locked,
            "taxes_changed",
            facts={
                "added": len(new),
                "changed": len(changed),
                "lines": [*new, *changed][:MOST_NAMED],
                "table_before": now,
            },
        )
        tax_file.write(plan.whole, taxes.own_file())
    return plan
