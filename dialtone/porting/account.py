"""The account with the present carrier: what is entered, which parts a country wants, and what cannot be right. Pure.

Sources: PORT-18, PORT-26, PORT-27, PORT-39, PORT-47 to PORT-49, PORT-51, PORT-55, PORT-58, PORT-59, ERR-20.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dialtone.base.address import CivicAddress
from dialtone.countries.facts import AccountField, Porting
from dialtone.porting import identifiers

KEEP, DISCONNECT = "keep", "disconnect"
SHORTEST_PIN, LONGEST_PIN = 4, 15

# The country's own name for the code, and how programs write it.
CODE_NAMES = {
    "rio_code": "rioCode",
    "siret_code": "siretCode",
    "vat_number": "vatNumber",
    "tax_id": "taxId",
    "company_registration_number": "companyRegistrationNumber",
    "migration_code": "migrationCode",
    "fiscal_code_of_authorizing_person": "fiscalCode",
    "acn_or_abn": "acnOrAbn",
    "nzbn": "nzbn",
}


@dataclass(frozen=True)
class Account:
    """What was entered about the account with the present carrier; "" or empty where nothing was.

    `has_no_account_number` says that the carrier gives none; `kept` are numbers of the account that stay behind, and
    `kept_action` what becomes of them; `codes` are the country's own fields by name. The PIN is kept elsewhere, encrypted.
    """

    account_number: str = ""
    has_no_account_number: bool = False
    company_name: str = ""
    authorized_name: str = ""
    billing_number: str = ""
    service_address: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()
    kept_action: str = ""
    new_billing_number: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Account:
        told = dict(kept)
        return cls(**{**told, "kept": tuple(told.get("kept", ()))})

    @property
    def address(self) -> CivicAddress | None:
        return CivicAddress.from_json(self.service_address) if self.service_address else None

    def with_codes(self, codes: Mapping[str, str]) -> Account:
        return replace(self, codes={name: code for name, code in codes.items() if code})


@dataclass(frozen=True)
class Lack:
    """Something that is missing or cannot be right: a code of `problems.py`, the field as programs write it, and values."""

    code: str
    field: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def wanted_codes(rules: Porting, port_type: str) -> tuple[AccountField, ...]:
    """The country's own fields that an order of this type asks for; "new billing number" has a field of its own.

    >>> from datetime import date
    >>> from dialtone import countries
    >>> [each.any_of for each in wanted_codes(countries.get("FR", date(2026, 11, 24)).porting, "isolated")]
    [('rio_code',), ('siret_code',)]
    """
    return tuple(each for each in rules.fields if each.any_of[0] != "new_billing_telephone_number")


def lacks(account: Account, numbers: Sequence[str], port_type: str, rules: Porting) -> list[Lack]:
    """What an order of these numbers still lacks about the account before it can be handed in.

    That the account number must be there can only be told where the carrier says so (ERR-02): somebody whose carrier
    gives none says so instead of leaving it blank (BAD-PRT-13).
    """
    found = []
    if not account.account_number and not account.has_no_account_number:
        found.append(Lack("field.required", "/accountNumber"))
    for value, name in (
        (account.company_name, "/companyName"),
        (account.authorized_name, "/authorizedName"),
        (account.billing_number, "/billingNumber"),
        (account.service_address, "/serviceAddress"),
    ):
        if not value:
            found.append(Lack("field.required", name))
    found += [
        Lack("porting.code_needed", f"/{CODE_NAMES[each.any_of[0]]}", {"names": each.any_of})
        for each in wanted_codes(rules, port_type)
        if each.required
        and each.when == "always"
        and not any(account.codes.get(name) for name in each.any_of)
    ]
    return found + contradictions(account, numbers, port_type)


def contradictions(account: Account, numbers: Sequence[str], port_type: str) -> list[Lack]:
    """What of the entries cannot all be true, whatever is still missing."""
    found = []
    listed = set(numbers)
    if account.billing_number and account.billing_number not in listed | set(account.kept):
        found.append(
            Lack("porting.billing_number_unknown", "/billingNumber", {"number": account.billing_number})
        )
    twice = listed & set(account.kept)
    if twice:
        found.append(Lack("porting.kept_and_ported", "/keptNumbers", {"number": min(twice)}))
    if account.new_billing_number and account.new_billing_number not in account.kept:
        found.append(
            Lack("porting.new_billing_number", "/newBillingNumber", {"number": account.new_billing_number})
        )
    return found + _french(account, listed, port_type)


def moves_billing_number_away(account: Account, numbers: Sequence[str]) -> bool:
    """Whether the account loses its billing number while other numbers stay (ERR-11); the whole account may go (H35)."""
    return bool(account.kept) and account.billing_number in set(numbers)


def _french(account: Account, listed: set[str], port_type: str) -> list[Lack]:
    """The four French port types take along what their name says (PORT-47, PORT-48)."""
    takes_main = account.billing_number in listed
    if port_type == "isolated" and len(listed) > 1:
        return [Lack("porting.isolated_is_one", "/portType", {"count": len(listed)})]
    if not account.billing_number:
        return []
    if port_type == "full" and (not takes_main or account.kept):
        return [Lack("porting.full_takes_all", "/portType")]
    if port_type == "partial" and takes_main:
        return [Lack("porting.partial_leaves_main", "/portType")]
    if port_type == "complex":
        if not takes_main:
            return [Lack("porting.complex_takes_main", "/portType")]
        if not account.new_billing_number:
            return [Lack("field.required", "/newBillingNumber")]
    return []


def read_pin(text: str) -> str | None:
    """The PIN as digits, or None when it cannot be one. It is never quoted back (BAD-PRT-14)."""
    pin = text.strip()
    is_pin = pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN
    return pin if is_pin else None


def read_codes(
    entered: Mapping[str, str], country: str, numbers: Sequence[str]
) -> tuple[dict[str, str], list[Lack]]:
    """The country's own fields, cleaned, and those that cannot be right. Empty ones are left out."""
    good, bad = {}, []
    for name, text in entered.items():
        if not text.strip():
            continue
        try:
            good[name] = identifiers.read(name, text, country, numbers)
        except identifiers.Wrong as wrong:
            values = {"value": text.strip()[:40], "allowed": wrong.allowed}
            bad.append(Lack("porting.code_wrong", f"/{CODE_NAMES.get(name, name)}", values))
    return good, bad
