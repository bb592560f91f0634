"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FORBIDDEN, UNKNOWN_CALLER, register

register(
    "carriers.none",
    CONFLICT,
    _("No carrier delivers numbers in %(country)s for this installation yet."),
    next_step=_("The operator has to choose one: the setting carriers."),
    error_code=27401,
)
register(
    "carriers.desk_only",
    FORBIDDEN,
    _("Only a named person of the desk can say this."),
    error_code=27402,
)
register(
    "carriers.answered",
    CONFLICT,
    _("%(name)s has said otherwise of %(number)s already."),
    next_step=_("Ask them, or take it over."),
    error_code=27403,
)
register(
    "carriers.signature",
    UNKNOWN_CALLER,
    _("The event is not signed as this carrier signs."),
    error_code=27404,
)
register(
    "carriers.still_parked",
    CONFLICT,
    _("The event still cannot be applied."),
    error_code=27405,
)
register(
    "carriers.applied",
    CONFLICT,
    _("The event was applied: nothing is left to settle."),
    error_code=27406,
)
register(
    "carriers.pin_gone",
    CONFLICT,
    _("The request came with a PIN, which is not kept, so it cannot be tried again."),
    next_step=_("Ask the other carrier to make it anew, or enter it on the desk with the PIN."),
    error_code=27407,
)
