"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, NOT_FOUND, register

register(
    "locations.name_taken",
    CONFLICT,
    _("There is a location named %(name)s already."),
    next_step=_("Choose another name."),
    error_code=25701,
)
register(
    "locations.not_served",
    FIELD,
    _("Calling plans are not offered in %(country)s."),
    allowed=_("One of: %(served)s."),
    error_code=25702,
)
register(
    "locations.connection",
    FIELD,
    _("%(value)s is not a PSTN connection."),
    allowed="%(choices)s",
    error_code=25703,
)
register(
    "locations.in_use",
    CONFLICT,
    _("%(name)s is still in use: %(what)s."),
    next_step=_("Remove these first."),
    error_code=25704,
)
register(
    "locations.calling_enabled",
    CONFLICT,
    _("%(name)s still has calling enabled."),
    next_step=_("Disable calling first."),
    error_code=25705,
)
register(
    "locations.not_by_calling_plan",
    CONFLICT,
    _("%(name)s has no calling plan."),
    next_step=_("Choose the calling plan as its PSTN connection."),
    error_code=25706,
)
register(
    "locations.contract_missing",
    CONFLICT,
    _("%(name)s has no contract contact yet."),
    next_step=_("Enter who signs the contract."),
    error_code=25707,
)
register(
    "locations.signature",
    FIELD,
    _("The name does not match the person who has to sign."),
    allowed="%(name)s",
    error_code=25708,
)
register(
    "locations.intent",
    FIELD,
    _("The box is not ticked."),
    next_step=_("Tick it to say that you sign."),
    error_code=25709,
)
register(
    "locations.not_signer",
    FORBIDDEN,
    _("Only the person named in the contract, or a full administrator of the customer, can sign it."),
    error_code=25710,
)
register(
    "locations.calling_disabled",
    CONFLICT,
    _("%(name)s has calling disabled."),
    next_step=_("Enable calling for the location first."),
    error_code=25711,
)
register(
    "locations.needs_migration",
    CONFLICT,
    _("%(name)s holds %(count)s numbers, so its PSTN connection cannot simply be changed."),
    next_step=_("Move it along a migration path, or release its numbers first."),
    error_code=25712,
)
register(
    "locations.not_premises",
    CONFLICT,
    _("%(name)s does not use premises-based PSTN."),
    next_step=_("Choose premises-based PSTN first."),
    error_code=25713,
)
register(
    "locations.country_fixed",
    CONFLICT,
    _("%(name)s is connected in its country, so it cannot move to another."),
    next_step=_("Open a new location in the other country."),
    error_code=25714,
)
register(
    "locations.language",
    FIELD,
    _("%(value)s is not a language."),
    allowed=_("A code such as en, en_us or da_dk."),
    error_code=25715,
)
register(
    "locations.business_days",
    FIELD,
    _("These are not days of the week."),
    allowed=_("At least one of 0 (Monday) to 6 (Sunday)."),
    error_code=25716,
)
register(
    "locations.coordinate",
    FIELD,
    _("%(value)s is not a place on Earth."),
    allowed=_("Degrees between -%(largest)s and %(largest)s."),
    error_code=25717,
)
register(
    "locations.null_island",
    FIELD,
    _("0, 0 is in the sea off Africa: is this right?"),
    allowed=_("The coordinates of the building, or none."),
    error_code=25718,
)
register(
    "locations.step",
    FIELD,
    _("%(value)s is not a step of the set-up."),
    allowed="%(choices)s",
    error_code=25719,
)
register(
    "locations.outside_digit",
    FIELD,
    _("%(value)s cannot be dialled for an outside line."),
    allowed=_("One digit, such as 9, or nothing."),
    error_code=25720,
)
register(
    "locations.routing_prefix",
    FIELD,
    _("%(value)s is not a routing prefix."),
    allowed=_("2 to 7 digits, such as 81."),
    error_code=25721,
)
register(
    "locations.routing_prefix_taken",
    CONFLICT,
    _("The routing prefix %(value)s is that of %(name)s."),
    next_step=_("Choose another prefix."),
    error_code=25722,
)
register(
    "locations.not_connected",
    NOT_FOUND,
    _("PSTN for the location is not configured: %(name)s has no connection yet."),
    next_step=_("Choose a PSTN connection."),
    error_code=25723,
)
register(
    "locations.force_needed",
    CONFLICT,
    _("%(name)s has %(count)s phone menus, hunt groups or queues."),
    next_step=_("Delete them first, or force it."),
    error_code=25724,
)
register(
    "locations.other_connection",
    CONFLICT,
    _("%(provider)s is another kind of PSTN connection."),
    next_step=_("Choose the kind that the provider is."),
    error_code=25731,
)
register(
    "locations.subscription",
    FIELD,
    _("This is not a subscription of yours that is in force."),
    next_step=_("Choose one of the list."),
    error_code=25732,
)
