"""What letters about cases name by code, in the words of the reader for whom they are written."""

from __future__ import annotations

from django import template

from dialtone.support import words

register = template.Library()


@register.filter
def division(code: str) -> str:
    """`{{ "pstn_support"|division }}`: what a division is called. Letters of an earlier version hold its name."""
    return str(words.DIVISIONS.get(code, code))
