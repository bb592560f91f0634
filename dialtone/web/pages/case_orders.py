"""Orders by support case: the form, what the customer supplies later, and the desk's page (ORD-35 to ORD-53, STAT-07, ESA-07)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import address, documents, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.countries.facts import Country
from dialtone.locations import contract
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.orders import (
    case_book,
    case_identity,
    case_rules,
    deliver_case,
    place_case,
    queries,
    review_case,
    states,
    supply_case,
)
from dialtone.orders.models import CaseOrder, CasePaper, Order
from dialtone.people import queries as people
from dialtone.support import forms as blank_forms
from dialtone.web import case_order_words as words
from dialtone.web import reading
from dialtone.web.files import PAPER_FILES, file_response
from dialtone.web.page import caller_of, into_form, page

ADDRESS = ("street", "building_number", "postal_code", "city", "state")
MOST_ENTERED = 20_000  # characters of the list of numbers


class CaseForm(forms.Form):
    """The form of one country: the numbers, who orders, where they belong (ORD-36 to ORD-39, ORD-42 to ORD-50)."""

    reference = forms.UUIDField(widget=forms.HiddenInput)
    quantity = forms.CharField(
        label=gettext_lazy("How many numbers"),
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    number_type = forms.ChoiceField(label=gettext_lazy("Number type"))
    details = forms.CharField(
        label=gettext_lazy("Additional details"),
        required=False,
        max_length=case_rules.LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200)
    building_number = forms.CharField(label=gettext_lazy("Building number"), max_length=40)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=40)
    city = forms.CharField(label=gettext_lazy("City"), max_length=200)
    state = forms.ChoiceField(label=gettext_lazy("State or province"))
    emergency_information = forms.CharField(
        label=gettext_lazy("Further information for emergency services"),
        required=False,
        max_length=case_rules.LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "How helpers find you: floor, entrance, who opens. You can supply it later; no number comes before."
        ),
    )

    def __init__(self, country: Country, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = [str(each.value) for each in country.ordering.number_types]
        self._choose("number_type", [(each, words.NUMBER_TYPES.get(each, each)) for each in types])
        states_ = address.states(country.iso)
        if states_:
            self._choose("state", states_)
        else:
            del self.fields["state"]
        if not country.emergency.further_information_required:
            del self.fields["emergency_information"]
        self.identity_names = country.ordering.business_fields
        for name in self.identity_names:
            self.fields[name] = _identity_field(name)

    def _choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """Title and fields of each part of the form."""
        last = ["emergency_information"] if "emergency_information" in self.fields else []
        address_ = [name for name in ADDRESS if name in self.fields]
        return [
            (_("Numbers"), [self[name] for name in ("quantity", "number_type", "details")]),
            (_("Who orders"), [self[name] for name in self.identity_names]),
            (_("Where the numbers belong"), [self[name] for name in [*address_, *last]]),
        ]

    def wish(self) -> place_case.Wish:
        """As it was filled in, also where the form itself has refused something."""
        told = {name: self.cleaned_data.get(name, self.data.get(name, "")) for name in self.fields}
        return place_case.Wish(
            quantity=told["quantity"],
            number_type=told["number_type"],
            identity={name: told[name] for name in self.identity_names},
            address={name: told[name] for name in ADDRESS if name in told},
            details=told["details"],
            emergency_information=told.get("emergency_information", ""),
            reference=self.cleaned_data.get("reference"),
        )


def _identity_field(name: str) -> forms.Field:
    label = words.FIELDS.get(name, name)
    if name == "authorizing_person_gender":
        return forms.ChoiceField(label=label, choices=[("", ""), *words.GENDERS.items()])
    if name == "authorizing_person_nationality":
        territories = reading.reader_locale().territories
        named = sorted(
            ((code, word) for code, word in territories.items() if re.fullmatch("[A-Z]{2}", code)),
            key=lambda each: str(each[1]),
        )
        return forms.ChoiceField(label=label, choices=[("", ""), *named])
    if name == "authorizing_person_date_of_birth":
        return forms.CharField(label=label, max_length=20, widget=forms.DateInput({"type": "date"}))
    return forms.CharField(label=label, max_length=case_rules.LONGEST_NAME * 2)


class PaperForm(forms.Form):
    """One paper, with its day where the country asks for a young one."""

    document = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, PNG or JPEG, at most 25 MB."),
        widget=forms.ClearableFileInput({"accept": PAPER_FILES}),
    )
    dated_on = forms.DateField(
        label=gettext_lazy("Date printed on it"),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, is_dated: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_dated:
            del self.fields["dated_on"]


class TextForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=case_rules.LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
    )


class AskForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Ask the customer"),
        max_length=case_rules.LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )


class DeliverForm(forms.Form):
    phone_numbers = forms.CharField(
        label=gettext_lazy("Numbers, one a line"),
        max_length=MOST_ENTERED,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
    )
    area_confirmed = forms.BooleanField(
        label=gettext_lazy("The address of the order lies in the area of these numbers"), required=False
    )


@page("places_orders", customer=True)
def case_new(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """Contact Support, as a form that knows the location already (ORD-35, ORD-36)."""
    location = locations.location(location_id)
    caller_of(request).need("places_orders", location.id)
    country = place_case.may_begin(location)
    initial = _prefilled(location, country)
    form = CaseForm(country, request.POST or None, initial=initial)
    if request.method == "POST":
        is_whole = form.is_valid()
        try:
            if is_whole:
                order = place_case.place_case(location.id, form.wish())
                return HttpResponseRedirect(reverse("order", args=[order.id]) + "?placed=1")
            place_case.check(country, form.wish())  # all that is wrong is told at once
        except (Problem, Problems) as problem:
            into_form(form, problem)
    context = {
        "title": _("Order numbers for %(location)s") % {"location": location.name},
        "crumbs": [{"label": _("Add numbers"), "url": reverse("order-new")}],
        "form": form,
        "location": location,
        "country": reading.country_text(country.iso),
        "papers": paper_rows(None, country),
        "processing": country.ordering.processing,
        "processed_by": words.PROCESSED_BY.get(country.ordering.processed_by, ""),
    }
    return render(request, "pages/orders/case_new.html", context, status=422 if form.errors else 200)


@page("adds_documents", customer=True)
def case_paper_new(request: HttpRequest, case_order_id: UUID, paper_kind: str) -> HttpResponse:
    """Send one paper that the order wants."""
    order, _found, country = _case(request, case_order_id, "adds_documents")
    row = next((each for each in paper_rows(order, country) if each.kind == paper_kind), None)
    if row is None:
        raise Problem("not_found")
    wanted = next(each for each in case_rules.wanted_papers(country.ordering) if each.kind == paper_kind)
    form = PaperForm(wanted.age_months > 0, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        document = form.cleaned_data["document"]
        try:
            supply_case.attach(
                order.id,
                paper_kind,
                name=str(document.name),
                content=document.read(),
                declared=document.content_type or "",
                dated_on=form.cleaned_data.get("dated_on"),
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Thank you: the paper is with the desk."))
            return redirect("order", order_id=order.id)
    context = {"title": str(row.word), "crumbs": _crumbs(order), "form": form, "row": row, "order": order}
    return render(request, "pages/orders/case_paper.html", context, status=422 if form.errors else 200)


@page("places_orders", customer=True)
def case_answer(request: HttpRequest, case_order_id: UUID, supplied: str) -> HttpResponse:
    """Answer what the desk asked, or supply the further information for emergency services (ESA-07)."""
    order, found, _country = _case(request, case_order_id, "places_orders")
    is_answer = supplied == "answer"
    if not is_answer and not (supplied == "emergency" and found.needs_emergency_information):
        raise Problem("not_found")
    form = TextForm(request.POST or None, initial={} if is_answer else {"text": found.emergency_information})
    if not is_answer:
        form.fields["text"].label = _("Further information for emergency services")
    if request.method == "POST" and form.is_valid():
        verb = supply_case.answer if is_answer else supply_case.tell_helpers
        try:
            verb(order.id, form.cleaned_data["text"])
        except Problem as problem:
            into_form(form, problem, {"answer": "text", "emergencyInformation": "text"})
        else:
            messages.success(request, _("Thank you: the desk has it."))
            return redirect("order", order_id=order.id)
    title = _("Answer the desk") if is_answer else _("Further information for emergency services")
    context = {
        "title": title,
        "crumbs": _crumbs(order),
        "form": form,
        "asked": found.asked if is_answer else "",
        "order": order,
    }
    return render(request, "pages/orders/case_answer.html", context, status=422 if form.errors else 200)


@page("sees_documents")
def case_paper(request: HttpRequest, case_order_id: UUID, paper_id: UUID) -> HttpResponse:
    """A paper as a file; who opened it when is written down (S8)."""
    caller = caller_of(request)
    order = queries.order(case_order_id)
    caller.need("sees_documents", order.location_id)
    paper = CasePaper.objects.filter(order=order, id=paper_id).first()
    if paper is None:
        raise Problem("not_found")
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        document, content = documents.open(paper.document_id, caller)
    return file_response(content, f"{paper.kind}-{order.number}", document.media_type)


@page("works_desk")
def case_review(request: HttpRequest, case_order_id: UUID) -> HttpResponse:
    """The desk's page: papers one by one, a question to the customer, the numbers (STAT-07, ORD-41)."""
    order = queries.order(case_order_id)
    found = case_book.case(order.id)
    what = request.POST.get("what", "")
    ask = AskForm(request.POST if what == "ask" else None)
    give = DeliverForm(request.POST if what == "deliver" else None)
    if order.number and found.number_type != "local":
        del give.fields["area_confirmed"]
    refused: dict[str, str] = {}
    is_wrong = False
    if request.method == "POST":
        try:
            if _worked(order, what, request, ask, give):
                return redirect("case-review", case_order_id=order.id)
        except (Problem, Problems) as problem:
            is_wrong = True
            if what == "review":
                refused = _refused(problem, order, request)
            else:
                into_form(give if what == "deliver" else ask, _about_list(problem))
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        context = {
            **_shown(order, found),
            "title": _("Order %(number)s") % {"number": order.number},
            "crumbs": [{"label": _("Desk"), "url": reverse("desk")}],
            "customer": people.organisation(order.customer_id).name,
            "ask": ask,
            "give": give,
            "refused": refused.pop("", ""),
            "waits_for_review": not order.ended_at
            and any(each.state == case_rules.GIVEN for each in case_book.papers(order.id)),
            "may_deliver": states.waits_for(queries.facts(order)) == "desk"
            and all(each.state == case_rules.APPROVED for each in case_book.papers(order.id)),
        }
        if what == "review":
            context["papers"] = [_as_typed(row, request, refused) for row in context["papers"]]
    return render(
        request,
        "pages/desk/case_order.html",
        context,
        status=422 if is_wrong or ask.errors or give.errors else 200,
    )


def _as_typed(row: words.PaperRow, request: HttpRequest, refused: Mapping[str, str]) -> words.PaperRow:
    """The row with what the desk had entered, and what was wrong with it."""
    if row.paper is None:
        return row
    key = str(row.paper.id)
    return replace(
        row,
        decision=request.POST.get(f"decision-{key}", ""),
        reason=request.POST.get(f"reason-{key}", ""),
        until=request.POST.get(f"until-{key}", ""),
        refused=refused.get(key, ""),
    )


def _worked(order: Order, what: str, request: HttpRequest, ask: AskForm, give: DeliverForm) -> bool:
    """Carry out what the desk sent; False when its form is not filled in."""
    if what == "review":
        review_case.decide(order.id, _decisions(order, request))
        messages.success(request, _("Kept."))
        return True
    if what == "ask" and ask.is_valid():
        review_case.ask(order.id, ask.cleaned_data["text"])
        messages.success(request, _("The customer has been asked."))
        return True
    if what == "deliver" and give.is_valid():
        listed = re.split(r"[\r\n,;]+", give.cleaned_data["phone_numbers"])
        texts = [each.strip() for each in listed if each.strip()]
        is_confirmed = bool(give.cleaned_data.get("area_confirmed"))
        deliver_case.deliver(order.id, texts, area_confirmed=is_confirmed)
        messages.success(request, _("The numbers are live."))
        return True
    return False


def _decisions(order: Order, request: HttpRequest) -> list[review_case.Decision]:
    return [
        review_case.Decision(
            paper.id,
            request.POST[f"decision-{paper.id}"] == "approve",
            request.POST.get(f"reason-{paper.id}", "")[:2000],
            request.POST.get(f"until-{paper.id}", "")[:40],
        )
        for paper in case_book.papers(order.id)
        if request.POST.get(f"decision-{paper.id}") in ("approve", "refuse")
    ]


def _refused(problem: Problem | Problems, order: Order, request: HttpRequest) -> dict[str, str]:
    """Refusals of decisions, by the paper's id; "" for what is about none of them."""
    from dialtone.web import refusals

    asked = [str(each.paper_id) for each in _decisions(order, request)]
    found: dict[str, str] = {}
    for each in problem.problems if isinstance(problem, Problems) else [problem]:
        place = re.match(r"/decisions/(\d+)/", each.field or "")
        index = int(place[1]) if place else -1
        found[asked[index] if 0 <= index < len(asked) else ""] = refusals.text(each)
    return found


def _about_list(problem: Problem | Problems) -> Problem | Problems:
    """Refusals of single numbers are told at the one field of the list, each with its number."""
    if isinstance(problem, Problem):
        return problem
    told = [
        Problem(each.code, field="/phoneNumbers", values={**each.values, "field": "phoneNumbers"})
        for each in problem.problems
    ]
    return Problems(told[:5])


def case_context(request: HttpRequest, order: Order) -> dict[str, Any]:
    """What the page of an order shows of its support case; empty for other orders."""
    if order.kind != states.BY_CASE:
        return {}
    caller = caller_of(request)
    return {
        "case": {
            **_shown(order, case_book.case(order.id)),
            "may_supply": caller.may("adds_documents") and order.ended_at is None,
            "may_answer": caller.may("places_orders") and order.ended_at is None,
            "may_open": caller.may("sees_documents"),
        }
    }


def _shown(order: Order, found: CaseOrder) -> dict[str, Any]:
    """In the customer's scope: papers, what is missing, what was entered, the days on which it should be done."""
    country = case_book.country(order, found)
    expected = case_book.expected_between(order, found) if order.ended_at is None else None
    identity = case_identity.opened(found)
    return {
        "order": order,
        "case_order": found,
        "papers": paper_rows(order, country),
        "lacks": [(each, words.lack_text(each)) for each in case_book.lacking(found)]
        if order.ended_at is None
        else [],
        "identity": [
            (words.FIELDS.get(name, name), identity[name])
            for name in country.ordering.business_fields
            if name in identity
        ],
        "address_lines": CivicAddress.from_json(found.address).lines(),
        "country_name": reading.country_text(found.country),
        "number_type": words.NUMBER_TYPES.get(found.number_type, found.number_type),
        "expected": expected,
        "processed_by": words.PROCESSED_BY.get(country.ordering.processed_by, ""),
    }


def paper_rows(order: Order | None, country: Country) -> list[words.PaperRow]:
    """Every paper that the country wants, with the one that is there."""
    there: Mapping[str, CasePaper] = (
        {each.kind: each for each in case_book.papers(order.id)} if order is not None else {}
    )
    handed_out = blank_forms.of_country(country.iso)
    return [
        words.PaperRow(
            each.kind,
            there.get(each.kind),
            words.needs(each.max_age_months or 0, each.strictly_younger, each.form_from),
            form=handed_out.get(each.kind),
            is_form=bool(each.form_from),
        )
        for each in country.ordering.papers
    ]


def _prefilled(location: Location, country: Country) -> dict[str, Any]:
    """What is known: the location's address, the contract's company, and what the last order of this country said."""
    place = CivicAddress.from_json(location.address)
    known: dict[str, Any] = {
        "reference": uuid4(),
        "number_type": "local",
        "street": place.street,
        "building_number": place.house_number,
        "postal_code": place.postal_code,
        "city": place.city,
        "state": place.state,
    }
    if signed := contract.of_location(location.id):
        known["company_name"] = signed.company_name
    earlier = CaseOrder.objects.filter(country=country.iso).order_by("-id").first()
    return {**known, **(case_identity.opened(earlier) if earlier else {})}


def _case(request: HttpRequest, order_id: UUID, permission: str) -> tuple[Order, CaseOrder, Country]:
    order = queries.order(order_id)
    caller_of(request).need(permission, order.location_id)
    found = case_book.case(order.id)
    return order, found, case_book.country(order, found)


def _crumbs(order: Order) -> list[dict[str, Any]]:
    return [
        {"label": _("PSTN orders"), "url": reverse("orders")},
        {"label": order.number, "url": reverse("order", args=[order.id])},
    ]
