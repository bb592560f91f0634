"""What the authorisation program knows: a picture of the installation in one file, and answers out of it.

The program that the switch asks has no database (decision 10): it reads this file and goes on with it when PostgreSQL is away.
Nothing here knows Django. A picture that nobody has confirmed for a while is old: then emergency calls are placed as
always, and others are refused unless the operator's setting says otherwise (H17).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from dialtone import countries
from dialtone.base.crashpoints import crashpoint
from dialtone.calls.dialled import Dialling
from dialtone.calls.elin import Loan, Loans, Pool
from dialtone.calls.emergency import emergency_code
from dialtone.calls.routing import Route, Switchboard, line_of, route
from dialtone.calls.rules import (
    Asked,
    CallerFacts,
    Decision,
    Facts,
    Limits,
    Place,
    decide_ordinary,
    emergency_decision,
)
from dialtone.emergency.pidf_lo import Whereabouts
from dialtone.numbers.worldplan import WorldPlan
from dialtone.plans.rules import AccountFacts
from dialtone.services.walk import NOBODY
from dialtone.services.walk import Place as SwitchboardPlace

FORMAT = 4


class Shown(msgspec.Struct, frozen=True):
    """An emergency address that numbers show, by its parts (RFC 5139), and since when it is in effect."""

    civic: dict[str, str]
    known_at: datetime
    is_simulated: bool = False


class Line(msgspec.Struct, frozen=True):
    """A number that somebody holds, the location it is at, and the emergency address it shows; `device` is an id of ours for
    what is behind the number."""

    caller: CallerFacts
    location_id: str
    address_id: str = ""
    device: str = ""
    indoors: dict[str, str] = {}


class Customer(msgspec.Struct, frozen=True):
    """What is asked of a customer: the account, who has which extension and live number, the limits, and where calls go."""

    account: AccountFacts
    country: str
    extensions: dict[str, str]
    own_numbers: dict[str, str]
    limits: Limits
    board: Switchboard | None = None
    without_number: dict[str, Line] = {}
    """Who has an extension and no number, by extension and by the name the phone registers under (`routing.line_of`): asked for
    emergency calls alone."""


class Snapshot(msgspec.Struct, frozen=True):
    """All of it. `ahead_seconds` is how far a sandbox's clock stands ahead of real time."""

    format: int
    taken_at: datetime
    ahead_seconds: int
    lines: dict[str, Line]
    places: dict[str, Place]
    customers: dict[str, Customer]
    closed: dict[str, str]
    risky: frozenset[str]
    addresses: dict[str, Shown] = {}
    sentences: dict[str, str] = {}
    """What each code says to people, in English, with places for values: a switch's answer carries it."""
    elins: dict[str, Pool] = {}
    """The ELIN numbers of each location that has some."""
    lent: dict[str, Loan] = {}
    """Which lines they reach, as far as the calls that were written down tell."""

    def save(self, file: Path) -> None:
        """Put it in place of the old one, whole or not at all."""
        part = file.with_suffix(".part")
        part.write_bytes(msgspec.msgpack.encode(self))
        part.chmod(0o600)
        crashpoint("calls.before_rename")
        part.replace(file)
        crashpoint("calls.after_rename")


def load(file: Path) -> Snapshot | None:
    """The picture in the file; None where there is none, or one of another version of this program."""
    try:
        found = msgspec.msgpack.decode(file.read_bytes(), type=Snapshot)
    except (OSError, msgspec.MsgspecError):
        return None
    if found.format != FORMAT:
        return None
    _share(found)
    return found


def _share(found: Snapshot) -> None:
    """Callers whose permissions are alike share them: half a million mappings would fill a gigabyte, and no processor's cache."""
    known: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
    for line in found.lines.values():
        held = line.caller.permissions
        shared = known.setdefault(tuple(held.items()), held)
        if shared is not held:
            object.__setattr__(line.caller, "permissions", shared)


def dialling_of(country: str, on: date) -> Dialling:
    """How one dials in a country; in one that is not served, as anywhere: + or nothing."""
    if country not in countries.served(on):
        return Dialling(country, "", "+", "", frozenset())
    known = countries.get(country, on)
    return Dialling(
        country,
        known.identity.calling_code,
        known.dialling.international_prefix,
        known.dialling.trunk_prefix or "",
        frozenset(known.dialling.blocked_codes),
        frozenset(known.emergency.test_codes),
        frozenset(known.emergency.crisis_lines),
    )


def emergency_codes(country: str, on: date) -> tuple[str, ...]:
    """The emergency codes of a country; where it is not served, those of all countries served, to be on the safe side."""
    served = countries.served(on)
    if country in served:
        return countries.get(country, on).emergency.codes
    return tuple(sorted({code for each in served for code in countries.get(each, on).emergency.codes}))


class _Reachable(Mapping[str, str]):
    """Who is reached by an extension or ESN from a location: at home first, with a routing prefix, or the only one elsewhere."""

    def __init__(self, place: SwitchboardPlace, location_id: str) -> None:
        self.place, self.location_id = place, location_id

    def __getitem__(self, dialled: str) -> str:
        found = self.place.reached(dialled, self.location_id)
        if found is None or dialled in self.place.numbers:
            raise KeyError(dialled)
        return found.name

    def __iter__(self) -> Iterator[str]:
        return (each for each in {*self.place.extensions, *self.place.prefixed} if each in self)

    def __len__(self) -> int:
        return sum(1 for _each in self)


def _extensions(customer: Customer, line: Line | None) -> Mapping[str, str]:
    if customer.board is None or line is None:
        return customer.extensions
    return _Reachable(customer.board.place, line.location_id)


@dataclass
class _Use:
    """What a customer uses at the moment, as this program has seen it."""

    calls: dict[str, datetime] = field(default_factory=dict)
    seconds_on: dict[date, int] = field(default_factory=dict)
    risky_at: list[datetime] = field(default_factory=list)
    begun_at: list[datetime] = field(default_factory=list)
    """Of calls of the last minute; kept only where there is a limit of them."""


class Answers:
    """Answers out of a picture, and the count of calls that go on."""

    def __init__(self, world: WorldPlan, *, allow_when_old: bool = False) -> None:
        self.world = world
        self.allow_when_old = allow_when_old
        self.snapshot: Snapshot | None = None
        self._facts: dict[str, Facts] = {}
        self._facts_on = date.min
        self._phones: dict[str, tuple[str, Line]] = {}
        """Lines without a number, and whose they are, by the name under which their phones register."""
        self.loans = Loans()
        self._use: dict[str, _Use] = {}
        self._call_of: dict[str, str] = {}

    def show(self, snapshot: Snapshot | None) -> None:
        """Answer out of this picture from now on."""
        self.snapshot = snapshot
        self.loans.learn(snapshot.lent if snapshot else {})
        self._facts = {}
        self._phones = {
            name: (customer_id, line)
            for customer_id, customer in (snapshot.customers if snapshot else {}).items()
            for name, line in customer.without_number.items()
            if name.endswith(line.location_id)
        }

    def warm_up(self, now: datetime) -> None:
        """Read the facts of every country now: the first call must not wait for files."""
        for country in ("", *countries.served(now.date())):
            emergency_codes(country, now.date())
            dialling_of(country, now.date())
        self.world.find("12125550100")

    def answer(self, asked: Asked, now: datetime, *, call_id: str = "", is_fresh: bool = True) -> Decision:
        """The decision about one call, at the installation's time `now`. With a `call_id`, an allowed call counts as going
        on until it is ended; asked again with the same, it counts once."""
        facts = self._of(asked, now)
        at = (self._extension(asked, now) if facts.caller is None else None) or facts
        code = emergency_code(asked.dialled, at.emergency_codes, at.outside_line_digits)
        if code:
            if call_id and at is not facts:
                at = self._with_elin(asked, at, now)
            return emergency_decision(code, at, now)
        if self.snapshot is None or (not is_fresh and not self.allow_when_old):
            return Decision(False, "calls.no_fresh_facts", "fresh")
        customer_id = facts.caller.customer_id if facts.caller else ""
        known = call_id in self._call_of
        limits = self._limits(customer_id, facts.limits, now) if customer_id and not known else facts.limits
        told = decide_ordinary(asked, facts, now, limits)
        if told.allowed and call_id and customer_id and not known:
            self._begin(call_id, customer_id, told, now)
            if limits.most_calls_a_minute is not None:
                self._use[customer_id].begun_at.append(now)
        return told

    def _with_elin(self, asked: Asked, at: Facts, now: datetime) -> Facts:
        """A line without a number shows an ELIN of its location, which reaches it for a while; none free, as was chosen for it."""
        found = self._without_number(asked)
        pool = self.snapshot.elins.get(found[1].location_id) if self.snapshot and found else None
        if pool is None or found is None or self.snapshot is None or at.caller is None:
            return at
        shows, lines = found[1].address_id, self.snapshot.lines
        fitting = tuple(
            each for each in pool.numbers if shows and each in lines and lines[each].address_id == shows
        )
        e164 = self.loans.lend(pool, fitting, found[0], now)
        return replace(at, caller=replace(at.caller, callback_number=e164)) if e164 else at

    def remember(self, caller: str, callback: str, at: datetime) -> None:
        """An emergency call that was let through before this program began: the ELIN it went out with is lent."""
        line = self._phones.get(caller)
        pool = self.snapshot.elins.get(line[1].location_id) if self.snapshot and line else None
        if pool is not None and callback in pool.numbers:
            self.loans.learn({callback: Loan(caller, at + timedelta(seconds=pool.seconds))})

    def _called_back(self, dialled: str, now: datetime) -> Route | None:
        """Where a call to an ELIN goes: to the line it is lent to, later to whom help calls back there. None for other numbers."""
        line = self.snapshot.lines.get(dialled) if self.snapshot else None
        pool = self.snapshot.elins.get(line.location_id) if self.snapshot and line else None
        if pool is None or dialled not in pool.numbers or self.snapshot is None or line is None:
            return None
        reached = self._phones.get(name) if (name := self.loans.reaches(dialled, now)) else None
        if reached is not None:
            return Route("emergency_callback", reached[1].device, reached[1].caller.owner, (name,))
        place = self.snapshot.places.get(line.location_id)
        back = (place.callback_number or place.main_number) if place else ""
        return self.route(back, now) if back and back not in pool.numbers else None

    def customer_of(self, asked: Asked) -> str:
        """Whose call it is: the holder of the number, or whose credentials were seen; "" for a stranger's."""
        line = self.snapshot.lines.get(asked.caller) if self.snapshot else None
        if line and asked.customer_id in ("", line.caller.customer_id):
            return line.caller.customer_id
        phone = self._phones.get(asked.caller)
        if phone and asked.customer_id in ("", phone[0]):
            return phone[0]
        customers = self.snapshot.customers if self.snapshot else {}
        return asked.customer_id if asked.customer_id in customers else ""

    def end(self, call_id: str, seconds: int, now: datetime) -> bool:
        """A call is over; False for one that was never placed here (the record is set aside by whoever reports it)."""
        customer_id = self._call_of.pop(call_id, "")
        if not customer_id:
            return False
        use = self._use[customer_id]
        use.calls.pop(call_id, None)
        use.seconds_on[now.date()] = use.seconds_on.get(now.date(), 0) + max(0, seconds)
        return True

    def sentence(self, told: Decision) -> str:
        """The decision in one English sentence; "" where nobody has told us the words yet."""
        text = self.snapshot.sentences.get(told.code, "") if self.snapshot else ""
        return text % defaultdict(str, told.values) if "%(" in text else text

    def route(
        self, dialled: str, now: datetime, *, caller: str = "", entries: Sequence[str] = ()
    ) -> Route | None:
        """Where a call to a number or extension goes; extensions are those of the caller's organisation, at the caller's location
        first. None for a number that nobody here has. Out of an old picture, too: whoever calls in is not asked for leave."""
        if self.snapshot is None:
            return None
        if self.snapshot.elins and (back := self._called_back(dialled, now)):
            return back
        line = self.snapshot.lines.get(dialled)
        at = self.snapshot.lines.get(caller)
        holder = line if line or dialled.startswith("+") else at
        if holder is None:
            return None
        customer = self.snapshot.customers.get(holder.caller.customer_id)
        if customer is None or customer.board is None or (line and not line.caller.is_active):
            return Route(NOBODY, destination=dialled)
        return route(
            customer.board, dialled, now, entries, from_location=at.location_id if at else holder.location_id
        )

    def line_of(self, name: str) -> Line | None:
        """The line whose phone registers under this name: a number, or an extension with its location."""
        line = self.snapshot.lines.get(name) if self.snapshot else None
        phone = self._phones.get(name)
        return line or (phone[1] if phone else None)

    def main_number(self, e164: str) -> str:
        """The main number of the location that a number is at; "" without one."""
        line = self.snapshot.lines.get(e164) if self.snapshot else None
        place = self.snapshot.places.get(line.location_id) if self.snapshot and line else None
        return place.main_number if place else ""

    def _of(self, asked: Asked, now: datetime) -> Facts:
        """The facts of a caller, put together once for each picture. A number that another customer holds is nobody's here:
        its address must not go out with a stranger's emergency call."""
        if now.date() != self._facts_on:  # a country's rules may be others today
            self._facts, self._facts_on = {}, now.date()
        line = self.snapshot.lines.get(asked.caller) if self.snapshot else None
        if line and asked.customer_id and line.caller.customer_id != asked.customer_id:
            line = None
        customer_id = line.caller.customer_id if line else asked.customer_id
        if self.snapshot is None or (line is None and customer_id not in self.snapshot.customers):
            customer_id = ""  # unknown callers share one entry, so that made-up names fill no memory
        key = asked.caller if line else f"customer {customer_id}"
        found = self._facts.get(key)
        if found is None:
            found = self._facts[key] = self._gathered(line, customer_id, now.date())
        return found

    def _extension(self, asked: Asked, now: datetime) -> Facts | None:
        """Of an emergency call from a line without a number: where it is, and whom an emergency centre calls back. It is known by
        the name its phone registers under, or by its extension where the switch says whose it is."""
        found = self._without_number(asked)
        return self._gathered(found[1], found[1].caller.customer_id, now.date()) if found else None

    def _without_number(self, asked: Asked) -> tuple[str, Line] | None:
        """A caller's line that has no number, and the name its phone registers under."""
        phone = self._phones.get(asked.caller)
        if phone and asked.customer_id in ("", phone[0]):
            return asked.caller, phone[1]
        customer = self.snapshot.customers.get(asked.customer_id) if self.snapshot else None
        line = customer.without_number.get(asked.caller) if customer else None
        return (line_of("", asked.caller, line.location_id), line) if line else None

    def _gathered(self, line: Line | None, customer_id: str, on: date) -> Facts:
        customer = self.snapshot.customers.get(customer_id) if self.snapshot else None
        country = customer.country if customer else ""
        place = self.snapshot.places.get(line.location_id) if self.snapshot and line else None
        if place:
            country = place.country
        return Facts(
            dialling=dialling_of(country, on),
            emergency_codes=emergency_codes(country, on),
            world=self.world,
            caller=line.caller if line else None,
            place=place,
            account=customer.account if customer else None,
            extensions=_extensions(customer, line) if customer else {},
            own_numbers=customer.own_numbers if customer else {},
            closed=self.snapshot.closed if self.snapshot else {},
            risky=self.snapshot.risky if self.snapshot else frozenset(),
            limits=customer.limits if customer else Limits(),
            where=self.where(line),
        )

    def where(self, line: Line | None) -> Whereabouts | None:
        """Where a line is, by the parts of the address it shows; None where none is known."""
        shown = self.snapshot.addresses.get(line.address_id) if self.snapshot and line else None
        if shown is None or line is None:
            return None
        return Whereabouts(shown.civic, shown.known_at, line.device, shown.is_simulated, line.indoors)

    def _limits(self, customer_id: str, limits: Limits, now: datetime) -> Limits:
        use = self._use.get(customer_id)
        if use is None:
            return limits
        use.risky_at = [at for at in use.risky_at if (now - at).total_seconds() < 3600]
        if limits.most_calls_a_minute is not None:
            use.begun_at = [at for at in use.begun_at if (now - at).total_seconds() < 60]
        return replace(
            limits,
            calls_this_minute=len(use.begun_at),
            calls_at_once=len(use.calls),
            minutes_today=use.seconds_on.get(now.date(), 0) // 60,
            risky_calls_this_hour=len(use.risky_at),
        )

    def _begin(self, call_id: str, customer_id: str, told: Decision, now: datetime) -> None:
        use = self._use.setdefault(customer_id, _Use())
        use.calls[call_id] = now
        self._call_of[call_id] = customer_id
        if self.snapshot and any(told.number[1:].startswith(each) for each in self.snapshot.risky):
            use.risky_at.append(now)

    def going_on(self) -> Mapping[str, int]:
        """Calls that go on now, by customer."""
        return {customer: len(use.calls) for customer, use in self._use.items() if use.calls}
