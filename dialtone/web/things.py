"""Where the page of a thing is, by its kind and id: audit records, desk items and cases name things this way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# kind: (word, url name; "" when it has no page of its own). A number's page goes by its digits, which are its name.
KINDS: dict[str, tuple[Any, str]] = {
    "approval": (_("Consent"), "approval"),
    "block": (_("Block"), ""),
    "case": (_("Case"), "case"),
    "contract": (_("Contract"), ""),
    "cart": (_("Cart"), ""),
    "desk_item": (_("Desk"), "desk-item"),
    "document": (_("Paper"), ""),
    "emergency_address": (_("Emergency address"), ""),
    "letter": (_("Letter"), "letter"),
    "invoice": (_("Invoice"), "invoice"),
    "invoice_run": (_("Invoices"), ""),
    "licence": (_("Licence"), ""),
    "licence_use": (_("Licence"), ""),
    "line": (_("Extension"), ""),
    "location": (_("Location"), "location"),
    "migration": (_("Move of locations"), "migration"),
    "migration_site": (_("Location"), ""),
    "number": (_("Number"), "number"),
    "destination": (_("Destination"), ""),
    "closed_destination": (_("Closed destination"), ""),
    "opened_destination": (_("Destination"), ""),
    "order": (_("Order"), "order"),
    "case_order": (_("Order"), ""),
    "case_paper": (_("Paper"), ""),
    "organisation": (_("Organisation"), ""),
    "phone_menu": (_("Phone menu"), "menu"),
    "hunt_group": (_("Hunt group"), "group-edit"),
    "queue": (_("Queue"), "group-edit"),
    "contact_center": (_("Contact centre"), "center-edit"),
    "schedule": (_("Schedule"), "schedule"),
    "announcement": (_("Announcement"), ""),
    "party": (_("Billing details"), ""),
    "person": (_("Person"), "person"),
    "price_list": (_("Price list"), "price-list"),
    "price_version": (_("Price list"), "price-version"),
    "provider": (_("PSTN provider"), ""),
    "port_letter": (_("Letter of authorisation"), ""),
    "port_order": (_("Port order"), "port"),
    "port_out": (_("Port-out"), "port-out"),
    "carrier_books": (_("Carrier"), ""),
    "carrier_key": (_("Carrier"), ""),
    "carrier_event": (_("Carrier"), ""),
    "unlock": (_("Lock"), ""),
    "ranges": (_("Inventory"), ""),
    "subscription": (_("Subscription"), ""),
    "support_contact": (_("Support directory"), ""),
    "terms": (_("Terms of service"), ""),
    "terms_acceptance": (_("Terms of service"), ""),
    "token": (_("Token"), ""),
    "webhook": (_("Webhook"), "webhook"),
}


def word(kind: str) -> str:
    """The word for a kind of thing; an unknown kind says its own name."""
    return str(KINDS[kind][0]) if kind in KINDS else kind.replace("_", " ")


def address(kind: str, id: UUID | None, name: str = "") -> str:
    """The page of a thing; "" when it has none. Whether the reader may see it is asked there."""
    page = KINDS.get(kind, ("", ""))[1]
    if not page or id is None:
        return ""
    if kind == "number":
        return reverse(page, args=[name]) if name.startswith("+") and name[1:].isdigit() else ""
    return reverse(page, args=[id])
