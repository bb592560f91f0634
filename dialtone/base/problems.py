"""Refusals: a stable code, the HTTP status of its class, a sentence for people, what is allowed, and the way on.

Rooms raise `Problem(code, field=..., values=...)`; only the doors put it into words. Each room registers its codes in its
own `problems.py`. Source: bad_inputs classes (what each status means), webex-api conventions (integer error codes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

UNREADABLE = 400
UNKNOWN_CALLER = 401
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
STALE = 412
TOO_LARGE = 413
WRONG_TYPE = 415
FIELD = 422
VERSION_NEEDED = 428
TOO_MANY = 429


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue. The texts are lazily translated, with named places for values."""

    code: str
    status: int
    sentence: Any
    allowed: Any
    next_step: Any
    error_code: int


_catalogue: dict[str, Entry] = {}


def register(
    code: str, status: int, sentence: Any, *, allowed: Any = "", next_step: Any = "", error_code: int = 0
) -> None:
    """Add a code to the catalogue. Registering the same code differently is a bug and raises."""
    entry = Entry(code, status, sentence, allowed, next_step, error_code)
    known = _catalogue.get(code)
    if known is not None and known.error_code != error_code:
        raise ValueError(f"{code} is registered twice")
    _catalogue[code] = entry


def catalogue() -> Sequence[Entry]:
    """All codes, sorted, for the documentation and the OpenAPI description."""
    return [_catalogue[code] for code in sorted(_catalogue)]


class Problem(Exception):
    """One refusal. `field` is a JSON pointer ("/numbers/0"); `values` fill the sentence."""

    def __init__(self, code: str, *, field: str | None = None, values: Mapping[str, Any] | None = None) -> None:
        if code not in _catalogue:
            raise KeyError(f"problem code {code!r} is not registered")
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = dict(values or {})

    @property
    def entry(self) -> Entry:
        return _catalogue[self.code]

    @property
    def status(self) -> int:
        return self.entry.status

    def sentence(self) -> str:
        """What is wrong, in the active language."""
        return _filled(self.entry.sentence, self.values)

    def allowed_text(self) -> str:
        """What would be allowed, in the active language; "" when there is nothing to add."""
        return _filled(self.entry.allowed, self.values)

    def next_text(self) -> str:
        """What to do next, in the active language."""
        return _filled(self.entry.next_step, self.values)


class Problems(Exception):
    """Several refusals at once: all that is wrong, so that nobody has to guess step by step."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("no problem at all")
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = list(problems)

    @property
    def status(self) -> int:
        return self.problems[0].status


def _filled(text: Any, values: Mapping[str, Any]) -> str:
    rendered = str(text)
    return rendered % values if values and "%(" in rendered else rendered


register("not_found", NOT_FOUND, _("There is nothing here under this id."), next_step=_("Check the address, or go back to the list."), error_code=25001)
register("permission.missing", FORBIDDEN, _("You may see this, but not do it: the permission %(permission)s is missing."), next_step=_("Ask an administrator of your organisation."), error_code=25002)
register("auth.needed", UNKNOWN_CALLER, _("Sign in, or send a valid token."), next_step=_("Send the header Authorization: Bearer and your token."), error_code=25003)
register("auth.form_expired", FORBIDDEN, _("This page was open for too long, or its form was not complete."), next_step=_("Open the page again; what you typed can be sent again."), error_code=25004)
register("request.unreadable", UNREADABLE, _("The request could not be read."), error_code=25005)
