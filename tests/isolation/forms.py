"""The forms of a page, as a browser would send them untouched."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class Forms(HTMLParser):
    """Reads (action, fields) of every form that posts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, Any]]] = []
        self._fields: dict[str, Any] | None = None
        self._select = ""
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href", "").startswith("/"):
            self.links.append(told["href"])
        if tag == "form":
            self._fields = {} if told.get("method", "").lower() == "post" else None
            if self._fields is not None:
                self.found.append((told.get("action", ""), self._fields))
        if self._fields is None:
            return
        if tag in ("input", "button", "textarea") and told.get("name"):
            is_choice = told.get("type") in ("checkbox", "radio")
            if not is_choice or any(name == "checked" for name, _value in attrs):
                self._fields.setdefault(told["name"], told.get("value", ""))
        if tag == "select":
            self._select = told.get("name", "")
        if tag == "option" and self._select:
            is_chosen = any(name == "selected" for name, _value in attrs)
            if is_chosen or self._select not in self._fields:
                self._fields[self._select] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        if tag == "select":
            self._select = ""
