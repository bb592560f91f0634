"""Numbers: the list with filters, counts and export; one number with its history; who has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialtone.base import history, tables
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import activate, deactivate, own_address, unassign
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.numbers import assign, caller_ids, change_usage, queries, rules
from dialtone.numbers import states as number_states
from dialtone.numbers.caller_id import OWNERS
from dialtone.numbers.models import Line, Number
from dialtone.orders import place
from dialtone.orders import queries as orders
from dialtone.orders import states as order_states
from dialtone.people import queries as people
from dialtone.porting import queries as ports
from dialtone.porting.out import queries as port_out
from dialtone.services import main_number
from dialtone.services import rules as service_rules
from dialtone.web import happenings, keyset, port_out_words, refusals
from dialtone.web.listing import Bulk, Column, Listing
from dialtone.web.order_words import NUMBER, NUMBER_KIND, TURN, USAGE
from dialtone.web.page import ask_first, caller_of, into_form, page

# SPK-27: Pending (ordered), Unassigned and Assigned (after provisioning), All (the three together).
TABS = [
    ("all", gettext_lazy("All")),
    ("pending", gettext_lazy("Pending")),
    ("unassigned", gettext_lazy("Unassigned")),
    ("assigned", gettext_lazy("Assigned")),
]
FORMER = ("former", gettext_lazy("No longer yours"))  # a tab only where there are some
FORMATS = ("csv", "xlsx")
MOST_EXPORTED = 100_000
MOST_TO_CHOOSE_FROM = 200  # people in one list; more are found by typing


class NumberFilters(forms.Form):
    """What of the numbers is listed; all of it stands in the address."""

    show = forms.ChoiceField(choices=[*TABS, FORMER], required=False, widget=forms.HiddenInput)
    block = forms.UUIDField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=gettext_lazy("Number, name or extension"),
        required=False,
        max_length=60,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Number, name or extension"), "type": "search"}
        ),
    )
    location = forms.ChoiceField(label=gettext_lazy("Location"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("State or province"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    usage = forms.ChoiceField(label=gettext_lazy("Use"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(
        self, places: Sequence[tuple[str, str]], regions: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        held = [(code, NUMBER[code][1]) for code in number_states.HELD]
        choices: dict[str, list[tuple[str, Any]]] = {
            "location": [("", _("Every location")), *places],
            "region": [("", _("Every state")), *((each, each) for each in regions)],
            "kind": [("", _("Every kind")), *NUMBER_KIND.items()],
            "usage": [("", _("Every use")), *USAGE.items()],
            "status": [("", _("Every status")), *held],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered
        if not regions:
            del self.fields["region"]


class AssignForm(forms.Form):
    """Who gets the number, with which extension."""

    person = forms.ChoiceField(label=gettext_lazy("Person"))
    extension = forms.CharField(
        label=gettext_lazy("Extension"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("2 to 6 digits, for example 1001."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class OnDay(forms.Form):
    """A day in the location's time zone."""

    day = forms.DateField(label=gettext_lazy("On this day"), widget=forms.DateInput({"type": "date"}))


@dataclass(frozen=True)
class Row:
    """A number in the list."""

    number: Number
    line: Line | None
    location: str
    has_own_address: bool
    lock: tuple[str, Any] | None = None

    @property
    def state(self) -> tuple[str, Any]:
        return NUMBER[self.number.state]

    @property
    def is_former(self) -> bool:
        return self.number.state in number_states.FORMER

    @property
    def kind(self) -> Any:
        return NUMBER_KIND.get(self.number.kind, self.number.kind)

    @property
    def usage(self) -> Any:
        return USAGE[self.number.usage]


@page("sees_numbers", customer=True)
def number_list(request: HttpRequest) -> HttpResponse:
    """All numbers of the customer (SPK-27, SPK-29), with filters in the address, a page at a time."""
    caller = caller_of(request)
    form = filters(request)
    found = filtered(request, form)
    show = request.GET.get("show") or "all"
    is_former = show == FORMER[0]
    order = ("e164", "id") if is_former else ("e164",)  # a number may have been given back more than once
    at = keyset.page_of(found, request.GET, order=order, listing="numbers-former" if is_former else "numbers")
    have = queries.counts(caller.own_location_ids)
    former = queries.numbers(queries.Filter(location_ids=caller.own_location_ids, former=True)).count()
    text = "" if form.errors or is_former else form.cleaned_data["q"]
    listing = Listing(
        request,
        name="numbers",
        caption=_("Numbers"),
        columns=[
            Column("number", _("Number"), heads_row=True),
            Column("status", _("Status")),
            Column("person", _("Assigned to")),
            Column("extension", _("Extension")),
            Column("location", _("Location")),
            Column("place", _("Place")),
            Column("kind", _("Kind"), chosen=False),
            Column("usage", _("Use"), chosen=False),
            Column("block", _("Block"), chosen=False),
            Column("emergency", _("Emergency address"), chosen=False),
            Column("lock", _("Lock"), chosen=False),
            Column("delivered", _("Delivered"), chosen=False),
        ],
        rows=_with_locks(_rows(at.rows)),
        row_template="pages/numbers/_row.html",
        total=found.count(),
        filters=form,
        newer=at.newer,
        older=at.older,
        bulk=[]
        if is_former
        else [
            *([Bulk("unlock", _("Unlock"), "lock-open")] if caller.may("unlocks_numbers") else []),
            *(
                [Bulk("release", _("Release"), "package-export", takes_away=True)]
                if caller.may("releases_numbers")
                else []
            ),
        ],
        bulk_url=reverse("numbers-plan"),
        export_url=reverse("numbers-export", args=["csv"]) if caller.may("exports") else "",
    )
    context = {
        "title": _("Numbers"),
        "listing": listing,
        "tabs": [
            *((key, word, have[{"all": "total"}.get(key, key)]) for key, word in TABS),
            *([(*FORMER, former)] if former else []),
        ],
        "former": former,
        "former_found": queries.numbers(
            queries.Filter(location_ids=caller.own_location_ids, former=True, text=text)
        ).count()
        if former and text
        else 0,
        "text": text,
        "show": show,
        "kept": _without(request, "show", "after", "before"),
        "of_block": queries.block(form.cleaned_data["block"]) if form.cleaned_data.get("block") else None,
        "have": have,
        "may_order": caller.may("places_orders"),
        "may_export": caller.may("exports"),
        "may_release": caller.customer_id is not None and caller.may("releases_numbers"),
    }
    return render(request, "pages/numbers/list.html", context, status=422 if form.errors else 200)


@page("exports", customer=True)
def export(request: HttpRequest, form_of_file: str) -> HttpResponse:
    """Exactly what the filters show, as CSV or for a spreadsheet."""
    caller_of(request).need("sees_numbers")
    wanted = filters(request)
    if form_of_file not in FORMATS or wanted.errors:  # an empty file would look like the answer
        raise Problem("not_found")
    header = ["number", "status", "kind", "use", "location", "assigned_to", "extension"]
    header += ["block", "city", "state", "own_emergency_address", "simulated"]
    rows = [_exported(row) for row in _rows(list(filtered(request, wanted)[:MOST_EXPORTED]))]
    if form_of_file == "xlsx":
        response = HttpResponse(tables.write_xlsx(header, rows), content_type=tables.XLSX)
    else:
        response = HttpResponse(tables.write_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="numbers.{form_of_file}"'
    return response


@page("sees_numbers", customer=True)
def number_page(request: HttpRequest, e164: str) -> HttpResponse:
    """One number: its state and whose turn it is, the address it shows, who has it, and all that happened to it."""
    caller = caller_of(request)
    tenures = queries.tenures(e164, caller.own_location_ids)
    if request.method == "GET" and tenures and tenures[0].state in number_states.FORMER:
        return _former(request, tenures)
    number = queries.number_by_e164(e164)
    caller.need("sees_numbers", number.location_id)
    if request.method == "POST":
        caller.need("assigns_numbers", number.location_id)
        if request.POST.get("what") != "assign":
            return _change(request, number)
    line = queries.lines_of([number]).get(number.id)
    who = request.GET.get("who", "").strip()[:60]
    choices, is_too_many = _people(who, line)
    form = AssignForm(
        request.POST or None,
        initial={
            "person": str(line.owner_id) if line else "",
            "extension": line.extension if line else "",
        },
    )
    field = form.fields["person"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    if request.method == "POST" and form.is_valid() and _assigned(request, number, form):
        return redirect("number", e164=e164)
    location = locations.location(number.location_id)
    no_service = place.service_refusal(location.id)
    context = {
        **_facts(number, line),
        **_owners_on(request, tenures, location.time_zone),
        "title": number.e164,
        "crumbs": [{"label": _("Numbers"), "url": reverse("numbers")}],
        "form": form,
        "who": who,
        "is_too_many": is_too_many,
        "may_choose_caller_id": line and line.owner_kind in OWNERS and caller.may("edits_people"),
        "calls_out": line and line.owner_kind in OWNERS - {"person"} and caller.may("sees_people"),
        "caller_id": caller_ids.of_line(line) if line and line.owner_kind in OWNERS else None,
        "may_assign": caller.may("assigns_numbers"),
        "may_be_main": service_rules.may_be_main(number.kind, number.source).allowed,
        "may_change_usage": caller.may("edits_locations") and number.kind not in rules.NEVER_SERVICE,
        "no_service": refusals.worded(no_service).sentence() if no_service else "",
        "may_release": caller.may("releases_numbers"),
        "may_unlock": caller.may("unlocks_numbers"),
        "may_edit_emergency": caller.may("edits_emergency"),
    }
    return render(request, "pages/numbers/number.html", context, status=422 if form.errors else 200)


def _former(request: HttpRequest, tenures: Sequence[Number]) -> HttpResponse:
    """A number that the customer no longer has: when it had it, who of its people had it when, and what happened to it. What
    became of it afterwards is somebody else's."""
    sites = {each.id: each for each in locations.with_ids([each.location_id for each in tenures])}
    zone = sites[tenures[0].location_id].time_zone
    context = {
        **_owners_on(request, tenures, zone),
        "title": tenures[0].e164,
        "crumbs": [{"label": _("Numbers"), "url": reverse("numbers")}],
        "number": tenures[0],
        "zone": zone,
        "times": [(each, NUMBER[each.state], sites[each.location_id]) for each in tenures],
        "history": happenings.of_number(history.of(*(each.id for each in tenures))),
    }
    return render(request, "pages/numbers/former.html", context)


@page("assigns_numbers", customer=True)
def switch_off(request: HttpRequest, e164: str) -> HttpResponse:
    """Asks first; then the number can no longer place calls."""
    number = queries.number_by_e164(e164)
    caller_of(request).need("assigns_numbers", number.location_id)
    if request.method == "POST":
        deactivate.deactivate([e164])
        messages.info(request, _("The number can no longer place calls."))
        return redirect("number", e164=e164)
    return ask_first(
        request,
        title=_("Switch this number off?"),
        what=_("It can place no calls any more, emergency calls included, and shows no emergency address."),
        undo=_("You can switch it on again at any time."),
        verb=_("Switch it off"),
        back=reverse("number", args=[e164]),
        dangerous=True,
    )


@page("edits_locations", customer=True)
def usage(request: HttpRequest, e164: str) -> HttpResponse:
    """Says which way the use of the number changes, standard to service or back; then changes it (NUM-06, H9)."""
    number = queries.number_by_e164(e164)
    after = "standard" if number.usage == "service" else "service"
    if request.method == "POST":
        wanted = "standard" if request.POST.get("usage") == "standard" else "service"
        changed = change_usage.change_usage(e164, wanted, field="/usage")
        messages.success(request, _("Use of this number: %(use)s") % {"use": USAGE[changed.usage]})
        return redirect("number", e164=e164)
    return ask_first(
        request,
        title=_("Change this number to a service number?")
        if after == "service"
        else _("Change this number back to a standard number?"),
        what=_(
            "Its use changes from standard to service: it can carry many calls at once, and serves a phone menu or a queue,"
            " but no person."
        )
        if after == "service"
        else _("Its use changes from service to standard: it can be given to a person again."),
        undo=_("You can change it back while nobody has it."),
        verb=_("Save"),
        back=reverse("number", args=[e164]),
        fields={"usage": after},
    )


def filters(request: HttpRequest) -> NumberFilters:
    """The filters of the address, checked; `errors` says what is not one."""
    caller = caller_of(request)
    places = [(str(place.id), place.name) for place in locations.list_all() if caller.sees_location(place.id)]
    form = NumberFilters(
        places, queries.regions(caller_of(request).own_location_ids), request.GET, auto_id="filter_%s"
    )
    form.is_valid()
    return form


def filtered(request: HttpRequest, form: NumberFilters) -> Any:
    """The numbers that pass; none when a filter is refused."""
    if form.errors:
        return Number.objects.none()
    told = form.cleaned_data
    show = told["show"]
    return queries.numbers(
        queries.Filter(
            location_ids=[UUID(told["location"])]
            if told["location"]
            else caller_of(request).own_location_ids,
            state="pending" if show == "pending" else told["status"],
            former=show == FORMER[0],
            states=()
            if show in ("", "all", "pending", FORMER[0])
            else (number_states.INACTIVE, number_states.ACTIVE),
            assigned={"unassigned": False, "assigned": True}.get(show),
            kind=told["kind"],
            usage=told["usage"],
            region=told.get("region", ""),
            block_id=told["block"],
            text=told["q"],
        )
    )


def _without(request: HttpRequest, *names: str) -> str:
    """The rest of the address, to go on with the same filters."""
    kept = request.GET.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _rows(found: Sequence[Number]) -> list[Row]:
    lines = queries.lines_of(found)
    names = {each.id: each.name for each in locations.with_ids([each.location_id for each in found])}
    own = emergency.own_in_effect([each.id for each in found])
    return [Row(each, lines.get(each.id), names.get(each.location_id, ""), each.id in own) for each in found]


def _with_locks(rows: Sequence[Row]) -> list[Row]:
    standing = port_out.locks([row.number.e164 for row in rows if _has_lock(row.number)])
    words = {e164: port_out_words.lock_of(each) for e164, each in standing.items()}
    return [replace(row, lock=words.get(row.number.e164)) for row in rows]


def _has_lock(number: Number) -> bool:
    return bool(number.carrier) and number.state in (number_states.INACTIVE, number_states.ACTIVE)


def _exported(row: Row) -> list[object]:
    number, line = row.number, row.line
    return [
        number.e164,
        number.state,
        number.kind,
        number.usage,
        row.location,
        line.owner_name if line else "",
        line.extension if line else "",
        f"{number.block.first}/{number.block.size}" if number.block else "",
        number.place.get("city", ""),
        number.place.get("state", ""),
        row.has_own_address,
        number.carrier == "sandbox",
    ]


def _facts(number: Number, line: Line | None) -> dict[str, Any]:
    location = locations.location(number.location_id)
    is_ported = number.source == "port"
    ordered = orders.order(number.order_id) if number.order_id and not is_ported else None
    turn = number_states.ACTS_NEXT[number.state]
    if number.state == number_states.PENDING and ordered is not None:
        turn = order_states.acts_next(orders.facts(ordered))
    (shown,) = emergency.coverage_of([number])
    if number.state == number_states.INACTIVE and shown.registration == "asked":
        turn = "carrier"
    return {
        "number": number,
        "location": location,
        "line": line,
        "state": NUMBER[number.state],
        "kind": NUMBER_KIND.get(number.kind, number.kind),
        "use": USAGE[number.usage],
        "turn": turn,
        "turn_word": TURN[turn],
        "order": ordered,
        "port_order": ports.order(number.order_id) if number.order_id and is_ported else None,
        "shown": shown,
        "history": happenings.of_number(history.of(number.id, *emergency.own_ids(number.id))),
        "is_off": number.state == number_states.INACTIVE and number.is_off,
        **_lock(number),
    }


def _lock(number: Number) -> dict[str, Any]:
    """Whether another carrier may take the number, and the request of one that wants to."""
    if not _has_lock(number):
        return {}
    found = port_out.locks([number.e164])[number.e164]
    return {"lock": found, "lock_word": port_out_words.lock_of(found)}


def _owners_on(request: HttpRequest, tenures: Sequence[Number], time_zone: str) -> dict[str, Any]:
    """Who has had the number, in all the times that the customer had it: always, or on the day of the address."""
    form = OnDay(request.GET if "day" in request.GET else None)
    if not form.is_valid():
        return {"day_form": form, "day": None, "had_it": queries.history(tenures)}
    day = form.cleaned_data["day"]
    zone = ZoneInfo(time_zone)
    since, until = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return {"day_form": form, "day": day, "had_it": queries.had_between(tenures, since, until)}


def _people(text: str, line: Line | None) -> tuple[list[tuple[str, str]], bool]:
    """Whom the number may be given to, each with the number they have, and whether there are too many to list."""
    found = list(people.people(text)[: MOST_TO_CHOOSE_FROM + 1])
    listed = found[:MOST_TO_CHOOSE_FROM]
    have = queries.lines_of_owner([each.id for each in listed])
    choices = [("", _("Choose a person"))]
    for each in listed:
        theirs = have.get(each.id)
        number = theirs.number.e164 if theirs and theirs.number else ""
        words = _("%(name)s (has %(number)s)") % {"name": each.display_name, "number": number}
        choices.append((str(each.id), words if number else each.display_name))
    if line and str(line.owner_id) not in dict(choices):
        choices.append((str(line.owner_id), line.owner_name))
    return choices, len(found) > MOST_TO_CHOOSE_FROM or bool(text)


def _assigned(request: HttpRequest, number: Number, form: AssignForm) -> bool:
    """Give it away; answers whether that was done, else the refusals stand beside their fields."""
    person = people.person(UUID(form.cleaned_data["person"]))
    location = locations.location(number.location_id)
    try:
        assign.assign(
            owner=assign.Owner("person", person.id, person.display_name),
            location_id=location.id,
            location_country=location.country,
            e164=number.e164,
            extension=form.cleaned_data["extension"].strip(),
        )
    except (Problem, Problems) as problem:
        into_form(form, problem, {"number": "person"})
        return False
    own_address.fall_back_unassigned()  # the person may have had another number until now (H37)
    messages.success(request, _("%(name)s has this number now.") % {"name": person.display_name})
    return True


def _change(request: HttpRequest, number: Number) -> HttpResponse:
    what = request.POST.get("what", "")
    if what == "unassign":
        unassign.unassign(number.e164)
        messages.success(request, _("The number is free for somebody else."))
    elif what == "main":
        main_number.make_main(number.location_id, number.e164)
        name = locations.name_of(number.location_id)
        messages.success(request, _("This is the main number of %(name)s now.") % {"name": name})
    elif what == "on":
        (number,) = activate.activate([number.e164])
        if number.state == number_states.ACTIVE:
            messages.success(request, _("The number can place calls again."))
        else:
            messages.info(
                request, _("It can call as soon as the carrier has accepted its emergency address.")
            )
    else:
        raise Problem("field.not_allowed", field="/what", values={"choices": "assign, unassign, main, on"})
    return redirect("number", e164=number.e164)
