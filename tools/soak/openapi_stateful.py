"""T2, the stateful phase: things that can be made, shown, listed, changed and deleted, in any order, beside a model that knows only
whether the thing is there.

The families come out of the description: a POST to a collection, and a DELETE below it. What a thing needs to be made is the prepared request's
(`openapi.yaml`). A thing that is there is shown, listed and changed; one that is gone is 404 to everything, and can be made again; another
customer is told 404 all the time. Each answer is as described. The control forgets to delete webhooks, which has to be noticed.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

DEPTH = 8  # steps of a walk, after the making
WALKS, WALKS_FULL = 5, 50  # of each family
# What is deleted and still shown, and why.
STAYS: Mapping[str, str] = {
    "reserveNumbers": "a reservation that was let go says so, as an order may name it"
}


@dataclass(frozen=True)
class Family:
    """The operations of one kind of thing, by their ids; "" where there is none."""

    create: str
    show: str
    change: str
    delete: str
    listed: str


def families(operations: Mapping[str, Any]) -> list[Family]:
    """All of the description."""
    by_place: dict[str, dict[str, str]] = {}
    for name, each in operations.items():
        by_place.setdefault(each.path, {})[each.method.upper()] = name
    found = []
    for path, ops in sorted(by_place.items()):
        if "POST" not in ops:
            continue
        for place, below in by_place.items():
            rest = place.removeprefix(path.rstrip("/") + "/")
            if rest != place and rest.startswith("{") and "/" not in rest and "DELETE" in below:
                change = below.get("PUT", below.get("PATCH", ""))
                found.append(
                    Family(ops["POST"], below.get("GET", ""), change, below["DELETE"], ops.get("GET", ""))
                )
    return found


@dataclass
class Walk:
    """One thing's life."""

    successes: Any
    family: Family
    chance: random.Random
    answers: dict[str, Any] = field(default_factory=dict)
    collection: str = ""
    id: str = ""
    is_there: bool = False
    way: list[str] = field(default_factory=list)
    done: int = 0

    def problem(self) -> str:
        """What is wrong on a walk of DEPTH steps; "" if nothing is. Whatever it did is undone."""
        from tools.soak.openapi import undone

        with undone(), ExitStack() as later:
            name = self.family.create
            wrong = self.successes.done(name, self.line(name), self.answers, later)
            if wrong:
                return f"{name}: {wrong}"
            self.made()
            for _step in range(DEPTH):
                verb = self.chance.choice(self.verbs())
                self.way.append(verb)
                wrong = getattr(self, verb)()
                if wrong:
                    return f"{name}, after {self.way}: {wrong}"
        return ""

    def verbs(self) -> list[str]:
        known = ["delete", "strange"]
        known += ["show"] if self.family.show else []
        known += ["listed"] if self.family.listed else []
        known += ["change"] if self.family.change else []
        return known if self.is_there else [*known, "again"]

    def made(self) -> None:
        create = self.family.create
        told = self.answers[create]
        self.id = str(
            told["id"] if "id" in told else told["items"]["Id"]
        )  # reports, as the compatible API has them
        operation = self.successes.everything[create]
        self.collection = self.successes.address(operation, self.line(create).get("path", {}), self.answers)
        self.is_there = True

    def line(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.successes.told.requests.get(name, {})
        return found

    # The verbs, each with what the model makes of it.

    def show(self) -> str:
        status, body, wrong = self.ask(self.family.show)
        if self.is_there and not wrong and status == 200 and str(body.get("id", self.id)) != self.id:
            return f"something else is shown: {body}"
        return wrong or self.expect(status, done=(200,))

    def change(self) -> str:
        status, body, wrong = self.ask(self.family.change)
        if self.is_there and isinstance(body, dict) and str(body.get("id", "")):
            self.id = str(
                body["id"]
            )  # the compatible API names some things by their name, which may have changed
        return wrong or self.expect(status, done=(200, 204, 400, 403, 409, 422))

    def delete(self) -> str:
        status, _body, wrong = self.ask(self.family.delete)
        told = wrong or self.expect(status, done=(200, 202, 204))
        self.is_there = False
        return told

    def listed(self) -> str:
        status, body, wrong = self.ask(self.family.listed, at=self.collection)
        if wrong or status != 200:
            return wrong or f"the list was answered with {status}"
        rows = [each for told in body.values() if isinstance(told, list) for each in told]
        ids = {str(each.get("id", each.get("Id"))) for each in rows}
        if self.is_there != (self.id in ids):
            return f"{self.id} is {'not ' if self.is_there else ''}in the list: {sorted(ids)[:5]}"
        return ""

    def strange(self) -> str:
        """Another customer's administrator."""
        name = self.family.show or self.family.delete
        status, _body, _wrong = self.ask(name, who="bob_admin")
        return "" if status == 404 else f"another customer was answered {status}"

    def again(self) -> str:
        name = self.family.create
        self.answers.pop(name)
        self.answers[f"walk {len(self.way)}"] = {}  # so that the key is another one
        wrong: str = self.successes.request(name, self.line(name), self.answers)
        if not wrong:
            self.made()
        return wrong

    def expect(self, status: int, *, done: tuple[int, ...]) -> str:
        if self.is_there and status not in done:
            return f"it is there, and was answered {status}"
        if not self.is_there and status != 404 and self.family.create not in STAYS:
            return f"it is gone, and was answered {status}"
        self.done += self.is_there
        return ""

    def ask(self, name: str, *, at: str = "", who: str = "") -> tuple[int, Any, str]:
        """(status, body, what is wrong with the answer)."""
        from django.core.cache import cache

        cache.clear()
        operation, line = self.successes.everything[name], self.line(name)
        path = at or f"{self.collection.rstrip('/')}/{quote(self.id, safe='')}"
        headers = self.successes.asked.standing.headers(who or line.get("as", "alice_admin"))
        headers["Idempotency-Key"] = f"walk-{name}-{len(self.way)}-{self.chance.random()}"
        sent = self.successes.sent(operation, line, self.answers)
        answer = self.successes.client.open(path, method=operation.method.upper(), headers=headers, **sent)
        body = answer.get_json(silent=True) if answer.is_json else None
        if answer.status_code >= 500:
            return answer.status_code, body, f"{name} answered {answer.status_code}"
        return answer.status_code, body, self.successes.asked.differs(operation.Case(), answer)


def walked(successes: Any, walks: int, nth: int, of: int) -> tuple[list[str], int]:
    """So many walks of every family of this process's part; (what is wrong, how many steps were done with something that was there)."""
    found, done = [], 0
    for family in families(successes.everything)[nth::of]:
        for each in range(walks):
            walk = Walk(successes, family, random.Random(f"{family.create} {each}"))
            problem = walk.problem()
            done += walk.done
            if problem:
                found.append(problem)
                break
    return found, done


def control(successes: Any) -> bool:
    """Webhooks that are not deleted are noticed."""
    from dialtone.base import webhooks

    (family,) = (each for each in families(successes.everything) if each.create == "createWebhook")

    def found() -> bool:
        return any(Walk(successes, family, random.Random(nth)).problem() for nth in range(5))

    honest = found()
    with patch.object(webhooks, "delete", lambda *_told: None):
        return not honest and found()
