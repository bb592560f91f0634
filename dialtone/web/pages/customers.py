"""The customers that a partner or the operator looks after: at a glance, one by one, made, acted for."""

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
from django.views.decorators.http import require_POST

from dialtone import countries
from dialtone.base import clock, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.locations import drafts
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.people import act_for as acting
from dialtone.people import change_organisation, permissions, queries, rules
from dialtone.people import step_up as steps
from dialtone.people.caller import Caller
from dialtone.people.create_customer import create_customer
from dialtone.people.invite_person import invite_person
from dialtone.people.models import Organisation
from dialtone.plans import queries as plans
from dialtone.plans import subscribe
from dialtone.web import glance, keyset, reading, sorting
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_again, caller_of, into_form, page, typed

# Where one may go on to when one begins to act for somebody.
THEN = {"pstn-set-up", "plans", "plan-buy", "plan-convert", "locations", "orders", "cases"}
CURRENCIES = ["USD", "CAD", "GBP", "EUR", "DKK", "NOK", "SEK", "CHF", "PLN", "AUD", "NZD"]


class CustomerFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Name")}),
    )
    plan = forms.ChoiceField(
        label=gettext_lazy("Plan"),
        required=False,
        choices=[
            ("", gettext_lazy("All plans")),
            ("paid", gettext_lazy("Paid")),
            ("trial", gettext_lazy("Trial")),
            ("none", gettext_lazy("No plan yet")),
        ],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("active", gettext_lazy("Active")),
            ("suspended", gettext_lazy("Suspended")),
        ],
    )


class CustomerForm(forms.Form):
    """A new customer, its plan, and its first administrator."""

    NEEDED = ("name",)

    name = forms.CharField(
        label=gettext_lazy("Name of the company"),
        required=False,
        widget=forms.TextInput({"maxlength": "120"}),
    )
    partner = forms.ChoiceField(label=gettext_lazy("Partner"), required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency of its invoices"), choices=[(each, each) for each in CURRENCIES]
    )
    plan = forms.ChoiceField(
        label=gettext_lazy("Plan"),
        widget=forms.RadioSelect,
        choices=[
            ("trial", gettext_lazy("A trial: free, 90 days, at most ten numbers, for evaluation only")),
            ("paid", gettext_lazy("Paid, with committed outbound calling plan licences")),
            ("none", gettext_lazy("None yet")),
        ],
        initial="trial",
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Committed licences"),
        required=False,
        help_text=gettext_lazy("For a paid plan; at least one."),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail of its first administrator"),
        required=False,
        widget=forms.EmailInput,
        help_text=gettext_lazy("Gets an invitation. Leave it empty to invite somebody later."),
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), required=False)

    def __init__(self, partners: list[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if partners:
            _choices(self, "partner", [(str(each.id), each.name) for each in partners])
        else:
            del self.fields["partner"]
        served = sorted(countries.served(clock.now().date()))
        _choices(self, "country", [(code, reading.country_text(code)) for code in served])
        _choices(self, "time_zone", reading.zones(self.initial.get("time_zone", "")))


class ChangeForm(forms.Form):
    NEEDED = ("name",)

    name = forms.CharField(label=gettext_lazy("Name of the company"), required=False)
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self, "time_zone", reading.zones(self.initial.get("time_zone", "")))


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, widget=forms.TextInput({"maxlength": "200"})
    )


@page("edits_organisations")
def customer_list(request: HttpRequest) -> HttpResponse:
    """The customers at a glance: plan, numbers, and what waits for whom."""
    caller = caller_of(request)
    form = CustomerFilters(request.GET, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    is_operator = caller.home_kind == "operator"
    with caller.home_scope():
        found = queries.customers(told.get("q", ""))
        if told.get("state"):
            found = found.filter(state=told["state"])
        if told.get("plan") == "none":
            found = found.exclude(id__in=plans.customers_on("paid")).exclude(
                id__in=plans.customers_on("trial")
            )
        elif told.get("plan"):
            found = found.filter(id__in=plans.customers_on(told["plan"]))
        at = keyset.page_of(sorting.by_name(found), request.GET, order=sorting.ORDER, listing="customers")
        partners = {each.id: each.name for each in queries.partners()} if is_operator else {}
        rows = glance.glances(at.rows, partners)
        total = found.count()
        own = None if is_operator else queries.organisation(caller.home_id)
    listing = Listing(
        request,
        name="customers",
        caption=_("Customers"),
        columns=[
            Column("customer", _("Customer"), heads_row=True),
            *([Column("partner", _("Partner"))] if is_operator else []),
            Column("plan", _("Plan")),
            Column("numbers", _("Numbers"), numeric=True),
            Column("locations", _("Locations"), numeric=True, chosen=False),
            Column("waits", _("What waits for whom")),
            Column("act", _("Act for")),
        ],
        rows=[(row, is_operator) for row in rows],
        row_template="pages/customers/_row.html",
        total=total,
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Customers"),
        "listing": listing,
        "may_offer": own is None or own.enrolled_at is not None,
        "is_operator": is_operator,
    }
    return render(request, "pages/customers/list.html", context)


@page("edits_organisations")
def customer_page(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """One customer from outside: what it has, what waits, and what one can do there."""
    caller = caller_of(request)
    with caller.home_scope():
        customer = _customer(customer_id)
        (row,) = glance.glances([customer])
        partner = queries.partner_of(customer.id)
        admins = list(queries.full_admins(customer.id))
    context = {
        "title": customer.name,
        "crumbs": _crumbs(),
        "customer": customer,
        "row": row,
        "partner": partner,
        "admins": admins,
        "country": reading.country_text(customer.country),
        "needs_reason": caller.home_kind == "operator" and not rules.is_closed(customer.state),
        "is_closed": rules.is_closed(customer.state),
        "reason_form": ReasonForm(auto_id="reason_%s"),
        "may_offer": partner.enrolled_at is not None,
        "is_new": request.GET.get("made") == "1",
    }
    return render(request, "pages/customers/customer.html", context)


@page("edits_organisations")
def customer_new(request: HttpRequest) -> HttpResponse:
    """A new customer, on trial or paid, with its first administrator; setting up PSTN follows, or is skipped (SPK-01)."""
    caller = caller_of(request)
    with caller.home_scope():
        home = queries.organisation(caller.home_id)
        partners = (
            [each for each in queries.partners() if each.enrolled_at] if home.kind == "operator" else []
        )
    initial = {
        "country": home.country,
        "time_zone": home.time_zone,
        "language": home.language,
        "currency": home.currency,
        "partner": next((str(each.id) for each in partners if each.is_house_partner), ""),
    }
    form = CustomerForm(partners, typed(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["plan"] == "paid" and not steps.is_fresh(request):
            return ask_again(request)
        try:
            with caller.home_scope():
                made = _make(form.cleaned_data, caller)
        except (Problem, Problems) as problem:
            into_form(form, problem, {"partnerId": "partner"})
        else:
            messages.success(request, _("%(name)s is a customer now.") % {"name": made.name})
            return redirect(reverse("customer", args=[made.id]) + "?made=1")
    context = {
        "title": _("Create a customer"),
        "crumbs": _crumbs(),
        "form": form,
        "may_offer": home.kind == "operator" or home.enrolled_at is not None,
    }
    return render(request, "pages/customers/new.html", context, status=422 if form.errors else 200)


@page("edits_organisations")
def customer_edit(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Name, language, time zone. Country and currency stay: bills depend on them."""
    caller = caller_of(request)
    with caller.home_scope():
        found = _customer(customer_id)
    initial = {
        "name": found.name,
        "language": found.language,
        "time_zone": found.time_zone,
        "version": found.version,
    }
    form = ChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with caller.home_scope():
                change_organisation.change_organisation(found.id, **form.cleaned_data)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("The customer is changed."))
            return redirect("customer", customer_id=found.id)
    context = {"title": found.name, "crumbs": _crumbs(), "form": form, "customer": found}
    return render(request, "pages/customers/edit.html", context, status=422 if form.errors else 200)


@page("edits_organisations")
def customer_suspend(request: HttpRequest, customer_id: UUID) -> HttpResponse:
    """Shut a customer out, or let it back in, with a reason. Emergency calls go on either way (E3)."""
    caller = caller_of(request)
    with caller.home_scope():
        found = _customer(customer_id)
    return suspension(request, caller, found, reverse("customer", args=[found.id]), _crumbs())


@require_POST
@page("sees_home")
def act_for(request: HttpRequest, org_id: UUID) -> HttpResponse:
    """Look at a customer's data; written to the session, checked at every request. `then` names the page to go on to,
    for example setting up its PSTN (SPK-10)."""
    try:
        acting.act_for(request.session, caller_of(request), org_id, reason=request.POST.get("reason", ""))
    except Problem as problem:
        if problem.code != "people.reason_needed":
            raise
        messages.error(request, f"{problem.sentence()} {problem.allowed_text()}")
        return redirect("customer", customer_id=org_id)
    then = request.POST.get("then", "")
    return redirect(then if then in THEN else "home")


@require_POST
@page("sees_home")
def act_for_nobody(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    acting.act_for_nobody(request.session, caller)
    if caller.acts_for_other and caller.view_kind == "customer" and caller.may("edits_organisations"):
        return redirect("customer", customer_id=caller.view_id)
    return redirect("home")


@page("edits_locations", customer=True)
def pstn_set_up(request: HttpRequest) -> HttpResponse:
    """Begin setting up PSTN, or go on where it was left (SPK-01, SPK-10)."""
    return redirect(_resume())


def suspension(
    request: HttpRequest, caller: Caller, found: Organisation, back: str, crumbs: list[dict[str, str]]
) -> HttpResponse:
    """The question before an organisation is suspended or let back in; also for partners."""
    is_open = found.state == "active"
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        verb = change_organisation.suspend if is_open else change_organisation.resume
        try:
            with caller.home_scope():
                verb(found.id, reason=form.cleaned_data["reason"])
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            said = _("%(name)s is suspended.") if is_open else _("%(name)s is let back in.")
            messages.success(request, said % {"name": found.name})
            return redirect(back)
    context = {
        "title": found.name,
        "crumbs": crumbs,
        "form": form,
        "found": found,
        "is_open": is_open,
        "back": back,
    }
    return render(request, "pages/customers/suspend.html", context, status=422 if form.errors else 200)


def _resume() -> str:
    """The first thing of the set-up that is missing: a draft that was left, a step of a location, else numbers."""
    for draft in drafts.unfinished()[:1]:
        return reverse("location-draft", args=[draft.id])
    places = list(locations.list_all()[:500])
    set_ups = locations.set_ups(places)
    for place in places:
        # The signature is the customer's (SPK-09).
        lacking = [step for step in location_rules.missing(set_ups[place.id]) if step != "signature"]
        if lacking:
            return reverse(f"location-{lacking[0]}", args=[place.id])
    return reverse("order-new") if places else reverse("location-new")


def _make(told: dict[str, Any], caller: Caller) -> Organisation:
    """All of it or nothing: a refusal comes back with a status that rolls everything back."""
    made = create_customer(
        name=told["name"],
        country=told["country"],
        partner_id=UUID(told["partner"]) if told.get("partner") else None,
        language=told["language"],
        time_zone=told["time_zone"],
        currency=told["currency"],
    )
    with tenancy.customer_scope(made.id, made.partner_id):
        if told["plan"] == "trial":
            subscribe.start_trial()
        elif told["plan"] == "paid":
            subscribe.start_paid()
            subscribe.buy_licence(plans.OCP, told["quantity"] or 0, clock.today(made.time_zone))
        if told["email"]:
            invite_person(
                made.id,
                email=told["email"],
                first_name=told["first_name"],
                last_name=told["last_name"],
                role=permissions.ROLES_OF_KIND["customer"][0],
                by_role=caller.role,
            )
    return made


def _customer(customer_id: UUID) -> Organisation:
    found = queries.organisation(customer_id)
    if found.kind != "customer" or found.state == rules.WITHDRAWN:
        raise Problem("not_found")
    return found


def _choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Customers"), "url": reverse("customers")}]
