"""Numbers of another provider: a location that brings its own carrier brings its numbers along. That provider carries
their calls, and answers for the emergency address that they show; here they only get an owner."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dialtone.base import clock, record, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.numbers import rules, service_numbers, states
from dialtone.numbers.inventory import claims
from dialtone.numbers.models import Line, Number

BROUGHT = "brought"  # the source of such a number; it has no carrier of ours


def bring(
    e164s: Sequence[PhoneNumber],
    *,
    location_id: UUID,
    country: str,
    usage: str = "standard",
    in_service: bool = True,
    field: str = "/phoneNumbers",
) -> list[Number]:
    """Store the numbers as this customer's, all or none. The caller has checked the location's PSTN connection.

    Of a mixed list, those that cannot be service numbers stay what they are (ORD-33).

    Raises Problem numbers.service_not_offered, numbers.service_paid (ORD-30, ORD-34), and Problems: numbers.twice, numbers.already_held (whoever has it), numbers.other_country.
    """
    now = clock.now()
    if usage == "service" and not (may := service_numbers.may_have(location_id)).allowed:
        raise Problem(may.code, field="/usage")
    _check(e164s, country, field)
    asked = [each.e164 for each in e164s]
    had = claims.own_ported(asked, customer_id=tenancy.current_customer_id(), order_id=uuid7(), now=now)
    if had != set(asked):
        raise Problems([_held(each, f"{field}/{at}") for at, each in enumerate(asked) if each not in had])
    state = states.CONNECTED if in_service else states.INACTIVE
    made = [
        Number(
            e164=each.e164,
            country=each.country or country,
            kind=each.kind,
            usage=rules.usage_as_taken(usage, each.kind),
            state=state,
            location_id=location_id,
            source=BROUGHT,
            carrier="",
            owned_during=DateTimeTZRange(now, None),
            provisioned_at=now,
        )
        for each in e164s
    ]
    try:
        with transaction.atomic():
            Number.objects.bulk_create(made, batch_size=500)
    except IntegrityError as error:
        raise Problem("numbers.already_held", field=field, values={"number": asked[0]}) from error
    moves = [Moved("number", number.id, "", states.INACTIVE, "imported") for number in made]
    if in_service:
        moves += [
            Moved("number", number.id, states.INACTIVE, states.CONNECTED, "connected") for number in made
        ]
    record.change(
        made[0],
        "numbers_brought",
        name=made[0].e164 if len(made) == 1 else "",
        facts={"numbers": asked, "location_id": location_id},
        moves=moves,
        event="number.added",
        event_facts={"numbers": asked},
    )
    return made


def _check(e164s: Sequence[PhoneNumber], country: str, field: str) -> None:
    wrong: list[Problem] = []
    seen: set[str] = set()
    held = set(
        Number.objects.filter(e164__in=[each.e164 for each in e164s], state__in=states.HELD).values_list(
            "e164", flat=True
        )
    )
    for index, each in enumerate(e164s):
        here = f"{field}/{index}"
        verdict = rules.may_assign(each.kind, each.country, country)
        if each.e164 in seen:
            wrong.append(Problem("numbers.twice", field=here))
        elif each.e164 in held:
            wrong.append(_held(each.e164, here))
        elif not verdict.allowed:
            values = {"number": each.e164, "country": each.country, "location_country": country}
            wrong.append(Problem(verdict.code, field=here, values=values))
        seen.add(each.e164)
    if wrong:
        raise Problems(wrong)


def _held(e164: str, field: str) -> Problem:
    return Problem("numbers.already_held", field=field, values={"number": e164})


def switch(numbers: Sequence[Number], *, on: bool) -> list[Number]:
    """Take locked brought numbers into service, or out of it when nobody has them; others are passed over.

    Raises Problem numbers.in_use.
    """
    event = "connected" if on else "disconnected"
    moving = [number for number in numbers if states.decide(number.state, event).allowed]
    if not on:
        lines = {line.number_id: line for line in Line.objects.filter(number__in=moving)}
        for index, number in enumerate(moving):
            if number.id in lines:
                values = {"number": number.e164, "owner": lines[number.id].owner_name}
                raise Problem("numbers.in_use", field=f"/phoneNumbers/{index}", values=values)
    moves = []
    for number in moving:
        decision = states.decide(number.state, event)
        moves.append(Moved("number", number.id, number.state, decision.state, event))
        number.state = decision.state
        number.version += 1
    Number.objects.bulk_update(moving, ["state", "version"], batch_size=500)
    if moving:
        listed = [number.e164 for number in moving]
        record.change(
            moving[0],
            f"numbers_{event}",
            name=listed[0] if len(listed) == 1 else "",
            facts={"numbers": listed},
            moves=moves,
            event="number.activated" if on else "number.deactivated",
            event_facts={"numbers": listed},
        )
    return moving
