"""The sandbox's losing carriers: who has a number now, and what stands on its customer service record (CSR).

The world is data (`losing_carriers.yaml`); what has moved since is in `SandboxRecord`. Simulated, and says so (H26).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

FILE = Path(__file__).with_name("losing_carriers.yaml")
DISTINCTIVE = 7
"""Characters of a number that tell which area it is in: the plus, a calling code and an area code of three digits at most each."""


@dataclass(frozen=True)
class LosingCarrier:
    """A company that numbers come from. `lead` is in business days; `most` in numbers an order (0: any)."""

    code: str
    name: str
    country: str
    zone: str
    areas: tuple[str, ...] = ()
    kind: str = "standard"
    needs: tuple[str, ...] = ()
    lead: int = 0
    most: int = 0
    strict_letter: bool = False
    confused: bool = False


@dataclass(frozen=True)
class Csr:
    """A customer service record: what the losing carrier has on file about an account. `billing_of` gives the billing number
    of each line; most have the account's own."""

    id: str
    carrier: LosingCarrier
    account_number: str
    company: str
    name: str
    btn: str
    address: Mapping[str, str]
    billing_of: Mapping[str, str]
    pin: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    quirks: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        return tuple(self.billing_of)

    def quirk(self, name: str) -> Any:
        return self.quirks.get(name) or ()


@cache
def carriers() -> dict[str, LosingCarrier]:
    """All losing carriers by code."""
    told = _told()["carriers"]
    return {code: msgspec.convert({"code": code, **fact}, LosingCarrier) for code, fact in told.items()}


@cache
def accounts() -> tuple[Csr, ...]:
    """All customer service records, in the order of the file."""
    found = []
    for fact in _told()["accounts"]:
        told = dict(fact)
        lines = told.pop("lines")
        billing_of = {
            number: run.get("btn", told["btn"])
            for run in lines
            for number in _run(run["first"], run["count"])
        }
        carrier = carriers()[told.pop("carrier")]
        address = {"country": carrier.country, **told.pop("address")}
        found.append(Csr(carrier=carrier, billing_of=billing_of, address=address, **told))
    return tuple(found)


def account_of(e164: str) -> Csr | None:
    """The record a number stands on, if it stands on one."""
    return numbers_on_record().get(e164)


def carrier_of(e164: str, country: str, kind: str = "standard") -> LosingCarrier | None:
    """The losing carrier of a number: by its record, else by its area; None in a country without any."""
    known = account_of(e164)
    return known.carrier if known is not None else carrier_of_area(e164, country, kind)


def carrier_of_area(e164: str, country: str, kind: str = "standard") -> LosingCarrier | None:
    """The losing carrier of the numbers of an area that stand on no record; None in a country without any."""
    toll_free, rest_of_country, by_area, lengths = _here(country)
    if kind == "toll_free":
        return toll_free
    rest = e164[1:].removeprefix(_calling_code(country))
    for length in lengths:
        if rest[:length] in by_area:
            return by_area[rest[:length]]
    return rest_of_country


@cache
def _here(
    country: str,
) -> tuple[LosingCarrier | None, LosingCarrier | None, dict[str, LosingCarrier], list[int]]:
    """A country's carriers: of toll-free numbers, of what has no area of its own, and by area; how long area codes are."""
    here = [each for each in carriers().values() if each.country == country]
    ordinary = [each for each in here if each.kind == "standard"]
    by_area = {area: each for each in reversed(ordinary) for area in each.areas}
    return (
        next((each for each in here if each.kind == "toll_free"), None),
        next((each for each in ordinary if not each.areas), ordinary[0] if ordinary else None),
        by_area,
        sorted({len(area) for area in by_area}),
    )


def quirks_of(csr: Csr) -> list[str]:
    """What this account or its carrier does on purpose, in English, for the list of the sandbox."""
    found = [csr.about] if csr.about else []
    if csr.carrier.needs:
        found.append(f"{csr.carrier.name} needs: {', '.join(csr.carrier.needs)}")
    if csr.carrier.lead:
        found.append(f"{csr.carrier.name} needs {csr.carrier.lead} business days")
    return found


@cache
def numbers_on_record() -> dict[str, Csr]:
    """Every number that stands on a customer service record."""
    return {number: csr for csr in accounts() for number in csr.numbers}


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load(FILE.read_bytes())
    return told


def _run(first: str, count: int) -> list[str]:
    return [f"+{int(first[1:]) + step}" for step in range(count)]


_CODES = {
    "US": "1", "CA": "1", "GB": "44", "FR": "33", "DE": "49", "IT": "39", "BE": "32", "CH": "41", "SE": "46", "NL": "31",
    "LT": "370", "LU": "352", "DK": "45", "FI": "358", "PL": "48", "GR": "30", "AU": "61", "NZ": "64",
}  # fmt: skip


def _calling_code(country: str) -> str:
    return _CODES.get(country, "")
