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
register(
    "orders.by_search_only",
    CONFLICT,
    _("Numbers of %(country)s are searched and picked, not ordered by a support case."),
    next_step=_("Search for numbers of the location."),
    error_code=25415,
)
register(
    "orders.identity_code",
    FIELD,
    _("%(value)s cannot be right."),
    allowed="%(right)s",
    error_code=25416,
)
register(
    "orders.birth_date",
    FIELD,
    _("%(value)s is not a date of birth."),
    allowed=_("A day in the past, written as 1980-12-31."),
    error_code=25417,
)
register(
    "orders.address_country",
    FIELD,
    _("The address has to be in the country of the location."),
    allowed="%(location_country)s",
    error_code=25418,
)
register(
    "orders.paper_kind",
    FIELD,
    _("%(value)s is not a paper of this order."),
    allowed=_("One of: %(choices)s."),
    error_code=25419,
)
register(
    "orders.paper_day_needed",
    FIELD,
    _("Of which day is this paper?"),
    allowed=_("The date that is printed on it."),
    error_code=25420,
)
register(
    "orders.paper_in_future",
    FIELD,
    _("%(day)s is still to come."),
    allowed=_("The date that is printed on the paper."),
    error_code=25421,
)
register(
    "orders.paper_too_old",
    FIELD,
    _("A paper of %(day)s is too old."),
    allowed="%(limit)s",
    error_code=25422,
)
register(
    "orders.not_by_case",
    CONFLICT,
    _("Order %(number)s is not an order by support case."),
    next_step=_("Open the order to see what it waits for."),
    error_code=25423,
)
register(
    "orders.case_ended",
    CONFLICT,
    _("Order %(number)s has ended."),
    next_step=_("Place another order."),
    error_code=25424,
)
register(
    "orders.desk_only",
    CONFLICT,
    _("Only a named person of the desk can say this."),
    next_step=_("Sign in as a person of the operator."),
    error_code=25425,
)
register(
    "orders.paper_decided",
    CONFLICT,
    _("Nobody waits for a decision on this paper."),
    next_step=_("Open the order again."),
    error_code=25426,
)
register(
    "orders.reason_needed",
    FIELD,
    _("Say why the paper is refused, so that the customer can send a right one."),
    error_code=25427,
)
register(
    "orders.case_waits",
    CONFLICT,
    _("Order %(number)s cannot be delivered yet: it waits for the customer, or papers are not reviewed."),
    next_step=_("Open the order to see what it waits for."),
    error_code=25428,
)
register(
    "orders.delivered_quantity",
    FIELD,
    _("%(given)s numbers were entered, and %(quantity)s were ordered."),
    allowed=_("Exactly as many numbers as were ordered."),
    error_code=25429,
)
register(
    "orders.number_twice",
    FIELD,
    _("%(number)s is entered twice."),
    error_code=25430,
)
register(
    "orders.area_not_confirmed",
    FIELD,
    _("Confirm that the address of the order lies in the area of these numbers."),
    error_code=25431,
)
register(
    "orders.nothing_asked",
    CONFLICT,
    _("Nothing is asked of you at present."),
    next_step=_("Open the order to see what it waits for."),
    error_code=25432,
)
register(
    "orders.delivered_kind",
    FIELD,
    _("%(number)s is not a local or national number."),
    allowed=_("Numbers of the location's country that people can call at the usual rate."),
    error_code=25433,
)
register(
    "orders.service_licence",
    CONFLICT,
    _("Needs the licence for service numbers: ask your partner or the operator."),
    next_step=_("Ask your partner or the operator for the licence."),
    error_code=25434,
)
register(
    "orders.paper_expired",
    FIELD,
    _("This paper was valid until %(day)s only."),
    next_step=_("Refuse it, so that the customer sends a newer one."),
    error_code=25435,
)
register(
    "orders.no_contract_contact",
    CONFLICT,
    _("%(location)s has nobody yet who signs its contract."),
    next_step=_("Name who signs the contract, in the location's set-up."),
    error_code=25436,
)
register(
    "orders.one_way",
    FIELD,
    _("An order says in one way what is wanted, not in several."),
    allowed=_("A reservation, or numbers, or one block, or how many are to be picked and by what."),
    error_code=25437,
)
