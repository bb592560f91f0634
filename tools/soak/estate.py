"""Issue 4: an estate of 50 customers, 400 locations and 100,000 numbers is brought in, is the same as its source byte by byte, is
confirmed, is still the same, and breaks no invariant. The gate does it with 5 customers, 10 locations and 1,000 numbers.

The source is written here with nothing of ours but the names of the columns, and compared in a fixed order of its lines.
"""

from __future__ import annotations

import csv
import io
import resource
import time
import zipfile
from typing import Any

from tools.soak import shared

CUSTOMERS, LOCATIONS, NUMBERS = 5, 10, 1_000
CUSTOMERS_FULL, LOCATIONS_FULL, NUMBERS_FULL = 50, 400, 100_000
PEOPLE_EACH = 4  # of a location, with lines


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    sizes = (CUSTOMERS_FULL, LOCATIONS_FULL, NUMBERS_FULL) if full else (CUSTOMERS, LOCATIONS, NUMBERS)
    with shared.database("estate"):
        return _carried(source(*sizes))


def _carried(content: bytes) -> list[str]:
    from dialtone.base import clock, invariants, tenancy
    from dialtone.estate import decide, export, queries, receive, sheets, work
    from tests.plugins.world import START, actor_of, build_world

    found: list[str] = []
    with clock.frozen(START):
        with tenancy.operator_scope():
            world = build_world()
            actor = actor_of(world.people["desk"])
        with tenancy.operator_scope(actor):
            id = receive.receive({"estate.zip": content}, by_role="operator").id
        for verb, state in ((None, "planned"), (decide.apply, "applied"), (decide.confirm, "confirmed")):
            begun = time.monotonic()
            with tenancy.operator_scope(actor):
                if verb:
                    verb(id)
            work.work(id)
            with tenancy.operator_scope(actor):
                one = queries.one(id)
                if one.state != state:
                    return [f"{state}: it is {one.state}: {one.problem or one.faults[:3]}"]
                memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
                print(f"  {state} after {time.monotonic() - begun:.0f} s, {memory} MB at most", flush=True)
                if state != "planned":
                    begun = time.monotonic()
                    out = sheets.as_zip(export.rows(queries.customers_of(one)))
                    print(f"  exported after {time.monotonic() - begun:.0f} s", flush=True)
                    if canonical(out) != canonical(content):
                        found.append(f"{state}: the export is not the source")
        with tenancy.operator_scope():
            found += [f"{each.id} is broken" for each in invariants.run()]
    return found


def source(customers: int, locations: int, numbers: int) -> bytes:
    """A zip of four CSV files."""
    from dialtone.estate.sheets import SHEETS

    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SHEETS}
    places = locations // customers
    each_place = numbers // locations
    for at in range(customers):
        customer = f"Customer {at:03}"
        rows["customers"].append(
            {"customer": customer, "partner": "Partner P", "country": "US", "language": "en",
             "time_zone": "America/New_York", "currency": "USD", "billing_starts_on": "2026-11-01",
             "outbound_plans": 10, "professional_licences": places * PEOPLE_EACH, "workspace_licences": 0,
             "service_number_licences": 0}
        )  # fmt: skip
        for place in range(places):
            location, nth = f"Office {place:03}", at * places + place
            rows["locations"].append(
                {"customer": customer, "location": location, "country": "US", "time_zone": "America/New_York",
                 "language": "en", "address1": f"{nth + 1} Fifth Avenue", "city": "New York", "state": "NY",
                 "postal_code": "10118"}
            )  # fmt: skip
            first = 2_000_000 + nth * each_place
            for step in range(each_place):
                own = {"own_address1": f"{nth + 1} Main Street", "own_city": "Brooklyn", "own_state": "NY",
                       "own_postal_code": "11201"} if step == 0 else {}  # fmt: skip
                rows["numbers"].append(
                    {"customer": customer, "location": location, "number": f"+1646{first + step}", "usage": "standard",
                     "main": "yes" if step == 1 else "", "live": "no" if step == 2 else "yes", **own}
                )  # fmt: skip
            for step in range(PEOPLE_EACH):
                rows["people"].append(
                    {"customer": customer, "email": f"p{nth}-{step}@estate.example", "first_name": "Pat",
                     "last_name": f"Number {step}", "display_name": f"Pat Number {step}", "role": "person",
                     "language": "en", "location": location, "number": f"+1646{first + step}", "extension": f"4{step:03}"}
                )  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, found in rows.items():
            text = io.StringIO(newline="")
            written = csv.DictWriter(text, SHEETS[name])
            written.writeheader()
            written.writerows(found)
            packed.writestr(f"{name}.csv", text.getvalue())
    return out.getvalue()


def canonical(content: bytes) -> dict[str, list[bytes]]:
    """Each file's lines as bytes, in a fixed order."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {
            name: sorted(packed.read(name).removeprefix(b"\xef\xbb\xbf").split(b"\r\n"))
            for name in packed.namelist()
        }
