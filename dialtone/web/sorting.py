"""Names in the order of the reader's alphabet, worked out in the database so that pages of a list follow each other.

PostgreSQL may have been built without ICU (ours is), so the letters that come after z are turned into the signs that
follow z in ASCII, and compared byte by byte. Danish and Norwegian end in æ ø å, and aa is å (Aabenraa comes last);
Swedish ends in å ä ö. Other languages order by `search_name`, which knows neither accents nor case.
Source: design.md, "Care"; CLDR collation charts of da, nb and sv.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.expressions import Func
from django.db.models.functions import Collate, Replace
from django.db.models.functions.comparison import Cast
from django.utils.translation import get_language

M = TypeVar("M", bound=Model)

# The field by which a list sorted by `by_name` is ordered; "id" decides between equal names.
ORDER = ("sort_name", "id")

# What stands for what: the lower-case letters of the alphabet's end, then those without their accents.
_ENDS = {
    "da": {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"},
    "nb": {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"},
    "sv": {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"},
}
_PLAIN = dict(zip("áàâãéèêëíìîïóòôõúùûüýñç", "aaaaeeeeiiiioooouuuuync", strict=True))
_DOUBLE_A = {"da", "nb"}


def by_name(found: QuerySet[M], name: str = "name") -> QuerySet[M]:
    """The rows in the order of the reader's alphabet; `name` is the field with the name as it is written."""
    language = get_language() or "en"
    key: Any = F("search_name")
    if language in _ENDS:
        key = _key(name, language)
    ordered: QuerySet[M] = found.annotate(sort_name=key).order_by(*ORDER)  # type: ignore[assignment]
    return ordered


def _key(name: str, language: str) -> Any:
    letters = {**_PLAIN, **_ENDS[language]}
    pairs = [(letter.upper(), sign) for letter, sign in letters.items()]
    pairs += [(chr(each), chr(each).lower()) for each in range(ord("A"), ord("Z") + 1)]
    pairs += list(letters.items())
    key: Any = Func(
        F(name),
        Value("".join(letter for letter, _sign in pairs)),
        Value("".join(sign for _letter, sign in pairs)),
        function="translate",
        output_field=TextField(),
    )
    if language in _DOUBLE_A:
        key = Replace(key, Value("aa"), Value("}"))
    return Collate(Cast(key, TextField()), "C")
