"""What type of call a record is, by the number on the other side; in the words that decisions use, too."""

from __future__ import annotations

from dialtone import countries
from dialtone.base import clock
from dialtone.calls.dialled import Dialled, read
from dialtone.calls.emergency import emergency_code
from dialtone.calls.reading import ReadCall
from dialtone.calls.rules import INBOUND, CallType, type_of
from dialtone.calls.snapshot import dialling_of
from dialtone.numbers.worldplan import world_plan


def call_type(call: ReadCall, country: str) -> str:
    """The type of a call of a number in `country`: a CallType, or INBOUND."""
    if call.direction == "inbound":
        return INBOUND
    if emergency_code(call.called, countries.emergency_codes(country, clock.today("UTC"))):
        return str(CallType.EMERGENCY)
    dialled = _other(call.called, country)
    if dialled.kind == "number":
        return str(type_of(dialled, country))
    return str(CallType.INTERNAL) if dialled.kind == "extension" else str(CallType.SPECIAL_1)


def type_of_number(e164: str, country: str) -> str:
    """The type of a call from a number in `country` to an outside number."""
    return str(type_of(_other(e164, country), country))


def country_of_other(text: str, country: str) -> str:
    """The country of the other side by its ISO code, "001" for none, "" where the number does not tell."""
    return _other(text, country).country if text else ""


def _other(text: str, country: str) -> Dialled:
    return read(text, dialling_of(country, clock.today("UTC")), world_plan())
