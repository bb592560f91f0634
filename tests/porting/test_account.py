"""What an order needs to know about the present account, and what of it cannot all be true."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dialtone import countries
from dialtone.porting import account, papers
from dialtone.porting.account import Account

ON = date(2026, 11, 24)
A, B, C = "+33142680100", "+33142680101", "+33142680102"
FULL = Account(
    account_number="LT-99170",
    company_name="Instruments Lumière",
    authorized_name="Louise Lumière",
    billing_number=A,
    service_address={
        "country": "FR",
        "address1": "5 avenue Anatole France",
        "city": "Paris",
        "postal_code": "75007",
    },
    codes={"rio_code": "01F4CHA3UVLP", "siret_code": "73282932000074"},
)


def fields(found: list[account.Lack]) -> list[tuple[str, str]]:
    return [(each.code, each.field) for each in found]


def rules(iso: str) -> Any:
    return countries.get(iso, ON).porting


@pytest.mark.req("PORT-18", "ERR-20", "PORT-49")
def test_everything_that_is_missing_is_said_at_once() -> None:
    assert fields(account.lacks(Account(), [A], "isolated", rules("FR"))) == [
        ("field.required", "/accountNumber"),
        ("field.required", "/companyName"),
        ("field.required", "/authorizedName"),
        ("field.required", "/billingNumber"),
        ("field.required", "/serviceAddress"),
        ("porting.code_needed", "/rioCode"),
        ("porting.code_needed", "/siretCode"),
    ]
    assert account.lacks(FULL, [A], "isolated", rules("FR")) == []


def test_a_carrier_without_account_numbers_is_said_so_and_not_left_blank() -> None:
    without = replace(FULL, account_number="")
    assert fields(account.lacks(without, [A], "isolated", rules("FR"))) == [
        ("field.required", "/accountNumber")
    ]
    assert account.lacks(replace(without, has_no_account_number=True), [A], "isolated", rules("FR")) == []


@pytest.mark.req("PORT-47", "PORT-48")
@pytest.mark.parametrize(
    ("port_type", "numbers", "more", "refused"),
    [
        ("isolated", [A], {}, ""),
        ("isolated", [A, B], {}, "porting.isolated_is_one"),
        ("full", [A, B], {}, ""),
        ("full", [B, C], {"kept": (A,)}, "porting.full_takes_all"),
        ("full", [A, B], {"kept": (C,)}, "porting.full_takes_all"),
        ("partial", [B, C], {"kept": (A,)}, ""),
        ("partial", [A, B], {"kept": (C,)}, "porting.partial_leaves_main"),
        ("complex", [A], {"kept": (B, C), "new_billing_number": B}, ""),
        ("complex", [A], {"kept": (B, C)}, "field.required"),
        ("complex", [B], {"kept": (A, C), "new_billing_number": C}, "porting.complex_takes_main"),
    ],
)
def test_the_four_french_types_take_what_their_name_says(
    port_type: str, numbers: list[str], more: dict[str, Any], refused: str
) -> None:
    found = account.contradictions(replace(FULL, **more), numbers, port_type)
    assert [each.code for each in found] == ([refused] if refused else [])


def test_a_billing_number_is_on_the_account() -> None:
    assert fields(account.contradictions(FULL, [B], "")) == [
        ("porting.billing_number_unknown", "/billingNumber")
    ]
    assert account.contradictions(replace(FULL, kept=(A,)), [B], "") == []
    both = replace(FULL, kept=(B,))
    assert [each.code for each in account.contradictions(both, [A, B], "")] == ["porting.kept_and_ported"]
    stranger = replace(FULL, kept=(B,), new_billing_number=C)
    assert [each.code for each in account.contradictions(stranger, [A], "")] == ["porting.new_billing_number"]


@pytest.mark.req("ERR-11")
def test_the_whole_account_may_go_with_its_billing_number() -> None:
    assert not account.moves_billing_number_away(FULL, [A, B])
    assert account.moves_billing_number_away(replace(FULL, kept=(C,)), [A, B])


def test_pins_are_digits() -> None:
    assert account.read_pin(" 482913 ") == "482913"
    for typed in ("12a4", "123", "1" * 16, "", "١٢٣٤"):
        assert account.read_pin(typed) is None


@pytest.mark.req("PORT-05", "PORT-49", "PORT-50", "PORT-51", "PORT-55", "PORT-56")
@pytest.mark.parametrize(
    ("iso", "kinds"),
    [
        ("US", ["bill"]),
        ("AU", []),
        ("NZ", []),
        ("DK", ["bill"]),
        ("FR", ["bill", "proof_of_address"]),
        ("DE", ["bill", "proof_of_address", "company_registration_certificate"]),
        ("IT", ["bill", "identity_document", "proof_of_address"]),
        ("GR", ["bill", "identity_document", "company_registration_certificate"]),
    ],
)
def test_papers_by_country(iso: str, kinds: list[str]) -> None:
    assert [each.kind for each in papers.wanted(rules(iso))] == kinds


def test_less_than_three_months_is_less_than_not_older_than_three_months() -> None:
    today = date(2026, 11, 30)
    german = papers.wanted_of("proof_of_address", rules("DE"))
    french = papers.wanted_of("proof_of_address", rules("FR"))
    assert german is not None
    assert french is not None
    assert papers.is_too_old(date(2026, 8, 30), today, german)
    assert not papers.is_too_old(date(2026, 8, 30), today, french)
    assert papers.is_too_old(date(2026, 8, 29), today, french)
    assert not papers.is_too_old(date(2026, 2, 28), date(2026, 5, 31), french)
