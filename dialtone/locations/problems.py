"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, register

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
register("locations.intent", FIELD, _("Tick the box to sign."), error_code=25709)
register(
    "locations.not_signer",
    FORBIDDEN,
    _("Only an administrator of the customer can sign this contract."),
    error_code=25710,
)
