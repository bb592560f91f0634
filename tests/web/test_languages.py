"""Six languages: whose choice counts, that letters and explanations are in it, and that the API stays English."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.test import Client
from django.utils import translation

from dialtone.base.mail import wording
from dialtone.cli.demo_command import TERMS
from dialtone.web import words
from tests.plugins.world import World
from tools import compile_messages, translations

OTHERS = [code for code, _name in settings.LANGUAGES if code != "en"]
LETTERS = sorted(file.stem for file in (Path("dialtone/web/templates/mail")).glob("*.txt"))
FACTS: dict[str, Any] = {
    "name": "Ada",
    "number": "ORD-1",
    "location": "Fifth Avenue",
    "quantity": 3,
    "arrived": 2,
    "count": 2,
    "until": "2026-11-26",
    "organisation": "Acme",
    "days": 5,
    "waits_for": "terms",
    "total": "9.99",
    "currency": "USD",
    "reason": "terms",
    "what": "password",
}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """The catalogues as they are now: `./run` compiles them before the tests; a single test run by hand may come first."""
    root = Path(settings.LOCALE_PATHS[0])
    sources = [translations.catalogue_file(locale, root) for locale in translations.LOCALES]
    stale = [each for each in sources if not _is_fresh(each.with_suffix(".mo"), each)]
    if stale:
        compile_messages.main([str(each) for each in stale])
        # What was read before is forgotten.
        translation.trans_real._translations = {}  # type: ignore[attr-defined]
        translation.trans_real._default = None  # type: ignore[attr-defined]


def _is_fresh(compiled: Path, source: Path) -> bool:
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime


def spoken(client: Client, **headers: str) -> str:
    page = client.get("/account/login/", headers=headers)
    found = re.search(r'<html lang="([\w-]+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("da-DK,da;q=0.9", "da"),
        ("nb-NO", "nb"),
        ("no", "nb"),
        ("nn-NO,nn;q=0.9,en;q=0.5", "nb"),
        ("sv", "sv"),
        ("ja-JP", "ja"),
        ("zh-TW,zh;q=0.9", "zh-Hant"),
        ("fr", "en"),
        ("fr;q=0.9,sv;q=0.5", "sv"),
        ("*;q=x,,", "en"),
    ],
)
def test_the_browser_says_the_language(db: None, asked: str, given: str) -> None:
    assert spoken(Client(), accept_language=asked) == given


def test_a_choice_made_here_counts_more_than_the_browser(db: None) -> None:
    client = Client()
    client.post("/language/", {"language": "ja", "next": "/account/login/"})
    assert spoken(client, accept_language="da") == "ja"


def test_the_profile_counts_more_than_the_browser_and_less_than_the_choice(
    world: World, signed_in: Callable[..., Client]
) -> None:
    client = signed_in(world.people["alice_admin"])
    mine = re.search(
        r'<html lang="([\w-]+)"', client.get("/", headers={"accept-language": "ja"}).content.decode()
    )
    assert mine
    assert mine[1] == "en"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hant"
    assert "首頁" in client.get("/").content.decode()


def test_the_api_stays_english(db: None) -> None:
    answer = Client().get("/v1/people/me", headers={"accept-language": "ja"})
    assert answer.status_code == 401
    assert answer.json()["message"].isascii()


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_is_in_the_readers_language(letter: str) -> None:
    english = wording.render(letter, "en", FACTS)
    for language in OTHERS:
        told = wording.render(letter, language, FACTS)
        assert told.subject != english.subject, language
        assert told.subject
        same = set(told.text.splitlines()) & set(english.text.splitlines())
        assert not {line for line in same if re.search(r"[a-z]{3} [a-z]{2}", line)}, (language, same)


def test_a_letter_writes_its_days_as_the_reader_does() -> None:
    assert "2026年11月26日(木)" in wording.render("trial_over", "ja", FACTS).text
    assert "Thu, 26 Nov 2026" in wording.render("trial_over", "en", FACTS).text


@pytest.mark.parametrize("language", OTHERS)
def test_words_of_the_trade_are_explained_in_it(language: str) -> None:
    with translation.override(language):
        for word, meaning in words.glossary().items():
            assert words.meaning(word) not in ("", meaning), word


@pytest.mark.parametrize("language", OTHERS)
def test_the_terms_of_the_sandbox_are_in_it(language: str) -> None:
    assert TERMS[language] != TERMS["en"]
    assert TERMS[language].count("\n\n") == TERMS["en"].count("\n\n")


@pytest.mark.parametrize("language", OTHERS)
def test_what_django_and_allauth_say_is_in_it(language: str) -> None:
    with translation.override(language):
        assert str(forms.Field().default_error_messages["required"]) != "This field is required."
        for said in ("Sign In", "Passkey", "Recovery Codes", "Incorrect code."):
            assert translation.gettext(said) != said
