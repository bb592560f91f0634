"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

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
    _("This address is in use by %(count)s numbers."),
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
register("emergency.no_suggestion", CONFLICT, _("There is no suggestion to apply."), error_code=25806)
register(
    "emergency.check_first",
    CONFLICT,
    _("The address authority does not know this address."),
    next_step=_("Correct it and have it checked again."),
    error_code=25807,
)
