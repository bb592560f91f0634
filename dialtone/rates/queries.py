"""Price lists and what stands in them: the own ones, and the operator's above a partner's."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dialtone.base import clock, tenancy
from dialtone.base.period import midnight
from dialtone.base.problems import Problem
from dialtone.rates import prices
from dialtone.rates.models import CallPrice, ChargePrice, PriceList, PriceVersion
from dialtone.rates.rules import Rate, RatedAmount, microseconds, price_call

_SEPARATORS = re.compile(r"[\s().+/-]")
_DIGITS = re.compile(r"[1-9][0-9]{0,14}")


def price_lists() -> QuerySet[PriceList]:
    """All that the scope keeps, and for a partner its operator's; by name."""
    found: QuerySet[PriceList] = PriceList._base_manager.order_by("name", "id")
    scope = tenancy.current()
    if scope.level is tenancy.Level.PARTNER:
        return found.filter(Q(partner_id=scope.partner_id) | Q(partner_id=None))
    return found if scope.level is tenancy.Level.OPERATOR else found.none()


def price_list(list_id: UUID) -> PriceList:
    """One of them. Raises Problem not_found."""
    found: PriceList | None = price_lists().filter(id=list_id).first()
    if found is None:
        raise Problem("not_found")
    return found


def may_change(found: PriceList) -> bool:
    """Whether the scope may load prices into the list: the operator into every one, a partner into its own and its customers', and not
    into what the operator takes from it."""
    is_partners = found.partner_id is not None and not found.is_wholesale
    return is_partners or tenancy.current().level is tenancy.Level.OPERATOR


def to_change(list_id: UUID) -> PriceList:
    """One that the scope may load prices into. Raises Problem not_found."""
    found = price_list(list_id)
    if not may_change(found):
        raise Problem("not_found")
    return found


def versions(found: PriceList) -> QuerySet[PriceVersion]:
    """What was uploaded to a list, newest first."""
    return PriceVersion.objects.filter(price_list=found).order_by("-proposed_at", "-id")


def version(version_id: UUID) -> PriceVersion:
    """One upload with its list. Raises Problem not_found."""
    known = PriceVersion.objects.filter(id=version_id).select_related("price_list").defer("content")
    found: PriceVersion | None = known.first()
    if found is None:
        raise Problem("not_found")
    return found


def moment_of(day: date | None) -> datetime:
    """When a day is asked about: now for today and for no day, else its beginning in UTC, as in the files."""
    now = clock.now()
    return now if day is None or day == now.date() else midnight(day, "UTC")


def call_prices(found: PriceList, at: datetime, text: str = "") -> QuerySet[CallPrice]:
    """The call prices of a list in force at a moment, by prefix; those of a prefix or destination that begins with the text."""
    begun = CallPrice._base_manager.filter(price_list=found, from_at__lte=at)
    same = begun.filter(prefix=OuterRef("prefix"))
    newer = same.filter(
        Q(from_at__gt=OuterRef("from_at"))
        | Q(from_at=OuterRef("from_at"), list_version__gt=OuterRef("list_version"))
    )
    rows: QuerySet[CallPrice] = begun.filter(~Exists(newer), is_ended=False).order_by("prefix", "id")
    digits = _SEPARATORS.sub("", text)
    if digits.isdigit():
        return rows.filter(prefix__startswith=digits)
    return rows.filter(destination__icontains=text) if text else rows


def charge_prices(found: PriceList) -> QuerySet[ChargePrice]:
    """The prices of plans and numbers of a list, past and future ones too, in the order in which they begin."""
    rows: QuerySet[ChargePrice] = ChargePrice._base_manager.filter(price_list=found)
    return rows.order_by("kind", "country", "number_type", "from_at", "list_version", "id")


def cost(found: PriceList, called: str, seconds: int, at: datetime) -> tuple[RatedAmount, CallPrice]:
    """What a call of so many seconds to a number, or to the beginning of one, costs by a list, and the row that decides.

    Raises Problem rates.digits, rates.no_price.
    """
    digits = _SEPARATORS.sub("", called)
    if not _DIGITS.fullmatch(digits):
        raise Problem("rates.digits", field="/called", values={"value": called[:40]})
    tariff = prices.narrowed(found, digits)
    told = price_call("INTERNATIONAL", digits, seconds, microseconds(at), [tariff])
    if told is None or told.rate is None:
        raise Problem("rates.no_price", values={"currency": found.currency})
    return told, row(told.rate)


def row(rate: Rate) -> CallPrice:
    """The row of a list that a price was read from."""
    return CallPrice._base_manager.get(id=rate.row)
