"""The machines of T1, each beside a model of the same thing that keeps plain facts and knows no table of moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Protocol


class Wrong(Exception):
    """Machine and model do not agree; the text says after what."""


class Thing(Protocol):
    """Something that events happen to."""

    def take(self, event: str) -> bool:
        """Whether the event applied."""

    def state(self) -> str: ...

    def broken(self, before: str) -> str:
        """What must never be so and is, or ""."""


@dataclass(frozen=True)
class Machine:
    """A machine of the product and its model. `wrong` makes one with a wrong move in it."""

    name: str
    states: Sequence[str]
    events: Sequence[str]
    begin: Callable[[], Thing]
    model: Callable[[], Any]
    wrong: Callable[[], Machine]


# What the product has


@dataclass
class Tabled:
    """A machine with a table: `decide(state, event)` answers the next state, or None."""

    decide: Callable[[str, str], str | None]
    now: str = ""

    def take(self, event: str) -> bool:
        following = self.decide(self.now, event)
        if following is None:
            return False
        self.now = following
        return True

    def state(self) -> str:
        return self.now

    def broken(self, before: str) -> str:
        return ""


class RealOrder:
    """An order of two lines and a block; its status follows from facts (orders/states.py)."""

    LINES = 3

    def __init__(self, status: Callable[[Any], str]) -> None:
        from dialtone.orders import states

        self.rules, self.status = states, status
        self.lines = [states.next_line_state("", "ordered") or ""] * self.LINES
        self.facts = states.Facts(self.lines, False, False, False, False)

    def take(self, event: str) -> bool:
        word, _, nth = event.partition(" ")
        if word in ("terms", "contract"):
            name = "terms_accepted" if word == "terms" else "contract_signed"
            changed = not getattr(self.facts, name)
            self.facts = replace(self.facts, **{name: True})
            return changed
        if word == "begin":
            if self.rules.waits_for(self.facts) != "carrier" or self.facts.begun:
                return False
            self._move(range(self.LINES), "begun")
            self.facts = replace(self.facts, begun=True)
            return True
        if word == "cancel":
            if not self.rules.may_cancel(self.facts):
                return False
            self._move(range(self.LINES), "cancelled")
            self.facts = replace(self.facts, ended=True)
            return True
        return self._move([int(nth)], word)

    def _move(self, places: Sequence[int], event: str) -> bool:
        following = {place: self.rules.next_line_state(self.lines[place], event) for place in places}
        if None in following.values():
            return False
        self.lines = [following.get(place) or line for place, line in enumerate(self.lines)]
        ended = all(line in self.rules.LINE_ENDED for line in self.lines)
        self.facts = replace(self.facts, lines=self.lines, ended=ended)
        return True

    def state(self) -> str:
        return f"{self.status(self.facts)}, {self.rules.acts_next(self.facts)}"

    def broken(self, before: str) -> str:
        if before.startswith(("provisioned", "error")) and not self.state().startswith(before.split(",")[0]):
            return f"it was {before} and is {self.state()}"
        return ""


class RealPortOut:
    """A request of another carrier for two numbers, both asked for rightly (porting/out/states.py)."""

    NOW = datetime(2026, 10, 28, 16, tzinfo=UTC)
    KINDS: ClassVar = {
        "agreed": {"by_person": True, "leaves_at": NOW + timedelta(days=3)},
        "agreed_by_nobody": {"kind": "agreed", "leaves_at": NOW + timedelta(days=3)},
        "refused": {"by_person": True, "reason": "pin"},
        "moved": {"is_confirmed": True},
        "moved_unconfirmed": {"kind": "moved"},
    }

    def __init__(self, status: Callable[[Any], str]) -> None:
        from dialtone.porting.out import states

        self.rules, self.status = states, status
        lines = {each: states.Line(is_locked=False, may_agree=True) for each in "01"}
        self.request = states.Request(lines, self.NOW + timedelta(days=1), lawful=("pin",))
        self.agreed: set[str] = set()

    def take(self, event: str) -> bool:
        word, _, nth = event.partition(" ")
        if word in ("lock", "unlock"):
            first = self.request.numbers["0"]
            line = replace(first, is_locked=word == "lock")
            self.request = replace(self.request, numbers={**self.request.numbers, "0": line})
            return bool(line != first)
        told = {"kind": word, **self.KINDS.get(word, {}), "numbers": (nth,) if nth else ()}
        decision = self.rules.decide(self.request, self.rules.Event(**told), self.NOW + timedelta(hours=1))
        self.request = self.rules.after(self.request, decision)
        if word == "agreed":
            self.agreed |= set(decision.to(self.rules.AGREED))
        return bool(decision.moves)

    def state(self) -> str:
        found = [line.state for line in self.request.numbers.values()]
        return self.status(found) if any(found) else ""

    def broken(self, before: str) -> str:
        left = {each for each, line in self.request.numbers.items() if line.state == self.rules.LEFT}
        return "" if left <= self.agreed else f"{left - self.agreed} left, and no person had agreed (P8)"


class RealPort:
    """A port order of two numbers; its status follows from facts (porting/states.py)."""

    DAY = date(2026, 12, 1)

    def __init__(self, status: Callable[[Any], str]) -> None:
        from dialtone.porting import states

        self.rules, self.status = states, status
        self.numbers = [states.NUMBER_OPEN, states.NUMBER_OPEN]
        self.facts = states.Facts({"open": 2})

    def take(self, event: str) -> bool:
        word, _, nth = event.partition(" ")
        facts = self.facts
        if self.status(facts) in self.rules.ENDED:
            return False
        if word == "hand in" or event == "hand in":
            if facts.handed_in and not facts.rejected:
                return False
            self._now(handed_in=True, rejected=False, accepted=False, foc_on=None)
            return True
        if event == "withdraw":
            self._settle(range(2), "canceled")
            self._now(withdrawn=True)
            return True
        if not facts.handed_in:
            return False
        match word:
            case "accept":
                self._now(accepted=True, rejected=False)
            case "reject":
                self._now(rejected=True)
            case "date":
                self._now(accepted=True, rejected=False, foc_on=self.DAY)
            case "undate":
                if facts.foc_on is None:
                    return False
                self._now(foc_on=None)
            case _:
                return self._settle([int(nth)], word)
        return True

    def _now(self, **more: Any) -> None:
        self.facts = replace(self.facts, **more)

    def _settle(self, places: Sequence[int], event: str) -> bool:
        changed = False
        for place in places:
            following = self.rules.next_number_state(self.numbers[place], event)
            if following is not None:
                self.numbers[place], changed = following, True
        counted = {state: self.numbers.count(state) for state in self.numbers}
        self._now(numbers=counted)
        return changed

    def state(self) -> str:
        return self.status(self.facts)

    def broken(self, before: str) -> str:
        now = self.state()
        if now != before and now not in self.rules.MOVES[before]:
            return f"{before} became {now}, which is no listed move (P10)"
        if sum(self.facts.numbers.values()) != 2:
            return f"the numbers do not add up: {self.facts.numbers} (P9)"
        return ""


# What it is compared with


class NumberFacts:
    """A number, as somebody would tell its story."""

    def __init__(self) -> None:
        self.known = self.waits = self.calls = self.elsewhere = False
        self.end = ""

    def take(self, event: str) -> bool:
        arrived = self.known and not self.waits and not self.end
        quiet = arrived and not self.calls and not self.elsewhere
        match event:
            case "ordered" | "imported" if not self.known:
                self.known, self.waits = True, event == "ordered"
            case "delivered" if self.waits and not self.end:
                self.waits = False
            case "refused" | "cancelled" if self.waits and not self.end:
                self.end = {"refused": "failed", "cancelled": "cancelled"}[event]
            case "activated" if quiet:
                self.calls = True
            case "connected" if quiet:
                self.elsewhere = True
            case "deactivated" if self.calls and not self.end:
                self.calls = False
            case "disconnected" if self.elsewhere and not self.end:
                self.elsewhere = False
            case "released" if arrived:
                self.end = "released"
            case "left" if quiet:
                self.end = "left"
            case _:
                return False
        return True

    def state(self) -> str:
        if self.end or not self.known:
            return self.end
        if self.waits:
            return "pending"
        return "active" if self.calls else "connected" if self.elsewhere else "inactive"


class LineFacts:
    """A line of an order; the desk enters one by support case when its numbers are there."""

    WORDS = {"delivered": "fulfilled", "refused": "failed", "partly_delivered": "partial"}

    def __init__(self) -> None:
        self.steps: list[str] = []

    def take(self, event: str) -> bool:
        allowed = {
            0: ["ordered", "delivered"],
            1: ["begun", "cancelled"],
            2: list(self.WORDS) if self.steps[-1:] == ["begun"] else [],
            3: [],
        }[len(self.steps) if self.steps != ["delivered"] else 3]
        if event in allowed:
            self.steps.append(event)
        return event in allowed

    def state(self) -> str:
        last = self.steps[-1] if self.steps else ""
        return {
            "": "",
            "ordered": "pending",
            "begun": "provisioning",
            "cancelled": "cancelled",
            **self.WORDS,
        }[last]


class OrderFacts:
    """An order: papers first, then the carrier's word on each line."""

    def __init__(self) -> None:
        self.papers: set[str] = set()
        self.begun = self.cancelled = False
        self.words: dict[str, str] = {}

    def take(self, event: str) -> bool:
        word, _, nth = event.partition(" ")
        if word in ("terms", "contract"):
            new = word not in self.papers
            self.papers.add(word)
            return new
        if word == "begin":
            applies = len(self.papers) == 2 and not self.begun and not self.cancelled
            self.begun = self.begun or applies
            return applies
        if word == "cancel":
            applies = not self.begun and not self.cancelled
            self.cancelled = self.cancelled or applies
            return applies
        if not self.begun or nth in self.words:
            return False
        self.words[nth] = word
        return True

    def state(self) -> str:
        if any(word != "delivered" for word in self.words.values()):
            return "error, operator"
        if len(self.words) == RealOrder.LINES:
            return "provisioned, nobody"
        if self.cancelled:
            return "pending, nobody"
        return f"pending, {'carrier' if self.begun or len(self.papers) == 2 else 'customer'}"


class AddressFacts:
    """An emergency address: what was found out about it so far."""

    def __init__(self) -> None:
        self.found = self.word = self.end = ""
        self.entered = self.in_effect = self.tested = self.leaving = False

    def take(self, event: str) -> bool:
        living = self.entered and not self.end and not self.leaving
        fresh = living and not self.in_effect and not self.found and not self.word
        match event:
            case "entered" if not self.entered:
                self.entered = True
            case "matched" | "corrected" | "not_found" if fresh:
                self.found = event
            case "accepted" | "refused" if (
                living and self.found == "matched" and not self.word and not self.in_effect
            ):
                self.word, self.in_effect = event, event == "accepted"
            case "accepted_by_desk" if living and not self.in_effect:
                self.in_effect = True
            case "refused_by_desk" if living and not self.in_effect and self.word != "refused":
                self.word = "refused"
            case "tested" if living and self.in_effect:
                self.tested = True
            case "left" if living and self.in_effect:
                self.leaving = True
            case "replaced" if living or (self.leaving and not self.end):
                self.end = event
            case "withdrawn" if living:
                self.end = event
            case _:
                return False
        return True

    def state(self) -> str:
        if self.end or not self.entered:
            return self.end
        if self.leaving:
            return "leaving"
        if self.in_effect:
            return "tested" if self.tested else "accepted"
        if self.word == "refused":
            return "refused"
        return {"": "entered", "matched": "located", "corrected": "suggested", "not_found": "unknown"}[
            self.found
        ]


class PortFacts:
    """A port: what the carrier last said, and what has moved."""

    def __init__(self) -> None:
        self.said: list[str] = []  # since it was last handed in
        self.given = self.withdrawn = False
        self.moved: dict[str, str] = {}

    def take(self, event: str) -> bool:
        if self.state() in ("completed", "canceled"):
            return False
        if event == "hand in":
            if self.given and self._rejected() is False:
                return False
            self.given, self.said = True, []
            return True
        if event == "withdraw":
            self.withdrawn = True
            return True
        if not self.given:
            return False
        word, _, nth = event.partition(" ")
        if nth:
            if nth in self.moved:
                return False
            self.moved[nth] = word
            return True
        if word == "undate" and not self._dated():
            return False
        self.said.append(word)
        return True

    def _rejected(self) -> bool:
        heard = [word for word in self.said if word in ("accept", "reject", "date")]
        return heard[-1:] == ["reject"]

    def _dated(self) -> bool:
        heard = [word for word in self.said if word in ("date", "undate")]
        return heard[-1:] == ["date"]

    def state(self) -> str:
        if self.withdrawn or len(self.moved) == 2:
            return "completed" if "completed" in self.moved.values() else "canceled"
        if not self.given:
            return "pending"
        if self._rejected():
            return "rejected"
        if self._dated():
            return "foc_received"
        return "submitted" if {"accept", "date"} & set(self.said) else "pending"


class SubscriptionFacts:
    """A subscription: how many steps of its trial's end have come."""

    STEPS = ("active", "trial_over", "last_days", "ended")

    def __init__(self) -> None:
        self.step = -1

    def take(self, event: str) -> bool:
        if event == "started" and self.step == -1:
            self.step = 0
        elif event == "due" and 0 <= self.step < 3:
            self.step += 1
        elif event == "converted" and 0 <= self.step < 3:
            self.step = 0
        else:
            return False
        return True

    def state(self) -> str:
        return "" if self.step < 0 else self.STEPS[self.step]


class ContractFacts:
    """A contract: sent as often as one likes, signed once."""

    def __init__(self) -> None:
        self.is_sent = self.is_signed = False

    def take(self, event: str) -> bool:
        applies = not self.is_signed and (event == "sent" or self.is_sent)
        if applies:
            self.is_sent, self.is_signed = True, event == "signed"
        return applies

    def state(self) -> str:
        return "signed" if self.is_signed else "sent" if self.is_sent else ""


class CaseFacts:
    """A case: who spoke last, until it is closed."""

    def __init__(self) -> None:
        self.now = "open"

    def take(self, event: str) -> bool:
        if self.now == "closed":
            return False
        self.now = {"desk_answered": "answered", "customer_answered": "open", "closed": "closed"}[event]
        return True

    def state(self) -> str:
        return self.now


class MoveFacts:
    """A move between PSTN options: pages turned one after another, until it is closed or left."""

    PAGES = ("analysed", "agreed", "contracted")
    NAMES = ("audit", "confirm", "contract", "locations")

    def __init__(self) -> None:
        self.page, self.end = -1, ""

    def take(self, event: str) -> bool:
        if self.end or (event == "begun") != (self.page < 0):
            return False
        if event == "abandoned":
            self.end = event
        elif event == "closed":
            if self.page < 3:
                return False
            self.end = event
        elif event == "begun" or self.PAGES[min(self.page, 2)] == event:
            self.page = min(self.page + 1, 3)
        else:
            return False
        return True

    def state(self) -> str:
        return self.end or ("" if self.page < 0 else self.NAMES[self.page])


class ManualMoveFacts:
    """A move by hand: six pages; it can be left while no person has moved, and opened again while it is not closed. From where
    numbers go until it is closed, all can be brought back, to where numbers go; meanwhile nothing else happens."""

    PAGES = ("create", "ready", "numbers", "people", "services", "close")
    TURNS = ("created", "readied", "carried_out", "carried_out", "carried_out", "closed")

    def __init__(self) -> None:
        self.page, self.end, self.is_undoing = -1, "", False

    def take(self, event: str) -> bool:
        if self.end or (event == "begun") != (self.page < 0) or (event == "undone") != self.is_undoing:
            return False
        if event == "begun":
            self.page = 0
        elif event == "undone":
            self.page, self.is_undoing = 2, False
        elif event == "taken_back" and self.page >= 2:
            self.is_undoing = True
        elif event == "abandoned" and self.page < 3:
            self.end = event
        elif event == "reopened" and self.page == 5:
            self.page = 2
        elif event == self.TURNS[self.page]:
            self.page, self.end = self.page + 1, "closed" if event == "closed" else ""
        else:
            return False
        return True

    def state(self) -> str:
        if self.is_undoing:
            return "undoing"
        return self.end or ("" if self.page < 0 else self.PAGES[self.page])


class PortOutFacts:
    """A request of another carrier for two numbers; the holder may lock the first one."""

    def __init__(self) -> None:
        self.is_locked = False
        self.answers: dict[str, str] = {}

    def take(self, event: str) -> bool:
        word, _, nth = event.partition(" ")
        if word in ("lock", "unlock"):
            changed = self.is_locked != (word == "lock")
            self.is_locked = word == "lock"
            return changed
        if word == "asked":
            new = not self.answers
            self.answers = self.answers or dict.fromkeys("01", "asked")
            return new
        meant = [each for each, answer in self.answers.items() if answer in self.OPEN.get(word, ())]
        if nth:
            meant = [each for each in meant if each == nth]
        if word == "agreed" and self.is_locked and "0" in meant:
            return False
        self.answers |= dict.fromkeys(meant, self.ENDS.get(word, word))
        return bool(meant)

    OPEN: ClassVar = {
        "agreed": ("asked",),
        "refused": ("asked",),
        "stopped": ("asked", "agreed"),
        "withdrawn": ("asked", "agreed"),
        "moved": ("agreed",),
    }
    ENDS: ClassVar = {"stopped": "refused", "moved": "left"}

    def state(self) -> str:
        said = set(self.answers.values())
        return next(
            (each for each in ("asked", "agreed", "left", "withdrawn", "refused") if each in said), ""
        )


class SiteFacts:
    """A location of a move: what was tried last."""

    def __init__(self) -> None:
        self.last = "undone"

    def take(self, event: str) -> bool:
        before = {
            "chosen": ("undone", "failed"),
            "moved": ("chosen",),
            "failed": ("chosen",),
            "undone": ("moved",),
        }
        applies = self.last in before[event]
        self.last = event if applies else self.last
        return applies

    def state(self) -> str:
        return {"undone": "waiting", "chosen": "moving", "moved": "moved", "failed": "failed"}[self.last]


# Side by side


def MACHINES() -> list[Machine]:
    """All of them; imported when Django is set up."""
    from dialtone.emergency import states as addresses
    from dialtone.locations import states as contracts
    from dialtone.migration import states as moves
    from dialtone.numbers import states as numbers
    from dialtone.orders import states as orders
    from dialtone.plans import states as plans
    from dialtone.porting import states as ports
    from dialtone.porting.out import states as port_outs
    from dialtone.support import states as cases

    def number(state: str, event: str) -> str | None:
        decision = numbers.decide(state, event)
        return decision.state if decision.allowed else None

    def subscription(state: str, event: str) -> str | None:
        now = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
        decision = plans.decide(state, event, now)
        if decision is None:
            return None
        if event == "due" and decision.due_at is not None and decision.due_at - now < timedelta(days=7):
            raise Wrong(f"the warning of {decision.state} leaves less than a week")
        return decision.state

    def case(state: str, event: str) -> str | None:
        try:
            return cases.decide(state, event)
        except cases.NotAllowed:
            return None

    return [
        _tabled("number", numbers.MOVES, number, NumberFacts, ("released", "activated", "active")),
        _tabled(
            "order line", orders.LINE_MOVES, orders.next_line_state, LineFacts, ("fulfilled", "refused", "failed")
        ),
        _derived(
            "order",
            RealOrder,
            orders.status,
            OrderFacts,
            ["terms", "contract", "begin", "cancel"]
            + [f"{word} {nth}" for word in LineFacts.WORDS for nth in range(RealOrder.LINES)],
            [
                "pending, customer", "pending, carrier", "pending, nobody", "error, operator", "provisioned, nobody",
            ],
            lambda facts: "provisioned" if "fulfilled" in facts.lines else orders.status(facts),
        ),
        _tabled(
            "emergency address", addresses.MOVES, addresses.decide, AddressFacts, ("suggested", "tested", "tested")
        ),
        _derived(
            "port",
            RealPort,
            ports.status,
            PortFacts,
            ["hand in", "accept", "reject", "date", "undate", "withdraw"]
            + [f"{word} {nth}" for word in ("completed", "failed") for nth in range(2)],
            list(ports.ALL),
            lambda facts: ports.REJECTED if facts.rejected else ports.status(facts),
        ),
        _derived(
            "port out",
            RealPortOut,
            port_outs.status,
            PortOutFacts,
            ["asked", "agreed", "agreed_by_nobody", "refused", "withdrawn", "moved_unconfirmed", "time_passed", "lock", "unlock"]
            + [f"{word} {nth}" for word in ("stopped", "moved") for nth in range(2)],
            ["", *port_outs.ALL],
            lambda found: port_outs.LEFT if port_outs.LEFT in found else port_outs.status(found),
        ),
        _tabled("subscription", plans.MOVES, subscription, SubscriptionFacts, ("ended", "converted", "active")),
        _tabled("move", moves.MOVES, moves.decide, MoveFacts, ("closed", "abandoned", "abandoned")),
        _tabled(
            "move by hand", moves.MANUAL_MOVES, moves.decide_manual, ManualMoveFacts, ("people", "abandoned", "abandoned")
        ),
        _tabled(
            "location of a move", moves.SITE_MOVES, moves.decide_site, SiteFacts, ("moved", "chosen", "moving"),
            begins="waiting",
        ),
        _tabled("contract", contracts.MOVES, contracts.decide, ContractFacts, ("signed", "sent", "sent")),
        _tabled(
            "case",
            {cases.OPEN: dict.fromkeys(cases.EVENTS, ""), cases.ANSWERED: {}, cases.CLOSED: {}},
            case,
            CaseFacts,
            ("closed", "customer_answered", "open"),
            begins="open",
        ),
    ]  # fmt: skip


def _tabled(
    name: str,
    moves: Mapping[str, Mapping[str, str]],
    decide: Callable[[str, str], str | None],
    model: Callable[[], Any],
    mistake: tuple[str, str, str],
    begins: str = "",
) -> Machine:
    events = sorted({event for each in moves.values() for event in each})

    def mistaken(state: str, event: str) -> str | None:
        return mistake[2] if (state, event) == mistake[:2] else decide(state, event)

    wrong = Machine(
        f"{name} with a mistake", list(moves), events, lambda: Tabled(mistaken, begins), model, _none
    )
    return Machine(name, list(moves), events, lambda: Tabled(decide, begins), model, lambda: deepcopy(wrong))


def _derived(
    name: str,
    real: Callable[[Callable[[Any], str]], Thing],
    status: Callable[[Any], str],
    model: Callable[[], Any],
    events: Sequence[str],
    states: Sequence[str],
    mistaken: Callable[[Any], str],
) -> Machine:
    wrong = Machine(f"{name} with a mistake", states, events, lambda: real(mistaken), model, _none)
    return Machine(name, states, events, lambda: real(status), model, lambda: wrong)


def _none() -> Machine:
    raise NotImplementedError("a mistake in a mistake")
