"""What each porting error is called, what it means, and what cures it; marked for translation."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

WORDS: Final[dict[str, tuple[Any, Any, Any]]] = {
    "ERR-01": (
        _("Account number mismatch"),
        _("The account number differs from the one on the losing carrier's customer service record."),
        _(
            "Correct the account number and resubmit. At some carriers it equals the billing number or the number itself."
        ),
    ),
    "ERR-02": (
        _("Account number required"),
        _("The losing carrier needs the account number, and the order has none."),
        _(
            "Enter the account number and resubmit. At some carriers it equals the billing number or the number itself."
        ),
    ),
    "ERR-03": (
        _("Account name mismatch"),
        _("The authorising person differs from the one on the customer service record."),
        _("Correct the authorised name on the account and resubmit."),
    ),
    "ERR-04": (
        _("Billing number mismatch"),
        _("The billing number (BTN) differs from the one on the customer service record."),
        _("Correct the carrier billing phone number and resubmit."),
    ),
    "ERR-05": (
        _("Company name mismatch"),
        _("The company differs from the one on the customer service record."),
        _("Correct the company name with the previous carrier and resubmit."),
    ),
    "ERR-06": (
        _("Several billing numbers"),
        _(
            "The numbers belong to accounts with different billing numbers; the losing carrier wants an order for each."
        ),
        _("Cancel this order and create one for each group of numbers with the same billing number."),
    ),
    "ERR-07": (
        _("FOC date refused"),
        _("The wished date is not possible for the losing carrier."),
        _("Choose another date and resubmit."),
    ),
    "ERR-08": (
        _("Unknown error"),
        _("The losing carrier gave a reason that is not known to us."),
        _("PSTN support finds out what it means. Open a case; the order waits."),
    ),
    "ERR-09": (
        _("PIN missing or wrong"),
        _("Wireless numbers need the PIN or passcode of the account."),
        _("Ask the present carrier for the PIN, enter it and resubmit."),
    ),
    "ERR-10": (
        _("Another order is pending"),
        _(
            "The losing carrier already has an order for these numbers, such as a port or a change of address."
        ),
        _("Remove the numbers concerned and resubmit, or wait until that order is done."),
    ),
    "ERR-11": (
        _("The billing number would leave the account"),
        _("The billing number is among the ported numbers while others stay behind."),
        _(
            "Take the billing number off the list and resubmit; put it into the last order. Or say what becomes of the remaining numbers, and which is billed from then on."
        ),
    ),
    "ERR-12": (
        _("Service address mismatch"),
        _("Street, city or state differ from the customer service record."),
        _("Correct the service address and resubmit."),
    ),
    "ERR-13": (
        _("A number has a special feature"),
        _("A feature such as remote call forwarding keeps the number from moving."),
        _(
            "Remove the numbers concerned and resubmit, or have the present carrier take the feature off first."
        ),
    ),
    "ERR-14": (
        _("Number not of this customer"),
        _("The losing carrier has these numbers under somebody else."),
        _("Remove the numbers concerned and resubmit."),
    ),
    "ERR-15": (
        _("Number not portable"),
        _("These numbers are not in service, or not on the account."),
        _("Remove the numbers concerned and resubmit."),
    ),
    "ERR-16": (
        _("Rate centre not supported"),
        _("Numbers of this rate centre cannot be moved to us."),
        _("Remove the numbers concerned and resubmit."),
    ),
    "ERR-17": (
        _("ZIP or postal code mismatch"),
        _("The postal code differs from the customer service record."),
        _("Correct the postal code and resubmit."),
    ),
    "ERR-18": (
        _("Bill not valid"),
        _("The bill was not accepted: too old, of another account, or not legible."),
        _("Upload the newest bill of this account, and resubmit."),
    ),
    "ERR-19": (
        _("Letter of authorisation not valid"),
        _("The letter of authorisation was not accepted."),
        _("Have the letter signed again by the person named on the account, and resubmit."),
    ),
}
