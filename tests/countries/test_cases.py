"""Runs the cases in cases/*.yaml, which anybody can read and add to: name, date, given, expect, proves."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from dialtone import countries
from dialtone.countries.calendar import business_days_after, is_business_day, subdivision_of

CASES = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    found = []
    for file in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text()):
            marks = [pytest.mark.req(*case["proves"])] if case.get("proves") else []
            found.append(pytest.param(case, id=f"{file.stem}: {case['name']}", marks=marks))
    return found


@pytest.mark.parametrize("case", _cases())
def test_case(case: dict[str, Any]) -> None:
    assert set(case) <= {"name", "date", "given", "expect", "proves"}
    answered = _answers(case["date"], **case["given"])
    for asked, expected in case["expect"].items():
        assert asked in answered or "." in asked, f"a case cannot expect {asked!r}"
        answer = answered[asked] if asked in answered else _fact(case, asked)
        assert answer == expected, f"{asked}: {answer!r}, not {expected!r}"


def _fact(case: dict[str, Any], path: str) -> Any:
    """A fact, or one key of a fact that is a table: `porting.min_lead.single_line`."""
    section, name, *key = path.split(".")
    found = countries.get(case["given"]["country"], case["date"])
    value = _plain(getattr(getattr(found, section), name))
    return value[key[0]] if key else value


def _plain(value: Any) -> Any:
    """As YAML writes it: lists, tables, texts."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _answers(
    on: date,
    country: str,
    account: str = "paid",
    service_licence: bool = False,
    dialled: str = "",
    outside_line_digit: str = "",
    business_days: int | None = None,
    state: str = "",
    postcode: str = "",
) -> dict[str, Any]:
    try:
        found = countries.get(country, on)
    except countries.CountryNotServed as refused:
        return {"refused": True, "offered instead": list(refused.served)}
    part = subdivision_of(country, on, state, postcode)
    offer = countries.offer(country, on, trial=account == "trial", service_licence=service_licence)
    return {
        "refused": False,
        **_plain(offer),
        "emergency": found.emergency.is_emergency(dialled, outside_line_digit),
        "business day": is_business_day(on, country, part),
        "day": business_days_after(on, business_days, country, part) if business_days is not None else None,
        "identity document": found.ordering.identity_document_required,
        "vat number": found.ordering.vat_number_required,
    }
