"""The one reader of JSON bodies: strict, bounded, and precise about what it refuses (bad_inputs, area envelope).

Python's own reader takes NaN, repeats, lone surrogates and NUL, and recurses; each of these breaks something further
in (measured, reliability 0.20). Numbers with a point become Decimal, never float.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from dialtone.base.problems import Problem

LIMIT = 1024 * 1024
DEPTH = 32
# More than any amount, count or micro-unit needs, and little enough to store and to compute with.
LONGEST_NUMBER = 40
LARGEST_EXPONENT = 40

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[\[\]{}]', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class _Unusable:
    """A number that cannot be used, kept until it is known in which field it stands."""

    written: str


def read(
    body: bytes,
    content_type: str,
    *,
    limit: int = LIMIT,
    depth: int = DEPTH,
    content_encoding: str | None = None,
) -> dict[str, Any]:
    """The object in a request body. Raises Problem request.*, text.control.

    >>> read(b'{"price": 1.50}', "application/json")
    {'price': Decimal('1.50')}
    """
    _check_headers(content_type, content_encoding)
    if len(body) > limit:
        raise Problem("request.too_large", values={"limit": limit})
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("request.not_utf8", values={"position": error.start + 1}) from error
    if not text.strip():
        raise Problem("request.empty")
    _check_depth(text, depth)
    try:
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_Unusable,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise Problem("request.bad_json", values={"position": error.pos + 1}) from error
    if not isinstance(value, dict):
        raise Problem("request.not_object")
    _check(value, "")
    return value


def _check_headers(content_type: str, content_encoding: str | None) -> None:
    if content_encoding and content_encoding.strip().lower() != "identity":
        raise Problem("request.encoding", values={"encoding": content_encoding[:20]})
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() != "application/json":
        raise Problem("request.wrong_type")
    for parameter in parameters.lower().split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8"):
            raise Problem("request.charset")


def _check_depth(text: str, most: int) -> None:
    """Counted before parsing, because the parser recurses."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
            if depth > most:
                raise Problem("request.too_deep", values={"limit": most})
        elif first in "]}":
            depth -= 1


def _decimal(written: str) -> Decimal | _Unusable:
    try:
        value = Decimal(written)
    except InvalidOperation:  # an exponent beyond all bounds
        return _Unusable(written)
    if len(written) > LONGEST_NUMBER or abs(value.adjusted()) > LARGEST_EXPONENT:
        return _Unusable(written)
    return value


def _integer(written: str) -> int | _Unusable:
    return _Unusable(written) if len(written) > LONGEST_NUMBER else int(written)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            # Which of the two is meant is not ours to guess.
            raise Problem("request.twice", values={"name": name[:80].encode("ascii", "replace").decode()})
        found[name] = value
    return found


def _check(value: Any, pointer: str) -> None:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            raise Problem("text.control", field=pointer)
    elif isinstance(value, _Unusable):
        raise Problem("request.number", field=pointer, values={"number": value.written[:20]})
    elif isinstance(value, dict):
        for name, each in value.items():
            if _UNSTORABLE.search(name):
                raise Problem("text.control", field=pointer or "/", values={"field": pointer or "/"})
            _check(each, f"{pointer}/{_escaped(name)}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check(each, f"{pointer}/{index}")


def _escaped(name: str) -> str:
    """A name as part of a JSON pointer (RFC 6901)."""
    return name[:80].replace("~", "~0").replace("/", "~1")
