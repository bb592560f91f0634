"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import FIELD, register

register(
    "billing.month",
    FIELD,
    _("%(value)s is no month."),
    allowed=_("A year and a month, such as 2026-11."),
    error_code=28001,
)
