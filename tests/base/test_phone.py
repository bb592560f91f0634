"""Phone numbers at the edge: canonical from programs, forgiving with people, nothing repaired in silence."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialtone.base.phone import EMERGENCY, MOST_TRIES, PhoneNumber, parse_many
from dialtone.base.problems import Problem


def code(parse: Callable[[], object]) -> str:
    with pytest.raises(Problem) as refused:
        parse()
    assert refused.value.sentence()
    assert refused.value.field
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2125550101", "phone.national"),  # BAD-NUM-01
        ("+1 (212) 555-0102", "phone.digits_only"),
        ("+12125550102;ext=5", "phone.extension"),
        ("+12125550102 x5", "phone.extension"),
        ("+1212555O102", "phone.letters"),
        ("+1-800-FLOWERS", "phone.letters"),
        ("٠٢١٢٥٥٥٠١٠٢", "phone.other_digits"),
        ("+１２１２５５５０１０２", "phone.other_digits"),
        ("+12125550102\u200b", "phone.invisible"),
        ("\u202a+12125550102", "phone.invisible"),
        ("+39612345678", "phone.invalid"),
        ("+4402079460100", "phone.trunk"),
        ("+911", "phone.emergency"),
        ("911", "phone.emergency"),
        ("+1911", "phone.emergency"),
        ("112", "phone.emergency"),
        ("+44999", "phone.emergency"),
        ("+44116123", "phone.emergency"),
        ("+1212555", "phone.too_short"),
        ("000", "phone.emergency"),
        ("+", "phone.needed"),
        ("", "phone.needed"),
        (12125550102, "phone.not_text"),
        (None, "phone.not_text"),
        ("+1212555010212345678", "phone.too_long"),
        ("+999123456789", "phone.country_code"),
        ("+0123456789", "phone.country_code"),
        ("+12125551", "phone.too_short"),
        ("+2125550123", "phone.too_short"),  # Morocco, not Manhattan
        ("+19115550101", "phone.invalid"),
        (" +12125550101", "phone.national"),
        ("+12125550101\n", "phone.invisible"),
    ],
)
def test_a_program_is_told_precisely_what_is_wrong(text: object, expected: str) -> None:
    assert code(lambda: PhoneNumber.parse_api(text)) == expected


def test_the_refusal_shows_the_way() -> None:
    with pytest.raises(Problem) as refused:
        PhoneNumber.parse_api("2125550101", "/numbers/0")
    assert "+1" in refused.value.allowed_text()
    assert refused.value.field == "/numbers/0"
    with pytest.raises(Problem) as refused:
        PhoneNumber.parse_api("+4402079460100")
    assert "+442079460100" in refused.value.allowed_text()


@pytest.mark.parametrize(
    ("text", "country", "kind"),
    [
        ("+12125550101", "US", "standard"),
        ("+18765550123", "JM", "mobile"),
        ("+12465550101", "BB", "standard"),  # plan of Barbados without 555: fictional, still usable
        ("+442079460100", "GB", "standard"),
        ("+18005550182", "US", "toll_free"),
        ("+19005551234", "US", "premium"),
        ("+390612345678", "IT", "standard"),
        ("+4915123456789", "DE", "mobile"),
        ("+815055551234", "JP", "voip"),
        ("+80012345678", "", "toll_free"),
    ],
)
def test_canonical_numbers_pass_and_know_their_country_and_kind(text: str, country: str, kind: str) -> None:
    number = PhoneNumber.parse_api(text)
    assert (number.e164, number.country, number.kind) == (text, country, kind)


@pytest.mark.parametrize(
    ("text", "country", "canonical"),
    [
        ("(212) 555-0102", "US", "+12125550102"),
        ("1 212.555.0102", "US", "+12125550102"),
        (" +1 212\u2011555\u20110102 ", "DK", "+12125550102"),
        ("011 44 20 7946 0100", "US", "+442079460100"),
        ("0044 20 7946 0100", "DE", "+442079460100"),
        ("0044 20 7946 0100", "US", "+442079460100"),
        ("020 7946 0100", "GB", "+442079460100"),
        ("+44 (0)20 7946 0100", "US", "+442079460100"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("0011 1 212 555 0101", "AU", "+12125550101"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("+1 246 555 0101", "", "+12465550101"),
    ],
)
def test_people_may_write_as_they_do(text: str, country: str, canonical: str) -> None:
    assert PhoneNumber.parse_form(text, country).e164 == canonical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("911", "phone.emergency"),
        ("9-1-1", "phone.emergency"),
        ("+911", "phone.emergency"),
        ("+1911", "phone.emergency"),
        ("1-800-FLOWERS", "phone.letters"),
        ("212 555 0102 ext. 5", "phone.extension"),
        ("212 555 0102 #5", "phone.extension"),
        ("٠٢١٢٥٥٥٠١٠٢", "phone.other_digits"),
        ("212\u200b5550102", "phone.invisible"),
        ("   ", "phone.needed"),
        ("+", "phone.needed"),
        ("1+2125550102", "phone.digits_only"),
        ("555 0102", "phone.too_short"),
        ("9" * 5000, "phone.too_long"),
        (5550102, "phone.not_text"),
    ],
)
def test_forms_refuse_what_is_no_spelling_of_a_number(text: object, expected: str) -> None:
    assert code(lambda: PhoneNumber.parse_form(text, "US")) == expected


@pytest.mark.parametrize("country", ["US", "GB", "AU", "JP", "DE", "DK"])
def test_no_emergency_number_passes_any_door(country: str) -> None:
    for short in EMERGENCY:
        for text in (short, f"+{short}", f" {short} ", "-".join(short)):
            assert code(lambda text=text: PhoneNumber.parse_form(text, country)) == "phone.emergency"  # type: ignore[misc]
        assert code(lambda short=short: PhoneNumber.parse_api(f"+{short}")) == "phone.emergency"  # type: ignore[misc]


def test_national_number_without_a_country_is_refused() -> None:
    assert code(lambda: PhoneNumber.parse_form("212 555 0102", "")) == "phone.national"


def test_compatible_paths_take_ten_digits_and_formatting() -> None:
    assert PhoneNumber.parse_compatible("2125550101").e164 == "+12125550101"
    assert PhoneNumber.parse_compatible("+1 (212) 555-0101").e164 == "+12125550101"
    assert PhoneNumber.parse_compatible("+442079460100").e164 == "+442079460100"


def test_formats_and_parts() -> None:
    number = PhoneNumber.parse_api("+390612345678")
    assert number.national_digits == "0612345678"
    assert number.digits == 390612345678
    assert number.formatted() == "+39 06 1234 5678"
    assert PhoneNumber("+12125550101").formatted("national") == "(212) 555-0101"
    assert str(number) == "+390612345678"


@given(st.text(max_size=40))
def test_whatever_comes_is_a_canonical_number_or_a_problem(text: str) -> None:
    for parse in (PhoneNumber.parse_api, PhoneNumber.parse_compatible):
        try:
            number = parse(text)
        except Problem:
            continue
        assert PhoneNumber.parse_api(number.e164) == number


@given(
    st.text("0123456789+ ()-", min_size=3, max_size=20), st.sampled_from(["US", "GB", "IT", "JP", "AU", "SE"])
)
def test_what_a_form_makes_a_program_may_send(text: str, country: str) -> None:
    try:
        number = PhoneNumber.parse_form(text, country)
    except Problem:
        return
    assert PhoneNumber.parse_api(number.e164) == number
    assert PhoneNumber.parse_form(number.formatted(), country) == number


def test_a_pasted_list_keeps_order_reasons_and_duplicates() -> None:
    text = '212-555-0101\t+44 20 7946 0100;\r\n\'+12125550101\n1-800-FLOWERS,\n\n"(212) 555-0102"\n911'
    rows = parse_many(text, "US")
    assert [row.number and row.number.e164 for row in rows] == [
        "+12125550101",
        "+442079460100",
        "+12125550101",
        None,
        "+12125550102",
        None,
    ]
    assert [row.duplicate_of for row in rows] == [None, None, 0, None, None, None]
    assert [row.problem and (row.problem.code, row.problem.field) for row in rows if row.problem] == [
        ("phone.letters", "/numbers/3"),
        ("phone.emergency", "/numbers/5"),
    ]
    assert rows[3].raw == "1-800-FLOWERS"


@pytest.mark.req("ORD-06")
@pytest.mark.parametrize(
    ("text", "country", "numbers"),
    [
        ("2125550101 2125550102", "US", ["+12125550101", "+12125550102"]),
        ("212 555 0101 212 555 0102", "US", ["+12125550101", "+12125550102"]),
        (
            "(212) 555-0101 (212) 555-0102  1 212 555 0103",
            "US",
            ["+12125550101", "+12125550102", "+12125550103"],
        ),
        ("+1 212 555 0101 +44 20 7946 0100", "US", ["+12125550101", "+442079460100"]),
        ("020 7946 0100 020 7946 0101", "GB", ["+442079460100", "+442079460101"]),
        ("2125550101 / 2125550102/2125550103", "US", ["+12125550101", "+12125550102", "+12125550103"]),
        (
            "1. 212-555-0101\n2. 212-555-0102\n3) 212-555-0103",
            "US",
            ["+12125550101", "+12125550102", "+12125550103"],
        ),
        ("\u2022 212-555-0101\n- 212-555-0102", "US", ["+12125550101", "+12125550102"]),
        ("2125550101 123 2125550102", "US", ["+12125550101", None, "+12125550102"]),
        ("212 555 010 212 555 0102", "US", [None, "+12125550102"]),
        ("Ann 212 555 0101 Lee", "US", [None]),
        ("1 2 3 4", "US", [None]),
    ],
)
def test_numbers_with_nothing_but_spaces_between_them(
    text: str, country: str, numbers: list[str | None]
) -> None:
    assert [row.number and row.number.e164 for row in parse_many(text, country)] == numbers


@pytest.mark.parametrize("text", ["1 " * 50_000, "12 " * 20_000, "12 34 56\n" * 2_000])
def test_endless_digits_are_not_tried_for_ever(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    parse = PhoneNumber.parse_form
    monkeypatch.setattr(
        PhoneNumber, "parse_form", lambda *told, **more: tried.append(1) or parse(*told, **more)
    )
    rows = parse_many(text, "US")
    assert len(tried) <= MOST_TRIES + 10 + 2 * len(rows)


def test_ten_thousand_pasted_numbers_take_seconds_not_minutes() -> None:
    text = "\n".join(f"(212) 555-{index:04}" for index in range(10_000))
    started = time.process_time()
    rows = parse_many(text, "US")
    assert time.process_time() - started < 8  # about 1 s alone
    assert len({row.number for row in rows}) == 10_000
