"""What letters about port orders name by code, in the words of the reader for whom they are written."""

from __future__ import annotations

from django import template

from dialtone.porting import rejections
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
