"""Another carrier asks for numbers: find their holders, look at what was told, answer what is clear at once, and tell the holders.

Takes its own customers' scopes inside the operator's, because whose a number is, is not known before. What belongs to nobody is
refused, and looks the same whether we have never heard of it or it is only on its way (S4).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from dialtone.base import alone, clock, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.tenancy import Actor
from dialtone.base.text import clean
from dialtone.countries.calendar import subdivision_of
from dialtone.locations import contract
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.people import queries as people
from dialtone.plans import queries as plans
from dialtone.porting import calendar
from dialtone.porting.create_order import LETTERS
from dialtone.porting.out import apply, opened, pins, queries, rules, states
from dialtone.porting.out.models import PortOut, PortOutNumber

MOST_NUMBERS = 5000  # H12
LONGEST = 80


@dataclass(frozen=True)
class Wanted:
    """What another carrier tells when it asks. `pin` is compared and forgotten."""

    asked_by: str
    reference: str
    e164s: tuple[str, ...]
    told: rules.Told
    pin: str = field(default="", repr=False)
    wished_on: date | None = None


@dataclass(frozen=True)
class Answer:
    """What became of one number; `request` is ours, None where nobody of ours has the number."""

    e164: str
    state: str
    reason: str = ""
    request: PortOut | None = None


def read(told: dict[str, Any]) -> Wanted:
    """A request from plain values: askedBy, reference, phoneNumbers, accountNumber, pin, holderName, postalCode, authorizedName,
    wishedOn. Raises Problems with everything that cannot be read."""
    wrong: list[Problem] = []

    def text(name: str, *, required: bool = False, limit: int = LONGEST) -> str:
        try:
            return clean(told.get(name), field=f"/{name}", limit=limit, required=required)
        except Problem as problem:
            wrong.append(problem)
            return ""

    listed = told.get("phoneNumbers")
    e164s: list[str] = []
    if not isinstance(listed, list) or not listed:
        wrong.append(Problem("field.required", field="/phoneNumbers"))
    elif len(listed) > MOST_NUMBERS:
        wrong.append(Problem("field.too_many", field="/phoneNumbers", values={"limit": MOST_NUMBERS}))
    else:
        for index, each in enumerate(listed):
            try:
                e164s.append(PhoneNumber.parse_api(each, f"/phoneNumbers/{index}").e164)
            except Problem as problem:
                wrong.append(problem)
    found = Wanted(
        text("askedBy", required=True),
        text("reference", required=True),
        tuple(dict.fromkeys(e164s)),
        rules.Told(
            text("accountNumber", limit=40),
            text("postalCode", limit=20),
            text("holderName"),
            text("authorizedName"),
        ),
        text("pin", limit=40),
        read_day(told.get("wishedOn"), wrong),
    )
    if wrong:
        raise Problems(wrong[:100])
    return found


def take_in(wanted: Wanted, *, actor: Actor | None = None) -> list[Answer]:
    """What becomes of each number, in the order asked. The same request again is answered as it stands now, and changes nothing.

    Raises Problem port_out.reference for a known reference with other numbers. Needs the operator's scope.
    """
    by = actor or Actor(kind="carrier", name=wanted.asked_by)
    holders: dict[tuple[UUID, UUID], list[str]] = {}
    for e164 in wanted.e164s:
        holder = _holder_of(e164)
        if holder is not None:
            holders.setdefault(holder, []).append(e164)
    answers: dict[str, Answer] = {}
    for (customer_id, partner_id), e164s in sorted(holders.items()):
        with tenancy.customer_scope(customer_id, partner_id, by):
            for row in _of_one_holder(wanted, e164s):
                answers[row.e164] = Answer(row.e164, row.state, row.reason, row.request)
    return [answers.get(e164) or Answer(e164, states.REFUSED, "not_here") for e164 in wanted.e164s]


def take_in_own(wanted: Wanted) -> list[Answer]:
    """The same for numbers of one's own only, in the customer's scope: what a simulated carrier asks in a sandbox. Others look as if
    they were nobody's."""
    ours = numbers.in_service(wanted.e164s)
    rows = _of_one_holder(wanted, [e164 for e164 in wanted.e164s if e164 in ours]) if ours else []
    found = {row.e164: Answer(row.e164, row.state, row.reason, row.request) for row in rows}
    return [found.get(e164) or Answer(e164, states.REFUSED, "not_here") for e164 in wanted.e164s]


def _holder_of(e164: str) -> tuple[UUID, UUID] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, partner_id FROM porting_holder_of(%s)", [e164])
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _of_one_holder(wanted: Wanted, e164s: Sequence[str]) -> list[PortOutNumber]:
    # One request of a carrier after the other: asked twice at once is asked once.
    alone.until_commit("port_out", wanted.asked_by)
    known = PortOut.objects.filter(asked_by=wanted.asked_by, reference=wanted.reference).first()
    if known is not None:
        rows = queries.numbers(known.id)
        if known.told != asdict(wanted.told) or not set(e164s) <= {row.e164 for row in rows}:
            raise Problem("port_out.reference", field="/reference", values={"reference": wanted.reference})
        return rows
    ours = numbers.in_service(e164s)
    here = [e164 for e164 in e164s if e164 in ours]
    if not here:
        return []
    found = _begun(wanted, ours[here[0]].location_id, ours[here[0]].carrier, len(here))
    looked = _looked_at(found, wanted, here)
    rows = [
        PortOutNumber(
            request=found,
            position=position,
            e164=e164,
            location_id=ours[e164].location_id,
            state="",
            checks={**looked[e164].checks, "may_agree": looked[e164].may_agree},
        )
        for position, e164 in enumerate(here)
    ]
    flaws = {e164: looked[e164].flaw for e164 in here}
    found.save(force_insert=True)
    apply.carry_out(found, rows, states.Event("asked"), flaws)
    return rows


def _begun(wanted: Wanted, location_id: UUID, carrier: str, quantity: int) -> PortOut:
    location = locations.location(location_id)
    now = clock.now()
    subdivision = subdivision_of(
        location.country,
        clock.today(location.time_zone),
        location.address.get("state", ""),
        location.address.get("postal_code", ""),
    )
    found = PortOut(
        id=uuid7(),
        number="OUT-" + "".join(secrets.choice(LETTERS) for _letter in range(8)),
        asked_by=wanted.asked_by,
        reference=wanted.reference,
        carrier=carrier,
        country=location.country,
        zone=location.time_zone,
        subdivision=subdivision or "",
        told=asdict(wanted.told),
        wished_on=wanted.wished_on,
        asked_at=now,
        answer_by=now,
        state="",
        quantity=quantity,
        version=0,
    )
    limit = apply.rules_of(found).port_out_limit
    found.answer_by = calendar.deadline(now, limit, apply.place_of(found))
    return found


def _looked_at(found: PortOut, wanted: Wanted, e164s: Sequence[str]) -> dict[str, rules.Found]:
    """What was compared for each number, and the first lawful reason that speaks against it."""
    now, country = clock.now(), apply.rules_of(found)
    rows = [row for row in opened.rows_of(e164s) if queries.counts(row, now, is_asked=False)]
    pin_of = pins.look_at(wanted.pin, rows)
    leaving = set(
        PortOutNumber.objects.filter(e164__among=list(e164s), state__in=states.OPEN).values_list(
            "e164", flat=True
        )
    )
    customer_id = tenancy.current_customer_id()
    is_trial = plans.account_facts(customer_id, locked=False).kind == "trial"
    account = queries.account_number(customer_id)
    organisation = people.organisation(customer_id).name
    admins = [each.display_name for each in people.full_admins(customer_id)]
    looked = {}
    for e164, number in numbers.in_service(e164s).items():
        location, signed = locations.location(number.location_id), contract.of_location(number.location_id)
        held = rules.Held(
            is_locked=e164 not in pin_of,
            is_leaving=e164 in leaving,
            is_trial=is_trial,
            pin=pin_of.get(e164, rules.MISSING),
            account_number=account,
            postal_code=location.address.get("postal_code", ""),
            names=(organisation, *((signed.company_name,) if signed else ())),
            authorized=(*admins, *((contract.signatory(signed),) if signed else ())),
        )
        looked[e164] = rules.judge(
            wanted.told, held, checks=country.port_out_checks, lawful=country.port_out_refusals
        )
    spent = {row.unlock_id for row in rows if pin_of[row.e164] == rules.DIFFERS}
    pins.end_spent(spent)
    return looked


def read_day(text: object, wrong: list[Problem], field: str = "/wishedOn") -> date | None:
    """A day as 2026-12-01, None for nothing; what is none is added to `wrong`."""
    if text in (None, ""):
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        wrong.append(Problem("time.day", field=field, values={"value": str(text)[:20]}))
        return None
