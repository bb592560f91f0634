"""The operator's partners: make them, enrol them in the PSTN programme (ACC-03), suspend them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.problems import Problem, Problems
from dialtone.people import change_organisation, enrol_partner, queries
from dialtone.people.create_partner import create_partner
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Organisation
from dialtone.rates import resale
from dialtone.web import keyset, reading
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, into_form, page
from dialtone.web.pages import customers

ORDER = ("search_name", "id")


class PartnerFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Name")}),
    )


class PartnerForm(forms.Form):
    """A new partner and its first administrator."""

    NEEDED = ("name",)

    name = forms.CharField(
        label=gettext_lazy("Name of the company"),
        required=False,
        widget=forms.TextInput({"maxlength": "120"}),
    )
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(each, each) for each in customers.CURRENCIES]
    )
    enrolled = forms.BooleanField(
        label=gettext_lazy("It has accepted the calling addendum: enrol it in the PSTN programme"),
        required=False,
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail of its first administrator"),
        required=False,
        widget=forms.EmailInput,
        help_text=gettext_lazy("Gets an invitation. Leave it empty to invite somebody later."),
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = self.fields["time_zone"]
        assert isinstance(zone, forms.ChoiceField)
        zone.choices = reading.zones(self.initial.get("time_zone", ""))
        country = self.fields["country"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = reading.countries()


@page("edits_partners")
def partner_list(request: HttpRequest) -> HttpResponse:
    """All partners, enrolled or not."""
    caller = caller_of(request)
    form = PartnerFilters(request.GET, auto_id="filter_%s")
    with caller.home_scope():
        found = queries.partners(form.cleaned_data["q"] if form.is_valid() else "")
        at = keyset.page_of(found, request.GET, order=ORDER, listing="partners")
        total = found.count()
        have = queries.customers_by_partner([each.id for each in at.rows])
    listing = Listing(
        request,
        name="partners",
        caption=_("Partners"),
        columns=[
            Column("partner", _("Partner"), heads_row=True),
            Column("programme", _("PSTN programme")),
            Column("customers", _("Customers"), numeric=True),
            Column("since", _("Partner since")),
        ],
        rows=[(each, have.get(each.id, 0)) for each in at.rows],
        row_template="pages/partners/_row.html",
        total=total,
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    return render(request, "pages/partners/list.html", {"title": _("Partners"), "listing": listing})


@page("edits_partners")
def partner_page(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """One partner: enrolled or not, its people, how many customers."""
    with caller_of(request).home_scope():
        found = _partner(partner_id)
        admins = list(queries.people(organisation_id=found.id))
        have = queries.customers_by_partner([found.id]).get(found.id, 0)
        since = resale.of(found.id).since
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "partner": found,
        "admins": admins,
        "customers": have,
        "sold_through_since": since,
        "country": reading.country_text(found.country),
        "reason_form": customers.ReasonForm(auto_id="reason_%s"),
    }
    return render(request, "pages/partners/partner.html", context)


@page("edits_partners")
def partner_new(request: HttpRequest) -> HttpResponse:
    """A new partner, enrolled or not yet."""
    caller = caller_of(request)
    with caller.home_scope():
        home = queries.organisation(caller.home_id)
    initial = {
        "country": home.country,
        "time_zone": home.time_zone,
        "language": home.language,
        "currency": home.currency,
    }
    form = PartnerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with caller.home_scope():
                made = _make(form.cleaned_data, caller.role)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("%(name)s is a partner now.") % {"name": made.name})
            return redirect("partner", partner_id=made.id)
    context = {"title": _("Create a partner"), "crumbs": _crumbs(), "form": form}
    return render(request, "pages/partners/new.html", context, status=422 if form.errors else 200)


@page("edits_partners")
def partner_edit(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Name, language, time zone."""
    caller = caller_of(request)
    with caller.home_scope():
        found = _partner(partner_id)
    initial = {
        "name": found.name,
        "language": found.language,
        "time_zone": found.time_zone,
        "version": found.version,
    }
    form = customers.ChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with caller.home_scope():
                change_organisation.change_organisation(found.id, **form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("The partner is changed."))
            return redirect("partner", partner_id=found.id)
    context = {
        "title": found.name,
        "crumbs": _crumbs(),
        "form": form,
        "back": reverse("partner", args=[found.id]),
    }
    return render(request, "pages/customers/edit.html", context, status=422 if form.errors else 200)


@page("edits_partners")
def partner_enrol(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Enrol it, or end its enrolment, after a question (ACC-03)."""
    caller = caller_of(request)
    with caller.home_scope():
        found = _partner(partner_id)
        if request.method == "POST":
            if found.enrolled_at is None:
                enrol_partner.enrol(found.id)
                messages.success(request, _("%(name)s is enrolled.") % {"name": found.name})
            else:
                enrol_partner.withdraw(found.id)
                messages.success(request, _("%(name)s is no longer enrolled.") % {"name": found.name})
            return redirect("partner", partner_id=found.id)
    return ask_first(
        request,
        about=found.name,
        crumbs=_crumbs(),
        back=reverse("partner", args=[found.id]),
        **_question(found),
    )


@page("edits_partners")
def partner_suspend(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Shut a partner and all its customers out, or let them back in."""
    caller = caller_of(request)
    with caller.home_scope():
        found = _partner(partner_id)
    return customers.suspension(request, caller, found, reverse("partner", args=[found.id]), _crumbs())


def _question(found: Organisation) -> dict[str, Any]:
    if found.enrolled_at is None:
        return {
            "title": _("Enrol %(name)s in the PSTN programme?") % {"name": found.name},
            "what": _(
                "It is authorised and has accepted the calling addendum; it may then create customers and sell plans."
            ),
            "undo": _("You can end the enrolment at any time."),
            "verb": _("Enrol the partner"),
        }
    return {
        "title": _("End the enrolment of %(name)s?") % {"name": found.name},
        "what": _("What it sold keeps working. It can create no customers and sell no plans any more."),
        "undo": _("You can enrol it again at any time."),
        "verb": _("End the enrolment"),
        "dangerous": True,
    }


def _make(told: dict[str, Any], by_role: str) -> Organisation:
    made = create_partner(
        name=told["name"],
        country=told["country"].strip().upper(),
        language=told["language"],
        time_zone=told["time_zone"],
        currency=told["currency"],
    )
    if told["enrolled"]:
        made = enrol_partner.enrol(made.id)
    if told["email"]:
        invite_person(
            made.id,
            email=told["email"],
            first_name=told["first_name"],
            last_name=told["last_name"],
            role="partner",
            by_role=by_role,
        )
    return made


def _partner(partner_id: UUID) -> Organisation:
    found = queries.organisation(partner_id)
    if found.kind != "partner":
        raise Problem("not_found")
    return found


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Partners"), "url": reverse("partners")}]
