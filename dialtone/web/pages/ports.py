"""Port orders: the list, one order as it goes on, its correction, and everything that can be asked of it (STAT-08 to STAT-16)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dialtone.base import clock, documents, history, tables
from dialtone.base.problems import Problem, Problems
from dialtone.locations import queries as locations
from dialtone.numbers import queries as inventory
from dialtone.porting import (
    ask_support,
    attach_paper,
    book,
    calendar,
    cancel,
    checklist,
    comment,
    deadlines,
    enter_account,
    moving_days,
    plan_split,
    queries,
    remove_numbers,
    reschedule,
    states,
    submit,
    wish_date,
)
from dialtone.porting.models import PortOrder
from dialtone.porting.words import NUMBER_STATES, STATUS, SUPPORT_MATTERS, WAITS_FOR
from dialtone.web import happenings, keyset, port_calendar, port_summary, port_words, refusals
from dialtone.web.files import file_response
from dialtone.web.listing import Column, Listing
from dialtone.web.page import ask_first, caller_of, page, unproven
from dialtone.web.port_forms import (
    CorrectionForm,
    MoveForm,
    PaperForm,
    TextForm,
    paper_word,
    read_day,
    refused,
)

ORDERED = ("-begun_at", "-id")
MOST_EXPORTED = 100_000
MOST_MOVING = 6
MOST_NUMBERS = 20  # of an order on its page: what else stands there is not far down
LOOK_AGAIN = 10  # seconds between two looks at an order that the carrier works on


class PortFilters(forms.Form):
    """What of the port orders is listed; all of it stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("Order or number"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": gettext_lazy("Order or number"), "type": "search"}),
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    open = forms.BooleanField(
        label=gettext_lazy("Only open ones"), required=False, widget=forms.CheckboxInput({"value": "1"})
    )

    def __init__(self, places: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, Any]]] = {
            "status": [("", _("Every status")), *STATUS.items()],
            "location": [("", _("Every location")), *places],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered


@dataclass(frozen=True)
class Row:
    """A port order in the list."""

    order: PortOrder
    status: tuple[str, Any]
    turn: str
    turn_word: Any
    due_at: datetime | None


@page("sees_orders", customer=True)
def port_list(request: HttpRequest) -> HttpResponse:
    """All port orders, newest first, with whose turn it is; and what moves next."""
    form = _filters(request)
    found = _filtered(request, form)
    at = keyset.page_of(found, request.GET, order=ORDERED, listing="ports")
    listing = Listing(
        request,
        name="ports",
        caption=_("Port orders"),
        columns=[
            Column("order", _("Order"), heads_row=True),
            Column("status", _("Status")),
            Column("next", _("Acts next")),
            Column("due", _("Due")),
            Column("location", _("Location")),
            Column("carrier", _("Losing carrier")),
            Column("numbers", _("Numbers"), numeric=True),
            Column("foc", _("FOC date")),
            Column("begun", _("Begun"), chosen=False),
            Column("by", _("Begun by"), chosen=False),
        ],
        rows=[row_of(order) for order in at.rows],
        row_template="pages/ports/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
        export_url=reverse("ports-export") if caller_of(request).may("exports") else "",
    )
    context = {
        "listing": listing,
        "title": _("Porting"),
        "moving": queries.moving(caller_of(request).own_location_ids)[:MOST_MOVING]
        if not listing.is_filtered
        else [],
        "may_port": caller_of(request).may("places_orders"),
    }
    return render(request, "pages/ports/list.html", context, status=422 if form.errors else 200)


@page("exports", customer=True)
def export(request: HttpRequest) -> HttpResponse:
    """Exactly what the filters show, as CSV."""
    caller_of(request).need("sees_orders")
    found = _filtered(request, _filters(request)).order_by(*ORDERED)[:MOST_EXPORTED]
    header = ["order", "status", "acts_next", "location", "country", "losing_carrier", "numbers", "begun", "handed_in",
              "foc_date", "ended", "end_reason"]  # fmt: skip
    rows = [
        [
            order.number,
            order.status,
            states.acts_next(queries.facts(order)),
            order.location_name,
            order.country,
            order.losing_carrier,
            order.quantity,
            order.begun_at.isoformat(),
            order.handed_in_at.isoformat() if order.handed_in_at else "",
            order.foc_on.isoformat() if order.foc_on else "",
            order.ended_at.isoformat() if order.ended_at else "",
            order.end_reason,
        ]
        for order in found
    ]
    response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="port-orders.csv"'
    return response


@page("sees_orders", customer=True)
def port_page(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """One port order: status, whose turn and by when, numbers, what was refused and how to cure it, what happened."""
    order = _order(request, port_order_id, "sees_orders")
    return _page(request, order)


@require_POST
@page("places_orders", customer=True)
def correct(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """Correct what was refused, in place, and resubmit (STAT-16, ERR-20, ERR-21)."""
    order = _order(request, port_order_id, "places_orders")
    form = _correction(order, request)
    if form is None:
        return redirect("port", port_order_id=order.id)
    form.is_valid()
    if not _did(form, lambda: _corrected(request, order, form)):
        return _page(request, order, correction=form, status=422)
    try:
        with transaction.atomic():
            submit.submit(order.id)
    except (Problem, Problems):
        messages.warning(request, _("Your corrections are kept; something is still missing."))
        return redirect("port-review", port_order_id=order.id)
    messages.success(request, _("Corrected and resubmitted."))
    return redirect("port", port_order_id=order.id)


@page("places_orders", customer=True)
def split(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The remedy of ERR-06: asks first; then the order ends, and each billing number gets an order of its own."""
    order = _order(request, port_order_id, "places_orders")
    if request.method != "POST":
        return ask_first(
            request,
            title=_("Split order %(number)s?") % {"number": order.number},
            what=_(
                "It is cancelled, and one new order is begun for each billing number, with everything copied."
            ),
            undo=_("The new orders are drafts: nothing goes out before you hand them in."),
            verb=_("Cancel and split"),
            back=reverse("port", args=[order.id]),
        )
    try:
        with transaction.atomic():
            made = plan_split.split_by_billing_number(order.id)
    except (Problem, Problems) as problem:
        return _told(request, order, problem)
    said = _("These orders were begun: %(orders)s.")
    messages.success(request, said % {"orders": ", ".join(each.number for each in made)})
    return redirect("port", port_order_id=made[0].id)


@page("cancels_orders", customer=True)
def cancel_order(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """Asks first; then it ends, or the losing carrier is asked to stop (PORT-35, PORT-52, PORT-53)."""
    order = _order(request, port_order_id, "cancels_orders")
    if asked := unproven(request):
        return asked
    if request.method != "POST":
        is_at_once = order.attempt == 0 or order.status == states.REJECTED
        return ask_first(
            request,
            title=_("Cancel order %(number)s?") % {"number": order.number},
            what=_("Its numbers stay with the present carrier.")
            if is_at_once
            else _("The losing carrier is asked to stop. Until it agrees, the numbers may still move."),
            undo=_("This cannot be undone. To port these numbers later, begin a new order."),
            verb=_("Cancel the order"),
            back=reverse("port", args=[order.id]),
            dangerous=True,
        )
    try:
        with transaction.atomic():
            ended = cancel.cancel(order.id)
    except (Problem, Problems) as problem:
        return _told(request, order, problem)
    is_over = ended.ended_at is not None
    messages.info(
        request, _("The order was cancelled.") if is_over else _("The losing carrier was asked to stop.")
    )
    return redirect("port", port_order_id=order.id)


@page("places_orders", customer=True)
def move(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """Another date, on the calendar (PORT-35, PORT-63)."""
    order = _order(request, port_order_id, "places_orders")
    if order.ended_at is not None or order.attempt == 0:
        return redirect("port", port_order_id=order.id)
    known = order.foc_on or order.wished_on
    initial = {"wished_on": known.isoformat() if known else "",
               "wished_at": f"{order.wished_at:%H:%M}" if order.wished_at else ""}  # fmt: skip
    form = MoveForm(request.POST if request.method == "POST" else None, initial=initial)
    if not book.rules(order).asks_wished_time:
        del form.fields["wished_at"]
    if request.method == "POST":
        form.is_valid()
        if _did(form, lambda: _moved(order, form)):
            messages.success(request, _("The losing carrier was asked for another date."))
            return redirect("port", port_order_id=order.id)
    late = ""
    try:
        cancel.check_limit(order)
    except Problem as problem:
        late = refusals.text(problem)
    context = {
        "title": _("Another date for %(number)s") % {"number": order.number},
        "crumbs": [*_crumbs(), {"label": order.number, "url": reverse("port", args=[order.id])}],
        "order": order,
        "form": form,
        "late": late,
        "calendar": port_calendar.of(order, str(form["wished_on"].value() or "")),
    }
    return render(request, "pages/ports/move.html", context, status=422 if form.errors else 200)


@page("opens_cases", customer=True)
def support(request: HttpRequest, port_order_id: UUID, matter: str) -> HttpResponse:
    """Ask PSTN support: sooner, out of hours, too late to change, a rollback, an unknown error (PORT-37, PORT-38, PORT-63)."""
    order = _order(request, port_order_id, "opens_cases")
    if matter not in SUPPORT_MATTERS:
        raise Problem("not_found")
    form = TextForm(request.POST if request.method == "POST" else None)
    form.fields["text"].label = _("What should they know?")
    if request.method == "POST":
        form.is_valid()
        made: list[Any] = []
        if _did(form, lambda: made.append(ask_support.ask(order.id, matter, request.POST.get("text", "")))):
            messages.success(
                request, _("PSTN support was asked: case %(number)s.") % {"number": made[0].number}
            )
            return redirect("case", case_id=made[0].id)
    context = {
        "title": str(SUPPORT_MATTERS[matter]),
        "crumbs": [*_crumbs(), {"label": order.number, "url": reverse("port", args=[order.id])}],
        "order": order,
        "form": form,
        "status": port_words.status_of(order),
        "is_rollback": matter == "rollback",
    }
    return render(request, "pages/ports/support.html", context, status=422 if form.errors else 200)


@require_POST
@page("places_orders", customer=True)
def say(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """A comment; the desk sees it (PORT-32)."""
    order = _order(request, port_order_id, "places_orders")
    form = TextForm(request.POST)
    form.is_valid()
    if not _did(form, lambda: comment.comment(order.id, request.POST.get("text", ""))):
        return _page(request, order, saying=form, status=422)
    messages.success(request, _("Your comment was added."))
    return redirect("port", port_order_id=order.id)


@require_POST
@page("adds_documents", customer=True)
def add_paper(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """A further document, or one that was asked for, while the order is under way (PORT-32)."""
    order = _order(request, port_order_id, "adds_documents")
    form = PaperForm(request.POST, request.FILES)
    form.is_valid()
    file = request.FILES.get("document")
    kind = request.POST.get("kind", "") or "other"
    if file is None:
        form.add_error("document", _("Choose a file first."))
    if form.errors or not _did(form, lambda: _attached(order, kind, file, request.POST.get("dated_on", ""))):
        return _page(request, order, adding=form, status=422)
    messages.success(request, _("%(paper)s is attached.") % {"paper": paper_word(kind)})
    return redirect("port", port_order_id=order.id)


@page("sees_documents", customer=True)
def paper(request: HttpRequest, port_order_id: UUID, document_id: UUID) -> HttpResponse:
    """A paper of the order, to be kept; each opening is written down."""
    order = _order(request, port_order_id, "sees_documents")
    if all(each.document_id != document_id for each in queries.papers(order.id)):
        raise Problem("not_found")
    document, content = documents.open(document_id, caller_of(request))
    return file_response(content, document.name, document.media_type)


@page("sees_orders", customer=True)
def port_day(request: HttpRequest, port_order_id: UUID) -> HttpResponse:
    """The day on which the numbers move, for a calendar."""
    order = _order(request, port_order_id, "sees_orders")
    if order.foc_on is None or order.foc_starts_at is None:
        raise Problem("not_found")
    response = HttpResponse(_ics(request, order), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{order.number}.ics"'
    return response


@page("sees_orders", customer=True)
def port_days(request: HttpRequest) -> HttpResponse:
    """Every day on which numbers move, as one file for a calendar."""
    text = moving_days.moving_days(caller_of(request).own_location_ids)
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="port-days.ics"'
    return response


def row_of(order: PortOrder) -> Row:
    """An order as a list shows it."""
    turn, word = port_words.turn_of(queries.facts(order))
    return Row(order, port_words.status_of(order), turn, word, due_of(order))


def due_of(order: PortOrder) -> datetime | None:
    """By when whoever acts next should have acted."""
    if order.ended_at is not None:
        return None
    if order.attempt == 0:
        return order.changed_at + deadlines.DRAFT_LAPSES
    if order.status == states.REJECTED:
        return (order.rejected_at or order.changed_at) + deadlines.DRAFT_LAPSES
    if order.status == states.FOC_RECEIVED:
        return order.foc_starts_at
    since = order.accepted_at or order.handed_in_at or order.changed_at
    return deadlines.overdue_at(
        order.status, since, order.foc_starts_at, book.rules(order), book.place(order)
    )


def _page(
    request: HttpRequest,
    order: PortOrder,
    *,
    correction: CorrectionForm | None = None,
    saying: forms.Form | None = None,
    adding: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    caller = caller_of(request)
    facts = queries.facts(order)
    turn, turn_word = port_words.turn_of(facts)
    waits = states.waits_for(facts)
    is_draft, is_open = order.attempt == 0, order.ended_at is None
    is_under_way = is_open and not is_draft and order.status != states.REJECTED
    letter = book.letter(order.id)
    refused_for = [(row, queries.error_of(row)) for row in queries.rejections_of(order)]
    is_rejected = is_open and order.status == states.REJECTED
    context = {
        "title": _("Port order %(number)s") % {"number": order.number},
        "crumbs": _crumbs(),
        "order": order,
        "status": port_words.status_of(order),
        "turn": turn,
        "turn_word": turn_word,
        "turn_due": due_of(order),
        "waits": WAITS_FOR[waits],
        "waits_code": waits,
        "is_draft": is_draft,
        "is_open": is_open,
        "is_rejected": is_rejected,
        "is_under_way": is_under_way,
        "refused_for": [(row, error, _before_after(order, row)) for row, error in refused_for]
        if is_rejected
        else [],
        "correction": (correction or _correction(order)) if is_rejected else None,
        "must_split": any(error.remedy == "split" for _row, error in refused_for) and is_rejected,
        "new_letter": any(error.remedy == "letter" for _row, error in refused_for) and is_rejected,
        "asks_date": any(error.field == "/requestedDate" for _row, error in refused_for) and is_rejected,
        **_numbers(request, order),
        "points": checklist.of(order) if is_under_way and order.status != states.PENDING else [],
        "summary": port_summary.rows(order, may_change=False),
        "papers": queries.papers(order.id),
        "asked_for": [(kind, paper_word(kind)) for kind in order.asked_for],
        "comments": queries.comments(order.id),
        "saying": saying or TextForm(),
        "adding": adding or PaperForm(initial={"kind": order.asked_for[0] if order.asked_for else "other"}),
        "siblings": [row_of(each) for each in queries.siblings(order) if each.id != order.id],
        "end_reason": port_words.END_REASONS.get(order.end_reason, ""),
        "history": happenings.of_port(
            history.of(*[each for each in (order.id, letter.id if letter else None) if each])
        ),
        "changeable": _changeable_until(order),
        "may_edit": caller.may("places_orders"),
        "may_cancel": caller.may("cancels_orders") and is_open and order.cancel_asked_at is None,
        "may_ask": caller.may("opens_cases"),
        "may_roll_back": caller.may("opens_cases") and _had_its_day(order),
        "may_open_papers": caller.may("sees_documents"),
        "may_add_papers": caller.may("adds_documents") and is_open,
        "poll": LOOK_AGAIN if is_under_way else 0,
        "query": request.GET.urlencode(),
    }
    if request.headers.get("HX-Request"):
        return render(request, "pages/ports/_head.html", {**context, "is_swapped": True})
    return render(request, "pages/ports/port.html", context, status=status)


def _numbers(request: HttpRequest, order: PortOrder) -> dict[str, Any]:
    """The numbers of the order, a page at a time, with what became of each and who has it."""
    show = request.GET.get("show", "")
    found = queries.numbers(order.id, state=show if show in NUMBER_STATES else "")
    at = keyset.page_of(found, request.GET, order=("position", "id"), listing="port-page", size=MOST_NUMBERS)
    every = queries.numbers(order.id)
    counts = {code: every.filter(state=code).count() for code in NUMBER_STATES}
    mine = {
        each.e164: each for each in inventory.numbers(inventory.Filter(e164s=[row.e164 for row in at.rows]))
    }
    lines = inventory.lines_of(list(mine.values()))
    rows = [
        {
            "row": row,
            "state": port_words.number_status(order, row),
            "number": mine.get(row.e164),
            "line": lines.get(mine[row.e164].id) if row.e164 in mine else None,
        }
        for row in at.rows
    ]
    moved, total = counts["completed"], sum(counts.values())
    is_away = order.attempt > 0 and order.status != states.REJECTED
    parted = {code: word for code, word in NUMBER_STATES.items() if code != "open" or is_away}
    return {
        "rows": rows,
        "newer": at.newer,
        "older": at.older,
        "show": show,
        "tabs": [("", _("All"), total), *((code, word, counts[code]) for code, word in parted.items() if counts[code])],
        "moved": moved,
        "total": total,
        "is_partly": 0 < moved < total,
    }  # fmt: skip


def _correction(order: PortOrder, request: HttpRequest | None = None) -> CorrectionForm | None:
    """The form of what is refused; None where nothing can be corrected in a form."""
    refused_for = [(row, queries.error_of(row)) for row in queries.rejections_of(order)]
    if order.status != states.REJECTED or order.waits_for_support:
        return None
    if any(error.remedy == "split" for _row, error in refused_for):
        return None
    sent = (request.POST, request.FILES) if request is not None else ()
    return CorrectionForm(order, book.account(order), refused_for, *sent)


def _corrected(request: HttpRequest, order: PortOrder, form: CorrectionForm) -> None:
    entered = form.entered(book.account(order))
    if entered:
        enter_account.enter(order.id, entered, strict=False, by_form=True)
    if "wished_on" in form.fields:
        wish_date.wish(order.id, read_day(request.POST.get("wished_on", "")), order.wished_at)
    file = request.FILES.get("document")
    if "document" in form.fields and file is not None:
        _attached(order, "bill", file, "")
    going = [each for each in request.POST.getlist("numbers") if "numbers" in form.fields]
    if going:
        remove_numbers.remove(order.id, going)


def _attached(order: PortOrder, kind: str, file: Any, dated_on: str) -> None:
    attach_paper.attach(
        order.id,
        kind,
        name=file.name or "",
        content=file.read(),
        declared=file.content_type or "",
        dated_on=read_day(dated_on, "/datedOn"),
    )


def _moved(order: PortOrder, form: MoveForm) -> None:
    day = read_day(form.data.get("wished_on", ""))
    if day is None:
        raise Problem("field.required", field="/requestedDate")
    reschedule.reschedule(order.id, day, wish_date.read_hour(form.data.get("wished_at", "")))


def _before_after(order: PortOrder, row: Any) -> str:
    """The numbers that a rejection is about, as far as they fit in a sentence."""
    return ", ".join(row.numbers[:5]) + ("…" if len(row.numbers) > 5 else "")


def _had_its_day(order: PortOrder) -> bool:
    """Whether the numbers have moved or should have: from then on a rollback can be asked for (PORT-37, PORT-54)."""
    has_come = order.foc_starts_at is not None and clock.now() >= order.foc_starts_at
    return has_come or order.status == states.COMPLETED


def _changeable_until(order: PortOrder) -> datetime | None:
    if order.foc_on is None or order.ended_at is not None:
        return None
    return calendar.changeable_until(order.foc_on, book.kind(order), book.rules(order), book.place(order))


def _did(form: forms.Form, act: Callable[[], Any]) -> bool:
    """Whether it was done; refusals stand in the form."""
    try:
        with transaction.atomic():
            act()
    except (Problem, Problems) as problem:
        refused(form, problem)
        return False
    return True


def _told(request: HttpRequest, order: PortOrder, problem: Problem | Problems) -> HttpResponse:
    """Back to the order, with why it was not done."""
    for each in problem.problems if isinstance(problem, Problems) else [problem]:
        messages.error(request, refusals.text(each))
    return redirect("port", port_order_id=order.id)


def _order(request: HttpRequest, order_id: UUID, permission: str) -> PortOrder:
    found = queries.order(order_id)
    caller_of(request).need(permission, found.location_id)
    return found


def _filters(request: HttpRequest) -> PortFilters:
    caller = caller_of(request)
    places = [(str(place.id), place.name) for place in locations.list_all() if caller.sees_location(place.id)]
    form = PortFilters(places, request.GET, auto_id="filter_%s")
    form.is_valid()
    return form


def _filtered(request: HttpRequest, form: PortFilters) -> QuerySet[PortOrder]:
    """The orders that pass; none when a filter is refused. A number in any spelling finds its orders."""
    if form.errors:
        return queries.orders().none()
    told = form.cleaned_data
    return queries.orders(
        queries.Filter(
            status=told["status"],
            **port_words.filter_by(told["q"]),
            location_ids=[UUID(told["location"])]
            if told["location"]
            else caller_of(request).own_location_ids,
            open_only=told["open"],
        )
    )


def _ics(request: HttpRequest, order: PortOrder) -> str:
    """One event: the window in which the numbers move (RFC 5545)."""
    assert order.foc_starts_at is not None
    ends = order.foc_starts_at + timedelta(hours=1)
    said = _("Numbers of port order %(number)s move") % {"number": order.number}
    where = request.build_absolute_uri(reverse("port", args=[order.id]))
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dialtone//Porting//EN", "BEGIN:VEVENT", f"UID:{order.id}@dialtone",
        f"DTSTAMP:{_utc(clock.now())}", f"DTSTART:{_utc(order.foc_starts_at)}", f"DTEND:{_utc(ends)}",
        f"SUMMARY:{said}", f"URL:{where}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines)


def _utc(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _crumbs() -> list[dict[str, str]]:
    return [{"label": _("Porting"), "url": reverse("ports")}]
