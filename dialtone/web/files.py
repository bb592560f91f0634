"""Files that people send and get: which are taken as papers, a field for several at once, and the answer that hands one out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.http import content_disposition_header

PAPER_FILES = ".pdf,.png,.jpg,.jpeg"  # what a browser offers; what is in a file is checked where it is kept


def file_response(content: bytes, name: str, media_type: str = "application/pdf") -> HttpResponse:
    """A paper to be looked at or kept; never run."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Answers a list of uploaded files; empty where none was chosen."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput({"accept": PAPER_FILES, "multiple": True}))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        # An empty file goes on: whoever keeps it refuses it by name.
        return list(data or ())
