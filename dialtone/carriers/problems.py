"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, register

register(
    "carriers.none",
    CONFLICT,
    _("No carrier delivers numbers in %(country)s for this installation yet."),
    next_step=_("The operator has to choose one: the setting carriers."),
    error_code=27401,
)
