"""T2, the successes: one request of every operation that must be done, from `openapi.yaml`, and what it needs done before.

An operation without a line there is asked by Alice's administrator, about Alice's things, with a body of what its description
requires (tests/isolation/bodies.py). In the lines, a text `$location_id` is the name of Alice's thing (tests/plugins/things.py),
`$bob:location_id` of Bob's, and `$placeOrder/id` is what an earlier request of the same line was answered. `first` lists what is
done before: the operation's own line, a line with changes to it (`ask`), or a step of the world (`step`, below).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

LINES = Path(__file__).with_name("openapi.yaml")
WRITES = ("POST", "PUT", "PATCH")


@dataclass
class Told:
    """What the data file says."""

    requests: Mapping[str, Mapping[str, Any]]
    unreached: Mapping[str, str]  # the reviewed list: operation id to reason


def read() -> Told:
    """Raises KeyError for a file without its two parts."""
    found = yaml.safe_load(LINES.read_text())
    return Told(found["requests"] or {}, found["unreached"] or {})


class Successes:
    """Asks the prepared requests of a set of operations in a standing world."""

    def __init__(self, asked: Any) -> None:
        from werkzeug.test import Client

        self.asked = asked
        self.everything = {each.definition.raw["operationId"]: each for each in asked.operations}
        self.told = read()
        self.client = Client(asked.app)

    def all(self, operations: Iterable[Any]) -> tuple[int, dict[str, str], list[str]]:
        """How many of these were done, the excused ones, and what is wrong. An excused one that is done is no longer excused."""
        done, excused, found = 0, {}, []
        for operation in operations:
            name = operation.definition.raw["operationId"]
            problem = self.problem(name)
            done += not problem
            if name in self.told.unreached:
                excused[name] = self.told.unreached[name]
                if not problem:
                    found.append(f"{name} can be done: take it off the list of the unreached")
            elif problem:
                line = "its line in" if name in self.told.requests else f"a line {name} is missing in"
                found.append(f"{name} is never done ({line} tools/soak/openapi.yaml): {problem}")
        return done, excused, found

    def forgotten(self) -> list[str]:
        """Lines of operations that are no more."""
        known = {*self.told.requests, *self.told.unreached}
        return [f"{name} has a line and is no operation" for name in sorted(known - set(self.everything))]

    def problem(self, name: str) -> str:
        """What is wrong with the prepared request of this operation; "" if it is done and answered as described."""
        from tools.soak.openapi import undone

        with undone(), ExitStack() as later:
            return self.done(name, self.told.requests.get(name, {}), {}, later)

    def done(self, name: str, line: Mapping[str, Any], answers: dict[str, Any], later: ExitStack) -> str:
        """Ask, after whatever has to be done before; what is wrong with any of it, or "". What was done is not done again."""
        for before in line.get("first", ()):
            if isinstance(before, str):
                if before in answers:
                    continue
                before = {"ask": before}
            if "step" in before:
                if before.get("as") not in answers:
                    named = partial(self.named, answers=answers)
                    STEPS[before["step"]](Step(self.asked.standing, before, answers, later, named))
                continue
            earlier = before["ask"]
            trouble = self.done(earlier, {**self.told.requests.get(earlier, {}), **before}, answers, later)
            if trouble:
                return f"before it, {trouble}"
        return self.request(name, line, answers)

    def request(self, name: str, line: Mapping[str, Any], answers: dict[str, Any]) -> str:
        from django.core.cache import cache

        cache.clear()
        operation = self.everything[name]
        path = self.address(operation, line.get("path", {}), answers)
        sent = self.sent(operation, line, answers)
        headers = {**self.asked.standing.headers(line.get("as", "alice_admin")), **line.get("headers", {})}
        headers["Idempotency-Key"] = f"prepared-{name}-{len(answers)}"
        answer = self.client.open(path, method=operation.method.upper(), headers=headers, **sent)
        if not 200 <= answer.status_code < 300:
            said = " ".join(answer.get_data(as_text=True).split())[:400]
            return f"{name} answered {answer.status_code}: {said} to {path} {str(sent)[:300]}"
        answers[name] = answer.get_json(silent=True) if answer.is_json else None
        return str(self.asked.differs(operation.Case(), answer))

    def sent(self, operation: Any, line: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
        """Query and body, as a test client takes them."""
        sent: dict[str, Any] = {"query_string": self.named(line.get("query", {}), answers)}
        if "files" in line:
            sent["data"] = self.parts(line, answers)
        elif "body" in line:
            sent["json"] = self.named(line["body"], answers)
        elif operation.method.upper() in WRITES and (body := self.least(operation)) is not None:
            sent["json"] = body
        return sent

    def address(self, operation: Any, places: Mapping[str, str], answers: Mapping[str, Any]) -> str:
        """The address with Alice's things, or what the line says, in its places."""
        from tests.isolation.routes import snake
        from tests.plugins.things import THINGS

        out: list[str] = []
        before = ""
        for part in operation.path.split("/"):
            if part.startswith("{"):
                own = part.strip("{}")
                thing = THINGS.get(f"{before}/{snake(own)}") or THINGS.get(snake(own))
                if own in places:
                    out.append(quote(str(self.named(places[own], answers)), safe="+"))
                else:
                    if thing is None:
                        raise KeyError(f"{operation.path}: say what {own} is")
                    out.append(quote(thing.named(self.asked.standing.of["alice"], outside=True), safe="+"))
            else:
                out.append(part)
            before = part
        return "/".join(out)

    def least(self, operation: Any) -> Any:
        """A body of what the description requires; None where it takes none."""
        from tests.isolation.bodies import example
        from tools.soak.openapi import _body_schema, _inlined

        schema = _inlined(self.asked.raw, _body_schema(operation))
        return example(schema, self.asked.standing.of["alice"]) if schema else None

    def parts(self, line: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, Any]:
        """The parts of a form with files."""
        parts = dict(self.named(line.get("body", {}), answers))
        for field, kind in line["files"].items():
            name, content, media = FILES[kind]()
            parts[field] = (io.BytesIO(content), name, media)
        return parts

    def named(self, value: Any, answers: Mapping[str, Any]) -> Any:
        """The value with names in place of `$…`."""
        from tests.plugins.things import THINGS

        if isinstance(value, Mapping):
            return {key: self.named(each, answers) for key, each in value.items()}
        if isinstance(value, list):
            return [self.named(each, answers) for each in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        first, _slash, rest = value[1:].partition("/")
        if first in answers:
            found = answers[first]
            for part in rest.split("/"):
                found = found[int(part)] if isinstance(found, list) else found[part]
            return found
        who, _colon, thing = value[1:].rpartition(":")
        return THINGS[thing].named(self.asked.standing.of[who or "alice"], outside=True)


# --- files ------------------------------------------------------------------------------------------------------------


def _picture() -> tuple[str, bytes, str]:
    from tests.plugins.standing import picture

    return "paper.png", picture(written=True), "image/png"


def _pdf() -> tuple[str, bytes, str]:
    from tests.porting.bench import pdf

    return "paper.pdf", pdf("A paper"), "application/pdf"


def _sound() -> tuple[str, bytes, str]:
    from dialtone.services import wav

    return "hello.wav", wav.written(bytes(1600)), "audio/wav"


def _dear() -> tuple[str, bytes, str]:
    from tests.plugins.standing import PRICES

    return "prices.csv", PRICES.replace(b"0.03", b"0.09"), "text/csv"


def _estate() -> tuple[str, bytes, str]:
    from tests.estate import sample

    customers = sample.CUSTOMERS.replace("Partner P", "").replace("Partner Q", "partner p")
    return "estate.zip", sample.zipped(customers=customers), "application/zip"


def _prices() -> tuple[str, bytes, str]:
    from tests.plugins.standing import PRICES

    return "prices.csv", PRICES, "text/csv"


FILES: Mapping[str, Callable[[], tuple[str, bytes, str]]] = {
    "picture": _picture,
    "pdf": _pdf,
    "sound": _sound,
    "prices": _prices,
    "dear": _dear,
    "estate": _estate,
}

# --- steps of the world -----------------------------------------------------------------------------------------------


@dataclass
class Step:
    """What a step is told: the world, its own words, what was answered so far, and where clocks are put that stay."""

    standing: Any
    told: Mapping[str, Any]
    answers: dict[str, Any]
    later: ExitStack
    named: Callable[[Any], Any]

    def inside(self, kind: str) -> Any:
        """The id that the step is about."""
        from dialtone.base import ids

        return ids.inside(self.named(self.told["of"]), kind)

    def keep(self, kind: str, id: Any, **more: Any) -> None:
        """Remember a thing under the word of the step."""
        from dialtone.base import ids

        self.answers[self.told["as"]] = {"id": ids.outside(kind, id), **more}

    @property
    def alice(self) -> Any:
        return self.standing.of["alice"]


def _work(step: Step) -> None:
    """The sweeper does what is due, in small steps; the clock stays where that ended."""
    from dialtone.base import clock
    from dialtone.jobs import sweeper

    for _round in range(4):
        step.later.enter_context(clock.frozen(clock.now() + timedelta(seconds=5)))
        sweeper.run_due()


def _days(step: Step) -> None:
    """Days pass from due time to due time; with `idle`, nobody does anything meanwhile."""
    from dialtone.base import clock
    from tests.porting.bench import pass_time

    days = timedelta(days=step.told["days"])
    if step.told.get("idle"):
        step.later.enter_context(clock.frozen(clock.now() + days))
    else:
        step.later.enter_context(clock.frozen(clock.now()))
        pass_time(days)


def _office(step: Step) -> None:
    """An office of Alice in a country, ready for numbers."""
    from tests.plugins.office import open_office

    country = step.told["country"]
    made = open_office(step.alice.org, step.alice.admin, country=country, name=f"Office {country}")
    step.keep("LOCATION", made.id)


def _own_lines(step: Step) -> None:
    """An office with numbers, people and services on an integrated carrier."""
    from dialtone.base.ids import outside
    from tests.migration import test_by_hand
    from tests.plugins.world import as_customer

    made = test_by_hand._office(step.standing.world)
    with as_customer(step.alice.org):
        from dialtone.locations import queries

        provider = queries.location(made.id).provider_id
    step.keep("LOCATION", made.id, provider=outside("PSTN_PROVIDER", provider), free=test_by_hand.FREE)


def _own_carrier(step: Step) -> None:
    """Two offices on a carrier of Alice's own, each with a number in service and a validated address."""
    from dialtone.base.ids import outside
    from tests.migration import test_move
    from tests.plugins.world import as_customer

    made, provider = test_move._offices(step.standing.world)
    with as_customer(step.alice.org, step.alice.admin):
        for each in made:
            test_move._validate(each)
    step.keep("LOCATION", made[0].id, provider=outside("PSTN_PROVIDER", provider.id))


def _moved(step: Step) -> None:
    """The worker moves the locations that were chosen."""
    from dialtone.migration import move_sites

    move_sites.run(step.inside("PSTN_MIGRATION"), step.alice.org.id)


def _moved_by_hand(step: Step) -> None:
    """The worker does the step by hand that was begun."""
    from dialtone.migration import by_hand

    by_hand.run(step.inside("PSTN_MANUAL_MIGRATION"), step.alice.org.id)


def _address(step: Step) -> None:
    """An emergency address for a location."""
    from dialtone.emergency import enter_address
    from tests.migration.test_by_hand import PLACE
    from tests.plugins.world import as_customer

    with as_customer(step.alice.org, step.alice.admin):
        enter_address.enter_address(step.inside("LOCATION"), PLACE)


def _read_estate(step: Step) -> None:
    """The worker reads, applies, confirms or undoes the file."""
    from dialtone.estate import work

    work.work(step.inside("ESTATE_IMPORT"))


def _port(step: Step) -> None:
    """An order of Alice for three numbers: ready to be handed in, or handed in (`in`)."""
    from tests.porting.bench import Bench, csr, handed_in, ready

    bench = Bench(step.standing.world, step.alice.location, "US")
    if step.told.get("in"):
        made = handed_in(bench, csr("us-plain"))
    else:
        with bench.mine():
            made = ready(bench, csr("us-plain"))
    step.keep("PORT_ORDER", made.id)


def _second(step: Step) -> None:
    """Another administrator of Alice's, with a token."""
    from dialtone.people.invite_person import invite_person
    from tests.plugins.standing import _token
    from tests.plugins.world import as_customer

    with as_customer(step.alice.org, step.alice.admin):
        made = invite_person(step.alice.org.id, email="second@example.com", role="full", by_role="full")
    step.standing.secrets["alice_second"] = _token(made, "second")[1]
    step.keep("PEOPLE", made.id)


def _licences(step: Step) -> None:
    """Alice buys licences for workspaces and people."""
    from dialtone.base import clock
    from dialtone.plans import subscribe
    from tests.plugins.world import as_customer

    with as_customer(step.alice.org):
        subscribe.buy_licence("calling_professional", 5, clock.today("UTC"))


def _invoice(step: Step) -> None:
    """Alice's next month is invoiced, as if it were over."""
    from dialtone.billing.days import Month
    from dialtone.billing.issue import issue
    from tests.plugins.world import START, as_operator

    with as_operator():
        month = Month.of(START + timedelta(days=31))
        made = issue(step.alice.org, month, issued_on=START.date(), rating_version=1)
    step.keep("INVOICE", made.id)


def _hundred(step: Step) -> None:
    """The numbers that were ordered as a block, and one more: more than one person may release."""
    block = [f"+12122070{100 + nth}" for nth in range(100)]
    step.answers[step.told["as"]] = {"numbers": [*block, "+12125550101"]}


def _no_closing(step: Step) -> None:
    """Alice gives up the closing of a location that has begun."""
    from dialtone.base import batches
    from tests.plugins.world import as_customer

    with as_customer(step.alice.org, step.alice.admin):
        batches.abandon(step.alice.closing.id)


def _event(step: Step) -> None:
    """A carrier said something that fits nothing, so it was set aside."""
    from dialtone.carriers.models import CarrierEvent
    from tests.api.test_carrier_events import Sender
    from tests.plugins.world import as_operator
    from tools.soak.openapi import keep_connections

    Sender()("port.teleported", {"order": "port:none"})
    keep_connections()
    with as_operator():
        found = CarrierEvent.objects.latest("id")
    step.keep("CARRIER_EVENT", found.id)


def _by_hand(step: Step) -> None:
    """A number of Alice that people have to deliver; with `said`, they have."""
    from django.test import override_settings

    from dialtone.base import desk
    from dialtone.carriers import answer_by_hand, by_hand
    from tests.orders.test_by_hand import Bench, one

    step.later.enter_context(override_settings(CARRIERS={"": "desk"}))
    bench, e164 = Bench(step.standing.world, lambda *_rounds: _work(step)), "+12122070500"
    bench.order(one(e164))
    with bench.desk():
        item = desk.waiting(by_hand.ORDER).latest("opened_at")
        if step.told.get("said"):
            answer_by_hand.answer(item, [answer_by_hand.Said(e164, answer_by_hand.DELIVERED)])
    if step.told.get("said"):
        _work(step)
    step.keep("DESK_ITEM", item.id, number=e164)


STEPS: Mapping[str, Callable[[Step], None]] = {
    "work": _work,
    "days": _days,
    "office": _office,
    "own_lines": _own_lines,
    "own_carrier": _own_carrier,
    "moved": _moved,
    "moved_by_hand": _moved_by_hand,
    "address": _address,
    "read_estate": _read_estate,
    "port": _port,
    "event": _event,
    "by_hand": _by_hand,
    "no_closing": _no_closing,
    "second": _second,
    "licences": _licences,
    "invoice": _invoice,
    "hundred": _hundred,
}
