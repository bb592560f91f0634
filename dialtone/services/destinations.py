"""What a menu or a forwarding may lead to: an extension, a phone number, or a code as one dials it."""

from __future__ import annotations

import re

from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import clean

_CODE = re.compile(r"[*#]?[0-9]{2,15}")


def destination(told: object, field: str, *, is_needed: bool = True) -> str | None:
    """What is dialled, a phone number as E.164; None for nothing. Raises Problem services.destination, field.*.

    >>> destination("1001", "/value"), destination("(312) 555-0182", "/value"), destination("", "/value", is_needed=False)
    ('1001', '+13125550182', None)
    """
    text = clean(told, field=field, limit=40, required=False)
    if not text:
        if is_needed:
            raise Problem("services.destination", field=field, values={"value": ""})
        return None
    if _CODE.fullmatch(text) and len(text) <= 6:
        return text
    try:
        return PhoneNumber.parse_compatible(text, field).e164
    except Problem as problem:
        if _CODE.fullmatch(text):
            return text
        raise Problem("services.destination", field=field, values={"value": text}) from problem
