"""Add numbers: for which location, which ones, held in a cart, reviewed, ordered (ORD-10 to ORD-26, SPK-12 to SPK-16, SPK-20)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dialtone.base import clock
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.locations.rules import CALLING_PLAN
from dialtone.numbers import queries as numbers
from dialtone.numbers.inventory import check, search
from dialtone.numbers.inventory.wish import BLOCK_SIZES, Wish
from dialtone.orders import cart as carts
from dialtone.orders import place, queries, rules
from dialtone.orders.models import CartLine
from dialtone.plans import queries as plans
from dialtone.plans import rules as plan_rules
from dialtone.web import keyset, reading, refusals
from dialtone.web.order_words import NUMBER_KIND
from dialtone.web.page import caller_of, into_form, page

# The end of a refusal's pointer: the field of the form.
NAMES = {
    "areaCode": "area_code",
    "endsWith": "ends_with",
    "blockSize": "block_size",
    "numberType": "kind",
    "prefix": "exchange",
}
MOST_CHOSEN = 100
MOST_TOLD = 5


class SearchForm(forms.Form):
    """What to look for; everything but the kind may stay empty (ORD-06, ORD-13, ORD-20, ORD-25, SPK-13, SPK-15)."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of number"), initial="standard")
    state = forms.ChoiceField(label=gettext_lazy("State or province"), required=False)
    area_code = forms.CharField(label=gettext_lazy("Area code"), required=False, max_length=12)
    city = forms.CharField(label=gettext_lazy("City"), required=False, max_length=60)
    exchange = forms.CharField(
        label=gettext_lazy("Exchange (NXX)"),
        required=False,
        max_length=12,
        help_text=gettext_lazy("The digits after the area code."),
    )
    contains = forms.CharField(
        label=gettext_lazy("Digits or letters in it"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("For example 777, or FLOWERS."),
    )
    ends_with = forms.CharField(label=gettext_lazy("Ends with"), required=False, max_length=20)
    quantity = forms.IntegerField(
        label=gettext_lazy("How many"),
        required=False,
        min_value=1,
        max_value=rules.MOST_PER_ORDER,
        help_text=gettext_lazy("1 to 100, and we pick them; leave it empty to choose yourself."),
        widget=forms.NumberInput(attrs={"data-reveals": "consecutive", "min": "1", "max": "100"}),
    )
    consecutive = forms.BooleanField(label=gettext_lazy("Consecutive"), required=False)
    block = forms.BooleanField(
        label=gettext_lazy("A block of consecutive numbers"),
        required=False,
        help_text=gettext_lazy("A block is ordered by itself, and later goes only as a whole."),
    )
    block_size = forms.TypedChoiceField(
        label=gettext_lazy("Numbers in the block"),
        required=False,
        coerce=int,
        choices=[(size, str(size)) for size in BLOCK_SIZES],
    )

    def __init__(self, country: str, *args: Any, is_trial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country
        self.is_trial = is_trial
        offered = search.kinds(country) - ({"toll_free"} if is_trial else set())
        self._choose("kind", [each for each in NUMBER_KIND.items() if each[0] in offered])
        regions = search.states(country)
        self._choose("state", [("", _("Any")), *regions])
        if not regions:
            del self.fields["state"]
        self.fields["city"].widget.attrs.update(
            {
                "list": "cities",
                "autocomplete": "off",
                "hx-get": reverse("order-cities", args=[country]),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#cities",
                "hx-include": "closest form",
            }
        )
        whole = _("A whole number from 1 to 100.")
        self.fields["quantity"].error_messages.update(invalid=whole, min_value=whole, max_value=whole)
        if is_trial:
            self.fields["block"].disabled = True
            self.fields["block"].help_text = _(
                "Not part of a trial: convert it to a paid subscription first."
            )
            self.fields["kind"].help_text = _("Toll-free numbers are not part of a trial.")

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)
        field.error_messages["invalid_choice"] = _("Choose one of the list.")

    def wish(self, after: str = "") -> Wish:
        """The search that was filled in."""
        told = self.cleaned_data
        is_block = told["block"]
        quantity = None if is_block else told["quantity"]
        run = quantity if told["consecutive"] and quantity and quantity > 1 else 0
        return Wish(
            country=self.country,
            kind=told["kind"],
            state=told.get("state", ""),
            area_code=told["area_code"],
            city=told["city"],
            exchange=told["exchange"],
            contains=told["contains"],
            ends_with=told["ends_with"],
            block_size=int(told["block_size"] or BLOCK_SIZES[0]) if is_block else 0,
            consecutive=run or 0,
            quantity=None if run else quantity,
            after=after,
        )


@page("searches_numbers", customer=True)
def choose_location(request: HttpRequest) -> HttpResponse:
    """Add numbers: first, for which location (ORD-10, ORD-11)."""
    caller = caller_of(request)
    found = locations.list_all(request.GET.get("q", "").strip()[:80])
    if caller.role == "location":
        found = found.filter(id__in=caller.location_ids)
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="order-locations")
    ready = locations.may_order_among(at.rows)
    offers = [(each, ready[each.id], reading.country_text(each.country)) for each in at.rows]
    if not request.GET and len(offers) == 1 and offers[0][1].allowed:
        return redirect("order-search", location_id=offers[0][0].id)
    context = {
        "title": _("Add numbers"),
        "offers": offers,
        "text": request.GET.get("q", ""),
        "newer": at.newer,
        "older": at.older,
        "may_open": caller.may("edits_locations"),
    }
    return render(request, "pages/orders/choose_location.html", context)


@page("searches_numbers", customer=True)
def find(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Search, see, pick; the cart stands beside it with its countdown."""
    location = _location(request, location_id)
    if not locations.may_order(location.id).allowed:
        return _not_ready(request, location)
    return _found(request, location, request.GET)


@page("searches_numbers", customer=True)
def cities(request: HttpRequest, country: str) -> HttpResponse:
    """Suggestions while a city is typed, as options of a list."""
    found = search.cities(country, request.GET.get("state", "")[:10], request.GET.get("city", "")[:60])
    return render(request, "pages/orders/cities.html", {"cities": found})


@page("searches_numbers", customer=True)
def add_to_cart(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Hold what was ticked: "+1212…" is one number, "+1212…x10" a block, "+1212…~3" three consecutive numbers."""
    location = _location(request, location_id)
    query = QueryDict(request.POST.get("query", "")[:2000])
    values = request.POST.getlist("choice")[:MOST_CHOSEN]
    if request.method != "POST" or not values:
        if request.method == "POST":
            messages.warning(request, _("Tick at least one number first."))
        return HttpResponseRedirect(_search_url(location, query))
    refused = _hold(request, location, [run for value in values for run in _runs(value)])
    if refused:
        return _found(request, location, query, ticked=values, refused=refused)
    return HttpResponseRedirect(_search_url(location, query))


@page("searches_numbers", customer=True)
def specific(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Numbers that are known already, typed or pasted in any spelling; each answered by itself (ORD-06)."""
    location = _location(request, location_id)
    if not locations.may_order(location.id).allowed:
        return _not_ready(request, location)
    typed = request.POST.get("numbers", "")
    error, checked = "", []
    if request.method == "POST":
        try:
            customer_id = caller_of(request).customer_id
            assert customer_id is not None
            checked = check.check(typed[:60_000], country=location.country, customer_id=customer_id)
        except Problem as problem:
            error = refusals.text(problem)
    good = [each for each in checked if each.outcome == check.AVAILABLE]
    is_sent = request.method == "POST" and not request.headers.get("HX-Request")
    if is_sent and good and request.POST.get("what") in ("add", "good"):
        is_all_good = len(good) == len(checked)
        if is_all_good or request.POST.get("what") == "good":
            refused = _hold(request, location, [([each.e164], False, "") for each in good])
            if not refused:
                return redirect("order-specific", location_id=location.id)
            error = " ".join(refusals.text(each) for each in refused[:MOST_TOLD])
    pasted = _pasted(checked) if checked else None
    if request.headers.get("HX-Request"):
        context = {"pasted": pasted, "error": error, "location": location}
        return render(request, "pages/orders/specific_checked.html", context)
    context = {
        **_around(request, location),
        "way": "specific",
        "paste": {
            "name": "numbers",
            "value": typed,
            "check_url": reverse("order-specific", args=[location.id]),
            "error": error,
        },
        "pasted": pasted,
    }
    is_refused = is_sent and (error or request.POST.get("what") != "check")
    return render(request, "pages/orders/specific.html", context, status=422 if is_refused else 200)


@page("searches_numbers", customer=True)
def change_cart(request: HttpRequest, cart_id: UUID) -> HttpResponse:
    """Take a line out, ask for thirty minutes more, hold again what ran out, or let everything go."""
    found, lines = queries.cart(cart_id)
    caller_of(request).need("searches_numbers", found.location_id)
    what = request.POST.get("what", "")
    if request.method == "POST":
        try:
            with transaction.atomic():
                _change_cart(request, what, found.id, lines)
        except (Problem, Problems) as problem:
            _tell(request, problem.problems if isinstance(problem, Problems) else [problem])
    back = request.POST.get("back", "")
    fits = url_has_allowed_host_and_scheme(back, None) and back.startswith("/")
    return HttpResponseRedirect(back if fits else reverse("order-search", args=[found.location_id]))


@page("places_orders", customer=True)
def review(request: HttpRequest, cart_id: UUID) -> HttpResponse:
    """The cart as it would be ordered, with everything that still stands in the way (SPK-20)."""
    found, lines = queries.cart(cart_id)
    caller = caller_of(request)
    caller.need("places_orders", found.location_id)
    if found.order_id:
        return redirect("order", order_id=found.order_id)
    location = locations.location(found.location_id)
    is_over = found.state != "open" or (found.until is not None and found.until <= clock.now())
    refused: list[Problem] = []
    if request.method == "POST":
        try:
            order = place.place(found.id, usage=request.POST.get("add_as", place.STANDARD))
        except Problems as problems:
            refused = list(problems.problems)
        except Problem as problem:
            refused = [problem]
        else:
            return HttpResponseRedirect(reverse("order", args=[order.id]) + "?placed=1")
    elif lines and not is_over:
        refused = place.refusals(location.id, [_group(line) for line in lines])
    shown, no_service = emergency.of_location(location.id), place.service_refusal(location.id)
    context = {
        "title": _("Review the order"),
        "crumbs": [
            {"label": _("Add numbers"), "url": reverse("order-new")},
            {"label": location.name, "url": reverse("order-search", args=[location.id])},
        ],
        "cart": found,
        "lines": [] if is_over else lines,
        "location": location,
        "quantity": sum(len(line.e164s) for line in lines),
        "refused": [refusals.text(each) for each in refused],
        "is_over": is_over,
        "no_service": refusals.worded(no_service).sentence() if no_service else "",
        "add_as": request.POST.get("add_as", place.STANDARD),
        "is_trial": _trial(request)["is_trial"],
        "has_terms": plans.has_accepted_terms(found.customer_id),
        "is_signed": "signature" not in locations.missing(location.id),
        "may_accept": caller.may("accepts_terms"),
        "emergency_lines": CivicAddress.from_json(shown.address).lines() if shown else [],
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "pages/orders/review.html", context, status=status)


def _found(
    request: HttpRequest,
    location: Location,
    asked: Mapping[str, Any],
    *,
    ticked: Sequence[str] = (),
    refused: Sequence[Problem] = (),
) -> HttpResponse:
    """The search with what it found. After a refusal everything stands as it was, the ticks too."""
    trial = _trial(request)
    is_asked = "kind" in asked
    form = SearchForm(location.country, asked if is_asked else None, is_trial=trial["is_trial"])
    answer = None
    if is_asked and form.is_valid():
        try:
            answer = search.find(form.wish(asked.get("after", "")))
        except (Problem, Problems) as problem:
            into_form(form, problem, NAMES)
    here = QueryDict(mutable=True)
    for name, value in asked.items():
        here[name] = value
    further = here.copy()
    further["after"] = answer.after if answer else ""
    picks = _picked(form, answer) if answer and not ticked else list(ticked)
    gone = [each for each in refused if each.code == "numbers.not_available"]
    context = {
        **_around(request, location),
        "way": "find",
        "form": form,
        "answer": answer,
        "query": here.urlencode(),
        "further": further.urlencode() if further["after"] else "",
        "offers": [_offer(each, picks) for each in answer.offers] if answer else [],
        "alternatives": [_offer(each) for each in answer.alternatives] if answer else [],
        "refused": [refusals.text(each) for each in refused[:MOST_TOLD]],
        "instead": [_offer(each) for each in _instead(gone)],
    }
    status = 422 if form.errors else 409 if refused else 200
    return render(request, "pages/orders/search.html", context, status=status)


def _instead(gone: Sequence[Problem]) -> list[search.Offer]:
    """The nearest that can be had in place of numbers that somebody else was quicker to take (SPK-16, H30)."""
    found: dict[str, search.Offer] = {}
    for each in gone[:MOST_TOLD]:
        for offer in search.nearest_to(str(each.values["number"]), limit=3):
            found.setdefault(offer.first, offer)
    return list(found.values())


def _picked(form: SearchForm, answer: search.Answer) -> list[str]:
    """What is ticked for somebody who asked for a number of numbers: as many singles, or the first run of them (ORD-14)."""
    wish = form.wish()
    if wish.consecutive:
        return [_value(offer) for offer in answer.offers[:1]]
    return [_value(offer) for offer in answer.offers] if wish.quantity else []


def _offer(offer: search.Offer, ticked: Sequence[str] = ()) -> dict[str, Any]:
    """An offer in the list: `value` is what its box sends back."""
    value = _value(offer)
    return {"offer": offer, "value": value, "is_ticked": value in ticked}


def _value(offer: search.Offer) -> str:
    is_run = offer.size > 1 and not offer.is_block
    return f"{offer.first}~{offer.size}" if is_run else offer.value


def _runs(value: str) -> list[tuple[list[str], bool, str]]:
    """The numbers that a box stands for, as runs for `carts.choices_of`. Raises Problem for what is none."""
    first, _x, block = value.partition("x")
    first, _wave, run = first.partition("~")
    size = block or run or "1"
    number = PhoneNumber.parse_api(first, "/numbers")
    if not (
        size.isascii() and size.isdigit() and 1 <= int(size[:4]) <= rules.MOST_PER_ORDER and len(size) < 4
    ):
        raise Problem("orders.block_size", field="/numbers", values={"size": size[:10]})
    e164s = [f"+{number.digits + step}" for step in range(int(size))]
    if block:
        return [(e164s, True, "")]
    return [([e164], False, "") for e164 in e164s]


def _hold(
    request: HttpRequest, location: Location, runs: Sequence[tuple[list[str], bool, str]]
) -> list[Problem]:
    """Put them into the cart, all or none; answers the refusals. What an order could not have is refused here already."""
    choices = carts.choices_of(runs)
    try:
        with transaction.atomic():
            held = carts.add(location.id, choices)
            _found_cart, lines = queries.cart(held.id)
            refused = place.refusals(location.id, [_group(line) for line in lines])
            if refused:
                raise Problems(refused)
    except Problems as problems:
        return list(problems.problems)
    except Problem as problem:
        return [problem]
    count = sum(len(choice.e164s) for choice in choices)
    told = ngettext("%(count)s number is held for you.", "%(count)s numbers are held for you.", count)
    messages.success(request, told % {"count": count})
    return []


def _change_cart(request: HttpRequest, what: str, cart_id: UUID, lines: Sequence[CartLine]) -> None:
    if what == "extend":
        carts.extend(cart_id)
        messages.success(request, _("Thirty minutes more. A reservation can be extended once."))
    elif what == "empty":
        carts.empty(cart_id)
        messages.info(request, _("The numbers were let go."))
    elif what == "again":
        location = locations.location(queries.cart(cart_id)[0].location_id)
        runs = [(list(line.e164s), line.is_block, "") for line in lines]
        _tell(request, _hold(request, location, runs))
    elif what.startswith("remove:"):
        carts.remove(cart_id, _uuid(what.removeprefix("remove:")))


def _tell(request: HttpRequest, refused: Sequence[Problem]) -> None:
    for each in refused[:MOST_TOLD]:
        messages.error(request, refusals.text(each))


def _around(request: HttpRequest, location: Location) -> dict[str, Any]:
    """What stands around every way of adding numbers: the location, the trial's limits, the cart."""
    caller = caller_of(request)
    here = queries.open_cart_of(caller.person_id, location.id)
    over = None if here else queries.expired_cart_of(caller.person_id, location.id)
    return {
        "title": _("Numbers for %(name)s") % {"name": location.name},
        "crumbs": [{"label": _("Add numbers"), "url": reverse("order-new")}],
        "location": location,
        "country": reading.country_text(location.country),
        "cart": here[0] if here else None,
        "cart_lines": here[1] if here else [],
        "cart_count": sum(len(line.e164s) for line in here[1]) if here else 0,
        "over": over[0] if over else None,
        "over_lines": over[1] if over else [],
        "may_place": caller.may("places_orders"),
        "simulated": location.carrier == "sandbox",
        **_trial(request),
    }


def _trial(request: HttpRequest) -> dict[str, Any]:
    """What a trial may still have, told before it is met (ACC-08, ACC-09)."""
    living = plans.subscription()
    is_trial = living is not None and living.kind == "trial"
    held = numbers.held_count() if is_trial else 0
    return {
        "is_trial": is_trial,
        "trial_limit": plan_rules.TRIAL_NUMBERS,
        "trial_held": held,
        "trial_left": max(0, plan_rules.TRIAL_NUMBERS - held),
    }


def _pasted(checked: Sequence[check.Checked]) -> dict[str, Any]:
    """The checked list for `components/pasted.html`, with what to take instead of a number that cannot be had."""
    lines = []
    for each in checked:
        is_good = each.outcome == check.AVAILABLE
        told = refusals.worded(each.problem).sentence() if each.problem else ""
        if each.outcome == check.YOURS:
            told = _("You have or hold this one already.")
        elif is_good:
            told = ", ".join(part for part in (each.place.get("city"), each.place.get("state")) if part)
        lines.append(
            {
                "number": each.e164,
                "typed": each.typed,
                "ok": is_good,
                "told": told,
                "instead": [offer.first for offer in each.alternatives],
            }
        )
    good = sum(1 for line in lines if line["ok"])
    return {"good": good, "bad": len(lines) - good, "lines": lines}


def _not_ready(request: HttpRequest, location: Location) -> HttpResponse:
    ready = locations.may_order(location.id)
    if ready.code == "orders.by_case_only":
        return redirect("order-case", location_id=location.id)
    if location.connection not in ("", CALLING_PLAN) and caller_of(request).may("edits_locations"):
        return redirect("order-own", location_id=location.id)
    told = refusals.text(Problem(ready.code, values=dict(ready.values)))
    context = {
        "title": _("Numbers for %(name)s") % {"name": location.name},
        "crumbs": [{"label": _("Add numbers"), "url": reverse("order-new")}],
        "location": location,
        "told": told,
    }
    return render(request, "pages/orders/not_ready.html", context)


def _location(request: HttpRequest, location_id: UUID) -> Location:
    location = locations.location(location_id)
    caller_of(request).need("searches_numbers", location.id)
    return location


def _search_url(location: Location, query: QueryDict) -> str:
    asked = f"?{query.urlencode()}" if query else ""
    return reverse("order-search", args=[location.id]) + asked


def _group(line: CartLine) -> rules.Group:
    return rules.Group(len(line.e164s), line.kind, line.is_block)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Problem("not_found") from error
