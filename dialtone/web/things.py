"""Where the page of a thing is, by its kind and id: audit records, desk items and cases name things this way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dialtone.web import plan_words

# kind: (word, url name; "" when it has no page of its own). A number's page goes by its digits, which are its name.
KINDS: dict[str, tuple[Any, str]] = {
    "announcement": (_("Announcement"), ""),
    "approval": (_("Consent"), "approval"),
    "batch": (_("Job"), ""),
    "blank_form": (_("Form"), ""),
    "block": (_("Block"), ""),
    "call_limits": (_("Limits of calls"), ""),
    "call_record": (_("Calls"), ""),
    "callback_choice": (_("Number to call back"), ""),
    "caller_id": (_("Caller ID"), ""),
    "caller_place": (_("Place of a caller"), ""),
    "carrier_books": (_("Carrier"), ""),
    "carrier_event": (_("Carrier's event"), "carrier-event"),
    "carrier_key": (_("Carrier"), ""),
    "cart": (_("Cart"), ""),
    "cart_line": (_("Cart"), ""),
    "case": (_("Case"), "case"),
    "case_attachment": (_("Case"), ""),
    "case_message": (_("Case"), ""),
    "case_order": (_("Order"), ""),
    "case_paper": (_("Paper"), ""),
    "charge": (_("Charge"), ""),
    "closed_destination": (_("Closed destination"), ""),
    "consent": (_("Program"), ""),
    "contact_center": (_("Contact centre"), "center-edit"),
    "contract": (_("Contract"), ""),
    "coverage": (_("Emergency address"), ""),
    "desk_item": (_("Desk"), "desk-item"),
    "destination": (_("Destination"), ""),
    "document": (_("Paper"), ""),
    "emergency_address": (_("Emergency address"), ""),
    "emergency_call": (_("Emergency call"), ""),
    "emergency_notice_setting": (_("Notices of emergency calls"), ""),
    "emergency_registration": (_("Emergency address"), ""),
    "emergency_test_call": (_("Test call"), ""),
    "estate_import": (_("Estate"), "estate-import"),
    "estate_piece": (_("Estate"), ""),
    "group": (_("Group"), ""),
    "hunt_group": (_("Hunt group"), "group-edit"),
    "identity_provider": (_("Sign-in by your company"), ""),
    "installation": (_("Installation"), ""),
    "integration": (_("Integration"), "integration"),
    "invoice": (_("Invoice"), "invoice"),
    "invoice_run": (_("Invoices"), "invoice-run"),
    "ledger_transaction": (_("Ledger"), ""),
    "letter": (_("Letter"), "letter"),
    "licence": (_("Licence"), ""),
    "licence_use": (_("Licence"), ""),
    "line": (_("Extension"), ""),
    "location": (_("Location"), "location"),
    "location_draft": (_("Location"), ""),
    "manual_migration": (_("Move of locations"), "by-hand"),
    "member": (_("Group"), ""),
    "migration": (_("Move of locations"), "migration"),
    "migration_site": (_("Location"), ""),
    "number": (_("Number"), "number"),
    "number_delivery": (_("Delivery of numbers"), "delivery"),
    "opened_destination": (_("Destination"), ""),
    "operating_mode": (_("Operating mode"), "mode-edit"),
    "order": (_("Order"), "order"),
    "order_line": (_("Order"), ""),
    "organisation": (_("Organisation"), ""),
    "outgoing_permissions": (_("Outgoing permissions"), ""),
    "incoming_permissions": (_("Incoming permissions"), ""),
    "access_code": (_("Access code"), ""),
    "parked_row": (_("Calls"), ""),
    "party": (_("Billing details"), ""),
    "payment": (_("Payment"), ""),
    "person": (_("Person"), "person"),
    "phone_menu": (_("Phone menu"), "menu"),
    "port_comment": (_("Port order"), ""),
    "port_letter": (_("Letter of authorisation"), ""),
    "port_number": (_("Port order"), ""),
    "port_order": (_("Port order"), "port"),
    "port_out": (_("Port-out"), "port-out"),
    "port_out_number": (_("Port-out"), ""),
    "port_paper": (_("Paper"), ""),
    "port_rejection": (_("Port order"), ""),
    "price_list": (_("Price list"), "price-list"),
    "price_version": (_("Price list"), "price-version"),
    "provider": (_("PSTN provider"), ""),
    "provider_preference": (_("Preferred providers"), ""),
    "queue": (_("Queue"), "group-edit"),
    "queue_defaults": (_("Settings of all queues"), ""),
    "ranges": (_("Inventory"), ""),
    "record_file": (_("Calls"), ""),
    "report": (_("Report"), ""),
    "schedule": (_("Schedule"), "schedule"),
    "sign_up": (_("Sign up"), ""),
    "subscription": (_("Subscription"), ""),
    "support_contact": (_("Support directory"), ""),
    "tax_reply": (_("Taxes and fees"), ""),
    "terms": (_("Terms of service"), ""),
    "terms_acceptance": (_("Terms of service"), ""),
    "token": (_("Token"), ""),
    "unlock": (_("Lock"), ""),
    "unlocked_number": (_("Lock"), ""),
    "usage_interval": (_("Number"), ""),
    "virtual_line": (_("Virtual line"), ""),
    "webhook": (_("Webhook"), "webhook"),
    "workspace": (_("Workspace"), ""),
}


def word(kind: str) -> str:
    """The word for a kind of thing; an unknown kind says its own name."""
    return str(KINDS[kind][0]) if kind in KINDS else kind.replace("_", " ")


def name(kind: str, named: str) -> str:
    """What a record calls a thing, in the reader's words where the record has a code: a licence is recorded by its item."""
    if kind in {"licence", "licence_use"}:
        return str(plan_words.ITEMS.get(named, named))
    if kind == "subscription":
        return str(plan_words.OWN_NAMES.get(named, named))
    return named


def choices() -> list[tuple[str, str]]:
    """The kinds to choose from, each word once."""
    first: dict[str, str] = {}
    for kind in KINDS:
        first.setdefault(word(kind), kind)
    return [(kind, called) for called, kind in sorted(first.items(), key=lambda each: each[0].casefold())]


def alike(kind: str) -> list[str]:
    """All kinds that go by the same word as this one; none for none."""
    return [each for each in KINDS if word(each) == word(kind)] if kind in KINDS else []


def address(kind: str, id: UUID | None, name: str = "") -> str:
    """The page of a thing; "" when it has none. Whether the reader may see it is asked there."""
    page = KINDS.get(kind, ("", ""))[1]
    if not page or id is None:
        return ""
    if kind == "number":
        return reverse(page, args=[name]) if name.startswith("+") and name[1:].isdigit() else ""
    return reverse(page, args=[id])
