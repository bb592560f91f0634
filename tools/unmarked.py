"""Text of templates that nobody marked for translation: what is left when every tag of Django is taken away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(r"[^\w/]*/")  # /orders/…, perhaps after a colon
_SPOKEN = {"title", "alt", "placeholder", "aria-label", "label"}
# What is read by programs only, or is the same in every language.
_SILENT = {"script", "style", "svg", "code", "pre"}
# Blocks that hold no text of the page: translated text, remarks, names of classes.
_INSIDE = re.compile(r"blocktrans|comment$|block \w*_class$")
_OUTSIDE = {"endblocktranslate", "endblocktrans", "endcomment"}


class _Text(HTMLParser):
    """Gathers what people read or hear."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self.found += [value for name, value in attrs if name in _SPOKEN and value and _WORD.search(value)]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        words = data.strip()
        if not self._silent and _WORD.search(words) and not _ADDRESS.match(words):
            self.found.append(" ".join(words.split()))


def unmarked(template: str) -> list[str]:
    """The texts of a template outside translation tags. Addresses (/orders/…) and what stands in <code> or <pre> may stay."""
    reader = _Text()
    reader.feed("".join(_pieces(Lexer(template).tokenize())))
    return reader.found


def _pieces(tokens: list[Token]) -> Iterator[str]:
    until = ""
    before = ""
    for token in tokens:
        piece = ""
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            if until and (name in _OUTSIDE or name == until):
                until = ""
            elif not until and _INSIDE.match(token.contents):
                until = f"end{name}"
            # `<{% if … %}a …` opens a tag all the same: no blank after the angle.
            piece = "" if before.endswith("<") else " "
        elif token.token_type == TokenType.TEXT and not until:
            piece = token.contents
        elif token.token_type == TokenType.VAR:
            piece = " "
        before = piece or before
        yield piece


def in_all(root: Path, without: tuple[str, ...] = ()) -> Iterator[tuple[Path, str]]:
    """Every unmarked text of the templates below `root`, with its file."""
    for file in sorted([*root.rglob("templates/**/*.html"), *root.rglob("templates/**/*.txt")]):
        if not any(file.match(pattern) for pattern in without):
            yield from ((file, text) for text in unmarked(file.read_text()))
