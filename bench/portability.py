"""A pasted list of numbers, read and judged, against the number library alone (performance.md, section 4).

    ./run bench portability             10,000 and 100,000 lines
    ./run bench portability --quick     a tenth of it

What is measured is what the page calls: `entry.read_text` reads each line, finds its country and kind, and judges it;
`split_plan.plan` then puts the numbers into orders. The peer is a bare loop of the library: parse, valid?, region, type. Processor
time, the best of three.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from bench.inventory import Goal

HEADING = "## Bulk portability"
AREAS = (212, 312, 605, 303, 213, 720, 917, 773)
ON = date(2026, 11, 24)
NOTES = """
One line in twenty is a mistake and one in ten a repetition. The library is asked only for what the compiled plans do not answer: mistakes,
numbers of other countries, odd spellings. What is left of the time is one Python object a line with its refusal, and the library's
judgement of the mistakes. `rphonenumbers` is not among the pinned packages and is not raced. A list of 100,000 lines is more than a page
takes (10,000): it is read as ten lists."""


def lines(count: int, seed: int = 4) -> list[str]:
    """Lines as people paste them: five spellings, repetitions, mistakes."""
    chance = random.Random(seed)
    found: list[str] = []
    for _line in range(count):
        drawn = chance.random()
        if drawn < 0.1 and found:
            found.append(chance.choice(found))
        elif drawn < 0.13:
            found.append(chance.choice(["total", "n/a", "Reception desk", "see page 2"]))
        elif drawn < 0.15:
            found.append(str(chance.randrange(10**5, 10**7)))
        else:
            area, rest = chance.choice(AREAS), chance.randrange(2_000_000, 10_000_000)
            first, last = divmod(rest, 10_000)
            found.append(
                chance.choice(
                    [
                        f"({area}) {first}-{last:04}",
                        f"{area}.{first}.{last:04}",
                        f"1 {area} {first} {last:04}",
                        f"+1{area}{first}{last:04}",
                        f"{area}{first}{last:04}",
                    ]
                )
            )
    return found


def report(quick: bool) -> str:
    """The section of the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
    os.environ.setdefault("DIALTONE_SANDBOX", "1")
    import django

    django.setup()
    size = 1_000 if quick else 10_000
    few, many = lines(size), lines(10 * size)
    whole([few[0]])  # compiles the plans, once
    library = best(lambda: loop(few))
    ours = best(lambda: whole(few))
    more = best(lambda: [whole(many[at : at + size]) for at in range(0, len(many), size)])
    goals = [
        Goal(f"{size:,} lines: the library alone ÷ the whole check", library / ours, 25, at_most=False),
        Goal(f"{10 * size:,} lines ÷ {size:,} lines", more / ours, 11, at_most=True),
        Goal("lines on which the two disagree", disagreements(many[: 10 * size]), 0, at_most=True),
    ]
    rows = "\n".join(goal.row() for goal in goals)
    return (
        f"{HEADING}\n\n{size:,} pasted lines are read, judged and put into orders in {ours * 1000:.0f} ms of processor time; the library alone "
        f"takes {library * 1000:.0f} ms to read them.\n\n| | measured | goal | reached |\n|---|---|---|---|\n{rows}\n{NOTES}\n"
    )


def loop(written: Sequence[str]) -> int:
    """The peer: the library and nothing else."""
    import phonenumbers

    good = 0
    for line in written:
        try:
            number = phonenumbers.parse(line, "US")
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            phonenumbers.region_code_for_number(number)
            phonenumbers.number_type(number)
            good += 1
    return good


def whole(written: Sequence[str]) -> int:
    """What the page does with a list, without its database: read, judge, find the losing carriers, put into orders."""
    from dialtone import countries
    from dialtone.carriers.sandbox.losing import carrier_of
    from dialtone.porting import entry, split_plan

    entries = entry.good(entry.read_text("\n".join(written), "US", countries.get("US", ON).porting))
    listed = []
    for each in entries:
        losing = carrier_of(each.e164, each.country, each.kind)
        listed.append(split_plan.Listed(each.e164, each.country, carrier=losing.code if losing else ""))
    return len(split_plan.plan(listed, most=5_000).parts)


def disagreements(written: Sequence[str]) -> float:
    """Lines that the page reads otherwise than it would with the library for every line."""
    from dialtone.base.phone import parse_many
    from dialtone.numbers import quick

    text = "\n".join(written)
    slow, fast = parse_many(text, "US"), parse_many(text, "US", quick=quick.reader("US"))
    return float(
        sum(replace(a, problem=None) != replace(b, problem=None) for a, b in zip(slow, fast, strict=True))
    )


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of three."""
    found = []
    for _round in range(3):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
