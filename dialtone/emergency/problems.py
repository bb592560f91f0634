"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, register

register(
    "emergency.no_address",
    CONFLICT,
    _("%(location)s has no valid emergency address."),
    next_step=_("Enter one and have it checked first."),
    error_code=25801,
)
register(
    "emergency.not_valid",
    CONFLICT,
    _("This address is not validated yet."),
    next_step=_("Have it checked, or choose the suggested one."),
    error_code=25802,
)
register(
    "emergency.in_use",
    CONFLICT,
    _("This address is in use by %(count)s numbers: %(numbers)s."),
    next_step=_("Give them another address first."),
    error_code=25803,
)
register(
    "emergency.other_country",
    CONFLICT,
    _("The address is in %(address_country)s, the number in %(country)s."),
    next_step=_("Choose an address in the number's country."),
    error_code=25804,
)
register(
    "emergency.floor_room",
    FIELD,
    _("Which floor and room?"),
    allowed=_("Floor and room, so that help finds the caller in a large building."),
    error_code=25805,
)
register(
    "emergency.no_suggestion",
    CONFLICT,
    _("There is no suggestion to apply."),
    next_step=_("Enter the address again, and have it checked."),
    error_code=25806,
)
register(
    "emergency.check_first",
    CONFLICT,
    _("The address authority does not know this address."),
    next_step=_("Correct it and have it checked again."),
    error_code=25807,
)
register(
    "emergency.corrected",
    CONFLICT,
    _("The address authority knows this address differently."),
    next_step=_("Take the suggested address, or correct what you entered."),
    error_code=25808,
)
register(
    "emergency.person_needed",
    CONFLICT,
    _("Only a person can say that a suggested address is the right one."),
    next_step=_("Have somebody who knows the place choose it."),
    error_code=25809,
)
register(
    "emergency.desk_only",
    FORBIDDEN,
    _("Only a named person of the operator's desk can accept an address that no authority knows."),
    next_step=_("Ask the operator."),
    error_code=25810,
)
register(
    "emergency.not_assigned",
    CONFLICT,
    _("Nobody has %(number)s, so it shows its location's address."),
    next_step=_("Assign the number first."),
    error_code=25811,
)
register(
    "emergency.toll_free",
    CONFLICT,
    _("%(number)s is toll-free: emergency services cannot call it back, so it has no address of its own."),
    next_step=_("Give the person a standard number."),
    error_code=25812,
)
register(
    "emergency.not_delivered",
    CONFLICT,
    _("%(number)s is still on its way from the carrier."),
    next_step=_("Wait until it is delivered."),
    error_code=25813,
)
register(
    "emergency.cannot_keep",
    CONFLICT,
    _("This address cannot be kept as it is."),
    next_step=_("Correct it and have it checked again."),
    error_code=25814,
)
register(
    "emergency.other_provider",
    CONFLICT,
    _("%(number)s is a number of another provider, which carries its calls."),
    error_code=25820,
)
register(
    "emergency.callback_no_number",
    CONFLICT,
    _("There is no number to call back."),
    next_step=_("Choose somebody at this location who has a number."),
    error_code=25815,
)
register(
    "emergency.callback_toll_free",
    CONFLICT,
    _("%(number)s is toll-free: emergency services cannot call it back."),
    next_step=_("Choose somebody at this location who has a number."),
    error_code=25816,
)
register(
    "emergency.callback_elsewhere",
    CONFLICT,
    _("%(number)s is a number of another location."),
    next_step=_("Choose somebody at this location who has a number."),
    error_code=25817,
)
register(
    "emergency.callback_leaving",
    CONFLICT,
    _("Another carrier has asked for %(number)s."),
    next_step=_("Choose somebody at this location who has a number."),
    error_code=25818,
)
register(
    "emergency.callback_not_live",
    CONFLICT,
    _("%(number)s is not in service: nobody can be called back on it."),
    next_step=_("Choose somebody at this location who has a number."),
    error_code=25819,
)
register(
    "emergency.callback_other_address",
    CONFLICT,
    _("%(number)s shows another address than %(own)s: help would be sent there."),
    next_step=_("Have the own number called back."),
    error_code=25821,
)
register(
    "emergency.callback_no_line",
    CONFLICT,
    _("%(name)s has neither number nor extension at a location."),
    next_step=_("Give them a line first."),
    error_code=25822,
)
register(
    "emergency.notice_nobody",
    FIELD,
    _("Who is told?"),
    allowed=_(
        "At least one e-mail address. In the United States somebody on site has to be told of emergency calls (Kari's Law)."
    ),
    error_code=25823,
)
register(
    "emergency.plan_subject",
    FIELD,
    _("Whose address is it?"),
    allowed=_("A number of yours, or the name of a location."),
    error_code=25824,
)
register(
    "emergency.plan_unknown",
    FIELD,
    _("%(what)s is none of yours here."),
    allowed=_("A number of yours at this location, or the name of a location as it stands under Locations."),
    error_code=25825,
)
register(
    "emergency.plan_twice",
    FIELD,
    _("%(what)s is in line %(line)s already."),
    allowed=_("One line for each number and each location."),
    error_code=25826,
)
register(
    "emergency.plan_changed",
    CONFLICT,
    _("Something else would be done now than was shown: an address was changed meanwhile."),
    next_step=_("Look at the plan again."),
    error_code=25827,
)
register(
    "emergency.plan_empty",
    CONFLICT,
    _("No line changes anything."),
    next_step=_("Correct the lines that are wrong, or change an address."),
    error_code=25828,
)
