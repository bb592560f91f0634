"""What the pre-flight says, sentence by sentence; marked for translation. No blame: what the bill says, what was entered."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

WORDS: Final[dict[str, Any]] = {
    "account_number_differs": _("The account number on the bill is %(found)s; you entered %(entered)s."),
    "account_number_on_bill": _("The bill shows the account number %(found)s; the order has none."),
    "account_number_needed": _("This carrier needs the account number; the order has none."),
    "name_differs": _("The person on the bill is %(found)s; you entered %(entered)s."),
    "name_differs_not_found": _("%(entered)s does not stand on the bill."),
    "company_differs": _("The company on the bill is %(found)s; you entered %(entered)s."),
    "company_differs_not_found": _("%(entered)s does not stand on the bill."),
    "billing_number_differs": _("The billing number on the bill is %(found)s; you entered %(entered)s."),
    "several_billing_numbers": _("The numbers belong to %(count)s billing numbers: %(numbers)s."),
    "billing_number_leaves": _(
        "The billing number %(number)s would leave while %(count)s numbers stay on the account: %(numbers)s."
    ),
    "date_too_early": _("This carrier needs until %(found)s; you wished %(entered)s."),
    "pin_needed": _("These are wireless numbers: the carrier asks for the PIN of the account."),
    "not_in_service": _("%(count)s numbers are not in service: %(numbers)s."),
    "rate_center": _("%(count)s numbers are of a rate centre that cannot be moved to us: %(numbers)s."),
    "not_on_bill": _("%(count)s numbers do not stand on the bill: %(numbers)s."),
    "unsaid_numbers": _("%(count)s numbers on the bill are neither moved nor said to stay: %(numbers)s."),
    "address_differs": _("The street on the bill is %(found)s; you entered %(entered)s."),
    "city_not_found": _("%(entered)s does not stand on the bill."),
    "postal_code_differs": _("The postal code on the bill is %(found)s; you entered %(entered)s."),
    "postal_code_not_found": _("The postal code %(entered)s does not stand on the bill."),
    "bill_too_old": _("The bill is of %(found)s, and may be %(days)s days old at most."),
    "bill_without_date": _("No date was found on the bill; it may be 30 days old at most."),
    "bill_not_read": _(
        "The bill is a picture or has no text: it was not read, and nothing on it was compared with what you entered."
    ),
    "signer_differs": _(
        "The letter is signed by %(entered)s; the authorised person on the account is %(found)s."
    ),
}
FIXES: Final[dict[str, Any]] = {
    "set": _("Take what the bill says"),
    "keep": _("They stay"),
    "remove": _("Take them off this order"),
    "split": _("Split the order"),
    "upload": _("Upload a newer bill"),
    "sign": _("Sign again"),
}
