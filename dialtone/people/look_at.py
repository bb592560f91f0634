"""A program that acts for an organisation below its own, which it names by something of that organisation."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from dialtone.base.problems import Problem
from dialtone.people import rules
from dialtone.people.caller import Caller
from dialtone.people.models import Organisation


def look_at(caller: Caller, organisation_id: UUID) -> Caller:
    """The same caller with another organisation in view. Raises Problem not_found for one that it does not manage.

    For tokens only: people in the browser say why first (`act_for.py`).
    """
    if organisation_id == caller.view_id:
        return caller
    found = Organisation.objects.filter(id=organisation_id).first()
    if found is None or caller.token_id is None or rules.is_closed(found.state):
        raise Problem("not_found")
    if found.id != caller.home_id and not rules.may_manage(
        caller.home_kind, caller.home_id, found.kind, found.partner_id
    ):
        raise Problem("not_found")
    return replace(
        caller, view_id=found.id, view_kind=found.kind, view_name=found.name, view_partner_id=found.partner_id
    )
