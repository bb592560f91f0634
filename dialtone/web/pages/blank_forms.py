"""Forms to be filled in: everybody finds and takes them, the operator puts them up (ORD-47, SUP-10)."""

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

from dialtone.base import clock
from dialtone.base.problems import Problem
from dialtone.support import forms as blank
from dialtone.support.models import BlankForm
from dialtone.web import case_order_words, reading
from dialtone.web.files import file_response
from dialtone.web.page import ask_first, caller_of, into_form, page


class HandOutForm(forms.Form):
    paper = forms.ChoiceField(label=gettext_lazy("Country and paper"))
    document = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ".pdf"}),
        help_text=gettext_lazy("PDF. It replaces the form that is there."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["paper"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (reading.country_text(iso), [(f"{iso}:{paper}", _paper(paper)) for paper in papers])
            for iso, papers in blank.papers(clock.today("UTC")).items()
        ]


@page("sees_home")
def form_list(request: HttpRequest) -> HttpResponse:
    """All forms by country: there is at most one for a paper, so that they are few."""
    by_country: dict[str, list[dict[str, Any]]] = {}
    for each in blank.handed_out():
        row = {"form": each, "paper": _paper(each.paper)}
        by_country.setdefault(reading.country_text(each.country), []).append(row)
    context = {
        "title": _("Forms"),
        "crumbs": _help(),
        "countries": sorted(by_country.items()),
        "may_keep": _may_keep(request),
    }
    return render(request, "pages/forms/list.html", context)


@page("works_desk")
def form_new(request: HttpRequest) -> HttpResponse:
    """The operator hands out a form, in place of the one that was there."""
    form = HandOutForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        country, _colon, paper = form.cleaned_data["paper"].partition(":")
        file = form.cleaned_data["document"]
        try:
            if not file:
                raise Problem("field.required", field="/document", values={"field": "document"})
            made = blank.hand_out(
                country,
                paper,
                name=str(file.name or "form")[:120],
                content=file.read(),
                declared=file.content_type or "",
            )
        except Problem as problem:
            into_form(form, problem)
        else:
            messages.success(request, _("%(name)s is handed out.") % {"name": made.name})
            return redirect("blank-forms")
    context = {"title": _("Hand out a form"), "crumbs": _crumbs(), "form": form}
    return render(request, "pages/forms/new.html", context, status=422 if form.errors else 200)


@page("sees_home")
def form_file(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """The form itself, to be filled in."""
    found = blank.form(form_id)
    return file_response(bytes(found.content), found.name)


@page("works_desk")
def form_take_back(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Hand a form out no longer, after a question."""
    found: BlankForm = blank.form(form_id)
    if request.method == "POST":
        blank.take_back(found.id)
        messages.success(request, _("%(name)s is no longer handed out.") % {"name": found.name})
        return redirect("blank-forms")
    return ask_first(
        request,
        about=found.name,
        crumbs=_crumbs(),
        title=_("Hand out %(name)s no longer?") % {"name": found.name},
        what=_("Customers then find a link to PSTN support in its place."),
        undo=_("To bring it back, hand it out again."),
        verb=_("Hand it out no longer"),
        back=reverse("blank-forms"),
    )


def _may_keep(request: HttpRequest) -> bool:
    caller = caller_of(request)
    return caller.may("works_desk") and not caller.acts_for_other


def _paper(kind: str) -> str:
    return (
        str(_("Letter of agency")) if kind == blank.LETTER else str(case_order_words.PAPERS.get(kind, kind))
    )


def _help() -> list[dict[str, str]]:
    return [{"label": _("Help with PSTN"), "url": reverse("help")}]


def _crumbs() -> list[dict[str, str]]:
    return [*_help(), {"label": _("Forms"), "url": reverse("blank-forms")}]
