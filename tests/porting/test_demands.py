"""What every country demands of a port order and what it refuses: cases/demands.yaml, which anybody can read and add to."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from dialtone import countries
from dialtone.countries.facts import Porting
from dialtone.porting import account, entry, papers

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "demands.yaml").read_text())
TODAY = date(2026, 11, 24)
EVERYWHERE = {"/accountNumber", "/companyName", "/authorizedName", "/billingNumber", "/serviceAddress"}


def test_every_country_has_its_demands_written_down() -> None:
    assert [case["country"] for case in CASES if CASES.count(case) > 1] == []
    assert {case["country"] for case in CASES} == set(countries.served(TODAY))


@pytest.mark.parametrize(
    "case", [pytest.param(each, id=each["name"], marks=pytest.mark.req(*each["proves"])) for each in CASES]
)
def test_demands(case: dict[str, Any]) -> None:
    rules = countries.get(case["country"], TODAY).porting
    told = {
        "word": rules.word,
        "check": rules.portability_check,
        "port types": [each.value for each in rules.port_types],
        "line types": [each.value for each in rules.line_types],
        "windows": [
            f"{each.days[0]} to {each.days[-1]} {each.start:%H:%M} to {each.end:%H:%M}"
            for each in rules.windows
        ],
        "earliest": dict(rules.min_lead),
        "letter": rules.loa,
        "letter may come later": rules.loa_deferrable,
        "further e-mail": rules.contact_email,
        "calls and messages together": rules.moves_messaging,
        "papers": [_paper(each, rules) for each in papers.wanted(rules)],
        "lacks": _lacks(rules),
        "refused": {number: _answer(number, case["country"], rules) for number in case["refused"]},
    }
    assert told == {name: case[name] for name in told}


def _paper(paper: papers.Wanted, rules: Porting) -> str:
    if paper.kind == papers.BILL:
        return f"bill at most {rules.bill_max_age_days} days"
    age = f" {'under' if paper.strictly_younger else 'at most'} {paper.age_months} months"
    return paper.kind + (age if paper.age_months else "")


def _lacks(rules: Porting) -> list[str]:
    """What an empty account is told of, without what every country asks for."""
    port_type = rules.port_types[0].value if rules.port_types else ""
    found = account.lacks(account.Account(), [], port_type, rules)
    assert {each.field for each in found} >= EVERYWHERE
    return [
        f"{each.field} ({' or '.join(each.values['names'])})" if each.values else each.field
        for each in found
        if each.field not in EVERYWHERE
    ]


def _answer(number: str, country: str, rules: Porting) -> str:
    (found,) = entry.read_text(number, country, rules)
    return found.problem.code if found.problem else "taken"
