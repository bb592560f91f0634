"""Who acts at the command line: whoever holds a token, or a person of the operator who says for which customer and why.

Whoever may run commands on the machine may do as the operator may; so it is written down who it was (S6), and why (S14).
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, QueryDict

from dialtone.base import record, tenancy
from dialtone.base.ids import inside
from dialtone.base.problems import Problem
from dialtone.base.tenancy import Actor
from dialtone.base.text import clean, clean_email
from dialtone.people.act_for import SHORTEST_REASON
from dialtone.people.caller import Caller
from dialtone.people.callers import caller_for, caller_of_token
from dialtone.people.models import Organisation, Person


def by_token(secret: str, *, user: str, org_id: str = "") -> Caller:
    """The holder of a token, looking at the own organisation or the one named. Raises Problem auth.token, not_found."""
    request = HttpRequest()
    request.GET = QueryDict(f"orgId={org_id}" if org_id else "")
    request.request_id = f"console:{user}"[:80]  # type: ignore[attr-defined]
    with tenancy.door_scope():
        return caller_of_token(request, secret)


def operator_actor(email: str, *, user: str) -> Actor:
    """Who acts for a command without --as (the login name on the machine), or the person of the operator that it names, without
    whom nothing can be asked for or consented to (H15). Raises Problem not_found, and those of text."""
    if not email:
        return Actor(kind="system", name=f"{user} at the command line", origin="console")
    with tenancy.operator_scope():
        return caller_for(_operators(email), request_id=f"console:{user}"[:80]).actor()


def as_operator(email: str, customer: str, *, reason: str, user: str) -> Caller:
    """A person of the operator, looking at a customer named by id or by its whole name; the customer's trail says so and why.

    Raises Problem not_found, people.reason_needed, and those of text.
    """
    with tenancy.operator_scope():
        person = _operators(email)
        why = clean(reason, field="/reason", limit=200, required=False)
        if len(why) < SHORTEST_REASON:
            raise Problem("people.reason_needed", field="/reason")
        view = _customer(customer)
        caller = caller_for(person, view=view, request_id=f"console:{user}"[:80])
    with caller.scope():
        record.change(view, "acting_started", name=view.name, facts={"reason": why, "user": user})
    return caller


def _operators(email: str) -> Person:
    wanted = clean_email(email, field="/as")
    person: Person | None = Person.objects.filter(email=wanted, role="operator", is_active=True).first()
    if person is None:
        raise Problem("not_found", field="/as")
    return person


def of_operator(email: str, *, user: str) -> Caller:
    """A person of the operator, at the operator's own things. Raises Problem not_found."""
    with tenancy.operator_scope():
        return caller_for(_operators(email), request_id=f"console:{user}"[:80])


def _customer(named: str) -> Organisation:
    customers = Organisation.objects.filter(kind="customer")
    found = list(customers.filter(name=named)[:2]) or list(customers.filter(id=_id(named))[:1])
    if len(found) != 1:  # of two with one name, the id must say which
        raise Problem("not_found", field="/customer")
    return found[0]


def _id(named: str) -> UUID:
    try:
        return inside(named, "ORGANIZATION")
    except Problem:
        return UUID(int=0)
