"""A port order on one page: what was entered, row by row, each with the step where it is changed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.base.phone import PhoneNumber
from dialtone.porting import book, queries, states
from dialtone.porting.account import CODE_NAMES
from dialtone.porting.models import PortOrder
from dialtone.porting.words import FIELDS, LINE_TYPES, PAPERS, PORT_TYPES
from dialtone.web import reading


def rows(order: PortOrder, *, may_change: bool = True) -> list[dict[str, Any]]:
    """Rows of `components/summary.html`. What was not entered says so."""

    def url(step: str) -> str:
        return reverse(f"port-{step}", args=[order.id]) if may_change else ""

    account = book.account(order)
    found = [
        (_("Location"), order.location_name, ""),
        (FIELDS["/phoneNumbers"], _numbers(order), url("numbers")),
        (_("Losing carrier"), order.losing_carrier, ""),
        (FIELDS["/requestedDate"], _wish(order), url("details")),
        *_chosen(order, url("details")),
        (FIELDS["/contactEmail"], order.contact_email or _("none"), url("details")),
        (FIELDS["/accountNumber"], _account_number(order), url("account")),
        (FIELDS["/companyName"], account.company_name, url("account")),
        (FIELDS["/authorizedName"], account.authorized_name, url("account")),
        (FIELDS["/billingNumber"], _written(account.billing_number), url("account")),
        (FIELDS["/serviceAddress"], "\n".join(account.address.lines()) if account.address else "", url("account")),
        *((FIELDS[f"/{CODE_NAMES[name]}"], code, url("account")) for name, code in account.codes.items()),
        *([(FIELDS["/pin"], _("kept, and shown to nobody"), url("account"))] if order.wrapped_pin else []),
        *_kept(order, url("account")),
        *((PAPERS.get(each.kind, each.kind), each.name, url("papers" if each.kind != "letter" else "letter"))
          for each in book.papers(order.id)),
    ]  # fmt: skip
    return [
        {"label": label, "value": value or _("not entered yet"), "url": link} for label, value, link in found
    ]


def _numbers(order: PortOrder) -> str:
    shown = queries.numbers(order.id, state=states.NUMBER_OPEN if order.ended_at is None else "")
    count = shown.count()
    said = ngettext("%(count)s number", "%(count)s numbers", count)
    told = said % {"count": reading.count_text(count)}
    return "\n".join([told, *(_written(each.e164) for each in shown[:1] if count == 1)])


def _wish(order: PortOrder) -> str:
    if order.wished_on is None:
        return _("as early as possible")
    day = reading.day_text(order.wished_on)
    return f"{day}, {order.wished_at:%H:%M}" if order.wished_at else day


def _chosen(order: PortOrder, url: str) -> list[tuple[Any, str, str]]:
    found: list[tuple[Any, str, str]] = []
    if order.port_type:
        found.append((FIELDS["/portType"], str(PORT_TYPES[order.port_type][0]), url))
    if order.line_type:
        found.append((FIELDS["/lineType"], str(LINE_TYPES[order.line_type]), url))
    return found


def _account_number(order: PortOrder) -> str:
    account = book.account(order)
    return _("the carrier gives none") if account.has_no_account_number else account.account_number


def _kept(order: PortOrder, url: str) -> list[tuple[Any, str, str]]:
    account = book.account(order)
    if not account.kept:
        return []
    said = ngettext("%(count)s number", "%(count)s numbers", len(account.kept))
    found = [(FIELDS["/keptNumbers"], said % {"count": reading.count_text(len(account.kept))}, url)]
    if account.new_billing_number:
        found.append((FIELDS["/newBillingNumber"], _written(account.new_billing_number), url))
    return found


def _written(e164: str) -> str:
    return PhoneNumber(e164).formatted() if e164 else ""
