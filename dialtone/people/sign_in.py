"""Sign-in through django-allauth, whose own sign-up is closed: people are invited, or buy (`plans/sign_up.py`).

All of it runs as the database role `door`. The truth on a person's address is `Person.email`; allauth's own table of
addresses only follows it, so that an address which was changed or taken away opens nothing any more (S13).
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.models import Authenticator
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dialtone.base import clock, mail, record, tenancy
from dialtone.people import identity_providers
from dialtone.people.models import Person

# Wrong passwords for one person from everywhere; beyond it only who has a second factor may go on (BAD-AUT-11).
ANYWHERE = {"login_failed_anywhere": "100/h/key"}


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up through allauth. Mails go out as letters of ours, in the reader's language."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def clean_email(self, email: str) -> str:
        """An address typed into the form for a new password."""
        forget_old_address(email)
        return email

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        login = str(credentials.get("email", "")).lower()
        forget_old_address(login)
        super().pre_authenticate(request, **credentials)
        self._used_anywhere = ratelimit.consume(
            request, app="allauth.account", action="login_failed_anywhere", config=ANYWHERE, key=login
        )
        if not self._used_anywhere and not Authenticator.objects.filter(user__email=login).exists():
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Per address of the caller and login, or anybody could lock out anybody (BAD-AUT-11)."""
        return f"{self.get_client_ip(request)}:{str(credentials.get('email', '')).lower()}"

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        if self._used_anywhere:
            self._used_anywhere.rollback()

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **about: Any) -> HttpResponse | None:
        response = super().pre_login(request, user, **about)
        if response is None and isinstance(user, Person) and not user.may_come_in:
            return self.respond_user_inactive(request, user)
        if response is None and isinstance(user, Person):
            response = _only_by_company(request, user)
        if response is None and isinstance(user, Person):
            follow_address(user)
        return response

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        if isinstance(user, Person):
            with tenancy.acting(user.actor()):
                record.change(user, "password_set", name=user.display_name)

    def send_password_reset_mail(self, user: AbstractBaseUser, email: str, context: dict[str, Any]) -> None:
        if isinstance(user, Person):
            self._write(
                "password_reset", user, {"name": user.display_name, "address": context["password_reset_url"]}
            )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Tell the person that a password, passkey or second factor was changed: it may not have been the person."""
        if isinstance(user, Person):
            facts = {
                "name": user.display_name,
                "what": template_prefix.rsplit("/", 1)[-1],
                "at": clock.now().isoformat(),
                "ip": self.get_client_ip(self.request),
            }
            # allauth calls this after the commit, when the request's own scope has closed.
            with tenancy.door_scope(), tenancy.acting(user.actor()):
                record.change(user, "sign_in_changed", name=user.display_name, facts={"what": facts["what"]})
                self._write("sign_in_changed", user, facts)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Every other mail of allauth belongs to its own sign-up, which we do not have."""

    def _write(self, template: str, person: Person, facts: dict[str, Any]) -> None:
        mail.write(template, to=person.email, language=person.language, facts=facts, person_id=person.id)


def forget_old_address(email: str) -> None:
    """Drop allauth's entry for an address that is no longer its person's."""
    EmailAddress.objects.filter(email=email.lower()).exclude(user__email=email.lower()).delete()


def follow_address(person: Person) -> None:
    """Tell allauth the person's one address. It is proven: without a mail to it nobody here ever gets a password."""
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"verified": True, "primary": True}
    )


def note_sign_in(sender: Any, request: HttpRequest, user: AbstractBaseUser, **about: Any) -> None:
    """Write down who signed in from where; connected in `apps.py`."""
    if isinstance(user, Person) and tenancy.is_open():
        with tenancy.acting(user.actor()):
            record.change(
                user, "signed_in", name=user.display_name, facts={"ip": get_client_ip(request) or ""}
            )


def connect() -> None:
    user_logged_in.connect(note_sign_in, dispatch_uid="people.note_sign_in")


def _only_by_company(request: HttpRequest, person: Person) -> HttpResponse | None:
    """The way to the company's provider, for somebody who came by another one and may not."""
    proofs = get_authentication_records(request, person)
    if proofs and proofs[-1]["method"] == "company":
        return None
    with tenancy.door_scope():
        provider = identity_providers.must_use_provider(person)
    if provider is None:
        return None
    return render(request, "account/company_only.html", {"provider": provider}, status=403)
