"""A field for several files at once, as cases take them; what is in them is checked where they are kept."""

from __future__ import annotations

from typing import Any

from django import forms

PAPERS = ".pdf,.png,.jpg,.jpeg"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Answers a list of uploaded files; empty where none was chosen."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", FilesInput({"accept": PAPERS, "multiple": True}))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        # An empty file goes on: whoever keeps it refuses it by name.
        return list(data or []) if isinstance(data, (list, tuple)) else [data] if data else []
