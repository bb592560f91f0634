"""What letters about port orders name by code, in the words of the reader for whom they are written."""

from __future__ import annotations

from typing import Any

from django import template

from dialtone.porting import checklist, rejections
from dialtone.web.port_forms import paper_word

register = template.Library()


@register.filter
def error_title(id: str) -> str:
    """`{{ "ERR-05"|error_title }}`: what a porting error is called."""
    return str(rejections.rejection(id).title)


@register.filter
def error_cure(id: str) -> str:
    """What cures a porting error."""
    return str(rejections.rejection(id).cure)


@register.filter
def paper(kind: str) -> str:
    """`{{ "csr"|paper }}`: what a paper is called."""
    return str(paper_word(kind))


@register.filter
def open_point(told: Any) -> str:
    """What is still to be done before the numbers move. Letters that wait since an earlier version hold the sentence itself."""
    return str(checklist.open_words(told["code"], told["count"])) if isinstance(told, dict) else str(told)
