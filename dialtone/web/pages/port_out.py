"""Port-outs as their holder sees them: what is locked, who asks for what, who acts next; unlocking with a PIN, and stopping a request."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dialtone.base import history, tenancy
from dialtone.base.phone import parse_many
from dialtone.base.problems import Problem, Problems
from dialtone.carriers.sandbox import gaining
from dialtone.numbers import queries as inventory
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.porting.out import lock as locking
from dialtone.porting.out import queries, see, states, stop, take_in, unlock
from dialtone.porting.out.models import PortOut, PortOutNumber, UnlockedNumber
from dialtone.porting.words import PORT_OUT_REASONS, PORT_OUT_STATES
from dialtone.web import happenings, keyset, port_out_words, refusals
from dialtone.web.listing import Bulk, Column, Listing
from dialtone.web.page import ask_first, caller_of, page, typed
from dialtone.web.port_forms import refused

ORDERED = ("-asked_at", "-id")
MOST_SHOWN = 200  # numbers of a request on a page


class RequestFilters(forms.Form):
    """What of the requests is listed; all of it stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("Number or carrier"),
        required=False,
        max_length=40,
        widget=forms.TextInput({"placeholder": gettext_lazy("Number or carrier"), "type": "search"}),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Status"),
        required=False,
        choices=[("", gettext_lazy("Every status")), *PORT_OUT_STATES.items()],
    )
    seen = forms.ChoiceField(
        label=gettext_lazy("Seen"),
        required=False,
        choices=[("", gettext_lazy("Seen or not")), ("no", gettext_lazy("Not seen yet"))],
    )


class UnlockForm(forms.Form):
    days = forms.ChoiceField(
        label=gettext_lazy("Locked again after"),
        required=False,
        initial=str(unlock.USUAL_DAYS),
        choices=[
            (str(days), gettext_lazy("%(count)s days") % {"count": days}) for days in (3, 7, 14, unlock.MOST_DAYS)
        ],
    )  # fmt: skip


class AskedForm(forms.Form):
    """A request as another carrier tells it."""

    NEEDED = ("askedBy", "reference", "phoneNumbers")

    askedBy = forms.CharField(label=gettext_lazy("Other carrier"), required=False)
    reference = forms.CharField(label=gettext_lazy("Its reference"), required=False)
    phoneNumbers = forms.CharField(
        label=gettext_lazy("Numbers"), required=False, widget=forms.Textarea({"rows": 3})
    )
    accountNumber = forms.CharField(label=gettext_lazy("Account number"), required=False)
    pin = forms.CharField(
        label=gettext_lazy("PIN"), required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    holderName = forms.CharField(label=gettext_lazy("Company"), required=False)
    postalCode = forms.CharField(label=gettext_lazy("Postcode"), required=False)
    authorizedName = forms.CharField(label=gettext_lazy("Authorised person"), required=False)
    wishedOn = forms.CharField(
        label=gettext_lazy("Wished date"), required=False, widget=forms.DateInput({"type": "date"})
    )


@page("sees_orders", customer=True)
def request_list(request: HttpRequest) -> HttpResponse:
    """What other carriers asked for, newest first, with whose turn it is and by when."""
    form = RequestFilters(request.GET, auto_id="filter_%s")
    found = _filtered(request, form)
    at = keyset.page_of(found, request.GET, order=ORDERED, listing="port-outs")
    listing = Listing(
        request,
        name="port-outs",
        caption=_("Port-outs"),
        columns=[
            Column("request", _("Request"), heads_row=True),
            Column("status", _("Status")),
            Column("next", _("Acts next")),
            Column("carrier", _("Other carrier")),
            Column("numbers", _("Numbers"), numeric=True),
            Column("leaves", _("Leaves on"), chosen=False),
            Column("asked", _("Asked"), chosen=False),
        ],
        rows=[_row(each) for each in at.rows],
        row_template="pages/port_out/_row.html",
        total=found.count(),
        filters=form,
        bulk=[Bulk("seen", _("Mark as seen"), "eye")] if caller_of(request).may("unlocks_numbers") else [],
        bulk_url=reverse("port-outs-seen"),
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Port-outs"),
        "listing": listing,
        "tab": "out",
        "may_simulate": _may_simulate(request),
    }
    return render(request, "pages/port_out/list.html", context, status=422 if form.errors else 200)


def _filtered(request: HttpRequest, form: RequestFilters) -> QuerySet[PortOut]:
    told = form.cleaned_data if form.is_valid() else {}
    text = told.get("q", "").strip()
    return queries.requests(
        state=told.get("state", ""),
        text=text,
        digits=inventory.spelt(text) if text else (),
        location_ids=caller_of(request).own_location_ids,
        unseen_only=told.get("seen") == "no",
    )


def _row(found: PortOut) -> dict[str, Any]:
    return {
        "shown": f"{found.id}:{found.version}",
        "request": found,
        "status": port_out_words.status_of(found.state),
        "turn": port_out_words.TURNS[states.ACTS_NEXT[found.state]],
        "due_at": port_out_words.due_at(found),
    }


@page("sees_orders", customer=True)
def request_page(request: HttpRequest, port_out_id: UUID) -> HttpResponse:
    """One request: its numbers, what was compared, who acts next and by when, and everything that happened."""
    found = queries.request(port_out_id, caller_of(request).own_location_ids)
    context = {
        **facts(request, found, caller_of(request).own_location_ids),
        "title": _("Port-out %(number)s") % {"number": found.number},
        "crumbs": [{"label": _("Port-outs"), "url": reverse("port-outs")}],
        "turn": port_out_words.TURNS[states.ACTS_NEXT[found.state]],
        "may_stop": found.state in states.OPEN and caller_of(request).may("unlocks_numbers"),
        "may_see": found.seen_at is None and caller_of(request).may("unlocks_numbers"),
    }
    return render(request, "pages/port_out/request.html", context)


def page_of_numbers(
    request: HttpRequest, found: PortOut, mine: Sequence[UUID] | None = None
) -> keyset.Slice[PortOutNumber]:
    """The page of a request's numbers that the address names."""
    rows = queries.rows_of(found.id, mine)
    return keyset.page_of(
        rows, request.GET, order=("position", "id"), listing=f"port-out-{found.id}", size=MOST_SHOWN
    )


def facts(request: HttpRequest, found: PortOut, mine: Sequence[UUID] | None = None) -> dict[str, Any]:
    """What the holder's page and the desk's page both show; of the numbers those at the reader's locations (`mine`)."""
    at = page_of_numbers(request, found, mine)
    rows = at.rows
    ours = inventory.in_service([row.e164 for row in rows])
    lines = inventory.lines_of(list(ours.values()))
    return {
        "request_out": found,
        "status": port_out_words.status_of(found.state),
        "due_at": port_out_words.due_at(found),
        "is_simulated": found.carrier == "sandbox",
        "rows": [
            {
                "e164": row.e164,
                "is_open": row.state in states.OPEN,
                "status": port_out_words.status_of(row.state),
                "why": port_out_words.why(row),
                "left_at": row.left_at,
                "line": lines.get(ours[row.e164].id) if row.e164 in ours else None,
                "is_main": row.e164 in ours and ours[row.e164].is_main,
            }
            for row in rows
        ],
        "newer": at.newer,
        "older": at.older,
        "compared": port_out_words.compared(rows[0]) if rows else [],
        "history": happenings.of_port_out(history.of(found.id)),
    }


@require_POST
@page("unlocks_numbers", customer=True)
def request_seen(request: HttpRequest, port_out_id: UUID) -> HttpResponse:
    """Marks what the page showed as seen; what has happened since is shown first."""
    found = queries.request(port_out_id, caller_of(request).own_location_ids)
    try:
        see.see(found.id, version_told(request.POST.get("version", "")))
    except Problem as problem:
        messages.warning(request, refusals.text(problem))
    else:
        messages.success(request, _("Marked as seen. It stays in the history."))
    return redirect("port-out", port_out_id=found.id)


@require_POST
@page("unlocks_numbers", customer=True)
def requests_seen(request: HttpRequest) -> HttpResponse:
    """Marks what was ticked in the list, or all that match it, as seen; what has changed since the list was shown stays."""
    form = RequestFilters(request.GET)
    back = f"{reverse('port-outs')}?{request.GET.urlencode()}".removesuffix("?")
    mine = _filtered(request, form)
    shown = dict(each.partition(":")[::2] for each in request.POST.getlist("id"))
    if request.POST.get("all") and form.is_valid():
        ticked = [(each, each.version) for each in mine.filter(seen_at=None)]
    else:
        # The request as it stands decides, not the address: an id that is not the reader's finds nothing.
        ticked = [(each, version_told(shown[str(each.id)])) for each in mine if str(each.id) in shown]
    if not ticked:
        messages.warning(request, _("Tick at least one request that nobody has seen yet."))
        return redirect(back)
    changed = 0
    for each, version in ticked:
        try:
            see.see(each.id, version)
        except Problem as problem:
            if problem.code != "version.stale":
                raise
            changed += 1
    done = len(ticked) - changed
    if done:
        said = ngettext(
            "%(count)s request is marked as seen.", "%(count)s requests are marked as seen.", done
        )
        messages.success(request, said % {"count": number_format(done)})
    if changed:
        said = ngettext(
            "To %(count)s request something has happened since: look at it again.",
            "To %(count)s requests something has happened since: look at them again.",
            changed,
        )
        messages.warning(request, said % {"count": number_format(changed)})
    return redirect(back)


def version_told(text: str) -> int:
    """The version that a form told; 0, which no request has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@page("unlocks_numbers", customer=True)
def request_stop(request: HttpRequest, port_out_id: UUID) -> HttpResponse:
    """Asks first; then the request is refused, and its numbers are locked again."""
    found = queries.request(port_out_id, caller_of(request).own_location_ids)
    if request.method == "POST":
        stop.stop(found.id)
        messages.success(request, _("Stopped: the numbers stay with you, and are locked."))
        return redirect("port-out", port_out_id=found.id)
    return ask_first(
        request,
        title=_("Stop this port-out?"),
        what=_("The other carrier is told that you did not ask for it, and the numbers are locked again."),
        undo=_("The numbers can be unlocked again, and asked for anew."),
        verb=_("Stop it"),
        back=reverse("port-out", args=[found.id]),
        dangerous=True,
    )


@page("sees_numbers", customer=True)
def locks(request: HttpRequest) -> HttpResponse:
    """Which numbers may leave, until when, and what the new carrier has to be told."""
    caller = caller_of(request)
    found = _unlocked(caller)
    at = keyset.page_of(found, request.GET, order=("e164", "id"), listing="locks")
    standing = queries.locks([row.e164 for row in at.rows])
    listing = Listing(
        request,
        name="locks",
        caption=_("Unlocked numbers"),
        columns=[
            Column("number", _("Number"), heads_row=True),
            Column("lock", _("Lock")),
            Column("until", _("Until")),
            Column("request", _("Port-out")),
        ],
        rows=[
            {
                "e164": row.e164,
                "lock": port_out_words.lock_of(standing[row.e164]),
                "until": row.unlock.until,
                "request": standing[row.e164].request,
            }
            for row in at.rows
        ],
        row_template="pages/port_out/_lock_row.html",
        total=found.count(),
        newer=at.newer,
        older=at.older,
    )
    context = {
        "title": _("Locks of numbers"),
        "crumbs": [{"label": _("Port-outs"), "url": reverse("port-outs")}],
        "tab": "locks",
        "listing": listing,
        "waiting": [] if caller.own_location_ids is not None else queries.waiting_unlocks(),
        "account_number": queries.account_number(caller.view_id),
        "company": caller.view_name,
        "may_unlock": caller.may("unlocks_numbers"),
        "reader_id": caller.person_id,
    }
    return render(request, "pages/port_out/locks.html", context)


def _unlocked(caller: Caller) -> QuerySet[UnlockedNumber]:
    """The open unlocks of numbers that the customer has, those at the caller's own locations."""
    found, mine = queries.unlocked(), caller.own_location_ids
    held = inventory.in_service(list(found.values_list("e164", flat=True)))
    shown = [e164 for e164, number in held.items() if mine is None or number.location_id in mine]
    return found.filter(e164__among=shown)


@never_cache
@page("unlocks_numbers", customer=True, step_up=True)
def unlock_numbers(request: HttpRequest) -> HttpResponse:
    """Says what unlocking means and asks for how long; the answer is the only page that shows the PIN (S11)."""
    told = typed(request) or request.GET
    return _asked_to_unlock(request, told.getlist("number")[: unlock.MOST_AT_ONCE + 1])


def ask_unlock(request: HttpRequest, e164s: Sequence[str]) -> HttpResponse:
    """The same for numbers that were ticked in the list."""
    caller_of(request).need("unlocks_numbers")
    form = UnlockForm()
    return _unlock_page(request, e164s, form)


def _asked_to_unlock(request: HttpRequest, e164s: Sequence[str]) -> HttpResponse:
    if not e164s:
        messages.warning(request, _("Tick at least one number first."))
        return redirect("numbers")
    form = UnlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                made, pin = unlock.unlock(e164s, days=int(form.cleaned_data["days"] or unlock.USUAL_DAYS))
        except (Problem, Problems) as problem:
            refused(form, problem)
        else:
            context = {
                "title": _("Unlocked")
                if not made.needs_second
                else _("A second administrator has to confirm"),
                "crumbs": [{"label": _("Locks of numbers"), "url": reverse("port-out-locks")}],
                "made": made,
                "pin": pin,
                "account_number": queries.account_number(made.customer_id),
                "company": caller_of(request).view_name,
            }
            return render(request, "pages/port_out/pin.html", context)
    return _unlock_page(request, e164s, form)


def _unlock_page(request: HttpRequest, e164s: Sequence[str], form: forms.Form) -> HttpResponse:
    count = len(e164s)
    context = {
        "title": _("Unlock for another carrier?"),
        "crumbs": [{"label": _("Numbers"), "url": reverse("numbers")}],
        "e164s": e164s,
        "form": form,
        "is_many": count > unlock.MOST_BY_ONE_PERSON,
        "limit": unlock.MOST_BY_ONE_PERSON,
        "verb": ngettext("Unlock %(count)s number", "Unlock %(count)s numbers", count) % {"count": count},
    }
    return render(request, "pages/port_out/unlock.html", context, status=422 if form.errors else 200)


@require_POST
@page("unlocks_numbers", customer=True)
def lock_numbers(request: HttpRequest) -> HttpResponse:
    """Lock again: at once where nothing is lost by it; where a request is stopped by it, after a question that says so."""
    told = request.POST
    is_all = told.get("all") == "1"
    e164s = (
        list(_unlocked(caller_of(request)).values_list("e164", flat=True))
        if is_all
        else " ".join(told.getlist("number")).split()
    )
    is_from_number = told.get("back") == "number" and len(e164s) == 1
    back = ("number", inventory.number_by_e164(e164s[0]).e164) if is_from_number else ("port-out-locks",)
    stopped = queries.stopped_by_locking(e164s).count()
    if stopped and told.get("sure") != "1":
        said = ngettext(
            "%(count)s request of another carrier is stopped by it: it is told that the numbers stay with you.",
            "%(count)s requests of other carriers are stopped by it: they are told that the numbers stay with you.",
            stopped,
        )
        which = {"all": "1"} if is_all else {"number": " ".join(e164s)}
        asks = ngettext("Lock %(count)s number?", "Lock %(count)s numbers?", len(e164s))
        return ask_first(
            request,
            about=_("Locks of numbers"),
            crumbs=[{"label": _("Port-outs"), "url": reverse("port-outs")}],
            title=asks % {"count": number_format(len(e164s))},
            what=said % {"count": number_format(stopped)},
            undo=_("The numbers can be unlocked again, and asked for anew."),
            verb=_("Lock and stop"),
            back=reverse(back[0], args=back[1:]),
            dangerous=True,
            fields={**which, "sure": "1", "back": told.get("back", "")},
        )
    locking.lock(e164s)
    messages.success(request, _("Locked."))
    return redirect(*back)


@page("unlocks_numbers", customer=True, step_up=True)
def confirm_unlock(request: HttpRequest, unlock_id: UUID) -> HttpResponse:
    """The second administrator lets many numbers go, after a question (H15)."""
    if request.method != "POST":
        asked = next((each for each in queries.waiting_unlocks() if each.id == unlock_id), None)
        if asked is None:
            raise Problem("not_found")
        said = ngettext("Unlock %(count)s number?", "Unlock %(count)s numbers?", asked.quantity)
        return ask_first(
            request,
            about=_("Locks of numbers"),
            crumbs=[{"label": _("Port-outs"), "url": reverse("port-outs")}],
            title=said % {"count": number_format(asked.quantity)},
            what=_("%(name)s asked for it. Another carrier can then take these numbers with their PIN.")
            % {"name": asked.made_by_name},
            undo=_("You can lock them again at any time until one is agreed to leave."),
            verb=_("Let them go"),
            back=reverse("port-out-locks"),
            dangerous=True,
        )
    try:
        with transaction.atomic():
            unlock.confirm(unlock_id)
    except Problem as problem:
        if problem.code == "not_found":
            raise
        messages.error(request, refusals.text(problem))
    else:
        messages.success(request, _("Unlocked"))
    return redirect("port-out-locks")


@page("unlocks_numbers", customer=True)
def simulate(request: HttpRequest) -> HttpResponse:
    """In a sandbox: a simulated carrier asks for numbers of one's own, as a real one would from outside."""
    if not settings.SANDBOX:
        raise Problem("not_found")
    initial = {"askedBy": gaining.CARRIERS[0], "reference": ""}
    form = AskedForm(request.POST if request.method == "POST" else None, initial=initial)
    country = people.organisation(caller_of(request).view_id).country
    found = answered(form, country, own_only=True) if request.method == "POST" else None
    context = {
        "title": _("Let a simulated carrier ask"),
        "crumbs": [{"label": _("Port-outs"), "url": reverse("port-outs")}],
        "form": form,
        "answers": found,
        "is_simulated": True,
    }
    return render(request, "pages/port_out/enter.html", context, status=422 if form.errors else 200)


def answered(form: AskedForm, country: str, *, own_only: bool = False) -> list[dict[str, Any]] | None:
    """Put the request of a form; what became of each number, or None with the refusals beside their fields."""
    form.is_valid()
    data: Any = form.data
    told: dict[str, Any] = {name: data.get(name, "") for name in form.fields}
    pasted = parse_many(told["phoneNumbers"], country)
    wrong = [
        Problem(each.problem.code, field="/phoneNumbers", values=each.problem.values)
        for each in pasted
        if each.problem
    ]
    told["phoneNumbers"] = [each.number.e164 for each in pasted if each.number]
    try:
        if wrong:
            raise Problems(wrong)
        wanted = take_in.read(told)
        if own_only:
            with tenancy.acting(tenancy.Actor(kind="carrier", name=wanted.asked_by)):
                answers = take_in.take_in_own(wanted)
        else:
            answers = take_in.take_in(wanted, actor=tenancy.actor())
    except (Problem, Problems) as problem:
        refused(form, problem)
        return None
    return [
        {
            "e164": each.e164,
            "status": port_out_words.status_of(each.state),
            "why": PORT_OUT_REASONS.get(each.reason, ""),
            "request": each.request,
        }
        for each in answers
    ]


def _may_simulate(request: HttpRequest) -> bool:
    return bool(settings.SANDBOX) and caller_of(request).may("unlocks_numbers")
