"""What this room refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, register

register(
    "support.situation",
    FIELD,
    _("%(situation)s is not a situation that a case can be about."),
    allowed=_("One of: %(situations)s."),
    error_code=25951,
)
register(
    "support.text_too_long",
    FIELD,
    _("The text has %(length)s characters."),
    allowed=_("At most %(limit)s characters; add longer things as a paper."),
    error_code=25952,
)
register(
    "support.closed",
    CONFLICT,
    _("Case %(number)s is closed."),
    next_step=_("Open a new case and name this one in it."),
    error_code=25953,
)
register(
    "support.too_many",
    CONFLICT,
    _("%(limit)s cases are open already."),
    next_step=_("Close those that are settled, or add to one of them."),
    error_code=25954,
)
register(
    "support.attachments",
    FIELD,
    _("%(count)s files are attached."),
    allowed=_("At most %(limit)s files with one message."),
    error_code=25955,
)
register(
    "support.form_paper",
    FIELD,
    _("%(value)s is not a paper that a form can be handed out for."),
    allowed="%(choices)s",
    error_code=25957,
)
register(
    "support.form_kind",
    FIELD,
    _("A form is handed out as PDF."),
    allowed=_("A PDF that opens, without a password or programs in it."),
    error_code=25958,
)
register(
    "support.place",
    FIELD,
    _("%(value)s is neither a division nor a region of the directory."),
    allowed="%(choices)s",
    error_code=25961,
)
register(
    "support.phone",
    FIELD,
    _("%(value)s is not a telephone number."),
    allowed=_("Digits, spaces and + ( ) - . / only, with at least 3 digits."),
    error_code=25962,
)
