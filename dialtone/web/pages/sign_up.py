"""Signing up: who buys, then the six digits that were mailed, and one is in (SMB-01 to SMB-04)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from dialtone import countries
from dialtone.base import clock
from dialtone.base.problems import Problem, Problems
from dialtone.people.models import Person
from dialtone.plans import sign_up
from dialtone.web import errors, reading
from dialtone.web.account_forms import CODE
from dialtone.web.limits import within_limits
from dialtone.web.page import into_form

SESSION = "sign_up"


class SignUpForm(forms.Form):
    """The company, the person who will look after it, and how many plans."""

    organisation = forms.CharField(
        label=gettext_lazy("Company name"),
        widget=forms.TextInput({"autocomplete": "organization", "maxlength": "120", "autofocus": True}),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    quantity = forms.IntegerField(
        label=pgettext_lazy("how many are bought", "Calling plans"),
        initial=1,
        help_text=gettext_lazy("One for each person who has a phone."),
        widget=forms.NumberInput({"min": "1", "max": str(sign_up.MOST_PLANS)}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        widget=forms.TextInput({"autocomplete": "name", "maxlength": "160"}),
        help_text=gettext_lazy("As others see it."),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail"),
        widget=forms.EmailInput({"autocomplete": "email", "maxlength": "254"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", "maxlength": "256"}, render_value=False),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = [(code, reading.country_text(code)) for code in countries.served(clock.now().date())]
        self.fields["country"].choices = sorted(served, key=lambda each: each[1])  # type: ignore[attr-defined]

    def clean_password(self) -> str:
        told = self.cleaned_data
        password = str(told["password"])
        validate_password(password, Person(email=told.get("email", ""), first_name=told.get("name", "")))
        return password


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"), required=False, widget=forms.TextInput({**CODE, "autofocus": True})
    )


def begin(request: HttpRequest) -> HttpResponse:
    """Who buys, and what. The answer is the same whether or not the address is known (S4)."""
    if not sign_up.is_open():
        return render(request, "account/signup_closed.html")
    if getattr(request, "caller", None) is not None:
        return redirect("home")
    form = SignUpForm(request.POST or None, initial={"country": "US"})
    if request.method == "POST" and form.is_valid():
        if not within_limits(request, "sign_up", form.cleaned_data["email"].lower()):
            return errors.too_many(request)
        try:
            begun = sign_up.begin(language=get_language() or "en", **form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            request.session[SESSION] = str(begun.id)
            request.session[f"{SESSION}_email"] = begun.email
            return redirect("sign-up-code")
    context = {"title": _("Sign up"), "form": form}
    return render(request, "account/sign_up.html", context, status=422 if form.errors else 200)


def code(request: HttpRequest) -> HttpResponse:
    """The six digits; with the right ones one is signed in and sees what to set up."""
    begun = request.session.get(SESSION)
    if not begun or not sign_up.is_open():
        return redirect("account_signup")
    if request.method == "POST" and not within_limits(request, "sign_up_code"):
        return errors.too_many(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
        try:
            if "again" in request.POST:
                sign_up.send_again(UUID(begun))
                return redirect("sign-up-code")
            return _come_in(request, sign_up.confirm(UUID(begun), form.cleaned_data["code"]))
        except (Problem, Problems) as problem:
            into_form(form, problem, {"email": "code"})
    context = {
        "title": _("Look into your mail"),
        "form": form,
        "email": request.session.get(f"{SESSION}_email", ""),
        "minutes": int(sign_up.VALID_FOR.total_seconds() // 60),
    }
    return render(request, "account/sign_up_code.html", context, status=422 if form.errors else 200)


def _come_in(request: HttpRequest, person: Person) -> HttpResponse:
    """Signed in as after a password, which was chosen a moment ago."""
    del request.session[SESSION], request.session[f"{SESSION}_email"]
    record_authentication(request, person, method="password", email=person.email)
    return perform_login(request, Login(person, redirect_url=reverse("set-up"), email=person.email))
