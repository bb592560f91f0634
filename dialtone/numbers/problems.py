"""What this room refuses, with stable codes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "numbers.not_available",
    CONFLICT,
    _("%(number)s is not available."),
    next_step=_("Search again, or take one of the alternatives."),
    error_code=25301,
)
register(
    "numbers.part_of_block",
    CONFLICT,
    _("%(number)s is part of the block %(first)s (%(size)s numbers); release the whole block."),
    next_step=_(
        "A number ordered in a block goes only together with the block. Release the block, then order new numbers."
    ),
    error_code=25302,
)
register(
    "numbers.in_use",
    CONFLICT,
    _("%(number)s is in use by %(owner)s."),
    next_step=_("Unassign it first."),
    error_code=25303,
)
register(
    "numbers.is_main",
    CONFLICT,
    _("%(number)s is the main number of %(location)s, which has people or numbers that need it."),
    next_step=_("Choose another main number for the location first."),
    error_code=25304,
)
register(
    "numbers.wrong_state",
    CONFLICT,
    _("%(number)s is %(state)s, so this cannot be done now."),
    error_code=25305,
)
register(
    "numbers.assigned_to_other",
    CONFLICT,
    _("%(number)s already belongs to %(owner)s."),
    next_step=_("Take it from %(owner)s first, or choose another number."),
    error_code=25306,
)
register(
    "numbers.other_country",
    FIELD,
    _("%(number)s is a number of %(country)s; the location is in %(location_country)s."),
    allowed=_("A number of the location's own country."),
    error_code=25307,
)
register(
    "numbers.other_location",
    FIELD,
    _("%(number)s belongs to another location."),
    allowed=_("A number of this location."),
    error_code=25308,
)
register(
    "numbers.extension_taken",
    CONFLICT,
    _("Extension %(extension)s is already in use at this location, by %(owner)s."),
    error_code=25309,
)
register(
    "numbers.extension_shape",
    FIELD,
    _("An extension is 2 to 6 digits; %(extension)s is not."),
    allowed=_("2 to 6 digits, for example 1001."),
    error_code=25310,
)
register(
    "numbers.extension_reserved",
    FIELD,
    _("Extension %(extension)s would clash with an emergency or service code."),
    allowed=_("An extension that does not begin like 911, 112 or another emergency or service number."),
    error_code=25311,
)
register(
    "numbers.too_many_held",
    CONFLICT,
    _("At most %(limit)s numbers can be held at a time; you hold %(held)s."),
    next_step=_("Order or remove some of the numbers in your carts first."),
    error_code=25312,
)
register(
    "numbers.line_empty",
    FIELD,
    _("A line needs a phone number, an extension, or both."),
    error_code=25313,
)
register(
    "numbers.service_only",
    CONFLICT,
    _("%(number)s is a service number; only a phone menu or a queue can have it."),
    allowed=_("A phone menu or a queue."),
    error_code=25314,
)
register(
    "numbers.not_delivered",
    CONFLICT,
    _("%(number)s is still on its way from the carrier."),
    next_step=_("Wait until it is delivered, or cancel its order while that is possible."),
    error_code=25315,
)
register(
    "numbers.second_person",
    CONFLICT,
    _("%(count)s numbers are too many to be released by one person at once."),
    next_step=_("Choose at most %(limit)s, or ask for the consent of another administrator."),
    error_code=25316,
)
register(
    "numbers.few_enough",
    CONFLICT,
    _("So few numbers take no second person."),
    next_step=_("Release them yourself: at most %(limit)s at once."),
    error_code=25318,
)
register("numbers.twice", FIELD, _("This is in the list twice."), error_code=25330)
register(
    "numbers.already_held",
    CONFLICT,
    _("%(number)s cannot be added: somebody has it."),
    next_step=_("Check the number, and remove it where it is first."),
    error_code=8363,  # the compatible API's own
)
register(
    "numbers.by_order_only",
    CONFLICT,
    _("%(location)s has a calling plan: its numbers come from orders and ports."),
    next_step=_("Order numbers, or port them in."),
    error_code=25331,
)
register(
    "numbers.usage_kind",
    CONFLICT,
    _("%(number)s is toll-free or mobile, so it stays what it is."),
    error_code=25332,
)
register(
    "numbers.usage_main",
    CONFLICT,
    _("%(number)s is the main number of its location."),
    next_step=_("Choose another main number first."),
    error_code=25333,
)
register(
    "numbers.service_licence",
    CONFLICT,
    _("%(number)s cannot become a service number: your account has no licence for service numbers."),
    next_step=_("Ask your partner or the operator for the licence."),
    error_code=25334,
)
register(
    "numbers.service_not_offered",
    CONFLICT,
    _("The provider of this location has no service numbers."),
    error_code=25398,
)
register(
    "numbers.service_paid",
    CONFLICT,
    _("Service numbers of another provider need a paid subscription."),
    next_step=_("Convert the trial, or ask your partner or the operator for a subscription."),
    error_code=25399,
)
register(
    "numbers.move_inactive",
    CONFLICT,
    _("%(number)s is not in service, so it cannot move."),
    next_step=_("Activate it first."),
    error_code=25335,
)
register(
    "numbers.move_provider",
    CONFLICT,
    _("%(number)s cannot move: the other location has another PSTN connection, provider or country."),
    error_code=25336,
)
register(
    "numbers.move_main",
    CONFLICT,
    _("%(number)s is the main number of its location, so it cannot move."),
    next_step=_("Choose another main number first."),
    error_code=25337,
)
register(
    "numbers.not_of_type",
    FIELD,
    _("%(number)s is not a number of type %(type)s."),
    error_code=25338,
)
register(
    "numbers.is_leaving",
    CONFLICT,
    _("Another carrier has asked for %(number)s, so it cannot be released now."),
    next_step=_("Wait until the number has left, or stop the request."),
    error_code=25339,
)
register(
    "numbers.caller_id_elin",
    CONFLICT,
    _("%(number)s is lent to emergency calls (ELIN), so it is not shown for others."),
    next_step=_("Choose another number to show."),
    error_code=25346,
)
register(
    "numbers.caller_id_not_live",
    CONFLICT,
    _("%(number)s is not in service, so it cannot be shown."),
    next_step=_("Choose another number to show."),
    error_code=25347,
)
register(
    "numbers.caller_id_other_country",
    CONFLICT,
    _("%(number)s is at a location in %(country)s; this line is in %(location_country)s."),
    next_step=_("Choose another number to show."),
    error_code=25348,
)
register(
    "numbers.caller_id_other_carrier",
    CONFLICT,
    _("Calls of %(number)s leave by another carrier than those of this line."),
    next_step=_("Choose another number to show."),
    error_code=25349,
)
register(
    "numbers.caller_id_name",
    FIELD,
    _("“%(value)s” cannot be shown as a name."),
    allowed=_("Up to 30 characters, no quotation marks, percent or plus signs."),
    error_code=25350,
)
register(
    "numbers.not_yours",
    FIELD,
    _("%(number)s is not one of your numbers."),
    error_code=25319,
)
register(
    "numbers.line_twice",
    FIELD,
    _("%(number)s is in line %(line)s already."),
    error_code=25320,
)
register(
    "numbers.plan_changed",
    CONFLICT,
    _("Something else would be done now than was shown."),
    next_step=_("Look at the plan again."),
    error_code=25321,
)
register(
    "numbers.plan_empty",
    CONFLICT,
    _("No line changes anything."),
    next_step=_("Correct the lines that are wrong, or choose something else."),
    error_code=25322,
)
