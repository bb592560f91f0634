"""The operator's desk: what waits for people, by due time. Rooms open an item; somebody takes it and settles it.

An item says in `kind` which form the desk shows for it, and names its subject by kind and id, so that nothing
looks upwards. There is at most one open item of a kind for a subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dialtone.base import clock, record, tenancy
from dialtone.base.models import DeskItem
from dialtone.base.problems import CONFLICT, Problem, register
from dialtone.base.record import Subject

register(
    "desk.settled",
    CONFLICT,
    _("This has been settled already: %(outcome)s."),
    next_step=_("Go back to the desk."),
    error_code=25901,
)
register(
    "desk.taken",
    CONFLICT,
    _("Somebody else has taken this."),
    next_step=_("Ask them, or take it over."),
    error_code=25902,
)


def open_item(
    kind: str, subject: Subject, due_at: datetime, facts: Mapping[str, Any] | None = None, *, name: str = ""
) -> DeskItem:
    """Put something on the desk; an open item of this kind for this subject is answered instead of a second one."""
    known = _open_of(kind, subject.id)
    if known is not None:
        return known
    item = DeskItem(
        kind=kind,
        subject_kind=subject.SUBJECT,
        subject_id=subject.id,
        subject_name=name[:200],
        facts=dict(facts or {}),
        opened_at=clock.now(),
        due_at=due_at,
    )
    for column in ("partner_id", "customer_id"):
        if hasattr(subject, column):
            setattr(item, column, getattr(subject, column))
    try:
        with transaction.atomic():
            item.save(force_insert=True)
    except IntegrityError:
        return DeskItem.objects.get(kind=kind, subject_id=subject.id, settled_at=None)
    return item


def waiting(kind: str = "", *, taken_by: UUID | None = None) -> QuerySet[DeskItem]:
    """What is open, most urgent first."""
    found = DeskItem.objects.filter(settled_at=None).order_by("due_at", "id")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(taken_by=taken_by) if taken_by else found


def settled() -> QuerySet[DeskItem]:
    """What was settled, latest first."""
    return DeskItem.objects.filter(settled_at__isnull=False).order_by("-settled_at", "-id")


def item(item_id: UUID) -> DeskItem:
    """One item. Raises Problem("not_found")."""
    found = DeskItem.objects.filter(id=item_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def take(item_id: UUID, *, over: bool = False) -> DeskItem:
    """The acting person works on it. Raises Problem not_found, desk.settled, desk.taken (unless taken `over`)."""
    found = _unsettled(item_id)
    person_id = tenancy.actor().id
    if found.taken_by not in (None, person_id) and not over:
        raise Problem("desk.taken")
    if found.taken_by != person_id:
        found.taken_by = person_id
        found.version += 1
        found.save(update_fields=["taken_by", "version"])
        record.change(found, "desk_item_taken", name=found.subject_name, facts={"kind": found.kind})
    return found


def settle(item_id: UUID, outcome: str, note: str = "") -> DeskItem:
    """It needs nobody any more; `outcome` is a code of the item's form. Raises Problem not_found, desk.settled."""
    found = _unsettled(item_id)
    found.settled_at = clock.now()
    found.outcome = outcome
    found.note = note
    found.taken_by = found.taken_by or tenancy.actor().id
    found.version += 1
    found.save()
    record.change(
        found,
        "desk_item_settled",
        name=found.subject_name,
        facts={"kind": found.kind, "outcome": outcome, "subject": str(found.subject_id)},
    )
    return found


def withdraw(kind: str, subject_id: UUID, outcome: str, note: str = "") -> bool:
    """Settle an item because the matter settled itself, or was settled elsewhere; answers whether there was one."""
    known = _open_of(kind, subject_id)
    if known is None:
        return False
    settle(known.id, outcome, note)
    return True


def _open_of(kind: str, subject_id: UUID) -> DeskItem | None:
    return DeskItem.objects.filter(kind=kind, subject_id=subject_id, settled_at=None).first()


def _unsettled(item_id: UUID) -> DeskItem:
    found = DeskItem.objects.select_for_update().filter(id=item_id).first()
    if found is None:
        raise Problem("not_found")
    if found.settled_at is not None:
        raise Problem("desk.settled", values={"outcome": found.outcome})
    return found
