"""Build the sandbox's number ranges for the US, Canada and the UK from real area codes and localities.

Area codes and places come from the geodata of the full `phonenumbers` package (a development dependency only); rate
centres and which numbers are free are made up, by a fixed seed, and the file says so in its first line.
"""

from __future__ import annotations

import csv
import random
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "dialtone" / "carriers" / "sandbox" / "ranges" / "ranges.csv"
PROVINCES = {
    "Alberta": "AB",
    "British Columbia": "BC",
    "Manitoba": "MB",
    "New Brunswick": "NB",
    "Newfoundland and Labrador": "NL",
    "Nova Scotia": "NS",
    "Ontario": "ON",
    "Prince Edward Island": "PE",
    "Quebec": "QC",
    "Saskatchewan": "SK",
}
BIG = {
    "212": "New York",
    "646": "New York",
    "718": "Brooklyn",
    "213": "Los Angeles",
    "312": "Chicago",
    "415": "San Francisco",
    "202": "Washington",
    "206": "Seattle",
    "416": "Toronto",
    "604": "Vancouver",
    "514": "Montreal",
    "613": "Ottawa",
}
HOME = {
    "New York": "US/NY",
    "Brooklyn": "US/NY",
    "Los Angeles": "US/CA",
    "Chicago": "US/IL",
    "San Francisco": "US/CA",
    "Washington": "US/DC",
    "Seattle": "US/WA",
    "Toronto": "CA/ON",
    "Vancouver": "CA/BC",
    "Montreal": "CA/QC",
    "Ottawa": "CA/ON",
}
UK = {
    "20": "London",
    "161": "Manchester",
    "121": "Birmingham",
    "131": "Edinburgh",
    "141": "Glasgow",
    "113": "Leeds",
    "117": "Bristol",
    "151": "Liverpool",
    "191": "Newcastle",
    "29": "Cardiff",
    "28": "Belfast",
    "118": "Reading",
    "1223": "Cambridge",
    "1865": "Oxford",
}


def main() -> None:
    """Write the CSV; the same every time."""
    from phonenumbers.geodata import GEOCODE_DATA  # the package's data, read at build time only

    chance = random.Random(20261124)
    us_states = _us_states()
    rows: list[list[str]] = []
    codes: dict[str, list[tuple[str, str, str]]] = {}
    for prefix, names in GEOCODE_DATA.items():
        if not prefix.startswith("1") or len(prefix) != 7:
            continue
        text = names.get("en", "")
        city, _, region = text.rpartition(", ")
        if not city:
            continue
        country, state = (
            ("US", region)
            if region in us_states
            else ("CA", region if len(region) == 2 else PROVINCES.get(region, ""))
        )
        if state:
            codes.setdefault(prefix[1:4], []).append((prefix[4:7], city, f"{country}/{state}"))
    for code, city in BIG.items():
        codes.setdefault(code, [(str(200 + 7 * step), city, HOME[city]) for step in range(1, 9)])
    for code, places in sorted(codes.items()):
        chosen = chance.sample(sorted(places), min(5, len(places)))
        if code in BIG:
            chosen = [(str(200 + 7 * step), BIG[code], HOME[BIG[code]]) for step in range(1, 9)]
        for exchange, city, where in sorted(chosen):
            country, state = where.split("/")
            center = f"{city.upper()[:10]} Z{chance.randint(1, 9)}"
            first = int(f"1{code}{exchange}{chance.randint(0, 4) * 1000:04}")
            rows.append(
                _row(
                    first,
                    first + chance.choice([199, 499, 999, 2999]),
                    country,
                    state,
                    code,
                    city,
                    center,
                    "standard",
                )
            )
        country, state = chosen[0][2].split("/")
        rows.append(
            _row(
                int(f"1{code}5550100"),
                int(f"1{code}5550199"),
                country,
                state,
                code,
                chosen[0][1],
                "EXAMPLE Z0",
                "standard",
            )
        )
    for code in ("800", "888", "877", "866", "855", "844", "833"):
        for central_office in chance.sample(range(200, 999), 8):
            start = int(f"1{code}{central_office}{chance.randint(0, 8) * 1000:04}")
            rows.append(_row(start, start + 999, "US", "", code, "", "", "toll_free"))
    for code, city in UK.items():
        length = 10 - len(code)
        local = {"20": "7946", "28": "9018", "29": "2018"}.get(
            code, "496" if length == 7 else "960"[: length - 4]
        )
        base = int(f"44{code}{local}") * 10 ** (length - len(local))
        rows.append(
            _row(
                base,
                base + 10 ** (length - len(local)) - 1 if length - len(local) <= 4 else base + 1999,
                "GB",
                "",
                code,
                city,
                f"{city.upper()[:10]} 1",
                "standard",
            )
        )
    rows += [
        _row(first, first + 4999, "GB", "", str(first)[2:5], "", "", "non_geographic")
        for first in (443300000000, 443301230000, 443332020000)
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with TARGET.open("w", newline="") as out:
        out.write(
            "# Simulated for the sandbox: area codes and places are real, rate centres and availability are made up.\n"
        )
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(
            ["first", "last", "country", "state", "area_code", "city", "rate_center", "kind", "carrier"]
        )
        writer.writerows(rows)
    print(
        f"{len(rows)} ranges, {sum(int(row[1]) - int(row[0]) + 1 for row in rows):,} numbers", file=sys.stderr
    )


def _row(
    first: int, last: int, country: str, state: str, code: str, city: str, center: str, kind: str
) -> list[str]:
    return [str(first), str(last), country, state, code, city, center, kind, "sandbox"]


def _us_states() -> set[str]:
    from dialtone.base.address import states

    return {code for code, _name in states("US")}


if __name__ == "__main__":
    main()
