"""What a tax service is asked and answers, as plain messages; the adapters that this installation has, by code.

    asked      {"currency", "seller": place, "buyer": place, "lines": [{"line", "kind", "subject", "amount", "last_on", "at": place}]}
    answered   {"reference", "lines": [{"line", "taxes": [{"name", "country", "region", "percent", "amount", "code", "vat"}]}]}

A place is country, region, city, postal_code and street, each "" where it is not known. Money is text in the currency of the question,
days are ISO. Every line is answered, also one without taxes: that is said by a tax of 0 percent, or nobody is invoiced. `percent` is
null for a sum per number; `code` is the category of EN 16931. Pure; who asks, and what becomes of it, is in `ask_taxes.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from dialtone.base.money import Money, minor_digits
from dialtone.billing.taxes import TaxLine

TABLE = "table"  # our own dated lines; not a service
PLACE = ("country", "region", "city", "postal_code", "street")
MOST_PERCENT = 1000

Message = Mapping[str, Any]


class ServiceAwayError(Exception):
    """Nothing has reached the service: it can be asked again as if nothing had been."""


class ServiceUnsureError(Exception):
    """No answer came; the service may have worked it out and kept it. `observe` says."""


class ServiceRefusedError(Exception):
    """The service will not answer this question; says why."""


class Service(Protocol):
    """One tax service. Both calls may take long and are made outside of transactions."""

    is_simulated: bool

    def ask(self, reference: str, question: Message) -> Message:
        """The answer to a question that was never sent under this reference. Raises the three errors above."""
        ...

    def observe(self, reference: str) -> Message | None:
        """The answer that was kept under a reference; None if it never came in. Raises ServiceAwayError."""
        ...


def hashed(question: Message) -> str:
    """The same for the same question: what a kept answer is found by."""
    text = json.dumps(question, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def lines(question: Message, answer: Message) -> list[TaxLine]:
    """The taxes of an invoice, summed by name and place from the answer's lines. Raises ValueError for an answer that does not fit
    the question: a line that is missing, there twice or not asked for, or an amount that cannot be paid."""
    currency = str(question["currency"])
    asked = {int(each["line"]): Money(Decimal(each["amount"]), currency) for each in question["lines"]}
    found: dict[tuple[str, str, str, str, str, bool], list[tuple[int, Money]]] = {}
    seen: set[int] = set()
    for each in answer["lines"]:
        line = int(each["line"])
        if line not in asked or line in seen:
            raise ValueError(f"line {line} was not asked for, or is answered twice")
        seen.add(line)
        for tax in each["taxes"]:
            found.setdefault(_key(tax), []).append((line, _amount(tax["amount"], currency)))
    if missing := sorted(asked.keys() - seen):
        raise ValueError(f"line {missing[0]} is not answered")
    return [
        _line(key, parts, asked, currency, bool(answer.get("simulated")))
        for key, parts in sorted(found.items(), key=lambda pair: pair[0])
    ]


def _key(tax: Message) -> tuple[str, str, str, str, str, bool]:
    name, country = str(tax["name"]).strip(), str(tax["country"])
    if not name or len(name) > 60 or len(country) != 2:
        raise ValueError("a tax has a name of at most 60 letters and a country of two")
    percent = "" if tax["percent"] is None else f"{_number(tax['percent']):f}"
    if percent and not 0 <= Decimal(percent) < MOST_PERCENT:
        raise ValueError(f"{percent} is no percentage")
    return country, str(tax.get("region", "")), name, percent, str(tax["code"]), bool(tax.get("vat"))


def _line(
    key: tuple[str, str, str, str, str, bool],
    parts: list[tuple[int, Money]],
    asked: Mapping[int, Money],
    currency: str,
    is_simulated: bool,
) -> TaxLine:
    country, region, name, percent, code, is_vat = key
    on = sorted({line for line, _amount in parts})
    return TaxLine(
        name,
        country,
        region,
        Decimal(percent) if percent else None,
        code,
        Money.total((asked[line] for line in on), currency),
        Money.total((amount for _line, amount in parts), currency),
        is_simulated,
        is_vat,
        tuple(on),
    )


def _amount(told: object, currency: str) -> Money:
    amount = _number(told)
    if amount < 0 or amount != round(amount, minor_digits(currency)):
        raise ValueError(f"{told} is no amount in {currency}")
    return Money(amount, currency)


def _number(told: object) -> Decimal:
    try:
        number = Decimal(str(told))
    except InvalidOperation as error:
        raise ValueError(f"{told} is no number") from error
    if not number.is_finite():
        raise ValueError(f"{told} is no number")
    return number
