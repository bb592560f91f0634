"""Access codes, and whom calls go to that are not placed as dialled: of the organisation, a location, a person, a workspace, a
virtual line (ACC-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.calls import queries, sealed_codes
from dialtone.calls.change_access_codes import NewCode, change_access_codes
from dialtone.calls.let_through import HIDDEN, LONGEST, MOST_DESCRIPTION, LetThrough, Transfers
from dialtone.calls.set_transfers import set_transfers
from dialtone.locations import queries as locations
from dialtone.people import queries as people
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages.call_owner import Owner, line_owner, location_owner, person_owner

NUMBERS = ("number1", "number2", "number3")
INTO_FORM = {f"autoTransferNumber{index}": name for index, name in enumerate(NUMBERS, start=1)}


class CodeForm(forms.Form):
    """One code more."""

    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=MOST_DESCRIPTION,
        help_text=gettext_lazy("Who uses it, or what it is for."),
    )
    code = forms.CharField(
        label=gettext_lazy("Access code"),
        required=False,
        max_length=4 * LONGEST,
        help_text=gettext_lazy("2 to 16 digits; six or more are hard to find by trying."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )


class TransferForm(forms.Form):
    """Three numbers; a line may follow its location instead."""

    def __init__(self, told: Transfers, owner: Owner, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owner.is_line:
            is_person = owner.kind == "person"
            self.fields["follows"] = forms.ChoiceField(
                label=_("Transfer numbers of this person")
                if is_person
                else _("Transfer numbers of this line"),
                choices=[("location", _("As the location says")), ("own", _("Own numbers"))],
                initial="own" if told.count_for("line") else "location",
                widget=forms.RadioSelect,
                required=False,
            )
        for index, (name, number) in enumerate(zip(NUMBERS, told.numbers, strict=True), start=1):
            self.fields[name] = forms.CharField(
                label=_("Transfer number %(index)s") % {"index": index},
                initial=number,
                required=False,
                max_length=64,
                help_text=_("A number, or an extension; empty is nobody.") if index == 1 else "",
                widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
            )

    @property
    def is_own(self) -> bool | None:
        """Whether they hold, as was chosen; None where nothing is to choose. Whoever types a number and chooses nothing means it to."""
        follows = self.fields.get("follows")
        if follows is None:
            return None
        told = self.cleaned_data
        is_typed = any(told[name] and name in self.changed_data for name in NUMBERS)
        return (told["follows"] or follows.initial) == "own" or (
            is_typed and "follows" not in self.changed_data
        )


@dataclass(frozen=True)
class Row:
    """A code in the list; one of the location is changed there."""

    id: UUID
    code: str
    description: str
    is_own: bool


@page("sees_locations", customer=True)
def organisation_codes(request: HttpRequest) -> HttpResponse:
    """Codes that let through at every line of the organisation that has none of its own."""
    found = people.organisation(tenancy.current_customer_id())
    home = reverse("calls")
    crumbs = [{"label": _("Calls"), "url": home}]
    here = reverse("calls-codes")
    return _answer(
        request, Owner("organisation", found.id, found.name, None, "edits_locations", here, home, crumbs)
    )


@page("sees_locations", customer=True)
def location_codes(request: HttpRequest, location_id: UUID) -> HttpResponse:
    """The location's, which hold for everybody there without own ones."""
    return _answer(request, location_owner(request, location_id, "location-codes"))


@page("sees_people", customer=True)
def person_codes(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A person's, which may take the place of the location's."""
    return _answer(request, person_owner(request, person_id, "person-codes"))


@page("sees_people", customer=True)
def line_codes(request: HttpRequest, owner_id: UUID) -> HttpResponse:
    """Those of a workspace or a virtual line."""
    return _answer(request, line_owner(request, owner_id, "line-codes"))


def _answer(request: HttpRequest, owner: Owner) -> HttpResponse:
    caller = caller_of(request)
    may_edit = caller.may(owner.permission)
    said = queries.let_through([owner.id]).get(owner.id, LetThrough())
    sent = request.POST if request.method == "POST" else None
    if sent is not None:
        caller.need(owner.permission)
    is_transfers = sent is not None and "transfers" in sent
    code_form = CodeForm(None if is_transfers else sent)
    transfer_form = TransferForm(said.transfers, owner, sent if is_transfers else None)
    if sent is not None and (
        _transferred(transfer_form, owner) if is_transfers else _changed(request, code_form, owner)
    ):
        messages.success(request, _("Saved. The next call is decided by it."))
        return redirect(owner.here)
    errors = transfer_form.errors if is_transfers else code_form.errors if code_form.is_bound else {}
    context = {
        "title": _("Access codes")
        if owner.kind == "organisation"
        else _("Access codes and transfer numbers"),
        "crumbs": owner.crumbs,
        "owner": owner,
        "has_own": said.has_own_codes,
        "has_any": bool(said.codes),
        "rows": _rows(owner, said, may_edit),
        "code_form": code_form,
        "transfer_form": transfer_form,
        "may_edit": may_edit,
        "shows_transfers": owner.kind != "organisation",
    }
    return render(request, "pages/calls/let_through.html", context, status=422 if errors else 200)


def _rows(owner: Owner, said: LetThrough, may_edit: bool) -> list[Row]:
    """Own codes, and those of the location where they hold."""
    found = list(queries.access_codes(owner.id))
    if owner.is_line and owner.location_id and not said.has_own_codes:
        found += queries.access_codes(owner.location_id)
    return [
        Row(
            each.id,
            sealed_codes.opened(each) if may_edit else HIDDEN,
            each.description,
            each.subject_id == owner.id,
        )
        for each in found
    ]


def _changed(request: HttpRequest, form: CodeForm, owner: Owner) -> bool:
    """One code more or less, or whose hold; False where the form has to say why not. Raises Problem not_found."""
    sent = request.POST
    if "remove" in sent:
        gone = [each.id for each in queries.access_codes(owner.id) if str(each.id) == sent["remove"]]
        if not gone:
            raise Problem("not_found")
        _change(owner, remove=gone)
        return True
    if "follows" in sent:
        _change(owner, is_own=sent["follows"] == "own")
        return True
    if not form.is_valid():
        return False
    code = form.cleaned_data["code"].replace(" ", "")
    try:
        _change(owner, add=[NewCode(code, form.cleaned_data["description"])], pointer="")
    except (Problem, Problems) as problem:
        into_form(form, problem)
        return False
    return True


def _change(owner: Owner, **told: Any) -> None:
    change_access_codes(owner.kind, owner.id, owner.name, owner.location_id, **told)


def _transferred(form: TransferForm, owner: Owner) -> bool:
    if not form.is_valid():
        return False
    country = locations.location(owner.location_id).country if owner.location_id else "US"
    numbers = [form.cleaned_data[name] for name in NUMBERS]
    try:
        set_transfers(
            owner.kind,
            owner.id,
            owner.name,
            owner.location_id,
            numbers,
            is_own=form.is_own,
            country=country,
        )
    except (Problem, Problems) as problem:
        into_form(form, problem, INTO_FORM)
        return False
    return True
