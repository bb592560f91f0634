"""T18: no state of an account, a place, a limit or the database denies an emergency call, and each is answered in time (E3)."""

from __future__ import annotations

import itertools
import random
import time
from datetime import UTC, datetime, timedelta

from dialtone import countries
from dialtone.calls.rules import Asked, CallerFacts, Limits, Place
from dialtone.calls.snapshot import FORMAT, Answers, Customer, Line, Snapshot
from dialtone.numbers.worldplan import world_plan
from dialtone.plans.rules import AccountFacts

GATE, FULL = 200_000, 5_000_000
SLOWEST = 0.05  # seconds, of 99 in 100
START = datetime(2026, 1, 1, tzinfo=UTC)
ME = "+12125550101"
CORES = 2  # times are measured
SPELLINGS = (
    "{0}", " {0} ", "{0}#", "+{0}", "{1}{0}", "{1} {0}", "sip:{0}@host", "sips:{0}@[::1]:5061;transport=tls",
    "tel:{0};phone-context=+1", "{2}", "urn:service:sos", "urn:service:sos.ambulance",
)  # fmt: skip


def soak(full: bool) -> list[str]:
    """Decisions over the product of states, with pictures fresh, old and missing."""
    chance = random.Random(18)
    answers = Answers(world_plan())
    wanted = FULL if full else GATE
    denied: list[str] = []
    took: list[float] = []
    count = 0
    for snapshot, digit, codes in _pictures(chance):
        answers.show(snapshot)
        for _ in range(400):
            code = chance.choice(codes)
            dialled = chance.choice(SPELLINGS).format(code, digit or "", "-".join(code))
            asked = Asked(chance.choice([ME, "", "anonymous", "+19998887777"]), dialled, "alice")
            now = START + timedelta(seconds=chance.randrange(10**8))
            begun = time.perf_counter()
            told = answers.answer(asked, now, call_id=str(count), is_fresh=chance.random() < 0.5)
            took.append(time.perf_counter() - begun)
            count += 1
            if not told.allowed or told.code != "calls.emergency":
                denied.append(f"{asked} was answered {told.code}")
        if count >= wanted:
            break
    took.sort()
    slow = took[len(took) * 99 // 100]
    print(f"  emergency: {count:,} decisions, {len(denied)} denied, p99 {slow * 1e6:.0f} µs")
    if slow > SLOWEST:
        denied.append(f"p99 is {slow * 1000:.1f} ms")
    return denied[:10]


def _pictures(chance: random.Random):  # type: ignore[no-untyped-def]
    """Endless pictures of one customer in every state, its outside-line digit, and its country's emergency codes."""
    served = countries.served(START.date())
    states = list(
        itertools.product(
            ["", "trial", "paid", "?"],
            ["active", "trial_over", "ended", "?"],
            [0, 9],
            ["active", "suspended", "closed"],
        )
    )
    yield None, "", ("911", "112", "999", "000")
    while True:
        country, digit = chance.choice(served), chance.choice(["", "9", "0", "8"])
        kind, state, licences, organisation = chance.choice(states)
        account = AccountFacts(kind, state, licences, 10, organisation, START)
        blocked = dict.fromkeys(("NATIONAL", "INTERNATIONAL", "TOLL_FREE"), "BLOCK")
        who = CallerFacts(ME, chance.choice(["alice", "bob"]), chance.random() < 0.5, permissions=blocked)
        where = Place("office", "Office", country, chance.choice(["", "premises", "calling_plan"]), digit)
        limits = Limits(0, 0, 9, 10**6, 99, 0)
        yield (
            Snapshot(
                format=FORMAT,
                taken_at=START,
                ahead_seconds=0,
                lines={ME: Line(who, "office")} if chance.random() < 0.8 else {},
                places={"office": where} if chance.random() < 0.8 else {},
                customers={"alice": Customer(account, country, {}, {}, limits)},
                closed={"": "all", "1": "all", "911": "all", "112": "all", "15": "all", "000": "all"},
                risky=frozenset({""}),
            ),
            digit,
            countries.get(country, START.date()).emergency.codes,
        )
