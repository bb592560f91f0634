"""The names of divisions, situations and states, for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

DIVISIONS = {
    "partner_help": _("Partner help desk"),
    "pstn_support": _("PSTN support"),
    "technical_support": _("Technical support"),
    "collections": _("Invoices and collections"),
    "subscription_support": _("Subscription support"),
}
SITUATIONS = {
    "offer_question": _("A question about the offer"),
    "documentation": _("How something is done, or where it is written"),
    "regulatory_tax": _("Regulatory taxes, before a quote"),
    "loa_form": _("A form for a letter of agency"),
    "pstn_question": _("A question about numbers, orders or ports"),
    "order_by_case": _("Numbers that can only be ordered through a case"),
    "order_action_needed": _("An order asks for something from me"),
    "port_rejected": _("A port order was rejected"),
    "port_unknown_error": _("A port order has an error that I do not understand"),
    "port_change": _("A port order that cannot be changed here any more, or not this way"),
    "port_rollback": _("Numbers have moved and should go back"),
    "port_not_portable": _("A number is said not to be portable"),
    "order_error": _("An order of new numbers ended in error"),
    "portal": _("Something here does not work"),
    "call_quality": _("Calls sound bad"),
    "dropped_calls": _("Calls break off"),
    "outage": _("No calls at all"),
    "invoice_question": _("A question about an invoice"),
    "vat": _("Value-added tax"),
    "payment": _("A payment"),
    "quote": _("A quote"),
    "subscription": _("A subscription or licence"),
    "order_booking": _("Booking or managing an order of licences"),
    "provisioning": _("Setting up what was bought"),
    "billing_dispute": _("A dispute about billing or an invoice"),
    "port_expedite": _("A port order that should go faster"),
    "port_date": _("Another date or time for a port, also after the FOC date is known"),
    "order_cancel": _("An order that should be cancelled"),
    "pstn_move": _("Moving between PSTN options where no path is offered"),
}
STATES = {"open": _("with us"), "answered": _("with you"), "closed": _("closed")}
REGIONS = {
    "north_america": _("North America"),
    "emea": _("Europe, Middle East, Africa"),
    "apac": _("Asia-Pacific"),
}


def fact_text(value: object) -> str:
    """A fact that goes along with a case, as text: several things are named one after the other.

    >>> fact_text(["ERR-08 ZX-77", "ERR-09"]), fact_text(None), fact_text(0)
    ('ERR-08 ZX-77, ERR-09', '', '0')
    """
    if isinstance(value, (list, tuple)):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
