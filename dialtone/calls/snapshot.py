"""What the authorisation program knows: a picture of the installation in one file, and answers out of it.

The program that the switch asks has no database (decision 10): it reads this file and goes on with it when PostgreSQL is away.
Nothing here knows Django. A picture that nobody has confirmed for a while is old: then emergency calls are placed as
always, and others are refused unless the operator's setting says otherwise (H17).
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Container, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast, get_type_hints

import msgspec

from dialtone import countries
from dialtone.base.crashpoints import crashpoint
from dialtone.calls.common import (
    LASTING,
    MOST_HEADS,
    MOST_SHORT,
    SHORT,
    TAIL,
    UNCOMMON,
    Closed,
    Heads,
    Outcome,
    Ranges,
    Standing,
    find,
    is_alike,
    is_near,
    standing_of,
)
from dialtone.calls.dialled import Dialling
from dialtone.calls.elin import Loan, Loans, Pool
from dialtone.calls.incoming import CALLED_BACK
from dialtone.calls.let_through import fingerprint
from dialtone.calls.routing import Route, Switchboard, line_of, route
from dialtone.calls.rules import (
    OWN_NUMBER_SHOWN,
    WRONG_CODE,
    Asked,
    CallerFacts,
    CallType,
    Decision,
    Facts,
    Limits,
    Place,
    decide_ordinary,
    emergency_decision,
    help_dialled,
    shown_by_phone,
)
from dialtone.calls.tries import Tries
from dialtone.emergency.pidf_lo import Whereabouts
from dialtone.numbers.caller_id import DIRECT_LINE, CallerId
from dialtone.numbers.worldplan import WorldPlan
from dialtone.plans.rules import AccountFacts
from dialtone.services.walk import NOBODY
from dialtone.services.walk import Place as SwitchboardPlace

log = logging.getLogger("dialtone.calls")

FORMAT = 10
PIECE = 4000  # lines that are read in one go: some milliseconds, in which nobody is answered
CUSTOMERS_AT_ONCE = 10
LENGTH = 8  # bytes before each piece, which say how long it is
Result = TypeVar("Result")
MOST_FACTS = 10_000  # callers whose facts are kept put together


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
    """Who has an extension and no number, by extension and by the name the phone registers under (`routing.line_of`)."""
    opened: tuple[str, ...] = ()
    """Closed destinations that are open for this customer."""


class Snapshot(msgspec.Struct, frozen=True):
    """All of it. `ahead_seconds` is how far a sandbox's clock stands ahead of real time."""

    format: int
    taken_at: datetime
    ahead_seconds: int
    lines: Mapping[str, Line]
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
    caller_ids: dict[str, CallerId] = {}
    """What the calls of those numbers show whose holders have chosen something, by number; all others show themselves. Of lines without
    a number all, by the name under which their phones register."""
    codes: dict[str, frozenset[str]] = {}
    """Fingerprints of the access codes of locations and customers, by their ids."""
    called_back: dict[str, datetime] = {}
    """Numbers by which an emergency centre may call back, and until when nobody's incoming permissions count for them."""

    def save(self, file: Path) -> None:
        """Put it in place of the old one, whole or not at all. In pieces, so that it can be read piece by piece (`loading`)."""
        shared: dict[Any, int] = {}
        lines = [
            msgspec.msgpack.encode({e164: _packed(line, shared) for e164, line in piece})
            for piece in _pieces(self.lines.items(), PIECE)
        ]
        customers = [
            msgspec.msgpack.encode(dict(piece))
            for piece in _pieces(self.customers.items(), CUSTOMERS_AT_ONCE)
        ]
        told = {each.name: getattr(self, each.name) for each in msgspec.structs.fields(self)}
        kept = [dict(each) if isinstance(each, tuple) else each for each in shared]
        pieces = {"shared": kept, "pieces": (len(lines), len(customers)), "lines": {}, "customers": {}}
        part = file.with_suffix(".part")
        with part.open("wb") as out:
            for each in (msgspec.msgpack.encode({**told, **pieces}), *lines, *customers):
                out.write(len(each).to_bytes(LENGTH, "big"))
                out.write(each)
        part.chmod(0o600)
        crashpoint("calls.before_rename")
        part.replace(file)
        crashpoint("calls.after_rename")


def load(file: Path) -> Snapshot | None:
    """The picture in the file; None where there is none, or one of another version of this program."""
    return whole(loading(file))


def whole(steps: Generator[None, None, Result]) -> Result:
    """All steps of something at once."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return cast("Result", done.value)


def loading(file: Path) -> Generator[None, None, Snapshot | None]:
    """As `load`, in steps of some milliseconds: between them whoever reads can do something else. Half a million lines take a second."""
    try:
        with file.open("rb") as source:
            found = msgspec.msgpack.decode(_piece(source), type=_Stored)
            if found.format != FORMAT:
                return None
            lines: dict[str, msgspec.Raw] = {}
            names: dict[str, str] = {}
            for _each in range(found.pieces[0]):
                piece = _read_lines(_piece(source))
                lines.update(piece)
                names.update(zip(piece, piece, strict=True))
                yield
            customers: dict[str, Customer] = {}
            for _each in range(found.pieces[1]):
                read = _read_customers(_piece(source))
                customers.update({each: _customer(told, names) for each, told in read.items()})
                yield
            if source.read(1):
                return None
    except (OSError, EOFError, msgspec.MsgspecError):
        return None
    told = {each.name: getattr(found, each.name) for each in msgspec.structs.fields(Snapshot)}
    return Snapshot(**{**told, "lines": _Lines(lines, found.shared), "customers": customers})


def forgetting(old: Snapshot) -> Generator[None, None, None]:
    """Let go of a picture that nobody asks any more, in steps: to free all of it takes a moment, too."""
    if isinstance(old.lines, _Lines):
        while old.lines.packed:
            for _each in range(min(PIECE, len(old.lines.packed))):
                old.lines.packed.popitem()
            yield
    while old.customers:
        old.customers.popitem()
        yield


def _pieces(items: Iterable[tuple[str, Any]], size: int) -> Iterator[list[tuple[str, Any]]]:
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece


def _piece(source: BinaryIO) -> bytes:
    """The next piece. Raises EOFError where it is not whole."""
    length = int.from_bytes(source.read(LENGTH), "big")
    found = source.read(length)
    if not found or len(found) < length:
        raise EOFError
    return found


class _Stored(Snapshot, frozen=True):
    """As it begins in the file; `pieces` says how many of lines and of customers follow. Half a million lines stay the bytes that they
    are in it until somebody asks for one. As objects they would fill a gigabyte, and no processor's cache."""

    shared: list[str | dict[str, str]] = []
    pieces: tuple[int, int] = (0, 0)


_read_lines = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode
_read_customers = msgspec.msgpack.Decoder(dict[str, Customer]).decode


# What many lines have alike is in the file once, and its place there in each line.
SHARED = frozenset(
    {"customer_id", "permissions", "permissions_from", "emergency_address", "location_id", "address_id"}
)
_CALLER = CallerFacts.__struct_fields__
_OTHERS = tuple(each for each in Line.__struct_fields__ if each != "caller")
_HINTS = {**get_type_hints(Line), **get_type_hints(CallerFacts)}
_PACKED = [(each, int if each in SHARED else _HINTS[each]) for each in (*_CALLER, *_OTHERS)]
_Packed: Any = msgspec.defstruct("_Packed", _PACKED, array_like=True)
_read_packed = msgspec.msgpack.Decoder(_Packed).decode
# A line as far as its holder's name: what comes after that is not read.
_Owned: Any = msgspec.defstruct("_Owned", _PACKED[: _CALLER.index("owner") + 1], array_like=True)
_read_owner = msgspec.msgpack.Decoder(_Owned).decode
_of_caller, _of_others = attrgetter(*_CALLER), attrgetter(*_OTHERS)
_SHARED_AT = tuple(
    (at, each == "permissions") for at, each in enumerate((*_CALLER, *_OTHERS)) if each in SHARED
)
_SHARED_PLACES = tuple(at for at, _is_mapping in _SHARED_AT)


def _packed(line: Line, shared: dict[Any, int]) -> list[Any]:
    found = [*_of_caller(line.caller), *_of_others(line)]
    for at, is_mapping in _SHARED_AT:
        key = tuple(found[at].items()) if is_mapping else found[at]
        found[at] = shared.setdefault(key, len(shared))
    return found


Alike = tuple[str | int, str | int, int, str | int, bool, bool]
"""Customer, place, permissions, whose they are, whether live, whether there are exceptions to them: callers who have all of it alike stand alike. In a picture out of a
file these are places in what lines share."""


def _alike(line: Line | None, e164: str) -> Alike | None:
    if line is None or line.caller.e164 != e164:
        return None
    who = line.caller
    return (
        who.customer_id,
        line.location_id,
        id(who.permissions),
        who.permissions_from,
        who.is_active,
        bool(who.patterns),
    )


class _Lines(Mapping[str, Line]):
    """The lines of a picture, each read when it is asked for. One that cannot be read is nobody's."""

    def __init__(self, packed: dict[str, msgspec.Raw], shared: list[str | dict[str, str]]) -> None:
        self.packed, self.shared = packed, shared

    def __getitem__(self, e164: str) -> Line:
        told = list(msgspec.structs.astuple(_read_packed(self.packed[e164])))
        for at in _SHARED_PLACES:
            told[at] = self.shared[told[at]]
        return Line(CallerFacts(*told[: len(_CALLER)]), *told[len(_CALLER) :])

    def alike(self, e164: str) -> Alike | None:
        """What a line has alike with others, without making it."""
        if e164 not in self.packed:
            return None
        try:
            found = _read_packed(self.packed[e164])
        except msgspec.MsgspecError:
            return None
        if found.e164 != e164:
            return None
        return (
            found.customer_id,
            found.location_id,
            found.permissions,
            found.permissions_from,
            found.is_active,
            bool(found.patterns),
        )

    def owner(self, e164: str) -> str:
        """Who holds a line, without making it; "" where nobody is known."""
        try:
            return _read_owner(self.packed[e164]).owner
        except (KeyError, msgspec.MsgspecError):
            return ""

    def __contains__(self, e164: object) -> bool:
        return e164 in self.packed

    def get(self, e164: str, default: Any = None) -> Any:
        if e164 not in self.packed:
            return default
        try:
            return self[e164]
        except (msgspec.MsgspecError, IndexError):
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self.packed)

    def __len__(self) -> int:
        return len(self.packed)


def _customer(found: Customer, names: Mapping[str, str]) -> Customer:
    """A customer, its own numbers the same texts as those of the lines."""
    own = {names.get(e164, e164): names.get(to, to) for e164, to in found.own_numbers.items()}
    return msgspec.structs.replace(found, own_numbers=own)


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


class _ClosedInside(Container[str]):
    """The extensions and numbers whose holders take no calls from inside, seen from a location."""

    def __init__(self, board: Switchboard, location_id: str) -> None:
        self.board, self.location_id = board, location_id

    def __contains__(self, dialled: object) -> bool:
        found = self.board.place.reached(str(dialled), self.location_id)
        held = self.board.incoming.get(found.id) if found else None
        return held is not None and held.is_closed_inside


def _closed_inside(customer: Customer | None, line: Line | None) -> Container[str]:
    if customer is None or customer.board is None or not customer.board.incoming:
        return frozenset()
    return _ClosedInside(customer.board, line.location_id if line else "")


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

    def is_near(self, limits: Limits, now: datetime) -> bool:
        """Whether a call may be refused for it. What is long ago still counts here; the ladder looks closer."""
        minutes = self.seconds_on.get(now.date(), 0) // 60 if self.seconds_on else 0
        return is_near(limits, len(self.calls), minutes, len(self.begun_at), len(self.risky_at))


class Answers:
    """Answers out of a picture, and the count of calls that go on."""

    def __init__(self, world: WorldPlan, *, allow_when_old: bool = False, code_key: bytes = b"") -> None:
        self.world = world
        self._code_key = code_key
        self._tries = Tries()
        self._helped: dict[str, datetime] = {}
        """As the picture's, of calls that it does not know yet."""
        self._ranges = {length: Ranges(world, length) for length in world.starts}
        self.allow_when_old = allow_when_old
        self.snapshot: Snapshot | None = None
        self._facts: dict[str, Facts] = {}
        self._facts_on = date.min
        self._risky: tuple[str, ...] = ()
        self._closed = Closed(())
        self.chosen: Mapping[str, CallerId] = {}
        """What the calls of a number show whose holder has chosen something (`Snapshot.caller_ids`)."""
        self._own_blocks: set[str] = set()
        """What numbers of ours begin with, all but four digits: nearly all calls are to none of these."""
        self._dialled_in: dict[str, tuple[Dialling, tuple[str, ...]]] = {}
        """How one dials in a country today, and its emergency codes."""
        self._standings: dict[str, Standing] = {}
        self.written: dict[str, bytes] = {}
        """What calls of a caller show outside, as the program writes it (`server.py`), until the next picture."""
        self._alike: dict[Alike, Standing] = {}
        self._outcomes: dict[Any, dict[int, Outcome]] = {}
        self._heads: dict[Any, Heads] = {}
        self._phones: dict[str, tuple[str, Line]] = {}
        """Lines without a number, and whose they are, by the name under which their phones register."""
        self.loans = Loans()
        self._use: dict[str, _Use] = {}
        self._call_of: dict[str, str] = {}

    def show(self, snapshot: Snapshot | None) -> None:
        """Answer out of this picture from now on."""
        whole(self.showing(snapshot))

    def showing(self, snapshot: Snapshot | None) -> Generator[None, None, None]:
        """As `show`, in steps; answers are out of the old picture until the last."""
        blocks: set[str] = set()
        phones: dict[str, tuple[str, Line]] = {}
        for customer_id, customer in (snapshot.customers if snapshot else {}).items():
            blocks.update({number[:-TAIL] for number in customer.own_numbers})
            phones.update(
                {
                    name: (customer_id, line)
                    for name, line in customer.without_number.items()
                    if name.endswith(line.location_id)
                }
            )
            yield
        e164s = iter(snapshot.lines if snapshot else ())
        while some := [e164[:-TAIL] for e164 in islice(e164s, PIECE)]:
            blocks.update(some)
            yield
        self.snapshot = snapshot
        self.loans.learn(snapshot.lent if snapshot else {})
        self._risky = tuple(snapshot.risky) if snapshot else ()
        self._closed = Closed(snapshot.closed if snapshot else ())
        self.chosen = snapshot.caller_ids if snapshot else {}
        self._own_blocks, self._phones = blocks, phones
        self._forget()

    def _forget(self) -> None:
        """What was put together out of the picture before this one, or yesterday."""
        self._facts, self._standings, self._alike, self._outcomes = {}, {}, {}, {}
        self._heads, self._dialled_in, self.written = {}, {}, {}

    def warm_up(self, now: datetime) -> None:
        """Read the facts of every country now: the first call must not wait for files."""
        for country in ("", *countries.served(now.date())):
            countries.emergency_codes(country, now.date())
            dialling_of(country, now.date())
        self.world.find("12125550100")

    def answer(self, asked: Asked, now: datetime, *, call_id: str = "", is_fresh: bool = True) -> Decision:
        """The decision about one call, at the installation's time `now`. With a `call_id`, an allowed call counts as going
        on until it is ended; asked again with the same, it counts once."""
        found = self.common(asked.caller, asked.dialled, asked.customer_id, now, call_id, is_fresh)
        if found is None:
            return self.climb(asked, now, call_id=call_id, is_fresh=is_fresh)
        said, number, _may_be_ours = found
        return said.about(number)

    def common(
        self, caller: str, dialled: str, customer_id: str, now: datetime, call_id: str, is_fresh: bool
    ) -> tuple[Outcome, str, bool] | None:
        """As `answer`, for a common call: what the ladder says of such calls, the number, and whether that may be one of ours (a short
        code always may). None for any other."""
        standing = self._standings.get(caller)
        if standing is None or not standing.since <= now < standing.until:
            standing = self._standing(caller, now)
        if (customer_id and customer_id != standing.customer_id) or not (is_fresh or self.allow_when_old):
            return None
        known = standing.heads.get(dialled[:-TAIL])
        if known is not None:
            head, meaning, may_be_ours = known
            tail = dialled[-TAIL:]
            if not tail.isdigit() or not tail.isascii() or dialled.endswith(standing.emergency_codes):
                return None
            outcome, number = standing.outcomes.get(meaning), head + tail
        elif len(dialled) <= standing.longest_code:
            outcome, number, may_be_ours = standing.short.get(dialled), "", True
        else:
            meaning, digits = find(standing, dialled, self._ranges)
            outcome, number = standing.outcomes.get(meaning), "+" + digits
            if outcome is None or self._closed.holds(digits):
                return None
            may_be_ours = self.may_be_ours(number)
            self._remember_head(standing, dialled, digits, meaning)
        if outcome is None or (
            may_be_ours and number and (number in standing.own_numbers or number == caller)
        ):
            return None
        if outcome.allowed:
            if number:
                use = self._use.get(standing.customer_id)
                if standing.is_near if use is None else use.is_near(standing.limits, now):
                    return None
            if call_id:
                if call_id in self._call_of:
                    return None
                self._begin(call_id, standing.customer_id, number, now, standing.limits)
        return outcome, number, may_be_ours

    def _remember_head(self, standing: Standing, dialled: str, digits: str, meaning: int) -> None:
        """Keep how this was read for what differs from it in the tail alone, where all of that is read so."""
        head = digits[:-TAIL]
        if (
            len(standing.heads) < MOST_HEADS
            and is_alike(standing, dialled, self._ranges)
            and not self._closed.touches(head)
        ):
            standing.heads[dialled[:-TAIL]] = ("+" + head, meaning, self.may_be_ours("+" + digits))

    def may_be_ours(self, number: str) -> bool:
        """Whether a number (E.164) begins as some of our customers' numbers do."""
        return number[:-TAIL] in self._own_blocks

    def climb(self, asked: Asked, now: datetime, *, call_id: str = "", is_fresh: bool = True) -> Decision:
        """As `answer`, up the ladder for any call."""
        facts = self._of(asked, now)
        code = help_dialled(asked.dialled, facts)
        if code:
            if call_id and facts.caller is not None and facts.caller.phone:
                facts = self._with_elin(asked, facts, now)
            told = emergency_decision(code, facts, now)
            if call_id and told.values["callback"]:
                self._helped[told.values["callback"]] = now + CALLED_BACK
            return told
        if self.snapshot is None or (not is_fresh and not self.allow_when_old):
            return Decision(False, "calls.no_fresh_facts", "fresh")
        customer_id = facts.caller.customer_id if facts.caller else ""
        known = call_id in self._call_of
        limits = self._limits(customer_id, facts.limits, now) if customer_id and not known else facts.limits
        who = f"{customer_id} {facts.caller.e164 or facts.caller.phone}" if facts.caller else ""
        if asked.has_code and self._tries.is_locked(who, now):
            limits = replace(limits, codes_locked=True)
        told = decide_ordinary(asked, facts, now, limits)
        if told.code == WRONG_CODE and self._tries.wrong(who, now):
            log.warning(
                "the access codes of a line are not looked at for a while: too many were wrong",
                extra={"org_id": customer_id},
            )
        if told.allowed and call_id and customer_id and not known:
            self._begin(call_id, customer_id, told.number, now, limits)
        # What holds for one customer alone holds for nobody who is alike.
        if facts.caller is not None and not facts.opened:
            self._remember(asked, told, now)
        return told

    def _with_elin(self, asked: Asked, at: Facts, now: datetime) -> Facts:
        """A line without a number shows an ELIN of its location, which reaches it for a while; none free, as was chosen for it."""
        found = self._without_number(asked)
        pool = self.snapshot.elins.get(found[1].location_id) if self.snapshot and found else None
        if pool is None or found is None or self.snapshot is None or at.caller is None:
            return at
        shows, lines = found[1].address_id, self.snapshot.lines
        fitting = tuple(
            each
            for each in pool.numbers
            if shows and (line := lines.get(each)) is not None and line.address_id == shows
        )
        e164 = self.loans.lend(pool, fitting, found[0], now)
        if not e164:
            return at
        caller = msgspec.structs.replace(at.caller, callback_number=e164)
        return msgspec.structs.replace(at, caller=caller)

    def remember(self, caller: str, callback: str, at: datetime) -> None:
        """An emergency call that was let through before this program began: the ELIN it went out with is lent."""
        if callback:
            self._helped[callback] = at + CALLED_BACK
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
        is_help = self._is_called_back(dialled, now)
        return self.route(back, now, is_help=is_help) if back and back not in pool.numbers else None

    def _remember(self, asked: Asked, told: Decision, now: datetime) -> None:
        """Keep what the ladder said for the next call of this kind."""
        standing = self._standing(asked.caller, now)
        if standing is UNCOMMON:
            return
        if len(asked.dialled) <= standing.longest_code:
            if told.rule in SHORT and len(standing.short) < MOST_SHORT:
                standing.short[asked.dialled] = Outcome(told)
        elif told.rule in LASTING:
            meaning, digits = find(standing, asked.dialled, self._ranges)
            if meaning >= 0 and told.number == f"+{digits}":
                standing.outcomes.setdefault(meaning, Outcome(told))

    def _standing(self, caller: str, now: datetime) -> Standing:
        """The standing of a caller, one object for all who are alike; of somebody unknown, that all calls climb the ladder."""
        lines = self.snapshot.lines if self.snapshot else {}
        key = lines.alike(caller) if isinstance(lines, _Lines) else _alike(lines.get(caller), caller)
        if key is None:
            return UNCOMMON  # not kept: made-up names fill no memory
        self._on(now)
        found = self._alike.get(key)
        if found is None or not found.since <= now < found.until:
            line = lines.get(caller)
            if line is None:  # cannot be read
                return UNCOMMON
            facts = self._gathered(line, line.caller.customer_id, now.date())
            found = self._alike[key] = standing_of(facts, now, self._outcomes, self._heads)
        self._standings[caller] = found
        return found

    def _on(self, now: datetime) -> None:
        if now.date() != self._facts_on:  # a country's rules may be others today
            self._forget()
            self._facts_on = now.date()

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
        self,
        dialled: str,
        now: datetime,
        *,
        caller: str = "",
        entries: Sequence[str] = (),
        is_help: bool = False,
    ) -> Route | None:
        """Where a call to a number or extension goes; extensions are those of the caller's organisation, at the caller's location
        first. None for a number that nobody here has. Out of an old picture, too: whoever calls in is not asked for leave."""
        if self.snapshot is None or (dialled.startswith("+") and not self.may_be_ours(dialled)):
            return None
        line = self.snapshot.lines.get(dialled)
        if line is None and dialled.startswith("+"):
            return None
        if self.snapshot.elins and (back := self._called_back(dialled, now)):
            return back
        at = self._seat(caller)
        holder = (line.caller.customer_id, line.location_id) if line else at
        if holder is None:
            return None
        customer = self.snapshot.customers.get(holder[0])
        if customer is None or customer.board is None or (line and not line.caller.is_active):
            return Route(NOBODY, destination=dialled)
        return route(
            customer.board,
            dialled,
            now,
            entries,
            from_location=(at or holder)[1],
            is_internal=at is not None and at[0] == holder[0],
            is_help=is_help or self._is_called_back(dialled, now),
            caller=caller,
        )

    def _is_called_back(self, dialled: str, now: datetime) -> bool:
        """Whether an emergency centre may be calling back on this number."""
        known = self.snapshot.called_back if self.snapshot else {}
        return any(dialled in each and now < each[dialled] for each in (self._helped, known))

    def caller_id(self, caller: str, told: Decision, customer_id: str = "") -> CallerId:
        """The number and name that an allowed call from one of our lines shows. Nothing of it for an emergency call, which shows
        the number by which help calls back (`told.values`). A line without a number shows its extension to colleagues, and to the
        test of its emergency address the number by which it is called back."""
        if not told.allowed or told.call_type == CallType.EMERGENCY or self.snapshot is None:
            return CallerId()
        phone = self.phone_of(caller, customer_id)
        if phone is not None:
            name, facts = phone
            return shown_by_phone(facts, told.call_type, self.snapshot.caller_ids.get(name, CallerId()))
        chosen = self.snapshot.caller_ids.get(caller) if told.call_type not in OWN_NUMBER_SHOWN else None
        if chosen is not None:
            return chosen
        return CallerId(DIRECT_LINE, caller, self._owner(caller))

    def shown(self, caller: str, told: Outcome) -> tuple[str, str]:
        """The number and name of `caller_id` for a common call that is allowed, whose caller always has a number."""
        chosen = None if told.shows_own else self.chosen.get(caller)
        return (caller, self._owner(caller)) if chosen is None else (chosen.e164, chosen.name)

    def _owner(self, caller: str) -> str:
        lines = self.snapshot.lines if self.snapshot else {}
        if isinstance(lines, _Lines):
            return lines.owner(caller)
        line = lines.get(caller)
        return line.caller.owner if line else ""

    def phone_of(self, caller: str, customer_id: str = "") -> tuple[str, CallerFacts] | None:
        """The name under which the phone of a caller without a number registers, and what is known of it."""
        found = None if caller.startswith("+") else self._without_number(Asked(caller, "", customer_id))
        return (found[0], found[1].caller) if found else None

    def shown_number(self, caller: str, told: Outcome) -> str:
        """The number of `shown` alone: the switch asks for no name. "" for a call that is refused."""
        if not told.allowed:
            return ""
        if told.shows_own or caller not in self.chosen:
            return caller
        return self.chosen[caller].e164

    def line_of(self, name: str) -> Line | None:
        """The line whose phone registers under this name: a number, or an extension with its location."""
        line = self.snapshot.lines.get(name) if self.snapshot else None
        phone = self._phones.get(name)
        return line or (phone[1] if phone else None)

    def _seat(self, caller: str) -> tuple[str, str] | None:
        """The customer and the location of `line_of`: of a caller who has asked today, without reading the line again."""
        standing = self._standings.get(caller, UNCOMMON)
        if standing is not UNCOMMON:
            return standing.customer_id, standing.location_id
        line = self.line_of(caller) if caller else None
        return (line.caller.customer_id, line.location_id) if line else None

    def main_number(self, e164: str) -> str:
        """The main number of the location that a number is at; "" without one."""
        line = self.snapshot.lines.get(e164) if self.snapshot else None
        place = self.snapshot.places.get(line.location_id) if self.snapshot and line else None
        return place.main_number if place else ""

    def _of(self, asked: Asked, now: datetime) -> Facts:
        """The facts of a caller, put together once for each picture. A number that another customer holds is nobody's here:
        its address must not go out with a stranger's emergency call."""
        self._on(now)
        known = self._facts.get(asked.caller)
        if known and known.caller and asked.customer_id in ("", known.caller.customer_id):
            return known
        line = self.snapshot.lines.get(asked.caller) if self.snapshot else None
        if line and asked.customer_id and line.caller.customer_id != asked.customer_id:
            line = None
        name = asked.caller
        # By the name its phone registers under, or by its extension where the switch says whose it is.
        if line is None and (phone := self._without_number(asked)) is not None:
            name, line = phone
        customer_id = line.caller.customer_id if line else asked.customer_id
        if self.snapshot is None or (line is None and customer_id not in self.snapshot.customers):
            customer_id = ""  # unknown callers share one entry, so that made-up names fill no memory
        key = name if line else f"customer {customer_id}"
        found = self._facts.get(key)
        if found is None:
            if len(self._facts) >= MOST_FACTS:
                self._facts.clear()
            found = self._facts[key] = self._gathered(line, customer_id, now.date())
        return found

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
        if country not in self._dialled_in:
            self._dialled_in[country] = dialling_of(country, on), countries.emergency_codes(country, on)
        dialling, codes = self._dialled_in[country]
        return Facts(
            dialling=dialling,
            emergency_codes=codes,
            world=self.world,
            caller=line.caller if line else None,
            place=place,
            account=customer.account if customer else None,
            extensions=_extensions(customer, line) if customer else {},
            own_numbers=customer.own_numbers if customer else {},
            closed=self.snapshot.closed if self.snapshot else {},
            opened=customer.opened if customer else (),
            risky=self.snapshot.risky if self.snapshot else frozenset(),
            limits=customer.limits if customer else Limits(),
            where=self.where(line),
            closed_inside=_closed_inside(customer, line),
            shared_codes=self._shared_codes(line, customer_id),
            fingerprint=partial(fingerprint, self._code_key, customer_id),
        )

    def _shared_codes(self, line: Line | None, customer_id: str) -> tuple[frozenset[str], ...]:
        codes = self.snapshot.codes if self.snapshot else {}
        return tuple(codes[each] for each in (line.location_id if line else "", customer_id) if each in codes)

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

    def _begin(self, call_id: str, customer_id: str, number: str, now: datetime, limits: Limits) -> None:
        use = self._use.setdefault(customer_id, _Use())
        use.calls[call_id] = now
        self._call_of[call_id] = customer_id
        if number[1:].startswith(self._risky):
            use.risky_at.append(now)
        if limits.most_calls_a_minute is not None:
            use.begun_at.append(now)

    def going_on(self) -> Mapping[str, int]:
        """Calls that go on now, by customer."""
        return {customer: len(use.calls) for customer, use in self._use.items() if use.calls}
