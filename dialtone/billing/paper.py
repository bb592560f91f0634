"""An invoice as a PDF, in a language: the same words and sums as on its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _

from dialtone.base.locales import reader_locale
from dialtone.base.money import Money
from dialtone.base.phone import PhoneNumber
from dialtone.base.typeset import typeset
from dialtone.billing import rules, words
from dialtone.billing.models import CREDIT_NOTE, Invoice

TEMPLATE = Path(__file__).with_name("invoice.typ")


def pdf(found: Invoice, language: str) -> bytes:
    """The paper of an invoice or credit note. The language is one of ours; another one falls back to English."""
    with translation.override(language):
        return typeset(TEMPLATE, _data(found, translation.get_language() or "en"))


def _data(found: Invoice, language: str) -> dict[str, Any]:
    said = found.content
    locale = reader_locale()
    is_credit = found.kind == CREDIT_NOTE

    def money(text: str | None) -> str:
        if text is None:
            return ""
        return (
            Money(Decimal(text), found.currency).formatted(locale).replace("-", "\u2212")
        )  # a real minus sign

    def day(text: str) -> str:
        return format_date(date.fromisoformat(text), "medium", locale=locale)

    def line(told: Mapping[str, Any]) -> dict[str, str]:
        what = words.what(told)
        return {
            "what": PhoneNumber(what).formatted() if told["kind"] == rules.NUMBER else what,
            "detail": words.detail(told),
            "days": f"{day(told['from'])} – {day(words.last_day(told).isoformat())}",
            "share": words.share(told),
            "quantity": format_decimal(told.get("quantity") or told["calls"], locale=locale),
            "price": money(told.get("price")) or "–",
            "amount": money(told["amount"]),
        }

    def party(whose: str, name: str) -> list[str]:
        territories = locale.territories
        told = said.get(f"{whose}_details", {})
        return words.party_lines(told, name, lambda code: str(territories.get(code, code)))

    facts = [
        [_("Month"), format_skeleton("yMMMM", found.month, locale=locale)],
        [_("Issued"), day(said["issued_on"])],
    ]
    facts.append([_("For invoice"), said["credits"]] if is_credit else [_("Due"), day(said["due_on"])])
    account = said.get("seller_details", {}).get("account")
    if account and not is_credit:
        facts.append([_("Pay to"), account])
    notes = [said.get("reason", ""), *dict.fromkeys(filter(None, map(words.tax_reason, said["taxes"])))]
    if said["simulated"]:
        notes.append(_("This is a sandbox: prices and taxes are made up."))
    return {
        "lang": language.partition("-")[0],
        "region": "TW" if language.lower().startswith("zh") else None,
        "title": _("Credit note") if is_credit else _("Invoice"),
        "number": found.label,
        "seller": said["seller"],
        "seller_lines": party("seller", said["seller"]),
        "to_word": _("Partner") if found.is_wholesale else _("Customer"),
        "buyer": said["buyer"]["name"],
        "buyer_lines": party("buyer", said["buyer"]["name"]),
        "facts": facts,
        "note": "\n".join(each for each in notes if each),
        "heads": [_("What"), _("Period"), _("Quantity"), _("Price"), _("Amount")],
        "lines": [line(each) for each in said["lines"]],
        "sums": [
            [_("Before tax"), money(said["net"])],
            *([words.tax_name(each), money(each["amount"])] for each in _taxes(said)),
        ],
        "total": [_("Total"), money(said["total"])],
        "activity_title": _("Call activity"),
        "activity_heads": [_("Calls"), _("Count"), _("Minutes")],
        "activity": [
            [
                str(words.ACTIVITY.get(basis, basis)),
                format_decimal(calls, locale=locale),
                format_decimal((seconds + 59) // 60, locale=locale),
            ]
            for basis, calls, seconds in said["activity"]
        ],
        "footer": found.label,
    }


def _taxes(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The taxes of an invoice; of a credit note, what it gives back of them together."""
    if said["taxes"] or not Decimal(said["tax"]):
        return list(said["taxes"])
    return [{"name": _("Tax"), "percent": None, "amount": said["tax"]}]
