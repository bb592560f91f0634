"""What every country demands of an order by support case and what it refuses: cases in by_case/*.yaml, which anybody can add to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from dialtone import countries
from dialtone.base.problems import Problem, Problems
from dialtone.countries import OrderingMode
from dialtone.orders import case_rules

CASES = Path(__file__).parent / "by_case"
TODAY = date(2026, 11, 24)
RIGHT: dict[str, Any] = yaml.safe_load((CASES / "right.yaml").read_text())
ADDRESS = ("street", "building_number", "postal_code", "city", "state", "country")


def cases(name: str) -> list[Any]:
    return [
        pytest.param(case, id=case["name"], marks=[pytest.mark.req(*case.get("proves", ["ORD-42"]))])
        for case in yaml.safe_load((CASES / f"{name}.yaml").read_text())
    ]


def read(iso: str, given: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The form of a country with some things changed: codes refused by their place, and what was understood."""
    country = countries.get(iso, TODAY)
    right = RIGHT[iso]
    told = {"quantity": 1, "number_type": "local", **right["identity"], **right["address"], **given}
    place = {name: told.pop(name) for name in ADDRESS if name in told}
    quantity, number_type = told.pop("quantity"), told.pop("number_type")
    refused: dict[str, str] = {}
    understood: dict[str, str] = {}
    for step in (
        lambda: case_rules.read_quantity(quantity, country.ordering.max_numbers_per_order),
        lambda: case_rules.read_number_type(number_type, country.ordering),
        lambda: understood.update(case_rules.read_identity(country, told, TODAY)),
        lambda: understood.update(case_rules.read_address(country, place)),
    ):
        try:
            step()
        except Problem as problem:
            refused[str(problem.field)] = problem.code
        except Problems as problems:
            refused |= {str(each.field): each.code for each in problems.problems}
    return refused, understood


def test_every_country_has_a_right_form_and_its_demands_written_down() -> None:
    served = set(countries.served(TODAY))
    assert {case["country"] for case in yaml.safe_load((CASES / "demands.yaml").read_text())} == served
    by_case = {iso for iso in served if countries.get(iso, TODAY).ordering.mode is OrderingMode.SUPPORT_CASE}
    assert set(RIGHT) == by_case


@pytest.mark.req("ORD-42", "ORD-43")
@pytest.mark.parametrize("iso", sorted(RIGHT))
def test_a_right_form_is_taken(iso: str) -> None:
    refused, understood = read(iso, {})
    assert refused == {}
    assert set(RIGHT[iso]["identity"]) <= set(understood)


@pytest.mark.req("ORD-42", "ORD-43")
@pytest.mark.parametrize("iso", sorted(RIGHT))
def test_nothing_that_is_demanded_may_be_left_out(iso: str) -> None:
    for name in RIGHT[iso]["identity"]:
        assert read(iso, {name: ""})[0] == {f"/identity/{case_rules.outside(name)}": "field.required"}
    for name in ("street", "building_number", "postal_code", "city"):
        assert list(read(iso, {name: ""})[0]) == [f"/address/{case_rules.outside(name)}"]


@pytest.mark.parametrize("case", cases("demands"))
def test_demands(case: dict[str, Any]) -> None:
    country = countries.get(case["country"], TODAY)
    ordering = country.ordering
    assert (ordering.mode is OrderingMode.SELF_SERVICE_SEARCH) == case.get("by search", False)
    if case.get("by search"):
        return
    papers = []
    for paper in case_rules.wanted_papers(ordering):
        age = f" {'under' if paper.strictly_younger else 'at most'} {paper.age_months} months"
        papers.append(paper.kind + (age if paper.age_months else ""))
    form, days = ordering.case_form, ordering.processing
    assert form is not None
    told = {
        "number types": [str(each.value) for each in ordering.number_types],
        "form": {
            "prefilled": list(form.prefilled),
            "required": list(form.required),
            "optional": list(form.optional),
        },
        "fields": list(ordering.business_fields),
        "papers": papers,
        "business days": f"{days.min} to {days.max}" if days else "not said",
        "processed by": ordering.processed_by,
        "further information for emergency services": country.emergency.further_information_required,
    }
    assert told == {name: case[name] for name in told}


@pytest.mark.parametrize("case", cases("refusals"))
def test_refusals(case: dict[str, Any]) -> None:
    refused, understood = read(case["country"], case["given"])
    assert refused == case.get("refused", {})
    for name, value in case.get("accepted", {}).items():
        assert understood[name] == value


@pytest.mark.parametrize("case", cases("papers"))
def test_papers(case: dict[str, Any]) -> None:
    wanted = case_rules.wanted_papers(countries.get(case["country"], TODAY).ordering)
    try:
        case_rules.check_paper(case["kind"], case.get("dated"), wanted, TODAY)
        answer = "taken"
    except Problem as problem:
        answer = problem.code
    assert answer == case["answer"]


@pytest.mark.req("ORD-41")
@pytest.mark.parametrize("case", cases("days"))
def test_days(case: dict[str, Any]) -> None:
    rules = countries.get(case["country"], case["since"]).ordering
    found = case_rules.expected_between(case["since"], rules, case["country"], case.get("part"))
    assert found == ((case["first"], case["last"]) if "first" in case else None)
