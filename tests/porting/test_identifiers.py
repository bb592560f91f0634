"""Codes that a port needs by country: right ones pass in any spelling, wrong ones say what would be right."""

from __future__ import annotations

import pytest

from dialtone.porting import identifiers

LINE = "+33142680100"


@pytest.mark.req("PORT-49", "PORT-51", "PORT-55", "PORT-59", "PORT-39")
@pytest.mark.parametrize(
    ("name", "typed", "country", "kept"),
    [
        ("rio_code", "01 f 4CHA3U VLP", "FR", "01F4CHA3UVLP"),
        ("siret_code", "732 829 320 00074", "FR", "73282932000074"),
        ("fiscal_code_of_authorizing_person", "rccmnl83s18d969h", "IT", "RCCMNL83S18D969H"),
        ("migration_code", "M2V 029997637 001 W", "IT", "M2V029997637001W"),
        ("vat_number", "DK 13 58 56 28", "DK", "DK13585628"),
        ("vat_number", "13585628", "DK", "DK13585628"),
        ("vat_number", "EL 094259216", "GR", "EL094259216"),
        ("vat_number", "CHE-107.787.577 MWST", "CH", "CHE107787577MWST"),
        ("vat_number", "NL4495445B01", "BE", "NL004495445B01"),
        ("acn_or_abn", "51 824 753 556", "AU", "51824753556"),
        ("acn_or_abn", "004 085 616", "AU", "004085616"),
        ("nzbn", "9429 000001236", "NZ", "9429000001236"),
        ("tax_id", "12-345/678", "PL", "12-345/678"),
    ],
)
def test_a_right_code_passes_in_any_spelling(name: str, typed: str, country: str, kept: str) -> None:
    assert identifiers.read(name, typed, country, [LINE]) == kept


@pytest.mark.parametrize(
    ("name", "typed", "country"),
    [
        ("rio_code", "01F4CHA3UVLQ", "FR"),  # one check character off
        ("rio_code", "01F4CHA3U", "FR"),
        ("siret_code", "73282932000075", "FR"),
        ("fiscal_code_of_authorizing_person", "RCCMNL83S18D969A", "IT"),
        ("migration_code", "M2!", "IT"),
        ("vat_number", "DK13585629", "DK"),
        ("acn_or_abn", "51824753557", "AU"),
        ("nzbn", "9429000001237", "NZ"),
    ],
)
def test_a_wrong_code_says_what_would_be_right(name: str, typed: str, country: str) -> None:
    with pytest.raises(identifiers.Wrong) as wrong:
        identifiers.read(name, typed, country, [LINE])
    assert str(wrong.value.allowed)


def test_a_rio_belongs_to_its_line() -> None:
    key = identifiers.rio_key("01F4CHA3U", "0142680100")
    assert identifiers.read("rio_code", f"01F4CHA3U{key}", "FR", ["+33142680199", LINE])
    with pytest.raises(identifiers.Wrong):
        identifiers.read("rio_code", f"01F4CHA3U{key}", "FR", ["+33142680101"])
