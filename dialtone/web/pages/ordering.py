"""Find numbers for a location, hold them in a cart, order them; and the terms of service that the order waits for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.numbers.inventory import search as inventory
from dialtone.orders import cart, place, queries, remind
from dialtone.plans import accept_terms
from dialtone.plans import queries as plans
from dialtone.web import refusals
from dialtone.web.page import caller_of, into_form, page

KINDS = [
    ("standard", gettext_lazy("Local number")),
    ("toll_free", gettext_lazy("Toll-free number")),
    ("non_geographic", gettext_lazy("Non-geographic number")),
]
AMOUNTS = [
    ("single", gettext_lazy("Numbers one by one")),
    ("10", gettext_lazy("A block of 10 consecutive numbers")),
    ("50", gettext_lazy("A block of 50 consecutive numbers")),
    ("100", gettext_lazy("A block of 100 consecutive numbers")),
]


class SearchForm(forms.Form):
    """What to look for; everything but the kind may stay empty (ORD-13, ORD-20, ORD-25, SPK-15)."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of number"), choices=KINDS, initial="standard")
    amount = forms.ChoiceField(label=gettext_lazy("How many"), choices=AMOUNTS, initial="single")
    state = forms.ChoiceField(label=gettext_lazy("State or province"), required=False)
    area_code = forms.CharField(label=gettext_lazy("Area code"), required=False, max_length=6)
    city = forms.CharField(label=gettext_lazy("City"), required=False, max_length=60)
    exchange = forms.CharField(label=gettext_lazy("Exchange (NXX)"), required=False, max_length=4)
    contains = forms.CharField(
        label=gettext_lazy("Digits or letters in it"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("For example 777, or FLOWERS."),
    )
    ends_with = forms.CharField(label=gettext_lazy("Ends with"), required=False, max_length=10)
    quantity = forms.IntegerField(
        label=gettext_lazy("Let us pick this many"), required=False, min_value=1, max_value=100,
        help_text=gettext_lazy("1 to 100; leave empty to choose yourself."),
    )  # fmt: skip

    def __init__(self, country: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        offered = inventory.kinds(country)
        kind_field, state_field = self.fields["kind"], self.fields["state"]
        assert isinstance(kind_field, forms.ChoiceField)
        assert isinstance(state_field, forms.ChoiceField)
        kind_field.choices = [each for each in KINDS if each[0] in offered]
        regions = inventory.states(country)
        if regions:
            state_field.choices = [("", _("Any")), *regions]
        else:
            del self.fields["state"]

    def wish(self, after: str = "") -> inventory.Wish:
        """The search that was filled in."""
        told = self.cleaned_data
        size = 0 if told["amount"] == "single" else int(told["amount"])
        return inventory.Wish(
            country=self.country,
            kind=told["kind"],
            state=told.get("state", ""),
            area_code=told["area_code"],
            city=told["city"],
            exchange=told["exchange"],
            contains=told["contains"],
            ends_with=told["ends_with"],
            block_size=size,
            page=told["quantity"] or 20,
            after=after,
        )


@page("searches_numbers", customer=True)
def choose_location(request: HttpRequest) -> HttpResponse:
    """Add numbers: first, for which location (ORD-11)."""
    caller = caller_of(request)
    ready = [each for each in locations.list_all() if caller.sees_location(each.id)]
    offers = [(each, locations.may_order(each.id)) for each in ready]
    only = [each for each, verdict in offers if verdict.allowed]
    if len(only) == 1 and len(offers) == 1:
        return redirect("order-search", location_id=only[0].id)
    return render(request, "pages/orders/choose_location.html", {"offers": offers})


@page("searches_numbers", customer=True)
def search(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Search, see, pick; the cart stands beside it with its countdown."""
    caller = caller_of(request)
    location = locations.location(location_id)
    caller.need("searches_numbers", location.id)
    verdict = locations.may_order(location.id)
    asked = bool(request.GET)
    form = SearchForm(location.country, request.GET if asked else None)
    answer = None
    if verdict.allowed and asked and form.is_valid():
        try:
            answer = inventory.find(form.wish(request.GET.get("after", "")))
        except (Problem, Problems) as problem:
            into_form(form, problem, {"areaCode": "area_code", "endsWith": "ends_with"})
    here = queries.open_cart_of(caller.person_id, location.id)
    keep = request.GET.copy()
    keep.pop("after", None)
    context = {
        "location": location,
        "verdict": verdict,
        "form": form,
        "answer": answer,
        "cart": here[0] if here else None,
        "cart_lines": here[1] if here else [],
        "query": keep.urlencode(),
    }
    return render(request, "pages/orders/search.html", context, status=422 if form.errors else 200)


@page("searches_numbers", customer=True)
def add_to_cart(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Hold what was ticked; each value is one number, or the first and the size of a block ("+1212…x10")."""
    location = locations.location(location_id)
    caller_of(request).need("searches_numbers", location.id)
    back = reverse("order-search", args=[location.id]) + "?" + request.POST.get("query", "")
    choices = []
    for value in request.POST.getlist("choice")[:100]:
        first, _by, size = value.partition("x")
        digits = first.removeprefix("+")
        if not digits.isdigit() or (size and not size.isdigit()):
            raise Problem("numbers.not_available", values={"number": first[:20]})
        run = [f"+{int(digits) + step}" for step in range(min(int(size or 1), 100))]
        place_of = inventory.place_of(run[0])
        choices.append(cart.Choice(run, place_of.get("kind", "standard"), bool(size), place_of))
    if not choices:
        messages.warning(request, _("Tick at least one number first."))
        return HttpResponseRedirect(back)
    try:
        cart.add(location.id, choices)
    except (Problem, Problems) as problem:
        found = problem.problems if isinstance(problem, Problems) else [problem]
        for each in found[:5]:
            messages.error(request, refusals.text(each))
    else:
        count = sum(len(choice.e164s) for choice in choices)
        messages.success(
            request,
            ngettext("%(count)s number is held for you.", "%(count)s numbers are held for you.", count)
            % {"count": count},
        )
    return HttpResponseRedirect(back)


@page("searches_numbers", customer=True)
def change_cart(request: HttpRequest, cart_id: UUID) -> HttpResponse:
    """Take a line out, ask for thirty minutes more, or let everything go."""
    found, _lines = queries.cart(cart_id)
    caller_of(request).need("searches_numbers", found.location_id)
    what = request.POST.get("what", "")
    if what == "extend":
        cart.extend(found.id)
        messages.success(request, _("Thirty minutes more. A reservation can be extended once."))
    elif what == "empty":
        cart.empty(found.id)
        messages.info(request, _("The numbers were let go."))
    elif what.startswith("remove:"):
        cart.remove(found.id, _uuid(what.removeprefix("remove:")))
    return HttpResponseRedirect(request.POST.get("back") or reverse("order-review", args=[found.id]))


@page("places_orders", customer=True)
def review(request: HttpRequest, cart_id: UUID) -> HttpResponse:
    """The cart as it would be ordered, with everything that still stands in the way."""
    found, lines = queries.cart(cart_id)
    caller = caller_of(request)
    caller.need("places_orders", found.location_id)
    if found.order_id:
        return redirect("order", order_id=found.order_id)
    location = locations.location(found.location_id)
    if request.method == "POST":
        order = place.place(found.id)
        return HttpResponseRedirect(reverse("order", args=[order.id]) + "?placed=1")
    context = {
        "cart": found,
        "lines": lines,
        "location": location,
        "quantity": sum(len(line.e164s) for line in lines),
        "terms_accepted": plans.has_accepted_terms(found.customer_id),
        "may_accept": caller.may("accepts_terms"),
        "emergency": locations.default_emergency_text(location.id)
        if hasattr(locations, "default_emergency_text")
        else "",
    }
    return render(request, "pages/orders/review.html", context)


@page("accepts_terms", customer=True)
def accept(request: HttpRequest) -> HttpResponse:
    """The terms of service, accepted by an administrator of the customer, and by nobody else (ACC-02, ORD-16)."""
    caller = caller_of(request)
    terms = plans.current_terms()
    back = request.POST.get("back", request.GET.get("back", ""))
    back = back if back.startswith("/") and not back.startswith("//") else reverse("orders")
    accepted = plans.has_accepted_terms(caller.customer_id)
    if request.method == "POST":
        if request.POST.get("agree") != "yes":
            context = {"terms": terms, "accepted": accepted, "back": back, "missing": True}
            return render(request, "pages/orders/terms.html", context, status=422)
        accept_terms.accept_terms(by=caller.person_id, by_name=caller.person_name, role=caller.role)
        assert caller.customer_id is not None
        count = remind.resume_waiting(caller.customer_id)
        messages.success(
            request,
            ngettext(
                "The terms are accepted; %(count)s waiting order goes on.",
                "The terms are accepted; %(count)s waiting orders go on.",
                count,
            )
            % {"count": count},
        )
        return HttpResponseRedirect(back)
    return render(request, "pages/orders/terms.html", {"terms": terms, "accepted": accepted, "back": back})


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem("not_found") from error
