"""Take a person's second factor away, for who has lost phone, passkey and recovery codes: the next sign-in is by password alone.

That makes an account weaker, so it is for who administers the person and knows them, with a reason; whoever it was is told by
mail, and sessions, tokens and programs let in end at once. One of the operator, who reaches every customer, takes a second
person of the operator (H15); where there is none, the machine's own command line does it (`dialtone people`).
Source: reliability, threat 6 (account take-over).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from allauth.mfa.models import Authenticator

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.text import clean
from dialtone.people import approvals, consents, end_session, second_factor, tokens
from dialtone.people.change_person import locked_person
from dialtone.people.models import Approval, Person, Token

BY_TWO: Final = "reset_second_factor"
LONGEST_REASON: Final = 200


def reset_second_factor(person_id: UUID, *, reason: object, by_role: str) -> Approval | None:
    """Reset it; or, for somebody of the operator, ask a second person to consent, which is answered.

    Raises Problem not_found, people.role, people.own_second_factor, people.no_second_factor, and those of text.
    """
    person, organisation = locked_person(person_id, by_role)
    why = _checked(person, reason)
    if organisation.kind == "operator":
        asked = {"person": str(person.id), "name": person.display_name, "reason": why}
        return approvals.ask(BY_TWO, asked, 1)
    _reset(person, why)
    return None


def reset_at_console(email: str, *, reason: object) -> Person:
    """Whoever may run commands on the machine may do as the operator may, so this needs no second person. Operator's scope.

    Raises Problem not_found, people.no_second_factor, and those of text.
    """
    found: Person | None = Person.objects.filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise Problem("not_found", field="/email")
    with tenancy.owner_scope(found):
        person, _organisation = locked_person(found.id, "operator")
        _reset(person, _checked(person, reason))
    return person


def _checked(person: Person, reason: object) -> str:
    if person.id == tenancy.actor().id:
        raise Problem("people.own_second_factor")
    why = clean(reason, field="/reason", limit=LONGEST_REASON)
    with tenancy.door_scope():
        if not second_factor.is_set_up(person.id):
            raise Problem("people.no_second_factor", values={"name": person.display_name})
    return why


def _reset(person: Person, reason: str) -> None:
    with tenancy.door_scope():
        Authenticator.objects.filter(user_id=person.id).delete()  # recovery codes are among them
    for token in Token.objects.select_for_update().filter(person=person, revoked_at=None):
        tokens.end(token)
    consents.end_all_of(person.id)
    end_session.end_all_sessions(person.id)
    record.change(person, "second_factor_reset", name=person.display_name, facts={"reason": reason})
    facts = {
        "name": person.display_name,
        "by": tenancy.actor().name,
        "reason": reason,
        "at": clock.now().isoformat(),
    }
    mail.write("second_factor_reset", person_id=person.id, facts=facts)


def _carry_out(asked: Mapping[str, Any]) -> None:
    """Raises Problem not_found, people.no_second_factor, if the person went or has none any more."""
    person, _organisation = locked_person(UUID(asked["person"]), "operator")
    _reset(person, _checked(person, asked["reason"]))


approvals.register(BY_TWO, "resets_second_factors", _carry_out)
