"""The made-up house prices of a sandbox."""

from __future__ import annotations

from dialtone.base import clock
from dialtone.rates.load import load_first
from dialtone.rates.models import PriceList
from dialtone.rates.simulated import CALLS, CHARGES


def simulate(currency: str = "USD") -> PriceList:
    """The made-up house prices of a sandbox, which say that they are (H26). Operator's scope; once a currency."""
    price_list, is_new = PriceList.objects.get_or_create(
        partner_id=None,
        customer_id=None,
        currency=currency,
        defaults={"name": "Simulated prices", "is_simulated": True, "created_at": clock.now()},
    )
    if is_new:
        load_first(price_list, CHARGES, CALLS)
    return price_list
