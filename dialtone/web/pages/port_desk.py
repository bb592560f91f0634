"""A port order as the operator's desk works it: validate, ask, refuse, set the date, say what moved (STAT-08 to STAT-13)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import desk, documents, history, tenancy
from dialtone.base.phone import parse_many
from dialtone.base.problems import Problem, Problems
from dialtone.people import queries as people
from dialtone.porting import (
    answer_by_desk,
    book,
    check_portability,
    comment,
    desk_items,
    papers,
    queries,
    rejections,
    states,
)
from dialtone.porting.models import PortOrder
from dialtone.porting.words import WAITS_FOR
from dialtone.web import happenings, port_summary, port_words
from dialtone.web.files import file_response
from dialtone.web.page import caller_of, page
from dialtone.web.port_forms import paper_word, read_day, refused

MOST_SHOWN = 200


class AcceptForm(forms.Form):
    """Nothing to fill in."""


class AskForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("What is needed"),
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": "2000"}),
    )
    paper = forms.ChoiceField(label=gettext_lazy("A paper"), required=False)

    def __init__(self, order: PortOrder, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(each, paper_word(each)) for each in papers.kinds(book.rules(order))]
        _choose(self, "paper", [("", _("None")), *kinds])


class RejectForm(forms.Form):
    error = forms.ChoiceField(label=gettext_lazy("Porting error"), required=False)
    text = forms.CharField(label=gettext_lazy("The carrier's words"), required=False, max_length=400)
    numbers = forms.CharField(
        label=gettext_lazy("Numbers it is about"), required=False, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Empty for the whole order."),
    )  # fmt: skip

    def __init__(self, order: PortOrder, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "error", _errors())


class FocForm(forms.Form):
    day = forms.CharField(
        label=gettext_lazy("FOC date"), required=False, widget=forms.DateInput({"type": "date"})
    )
    agreed = forms.CharField(
        label=gettext_lazy("Agreed in case"), required=False, max_length=60,
        help_text=gettext_lazy("Needed for a day without business."),
    )  # fmt: skip


class MovedForm(forms.Form):
    numbers = forms.CharField(
        label=gettext_lazy("Numbers"), required=False, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Empty for all that are still on the way."),
    )  # fmt: skip
    text = forms.CharField(label=gettext_lazy("Why not"), required=False, max_length=400)


class UnknownForm(forms.Form):
    error = forms.ChoiceField(label=gettext_lazy("What it meant"), required=False)
    reference = forms.CharField(
        label=gettext_lazy("Reference to quote"), required=False, max_length=60,
        help_text=gettext_lazy("If the carrier lets it pass with this reference."),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("For the customer"),
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": "2000"}),
    )

    def __init__(self, order: PortOrder, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "error", [("", _("Resubmit, quoting the reference")), *_errors()])


class SayForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("To the customer"),
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": "4000"}),
    )


@page("works_desk")
def port_order(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The order with everything that can be said about it now; each answer is kept under the name of who gave it."""
    order = queries.order(port_order_id)
    if request.GET.get("paper"):
        return _paper(request, order, request.GET["paper"])
    what = request.POST.get("what", "") if request.method == "POST" else ""
    filled = _forms(request, order, what)
    if what in filled:
        form = filled[what]
        form.is_valid()
        try:
            with transaction.atomic():
                _ACTS[what](order, form.data)
        except (Problem, Problems) as problem:
            refused(form, problem)
        else:
            messages.success(request, _("Noted under your name."))
            return redirect("desk-port", port_order_id=order.id)
    current = filled.get(what)
    is_refused = current is not None and bool(current.errors)
    context = {
        **_context(request, order),
        "forms": filled,
        "refused_form": current if is_refused else None,
        "what": what,
    }
    return render(request, "pages/ports/desk.html", context, status=422 if is_refused else 200)


def _context(request: HttpRequest, order: PortOrder) -> dict[str, Any]:
    facts = queries.facts(order)
    turn, _word = port_words.turn_of(facts)
    may = _may(order)
    return {
        "title": _("Port order %(number)s") % {"number": order.number},
        "crumbs": [{"label": _("Desk"), "url": reverse("desk")}],
        "order": order,
        "customer": people.owner_names([order]).get(people.owner_id(order), ""),
        "status": port_words.status_of(order),
        "turn_word": _TURNS[turn],
        "waits": WAITS_FOR[states.waits_for(facts)],
        "may": may,
        "primary": next(
            (each for each in ("unknown", "canceled", "accept", "foc", "complete") if each in may), ""
        ),
        "summary": port_summary.rows(order, may_change=False),
        "papers": [(each, paper_word(each.kind)) for each in queries.papers(order.id)],
        "numbers": [
            (row, *port_words.number_status(order, row)) for row in queries.numbers(order.id)[:MOST_SHOWN]
        ],
        "review": [row.e164 for row in queries.numbers(order.id, portability="review")[:MOST_SHOWN]],
        "comments": queries.comments(order.id),
        "refused_for": [(row, queries.error_of(row)) for row in queries.rejections_of(order)],
        "items": list(desk.waiting().filter(subject_id=order.id)),
        "history": happenings.of_port(history.of(order.id)),
    }


# Whose turn it is, as the desk sees it.
_TURNS: dict[str, Any] = {
    "customer": gettext_lazy("the customer"),
    "signatory": gettext_lazy("the authorised contact"),
    "carrier": gettext_lazy("the losing carrier"),
    "operator": gettext_lazy("you"),
    "nobody": "",
}


def _may(order: PortOrder) -> list[str]:
    """What can be said about an order in its state."""
    found = ["say"]
    if queries.numbers(order.id, portability="review").exists():
        found.append("reviewed")
    if order.ended_at is not None or order.attempt == 0:
        return found
    if order.waits_for_support:
        return [*found, "unknown"]
    if order.status == states.REJECTED:
        return [*found, "ask"]
    found += ["ask", "reject", "foc"]
    if order.status == states.PENDING:
        found.append("accept")
    if order.status == states.FOC_RECEIVED:
        found += ["complete", "fail"]
    if order.cancel_asked_at is not None:
        found.append("canceled")
    return found


def _forms(request: HttpRequest, order: PortOrder, what: str) -> dict[str, forms.Form]:
    """A form for each thing that can be said; only the one that was sent is filled in."""

    def sent(name: str) -> Any:
        return request.POST if name == what else None

    made: dict[str, Callable[[str], forms.Form]] = {
        "accept": lambda name: AcceptForm(sent(name)),
        "ask": lambda name: AskForm(order, sent(name), auto_id="ask_%s"),
        "reject": lambda name: RejectForm(order, sent(name), auto_id="reject_%s"),
        "foc": lambda name: FocForm(sent(name), auto_id="foc_%s"),
        "complete": lambda name: MovedForm(sent(name), auto_id="complete_%s"),
        "fail": lambda name: MovedForm(sent(name), auto_id="fail_%s"),
        "canceled": lambda name: AcceptForm(sent(name)),
        "unknown": lambda name: UnknownForm(order, sent(name), auto_id="unknown_%s"),
        "reviewed": lambda name: AcceptForm(sent(name)),
        "say": lambda name: SayForm(sent(name), auto_id="say_%s"),
    }
    return {name: made[name](name) for name in _may(order)}


def _set_foc(order: PortOrder, told: Any) -> None:
    day = read_day(told.get("day", ""), "/day")
    if day is None:
        raise Problem("field.required", field="/day")
    answer_by_desk.set_foc(order.id, day, agreed=told.get("agreed", "").strip())


def _reject(order: PortOrder, told: Any) -> None:
    refusal = answer_by_desk.Refusal(
        told.get("error", ""), tuple(_numbers(order, told.get("numbers", ""))), told.get("text", "")
    )
    answer_by_desk.reject(order.id, [refusal])


def _reviewed(order: PortOrder, told: Any) -> None:
    e164s = list(queries.numbers(order.id, portability="review").values_list("e164", flat=True))
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        check_portability.reviewed(order.id, e164s, portable=told.get("portable") == "1")
    desk.withdraw(desk_items.REVIEW, order.id, "reviewed")


_ACTS: dict[str, Callable[[PortOrder, Any], Any]] = {
    "accept": lambda order, told: answer_by_desk.accept(order.id),
    "ask": lambda order, told: answer_by_desk.ask_for(
        order.id, told.get("text", ""), paper=told.get("paper", "")
    ),
    "reject": _reject,
    "foc": _set_foc,
    "complete": lambda order, told: answer_by_desk.complete(
        order.id, _numbers(order, told.get("numbers", ""))
    ),
    "fail": lambda order, told: answer_by_desk.fail(
        order.id, _numbers(order, told.get("numbers", "")), told.get("text", "")
    ),
    "canceled": lambda order, told: answer_by_desk.confirm_cancel(order.id),
    "unknown": lambda order, told: answer_by_desk.settle_unknown(
        order.id,
        reference=told.get("reference", "").strip(),
        error=told.get("error", ""),
        text=told.get("text", ""),
    ),
    "reviewed": _reviewed,
    "say": lambda order, told: comment.comment(order.id, told.get("text", "")),
}


def _numbers(order: PortOrder, text: str) -> list[str]:
    """Numbers in any spelling. Raises Problems with what is none, at the field."""
    pasted = parse_many(text, order.country)
    wrong = [
        Problem(each.problem.code, field="/numbers", values=each.problem.values)
        for each in pasted
        if each.problem
    ]
    if wrong:
        raise Problems(wrong)
    return [each.number.e164 for each in pasted if each.number]


def _paper(request: HttpRequest, order: PortOrder, key: str) -> HttpResponse:
    """A paper of the order; each opening is written down in the customer's trail."""
    there = next((each for each in queries.papers(order.id) if str(each.document_id) == key), None)
    if there is None:
        raise Problem("not_found")
    with tenancy.customer_scope(order.customer_id, order.partner_id):
        document, content = documents.open(there.document_id, caller_of(request))
    return file_response(content, document.name, document.media_type)


def _errors() -> list[tuple[str, Any]]:
    return [
        (id, _("%(id)s %(title)s") % {"id": id, "title": each.title})
        for id, each in rejections.catalogue().items()
    ]


def _choose(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
