"""What this room refuses (error codes 261xx)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "services.licence_needed",
    FIELD,
    _("A number or an extension needs a calling licence."),
    next_step=_("Give a calling licence too, or take the number and the extension away."),
    error_code=26101,
)
register(
    "services.line_needed",
    FIELD,
    _("A calling licence needs an extension, a phone number, or both."),
    next_step=_("Give an extension or a phone number of the location."),
    error_code=26102,
)
register(
    "services.location_needed",
    FIELD,
    _("A calling licence needs a location."),
    next_step=_("Name the location."),
    error_code=26103,
)
register(
    "services.calling_disabled",
    CONFLICT,
    _("%(location)s has no calling."),
    next_step=_("Enable calling at the location first."),
    error_code=26104,
)
register(
    "services.plan_elsewhere",
    CONFLICT,
    _("%(location)s has no calling plan, so nobody there can have an outbound calling plan."),
    next_step=_("Choose the calling plan as its PSTN connection."),
    error_code=26105,
)
register(
    "services.plan_needs_line",
    FIELD,
    _("An outbound calling plan needs a calling licence."),
    next_step=_("Give a calling licence too."),
    error_code=26106,
)
register(
    "services.location_fixed",
    CONFLICT,
    _("%(name)s has a line at %(location)s, and cannot be moved like this."),
    next_step=_("Take the calling licence back first, or move the person by a job."),
    error_code=26107,
)
register(
    "services.licence_kind",
    FIELD,
    _("%(item)s is not a licence for this."),
    allowed="%(choices)s",
    error_code=26108,
)
