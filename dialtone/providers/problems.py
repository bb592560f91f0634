"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "providers.code",
    FIELD,
    _("%(value)s cannot be the short name of a provider."),
    allowed=_("2 to 40 small letters, digits and hyphens."),
    error_code=27101,
)
register(
    "providers.code_taken",
    CONFLICT,
    _("A provider with the short name %(value)s is there already."),
    next_step=_("Choose another short name."),
    error_code=27102,
)
register(
    "providers.choice",
    FIELD,
    _("%(value)s is not one of the choices."),
    allowed="%(choices)s",
    error_code=27103,
)
register(
    "providers.not_in_market",
    CONFLICT,
    _("%(provider)s does not offer its services in %(country)s."),
    next_step=_("Choose a provider of that country."),
    error_code=27104,
)
register(
    "providers.not_offered",
    CONFLICT,
    _("%(provider)s is not offered any more."),
    next_step=_("Choose another provider."),
    error_code=27105,
)
register(
    "providers.contact_centre",
    FIELD,
    _("Calling plans are not supported together with a contact centre."),
    next_step=_("Leave the contact centre out, or choose another kind of connection."),
    error_code=27106,
)
