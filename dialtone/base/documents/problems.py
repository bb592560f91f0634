"""What papers are refused for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import CONFLICT, FIELD, TOO_LARGE, TOO_MANY, register

KINDS = _("PDF, PNG or JPEG.")

register("documents.empty", FIELD, _("The file is empty."), allowed=KINDS, error_code=25931)
register(
    "documents.too_large",
    TOO_LARGE,
    _("The file is too large."),
    allowed=_("At most %(limit)s MiB."),
    error_code=25932,
)
register(
    "documents.kind",
    FIELD,
    _("The file is neither PDF, PNG nor JPEG, whatever its name says."),
    allowed=KINDS,
    error_code=25933,
)
register(
    "documents.heic",
    FIELD,
    _("HEIC photos are not accepted."),
    allowed=KINDS,
    next_step=_("Save the photo as JPEG (on a phone: share it as “most compatible”) and add that."),
    error_code=25934,
)
register(
    "documents.mismatch",
    FIELD,
    _("The file was announced as %(declared)s, but it is %(found)s."),
    next_step=_("Choose the file again, under its right name."),
    error_code=25935,
)
register(
    "documents.damaged",
    FIELD,
    _("The file is damaged or incomplete."),
    next_step=_("Open it on your computer; if it opens, save or print it as a new PDF and add that."),
    error_code=25936,
)
register(
    "documents.password",
    FIELD,
    _("The PDF asks for a password."),
    next_step=_("Remove the password: print it as a new PDF and add that."),
    error_code=25937,
)
register(
    "documents.pages",
    FIELD,
    _("The PDF has too many pages."),
    allowed=_("At most %(limit)s pages."),
    error_code=25938,
)
register(
    "documents.pixels",
    FIELD,
    _("The picture is too large."),
    allowed=_("At most %(limit)s million pixels."),
    error_code=25939,
)
register(
    "documents.frames",
    FIELD,
    _("The picture has several frames."),
    allowed=_("A single still picture."),
    error_code=25940,
)
register(
    "documents.too_costly",
    FIELD,
    _("The file takes too long to check."),
    next_step=_("Print it as a new, simpler PDF and add that."),
    error_code=25941,
)
register(
    "documents.too_many",
    FIELD,
    _("There are %(limit)s papers here already."),
    allowed=_("At most %(limit)s papers in one place."),
    error_code=25942,
)
register(
    "documents.held",
    CONFLICT,
    _("This paper is held back, because it contains something that could do harm (%(reason)s)."),
    next_step=_("Print it as a new PDF and add that."),
    error_code=25943,
)
register(
    "documents.erased",
    CONFLICT,
    _("This paper was erased, as its retention had ended."),
    error_code=25944,
)
register(
    "documents.often",
    TOO_MANY,
    _("You have opened very many papers in the last hour."),
    next_step=_("Wait an hour, or ask the operator."),
    error_code=25945,
)
register(
    "documents.blank",
    FIELD,
    _("The page is blank."),
    allowed=_("A page with what it should show on it."),
    error_code=25949,
)
