"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "billing.month",
    FIELD,
    _("%(value)s is no month."),
    allowed=_("A year and a month, such as 2026-11."),
    error_code=28001,
)
register(
    "billing.no_price",
    CONFLICT,
    _("There is no price in %(currency)s for %(what)s, so the invoice cannot be made."),
    next_step=_("Add the price to a price list, then go on with the run."),
    error_code=28002,
)
register(
    "billing.not_over",
    CONFLICT,
    _("%(month)s is not over everywhere yet."),
    error_code=28003,
)
register(
    "billing.customer_first",
    CONFLICT,
    _("%(who)s could not be invoiced, so its partner is not yet."),
    next_step=_("Put right what stops the customer's invoice, then go on with the run."),
    error_code=28024,
)
register(
    "billing.order_of_months",
    CONFLICT,
    _("The next month to invoice is %(month)s."),
    error_code=28004,
)
register(
    "billing.running",
    CONFLICT,
    _("The invoices of %(month)s are not finished yet."),
    next_step=_("Finish them first."),
    error_code=28005,
)
register(
    "billing.credit_too_large",
    FIELD,
    _("At most %(left)s of this invoice can still be credited."),
    error_code=28006,
)
register(
    "billing.not_creditable",
    CONFLICT,
    _("A credit note cannot be credited."),
    next_step=_("Write the credit note about the invoice itself."),
    error_code=28007,
)
register(
    "billing.month_closed",
    CONFLICT,
    _("%(month)s has been invoiced already."),
    next_step=_("Choose a day from %(first)s on."),
    error_code=28008,
)
register(
    "billing.no_tax",
    CONFLICT,
    _("No taxes are known for %(place)s, so the invoice cannot be made."),
    next_step=_(
        "Add the taxes of this place to taxes.yaml, if need be one of 0 percent, then go on with the run."
    ),
    error_code=28011,
)
register(
    "billing.vat_id",
    FIELD,
    _("%(value)s is no VAT number of %(country)s."),
    allowed=_("The number as it is on the company's papers, with or without the country before it."),
    error_code=28012,
)
register(
    "billing.account",
    FIELD,
    _("%(value)s is no account number."),
    allowed=_("An IBAN, such as DK50 0040 0440 1162 43."),
    error_code=28013,
)
register(
    "billing.no_einvoice",
    CONFLICT,
    _("There is no e-invoice of this invoice: %(missing)s."),
    next_step=_("The PDF and the CSV say the same."),
    error_code=28014,
)
register(
    "billing.not_payable",
    CONFLICT,
    _("A credit note is not paid."),
    next_step=_("Write the payment down at the invoice."),
    error_code=28015,
)
register(
    "billing.paid_too_much",
    FIELD,
    _("At most %(left)s of this invoice is still owed."),
    error_code=28016,
)
register(
    "billing.paid_in_future",
    FIELD,
    _("A payment cannot have come in after today."),
    error_code=28017,
)
register(
    "billing.tax_file",
    FIELD,
    _("These lines of taxes cannot be used."),
    next_step="%(why)s",
    error_code=28019,
)
register(
    "billing.taxes_changed",
    CONFLICT,
    _("The table of taxes has changed since you saw what these lines do."),
    next_step=_("Look at it again, then put it into force."),
    error_code=28020,
)
register(
    "billing.tax_service_unknown",
    FIELD,
    _("%(value)s is no tax service of this installation."),
    allowed=_("One of: %(allowed)s."),
    error_code=28021,
)
register(
    "billing.tax_service_away",
    CONFLICT,
    _("The tax service does not answer."),
    next_step=_("It is asked again in a minute, first for what it kept."),
    error_code=28022,
)
register(
    "billing.tax_service_refused",
    CONFLICT,
    _("The tax service has given no taxes for this invoice: %(why)s."),
    next_step=_("Put right what it names, then go on with the run."),
    error_code=28023,
)
register(
    "billing.taken_back",
    CONFLICT,
    _("What takes a payment back cannot be taken back itself."),
    next_step=_("Write the payment down at the invoice."),
    error_code=28018,
)
register(
    "billing.not_the_buyer",
    CONFLICT,
    _("Only whoever an invoice is made out to disputes it."),
    next_step=_("Look at the customer or partner that it is for, and dispute it there."),
    error_code=28025,
)
register(
    "billing.disputed",
    CONFLICT,
    _("This invoice is disputed already, in case %(number)s."),
    next_step=_("Write what you want to add there."),
    error_code=28026,
)
