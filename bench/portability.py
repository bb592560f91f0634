"""A pasted list of numbers, read and judged, against the number library alone (performance.md, section 4).

    ./run bench portability             10,000 and 100,000 lines; 100,000 lines of each country against the library (ten minutes)
    ./run bench portability --quick     a tenth of it, a thousand lines of each country

What is measured is what the page calls: `entry.read_text` reads each line, finds its country and kind, and judges it;
`split_plan.plan` then puts the numbers into orders. The peer is a bare loop of the library: parse, valid?, region, type. Processor
time, the best of three.
"""

from __future__ import annotations

import gc
import os
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib import import_module
from itertools import zip_longest
from typing import Any

from bench.inventory import Goal

HEADING = "## Bulk portability"
AREAS = (212, 312, 605, 303, 213, 720, 917, 773)
ON = date(2026, 11, 24)
PAGE = 10_000  # lines that a page takes; its patience with what only spaces divide is for so many
ODD = 0.075  # of the lines: what no country's usual spelling is
NOTES = """
Of the timed list one line in ten is a repetition and 7.5 in a hundred are odd: words, what is too short, numbers of other countries. None of
them needs the library; of the lists that are compared with it, the odd ones do (extensions, prefixes for abroad, letters among digits,
two numbers in a line, decimals of a spreadsheet, digits of other scripts). Why a mistake is one is worked out when its line is looked
at. A list of 100,000 lines is more than a page takes (10,000): it is read, and compared with the library, as ten lists."""


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
        elif drawn < 0.1 + ODD:
            found.append(f"+44 20 7946 0{chance.randrange(1000):03}")
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
    from dialtone import countries

    size = 1_000 if quick else 10_000
    few, many = lines(size), [lines(size, seed) for seed in range(4, 14)]
    whole([few[0]])  # compiles the plans, once
    gc.collect()
    gc.freeze()  # as the web process does (config/wsgi.py)
    library = best(lambda: loop(few))
    rust = best(lambda: loop(few, "rphonenumbers"))
    ours = best(lambda: whole(few))
    passed, summed = one_pass(few)
    more = best(lambda: [whole(each) for each in many])
    each, served = 1_000 if quick else 100_000, sorted(countries.served(ON))
    wrong = disagreeing(served, each)
    goals = [
        Goal(f"{size:,} lines: the library alone ÷ the whole check", library / ours, 25, at_most=False),
        Goal(f"{size:,} lines: the whole check ÷ rphonenumbers alone", ours / rust, 0.4, at_most=True),
        Goal(f"{size:,} lines: one pass ÷ the sum of the bytes", passed / summed, 25, at_most=True),
        Goal(f"{10 * size:,} lines ÷ {size:,} lines", more / ours, 11, at_most=True),
        Goal(
            f"lines on which the page and the library disagree, of {each:,} for each of {len(served)} countries",
            sum(wrong.values()),
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
    times = 100
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


def disagreeing(served: Sequence[str], count: int) -> dict[str, int]:
    """Of each country, how many of so many lines the page reads otherwise than it would with the library for every line. It takes
    all processors: nothing is timed here."""
    with ProcessPoolExecutor(initializer=_set_up) as pool:
        found = pool.map(_disagreements, served, [count] * len(served))
        return {country: wrong for country, wrong in zip(served, found, strict=True) if wrong}


def _set_up() -> None:
    import django

    django.setup()


def _disagreements(country: str, count: int) -> int:
    from dialtone.base.phone import parse_many
    from dialtone.numbers import many

    wrong = 0
    for part in range(0, count, PAGE):
        text = "\n".join(lines_of(country, min(PAGE, count - part), part))
        slow, fast = parse_many(text, country), many.read(text, country)
        told = [(fast.raw(row), fast.e164(row), bool(fast.repeats[row])) for row in range(len(fast))]
        library = [(each.raw, str(each.number or ""), each.duplicate_of is not None) for each in slow]
        wrong += sum(a != b for a, b in zip_longest(told, library))
    return wrong


def lines_of(country: str, count: int, seed: int = 0) -> list[str]:
    """Lines as people of a country paste them: numbers of every kind in its own spellings, some that no plan has, and odd ones."""
    import phonenumbers as library
    from phonenumbers import PhoneNumberFormat as Form
    from phonenumbers import PhoneNumberType as Kind

    chance = random.Random(f"{country} {seed}")
    kinds = (Kind.FIXED_LINE, Kind.FIXED_LINE, Kind.MOBILE, Kind.TOLL_FREE, Kind.VOIP, Kind.PREMIUM_RATE)
    models = [each for kind in kinds if (each := library.example_number_for_type(country, kind))]
    others = [
        each
        for region in ("US", "GB", "FR", "JP", "AR", "BR", "IT")
        if (each := library.example_number(region))
    ]

    def drawn(models: Sequence[Any]) -> Any:
        model = chance.choice(models)
        made = library.PhoneNumber()
        made.merge_from(model)
        changed = 10 ** chance.choice([3, 4, 4, 4, 6])
        made.national_number = model.national_number // changed * changed + chance.randrange(changed)
        return made

    def usual(number: Any) -> str:
        national = library.national_significant_number(number)
        form = chance.choice([Form.NATIONAL, Form.NATIONAL, Form.INTERNATIONAL, Form.E164, None])
        return national if form is None else library.format_number(number, form)

    def odd() -> str:
        one, other = drawn(models), drawn(others)
        return chance.choice([
            f"{usual(one)} ext. {chance.randrange(100)}", usual(other), library.format_number(other, Form.E164),
            library.format_out_of_country_calling_number(other, country), f"{usual(one)} {usual(drawn(models))}",
            f"{usual(one)}.0", f'"{usual(one)}"', f"{usual(one)} (Reception)", "n/a", usual(one)[:-3],
            usual(one).translate({ord("0") + digit: ord("\uff10") + digit for digit in range(10)}),
            f"tel:{library.format_number(one, Form.E164)}", usual(one).replace(" ", ","),
        ])  # fmt: skip

    found: list[str] = []
    for _line in range(count):
        share = chance.random()
        if share < 0.1 and found:
            found.append(chance.choice(found))
        else:
            found.append(odd() if share < 0.1 + ODD else usual(drawn(models)))
    return found


def best(work: Callable[[], object]) -> float:
    """Seconds of processor time, the best of three."""
    found = []
    for _round in range(3):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)
