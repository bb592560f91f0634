"""Who an organisation is on its bills: the buyer's data of its invoices, and of the operator the seller's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.billing import set_party
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.people.models import Organisation
from dialtone.web import reading
from dialtone.web.page import caller_of, into_form, page


class DetailsForm(forms.Form):
    """Name, address and numbers. An exemption is for the operator to say of a customer."""

    NEEDED = ("legal_name",)

    legal_name = forms.CharField(label=gettext_lazy("Legal name"), required=False)
    street = forms.CharField(label=gettext_lazy("Street and number"), required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), required=False)
    city = forms.CharField(label=gettext_lazy("City"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    vat_id = forms.CharField(
        label=gettext_lazy("VAT number"),
        required=False,
        help_text=gettext_lazy(
            "Only its form is checked. With it VAT is not charged across borders within the EU."
        ),
    )
    registration_id = forms.CharField(label=gettext_lazy("Company registration number"), required=False)
    email = forms.CharField(
        label=gettext_lazy("E-mail for invoices"), required=False, widget=forms.EmailInput
    )
    account = forms.CharField(label=gettext_lazy("Account to pay to (IBAN)"), required=False)
    exempt_reason = forms.CharField(
        label=gettext_lazy("Exempt from taxes because"),
        required=False,
        help_text=gettext_lazy(
            "Stands on every invoice, such as the number of a certificate. Empty: not exempt."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, whose: Organisation, *args: Any, is_operator: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = reading.countries()
        if whose.kind != "customer" or not is_operator:
            del self.fields["exempt_reason"]
        if whose.kind == "customer":
            del self.fields["account"]


@page("edits_bill_party")
def details(request: HttpRequest) -> HttpResponse:
    """See and change them; invoices that are made keep what was said then."""
    caller = caller_of(request)
    whose = people.organisation(caller.view_id)
    known = set_party.of(whose)
    initial = {
        "legal_name": whose.name,
        "country": whose.country,
        **set_party.plain(known),
        "exempt_reason": known.exempt_reason if known else "",
        "version": known.version if known else 0,
    }
    is_operator = caller.home_kind == "operator"
    form = DetailsForm(whose, request.POST or None, initial=initial, is_operator=is_operator)
    if request.method == "POST" and form.is_valid():
        told = {**set_party.plain(known), **form.cleaned_data}
        try:
            with _scope(caller):
                set_party.set_party(whose, told, version=told.pop("version"))
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Saved"))
            return redirect("billing-details")
    context = {
        "title": _("Billing details"),
        "crumbs": [{"label": _("Invoices"), "url": reverse("invoices")}],
        "form": form,
        "verb": _("Save"),
        "back": reverse("invoices"),
    }
    return render(request, "pages/prices/form.html", context, status=422 if form.errors else 200)


def _scope(caller: Caller) -> Any:
    """The operator's own scope for what only the operator may say of a customer, else the one looked at."""
    return tenancy.operator_scope(caller.actor()) if caller.home_kind == "operator" else caller.scope()
