"""See where a person is signed in, and sign them out there (S13).

Sessions are no tenant's: only the role `door` sees them, so each verb first makes sure, in the scope it is called in,
that the person may be seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from dialtone.base import record, tenancy
from dialtone.base.problems import Problem
from dialtone.people import queries


def sessions_of(person_id: UUID) -> Sequence[UserSession]:
    """Where a person of the scope is signed in, latest use first. Raises Problem not_found."""
    queries.person(person_id)
    with tenancy.door_scope():
        return list(UserSession.objects.filter(user_id=person_id).order_by("-last_seen_at"))


def end_session(person_id: UUID, session_id: int) -> None:
    """End one session; it is out with its next request. Raises Problem not_found."""
    person = queries.person(person_id)
    with tenancy.door_scope():
        found = UserSession.objects.filter(id=session_id, user_id=person_id).first()
        if found is None:
            raise Problem("not_found")
        found.end()
    record.change(person, "session_ended", name=person.display_name)


def end_all_sessions(person_id: UUID) -> int:
    """End all sessions of a person; answers how many there were. Raises Problem not_found."""
    person = queries.person(person_id)
    with tenancy.door_scope():
        found = list(UserSession.objects.filter(user_id=person_id))
        for session in found:
            session.end()
    if found:
        record.change(person, "session_ended", name=person.display_name, facts={"count": len(found)})
    return len(found)


def end_everybodys_sessions() -> int:
    """Sign everybody out, for a restored installation: its sessions may be ones that had been ended since. Answers how many."""
    with tenancy.door_scope():
        UserSession.objects.all().delete()
        count, _each = Session.objects.all().delete()
    return count
