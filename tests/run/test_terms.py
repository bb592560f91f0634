"""A word of the trade is called the same everywhere, in each language."""

from __future__ import annotations

import pytest
from babel.messages.catalog import Catalog

from dialtone.web import words
from tools import terms, translations

TABLE = """
## Terms

| English | da | nb | sv | ja | zh-Hant |
|---|---|---|---|---|---|
| location | lokation | lokasjon | plats | 拠点 | 據點 |
| main number | hovednummer | hovednummer | huvudnummer, huvudnumret | 代表番号 | 代表號 |

| English | da |
|---|---|
| number | nummer |
"""


def deviations(msgid: str, string: str, locale: str = "da") -> list[str]:
    catalogue = Catalog(locale, fuzzy=False)
    catalogue.add(msgid, string)
    return [why for _msgid, why in terms.deviations(locale, catalogue, terms.terms(TABLE))]


def test_only_the_first_table_is_read() -> None:
    assert set(terms.terms(TABLE)) == {"location", "main number"}
    assert terms.terms(TABLE)["main number"]["sv"] == ("huvudnummer", "huvudnumret")


@pytest.mark.parametrize(
    ("msgid", "string", "locale", "found"),
    [
        ("Open a location", "Åbn en filial", "da", 1),
        ("Open a location", "Åbn en lokation", "da", 0),
        ("All locations", "Alle lokationerne", "da", 0),
        ("Contract for %(location)s", "Kontrakt for %(location)s", "da", 0),
        ("The allocation", "Fordelingen", "da", 0),
        ("Mixed-location order", "Blandet ordre", "da", 0),
        ("The main number of the location", "Platsens huvudnumret", "sv", 0),
        ("The main number of the location", "Platsens växelnummer", "sv", 1),
        ("Open a location", "", "ja", 0),
    ],
)
def test_another_word_for_a_term_is_found(msgid: str, string: str, locale: str, found: int) -> None:
    assert len(deviations(msgid, string, locale)) == found


def test_the_document_has_terms_in_every_language_of_ours() -> None:
    known = terms.terms(terms.DOCUMENT.read_text())
    assert len(known) > 30
    assert all(
        set(row) == set(translations.LOCALES) and all(map(all, row.values())) for row in known.values()
    )


def test_the_glossary_is_part_of_what_is_translated() -> None:
    source = translations.said(translations.REPO / "dialtone")
    word, meaning = words.rows()[0]
    assert source.get(word) is not None
    assert source.get(meaning) is not None
