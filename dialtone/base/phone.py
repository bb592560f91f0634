"""A phone number is a value: parsed once at the edge, canonical E.164 inside (N8).

Programs send canonical E.164 only; people type as they like and see what was made of it. The traps are measured in the
reliability page, 0.21: extensions vanish, letters become digits, 911 becomes +1911, other scripts' digits pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from dialtone.base.problems import Problem

EMERGENCY = frozenset(
    {
        "911",
        "112",
        "999",
        "000",
        "111",
        "110",
        "118",
        "119",
        "100",
        "101",
        "102",
        "103",
        "104",
        "108",
        "933",
        "988",
    }
)
_CANONICAL = re.compile(r"\+[1-9][0-9]{1,14}")
_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015/\u00a0\u2060]+")
_KINDS = {
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.UAN: "non_geographic",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
}


@dataclass(frozen=True, order=True)
class PhoneNumber:
    """A number in E.164, for example +12125550101."""

    e164: str

    @classmethod
    def parse_api(cls, text: object, field: str = "/number") -> PhoneNumber:
        """From a program: canonical E.164 and nothing else. Raises Problem phone.*."""
        if not isinstance(text, str):
            raise Problem("phone.not_text", field=field)
        shown = {"number": text[:40]}
        if re.fullmatch(r"\+?1?911|\+?(112|999|000)", text):
            raise Problem("phone.emergency", field=field, values=shown)
        if not text.startswith("+"):
            raise Problem("phone.national", field=field, values=shown)
        digits = text[1:]
        if not digits:
            raise Problem("phone.too_short", field=field, values=shown)
        if not (digits.isascii() and digits.isdigit()):
            raise Problem("phone.digits_only", field=field, values=shown)
        if len(digits) > 15:
            raise Problem("phone.too_long", field=field, values=shown)
        return cls._checked(text, field)

    @classmethod
    def parse_form(cls, text: object, country: str, field: str = "/number") -> PhoneNumber:
        """From a person: separators, national and international spellings of the country. Raises Problem phone.*."""
        if not isinstance(text, str) or not text.strip():
            raise Problem("phone.too_short", field=field, values={"number": ""})
        shown = {"number": text.strip()[:40]}
        plain = _SEPARATORS.sub("", text.strip())
        if not re.fullmatch(r"\+?[0-9]+", plain) or not plain.isascii():
            raise Problem("phone.digits_only", field=field, values=shown)
        if plain.lstrip("+") in EMERGENCY or len(plain.lstrip("+")) < 5:
            raise Problem("phone.emergency", field=field, values=shown)
        if len(plain) > 20:
            raise Problem("phone.too_long", field=field, values=shown)
        if not plain.startswith("+"):
            try:
                parsed = phonenumbers.parse(plain, country)
            except phonenumbers.NumberParseException as error:
                raise Problem("phone.invalid", field=field, values=shown) from error
            plain = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        return cls._checked(plain, field)

    @classmethod
    def parse_compatible(cls, text: object, field: str = "/phoneNumber") -> PhoneNumber:
        """From the compatible API: formatting characters and ten-digit US numbers are accepted."""
        if not isinstance(text, str):
            raise Problem("phone.not_text", field=field)
        return cls.parse_form(text, "US", field)

    @classmethod
    def _checked(cls, text: str, field: str) -> PhoneNumber:
        shown = {"number": text}
        if not _CANONICAL.fullmatch(text):
            raise Problem("phone.invalid", field=field, values=shown)
        try:
            parsed = phonenumbers.parse(text, None)
        except phonenumbers.NumberParseException as error:
            raise Problem("phone.country_code", field=field, values=shown) from error
        # The library repairs (+4402… becomes +442…): what it would change was not canonical.
        if phonenumbers.format_number(parsed, PhoneNumberFormat.E164) != text:
            raise Problem("phone.invalid", field=field, values=shown)
        found = cls(text)
        if not (phonenumbers.is_valid_number(parsed) or found.is_fictional):
            raise Problem("phone.invalid", field=field, values=shown)
        return found

    @cached_property
    def _parsed(self) -> phonenumbers.PhoneNumber:
        return phonenumbers.parse(self.e164, None)

    @property
    def is_fictional(self) -> bool:
        """North American numbers 555-0100 to 555-0199 of an existing area code: kept for examples, used by the sandbox."""
        match = re.fullmatch(r"\+1([2-9][0-9]{2})55501[0-9]{2}", self.e164)
        return (
            bool(match) and phonenumbers.is_possible_number(phonenumbers.parse(f"+1{match[1]}2345678", None))
            if match
            else False
        )

    @property
    def country(self) -> str:
        """ISO code of the country; "" for numbers of no country (+800, +883)."""
        found = phonenumbers.region_code_for_number(self._parsed)
        if found is None and self.is_fictional:
            found = phonenumbers.region_code_for_number(phonenumbers.parse(self.e164[:5] + "2345678", None))
        return found if found and found != "001" else ""

    @property
    def kind(self) -> str:
        """standard, toll_free, premium, shared_cost, mobile, non_geographic, voip, personal, pager."""
        return _KINDS.get(phonenumbers.number_type(self._parsed), "standard")

    @property
    def digits(self) -> int:
        return int(self.e164[1:])

    def formatted(self, style: str = "international") -> str:
        """As people write it: style international or national."""
        form = PhoneNumberFormat.NATIONAL if style == "national" else PhoneNumberFormat.INTERNATIONAL
        return str(phonenumbers.format_number(self._parsed, form))

    def __str__(self) -> str:
        return self.e164
