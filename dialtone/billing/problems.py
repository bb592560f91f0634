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
