"""Numbers that people deliver or register by hand: the desk says what became of each, of all at once or one by one (STAT-05, STAT-06)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import desk
from dialtone.base.address import CivicAddress
from dialtone.base.models import DeskItem
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.carriers import answer_by_hand, by_hand
from dialtone.carriers.answer_by_hand import LONGEST_REASON, OUTCOMES, Said
from dialtone.carriers.by_hand import Asked
from dialtone.emergency import hear_registration, queries
from dialtone.people import queries as people
from dialtone.web import desk_words, refusals
from dialtone.web.page import into_form, page

MOST_SHOWN = 100
WORDS: dict[str, Any] = {
    answer_by_hand.DELIVERED: gettext_lazy("Delivered, address registered"),
    answer_by_hand.ADDRESS_REFUSED: gettext_lazy("Delivered, address refused"),
    answer_by_hand.NOT_DELIVERED: gettext_lazy("Not delivered"),
    answer_by_hand.REGISTERED: gettext_lazy("Address registered"),
    answer_by_hand.NOT_REGISTERED: gettext_lazy("Address refused"),
}
TONES = {answer_by_hand.DELIVERED: "ok", answer_by_hand.REGISTERED: "ok"}


class AnswerForm(forms.Form):
    """What became of each number, by its digits; `said_all` is for those for which nothing else is chosen."""

    said_all = forms.ChoiceField(label=gettext_lazy("All for which nothing else is chosen"), required=False)
    reason_all = forms.CharField(
        label=gettext_lazy("Why it is refused, for the customer"), required=False, max_length=LONGEST_REASON
    )

    def __init__(self, item: DeskItem, rows: Sequence[Asked], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.e164s = [row.e164 for row in rows]
        choices = [("", _("Not known yet")), *((code, WORDS[code]) for code in OUTCOMES[item.kind])]
        shown = self.e164s[:MOST_SHOWN]
        for e164 in shown:
            words = {"number": e164}
            self.fields[f"said_{e164[1:]}"] = forms.ChoiceField(
                label=_("What became of %(number)s") % words, required=False
            )
            self.fields[f"reason_{e164[1:]}"] = forms.CharField(
                label=_("Reason for %(number)s") % words, required=False, max_length=LONGEST_REASON
            )
        for name, field in self.fields.items():
            if name.startswith("said_"):
                assert isinstance(field, forms.ChoiceField)
                field.choices = choices
        self.rows = [
            (row.e164, _place(row), self[f"said_{row.e164[1:]}"], self[f"reason_{row.e164[1:]}"])
            for row in rows[:MOST_SHOWN]
        ]

    def said(self) -> list[tuple[Said, str]]:
        """What was chosen, each with the end of the names of the fields that said it."""
        told = self.cleaned_data
        found = []
        for e164 in self.e164s:
            own, reason = told.get(f"said_{e164[1:]}", ""), told.get(f"reason_{e164[1:]}", "")
            end = e164[1:] if own else "all"
            outcome = own or told["said_all"]
            if outcome:
                found.append((Said(e164, outcome, reason or told["reason_all"]), end))
        return found

    def refuse(self, problem: Problem | Problems, ends: Sequence[str]) -> None:
        """Put refusals beside the fields that said what was refused, each sentence once."""
        if isinstance(problem, Problem):
            into_form(self, problem, {"numbers": "said_all"})
            return
        for each in problem.problems:
            _root, _numbers, index, what = (each.field or "").split("/")
            name = f"{'reason' if what == 'reason' else 'said'}_{ends[int(index)]}"
            if name not in self.errors:
                text = refusals.text(each, _("Reason") if what == "reason" else "")
                self.add_error(name, forms.ValidationError(text, code=each.code))


class AfterAllForm(forms.Form):
    """A number whose address turns out not to be registered."""

    number = forms.ChoiceField(label=gettext_lazy("Number"))
    reason = forms.CharField(
        label=gettext_lazy("Why it is refused, for the customer"), max_length=LONGEST_REASON
    )

    def __init__(self, rows: Sequence[Row], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = self.fields["number"]
        assert isinstance(number, forms.ChoiceField)
        number.choices = [(row.e164, row.e164) for row in rows if row.is_registered]


@dataclass(frozen=True)
class Row:
    """A number with its answer."""

    e164: str
    outcome: str
    reason: str
    by: str
    at: Any
    after_all: bool = False

    @property
    def tone(self) -> str:
        return TONES.get(self.outcome, "refused") if not self.after_all else "refused"

    @property
    def word(self) -> Any:
        return _("Refused after all") if self.after_all else WORDS[self.outcome]

    @property
    def is_registered(self) -> bool:
        return self.outcome in TONES and not self.after_all


@page("works_desk")
def numbers(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """The numbers of an item: what they need, a form for those without an answer, and what was answered by whom."""
    item = desk.item(item_id)
    if item.kind not in (by_hand.ORDER, by_hand.REGISTRATION):
        raise Problem("not_found")
    asked = by_hand.asked(item)
    open_rows = [row for row in asked if not row.is_answered]
    given = ((row.e164, answer_by_hand.given(item, row)) for row in asked)
    answered = _after_all(
        [Row(e164, each.outcome, each.reason, each.by, each.at) for e164, each in given if each]
    )
    what = request.POST.get("what", "") if request.method == "POST" else ""
    form = AnswerForm(item, open_rows, request.POST if what == "answer" else None)
    after_all = AfterAllForm(answered, request.POST if what == "after_all" else None, auto_id="after_all_%s")
    if what == "answer" and _answer(item, form):
        messages.success(request, _("Noted under your name."))
        is_over = desk.item(item.id).settled_at is not None
        return redirect("desk") if is_over else redirect("desk-numbers", item_id=item.id)
    if what == "after_all" and _refuse(after_all):
        messages.success(request, _("Noted under your name."))
        return redirect("desk-numbers", item_id=item.id)
    context = {
        "title": item.subject_name or str(desk_words.kind_of(item.kind).word),
        "crumbs": [
            {"label": _("Desk"), "url": reverse("desk")},
            {"label": str(desk_words.kind_of(item.kind).word), "url": reverse("desk-item", args=[item.id])},
        ],
        "item": item,
        "kind": desk_words.kind_of(item.kind),
        "customer": people.owner_names([item]).get(people.owner_id(item), ""),
        "form": form,
        "open_count": len(open_rows),
        "more": max(len(open_rows) - MOST_SHOWN, 0),
        "answered": answered[:MOST_SHOWN],
        "after_all": after_all if after_all.fields["number"].choices else None,  # type: ignore[attr-defined]
        **_needs(asked),
    }
    status = 422 if form.errors or after_all.errors else 200
    return render(request, "pages/desk/numbers.html", context, status=status)


def _answer(item: DeskItem, form: AnswerForm) -> bool:
    if not form.is_valid():
        return False
    said = form.said()
    try:
        answer_by_hand.answer(item, [each for each, _end in said])
    except (Problem, Problems) as problem:
        form.refuse(problem, [end for _said, end in said])
        return False
    return True


def _refuse(form: AfterAllForm) -> bool:
    if not form.is_valid():
        return False
    try:
        reason = clean(form.cleaned_data["reason"], field="/reason", limit=LONGEST_REASON)
        hear_registration.refuse_after_all(form.cleaned_data["number"], reason)
    except (Problem, Problems) as problem:
        into_form(form, problem)
        return False
    return True


def _after_all(rows: Sequence[Row]) -> list[Row]:
    """The rows, those whose address was refused later among them as such."""
    refused = queries.refused_among([row.e164 for row in rows if row.is_registered])
    return [
        replace(row, after_all=True, reason=refused[row.e164]) if row.e164 in refused else row for row in rows
    ]


def _place(row: Asked) -> str:
    provision = row.commands.get(by_hand.PROVISION)
    return str(provision.asked.get("place", {}).get("city", "")) if provision else ""


def _needs(asked: Sequence[Asked]) -> dict[str, Any]:
    """What has to be known to order and register the numbers: address, place, company and who signed."""
    commands = [command for row in asked for command in row.commands.values()]
    ordered: dict[str, Any] = next((each.asked for each in commands if each.kind == by_hand.PROVISION), {})
    registered = {
        CivicAddress.from_json(each.asked["address"]) for each in commands if each.kind == by_hand.REGISTER
    }
    return {
        "addresses": [each.lines for each in sorted(registered, key=lambda each: each.one_line())],
        "location": (ordered.get("location") or {}).get("name", ""),
        "contract": ordered.get("contract") or {},
    }
