"""What each class of outcome demands of an answer: its status, that the refusal helps, that nothing was lost or changed."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The statuses of each class. A field is 422 on our own paths and 400 on compatible ones, which know no 422.
STATUSES: Mapping[str, tuple[int, ...]] = {
    "reject_request": (400, 405, 408, 411, 413, 414, 415),
    "reject_field": (422, 400),
    "reject_auth": (401,),
    "reject_forbidden": (403,),
    "not_found": (404,),
    "conflict": (409,),
    # Several things are wrong at once, each with its field and code; the worst gives the status.
    "refused": (409, 422),
    "precondition": (412, 428),
    "rate_limited": (429,),
    "accept_normalised": (200, 201, 204, 302),
    "accept_inert": (200, 201, 204, 302),
    "accept_noop": (200, 201, 204, 302),
    "quarantine": (200, 201, 202),
}
# What would tell a stranger how we are built, or where.
LEAKS = re.compile(
    rb"Traceback|psycopg|django\.|ninja|pydantic|\bSELECT\b.+\bFROM\b|site-packages|/work/|\.py\b|IntegrityError",
    re.I,
)


@dataclass(frozen=True)
class Answer:
    """What came back. For a form, `typed` is what was sent."""

    status: int
    headers: Mapping[str, str]
    content: bytes
    body: Any = None
    typed: Mapping[str, str] | None = None
    path: str = ""

    @property
    def text(self) -> str:
        """What a reader sees."""
        if self.body is None:
            return html.unescape(self.content.decode(errors="replace"))
        return self.content.decode("unicode_escape", errors="replace") if self.content else ""

    @property
    def plain(self) -> tuple[int, bytes, dict[str, str]]:
        """Without what differs in every answer: request id, nonces, tokens of forms, and the address that was asked for."""
        content = self.content.replace(self.path.encode(), b"") if self.path else self.content
        content = re.sub(rb"ROUTER_\w+|nonce=\"[^\"]*\"|\b\w{64}\b", b"", content)
        differing = {"Expires", "TrackingID", "Content-Security-Policy", "Content-Length"}
        kept = {name: value for name, value in self.headers.items() if name not in differing}
        return self.status, content, kept


def judge(answer: Answer, case: Any) -> None:
    """Fails unless the answer is of the class that the case demands, and says what it has to say."""
    assert answer.status < 500, answer.text[:500]
    assert not LEAKS.search(answer.content), LEAKS.search(answer.content)
    outcome = case.get("outcome")
    # A form that comes back says 422 whatever it was refused for; the code stands beside the field.
    allowed = STATUSES[outcome] + (
        (422,) if answer.typed is not None and outcome in ("conflict", "precondition") else ()
    )
    assert answer.status in allowed, (answer.status, answer.text[:700])
    if not outcome.startswith(("accept", "quarantine")):
        _refusal(answer, case)
    for words in _list(case.get("says")):
        assert words.lower() in answer.text.lower(), (words, answer.text[-1500:])
    for words in _list(case.get("shows")):
        assert words in answer.text, (words, answer.text[-1500:])
    for words in _list(case.get("hides")):
        assert words not in answer.text, words


def _refusal(answer: Answer, case: Any) -> None:
    assert answer.headers.get("TrackingID"), "the answer has no id to ask for"
    if answer.status == 429:
        assert answer.headers.get("Retry-After")
    if answer.body is not None:
        _api_refusal(answer, case)
    elif answer.typed is not None and case.get("outcome") == "reject_field":
        _form_refusal(answer, case)


def _api_refusal(answer: Answer, case: Any) -> None:
    """The error body: a sentence, a stable code, and for a field its place and what is allowed or what to do."""
    assert {"message", "errors", "trackingId"} <= set(answer.body), answer.body
    assert answer.body["trackingId"] == answer.headers["TrackingID"]
    errors = answer.body["errors"]
    assert errors
    assert all(each["code"] and each["description"] for each in errors), errors
    codes = [each["code"] for each in errors]
    for code in _list(case.get("code")):
        assert code in codes, codes
    if case.get("outcome") == "reject_field":
        assert all(each.get("field", "").startswith("/") for each in errors), errors
    if case.get("field"):
        assert case.get("field") in [each.get("field") for each in errors], errors


def _form_refusal(answer: Answer, case: Any) -> None:
    """The text stands beside its field, and everything that was typed is still there."""
    text = answer.text
    if case.get("field"):
        assert f'id="id_{case.get("field")}_error"' in text, text[-3000:]
    for name, value in (answer.typed or {}).items():
        if (
            not isinstance(value, str)
            or not value
            or len(value) > 1000
            or name.startswith(("password", "pin"))
        ):
            continue
        assert value in text, f"what was typed for {name} is lost: {value!r}"


def _list(value: Any) -> list[str]:
    return [] if value is None else list(value) if isinstance(value, list) else [str(value)]
