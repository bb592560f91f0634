"""Pure: settings as documents. A shape says which fields a document has, what each may be, and what it is when nobody has
said; `merged` lays what is told over what was. Documents keep the words of the compatible API, since they come and go
unchanged: what was read may be sent back. Fields that a shape does not have are ignored (webex-api section 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dialtone.base.problems import Problem
from dialtone.base.text import clean


@dataclass(frozen=True)
class Flag:
    """True or false."""

    default: bool = False


@dataclass(frozen=True)
class Choice:
    """One of some words; the first is the default."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    default: int
    least: int
    most: int


@dataclass(frozen=True)
class Text:
    """One line of text, or nothing."""

    most: int = 250
    is_needed: bool = False


@dataclass(frozen=True)
class Checked:
    """Something that a function of its own reads: (value, field) to what is kept; nothing, or an empty list, before.
    Raises Problem."""

    read: Callable[[Any, str], Any]
    is_list: bool = False


@dataclass(frozen=True)
class Rows:
    """A list of documents; what is told replaces all of it."""

    row: Shape
    most: int


Shape = Mapping[str, "Flag | Choice | Whole | Text | Checked | Rows | Shape"]


def defaults(shape: Shape) -> dict[str, Any]:
    """The document of somebody who has said nothing."""
    found: dict[str, Any] = {}
    for name, part in shape.items():
        match part:
            case Flag(default) | Whole(default=default):
                found[name] = default
            case Choice(words):
                found[name] = words[0]
            case Rows() | Checked(is_list=True):
                found[name] = []
            case Text() | Checked():
                found[name] = None
            case _:
                found[name] = defaults(part)
    return found


def merged(shape: Shape, had: Mapping[str, Any], told: Any, field: str) -> dict[str, Any]:
    """`told` over `had`: what is not told stays, null is the default again, lists are replaced. Raises Problem field.*.

    >>> merged({"size": Whole(5, 1, 9), "loud": Flag()}, {"size": 7}, {"loud": True}, "")
    {'size': 7, 'loud': True}
    """
    if not isinstance(told, Mapping):
        raise _wrong_type(field, "an object")
    found = {**defaults(shape), **had}
    for name, part in shape.items():
        if name in told:
            found[name] = _value(part, found[name], told[name], f"{field}/{name}")
    return found


def _value(part: Any, had: Any, told: Any, field: str) -> Any:
    match part:
        case Flag(default):
            return _of_type(default if told is None else told, bool, "true or false", field)
        case Choice(words):
            return _word(words, words[0] if told is None else told, field)
        case Whole(default, least, most):
            return _whole(default if told is None else told, least, most, field)
        case Text(most, is_needed):
            return clean(told, field=field, limit=most, required=is_needed) or None
        case Checked(read):
            return read(told, field)
        case Rows(row, most):
            return _rows(row, most, told, field)
        case _:
            return merged(part, had or {}, told, field) if told is not None else defaults(part)


def _rows(row: Shape, most: int, told: Any, field: str) -> list[Any]:
    rows = _of_type([] if told is None else told, list, "a list", field)
    if len(rows) > most:
        raise Problem("field.too_many", field=field, values={"field": field, "limit": most})
    return [merged(row, {}, each, f"{field}/{index}") for index, each in enumerate(rows)]


def _word(words: tuple[str, ...], told: Any, field: str) -> str:
    told = _of_type(told, str, "text", field)
    if told not in words:
        values = {"value": told[:40], "choices": ", ".join(words)}
        raise Problem("field.not_allowed", field=field, values=values)
    return str(told)


def _whole(told: Any, least: int, most: int, field: str) -> int:
    if isinstance(told, bool):
        raise _wrong_type(field, "a whole number")
    number = int(_of_type(told, int, "a whole number", field))
    if not least <= number <= most:
        raise Problem("field.wrong", field=field, values={"expected": f"{least} to {most}"})
    return number


def _of_type(told: Any, kind: type, expected: str, field: str) -> Any:
    if not isinstance(told, kind):
        raise _wrong_type(field, expected)
    return told


def _wrong_type(field: str, expected: str) -> Problem:
    named = field.rpartition("/")[2] or "body"
    return Problem("field.wrong_type", field=field, values={"field": named, "expected": expected})
