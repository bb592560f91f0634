"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "migration.target",
    FIELD,
    _("%(value)s is not something that locations can be moved to."),
    allowed="%(choices)s",
    error_code=27201,
)
register(
    "migration.provider_needed",
    FIELD,
    _("No provider was chosen."),
    next_step=_("Choose the provider that the locations move to."),
    error_code=27202,
)
register(
    "migration.nothing_to_move",
    CONFLICT,
    _("None of your locations can be moved there by yourself."),
    next_step=_("Look at the ways between PSTN options, or ask support."),
    error_code=27203,
)
register(
    "migration.under_way",
    CONFLICT,
    _("A move of locations is under way already."),
    next_step=_("Go on with it, or leave it first."),
    error_code=27204,
)
register(
    "migration.wrong_step",
    CONFLICT,
    _("This step cannot be taken now."),
    next_step=_("Open the move again: it shows the step it is at."),
    error_code=27205,
)
register(
    "migration.audit_errors",
    CONFLICT,
    _("The number audit report still has errors: %(count)s."),
    next_step=_("Settle what it lists, then look again."),
    error_code=27206,
)
register(
    "migration.not_agreed",
    FIELD,
    _("The box is not ticked."),
    next_step=_("Tick it to say that you have read what happens and agree."),
    error_code=27207,
)
register(
    "migration.no_address",
    CONFLICT,
    _("%(location)s has no valid emergency address."),
    next_step=_("Validate its address first."),
    error_code=27208,
)
register(
    "migration.changed",
    CONFLICT,
    _("%(location)s is on another PSTN connection than when the move began."),
    next_step=_("Look at the location; it stays as it is."),
    error_code=27209,
)
register(
    "migration.no_way_back",
    CONFLICT,
    _("%(location)s cannot go back any more."),
    next_step=_("It has numbers of its new connection, or the move is closed. Ask support."),
    error_code=27210,
)
register(
    "migration.has_moved",
    CONFLICT,
    _("Locations have moved already, so the move cannot be left."),
    next_step=_("Undo them, or close the move."),
    error_code=27211,
)
register(
    "migration.none_chosen",
    FIELD,
    _("No location was chosen."),
    next_step=_("Choose at least one that has not moved."),
    error_code=27212,
)
register(
    "migration.not_by_hand",
    CONFLICT,
    _("This way is not gone by hand."),
    next_step=_("Look at the ways between PSTN options, or ask support."),
    error_code=27213,
)
register(
    "migration.not_ready",
    CONFLICT,
    _("%(location)s is not ready for calls yet."),
    next_step=_("Validate its emergency address, and say that its gateway is ready."),
    error_code=27214,
)
