"""Enter or correct what is known about the account with the present carrier (PORT-18, PORT-27, STAT-16).

Only what is given is changed. Everything that cannot be right is said at once, beside its field; nothing is stored then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dialtone.base import clock, record
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber, parse_many
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean, clean_email
from dialtone.carriers import sealed_pin
from dialtone.porting import account as accounts
from dialtone.porting import book
from dialtone.porting.account import Account, Lack
from dialtone.porting.models import PortOrder

MOST_KEPT = 5_000
_TEXTS = {
    "account_number": ("/accountNumber", 60),
    "company_name": ("/companyName", 160),
    "authorized_name": ("/authorizedName", 160),
}


def enter(
    order_id: UUID,
    entered: Mapping[str, Any],
    *,
    strict: bool = True,
    by_form: bool = False,
) -> PortOrder:
    """Store what is given of: account_number, has_no_account_number, company_name, authorized_name, billing_number,
    service_address, kept, kept_action, new_billing_number, codes, pin, port_type, line_type, contact_email.

    `strict`: what cannot all be true is refused (a form that only saves its draft is not). `by_form`: numbers in any
    spelling. What stands there already is not written down again (S6). Raises Problems with every field that is wrong; Problem not_found, porting.cannot_edit, porting.ended.
    """
    order = book.editable(order_id)
    numbers = book.e164s(book.numbers(order.id, open_only=True))
    before, chosen = book.account(order), _chosen(order)
    wrong: list[Problem] = []
    account = _texts(before, entered, wrong)
    account = _numbers(account, entered, order.country, wrong, by_form=by_form)
    account = _address(account, entered, order.country, wrong)
    account = _codes(account, entered, order.country, [*numbers, account.billing_number], wrong)
    _choices(order, entered, wrong)
    pin = _pin(entered, wrong)
    if strict and not wrong:
        wrong += problems_of(accounts.contradictions(account, numbers, order.port_type))
    if wrong:
        raise Problems(wrong)
    is_new_pin = pin is not None and pin != _kept_pin(order)
    if account == before and _chosen(order) == chosen and not is_new_pin:
        return order
    order.account = account.as_json()
    if is_new_pin:
        order.wrapped_pin = sealed_pin.seal(pin, book.reference(order.id)) if pin else None
    order.changed_at = clock.now()
    order.version += 1
    order.save()
    record.change(
        order,
        "port_account_entered",
        name=order.number,
        before=_shown(before),
        after=_shown(account),
        facts={"pin_changed": is_new_pin},
    )
    return order


def problems_of(lacks: Sequence[Lack]) -> list[Problem]:
    return [Problem(each.code, field=each.field, values=dict(each.values)) for each in lacks]


def _texts(account: Account, entered: Mapping[str, Any], wrong: list[Problem]) -> Account:
    for name, (field, limit) in _TEXTS.items():
        if entered.get(name) is None:
            continue
        try:
            account = _with(account, name, clean(entered[name], field=field, limit=limit))
        except Problem as problem:
            wrong.append(problem)
    if entered.get("account_number"):
        account = replace(account, has_no_account_number=False)
    if entered.get("has_no_account_number") is not None:
        has_none = bool(entered["has_no_account_number"])
        account = replace(account, has_no_account_number=has_none)
        if has_none:
            account = replace(account, account_number="")
    return account


def _with(account: Account, name: str, value: str) -> Account:
    return replace(account, **{name: value})  # type: ignore[arg-type]


def _numbers(
    account: Account, entered: Mapping[str, Any], country: str, wrong: list[Problem], *, by_form: bool
) -> Account:
    for name, field in (("billing_number", "/billingNumber"), ("new_billing_number", "/newBillingNumber")):
        text = entered.get(name)
        if text is None:
            continue
        if text == "" and name == "new_billing_number":
            account = replace(account, new_billing_number="")
            continue
        try:
            read = (
                PhoneNumber.parse_form(text, country, field)
                if by_form
                else PhoneNumber.parse_api(text, field)
            )
            account = _with(account, name, read.e164)
        except Problem as problem:
            wrong.append(problem)
    if entered.get("kept") is not None:
        kept = list(_kept(entered["kept"], country, wrong, by_form=by_form))
        account = replace(account, kept=tuple(dict.fromkeys(kept)))
    action = entered.get("kept_action")
    if action is not None:
        if action not in ("", accounts.KEEP, accounts.DISCONNECT):
            field = "/remainingNumbersAction"
            wrong.append(Problem("porting.kept_action", field=field, values={"value": str(action)[:40]}))
        else:
            account = replace(account, kept_action=action)
    return account


def _kept(told: Any, country: str, wrong: list[Problem], *, by_form: bool) -> list[str]:
    if by_form:
        pasted = parse_many(str(told), country, "/keptNumbers")
        wrong += [each.problem for each in pasted if each.problem]
        return [each.number.e164 for each in pasted if each.number]
    found = []
    for index, text in enumerate(list(told)[:MOST_KEPT]):
        try:
            found.append(PhoneNumber.parse_api(text, f"/keptNumbers/{index}").e164)
        except Problem as problem:
            wrong.append(problem)
    return found


def _address(account: Account, entered: Mapping[str, Any], country: str, wrong: list[Problem]) -> Account:
    told = entered.get("service_address")
    if told is None:
        return account
    try:
        address = CivicAddress.from_api({"country": country, **told}, "/serviceAddress")
    except Problem as problem:
        wrong.append(problem)
    except Problems as problems:
        wrong += problems.problems
    else:
        return replace(account, service_address=address.as_json())
    return account


def _codes(
    account: Account, entered: Mapping[str, Any], country: str, numbers: Sequence[str], wrong: list[Problem]
) -> Account:
    told = entered.get("codes")
    if told is None:
        return account
    given = {name: str(text) for name, text in told.items() if text is not None}
    good, bad = accounts.read_codes(given, country, [number for number in numbers if number])
    wrong += problems_of(bad)
    emptied = {name for name, text in given.items() if not text.strip()}
    kept = {name: code for name, code in account.codes.items() if name not in emptied}
    return account.with_codes({**kept, **good})


def _choices(order: PortOrder, entered: Mapping[str, Any], wrong: list[Problem]) -> None:
    rules = book.rules(order)
    for name, choices, code, field in (
        ("port_type", rules.port_types, "porting.port_type", "/portType"),
        ("line_type", rules.line_types, "porting.line_type", "/lineType"),
    ):
        value = entered.get(name)
        if value is None:
            continue
        if value and value not in choices:
            values = {"value": str(value)[:40], "choices": ", ".join(choices) or "-"}
            wrong.append(Problem(code, field=field, values=values))
        else:
            setattr(order, name, value)
    if entered.get("contact_email") is not None:
        try:
            text = entered["contact_email"]
            order.contact_email = clean_email(text, field="/contactEmail") if text else ""
        except Problem as problem:
            wrong.append(problem)


def _chosen(order: PortOrder) -> tuple[str, str, str]:
    return order.port_type, order.line_type, order.contact_email


def _kept_pin(order: PortOrder) -> str:
    return sealed_pin.unseal(order.wrapped_pin, book.reference(order.id)) if order.wrapped_pin else ""


def _pin(entered: Mapping[str, Any], wrong: list[Problem]) -> str | None:
    """None when no PIN was given; "" takes it away. What was typed is never quoted (BAD-PRT-14)."""
    text = entered.get("pin")
    if text is None or text == "":
        return text
    pin = accounts.read_pin(str(text))
    if pin is None:
        wrong.append(Problem("porting.pin", field="/pin"))
    return pin


def _shown(account: Account) -> dict[str, Any]:
    """As the trail shows it, for ever: of what identifies the account and its holder to their carrier only the end (S10)."""
    told = account.as_json()
    codes = {name: _end(code) for name, code in account.codes.items()}
    hidden = {name: _end(told[name]) for name in ("account_number", "authorized_name") if name in told}
    return told | hidden | {"codes": codes, "kept": len(account.kept)}


def _end(value: str) -> str:
    return f"…{value[-2:]}"
