"""Say from which month on the operator sells to a partner, and the partner to its customers; or that it no longer does.

Only for months that are not over: who sells to whom in a month is settled before it can be invoiced. Nothing is assumed: a partner of whom nobody has
said it gets no wholesale papers. House decision (docs/decisions/0006).
"""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from dialtone.base import clock, jobs, record
from dialtone.base.problems import Problem
from dialtone.people.models import Organisation
from dialtone.rates.models import Resale


def sell_through(partner_id: UUID, first: date, *, is_on: bool) -> Resale:
    """From the month that begins on `first`. Raises Problem not_found, rates.house_partner, rates.wholesale_month. Operator's scope."""
    partner = Organisation.objects.select_for_update().filter(id=partner_id, kind="partner").first()
    if partner is None:
        raise Problem("not_found")
    if partner.is_house_partner:
        raise Problem("rates.house_partner")
    earliest = earliest_month()
    if first < earliest:
        values = {"month": f"{first:%Y-%m}", "first": f"{earliest:%Y-%m}"}
        raise Problem("rates.wholesale_month", field="/month", values=values)
    now = clock.now()
    known = Resale.objects.filter(partner_id=partner.id, from_on=first).first()
    made = known or Resale(partner_id=partner.id, customer_id=None, from_on=first)
    before = None if known is None else {"is_on": known.is_on}
    if known is not None and known.is_on == is_on:
        return known
    made.is_on, made.set_at = is_on, now
    made.charge_due_at = now if is_on else None
    made.save()
    if is_on:
        jobs.wake("due")
    record.change(
        partner,
        "wholesale_set",
        name=partner.name,
        before=before,
        after={"is_on": is_on},
        facts={"month": f"{first:%Y-%m}"},
    )
    return made


def earliest_month() -> date:
    """The first day of the earliest month that is not over everywhere on earth: the last place is twelve hours behind UTC."""
    return (clock.now() - timedelta(hours=12)).date().replace(day=1)
