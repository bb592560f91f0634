"""What this room refuses, with stable codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "orders.quantity",
    FIELD,
    _("%(quantity)s numbers cannot be ordered at once."),
    allowed=_("1 to %(limit)s numbers per order; order more with another order."),
    error_code=25401,
)
register(
    "orders.block_size",
    FIELD,
    _("Blocks of %(size)s numbers are not offered."),
    allowed=_("10, 50 or 100 consecutive numbers."),
    error_code=25402,
)
register(
    "orders.twice",
    FIELD,
    _("%(number)s is in the list twice."),
    allowed=_("Each number once."),
    error_code=25403,
)
register(
    "orders.empty",
    FIELD,
    _("There is nothing to order yet."),
    allowed=_("At least one number."),
    error_code=25404,
)
register(
    "orders.one_block",
    FIELD,
    _("A block is ordered by itself."),
    allowed=_("Exactly one block of 10, 50 or 100 numbers, and nothing else, in one order."),
    error_code=25405,
)
register(
    "orders.reservation_ended",
    CONFLICT,
    _("The reservation ended at %(ended)s."),
    next_step=_("Search again; the numbers may still be free."),
    error_code=25406,
)
register(
    "orders.location_not_ready",
    CONFLICT,
    _("Set up the calling plan of %(location)s before you order numbers for it."),
    next_step=_("Open the location and finish its set-up."),
    error_code=25407,
)
register(
    "orders.no_emergency_address",
    CONFLICT,
    _("%(location)s needs a validated emergency address first."),
    next_step=_("Open the location's emergency address and have it checked."),
    error_code=25408,
)
register(
    "orders.by_case_only",
    CONFLICT,
    _("Numbers of %(country)s are ordered through a support case."),
    next_step=_("Open a support case for this order."),
    error_code=25409,
)
register(
    "orders.kind_not_offered",
    FIELD,
    _("%(kind)s numbers are not offered in %(country)s."),
    allowed=_("One of: %(kinds)s."),
    error_code=25410,
)
register(
    "orders.no_blocks_of_kind",
    FIELD,
    _("Toll-free numbers cannot be ordered as a block."),
    allowed=_("Toll-free numbers one by one, or a block of local numbers."),
    error_code=25411,
)
register(
    "orders.cannot_cancel",
    CONFLICT,
    _("Order %(number)s is %(status)s and can no longer be cancelled."),
    next_step=_("Numbers that you do not need can be released after delivery."),
    error_code=25412,
)
register(
    "orders.country_mismatch",
    FIELD,
    _("%(number)s is a number of another country than the location."),
    allowed=_("Numbers of the location's country."),
    error_code=25413,
)
register(
    "orders.cannot_extend",
    CONFLICT,
    _("This reservation has been extended once already."),
    next_step=_("Order now, or search again after it has ended."),
    error_code=25414,
)
