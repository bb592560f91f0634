"""How an invoice is worded, in the reader's language: the page, the PDF and the CSV say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal, format_percent
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_
from django.utils.translation import ngettext

from dialtone.base.locales import reader_locale
from dialtone.base.money import Money
from dialtone.billing import rules
from dialtone.billing.treatment import REVERSE_REASON

PLAN = L_("Outbound calling plan")
WHY: dict[str, Any] = {
    rules.REQUESTED: L_("from the requested service date"),
    rules.ORDERED: L_("from the day it was ordered"),
    rules.PROVISIONED: L_("from the day it was provisioned"),
    rules.PORTED: L_("from the completion of its port"),
}
FREE: dict[str, Any] = {
    rules.TRIAL: L_("free: a trial"),
    rules.MAIN_NUMBER: L_("free: the first main number, with more than one plan"),
}
REASONS: dict[str, Any] = {
    REVERSE_REASON: L_("Reverse charge: the customer owes the VAT (Directive 2006/112/EC, article 196)"),
}
ACTIVITY: dict[str, Any] = {
    "priced": L_("International and premium calls"),
    "national": L_("National calls, included"),
    "toll_free": L_("Calls to toll-free numbers"),
    "internal": L_("Calls within the organisation"),
    "inbound": L_("Incoming calls"),
    "emergency": L_("Emergency calls"),
    "unanswered": L_("Calls not answered"),
}


def what(line: Mapping[str, Any]) -> str:
    """What a line is about: a plan, a number, the setting up of one, calls to a destination; of a partner's paper, a customer."""
    if line["kind"] == rules.PLAN:
        return str(PLAN)
    if line["kind"] == rules.SETUP:
        return _("Setting up %(number)s") % {"number": line["name"]}
    if line["kind"] == rules.USAGE:
        return _("Calls to %(destination)s") % {"destination": line["name"]}
    return str(line["name"])


def detail(line: Mapping[str, Any]) -> str:
    """Why it is charged from its first day, or free; of calls, how many and how long."""
    if line["kind"] == rules.WHOLESALE:
        return _wholesale(line)
    if line["kind"] == rules.USAGE:
        minutes = (line["billed_seconds"] + 59) // 60
        said = ngettext(
            "%(count)s call, %(minutes)s minutes", "%(count)s calls, %(minutes)s minutes", line["calls"]
        )
        locale = reader_locale()
        return said % {
            "count": format_decimal(line["calls"], locale=locale),
            "minutes": format_decimal(minutes, locale=locale),
        }
    if line.get("free"):
        return str(FREE[line["free"]])
    return str(WHY[line["why"]]) if line.get("why") and line["from"] == line["begins"] else ""


def share(line: Mapping[str, Any]) -> str:
    """Of a line that is charged for a part of its month: how many of its days, without which price and amount do not add up."""
    if not line.get("of_days") or line["days"] == line["of_days"]:
        return ""
    return _("%(days)s of %(of)s days") % {"days": line["days"], "of": line["of_days"]}


def _wholesale(line: Mapping[str, Any]) -> str:
    locale = reader_locale()
    charges = ngettext("%(count)s charge", "%(count)s charges", line["charges"])
    calls = ngettext("%(count)s call", "%(count)s calls", line["calls"])
    said = [charges % {"count": format_decimal(line["charges"], locale=locale)}]
    if line["calls"]:
        said.append(calls % {"count": format_decimal(line["calls"], locale=locale)})
    return " · ".join(said)


def amount(text: str | None, currency: str) -> Money | None:
    """A sum of an invoice's content."""
    return Money(Decimal(text), currency) if text is not None else None


def last_day(line: Mapping[str, Any]) -> date:
    """The last day that is charged: people read both ends as included."""
    return date.fromordinal(date.fromisoformat(line["to"]).toordinal() - 1)


def tax_name(tax: Mapping[str, Any]) -> str:
    """A tax with its rate as the reader writes it, such as "VAT 9.975%", never broken before its sign."""
    if tax["percent"] is None:
        return str(tax["name"])
    locale = reader_locale()
    percent = format_percent(Decimal(tax["percent"]) / 100, locale=locale, decimal_quantization=False)
    return f"{tax['name']} {percent}"


def tax_reason(tax: Mapping[str, Any]) -> str:
    """Why a tax is not charged; "" for one that is, and for invoices from before that was kept."""
    code = tax.get("reason_code", "")
    return str(REASONS[code]) if code in REASONS else str(tax.get("reason", ""))


def party_lines(told: Mapping[str, Any], name: str, language_country: Callable[[str], str]) -> list[str]:
    """What stands under the name of a seller or buyer: legal name, address, country, numbers. Empty before anybody said it."""
    if not told.get("legal_name"):
        return []
    town = " ".join(each for each in (told["postal_code"], told["city"]) if each)
    numbers = [
        _("VAT number %(number)s") % {"number": told["vat_id"]} if told["vat_id"] else "",
        _("Registration number %(number)s") % {"number": told["registration_id"]}
        if told["registration_id"]
        else "",
    ]
    legal = told["legal_name"] if told["legal_name"] != name else ""
    return [
        each for each in (legal, told["street"], town, language_country(told["country"]), *numbers) if each
    ]
