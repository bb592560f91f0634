"""The pre-flight: what of an order the losing carrier will refuse, as far as the bill and the look-up can tell. Pure.

Each finding is the error that it would become, says where on the bill it stands, and offers what would cure it. Findings
never block: the carrier decides. What was not read says so. Sources: PORT-22, ERR-01 to ERR-19, SMB-25, H35.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dialtone.base.address import CivicAddress
from dialtone.porting.account import Account
from dialtone.porting.bill import Bill, Found, bare, day_of, words

WILL, MAY, NOTE = "will", "may", "note"
"""How sure: the carrier will refuse this; it may; or it is only worth knowing."""


@dataclass(frozen=True)
class Fix:
    """What one click would do: set `field` to `value`, keep or remove these numbers, split, or nothing (a link)."""

    action: str
    field: str = ""
    value: Any = ""


@dataclass(frozen=True)
class Finding:
    """One finding. `code` names its sentence (finding_words.py), `values` fill it; `place` is (page, line) of the bill."""

    error: str
    code: str
    sure: str = WILL
    field: str = ""
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    place: tuple[int, int] | None = None
    line: str = ""
    fix: Fix | None = None


@dataclass(frozen=True)
class Order:
    """An order as the pre-flight sees it."""

    numbers: tuple[str, ...]
    account: Account
    country: str
    today: date
    port_type: str = ""
    bill: Bill = dataclasses.field(default_factory=Bill)
    has_bill: bool = False
    bill_dated_on: date | None = None
    bill_max_age_days: int = 30
    has_pin: bool = False
    signer: str = ""
    wished_on: date | None = None
    carrier_first_day: date | None = None
    needs: frozenset[str] = frozenset()
    not_portable: Mapping[str, str] = dataclasses.field(default_factory=dict)
    billing_groups: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)


def findings(order: Order) -> list[Finding]:
    """Everything worth knowing before the order goes out, in the order of the error catalogue, notes last."""
    found = [
        *_account_number(order),
        *_names(order),
        *_billing(order),
        *_date(order),
        *_pin(order),
        *_numbers(order),
        *_address(order),
        *_papers(order),
    ]
    return sorted(found, key=lambda each: (each.sure == NOTE, each.error))


def _account_number(order: Order) -> Iterator[Finding]:
    told, on_bill = order.account.account_number, order.bill.account_number
    if not told:
        if on_bill is not None:
            fix = Fix("set", "/accountNumber", on_bill.value)
            yield _at(
                on_bill, "ERR-02", "account_number_on_bill", "/accountNumber", {"found": on_bill.value}, fix
            )
        elif "account_number" in order.needs:
            yield Finding("ERR-02", "account_number_needed", WILL, "/accountNumber")
        return
    if on_bill is not None and bare(told) != bare(on_bill.value) and order.bill.find(told) is None:
        values = {"entered": told, "found": on_bill.value, **_tails(told, on_bill.value)}
        fix = Fix("set", "/accountNumber", on_bill.value)
        yield _at(on_bill, "ERR-01", "account_number_differs", "/accountNumber", values, fix)


def _names(order: Order) -> Iterator[Finding]:
    for told, on_bill, error, code, field in (
        (order.account.authorized_name, order.bill.name, "ERR-03", "name_differs", "/authorizedName"),
        (order.account.company_name, order.bill.company, "ERR-05", "company_differs", "/companyName"),
    ):
        if not told or not order.bill.is_read or order.bill.find(told) is not None:
            continue
        best = next((each for each in on_bill if any(char.isalpha() for char in each.value)), None)
        if best is not None:
            values = {"entered": told, "found": best.value}
            yield _at(best, error, code, field, values, Fix("set", field, best.value))
        else:
            yield Finding(error, f"{code}_not_found", MAY, field, {"entered": told})


def _billing(order: Order) -> Iterator[Finding]:
    account, numbers = order.account, set(order.numbers)
    groups = order.billing_groups or order.bill.groups
    here = {btn: [n for n in members if n in numbers] for btn, members in groups.items()}
    here = {btn: members for btn, members in here.items() if members}
    if len(here) > 1:
        values = {"count": len(here), "numbers": ", ".join(sorted(here))}
        yield Finding("ERR-06", "several_billing_numbers", WILL, "/phoneNumbers", values, fix=Fix("split"))
    on_bill = {each.value: each for each in order.bill.billing_numbers}
    if account.billing_number and on_bill and account.billing_number not in on_bill and len(here) < 2:
        only = next(iter(on_bill.values()))
        values = {"entered": account.billing_number, "found": only.value}
        fix = Fix("set", "/billingNumber", only.value)
        yield _at(only, "ERR-04", "billing_number_differs", "/billingNumber", values, fix)
    left = _left_behind(order)
    is_told = bool(account.kept_action and account.new_billing_number)
    if account.billing_number in numbers and left and not is_told:
        values = {"number": account.billing_number, "count": len(left), "numbers": _some(left)}
        fix = Fix("remove", "/phoneNumbers", (account.billing_number,))
        yield Finding("ERR-11", "billing_number_leaves", WILL, "/phoneNumbers", values, fix=fix)


def _date(order: Order) -> Iterator[Finding]:
    if order.wished_on and order.carrier_first_day and order.wished_on < order.carrier_first_day:
        values = {"entered": order.wished_on.isoformat(), "found": order.carrier_first_day.isoformat()}
        fix = Fix("set", "/requestedDate", order.carrier_first_day.isoformat())
        yield Finding("ERR-07", "date_too_early", WILL, "/requestedDate", values, fix=fix)


def _pin(order: Order) -> Iterator[Finding]:
    if "pin" in order.needs and not order.has_pin:
        yield Finding("ERR-09", "pin_needed", WILL, "/pin")


def _numbers(order: Order) -> Iterator[Finding]:
    listed = set(order.numbers)
    for why, error, code in (
        ("not_in_service", "ERR-15", "not_in_service"),
        ("rate_center", "ERR-16", "rate_center"),
    ):
        those = tuple(n for n, reason in order.not_portable.items() if reason == why and n in listed)
        if those:
            fix = Fix("remove", "/phoneNumbers", those)
            yield Finding(error, code, WILL, "/phoneNumbers", _listed(those), fix=fix)
    if not order.bill.is_read or not order.bill.numbers:
        return
    strangers = tuple(n for n in order.numbers if n not in order.bill.numbers)
    # A bill that names none of the numbers lists no lines: then nothing can be told.
    if strangers and len(strangers) < len(order.numbers):
        fix = Fix("remove", "/phoneNumbers", strangers)
        yield Finding("ERR-14", "not_on_bill", MAY, "/phoneNumbers", _listed(strangers), fix=fix)
    said = listed | set(order.account.kept)
    unsaid = tuple(n for n in _own_lines(order) if n not in said)
    if unsaid and len(strangers) < len(order.numbers):
        first = order.bill.numbers[unsaid[0]]
        fix = Fix("keep", "/keptNumbers", unsaid)
        yield _at(first, "", "unsaid_numbers", "/keptNumbers", _listed(unsaid), fix, NOTE)


def _address(order: Order) -> Iterator[Finding]:
    address = order.account.address
    if address is None or not order.bill.is_read:
        return
    if not _stands_on(order.bill, address.address1):
        shown = next(
            (each for each in order.bill.address if any(char.isdigit() for char in each.value)), None
        )
        if shown is not None:
            values = {"entered": address.address1, "found": shown.value}
            fix = Fix("set", "/serviceAddress/address1", shown.value)
            yield _at(shown, "ERR-12", "address_differs", "/serviceAddress", values, fix)
    if order.bill.find(address.city) is None and order.bill.address:
        yield Finding("ERR-12", "city_not_found", MAY, "/serviceAddress/city", {"entered": address.city})
    yield from _postal_code(order, address)


def _postal_code(order: Order, address: CivicAddress) -> Iterator[Finding]:
    told = address.postal_code
    if not told or any(bare(told)[:5] in bare(each.text) for each in order.bill.lines):
        return
    city = order.bill.find(address.city)
    shown = _code_in(city.text, told) if city is not None else ""
    if city is not None and shown:
        values = {"entered": told, "found": shown}
        fix = Fix("set", "/serviceAddress/postalCode", shown)
        yield _at(city, "ERR-17", "postal_code_differs", "/serviceAddress/postalCode", values, fix)
    elif order.bill.address:
        yield Finding("ERR-17", "postal_code_not_found", MAY, "/serviceAddress/postalCode", {"entered": told})


def _papers(order: Order) -> Iterator[Finding]:
    if order.has_bill:
        on_bill = order.bill.dated_on
        dated = day_of(on_bill) or order.bill_dated_on
        if dated is not None and (order.today - dated).days > order.bill_max_age_days:
            values = {"found": dated.isoformat(), "days": order.bill_max_age_days}
            place = on_bill or Found("", 0, 0)
            yield _at(
                place, "ERR-18", "bill_too_old", "/documents/bill", values, Fix("upload", "/documents/bill")
            )
        if not order.bill.is_read:
            yield Finding("", "bill_not_read", NOTE, "/documents/bill")
        elif dated is None:
            yield Finding("ERR-18", "bill_without_date", MAY, "/documents/bill")
    if (
        order.signer
        and order.account.authorized_name
        and words(order.signer) != words(order.account.authorized_name)
    ):
        values = {"entered": order.signer, "found": order.account.authorized_name}
        yield Finding("ERR-19", "signer_differs", MAY, "/letter", values, fix=Fix("sign", "/letter"))


def _own_lines(order: Order) -> list[str]:
    """Numbers on the bill that are lines of the account: those that look like the ordered ones, not hotlines."""
    stems = {number[:-4] for number in order.numbers}
    return [n for n in order.bill.numbers if n[:-4] in stems or n in order.bill.groups]


def _left_behind(order: Order) -> tuple[str, ...]:
    """Numbers that stay on the account: those said to stay, and those that only the bill knows of (H35)."""
    on_bill = _own_lines(order) if order.bill.is_read else []
    if order.bill.groups:
        on_bill = list(order.bill.groups.get(order.account.billing_number, ()))
    listed = set(order.numbers)
    return tuple(dict.fromkeys(n for n in (*order.account.kept, *on_bill) if n not in listed))


def _stands_on(bill: Bill, text: str) -> bool:
    wanted = _street(text)
    return any(wanted in _street(each.text) for each in bill.lines)


_SHORT = {
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "strasse": "str",
    "straße": "str",
}


def _street(text: str) -> str:
    """A street folded for comparing: words, usual abbreviations, German street names."""
    return " ".join(_SHORT.get(word, word).replace("strasse", "str") for word in words(text).split())


def _code_in(line: str, like: str) -> str:
    """What in a line has the form of a postal code such as `like`."""
    form = re.sub(r"[A-Za-z]", "[A-Za-z]", re.sub(r"\d", r"\\d", re.escape(like).replace(r"\ ", r"\s?")))
    found = re.search(rf"(?<![\w-]){form}(?![\w-])", line)
    return found.group() if found else ""


def _tails(one: str, other: str) -> dict[str, str]:
    """The last four characters of each, for saying where they part."""
    return {"entered_tail": one[-4:], "found_tail": other[-4:]}


def _listed(numbers: Sequence[str]) -> dict[str, Any]:
    return {"count": len(numbers), "numbers": _some(numbers)}


def _some(numbers: Sequence[str], most: int = 5) -> str:
    return ", ".join(numbers[:most]) + ("…" if len(numbers) > most else "")


def _at(
    found: Found,
    error: str,
    code: str,
    field: str,
    values: Mapping[str, Any],
    fix: Fix | None = None,
    sure: str = WILL,
) -> Finding:
    place = found.place if found.page else None
    return Finding(error, code, sure, field, values, place, found.text.strip(), fix)
