"""Words of this room that several doors and letters use: statuses, port types, papers, fields, reasons; marked for translation."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

STATUS: Final[dict[str, Any]] = {
    "pending": _("Pending"),
    "rejected": _("Rejected"),
    "submitted": _("Submitted"),
    "foc_received": _("FOC received"),
    "completed": _("Completed"),
    "canceled": _("Canceled"),
}
WAITS_FOR: Final[dict[str, Any]] = {
    "entry": _("The order is a draft: fill it in and submit it."),
    "letter": _("Only the letter of authorisation is missing."),
    "validation": _("The order is being validated."),
    "foc_date": _("The losing carrier is asked for a date."),
    "foc_day": _("The numbers move on the FOC date."),
    "correction": _("Correct what the losing carrier refused, and resubmit."),
    "support": _("PSTN support finds out what the losing carrier meant."),
    "": "",
}
ACTS_NEXT: Final[dict[str, Any]] = {
    "customer": _("you"),
    "signatory": _("the authorised contact"),
    "carrier": _("the losing carrier"),
    "operator": _("PSTN support"),
    "nobody": _("nobody"),
}
PORT_TYPES: Final[dict[str, tuple[Any, Any]]] = {
    "standard": (_("Standard port"), _("From one carrier to another in the same country and area.")),
    "mixed_operator": (
        _("Mixed-operator port"),
        _("Several carriers are involved, for example a block whose numbers belong to two of them."),
    ),
    "isolated": (_("Isolated port"), _("One single number.")),
    "full": (_("Full port"), _("The main number with all numbers attached to it.")),
    "partial": (_("Partial port"), _("Some of the attached numbers; the billing number stays.")),
    "complex": (
        _("Complex port"),
        _("The main number without its attached numbers; another one is billed from then on."),
    ),
}
LINE_TYPES: Final[dict[str, Any]] = {"single_line": _("Single line"), "multi_line": _("Multi-line")}
PAPERS: Final[dict[str, Any]] = {
    "bill": _("Bill of the present carrier"),
    "letter": _("Letter of authorisation"),
    "csr": _("Customer service record"),
    "proof_of_address": _("Proof of address"),
    "company_registration_certificate": _("Company registration document"),
    "identity_document": _("Passport or identity card of the authorising person"),
    "latest_invoice": _("Latest invoice"),
    "other": _("Further document"),
}
FIELDS: Final[dict[str, Any]] = {
    "/accountNumber": _("Account number"),
    "/authorizedName": _("Authorised name on account"),
    "/billingNumber": _("Carrier billing phone number"),
    "/companyName": _("Company name with previous carrier"),
    "/requestedDate": _("Port complete date"),
    "/pin": _("PIN"),
    "/serviceAddress": _("Service address"),
    "/serviceAddress/postalCode": _("ZIP or postal code"),
    "/phoneNumbers": _("Numbers"),
    "/documents/bill": _("Previous carrier's bill"),
    "/letter": _("Letter of authorisation"),
    "/newBillingNumber": _("New billing phone number"),
    "/keptNumbers": _("Numbers that stay"),
    "/remainingNumbersAction": _("Remaining numbers action"),
    "/portType": _("Porting order type"),
    "/lineType": _("Line type"),
    "/contactEmail": _("Additional contact e-mail"),
    "/rioCode": _("RIO code"),
    "/siretCode": _("SIRET code"),
    "/vatNumber": _("VAT number"),
    "/taxId": _("Tax ID"),
    "/companyRegistrationNumber": _("Company registration number"),
    "/migrationCode": _("Migration code"),
    "/fiscalCode": _("Fiscal code of the authorising person"),
    "/acnOrAbn": _("ACN or ABN"),
    "/nzbn": _("New Zealand Business Number"),
}
NOT_PORTABLE_WHY: Final[dict[str, Any]] = {
    "not_in_service": _("it is not in service"),
    "rate_center": _("its rate centre is not supported"),
    "unknown_carrier": _("nobody is known to have it"),
}
SPLIT_WHY: Final[dict[str, Any]] = {
    "country": _("another country"),
    "kind": _("toll-free numbers go by themselves"),
    "carrier": _("another losing carrier"),
    "billing_number": _("another billing number"),
    "line_type": _("another line type"),
    "size": _("the losing carrier takes no more at once"),
}
DAY_WHY: Final[dict[str, Any]] = {
    "past": _("has passed"),
    "too_early": _("earlier than losing carriers can"),
    "weekend": _("weekend"),
    "holiday": _("holiday"),
    "no_window": _("no port window"),
    "too_far": _("too far away"),
}
NUMBER_STATES: Final[dict[str, Any]] = {
    "open": _("on the way"),
    "completed": _("moved"),
    "failed": _("did not move"),
    "canceled": _("taken out"),
}
SUPPORT_MATTERS: Final[dict[str, Any]] = {
    "expedite": _("Move sooner than the rules allow"),
    "out_of_hours": _("Move outside the hours"),
    "late_change": _("Cancel or move although it is too late here"),
    "rejection": _("A rejection that the remedy does not cure"),
    "unknown_error": _("An unknown error"),
    "rollback": _("Bring the numbers back (rollback)"),
    "review": _("Numbers that the check calls not portable"),
    "messaging_only": _("Move calling or messaging only"),
    "loa_form": _("The form of the letter of authorisation"),
}
PORT_OUT_STATES: Final[dict[str, Any]] = {
    "asked": _("Waiting for an answer"),
    "agreed": _("Agreed: the number leaves"),
    "refused": _("Refused"),
    "left": _("Has left"),
    "withdrawn": _("Withdrawn by the other carrier"),
}
PORT_OUT_REASONS: Final[dict[str, Any]] = {
    "not_here": _("the number is not with us"),
    "locked": _("the number is locked"),
    "wrong_pin": _("the PIN is wrong"),
    "not_the_holder": _("the request is not the holder's"),
    "trial": _("numbers of a trial cannot leave"),
    "already_leaving": _("another request for the number is open"),
    "wrong_account": _("the account number is missing or wrong"),
    "wrong_postcode": _("the postcode is missing or wrong"),
}


def age_limit(*, months: int = 0, days: int = 0, strictly_younger: bool = False) -> str:
    """How old a paper may be, in the active language: in months where the country counts them, else in days."""
    if not months:
        return ngettext("Not older than %(days)s day.", "Not older than %(days)s days.", days) % {
            "days": days
        }
    if strictly_younger:
        return gettext("Less than %(months)s months old.") % {"months": months}
    return gettext("Not older than %(months)s months.") % {"months": months}
