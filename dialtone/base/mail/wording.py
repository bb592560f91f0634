"""A letter's words: one text template per letter; the HTML beside it is made from the same text, so that both
say the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

_LINK = re.compile(r"(?P<label>.*?)[:：]?\s*(?P<url>https?://\S+)")


@dataclass(frozen=True)
class Worded:
    """What the reader gets."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Line:
    """A line of a letter; with `url`, it becomes a button that says `words`."""

    words: str
    url: str = ""


def render(template: str, language: str, facts: Mapping[str, Any]) -> Worded:
    """Word a letter in a language (an unknown one falls back to English). The template's first line is the subject."""
    context = {**facts, "base_url": settings.BASE_URL, "sandbox": settings.SANDBOX}
    with translation.override(language):
        whole = render_to_string(f"mail/{template}.txt", context).strip()
        subject, _, text = whole.partition("\n")
        subject = " ".join(subject.split())[:200]
        text = re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"
        html = render_to_string(
            "mail/layout.html",
            {"subject": subject, "paragraphs": _paragraphs(text), "language": translation.get_language()},
        )
    return Worded(subject, text, html)


def _paragraphs(text: str) -> list[list[Line]]:
    return [[_line(line) for line in part.splitlines()] for part in text.strip().split("\n\n")]


def _line(line: str) -> Line:
    found = _LINK.fullmatch(line.strip())
    return Line(found["label"] or found["url"], found["url"]) if found else Line(line)
