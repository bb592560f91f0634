"""The strings for people: what the code says, and whether each language says it too.

`./run messages` brings every catalogue up to date with the code; `./run check` runs this module, which prints what is
missing or wrong. Python files are read by Babel, templates by Django's own scanner and then Babel, so that GNU gettext
is not needed; both find the same strings.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from dialtone.web import words
from tools import terms, unmarked

REPO = Path(__file__).resolve().parents[1]
ALLOWED = Path(__file__).with_name("translations_allow.txt")

# The directories below locale/, as Django writes them; English is what the code says.
LOCALES = ("da", "nb", "sv", "ja", "zh_Hant")

# Pages for developers only, which stay English.
UNTRANSLATED = ("*/styleguide/*", "*/styleguide.py")

# How Babel reads each function of gettext; a file may have imported it under another name.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

SHOWN = 10  # problems printed of each language

_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
_TAG = re.compile(r"</?[a-z]+[0-9]?")
_WORD = re.compile(r"[^\W\d_]{2,}")
_OTHERS_QUOTES = {"da": "“”", "nb": "“”", "sv": "“«»"}
_WIDE = ("ja", "zh_Hant")
_OWN = "[\u3040-\u30ff\u3400-\u9fff]"
_BLANK = re.compile(rf"{_OWN} [\w%+]|[\w%>)] {_OWN}", re.ASCII)
# An exclamation or question mark may be what is to be typed.
_HALF = re.compile(rf"{_OWN}[,;:(]|[,;:] ?{_OWN}")


@dataclass(frozen=True)
class Problem:
    """What is wrong with one string in one language."""

    locale: str
    msgid: str
    why: str

    def __str__(self) -> str:
        return f"{self.locale}: {self.why}: {self.msgid!r}"


def said(root: Path) -> Catalog:
    """All marked strings of the code and the templates below `root`, and the glossary, with the files that say them."""
    found = Catalog(charset="utf-8")
    for file in sorted(
        [*root.rglob("*.py"), *root.rglob("templates/**/*.html"), *root.rglob("templates/**/*.txt")]
    ):
        if any(file.match(pattern) for pattern in UNTRANSLATED):
            continue
        text = file.read_text()
        keywords = KEYWORDS
        if file.suffix == ".py":
            keywords = KEYWORDS | _aliases(text)
        else:
            text = _as_python(text, str(file))
        where = file.relative_to(root.parent).as_posix()
        for _line, message, comments, context in extract(
            "python", io.BytesIO(text.encode()), keywords, comment_tags=("Translators:",)
        ):
            found.add(message, locations=[(where, 0)], auto_comments=comments, context=context)
    for word, meaning in words.rows(root.parent / "docs" / "words.md"):
        found.add(word, locations=[("docs/words.md", 0)])
        found.add(meaning, locations=[("docs/words.md", 0)])
    return found


def _aliases(source: str) -> dict[str, Any]:
    """The names under which a Python file imports the functions of gettext: `gettext_lazy as L_` makes L_ one."""
    imports = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom))
    names = [name for node in imports if node.module == "django.utils.translation" for name in node.names]
    return {name.asname: KEYWORDS[name.name] for name in names if name.asname and name.name in KEYWORDS}


def _as_python(template: str, origin: str) -> str:
    """A template as calls of gettext. Indentation goes, because it means nothing here and something to a tokenizer."""
    return "\n".join(line.lstrip() for line in templatize(template, origin=origin).splitlines())


def read(locale: str, root: Path) -> Catalog:
    """The catalogue of a language, empty if there is none yet."""
    file = catalogue_file(locale, root)
    if not file.exists():
        return Catalog(locale, charset="utf-8", fuzzy=False)
    with file.open("rb") as po:
        return read_po(po, locale=locale)


def catalogue_file(locale: str, root: Path) -> Path:
    return root / locale / "LC_MESSAGES" / "django.po"


def update(locale: str, source: Catalog, root: Path) -> None:
    """Give a language the strings that are said now: new ones empty, old ones gone, nothing guessed."""
    known = read(locale, root)
    updated = Catalog(
        locale,
        charset="utf-8",
        fuzzy=False,
        project="Dialtone",
        version="1",
        copyright_holder="the Dialtone authors",
        msgid_bugs_address="",
        creation_date=known.creation_date,
        revision_date=known.revision_date,
    )
    for message in _messages(source):
        before = known.get(_key(message), message.context)
        kept = before.string if before is not None and before.id == message.id else None
        updated.add(
            message.id,
            kept,
            locations=message.locations,
            flags=message.flags,
            auto_comments=message.auto_comments,
            context=message.context,
        )
    file = catalogue_file(locale, root)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as po:
        write_po(po, updated, width=110, include_lineno=False, sort_by_file=True)


def problems(
    locale: str, source: Catalog, catalogue: Catalog, allowed: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """What is missing or wrong in one language. `allowed` may read the same as in English."""
    for message in _messages(source):
        found = catalogue.get(_key(message), message.context)
        key = _key(message)
        if found is None or found.id != message.id:
            yield Problem(locale, key, "is not in the catalogue (./run messages)")
        elif found.fuzzy:
            yield Problem(locale, key, "is fuzzy")
        else:
            yield from (
                Problem(locale, key, why) for why in _faults(message, found, catalogue, key in allowed)
            )
    for message in _messages(catalogue):
        if source.get(_key(message), message.context) is None:
            yield Problem(locale, _key(message), "is not said any more (./run messages)")


def _faults(message: Message, found: Message, catalogue: Catalog, may_equal: bool) -> Iterator[str]:
    originals = _forms(message.id)
    translations = _forms(found.string)
    wanted = catalogue.num_plurals if len(originals) > 1 else 1
    if len(translations) != wanted or not all(translations):
        yield "is not translated"
        return
    plural = originals[-1]
    for translation in translations:
        # A singular may leave its count out ("one number"); nothing else may be lost, and nothing invented.
        expected, given = set(_PLACEHOLDER.findall(plural)), set(_PLACEHOLDER.findall(translation))
        may_lose_one = translation is not translations[-1]
        if given != expected and not (may_lose_one and given < expected and len(expected - given) == 1):
            yield f"has other placeholders ({' '.join(sorted(given ^ expected))})"
        if sorted(_TAG.findall(translation)) != sorted(_TAG.findall(plural)):
            yield "has other markup"
        if _edges(translation) != _edges(plural):
            yield "begins or ends with other white space"
        yield from _manner(str(catalogue.locale), translation)
        if translation in originals and not may_equal and _WORD.search(_PLACEHOLDER.sub("", translation)):
            yield "reads the same as in English (tools/translations_allow.txt names the few that may)"


def _manner(locale: str, translation: str) -> Iterator[str]:
    """Marks and blanks as the language sets them (docs/translating.md, "Manner"): of Japanese and Chinese, and the quotes."""
    if locale in _OTHERS_QUOTES and any(mark in translation for mark in _OTHERS_QUOTES[locale]):
        yield "has quotes of another language"
    if locale in _WIDE and _BLANK.search(translation):
        yield "has a blank between Latin and its own letters"
    if locale in _WIDE and _HALF.search(translation):
        yield "has a half-width mark beside its own letters"


def _edges(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def _forms(text: str | Iterable[str] | None) -> list[str]:
    if text is None:
        return []
    return [text] if isinstance(text, str) else list(text)


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _key(message: Message) -> str:
    return _forms(message.id)[0]


def allowed_equal(text: str) -> dict[str, frozenset[str]]:
    """The list of strings that read the same in a language, by locale. A line is LOCALE, tab, msgid; * means all."""
    found: dict[str, set[str]] = {locale: set() for locale in LOCALES}
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        locale, _, msgid = line.partition("\t")
        for each in LOCALES if locale == "*" else (locale,):
            found[each].add(msgid.replace("\\n", "\n"))
    return {locale: frozenset(msgids) for locale, msgids in found.items()}


def untranslated(catalogue: Catalog) -> int:
    """How many strings of a catalogue lack a translation, or a form of it."""
    return sum(1 for message in _messages(catalogue) if not all(_forms(message.string) or [""]))


def main() -> int:
    """Print what is wrong in any language that has been begun, the first of each."""
    source = said(REPO / "dialtone")
    allowed = allowed_equal(ALLOWED.read_text())
    known_terms = terms.terms(terms.DOCUMENT.read_text())
    counts: Counter[str] = Counter()
    for locale in LOCALES:
        if not (REPO / "locale" / locale).exists():
            # Said, not hidden: until its catalogue is begun, this language's readers see English.
            print(f"{locale}: not begun, {len(source)} strings are shown in English")
            continue
        catalogue = read(locale, REPO / "locale")
        for problem in [
            *problems(locale, source, catalogue, allowed[locale]),
            *(Problem(locale, msgid, why) for msgid, why in terms.deviations(locale, catalogue, known_terms)),
        ]:
            counts[locale] += 1
            if counts[locale] <= SHOWN:
                print(problem)
        if counts[locale] > SHOWN:
            print(f"{locale}: and {counts[locale] - SHOWN} more")
    for file, text in unmarked.in_all(REPO / "dialtone", UNTRANSLATED):
        counts["templates"] += 1
        print(f"{file.relative_to(REPO)}: is not marked for translation: {text!r}")
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main())
