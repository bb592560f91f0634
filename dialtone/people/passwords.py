"""A password is at most so long: hashing a megabyte would be a way to keep us busy (BAD-AUT-20)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 256


class LengthLimit:
    """A Django password validator: refuses more than 256 characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Use at most %(limit)s characters.") % {"limit": LONGEST}
