"""Choose where the taxes of invoices come from: what that changes is shown first (`propose`), then it holds and stands in the audit trail
(`apply`). Invoices that are made keep their taxes."""

from __future__ import annotations

from dataclasses import dataclass

from dialtone.base import clock, installation, record
from dialtone.base.models import Installation
from dialtone.base.problems import Problem
from dialtone.billing import tax_services
from dialtone.billing.models import TaxChoice
from dialtone.billing.tax_service import TABLE


@dataclass(frozen=True)
class Plan:
    """From what to what; `version` is that of the choice it was said of."""

    before: str
    after: str
    version: int


def chosen() -> str:
    """The code of what taxes come from. Any scope."""
    found = TaxChoice.objects.filter(only=1).values_list("service", flat=True).first()
    return str(found or TABLE)


def version() -> int:
    """How often it was chosen; goes with a change."""
    return int(TaxChoice.objects.filter(only=1).values_list("version", flat=True).first() or 0)


def propose(code: str) -> Plan:
    """What choosing it changes. Raises Problem billing.tax_service_unknown."""
    if code not in tax_services.known():
        values = {"value": code[:40], "allowed": ", ".join(tax_services.known())}
        raise Problem("billing.tax_service_unknown", field="/service", values=values)
    found = TaxChoice.objects.filter(only=1).first()
    return Plan(found.service if found else TABLE, code, found.version if found else 0)


def apply(code: str, *, version: int) -> Plan:
    """Have the taxes of the next invoices come from there. Raises Problem billing.tax_service_unknown, billing.taxes_changed when another
    choice was made since. Operator's scope."""
    installation.known() or installation.begin()
    locked = Installation.objects.select_for_update().get()  # two at once wait for each other
    plan = propose(code)
    if plan.version != version:
        raise Problem("billing.taxes_changed")
    if plan.after != plan.before:
        TaxChoice.objects.update_or_create(
            only=1, defaults={"service": code, "version": version + 1, "chosen_at": clock.now()}
        )
        record.change(locked, "tax_service_chosen", facts={"before": plan.before, "after": plan.after})
    return plan
