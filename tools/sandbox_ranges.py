"""Build the sandbox's number ranges for the United States, Canada and the United Kingdom.

    .venv/bin/python -m tools.sandbox_ranges          write dialtone/carriers/sandbox/ranges/*.csv
    .venv/bin/python -m tools.sandbox_ranges --check  fail when they differ from what would be written

Area codes, exchanges and places are real: from the geodata of the full `phonenumbers` package (development only), from
`zipcodes` for area codes that lie over older ones, and from the table below where neither knows. Which numbers are
free, and the rate centres, are made up by a checksum, the same every time; each file says so in its first line. Every
area code also has its 100 fictional numbers (555-0100 to 555-0199; in Britain the ranges kept for drama).
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import zipcodes

from dialtone.base.address import states
from dialtone.numbers.inventory.numberplan import NumberPlan, plan_of
from dialtone.numbers.inventory.ranges import fits_plan

TARGET = Path(__file__).resolve().parents[1] / "dialtone" / "carriers" / "sandbox" / "ranges"
REMARK = "# Simulated for the sandbox: area codes and places are real; availability and rate centres are made up.\n"
COLUMNS = ("first", "last", "country", "state", "area_code", "city", "rate_center", "kind", "carrier")
CARRIER = "sandbox"
RANGES = 11  # of one area code, besides the fictional numbers
SIZES = (1000, 500, 1000, 200, 1000, 100, 2000, 1000)

TOLL_FREE = ("800", "833", "844", "855", "866", "877", "888")
TOLL_FREE_EXCHANGES = 30

# Area codes laid over older ones, where the packages name no place: the older code, whose places they share.
LAID_OVER = {
    "235": "573", "274": "920", "324": "904", "327": "870", "329": "845", "353": "608", "369": "707", "645": "305",
    "686": "804", "728": "561", "730": "618", "738": "213", "748": "970", "821": "864", "975": "816",
    "236": "604", "249": "705", "257": "604", "263": "514", "273": "418", "343": "613", "354": "450", "365": "905",
    "367": "418", "368": "403", "382": "519", "428": "506", "431": "204", "437": "416", "468": "819", "474": "306",
    "548": "519", "579": "450", "581": "418", "584": "204", "587": "403", "639": "306", "647": "416", "672": "604",
    "683": "705", "742": "905", "753": "613", "782": "902", "825": "403", "873": "819", "879": "709", "942": "416",
}  # fmt: skip
SPELLED = {"Washington State": "WA", "Washington D.C.": "DC", "British Colombia": "BC"}

# Ranges that Ofcom keeps for drama: area code, first digits of the local number.
DRAMA = {
    "20": "79460", "28": "90180", "29": "20180", "113": "4960", "114": "4960", "115": "4960", "116": "4960",
    "117": "4960", "118": "4960", "121": "4960", "131": "4960", "141": "4960", "151": "4960", "161": "4960",
}  # fmt: skip
# How many ranges an area code of so many digits has: the shorter, the larger the city.
BRITISH_RANGES = {2: 12, 3: 6, 4: 2}
NON_GEOGRAPHIC = ("300", "303", "306", "330", "333", "343", "344", "345", "370", "371")

Row = tuple[int, int, str, str, str, str, str, str, str]


class Place(NamedTuple):
    """A locality of an area code, and the exchanges that serve it (none where any will do)."""

    city: str
    state: str
    exchanges: Sequence[str] = ()


def main() -> int:
    """Write the files, or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare")
    told = parser.parse_args()
    wrong = 0
    for name, text in files().items():
        path = TARGET / name
        if told.check:
            wrong += not path.exists() or path.read_text() != text
            continue
        TARGET.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"{path.name}: {text.count(chr(10)) - 2:,} ranges, {len(text):,} bytes")
    if wrong:
        print(f"{wrong} files are out of date: run python -m tools.sandbox_ranges", file=sys.stderr)
    return 1 if wrong else 0


def files() -> dict[str, str]:
    """What each file holds."""
    return {
        "us.csv": _csv(sorted(_north_america("US"))),
        "ca.csv": _csv(sorted(_north_america("CA"))),
        "gb.csv": _csv(sorted(_united_kingdom())),
    }


def _csv(rows: Sequence[Row]) -> str:
    out = io.StringIO()
    out.write(REMARK)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue()


def _pick(*of: object) -> int:
    """A number that looks random and is the same every time."""
    return zlib.crc32(" ".join(map(str, of)).encode()) >> 4


def _row(first: int, size: int, country: str, place: Place, area_code: str, kind: str = "standard") -> Row:
    # Made up in the manner of real rate centres: up to eight letters, and SIM.
    letters = "".join(letter for letter in place.city.upper() if letter.isalpha() or letter == " ")
    center = f"{letters[:8].strip()} SIM" if letters else ""
    return first, first + size - 1, country, place.state, area_code, place.city, center, kind, CARRIER


def _north_america(country: str) -> Iterator[Row]:
    plan, places = plan_of(country), _places(country)
    for code in range(200, 1000):
        area_code, own = str(code), str(code) in places
        chosen = _each_state_first(places.get(area_code) or places.get(LAID_OVER.get(area_code, ""), []))
        if not chosen or not fits_plan(plan, "standard", code * 10**7 + 5_550_100, code * 10**7 + 5_550_200):
            continue  # no area code of this country, or one that belongs to no place, such as 600
        taken: set[int] = set()  # thousands
        for nth in range(RANGES):
            # Every other range lies in the place with most exchanges, where most people look.
            place = chosen[0] if nth % 2 == 0 else chosen[(nth + 1) // 2 % len(chosen)]
            served = place.exchanges if own else ()
            exchange = served[(_pick(area_code, place.city) + nth // 2) % len(served)] if served else ""
            first = code * 10**7 + int(exchange or _exchange(area_code, nth)) * 10**4
            first += _pick(area_code, nth, "block") % 8 * 1000
            size = SIZES[_pick(area_code, nth, "size") % len(SIZES)]
            thousands = set(range(first // 1000, (first + size - 1) // 1000 + 1))
            if fits_plan(plan, "standard", first, first + size) and not thousands & taken:
                taken |= thousands
                yield _row(10**10 + first, size, country, place, area_code)
        yield _row(10**10 + code * 10**7 + 5_550_100, 100, country, chosen[0], area_code)
    if country == "US":  # one stock for both countries (ORD-17)
        nowhere = Place("", "")
        for area_code in TOLL_FREE:
            for exchange in sorted({_exchange(area_code, nth) for nth in range(TOLL_FREE_EXCHANGES)}):
                first = int(f"1{area_code}{exchange}{_pick(area_code, exchange) % 10}000")
                yield _row(first, 1000, country, nowhere, area_code, "toll_free")
            yield _row(int(f"1{area_code}5550100"), 100, country, nowhere, area_code, "toll_free")


def _each_state_first(places: Sequence[Place]) -> list[Place]:
    """The first place of each state before all others: 867 is the area code of three territories."""
    firsts = {place.state: place for place in reversed(places)}
    return sorted(places, key=lambda place: firsts[place.state] is not place)


def _exchange(area_code: str, nth: int) -> int:
    """An exchange that is no service code and not the fictional one."""
    exchange = 200 + _pick(area_code, nth) % 797
    return exchange + 3 if exchange % 100 == 11 or exchange == 555 else exchange


def _places(country: str) -> dict[str, list[Place]]:
    """Localities by area code, those with most exchanges first; the one city alone where an area code is of one city."""
    from phonenumbers.geodata import GEOCODE_DATA

    named = {name: code for code, name in states(country)} | SPELLED
    codes = set(named.values())
    exchanges: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    state_of: dict[str, str] = {}
    for prefix, names in GEOCODE_DATA.items():
        text = names.get("en", "")
        city, _, state = text.rpartition(", ")
        if not prefix.startswith("1"):
            continue
        if len(prefix) == 4:
            state_of[prefix[1:]] = state if city else named.get(text.split("/")[0], "")
        if city and state in codes:
            exchanges[prefix[1:4]][city, state].append(f"{prefix[4:]:0<3}" if len(prefix) in (6, 7) else "")
    found = {}
    for area_code, cities in exchanges.items():
        ordered = sorted(cities.items(), key=lambda pair: ("" not in pair[1], -len(pair[1]), pair[0]))
        found[area_code] = [
            Place(city, state, tuple(sorted(set(those) - {""}))) for (city, state), those in ordered
        ]
        if "" in ordered[0][1]:
            del found[area_code][1:]
    if country == "US":
        by_zip: dict[str, Counter[str]] = defaultdict(Counter)
        for each in zipcodes.list_all():
            for area_code in each["area_codes"] or ():
                if each["zip_code_type"] == "STANDARD" and each["state"] == state_of.get(area_code):
                    by_zip[area_code][each["city"]] += 1
        for area_code, cities_of in by_zip.items():
            most = sorted(cities_of, key=lambda city: (-cities_of[city], city))
            found.setdefault(area_code, [Place(city, state_of[area_code]) for city in most])
    return found


def _united_kingdom() -> Iterator[Row]:
    from phonenumbers.geodata import GEOCODE_DATA

    plan = plan_of("GB")
    towns: dict[str, Place] = {}
    for prefix, names in sorted(GEOCODE_DATA.items()):
        if prefix.startswith(("441", "442")) and "en" in names:
            town = names["en"].split("/")[0].split(" (")[0]
            towns.setdefault(_british_area_code(prefix[2:]), Place(town, ""))
    for area_code, place in sorted(towns.items()):
        drama = area_code + DRAMA.get(area_code, "")
        if area_code in DRAMA and fits_plan(plan, "standard", int(f"{drama}000"), int(f"{drama}999") + 1):
            yield _row(_british(drama), 1000, "GB", place, area_code)
        blocks = {_british_block(plan, area_code, nth) for nth in range(BRITISH_RANGES[len(area_code)])}
        for block in sorted(blocks - {"", drama}):
            yield _row(_british(block), SIZES[_pick(block) % 4], "GB", place, area_code)
    for area_code in NON_GEOGRAPHIC:
        for block in sorted({f"{area_code}{_pick(area_code, nth) % 10_000:04}" for nth in range(4)}):
            if fits_plan(plan, "non_geographic", int(f"{block}000"), int(f"{block}999") + 1):
                yield _row(_british(block), 1000, "GB", Place("", ""), area_code, "non_geographic")


def _british_area_code(digits: str) -> str:
    """Two digits after a 2, three for 11x and 1x1, else four."""
    if digits[0] == "2":
        return digits[:2]
    return digits[:3] if digits[1] == "1" or digits[2:3] == "1" else digits[:4]


def _british(beginning: str) -> int:
    return int(f"44{beginning:0<10}")


def _british_block(plan: NumberPlan, area_code: str, nth: int) -> str:
    """The first seven digits of a thousand numbers that the number plan allows; "" when 60 tries find none."""
    width = 7 - len(area_code)
    for attempt in range(60):
        local = f"{_pick(area_code, nth, attempt) % 10**width:0{width}}"
        if local[0] in "2345678" and fits_plan(
            plan, "standard", int(f"{area_code}{local}000"), int(f"{area_code}{local}999") + 1
        ):
            return area_code + local
    return ""


if __name__ == "__main__":
    sys.exit(main())
