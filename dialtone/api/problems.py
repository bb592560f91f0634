"""Refusals that only this door has."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import FIELD, UNREADABLE, register

register(
    "api.customer_needed",
    UNREADABLE,
    _("This call is about one customer."),
    allowed=_("Name the customer with orgId, or use a token of that customer."),
    error_code=25501,
)
register("field.wrong", FIELD, _("%(field)s is not what is expected: %(expected)s."), error_code=25502)
register(
    "field.too_many",
    FIELD,
    _("%(field)s has too many entries."),
    allowed=_("At most %(limit)s."),
    error_code=25503,
)
register(
    "field.too_few",
    FIELD,
    _("%(field)s has too few entries."),
    allowed=_("At least %(limit)s."),
    error_code=25504,
)
register(
    "api.crashed",
    500,
    _("Something went wrong here; nothing was changed."),
    next_step=_("Try again, and tell us the trackingId if it happens again."),
    error_code=25505,
)
register(
    "api.filters_together",
    UNREADABLE,
    _("The filter %(field)s cannot be used together with %(other)s."),
    error_code=25506,
)
register(
    "api.not_offered",
    FIELD,
    _("%(field)s is not offered here."),
    next_step=_("Leave it out."),
    error_code=25507,
)
