"""Taxes and fees: which, on what, how much. A tax is worked out once on the sum of what it is on, never line by line.

`TaxTable` answers from dated lines (taxes.yaml); a tax service is asked in its place where one is chosen (`ask_taxes.py`). Source: BILL-03.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Protocol

import yaml
from django.conf import settings

from dialtone.base.money import Money, minor_digits
from dialtone.billing.treatment import Buyer, Treatment, treatment

SHIPPED = Path(__file__).with_name("taxes.yaml")
FIELDS = {
    "country",
    "region",
    "name",
    "percent",
    "each",
    "currency",
    "from",
    "instead",
    "charges",
    "code",
    "simulated",
    "source",
    "vat",
}


@dataclass(frozen=True)
class Taxed:
    """Something that taxes may be on: what it is, where it is used, what it costs, the last of its days, and which line of the
    invoice it is."""

    kind: str
    country: str
    region: str
    amount: Money
    last_on: date
    subject: str = ""
    line: int = 0


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    country: str
    name: str
    from_on: date
    region: str = ""
    percent: Decimal | None = None
    each: Decimal | None = None
    currency: str = ""
    instead: bool = False
    kinds: frozenset[str] = frozenset()
    code: str = "S"
    is_vat: bool = False
    is_simulated: bool = False

    @classmethod
    def read(cls, told: dict[str, object]) -> Rule:
        """From a line of the file. Raises ValueError for one that says neither or both of percent and each, or what is unknown."""
        strange = set(told) - FIELDS
        if strange or ("percent" in told) == ("each" in told):
            raise ValueError(f"a tax has percent or each, and nothing else than {sorted(FIELDS)}: {told}")
        begins = told["from"]
        if not isinstance(begins, date):
            raise ValueError(f"a tax begins on a day: {told}")
        kinds = told.get("charges") or ()
        assert isinstance(kinds, Iterable)
        if not isinstance(told["country"], str) or not isinstance(told.get("region", ""), str):
            raise ValueError(f"a country or state is text; YAML takes NO and ON for something else: {told}")
        return cls(
            country=told["country"],
            name=str(told["name"]),
            from_on=begins,
            region=str(told.get("region", "")),
            percent=Decimal(str(told["percent"])) if "percent" in told else None,
            each=Decimal(str(told["each"])) if "each" in told else None,
            currency=str(told.get("currency", "")),
            instead=bool(told.get("instead")),
            kinds=frozenset(str(each) for each in kinds),
            code=str(told.get("code", "S")),
            is_vat=bool(told.get("vat")),
            is_simulated=bool(told.get("simulated")),
        )


@dataclass(frozen=True)
class TaxLine:
    """One tax or fee of an invoice: on how much and which lines, and what it comes to. `percent` is None for a sum per number.
    `is_vat` says that it is the tax that EN 16931 calls VAT; `reason` or `reason_code` (VATEX), why it is not charged."""

    name: str
    country: str
    region: str
    percent: Decimal | None
    code: str
    base: Money
    amount: Money
    is_simulated: bool = False
    is_vat: bool = False
    lines: tuple[int, ...] = ()
    reason: str = ""
    reason_code: str = ""


class TaxService(Protocol):
    """Whoever knows the taxes: our table, or what a service has answered."""

    def taxes(self, taxed: Sequence[Taxed], currency: str) -> list[TaxLine]:
        """Every tax and fee on these charges of one invoice, in a fixed order."""
        ...


def of_invoice(
    taxed: Sequence[Taxed], currency: str, buyer: Buyer, asked: TaxService | None = None
) -> list[TaxLine]:
    """All taxes of an invoice: by reverse charge or exempt where that holds, else as `asked` says, or our own table."""
    treated: dict[tuple[str, Treatment], list[Taxed]] = {}
    rest = []
    for each in taxed:
        how = treatment(each.country, buyer)
        if how is None:
            rest.append(each)
        else:
            treated.setdefault((each.country, how), []).append(each)
    nothing = [
        TaxLine(
            name="VAT",
            country=country,
            region="",
            percent=Decimal(0),
            code=how.code,
            base=Money.total((each.amount for each in own), currency),
            amount=Money.zero(currency),
            is_vat=True,
            lines=tuple(sorted(each.line for each in own)),
            reason=how.reason,
            reason_code=how.reason_code,
        )
        for (country, how), own in sorted(treated.items(), key=lambda pair: pair[0][0])
    ]
    return [*nothing, *(asked or service()).taxes(rest, currency)]


def untaxed(taxed: Sequence[Taxed], found: Sequence[TaxLine]) -> list[Taxed]:
    """Charges on which there is no tax at all, not even one of nothing: that is not known, and no invoice says so silently."""
    known = {line for each in found for line in each.lines}
    return [each for each in taxed if each.line not in known]


class TaxTable:
    """Taxes by dated lines."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_country: dict[str, list[Rule]] = {}
        for rule in sorted(rules, key=lambda each: each.from_on):
            self._by_country.setdefault(rule.country, []).append(rule)

    def taxes(self, taxed: Sequence[Taxed], currency: str) -> list[TaxLine]:
        """See TaxService. Fees in another currency than the invoice's do not count."""
        found: dict[Rule, list[Taxed]] = {}
        for each in taxed:
            for rule in self.in_force(each.country, each.region, each.last_on):
                if (not rule.kinds or each.kind in rule.kinds) and rule.currency in ("", currency):
                    found.setdefault(rule, []).append(each)
        lines = [_line(rule, own, currency) for rule, own in found.items()]
        return sorted(lines, key=lambda line: (line.country, line.region, line.name, str(line.percent)))

    def in_force(self, country: str, region: str, on: date) -> list[Rule]:
        """The lines that hold at a place on a day: of each name the newest."""
        newest: dict[tuple[str, str], Rule] = {}
        for rule in self._by_country.get(country, []):
            if rule.from_on <= on and rule.region in ("", region):
                newest[rule.name, rule.region] = rule
        replaced = any(rule.instead for rule in newest.values())
        return [rule for rule in newest.values() if rule.region or not replaced]


def _line(rule: Rule, taxed: Sequence[Taxed], currency: str) -> TaxLine:
    base = Money.total((each.amount for each in taxed), currency)
    if rule.percent is None:
        assert rule.each is not None
        amount = Money(rule.each, currency) * len({each.subject for each in taxed})
    else:
        amount = share(base, rule.percent)
    return TaxLine(
        rule.name,
        rule.country,
        rule.region,
        rule.percent,
        rule.code,
        base,
        amount.rounded(),
        rule.is_simulated,
        rule.is_vat,
        tuple(sorted(each.line for each in taxed)),
    )


def share(base: Money, percent: Decimal) -> Money:
    """So many percent of an amount, in whole minor units, half up.

    >>> share(Money(Decimal("1.50"), "USD"), Decimal("9.975")).text
    '0.15'
    """
    return part(base, Fraction(percent) / 100)


def part(whole: Money, share: Fraction) -> Money:
    """A share of an amount that is not negative, in whole minor units, half up; exact, since thirds have no end as decimals."""
    units = Fraction(whole.amount) * share * 10 ** minor_digits(whole.currency)
    return Money.of_minor(int(units + Fraction(1, 2)), whole.currency)


def shares(whole: Money, weights: Sequence[Decimal]) -> list[Money]:
    """An amount by weights, in whole minor units: differences of rounded running totals, so that they add up to it (H14).

    >>> [each.text for each in shares(Money(Decimal("0.10"), "USD"), [Decimal(1), Decimal(1), Decimal(1)])]
    ['0.03', '0.04', '0.03']
    """
    total, found, done, so_far = sum(weights, Decimal(0)), [], Money.zero(whole.currency), Decimal(0)
    for weight in weights:
        so_far += weight
        until = part(whole, Fraction(so_far) / Fraction(total)) if total else Money.zero(whole.currency)
        found.append(until - done)
        done = until
    return found


def own_file() -> Path:
    """Where the taxes of this installation are, when its operator keeps some."""
    return Path(settings.DATA_DIR) / "taxes.yaml"


def file_in_force() -> Path:
    """This installation's own file, or the table that comes with Dialtone."""
    return own_file() if own_file().exists() else SHIPPED


def service() -> TaxService:
    """The table of this installation."""
    file = file_in_force()
    return _table(file, file.stat().st_mtime_ns, settings.SANDBOX)


@cache
def _table(file: Path, _changed: int, with_simulated: bool) -> TaxTable:
    rules = [Rule.read(each) for each in yaml.safe_load(file.read_text()) or []]
    return TaxTable(rule for rule in rules if with_simulated or not rule.is_simulated)
