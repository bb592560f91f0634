"""The catalogues say what the code says, in every language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils.translation import to_locale

from tools import translations

PLURAL = ("%(count)s number in %(place)s", "%(count)s numbers in %(place)s")


def catalogue(locale: str = "da", **messages: Any) -> Catalog:
    made = Catalog(locale, fuzzy=False)
    for msgid, string in messages.items():
        made.add(msgid, string)
    return made


def source(*msgids: Any) -> Catalog:
    made = Catalog(fuzzy=False)
    for msgid in msgids:
        made.add(msgid)
    return made


def faults(msgid: Any, string: Any, locale: str = "da", **more: Any) -> list[str]:
    translated = Catalog(locale, fuzzy=False)
    translated.add(msgid, string, flags=more.pop("flags", ()))
    return [problem.why for problem in translations.problems(locale, source(msgid), translated, **more)]


@pytest.mark.parametrize(
    ("msgid", "string", "why"),
    [
        ("Order numbers", "", "is not translated"),
        ("Order numbers", "Order numbers", "reads the same as in English"),
        ("Hello %(name)s", "Hej %(navn)s", "has other placeholders"),
        ("Hello %(name)s", "Hej", "has other placeholders"),
        ("Read <b>this</b>", "Læs dette", "has other markup"),
        ("Number: ", "Nummer:", "white space"),
        (PLURAL, ("", "%(count)s numre i %(place)s"), "is not translated"),
        (PLURAL, ("%(count)s nummer i %(place)s", "%(count)s numre"), "has other placeholders"),
        (PLURAL, ("%(count)s nummer", "%(count)s numre %(place)s %(more)s"), "has other placeholders"),
    ],
)
def test_a_bad_translation_is_found(msgid: Any, string: Any, why: str) -> None:
    assert any(why in each for each in faults(msgid, string))


@pytest.mark.parametrize(
    ("msgid", "string", "locale"),
    [
        ("Order numbers", "Bestil numre", "da"),
        ("Hello %(name)s", "Hej %(name)s", "sv"),
        (PLURAL, ("Ét nummer i %(place)s", "%(count)s numre i %(place)s"), "da"),
        (PLURAL, ("%(place)sに%(count)s件",), "ja"),
        ("%(a)s – %(b)s", "%(a)s – %(b)s", "da"),
    ],
)
def test_a_good_translation_is_left_alone(msgid: Any, string: Any, locale: str) -> None:
    assert faults(msgid, string, locale) == []


def test_a_language_without_plural_forms_needs_one_form_only() -> None:
    assert faults(PLURAL, ("a %(place)s %(count)s", "b %(place)s %(count)s"), "ja") == ["is not translated"]


def test_fuzzy_is_not_translated() -> None:
    assert faults("Order numbers", "Bestil numre", flags=("fuzzy",)) == ["is fuzzy"]


def test_what_may_read_as_in_english_is_listed() -> None:
    allowed = translations.allowed_equal("# why\n*\tPIN\nda\tTest\n")
    assert faults("PIN", "PIN", allowed=allowed["da"]) == []
    assert faults("PIN", "PIN", "ja", allowed=allowed["ja"]) == []
    assert faults("Test", "Test", "sv", allowed=allowed["sv"]) != []


def test_what_is_missing_or_not_said_any_more_is_found() -> None:
    found = list(translations.problems("da", source("New"), catalogue(Old="Gammel")))
    assert [(each.msgid, each.why.split(" (")[0]) for each in found] == [
        ("New", "is not in the catalogue"),
        ("Old", "is not said any more"),
    ]


def test_strings_of_code_and_templates_are_gathered(tmp_path: Path) -> None:
    package = tmp_path / "dialtone"
    (package / "templates" / "styleguide").mkdir(parents=True)
    (package / "code.py").write_text(
        "from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext\n"
        "from django.utils.translation import gettext_lazy as L_\n"
        "L_('Under another name')\n"
        "_('One ' 'sentence')\n"
        "gettext_lazy('Lazy')\n"
        "ngettext('%(n)s thing', '%(n)s things', n)\n"
        "pgettext('a month', 'May')\n"
        "_(variable)\n"
        "other('Not this')\n"
    )
    (package / "templates" / "page.html").write_text(
        "<p>{% translate 'Hello' %}\n"
        "    {% blocktranslate trimmed count n=n %}\n    {{ n }} page\n  {% plural %}\n {{ n }} pages\n"
        " {% endblocktranslate %}</p>\n"
        "  {% if it == _('Yes') %}it's{% endif %} {{ _('No') }} not 'this'\n"
        "{% translate 'May' context 'a permission' %}\n"
    )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "words.md").write_text(
        "| Word | Meaning |\n|---|---|\n| **toll-free number** | Costs the caller nothing. |\n"
    )
    (package / "templates" / "styleguide" / "page.html").write_text("{% translate 'For developers' %}")
    found = {(message.id, message.context) for message in translations.said(package) if message.id}
    assert found == {
        ("One sentence", None),
        ("Lazy", None),
        ("Under another name", None),
        ("toll-free number", None),
        ("Costs the caller nothing.", None),
        (("%(n)s thing", "%(n)s things"), None),
        ("May", "a month"),
        ("Hello", None),
        (("%(n)s page", "%(n)s pages"), None),
        ("Yes", None),
        ("No", None),
        ("May", "a permission"),
    }


def test_an_update_keeps_translations_and_guesses_nothing(tmp_path: Path) -> None:
    translations.update("da", source("Order", "Cancel"), tmp_path)
    file = translations.catalogue_file("da", tmp_path)
    file.write_text(file.read_text().replace('msgid "Order"\nmsgstr ""', 'msgid "Order"\nmsgstr "Bestil"'))
    translations.update("da", source("Order", "Cancels"), tmp_path)
    found = {message.id: message.string for message in translations.read("da", tmp_path) if message.id}
    assert found == {"Order": "Bestil", "Cancels": ""}
    assert translations.untranslated(translations.read("da", tmp_path)) == 1
    before = file.read_text()
    translations.update("da", source("Order", "Cancels"), tmp_path)
    assert file.read_text() == before, "nothing new, nothing changed"


def test_the_languages_are_those_of_the_settings() -> None:
    offered = {to_locale(code) for code, _ in settings.LANGUAGES}
    assert offered == {"en", *translations.LOCALES}


@pytest.mark.parametrize(
    ("locale", "string", "found"),
    [
        ("ja", "1 行目：%(line)s です。", 1),
        ("ja", "1行目: %(line)sです。", 1),
        ("ja", "1行目：%(line)sです。末尾の!。", 0),
        ("zh_Hant", "開放日期(UTC)", 1),
        ("zh_Hant", "檔案大於500 kB。", 0),
        ("da", "“%(line)s” er forkert.", 1),
        ("da", "»%(line)s« er forkert.", 0),
        ("sv", "”%(line)s” är fel.", 0),
    ],
)
def test_marks_and_blanks_are_those_of_the_language(locale: str, string: str, found: int) -> None:
    assert bool(faults("%(line)s is wrong." if "%" in string else "Wrong", string, locale)) == bool(found)
