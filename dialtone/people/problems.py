"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, FORBIDDEN, UNKNOWN_CALLER, register

register(
    "auth.token",
    UNKNOWN_CALLER,
    _("This token is not valid."),
    next_step=_("Make a new token on your profile page."),
    error_code=25101,
)
register(
    "people.email_taken",
    CONFLICT,
    _("%(email)s is in use already."),
    next_step=_("Use another address, or find the person in the list."),
    error_code=25102,
)
register(
    "people.role",
    FIELD,
    _("The role %(role)s cannot be given here."),
    allowed=_("One of: %(roles)s."),
    error_code=25103,
)
register(
    "people.last_admin",
    CONFLICT,
    _("%(name)s is the last full administrator."),
    next_step=_("Make somebody else a full administrator first."),
    error_code=25104,
)
register(
    "people.scope",
    FORBIDDEN,
    _("You do not hold the permission %(scope)s yourself."),
    next_step=_("Leave it out of the token."),
    error_code=25105,
)
register(
    "people.not_enrolled",
    CONFLICT,
    _("This partner is not enrolled in the calling programme."),
    next_step=_("Ask the operator to enrol the partner."),
    error_code=25106,
)
