"""S4: what belongs to somebody else is answered as what never was: with the same words, as many questions to the database, in the same time.

Every call of the API and every page that names one thing in its address is asked in turns about Bob's thing and about nobody's, by Alice.
Signing in and asking for a new password are tried for people who are known and for people who are not. Statuses and bodies must be alike and
so must be how often the database is asked, which no busy machine can blur; for a sample the lower quartiles of 200 turns (what others do on
the machine makes some turns longer and none shorter) differ by less than 5 ms and less than a third. The control asks the database once more, and waits there, when a thing is foreign: it must be noticed both ways.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import quantiles
from typing import Any
from unittest.mock import patch

from tools.soak import shared

CORES = 2  # times are measured
TURNS, TURNS_FULL = 200, 1000
SAMPLE, SAMPLE_FULL = 60, 20  # every so-manieth way in is timed, others each day
MOST_APART = 0.005  # seconds between the two
MOST_SHARE = 1 / 3
# What differs between any two answers, or echoes what was asked.
_NOISE = re.compile(
    rb'"trackingId": ?"[^"]*"|ROUTER_[0-9a-f]{32}|CSRFToken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"'
    rb'|nonce(?:="|-)[A-Za-z0-9_+/=-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z.]+@example[.]com'
)

# Whoever is known gets a letter, so the database is asked more often; the form makes up for the time.
WRITES = ("sign in: new password",)
Ask = Callable[[], Any]


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    with shared.database("alike"):
        from django.conf import settings
        from django.core import signals
        from django.db import close_old_connections, transaction

        from dialtone.base import clock
        from tests.plugins.standing import build
        from tests.plugins.world import START

        settings.ALLOWED_HOSTS = ["*"]
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        for end in (signals.request_started, signals.request_finished):
            end.disconnect(close_old_connections)
        logging.disable(logging.CRITICAL)
        with clock.frozen(START), transaction.atomic():
            standing = build()
            found = _compared(standing, *((TURNS_FULL, SAMPLE_FULL) if full else (TURNS, SAMPLE)))
            transaction.set_rollback(True)
    return found


def _compared(standing: Any, turns: int, sample: int) -> list[str]:
    found: list[str] = []
    today = int(time.time() // 86400)
    worst, asked, timed = 0.0, 0, 0
    for nth, (name, foreign, unknown) in enumerate(_ways(standing)):
        is_timed = (nth + today) % sample == 0 or name.startswith("sign")
        said, apart = _apart(name, foreign, unknown, turns if is_timed else 0)
        found += said
        asked += 1
        timed += is_timed
        worst = max(worst, apart)
    print(
        f"  alike: {asked} ways in, {timed} of them timed {turns} times: at most {worst * 1000:.1f} ms apart",
        flush=True,
    )
    name, foreign, unknown = next(
        each for each in _ways(standing) if each[0] == "GET /v1/locations/{location_id}"
    )
    with _slower(standing.of["bob"].location.id):
        said, _worst = _apart(name, foreign, unknown, 20)
    if sum("asks the database" in each or "takes" in each for each in said) != 2:
        found.append(f"control: another question to the database was not noticed both ways: {said}")
    return found


def _ways(standing: Any) -> Iterator[tuple[str, Ask, Ask]]:
    """(name, about something foreign, about something that never was)."""
    from django.test import Client

    from tests.isolation import routes
    from tests.isolation.test_matrix import DIFFERENT, Asker
    from tests.plugins.things import THINGS
    from tests.plugins.world import as_operator

    alice = Asker(standing, "alice_admin")
    bob = standing.of["bob"]
    for route in (*routes.calls(), *routes.pages()):
        own = [place for place in route.places if place in THINGS and not THINGS[place].common]
        if route.method != "GET" or not own or route.path in {**routes.allowed(), **DIFFERENT}:
            continue
        ask = alice.call if route.door == "api" else alice.visit
        yield str(route), lambda r=route, a=ask: a(r, bob), lambda r=route, a=ask: a(r, None)
    with as_operator():
        bob.admin.set_password("seventeen-otters-juggle")
        bob.admin.save(update_fields=["password"])
    people = {"known": standing.world.people["bob_admin"].email, "unknown": "nobody@example.com"}

    def told(path: str, who: str, **more: str) -> Ask:
        from django.core.cache import cache

        def ask() -> Any:
            cache.clear()  # else the limit of attempts answers
            return Client().post(path, {"login": people[who], "email": people[who], **more})

        return ask

    for name, path, more in (
        ("sign in", "/account/login/", {"password": "wrong-otters-juggle"}),
        ("sign in: new password", "/account/password/reset/", {}),
    ):
        yield name, told(path, "known", **more), told(path, "unknown", **more)


def _apart(name: str, foreign: Ask, unknown: Ask, turns: int) -> tuple[list[str], float]:
    """What is not alike, and how far the times are apart, in seconds."""
    asks = (foreign, unknown)
    answers = [_answered(ask) for ask in (*asks, *asks)][2:]  # whoever comes first fills caches
    found = []
    if (answers[0][0], answers[0][1]) != (answers[1][0], answers[1][1]):
        found.append(f"{name}: {answers[0][0]} and {answers[1][0]}, or in other words")
    if answers[0][2] != answers[1][2] and name not in WRITES:
        found.append(f"{name}: asks the database {answers[0][2]} times, and {answers[1][2]}")
    if not turns:
        return found, 0.0
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(turns):
        for place in ((0, 1), (1, 0))[turn % 2]:
            times[place].append(_seconds(asks[place]))
    quick = [quantiles(each, n=4)[0] for each in times]
    apart = abs(quick[0] - quick[1])
    if apart > max(MOST_APART, MOST_SHARE * min(quick)):
        found.append(f"{name}: takes {quick[0] * 1000:.1f} and {quick[1] * 1000:.1f} ms")
    return found, apart


def _answered(ask: Ask) -> tuple[int, bytes, int]:
    """Status, body without what always differs, and how often the database was asked."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with _undone(), CaptureQueriesContext(connection) as asked:
        answer = ask()
    status = getattr(answer, "status", None) or answer.status_code
    content = getattr(answer, "content", b"") or b""
    return status, _NOISE.sub(b"", content), len(asked)


def _seconds(ask: Ask) -> float:
    with _undone():
        begun = time.perf_counter()
        ask()
        return time.perf_counter() - begun


@contextmanager
def _undone() -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _slower(id: Any) -> Iterator[None]:
    """The control: who asks about this location makes the database look somewhere else, too."""
    from django.db import connection

    from dialtone.locations import queries

    honest = queries.location

    def careless(location_id: Any, *told: Any, **more: Any) -> Any:
        if location_id == id:
            with connection.cursor() as cursor:
                for _more in range(40):
                    cursor.execute("SELECT pg_sleep(0.001)")
        return honest(location_id, *told, **more)

    with patch.object(queries, "location", careless):
        yield
