"""The one reader of JSON bodies: strict, bounded, and precise about what it refuses (bad_inputs, area envelope)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from dialtone.base.problems import Problem

LIMIT = 1024 * 1024
DEPTH = 32
LONGEST_INTEGER = 40


def read(
    body: bytes,
    content_type: str,
    *,
    limit: int = LIMIT,
    depth: int = DEPTH,
    content_encoding: str | None = None,
) -> dict[str, Any]:
    """The object in a request body. Integers stay int, other numbers become Decimal. Raises Problem request.*, text.control."""
    _check_headers(content_type, content_encoding)
    if len(body) > limit:
        raise Problem("request.too_large", values={"limit": limit})
    if not body.strip():
        raise Problem("request.empty")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("request.not_utf8", values={"position": error.start}) from error
    _check_depth(text, depth)
    try:
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise Problem("request.bad_json", values={"position": error.pos + 1}) from error
    if not isinstance(value, dict):
        raise Problem("request.not_object")
    _check_text(value, "")
    return value


def _check_headers(content_type: str, content_encoding: str | None) -> None:
    if content_encoding and content_encoding.lower() != "identity":
        raise Problem("request.encoding", values={"encoding": content_encoding[:20]})
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() != "application/json":
        raise Problem("request.wrong_type")
    charset = parameters.lower().replace(" ", "").replace('"', "")
    if "charset=" in charset and charset.split("charset=")[1].split(";")[0] not in ("utf-8", "utf8"):
        raise Problem("request.charset")


def _check_depth(text: str, most: int) -> None:
    """Counted before parsing, because the parser recurses."""
    depth = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            if depth > most:
                raise Problem("request.too_deep", values={"limit": most})
        elif char in "]}":
            depth -= 1


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    if abs(value.adjusted()) > 60:
        raise Problem("request.number", values={"number": text[:20]})
    return value


def _integer(text: str) -> int:
    if len(text) > LONGEST_INTEGER:
        raise Problem("request.number", values={"number": text[:20]})
    return int(text)


def _constant(text: str) -> Any:
    raise Problem("request.number", values={"number": text})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem("request.twice", values={"name": name[:80]})
        found[name] = value
    return found


def _check_text(value: Any, pointer: str) -> None:
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise Problem("text.control", field=pointer or "/", values={"field": pointer.rsplit("/", 1)[-1]})
    elif isinstance(value, dict):
        for name, each in value.items():
            _check_text(name, f"{pointer}/{name[:80]}")
            _check_text(each, f"{pointer}/{name[:80]}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check_text(each, f"{pointer}/{index}")
