"""Support cases, from the customer's side and from the desk's: open with what it is about, talk, close."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base.problems import Problem, Problems
from dialtone.people import queries as people
from dialtone.support import (
    answer_case,
    attachments,
    close_case,
    open_case,
    queries,
    routing,
    states,
    words,
)
from dialtone.support.models import Case
from dialtone.web import case_words, keyset, things
from dialtone.web.files import FilesField, file_response
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, into_form, page

ATTACHED = gettext_lazy("Files")
ATTACHED_HOW = gettext_lazy(
    "Up to five PDF, PNG or JPEG. They are kept encrypted, and erased 90 days after the case is closed."
)
SHOWN = [("open", gettext_lazy("Open")), ("closed", gettext_lazy("Closed")), ("all", gettext_lazy("All"))]


class CaseFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Number or title"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Number or title")}),
    )
    show = forms.ChoiceField(label=gettext_lazy("Which"), choices=SHOWN, required=False, initial="open")
    division = forms.ChoiceField(
        label=gettext_lazy("Division"),
        required=False,
        choices=[("", gettext_lazy("All divisions")), *words.DIVISIONS.items()],
    )


class OpenForm(forms.Form):
    NEEDED = ("title", "text")

    situation = forms.ChoiceField(label=gettext_lazy("What is it about?"))
    title = forms.CharField(
        label=gettext_lazy("In one line"), required=False, widget=forms.TextInput({"maxlength": "160"})
    )
    text = forms.CharField(
        label=gettext_lazy("What happened, and what did you expect?"),
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )
    attachments = FilesField(label=ATTACHED, help_text=ATTACHED_HOW)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["situation"]
        assert isinstance(field, forms.ChoiceField)
        by_division: dict[str, list[tuple[str, Any]]] = {}
        for situation, way in routing.routes().items():
            by_division.setdefault(way.division, []).append((situation, words.SITUATIONS[situation]))
        field.choices = [(words.DIVISIONS[division], own) for division, own in by_division.items()]


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your message"), required=False, widget=forms.Textarea({"rows": 4})
    )
    attachments = FilesField(label=ATTACHED, help_text=ATTACHED_HOW)


@page("sees_cases")
def case_list(request: HttpRequest) -> HttpResponse:
    """Cases of the organisation in view, newest first; of all customers for the desk and for a partner."""
    caller = caller_of(request)
    form = CaseFilters({"show": "open", **request.GET.dict()}, auto_id="filter_%s")
    told = form.cleaned_data if form.is_valid() else {}
    found = queries.cases(
        open_only=told.get("show", "open") == "open",
        division=told.get("division", ""),
        text=told.get("q", ""),
    )
    if told.get("show") == "closed":
        found = found.filter(state=states.CLOSED)
    at = keyset.page_of(found, request.GET, order=("-opened_at", "-id"), listing="cases")
    several = caller.customer_id is None
    listing = Listing(
        request,
        name="cases",
        caption=_("Cases"),
        columns=[
            Column("case", _("Case"), heads_row=True),
            *([Column("customer", _("Customer"))] if several else []),
            Column("about", _("About")),
            Column("division", _("Division")),
            Column("state", _("State")),
            Column("due", _("Answer due")),
            Column("opened", _("Opened"), chosen=False),
        ],
        rows=_rows(at.rows, several, is_desk=caller.view_kind == "operator"),
        row_template="pages/cases/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
    )
    context = {"title": _("Support"), "listing": listing, "may_open": caller.may("opens_cases")}
    return render(request, "pages/cases/list.html", context)


@page("opens_cases")
def case_new(request: HttpRequest) -> HttpResponse:
    """Open a case; what it is about comes with the address, so that nobody has to write it down again (SUP-09)."""
    caller = caller_of(request)
    about = case_words.about(caller, request.GET.get("about", ""), request.GET.get("id", ""))
    initial = {"situation": request.GET.get("situation", "pstn_question")}
    if about.kind == "destination":
        initial["title"] = _("Open calls to %(number)s") % {"number": about.name}
    form = OpenForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = open_case.open_case(
                told["situation"],
                told["title"],
                told["text"],
                subject_kind=about.kind,
                subject_id=about.id,
                facts=about.facts,
                files=_files(told),
            )
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            said = _("Case %(number)s is open. %(division)s answers it.")
            messages.success(
                request, said % {"number": made.number, "division": words.DIVISIONS[made.division]}
            )
            return redirect("case", case_id=made.id)
    context = {
        "title": _("Open a case"),
        "crumbs": _crumbs(),
        "form": form,
        "about": about,
        "about_word": things.word(about.kind),
        "facts": case_words.fact_words(about.facts),
    }
    return render(request, "pages/cases/new.html", context, status=422 if form.errors else 200)


@page("sees_cases")
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: whose turn, by when, what was said."""
    caller = caller_of(request)
    case = queries.case(case_id)
    form = AnswerForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        caller.need("opens_cases")
        try:
            answer_case.answer_case(case.id, form.cleaned_data["text"], _files(form.cleaned_data))
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("Your message was added."))
            return redirect("case", case_id=case.id)
    is_desk = caller.view_kind == "operator"
    context = {
        "title": case.title,
        "crumbs": _crumbs(),
        "case": case,
        "tone": case_words.TONES[case.state],
        "state": _state_word(case, is_desk),
        "turn": _turn(case, is_desk),
        "is_mine": states.ACTS_NEXT[case.state] == ("operator" if is_desk else "customer"),
        "division": words.DIVISIONS[case.division],
        "situation": words.SITUATIONS[case.situation],
        "customer": people.owner_names([case]).get(people.owner_id(case), ""),
        "thread": _thread(case),
        "may_open_papers": caller.may(attachments.permission(case)),
        "facts": case_words.fact_words(case.facts),
        "about_url": things.address(case.subject_kind, case.subject_id, str(case.facts.get("number", "")))
        if caller.customer_id or case.subject_kind == "invoice"  # whose page is everybody's who sees the case
        else "",
        "form": form,
        "may_answer": caller.may("opens_cases") and case.state != states.CLOSED,
        "is_desk": is_desk,
        "may_open_destination": case.subject_kind == "destination"
        and case.customer_id is not None
        and caller.may("closes_destinations"),
    }
    return render(request, "pages/cases/case.html", context, status=422 if form.errors else 200)


@page("sees_cases")
def case_attachment(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """A paper of a case as a file; who opened it when is written down (S8)."""
    caller = caller_of(request)
    document, content = attachments.open_one(queries.case(case_id), document_id, caller)
    return file_response(content, document.name, document.media_type)


@page("opens_cases")
def case_close(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Close a case, after a question."""
    case = queries.case(case_id)
    if request.method == "POST":
        close_case.close_case(case.id)
        messages.success(request, _("Case %(number)s is closed.") % {"number": case.number})
        return redirect("case", case_id=case.id)
    if case.state == states.CLOSED:
        return redirect("case", case_id=case.id)
    return ask_first(
        request,
        about=case.title,
        crumbs=_crumbs(),
        title=_("Close case %(number)s?") % {"number": case.number},
        what=_("Nobody has to do anything about it any more. Its messages stay readable."),
        undo=_("A closed case stays closed; open a new one and name this one in it."),
        verb=_("Close the case"),
        back=reverse("case", args=[case.id]),
    )


def _rows(found: list[Case], several: bool, *, is_desk: bool) -> list[dict[str, Any]]:
    names = people.owner_names(found) if several else {}
    return [
        {
            "case": each,
            "several": several,
            "customer": names.get(people.owner_id(each), ""),
            "about": words.SITUATIONS[each.situation],
            "division": words.DIVISIONS[each.division],
            "tone": case_words.TONES[each.state],
            "state": _state_word(each, is_desk),
        }
        for each in found
    ]


def _files(told: dict[str, Any]) -> list[attachments.File]:
    return [
        attachments.File(str(each.name or "document")[:120], each.read(), each.content_type or "")
        for each in told.get("attachments") or ()
    ]


def _thread(case: Case) -> list[dict[str, Any]]:
    papers = attachments.of_messages(case)
    return [{"said": each, "papers": papers.get(each.id, [])} for each in queries.messages(case.id)]


def _state_word(case: Case, is_desk: bool) -> str:
    """`with us` and `with you` turn around on the other side of the desk."""
    if case.state == states.CLOSED:
        return str(words.STATES[states.CLOSED])
    if (case.state == states.OPEN) == is_desk:
        return _("waits for you")
    return _("waits for the customer") if is_desk else _("waits for the desk")


def _turn(case: Case, is_desk: bool) -> str:
    if case.state == states.OPEN:
        return _("you") if is_desk else str(words.DIVISIONS[case.division])
    if case.state == states.ANSWERED:
        return _("the customer") if is_desk else _("you")
    return ""


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Support"), "url": reverse("cases")}]
