"""T2: every operation of the API's description: done once, and with what it allows and what it does not (schemathesis).

Asked of the whole application in this process, as its web server would ask it, so that each call can be undone and the next one
finds the same world. Every operation is done once by a prepared request (`openapi.yaml`), after whatever that needs; an operation
that is not is a problem, unless the reviewed list there says why. What can be made and deleted is walked in any order beside a model
(`openapi_stateful.py`). Then of each a few examples that the description allows,
with the names of Alice's things in place of the references, and as many that it does not allow. No answer is a 5xx, none differs
from its description, nothing forbidden by the description is done, and no operation answers without a token. At least 60 in 100
of the allowed calls must come to a 2xx, else only refusals are tried. The control shows an order without its status, which has to
be noticed.
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

from tools.soak import shared

# Of each kind, allowed and forbidden. The plan's figure at the gate is 50 of each operation; how long that takes was
# never measured.
EXAMPLES = 2
EXAMPLES_FULL = 500
CORES = 2
PROCESSES = 2
LEAST_DONE = 0.6
# What a client would write where the description allows any text; beside these, the words of tests/isolation/bodies.py.
LIKELY: Mapping[str, Any] = {
    "firstName": "Some",
    "lastName": "Body",
    "targetUrl": "https://hooks.example.com/x",
    "phoneNumbers": ["+12122070011"],
    "numbers": "+1 212 207 0012, 212-207-0013",
    "from": "2026-10-01T00:00:00.000Z",
    "to": "2026-10-02T00:00:00.000Z",
}


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences. Two processes share the operations, each with a world of its own."""
    begun = time.monotonic()
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(_part, range(PROCESSES), [EXAMPLES_FULL if full else EXAMPLES] * PROCESSES))
    found = [each for part in parts for each in part.found]
    answers = sum((part.answers for part in parts), Counter())
    reached = sum(part.reached for part in parts)
    excused = {name: why for part in parts for name, why in part.excused.items()}
    share = answers["done"] / (answers["allowed"] or 1)
    calls = answers["allowed"] + answers["forbidden"]
    print(
        f"  openapi: {sum(part.operations for part in parts)} operations, {reached} done by a prepared request"
        f" ({len(excused)} excused), {calls:,} generated calls, {share:.0%} of the allowed ones done, {answers['steps']} steps with things that were there;"
        f" {time.monotonic() - begun:.0f} s, {sum(part.processor for part in parts):.0f} of the processors",
        flush=True,
    )
    if share < LEAST_DONE:
        found.append(f"only {share:.0%} of the allowed calls were done")
    if not any(part.noticed for part in parts):
        found.append("the negative control was not noticed, so this test proves nothing")
    return found


@dataclass
class Part:
    """What one process found."""

    operations: int
    found: list[str]
    answers: Counter[str]
    reached: int
    excused: Mapping[str, str]
    noticed: bool
    processor: float  # seconds, without the database's


def _part(nth: int, examples: int) -> Part:
    """Every second operation, and in the first process the control."""
    with shared.database(f"openapi{nth}"):
        from django.conf import settings
        from django.db import transaction

        from dialtone.base import clock
        from tests.plugins.standing import build
        from tests.plugins.world import START
        from tools.soak import openapi_stateful as stateful
        from tools.soak.openapi_prepared import Successes

        settings.ALLOWED_HOSTS = ["*"]
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # nobody has collected them
        keep_connections()
        logging.disable(logging.ERROR)  # each crash is told once, by us
        _no_constants()
        with clock.frozen(START), transaction.atomic():
            asked = Asked(build(), examples)
            successes = Successes(asked)
            noticed = nth == 0 and control(asked) and stateful.control(successes)
            asked.operations = asked.operations[nth::PROCESSES]
            reached, excused, found = successes.all(asked.operations)
            walks = stateful.WALKS if examples == EXAMPLES else stateful.WALKS_FULL
            wrong, asked.answers["steps"] = stateful.walked(successes, walks, nth, PROCESSES)
            found += wrong + asked.all()
            transaction.set_rollback(True)
    if nth == 0:
        found += successes.forgotten()
    spent = time.process_time()
    return Part(len(asked.operations), found, asked.answers, reached, excused, noticed, spent)


def _no_constants() -> None:
    """Hypothesis would try the constants that it finds in all our modules: to weigh them took a fifth of the time, and the words
    that matter are given by `name_things`."""
    from hypothesis.internal.conjecture import providers
    from hypothesis.internal.constants_ast import Constants

    providers._get_local_constants = Constants


class Asked:
    """The description, the world, and what came of asking."""

    def __init__(self, standing: Any, examples: int) -> None:
        import schemathesis
        from django.core.handlers.wsgi import WSGIHandler

        self.standing = standing
        self.examples = examples
        self.headers = standing.headers("alice_admin")
        self.app = WSGIHandler()
        self.schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", self.app)
        self.raw = self.schema.raw_schema
        self.operations = [found.ok() for found in self.schema.get_all_operations()]
        self.answers: Counter[str] = Counter()

    def all(self) -> list[str]:
        from schemathesis import GenerationMode

        found: list[str] = []
        for operation in self.operations:
            found += self.without_token(operation)
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                found += self.asks(operation, mode)
        return found

    def asks(self, operation: Any, mode: Any, examples: int | None = None) -> list[str]:
        """Examples of one operation; one problem of each kind is enough."""
        from hypothesis import HealthCheck, Phase, given, seed, settings

        name = operation.definition.raw["operationId"]
        allowed = mode.is_positive
        found: dict[str, str] = {}

        @seed(2)
        @settings(
            max_examples=examples or self.examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            self.answers["allowed" if allowed else "forbidden"] += 1
            if allowed:
                self.name_things(operation, case)
            status, problem = self.ask(case, name, forbidden=not allowed)
            if allowed and 200 <= status < 300:
                self.answers["done"] += 1
            if problem:
                found.setdefault(problem.partition(":")[0], problem)

        try:
            one()
        except Exception as error:  # what cannot be generated is said, not passed over
            if type(error).__name__ not in ("Unsatisfiable", "SkipTest"):
                found["generation"] = f"{type(error).__name__}: {str(error)[:300]}"
        return [f"{name} ({mode.value}): {problem}" for problem in found.values()]

    def ask(self, case: Any, name: str, *, forbidden: bool) -> tuple[int, str]:
        """(status, what is wrong with the answer); whatever the call did is undone."""
        from django.core.cache import cache

        cache.clear()
        headers = {**self.headers, "Idempotency-Key": str(random.getrandbits(60))}
        with undone():
            answer = case.call(headers=headers)
        status = answer.status_code
        if status >= 500:
            return status, f"status {status}: {_shown(case)}"
        return status, self.differs(case, answer, forbidden=forbidden, headers=headers)

    def differs(self, case: Any, answer: Any, *, forbidden: bool = False, headers: Any = None) -> str:
        """How an answer differs from its description, or ""."""
        from schemathesis import checks
        from schemathesis.core.failures import FailureGroup
        from schemathesis.specs.openapi import checks as described

        wanted = [
            checks.not_a_server_error,
            described.status_code_conformance,
            described.content_type_conformance,
            described.response_schema_conformance,
        ]
        if forbidden:
            wanted.append(described.negative_data_rejection)
        try:
            case.validate_response(answer, checks=wanted, headers=headers)
        except FailureGroup as group:
            told = [each for each in group.exceptions if not _is_no_fault(str(each.message))]
            if told:
                return f"{told[0].title}: {' '.join(told[0].message.split())[:300]}; {_shown(case)}"
        return ""

    def without_token(self, operation: Any) -> list[str]:
        """Nobody, and somebody with a made-up token, are told to say who they are."""
        name = operation.definition.raw["operationId"]
        found = []
        for headers in ({}, {"Authorization": "Bearer dt_wrong"}):
            case = operation.Case(path_parameters=dict.fromkeys(_places(operation.path), "x"))
            with undone():
                status = case.call(headers=headers).status_code
            if status != 401:
                found.append(f"{name}: {status} {'with a wrong' if headers else 'without a'} token")
        return found

    def name_things(self, operation: Any, case: Any) -> None:
        """Put names of Alice's things where references stand, and likely words where any text may."""
        from tests.isolation.bodies import placed, references
        from tests.isolation.routes import snake
        from tests.plugins.things import THINGS

        things = self.standing.of["alice"]
        before: dict[str, str] = {}
        parts = operation.path.strip("/").split("/")
        for earlier, part in zip(["", *parts], parts, strict=False):
            if part.startswith("{"):
                before[part.strip("{}")] = earlier
        for place in case.path_parameters or {}:
            own = snake(place)
            thing = THINGS.get(f"{before.get(place)}/{own}") or THINGS.get(own)
            if thing is not None:
                case.path_parameters[place] = thing.named(things, outside=True)
        for word, value in list((case.query or {}).items()):
            case.query[word] = self.likely(word, value, things)
        if isinstance(case.body, dict):
            schema = _inlined(self.raw, _body_schema(operation))
            case.body = self.filled(schema, case.body, things)
            for pointer, thing_name in references(schema):
                known = THINGS.get(thing_name)
                if known is not None and _has(case.body, pointer):
                    case.body = placed(case.body, pointer, known.named(things, outside=True))

    def likely(self, word: str, value: Any, things: Any) -> Any:
        """What a client would say in a query."""
        from tests.isolation.routes import snake
        from tests.plugins.things import THINGS

        thing = THINGS.get(snake(word))
        if thing is not None:
            return thing.named(things, outside=True)
        if word in ("max", "start"):
            return {"max": 10, "start": 0}[word]
        return LIKELY.get(word, "" if isinstance(value, str) else value)

    def filled(self, schema: Mapping[str, Any], body: Any, things: Any) -> Any:
        """The generated body with likely words in its text fields."""
        from tests.isolation import bodies

        if isinstance(body, list):
            return [self.filled(_item(schema), each, things) for each in body[:3]]
        if not isinstance(body, dict):
            return body
        known = _properties(schema)
        return {
            name: {**bodies.EXAMPLES, **LIKELY}[name]
            if name in bodies.EXAMPLES or name in LIKELY
            else self.filled(known.get(name, {}), value, things)
            for name, value in body.items()
            if name in known
        }


def keep_connections() -> None:
    """All calls stand in one transaction of ours: none ends the connection. Django's own client brings its ends back."""
    from django.core import signals
    from django.db import close_old_connections

    for end in (signals.request_started, signals.request_finished):
        end.disconnect(close_old_connections)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def control(asked: Asked) -> bool:
    """An order that is shown without its status is noticed."""
    from unittest.mock import patch

    from dialtone.api import orders

    honest = orders.word_order

    def careless(*told: Any) -> dict[str, Any]:
        return {name: value for name, value in honest(*told).items() if name != "status"}

    operation = next(each for each in asked.operations if each.definition.raw["operationId"] == "getOrder")
    case = operation.Case(path_parameters={"order_id": ""})
    asked.name_things(operation, case)
    before = asked.ask(case, "getOrder", forbidden=False)
    with patch.object(orders, "word_order", careless):
        _status, problem = asked.ask(case, "getOrder", forbidden=False)
    return before == (200, "") and problem != ""


def _is_no_fault(message: str) -> bool:
    """Words of a query that nobody described are passed over, as the compatible API does; the token is given to every call."""
    violated = re.findall(r"- (\w+): violates `(\w+)`(?: \(was (\w+)\))?", message)
    allowed = [("query", "additionalProperties", ""), ("header", "required", "Authorization")]
    return bool(violated) and all(each in allowed for each in violated)


def _places(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


def _shown(case: Any) -> str:
    body = case.body if isinstance(case.body, dict | list) else ""
    return f"{case.method} {case.path} {dict(case.path_parameters or {})} {dict(case.query or {})} {str(body)[:300]}"


def _body_schema(operation: Any) -> Mapping[str, Any]:
    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    schema: Mapping[str, Any] = content.get("application/json", {}).get("schema", {})
    return schema


def _inlined(raw: Mapping[str, Any], schema: Any, depth: int = 0) -> Any:
    """The schema with what it refers to written in; a part that contains itself only so deep."""
    if isinstance(schema, list):
        return [_inlined(raw, each, depth) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if "$ref" in schema:
        if depth > 6:
            return {}
        found: Any = raw
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return _inlined(raw, found, depth + 1)
    return {key: _inlined(raw, value, depth) for key, value in schema.items()}


def _properties(schema: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(schema.get("properties", {}))
    for option in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        found |= _properties(option)
    return found


def _item(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    for option in (schema, *schema.get("anyOf", ())):
        if "items" in option:
            items: Mapping[str, Any] = option["items"]
            return items
    return {}


def _has(body: Any, pointer: str) -> bool:
    """Whether the body says something at the pointer; only what is said is replaced."""
    for part in pointer.strip("/").split("/"):
        if part == "*":
            return isinstance(body, list)
        if not isinstance(body, dict) or part not in body:
            return False
        body = body[part]
    return True
