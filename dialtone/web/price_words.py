"""How prices are worded: what a list charges for, and what an upload moves by much."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.money import Money
from dialtone.rates import prices
from dialtone.rates.models import PriceVersion
from dialtone.web import reading
from dialtone.web.inventory_words import KIND

KINDS = {
    prices.PLAN_MONTHLY: gettext_lazy("A plan, per month"),
    prices.NUMBER_MONTHLY: gettext_lazy("A number, per month"),
    prices.NUMBER_SETUP: gettext_lazy("A number, once"),
}


def jumps(version: PriceVersion) -> list[tuple[str, Money, Money]]:
    """The prices of an upload that move by more than half: what they are of, before, after."""
    currency = version.price_list.currency
    return [
        (_what(key), Money(Decimal(before), currency), Money(Decimal(after), currency))
        for key, before, after in version.plan.get("jumps", [])
    ]


def _what(key: str) -> str:
    """The key of a row as a plan keeps it, in words: first digits, or kind, country and type with a space between them."""
    if key.isdigit():
        return _("Calls to %(prefix)s, a minute") % {"prefix": f"+{key}"}
    kind, country, number_type = (*key.split(" "), "", "")[:3]
    parts = (
        str(KINDS.get(kind, kind)),
        reading.country_text(country) if country else "",
        str(KIND.get(number_type, number_type)),
    )
    return reading.list_text([part for part in parts if part])
