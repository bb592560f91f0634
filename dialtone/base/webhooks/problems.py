"""What webhooks refuse."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "webhooks.too_many",
    FIELD,
    _("There are %(limit)s webhooks already."),
    allowed=_("At most %(limit)s webhooks in one organisation; delete one first."),
    error_code=25921,
)
register(
    "webhooks.kinds",
    FIELD,
    _("%(kind)s is not a kind of event."),
    allowed=_("A kind such as order.placed, a whole group such as order.*, or * for all."),
    error_code=25922,
)
register(
    "webhooks.secret",
    FIELD,
    _("The secret is too short or too long."),
    allowed=_("1 to 255 plain characters."),
    error_code=25923,
)
register(
    "webhooks.off",
    CONFLICT,
    _("The webhook %(name)s is switched off."),
    next_step=_("Switch it on, then send again."),
    error_code=25924,
)
