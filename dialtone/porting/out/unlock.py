"""Unlock numbers for a time, so that another carrier may take them: with a PIN that is shown once, and a second person for many (H15)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.hashers import make_password

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.plans import queries as plans
from dialtone.porting.out import opened
from dialtone.porting.out.models import Unlock, UnlockedNumber

MOST_BY_ONE_PERSON = 10  # H15
MOST_AT_ONCE = 1000
MOST_DAYS, USUAL_DAYS = 30, 7
PIN_DIGITS = 8


def unlock(e164s: Sequence[str], *, days: int = USUAL_DAYS, field: str = "/phoneNumbers") -> tuple[Unlock, str]:  # fmt: skip
    """The unlock and its PIN, which nobody can be shown again. Numbers that are unlocked already get the new PIN and time.

    More than ten wait for a second administrator (`confirm`). Raises Problem not_found, field.too_few, field.too_many,
    port_out.days, port_out.trial (ACC-10).
    """
    wanted = list(dict.fromkeys(e164s))
    if not wanted:
        raise Problem("field.too_few", field=field, values={"limit": 1})
    if len(wanted) > MOST_AT_ONCE:
        raise Problem("field.too_many", field=field, values={"limit": MOST_AT_ONCE})
    if not 1 <= days <= MOST_DAYS:
        raise Problem("port_out.days", field="/days", values={"limit": MOST_DAYS})
    if plans.account_facts(tenancy.current_customer_id(), locked=False).kind == "trial":
        raise Problem("port_out.trial", field=field)
    ours = numbers.in_service(wanted)
    for index, e164 in enumerate(wanted):
        if e164 not in ours:
            raise Problem("not_found", field=f"{field}/{index}")
    pin = f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
    now, actor = clock.now(), tenancy.actor()
    needs_second = len(wanted) > MOST_BY_ONE_PERSON
    opened.close(wanted, "replaced")
    made = Unlock(
        hashed_pin=make_password(pin),
        quantity=len(wanted),
        made_at=now,
        made_by=actor.id,
        made_by_name=actor.name[:160],
        needs_second=needs_second,
        until=now + timedelta(days=days),
        due_at=now + timedelta(days=days),
    )
    made.save(force_insert=True)
    UnlockedNumber.objects.bulk_create(
        UnlockedNumber(unlock=made, e164=e164, unlocked_at=None if needs_second else now) for e164 in wanted
    )
    _note(made, "numbers_unlock_asked" if needs_second else "numbers_unlocked", wanted)
    return made, pin


def confirm(unlock_id: UUID) -> Unlock:
    """A second administrator lets it count from now on. Confirming again changes nothing.

    Raises Problem not_found, port_out.same_person, port_out.unlock_over.
    """
    found = Unlock.objects.select_for_update().filter(id=unlock_id).first()
    if found is None:
        raise Problem("not_found")
    if found.ended_at is not None or found.until <= clock.now():
        raise Problem("port_out.unlock_over")
    if found.confirmed_by_name or not found.needs_second:
        return found
    actor = tenancy.actor()
    if actor.id is None or actor.id == found.made_by:
        raise Problem("port_out.same_person")
    found.confirmed_by, found.confirmed_by_name = actor.id, actor.name[:160]
    found.version += 1
    found.save()
    rows = UnlockedNumber.objects.filter(unlock=found, locked_at=None, unlocked_at=None)
    listed = list(rows.values_list("e164", flat=True))
    rows.update(unlocked_at=clock.now())
    _note(found, "numbers_unlocked", listed)
    return found


def _note(made: Unlock, action: str, e164s: Sequence[str]) -> None:
    """Written down, told to webhooks, and to every full administrator: whoever took over an account cannot do it in silence."""
    listed = sorted(e164s)
    record.change(
        made,
        action,
        name=listed[0] if len(listed) == 1 else "",
        facts={"numbers": listed, "until": made.until},
        event="number.unlocked" if action == "numbers_unlocked" else None,
        event_facts={"numbers": listed, "until": made.until},
    )
    for reader in people.full_admins(made.customer_id):
        mail.write(
            action,
            to=reader.email,
            language=reader.language,
            person_id=reader.id,
            facts={"count": len(listed), "number": listed[0], "who": made.made_by_name},
            reference=f"unlock:{made.id}:{action}",
        )
