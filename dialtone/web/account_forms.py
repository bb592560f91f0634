"""allauth's forms in our words: labels without a placeholder that repeats them."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12"}


class InOurWords(forms.Form):
    """Labels, hints and attributes by field name; a label says what a placeholder would repeat."""

    LABELS: ClassVar[dict[str, Any]] = {}
    HINTS: ClassVar[dict[str, Any]] = {}
    FOCUS: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.LABELS.get(name, field.label)
            field.help_text = self.HINTS.get(name, field.help_text)
        if self.FOCUS and not self.is_bound:
            self.fields[self.FOCUS].widget.attrs["autofocus"] = True


class SignIn(InOurWords, account.LoginForm):
    LABELS: ClassVar = {"login": _("E-mail"), "password": _("Password")}
    FOCUS = "login"


class AskForPassword(InOurWords, account.ResetPasswordForm):
    """It takes as long for an address that nobody has as for one to which a letter is written (S4)."""

    LABELS: ClassVar = {"email": _("E-mail")}
    FOCUS = "email"
    TAKES = 0.3  # seconds; longer than to write the letter

    def save(self, request: HttpRequest, **more: Any) -> str:
        begun = time.monotonic()
        email: str = super().save(request, **more)
        time.sleep(max(0.0, self.TAKES - (time.monotonic() - begun)))
        return email


class FirstPassword(InOurWords, account.ResetPasswordKeyForm):
    LABELS: ClassVar = {"password1": _("New password"), "password2": _("New password, once more")}
    FOCUS = "password1"


class ChangePassword(InOurWords, account.ChangePasswordForm):
    LABELS: ClassVar = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password, once more"),
    }


class Again(InOurWords, account.ReauthenticateForm):
    LABELS: ClassVar = {"password": _("Password")}
    FOCUS = "password"


class SecondStep(InOurWords, mfa.AuthenticateForm):
    LABELS: ClassVar = {"code": _("Code")}
    HINTS: ClassVar = {"code": _("Six digits from your authenticator app, or one of your recovery codes.")}
    FOCUS = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE)


class SecondStepAgain(InOurWords, mfa.ReauthenticateForm):
    LABELS: ClassVar = SecondStep.LABELS
    HINTS: ClassVar = SecondStep.HINTS
    FOCUS = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE)


class StartApp(InOurWords, totp.ActivateTOTPForm):
    LABELS: ClassVar = {"code": _("Code that the app shows now")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.update(CODE)


class AddPasskey(InOurWords, webauthn.AddWebAuthnForm):
    LABELS: ClassVar = {
        "name": _("Name"),
        "passwordless": _("Sign in with it alone, without e-mail and password"),
    }
    HINTS: ClassVar = {
        "name": _("So that you know it again, for example after the device it is on."),
        "passwordless": _("The device then asks for your fingerprint, face or PIN."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"passwordless": True, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = "100"


class NamePasskey(InOurWords, webauthn.EditWebAuthnForm):
    LABELS: ClassVar = {"name": _("Name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["maxlength"] = "100"
