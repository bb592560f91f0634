"""What takes two persons: one asks, another consents or refuses within a week, and both are named (H15).

A room registers what consent carries out, as it registers its invariants; so nothing here looks upwards, and every door has one
way to consent. Whoever asks cannot decide, not by a token or for another organisation either: it is the person that counts.
A matter is a customer's, a partner's or the operator's own: that of the scope in which it was asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.base.record import Moved
from dialtone.base.text import clean
from dialtone.people import permissions, queries
from dialtone.people import problems as _problems  # noqa: F401  registers the codes
from dialtone.people.models import Approval, Person

WAITING, APPROVED, REFUSED, WITHDRAWN, EXPIRED = "waiting", "approved", "refused", "withdrawn", "expired"
STATES = (WAITING, APPROVED, REFUSED, WITHDRAWN, EXPIRED)
ACTS_NEXT = {state: "customer" if state == WAITING else "nobody" for state in STATES}
LASTS = timedelta(days=7)
LONGEST_NOTE = 200


@dataclass(frozen=True)
class Kind:
    """A matter for two persons: the permission that both need, and what consent carries out."""

    permission: str
    effect: Callable[[Mapping[str, Any]], None]


_kinds: dict[str, Kind] = {}


def register(kind: str, permission: str, effect: Callable[[Mapping[str, Any]], None]) -> None:
    """Let a room's matter be asked for. `effect` gets what was asked, and raises Problems as the verb itself would."""
    permissions.roles_with(permission)
    _kinds[kind] = Kind(permission, effect)


def permission_of(approval: Approval) -> str:
    """The permission that it takes to decide on this."""
    return _kinds[approval.kind].permission


def kinds_for(permissions_held: Collection[str]) -> list[str]:
    """The matters that somebody with these permissions may decide on."""
    return sorted(name for name, kind in _kinds.items() if kind.permission in permissions_held)


def ask(kind: str, asked: Mapping[str, Any], count: int) -> Approval:
    """Ask for something of `count` things in the own scope. Asked for already and still waiting, that is answered."""
    actor = tenancy.actor()
    if actor.id is None:
        raise Problem("permission.missing", values={"permission": _kinds[kind].permission})
    text = json.dumps(asked, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    known: Approval | None = _own().filter(kind=kind, digest=digest, state=WAITING).first()
    if known is not None:
        return known
    now = clock.now()
    made = Approval(
        kind=kind,
        asked=dict(asked),
        digest=digest,
        count=count,
        asked_at=now,
        asked_by=actor.id,
        asked_by_name=actor.name[:200],
        due_at=now + LASTS,
    )
    made.save(force_insert=True)
    _record(made, "approval_asked", "", event="asked")
    for each in others(made):
        _write("approval_asked", made, each.id)
    return made


def approve(approval_id: UUID) -> Approval:
    """Consent, and carry it out in this transaction: all or nothing.

    Raises Problem not_found, approvals.decided, approvals.own, and what the matter's own verb raises.
    """
    found = _for_decision(approval_id)
    _kinds[found.kind].effect(found.asked)
    return _decide(found, APPROVED, "approval_given")


def refuse(approval_id: UUID, note: object = "") -> Approval:
    """Do not consent; nothing happens. Raises Problem not_found, approvals.decided, approvals.own, field.too_long."""
    found = _for_decision(approval_id)
    found.note = clean(note, field="/note", limit=LONGEST_NOTE) if note else ""
    return _decide(found, REFUSED, "approval_refused")


def withdraw(approval_id: UUID) -> Approval:
    """Whoever asked thinks better of it. Raises Problem not_found (for anybody else), approvals.decided."""
    found = _locked(approval_id)
    if found.asked_by != tenancy.actor().id:
        raise Problem("not_found")
    return _decide(found, WITHDRAWN, "approval_withdrawn")


def expire(approval_id: UUID) -> None:
    """Nobody decided in time. Nothing happens to what is decided, or not due yet."""
    found = Approval.objects.select_for_update().filter(id=approval_id, state=WAITING).first()
    if found is not None and found.due_at <= clock.now():
        _decide(found, EXPIRED, "approval_expired")


def approvals(*, open_only: bool = False, kinds: Collection[str] | None = None) -> QuerySet[Approval]:
    """What was asked for in this scope, newest first; only matters of some kinds."""
    found = _own().order_by("-asked_at", "-id")
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    return found.filter(state=WAITING) if open_only else found


def approval(approval_id: UUID) -> Approval:
    """One of the scope's own. Raises Problem not_found."""
    found: Approval | None = _own().filter(id=approval_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def anybodys(approval_id: UUID) -> Approval:
    """One that is due, of whichever organisation. Raises Problem not_found. Operator's scope."""
    found: Approval | None = Approval.objects.filter(id=approval_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def about(kind: str, **asked: str) -> QuerySet[Approval]:
    """The matters of a kind in this scope that ask for this, newest first."""
    return approvals(kinds=[kind]).filter(asked__contains=asked)


def others(approval: Approval) -> Sequence[Person]:
    """Who of the organisation may decide: those with the permission, without who asked. Its partner and the operator may, too."""
    owner = approval.customer_id or approval.partner_id or queries.operator().id
    found = queries.people(organisation_id=owner, roles=permissions.roles_with(permission_of(approval)))
    return list(found.filter(deactivated_at=None).exclude(id=approval.asked_by))


def _own() -> QuerySet[Approval]:
    """The matters of the scope's organisation: a partner and the operator see their customers' when they act for them."""
    customer_id = tenancy.customer_id_or_none()
    if customer_id is not None:
        return Approval.objects.filter(customer_id=customer_id)
    return Approval.objects.filter(customer_id=None, partner_id=tenancy.partner_id_or_none())


def _locked(approval_id: UUID) -> Approval:
    found: Approval | None = _own().select_for_update().filter(id=approval_id).first()
    if found is None:
        raise Problem("not_found")
    if found.state != WAITING or found.due_at is None or found.due_at <= clock.now():
        raise Problem("approvals.decided")
    return found


def _for_decision(approval_id: UUID) -> Approval:
    found = _locked(approval_id)
    actor = tenancy.actor()
    if actor.id is None or actor.id == found.asked_by:
        raise Problem("approvals.own")
    return found


def _decide(found: Approval, state: str, action: str) -> Approval:
    before, actor = found.state, tenancy.actor()
    found.state = state
    found.decided_at = clock.now()
    found.decided_by = actor.id
    found.decided_by_name = actor.name[:200]
    found.due_at = None
    found.version += 1
    found.save()
    _record(found, action, before, event=state)
    if state != WITHDRAWN:
        _write("approval_decided", found, found.asked_by)
    return found


def _record(found: Approval, action: str, before: str, *, event: str) -> None:
    record.change(
        found,
        action,
        facts={**found.asked, "kind": found.kind, "asked_by": found.asked_by_name, "note": found.note},
        moves=[Moved("approval", found.id, before, found.state, event)],
    )


def _write(template: str, found: Approval, person_id: UUID) -> None:
    facts = {
        "kind": found.kind,
        "count": found.count,
        "state": found.state,
        "asked_by": found.asked_by_name,
        "decided_by": found.decided_by_name,
        "note": found.note,
        "approval_id": str(found.id),
    }
    mail.write(template, person_id=person_id, facts=facts, reference=f"approval:{found.id}:{found.state}")
