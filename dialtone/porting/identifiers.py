"""Codes that a port order needs by country: cleaned, and refused only on a stated rule. Pure.

Each reader answers the canonical form and raises `Wrong` with what would be right. Formats come from python-stdnum where it
has them; the operator code of French lines (RIO) and the Italian migration code are read here. A valid code refused is the worse
mistake: what has no public check is only checked for its characters and length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum import ean
from stdnum import exceptions as stdnum_exceptions
from stdnum.au import abn, acn
from stdnum.ch import vat as swiss_vat
from stdnum.eu import vat as eu_vat
from stdnum.fr import siret
from stdnum.gb import vat as british_vat
from stdnum.it import codicefiscale

RIO_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+"
_RIO = re.compile(r"[A-Z0-9]{2}[A-Z][A-Z0-9+]{6}[A-Z0-9+]{3}")
_MIGRATION = re.compile(r"[A-Z0-9]{3}[A-Z0-9]{4,12}([0-9]{3})?[A-Z0-9]")
_FREE = re.compile(r"[A-Z0-9][A-Z0-9 ./-]{2,39}")
LONGEST = 60


class Wrong(ValueError):
    """A code that cannot be right. `allowed` says what would be, for people."""

    def __init__(self, allowed: Any) -> None:
        super().__init__(str(allowed))
        self.allowed = allowed


def read(name: str, text: str, country: str, numbers: Sequence[str] = ()) -> str:
    """The canonical form of the field `name` (as in the country files). `numbers` are the lines it may belong to.

    Raises Wrong. Names without a rule of their own are kept as typed.

    >>> read("siret_code", "732 829 320 00074", "FR")
    '73282932000074'
    """
    plain = " ".join(text.upper().split())
    reader = _READERS.get(name)
    return reader(plain, country, numbers) if reader else plain[:LONGEST]


def rio_key(first_nine: str, number: str) -> str:
    """The three check characters of a RIO for a line, from its first nine characters and the national number.

    Source: the operators' common rules for RIO codes (APNF), as published: three running sums modulo 37.

    >>> rio_key("01P123456", "0612345678")
    '36Q'
    """
    sums = [0, 0, 0]
    for sign in first_nine + number:
        place = RIO_SIGNS.index(sign)
        sums = [(factor * each + place) % 37 for factor, each in zip((1, 2, 4), sums, strict=True)]
    return "".join(RIO_SIGNS[each] for each in sums)


def _rio(text: str, country: str, numbers: Sequence[str]) -> str:
    code = text.replace(" ", "").replace("-", "")
    if not _RIO.fullmatch(code):
        raise Wrong(
            _("Twelve letters and digits, such as 01 P 123456 ABC; dial 3179 from the line to hear it.")
        )
    lines = ["0" + number.removeprefix("+33") for number in numbers if number.startswith("+33")]
    if lines and all(rio_key(code[:9], line) != code[9:] for line in lines):
        raise Wrong(
            _(
                "The last three characters belong to another line: the RIO of the line that is billed, or of one of the numbers."
            )
        )
    return code


def _siret(text: str, country: str, numbers: Sequence[str]) -> str:
    return _by(siret, text, _("The 14 digits of the establishment, such as 732 829 320 00074."))


def _fiscal_code(text: str, country: str, numbers: Sequence[str]) -> str:
    return _by(codicefiscale, text, _("The 16 letters and digits of a person's codice fiscale."))


def _migration_code(text: str, country: str, numbers: Sequence[str]) -> str:
    code = text.replace(" ", "").replace("-", "")
    if not _MIGRATION.fullmatch(code):
        raise Wrong(_("The code on the invoice: 7 to 19 letters and digits, such as M2V 029997637 001 W."))
    return code


def _nzbn(text: str, country: str, numbers: Sequence[str]) -> str:
    """The New Zealand business number is a global location number that begins with 94."""
    code = text.replace(" ", "")
    allowed = _("The 13 digits of the New Zealand Business Number; it begins with 94.")
    if not code.startswith("94"):
        raise Wrong(allowed)
    return _by(ean, code, allowed)


def _acn_or_abn(text: str, country: str, numbers: Sequence[str]) -> str:
    for module in (abn, acn):
        if module.is_valid(text):
            return str(module.compact(text))
    raise Wrong(_("An ABN of 11 digits, such as 51 824 753 556, or an ACN of 9, such as 004 085 616."))


def _vat_number(text: str, country: str, numbers: Sequence[str]) -> str:
    if country == "CH":
        return _by(swiss_vat, text, _("Such as CHE-107.787.577 MWST."))
    if country == "GB":
        return _by(british_vat, text, _("Such as GB 980 7806 84."))
    code = text.replace(" ", "").replace(".", "").replace("-", "")
    prefix = {"GR": "EL"}.get(country, country)
    for spelled in (code, prefix + code):
        if eu_vat.is_valid(spelled):
            found = str(eu_vat.compact(spelled))
            return {"GR": "EL"}.get(found[:2], found[:2]) + found[2:]
    raise Wrong(_("A VAT number of this or another country of the European Union, with its country code."))


def _free(text: str, country: str, numbers: Sequence[str]) -> str:
    if not _FREE.fullmatch(text):
        raise Wrong(_("3 to 40 letters and digits."))
    return text


def _by(module: Any, text: str, allowed: Any) -> str:
    try:
        return str(module.validate(text))
    except stdnum_exceptions.ValidationError as error:
        raise Wrong(allowed) from error


_READERS: dict[str, Callable[[str, str, Sequence[str]], str]] = {
    "rio_code": _rio,
    "siret_code": _siret,
    "fiscal_code_of_authorizing_person": _fiscal_code,
    "migration_code": _migration_code,
    "acn_or_abn": _acn_or_abn,
    "nzbn": _nzbn,
    "vat_number": _vat_number,
    "tax_id": _free,
    "company_registration_number": _free,
}
