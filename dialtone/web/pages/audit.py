"""The audit trail: search it, see what a record changed, and whether the seal holds (S6, S7)."""

from __future__ import annotations

import json
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import audit, clock, tables, trail
from dialtone.base.models import AuditRecord
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.web import happenings, keyset, things
from dialtone.web.listing import Column, Listing
from dialtone.web.page import caller_of, page

DAYS = 30
MOST_EXPORTED = 50_000
# Beyond it verifying takes longer than a page may: the command does it.
MOST_VERIFIED = 200_000


class AuditFilters(forms.Form):
    q = forms.CharField(
        label=gettext_lazy("Who, or what"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"placeholder": gettext_lazy("Who, or what")}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind of thing"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=gettext_lazy("To"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("Everything")), *things.choices()]


@page("sees_audit")
def audit_list(request: HttpRequest) -> HttpResponse:
    """Records, newest first; of the last thirty days unless asked otherwise."""
    caller = caller_of(request)
    form = _filters(request, caller)
    found = _found(form, caller)
    at = keyset.page_of(found, request.GET, order=("-at", "-id"), listing="audit")
    several = caller.customer_id is None
    listing = Listing(
        request,
        name="audit",
        caption=_("Audit trail"),
        columns=[
            Column("what", _("What happened"), heads_row=True),
            Column("thing", _("To what")),
            Column("who", _("Who")),
            *([Column("whose", _("Whose data"))] if several else []),
            Column("at", _("When")),
        ],
        rows=_rows(at.rows, several),
        row_template="pages/audit/_row.html",
        filters=form,
        newer=at.newer,
        older=at.older,
        export_url=reverse("audit-export") if caller.may("exports") else "",
    )
    is_operator = caller.view_kind == "operator"
    context = {
        "title": _("Audit"),
        "listing": listing,
        "seal": audit.seal_status() if is_operator else None,
    }
    return render(request, "pages/audit/list.html", context)


@page("sees_audit")
def audit_record(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One record: who, for whom, from where, what changed, and its hashes."""
    caller = caller_of(request)
    found = trail.one(record_id)
    (row,) = _rows([found], True)
    facts = found.facts if isinstance(found.facts, dict) else {}
    changed = trail.changed(facts)
    context = {
        "title": row["what"],
        "crumbs": [{"label": _("Audit"), "url": reverse("audit")}],
        "record": found,
        "row": row,
        "changed": [(name, _shown(both[0]), _shown(both[1])) for name, both in changed.items()],
        "facts": [
            (name, _shown(value))
            for name, value in facts.items()
            if value and (name != "changed" or not changed)
        ],
        "for_other": found.actor_org_id not in (None, found.customer_id or found.partner_id)
        and found.actor_org_id != caller.view_id,
    }
    return render(request, "pages/audit/record.html", context)


@page("exports")
def audit_export(request: HttpRequest) -> HttpResponse:
    """Exactly what the filters show, as CSV."""
    caller = caller_of(request)
    caller.need("sees_audit")
    found = _found(_filters(request, caller), caller)[:MOST_EXPORTED]
    header = ["at", "who", "who_kind", "action", "thing_kind", "thing", "reason", "facts"]
    rows = (
        [each.at.isoformat(), each.actor_name, each.actor_kind, each.action, each.subject_kind, each.subject_name,
         each.reason, json.dumps(each.facts, ensure_ascii=False)]
        for each in found
    )  # fmt: skip
    response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="audit.csv"'
    return response


@page("works_desk")
def audit_verify(request: HttpRequest) -> HttpResponse:
    """Read the whole chain again and say whether anything was edited, deleted, put in, swapped or cut off (S7)."""
    status = audit.seal_status()
    too_many = status.covered > MOST_VERIFIED
    findings = audit.verify() if request.method == "POST" and not too_many else None
    context = {
        "title": _("Is the audit trail whole?"),
        "crumbs": [{"label": _("Audit"), "url": reverse("audit")}],
        "seal": status,
        "too_many": too_many,
        "is_done": findings is not None,
        "findings": [(FINDINGS.get(each.kind, each.kind), each.where) for each in findings or []][:200],
    }
    return render(request, "pages/audit/verify.html", context)


FINDINGS = {
    "a seal was cut off or replaced": gettext_lazy("a seal was cut off or replaced"),
    "a leaf is missing or was put in": gettext_lazy("a leaf is missing or was put in"),
    "the chain is broken": gettext_lazy("the chain is broken"),
    "a record was deleted": gettext_lazy("a record was deleted"),
    "a record was changed": gettext_lazy("a record was changed"),
    "a record was put in afterwards": gettext_lazy("a record was put in afterwards"),
}


def _filters(request: HttpRequest, caller: Caller) -> AuditFilters:
    first = clock.today(caller.time_zone) - timedelta(days=DAYS)
    asked = request.GET.dict()
    return AuditFilters({"since": first.isoformat(), **asked}, auto_id="filter_%s")


def _found(form: AuditFilters, caller: Caller) -> Any:
    """What the filters ask for. A date that is none shows nothing, with the reason beside it."""
    if not form.is_valid():
        return trail.records().none()
    told = form.cleaned_data
    until = told["until"]
    return trail.records(
        text=told["q"],
        kinds=things.alike(told["kind"]),
        since=_start_of(told["since"], caller),
        until=_start_of(until + timedelta(days=1), caller) if until else None,
    )


def _start_of(day: date | None, caller: Caller) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(caller.time_zone)) if day else None


def _rows(found: list[AuditRecord], several: bool) -> list[dict[str, Any]]:
    names = people.owner_names(found) if several else {}
    return [
        {
            "record": each,
            "several": several,
            "what": happenings.word(each.action),
            "thing": things.word(each.subject_kind),
            "name": things.name(each.subject_kind, each.subject_name),
            "url": things.address(each.subject_kind, each.subject_id, each.subject_name),
            "whose": names.get(people.owner_id(each), ""),
        }
        for each in found
    ]


def _shown(value: Any) -> str:
    """A fact as text; nested ones as JSON."""
    if value in (None, "", [], {}):
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
