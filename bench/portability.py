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
from datetime import date
from importlib import import_module
from typing import Any

from bench.inventory import Goal

HEADING = "## Bulk portability"
AREAS = (212, 312, 605, 303, 213, 720, 917, 773)
ON = date(2026, 11, 24)
NOTES = """
One line in twenty is a mistake and one in ten a repetition. One pass over the bytes reads what the compiled plans know; numbers of other
countries and odd spellings go to the library, of which this list has none. Why a mistake is one is worked out when its line is looked
at. A list of 100,000 lines is more than a page takes (10,000): it is read as ten lists."""


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
    few, many = lines(size), [lines(size, seed) for seed in range(4, 14)]
    whole([few[0]])  # compiles the plans, once
    library = best(lambda: loop(few))
    rust = best(lambda: loop(few, "rphonenumbers"))
    ours = best(lambda: whole(few))
    passed, summed = one_pass(few)
    more = best(lambda: [whole(each) for each in many])
    goals = [
        Goal(f"{size:,} lines: the library alone ÷ the whole check", library / ours, 25, at_most=False),
        Goal(f"{size:,} lines: the whole check ÷ rphonenumbers alone", ours / rust, 0.4, at_most=True),
        Goal(f"{size:,} lines: one pass ÷ the sum of the bytes", passed / summed, 25, at_most=True),
        Goal(f"{10 * size:,} lines ÷ {size:,} lines", more / ours, 11, at_most=True),
        Goal(
            "lines on which the two disagree",
            disagreements([line for each in many for line in each]),
            0,
            at_most=True,
        ),
    ]
    rows = "\n".join(goal.row() for goal in goals)
    return (
        f"{HEADING}\n\n{size:,} pasted lines are read, judged and put into orders in {ours * 1000:.0f} ms of processor time; the library alone "
        f"takes {library * 1000:.0f} ms to read them.\n\n| | measured | goal | reached |\n|---|---|---|---|\n{rows}\n{NOTES}\n"
    )


def one_pass(written: Sequence[str]) -> tuple[float, float]:
    """Seconds to read the numbers of a list, and to add up its bytes."""
    import numpy as np

    from dialtone.numbers import many

    text = "\n".join(written)
    content = np.frombuffer(text.encode(), np.uint8)
    times = 50
    passed = best(lambda: [many.read(text, "US") for _time in range(times)])
    return passed, best(lambda: [content.sum(dtype=np.int64) for _time in range(times)])


def loop(written: Sequence[str], library: str = "phonenumbers") -> int:
    """The peer: a library and nothing else. `rphonenumbers` is the same one in Rust, with the same names."""
    phonenumbers: Any = import_module(library)
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
    from dialtone.carriers.sandbox.ports import in_books
    from dialtone.porting import entry, split_plan

    read = entry.read_text("\n".join(written), "US", countries.get("US", ON).porting)
    numbers = entry.good_numbers(read)
    looked = in_books(numbers.e164s, "US", numbers.kinds)
    listed = [
        split_plan.Listed(e164, "US", kind, looked[e164].carrier)
        for e164, kind in zip(numbers.e164s, numbers.kinds, strict=True)
    ]
    return len(split_plan.plan(listed, most=5_000).parts)


def disagreements(written: Sequence[str]) -> float:
    """Lines that the page reads otherwise than it would with the library for every line."""
    from dialtone.base.phone import parse_many
    from dialtone.numbers import many

    text = "\n".join(written)
    slow, fast = parse_many(text, "US"), many.read(text, "US")
    told = [(fast.raw(row), fast.e164(row), bool(fast.repeats[row])) for row in range(len(fast))]
    library = [(each.raw, str(each.number or ""), each.duplicate_of is not None) for each in slow]
    return float(sum(a != b for a, b in zip(told, library, strict=True)))


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of three."""
    found = []
    for _round in range(3):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
