"""Destinations that the operator has closed for everybody: which are in force, and what closing one would stop (USE-04)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from dialtone import countries
from dialtone.base import clock
from dialtone.base.phone import SEPARATORS
from dialtone.base.problems import Problem
from dialtone.calls.models import CallRecord, ClosedDestination, OpenedDestination
from dialtone.calls.rules import INBOUND
from dialtone.numbers.worldplan import NOWHERE

DAYS_LOOKED_AT = 30
CODES_OF_NO_COUNTRY = tuple(
    str(code) for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if NOWHERE in regions
)
"""Satellites and other dear networks."""
LATER, IN_FORCE, ENDED = "later", "in_force", "ended"


@dataclass(frozen=True)
class Plan:
    """What closing a prefix would stop: the calls of the last days to it that were placed, and how many customers placed them. `within` is
    a shorter prefix that is closed already, "" for none."""

    prefix: str
    reason: str
    from_on: date
    calls: int
    customers: int
    within: str


def in_force(on: date | None = None) -> dict[str, str]:
    """Prefixes (E.164 digits) that are closed on a day, today (UTC) unless said, and why."""
    on = on or clock.today("UTC")
    return dict(ClosedDestination.objects.filter(_holds(on)).values_list("prefix", "reason"))


def opened_for(customer_id: UUID, on: date) -> tuple[str, ...]:
    """Prefixes that are open for a customer on a day, whatever is closed for everybody."""
    found = _opened_on(on).filter(customer_id=customer_id)
    return tuple(found.order_by("prefix").values_list("prefix", flat=True))


def opened_by_customer(on: date | None = None) -> dict[UUID, tuple[str, ...]]:
    """The same for all customers that have some (operator's scope)."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = _opened_on(on or clock.today("UTC")).order_by("prefix").values_list("customer_id", "prefix")
    for customer_id, prefix in rows:
        found[customer_id].append(prefix)
    return {customer_id: tuple(prefixes) for customer_id, prefixes in found.items()}


def _opened_on(on: date) -> QuerySet[OpenedDestination]:
    return OpenedDestination.objects.filter(_holds(on))


def opened(on: date) -> QuerySet[OpenedDestination]:
    """Exceptions of the scope's customers that hold on a day or later, and end by themselves or not, the newest first."""
    return opened_history().filter(_not_ended(on))


def opened_history() -> QuerySet[OpenedDestination]:
    """All exceptions that ever were, the newest first."""
    return OpenedDestination.objects.order_by("-opened_at", "-id")


def is_closed(digits: str, on: date) -> bool:
    """Whether calls to all numbers that begin so are closed for everybody: by a line in force or later, or as a network of no country."""
    lines = ClosedDestination.objects.filter(_not_ended(on)).values_list("prefix", flat=True)
    return any(digits.startswith(each) for each in (*lines, *CODES_OF_NO_COUNTRY))


def history() -> QuerySet[ClosedDestination]:
    """All that ever were closed, the newest first."""
    return ClosedDestination.objects.order_by("-closed_at", "-id")


def state_of(found: ClosedDestination | OpenedDestination, on: date) -> str:
    """Whether a line is in force on a day, will be later, or has ended (or was taken back before it began)."""
    if found.until_on is not None and found.until_on <= max(on, found.from_on):
        return ENDED
    return LATER if found.from_on > on else IN_FORCE


def one(prefix: str) -> ClosedDestination:
    """The line by which a prefix (digits) is closed, or will be. Raises Problem not_found."""
    found = ClosedDestination.objects.filter(prefix=prefix, until_on=None).first()
    if found is None:
        raise Problem("not_found")
    return found


def propose(prefix: str, reason: str, from_on: date | None) -> Plan:
    """What would be closed from a day on, from today where none is said, and what that stops. Operator's scope.

    Raises Problem calls.prefix, calls.closed_emergency, calls.closed_already, calls.closed_past, field.required.
    """
    today = clock.today("UTC")
    digits = read_prefix(prefix)
    if not reason.strip():
        raise Problem("field.required", field="/reason")
    begins = from_on or today
    if begins < today:
        raise Problem("calls.closed_past", field="/closedFrom", values={"today": today.isoformat()})
    if ClosedDestination.objects.filter(prefix=digits).filter(_not_ended(today)).exists():
        raise Problem("calls.closed_already", field="/prefix", values={"prefix": f"+{digits}"})
    return Plan(digits, reason.strip(), begins, *_stopped(digits), _shorter(digits, in_force(begins)))


def read_prefix(prefix: str) -> str:
    """The digits of a prefix in E.164. Raises Problem calls.prefix, calls.closed_emergency: one that is an emergency code, alone or after a country's calling code, is none to close."""
    digits = prefix.translate(SEPARATORS).removeprefix("+")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 15:
        raise Problem("calls.prefix", field="/prefix")
    code = _never(clock.today("UTC")).get(digits)
    if code:
        raise Problem("calls.closed_emergency", field="/prefix", values={"code": code})
    if digits.startswith("0"):
        raise Problem("calls.prefix", field="/prefix")
    return digits


def _never(on: date) -> Mapping[str, str]:
    """What is never closed, with the code it is: emergency codes, their tests and crisis lines, of every country served."""
    found = {}
    for each in countries.served(on):
        known = countries.get(each, on)
        told = known.emergency
        for code in (*told.codes, *told.test_codes, *told.crisis_lines):
            found[code] = found[known.identity.calling_code + code] = code
    return found


def _stopped(digits: str) -> tuple[int, int]:
    since = clock.now() - timedelta(days=DAYS_LOOKED_AT)
    placed = CallRecord.objects.filter(started_at__gte=since, called__startswith=f"+{digits}").exclude(
        Q(call_type=INBOUND) | Q(call_type="INTERNAL_CALL") | Q(outcome="refused")
    )
    told = placed.aggregate(calls=Count("id"), customers=Count("customer_id", distinct=True))
    return int(told["calls"]), int(told["customers"])


def _shorter(digits: str, closed: Mapping[str, str]) -> str:
    return next(
        (digits[:length] for length in range(len(digits) - 1, 0, -1) if digits[:length] in closed), ""
    )


def _holds(on: date) -> Q:
    return Q(from_on__lte=on) & _not_ended(on)


def _not_ended(on: date) -> Q:
    return Q(until_on=None) | Q(until_on__gt=on)
