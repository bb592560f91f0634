"""Second factors and passkeys: their secrets are stored only encrypted, and staff need one to go on (`second_factor` in the
settings; in a sandbox they are only told).

allauth works out recovery codes from a seed, so the seed is encrypted with the installation's key instead of the codes
being hashed (S11): with eight digits a code, a hash alone would keep nobody from trying them all. They are shown once.
Source: reliability, threat 6 (account take-over).
"""

from __future__ import annotations

import base64
from typing import Final
from uuid import UUID

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext as _

from dialtone.base import crypt

PURPOSE: Final = "second_factor"
# Roles that reach the data of organisations other than their own.
STAFF: Final = frozenset({"operator", "partner"})


class MFAAdapter(DefaultMFAAdapter):
    """Encrypts what allauth would keep in the clear, and names things as we do."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(crypt.wrap(text.encode(), PURPOSE, PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return crypt.unwrap(base64.b64decode(encrypted_text), PURPOSE, PURPOSE).decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        known = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey") if known == 0 else _("Passkey %(number)s") % {"number": known + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name of this host, which a browser ties the passkey to: no passkey works at an IP address."""
        return {"id": context.request.get_host().partition(":")[0], "name": "Dialtone"}


def is_missing(person_id: UUID, role: str) -> bool:
    """Whether somebody of a staff role has neither passkey nor authenticator app. Runs at the door."""
    return role in STAFF and not is_set_up(person_id)


def is_asked_of(role: str) -> bool:
    """Whether this installation lets people of this role go on only with a passkey or an authenticator app."""
    return role in STAFF and settings.SECOND_FACTOR == "staff"


def is_set_up(person_id: UUID) -> bool:
    """Whether a person has a passkey or an authenticator app. Runs at the door."""
    return Authenticator.objects.filter(user_id=person_id).exists()
