"""Signing a contract through the link of its letter, by somebody who need not be able to sign in (SPK-09)."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from dialtone.base import tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.locations import contract, queries
from dialtone.orders import remind
from dialtone.web import errors
from dialtone.web.page import into_form


class SignForm(forms.Form):
    """A signature: name, title, intent."""

    name = forms.CharField(label=gettext_lazy("Your full name"), required=False)
    title = forms.CharField(label=gettext_lazy("Your job title"), required=False)
    agreed = forms.BooleanField(
        label=gettext_lazy("I sign this contract for the company named above"), required=False
    )


@never_cache
def sign(request: HttpRequest, secret: str) -> HttpResponse:
    """Knowing the secret is the right to read this one contract and to sign it, once, under the name it expects."""
    try:
        linked = contract.by_link(secret)
    except Problem as problem:
        return errors.problem_page(request, problem)
    signatory = tenancy.Actor(kind="signatory", name=linked.signatory, origin="letter")
    with tenancy.customer_scope(linked.customer_id, linked.partner_id, signatory):
        form = SignForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            told = form.cleaned_data
            try:
                contract.sign_contract(
                    linked.location_id,
                    name=told["name"],
                    title=told["title"],
                    agreed=told["agreed"],
                    link=secret,
                )
            except (Problem, Problems) as problem:
                into_form(form, problem)
            else:
                remind.resume_waiting(linked.customer_id)
        context = {
            "location": queries.location(linked.location_id),
            "contract": contract.of_location(linked.location_id),
            "form": form,
        }
        response = render(request, "pages/locations/sign.html", context, status=422 if form.errors else 200)
    response["Referrer-Policy"] = "no-referrer"
    return response
