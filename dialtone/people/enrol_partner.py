"""A partner joins or leaves the PSTN programme: only an enrolled one may offer calling plans (ACC-03)."""

from __future__ import annotations

from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.problems import Problem
from dialtone.people.change_organisation import locked
from dialtone.people.models import Organisation


def enrol(partner_id: UUID) -> Organisation:
    """The operator has authorised the partner, and the partner has accepted the calling addendum. Again does nothing.

    Raises Problem not_found for anything but a partner.
    """
    partner = _partner(partner_id)
    if partner.enrolled_at is None:
        partner.enrolled_at = clock.now()
        _store(partner, "partner_enrolled")
    return partner


def withdraw(partner_id: UUID) -> Organisation:
    """End the enrolment: what was sold stays, nothing new is offered. Raises Problem not_found."""
    partner = _partner(partner_id)
    if partner.enrolled_at is not None:
        partner.enrolled_at = None
        _store(partner, "partner_withdrawn")
    return partner


def _partner(partner_id: UUID) -> Organisation:
    found = locked(partner_id)
    if found.kind != "partner":
        raise Problem("not_found")
    return found


def _store(partner: Organisation, action: str) -> None:
    partner.version += 1
    partner.save()
    record.change(partner, action, name=partner.name, after={"enrolled_at": partner.enrolled_at})
