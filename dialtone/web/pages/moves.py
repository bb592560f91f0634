"""Moving locations between PSTN options: the ways, the self-service wizard (MIG-14 to MIG-25)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import enter_address
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.locations.models import Location
from dialtone.migration import audit, begin, move_sites, queries, rules, states, take_step
from dialtone.migration.models import Move, Site
from dialtone.numbers import queries as numbers
from dialtone.providers import queries as providers
from dialtone.web import address_talk, keyset
from dialtone.web.page import caller_of, into_form, page
from dialtone.web.pages import setup

MOST_SHOWN = 200
HOW = {
    rules.SELF_SERVICE: ("ok", gettext_lazy("By yourself")),
    rules.MANUAL: ("waiting", gettext_lazy("By hand, step by step")),
    rules.UNSUPPORTED: ("off", gettext_lazy("Not supported")),
}
STEPS = {
    states.AUDIT: gettext_lazy("Number audit report"),
    states.CONFIRM: gettext_lazy("Confirmation"),
    states.CONTRACT: gettext_lazy("Contract information"),
    states.LOCATIONS: gettext_lazy("Location migration"),
}
SECTIONS = {
    "way": gettext_lazy("The location may move by self-service"),
    "calling": gettext_lazy("Calling is enabled"),
    "market": gettext_lazy("The new connection is offered in the country"),
    "numbers": gettext_lazy("No number is still to be delivered"),
    "ports": gettext_lazy("No port order is under way"),
    "centers": gettext_lazy("No contact centre has a number"),
}
SITE = {
    states.WAITING: ("draft", gettext_lazy("Not moved yet")),
    states.MOVING: ("moving", gettext_lazy("Being moved")),
    states.MOVED: ("ok", gettext_lazy("Moved")),
    states.FAILED: ("refused", gettext_lazy("Not moved")),
}
ENDED = {
    states.CLOSED: ("ok", pgettext_lazy("a move", "Closed")),
    states.ABANDONED: ("off", gettext_lazy("Left")),
}


class BeginForm(forms.Form):
    """Where the locations are to move."""

    target = forms.ChoiceField(label=gettext_lazy("New PSTN connection"))
    provider = forms.ChoiceField(
        label=gettext_lazy("Provider"),
        required=False,
        help_text=gettext_lazy("Needed for an integrated cloud-connected provider."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target, provider = self.fields["target"], self.fields["provider"]
        assert isinstance(target, forms.ChoiceField)
        assert isinstance(provider, forms.ChoiceField)
        target.choices = [(kind, setup.CONNECTIONS[kind][0]) for kind in queries.TARGETS]
        named = providers.shown().filter(connection__in=["integrated_ccp", "calling_plan"])[:MOST_SHOWN]
        provider.choices = [("", _("None")), *((str(each.id), each.name) for each in named)]


class ContractForm(forms.Form):
    """Contract information; what is known is filled in, the rest must be (MIG-19)."""

    company_name = forms.CharField(label=gettext_lazy("Company"))
    first_name = forms.CharField(label=gettext_lazy("First name of the person who signs"))
    last_name = forms.CharField(label=gettext_lazy("Last name"))
    email = forms.CharField(label=gettext_lazy("E-mail"))


def banner(request: HttpRequest) -> dict[str, Any]:
    """For the PSTN pages: how many locations can go from non-integrated to integrated, and the move under way (STAT-03,
    MIG-14, MIG-25)."""
    caller = caller_of(request)
    return {
        "banner_count": queries.waits_for_integration(),
        "banner_move": queries.open_move(),
        "may_move": caller.may("moves_locations"),
    }


@page("sees_providers", customer=True)
def move_list(request: HttpRequest) -> HttpResponse:
    """The ways from where each location is, the move under way, and those before it (MIG-01 to MIG-12, LOC-10)."""
    caller = caller_of(request)
    found = locations.list_all().exclude(connection="")
    at = keyset.page_of(found, request.GET, order=("search_name", "id"), listing="ways", size=25)
    seen = [each for each in at.rows if caller.sees_location(each.id)]
    codes = audit.provider_codes(seen)
    rows = [(each, setup.CONNECTIONS[each.connection][0], _ways(each, codes)) for each in seen]
    context = {
        "title": _("Move between PSTN options"),
        "crumbs": [{"label": _("PSTN providers"), "url": reverse("pstn-providers")}],
        "rows": rows,
        "any_moves": queries.open_move() is not None
        or bool(at.newer or at.older)
        or any(way["path"].how == rules.SELF_SERVICE for _each, _now, ways in rows for way in ways),
        "newer": at.newer,
        "older": at.older,
        "form": BeginForm(initial={"target": request.GET.get("target", "")}),
        "by_hand": queries.open_manual_moves()[:MOST_SHOWN],
        "ended": [(each, ENDED[each.state]) for each in queries.moves() if each.ended_at][:10],
        **banner(request),
    }
    return render(request, "pages/moves/list.html", context)


@page("moves_locations", customer=True)
def move_begin(request: HttpRequest) -> HttpResponse:
    """Begin; or go on with the move that is under way (MIG-15)."""
    under_way = queries.open_move()
    if under_way is not None:
        return redirect("migration", move_id=under_way.id)
    form = BeginForm(request.POST or None, initial={"target": request.GET.get("target", "")})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["provider"]
        try:
            made = begin.begin(form.cleaned_data["target"], UUID(chosen) if chosen else None)
        except (Problem, Problems) as problem:
            into_form(form, problem, {"providerId": "provider"})
        else:
            return redirect("migration", move_id=made.id)
    context = {
        "title": _("Move locations"),
        "crumbs": crumbs(),
        "form": form,
    }
    return render(request, "pages/moves/begin.html", context, status=422 if form.errors else 200)


@page("moves_locations", customer=True)
def migration(request: HttpRequest, move_id: UUID) -> HttpResponse:
    """The wizard at the step it has come to (MIG-16 to MIG-24)."""
    found = queries.move(move_id)
    form: forms.Form = ContractForm(initial=found.contract)
    if request.method == "POST":
        what = request.POST.get("what", "")
        form = ContractForm(request.POST) if what == "contract" else forms.Form(request.POST)
        form.is_valid()  # refusals of the verb stand in it
        try:
            _do(request, found, what)
        except (Problem, Problems) as problem:
            into_form(form, problem)
        else:
            ended = what in ("close", "leave")
            return redirect("pstn-providers") if ended else redirect("migration", move_id=found.id)
    sites, sections = queries.sites(found.id), _sections(found)
    context = {
        "title": _("Move locations"),
        "crumbs": crumbs(),
        "move": found,
        "steps": _steps(found),
        "step_title": STEPS.get(found.state, _("The move has ended")),
        "target_word": setup.CONNECTIONS[found.target][0],
        "provider": providers.provider(found.provider_id) if found.provider_id else None,
        "form": form,
        "sections": sections,
        "has_errors": any(errors for _word, errors in sections),
        "rows": _rows(sites),
        "is_running": any(each.state == states.MOVING for each in sites),
        "any_moved": any(each.state == states.MOVED for each in sites),
        "any_waiting": any(each.state in (states.WAITING, states.FAILED) for each in sites),
        "is_over": found.state in states.OVER,
        "to_plan": found.target == location_rules.CALLING_PLAN,
        "to_premises": found.target == location_rules.PREMISES,
    }
    return render(request, "pages/moves/migration.html", context, status=422 if form.errors else 200)


@page("moves_locations", customer=True)
def migration_address(request: HttpRequest, move_id: UUID, location_id: UUID) -> HttpResponse:
    """Validate the address of one location; a suggestion is shown, and Apply takes it over (MIG-21, MIG-22)."""
    found = queries.move(move_id)
    site = queries.site(found.id, location_id)
    place = locations.location(site.location_id)
    return validate_address(
        request,
        place,
        back_url=reverse("migration", args=[found.id]),
        crumbs=[*crumbs(), {"label": _("Move locations"), "url": reverse("migration", args=[found.id])}],
        steps=_steps(found),
    )


def validate_address(
    request: HttpRequest,
    place: Location,
    *,
    back_url: str,
    crumbs: list[dict[str, str]],
    steps: list[dict[str, Any]],
) -> HttpResponse:
    """The talk about the emergency address of a location that is part of a move; leads back when it is valid."""
    newest = emergency.newest_of_location(place.id)
    talk = address_talk.hold(
        request,
        newest,
        country=place.country,
        initial=dict(newest.address if newest else place.address),
        enter=lambda address: enter_address.enter_address(place.id, address, multi_floor=place.multi_floor),
        multi_floor=place.multi_floor,
    )
    if talk.is_accepted:
        messages.success(request, _("The address of %(name)s is valid.") % {"name": place.name})
        return HttpResponseRedirect(back_url)
    if talk.changed is not None:
        return HttpResponseRedirect(request.path)
    context = {
        "title": place.name,
        "crumbs": crumbs,
        "steps": steps,
        "step_title": _("Validate the address"),
        "location": place,
        "back_url": back_url,
        **talk.context(),
    }
    status = 422 if talk.form.errors else 200
    return render(request, "pages/moves/address.html", context, status=status)


def _do(request: HttpRequest, found: Move, what: str) -> None:
    """What a button of the wizard asks for."""
    told = request.POST
    match what:
        case "analyse":
            take_step.analyse(found.id)
        case "agree":
            take_step.agree(found.id, agreed=bool(told.get("agreed")))
        case "contract":
            take_step.enter_contract(found.id, **{name: told.get(name, "") for name in take_step.CONTRACT})
        case "move":
            move_sites.choose(found.id, [_id(each) for each in told.getlist("location")])
        case "undo":
            move_sites.undo(found.id, _id(told.get("location", "")))
        case "close":
            take_step.close(found.id)
            messages.success(request, _("The move is closed."))
        case "leave":
            take_step.abandon(found.id)
            messages.info(request, _("The move was left; no location has moved."))
        case _:
            raise Problem("migration.wrong_step")


def _steps(found: Move) -> list[dict[str, Any]]:
    names = list(STEPS)
    here = names.index(found.state) if found.state in names else len(names)
    url = reverse("migration", args=[found.id])
    return [
        {
            "label": word,
            "url": url if at == here else "",
            "state": "done" if at < here else "current" if at == here else "coming",
        }
        for at, word in enumerate(STEPS.values())
    ]


def _sections(found: Move) -> list[tuple[Any, Any]]:
    if found.state != states.AUDIT:
        return []
    return [(SECTIONS[each.name], each.errors) for each in audit.of_move(found).sections]


def _rows(sites: list[Site]) -> list[dict[str, Any]]:
    valid = emergency.defaults_of([each.location_id for each in sites])
    have = numbers.counts_by_location([each.location_id for each in sites])
    return [
        {
            "site": each,
            "status": SITE[each.state],
            "numbers": have.get(each.location_id, 0),
            "address": CivicAddress.from_json(valid[each.location_id].address).one_line()
            if each.location_id in valid
            else "",
            "may_go": each.state in (states.WAITING, states.FAILED),
            "may_undo": queries.way_back(each),
        }
        for each in sites
    ]


def _ways(location: Any, codes: dict[UUID, str]) -> list[dict[str, Any]]:
    start = audit.start_of(location, codes)
    found = []
    for kind in location_rules.CONNECTIONS:
        if kind != location.connection:
            path = rules.path(start, rules.End(kind))
            found.append(
                {"kind": kind, "word": setup.CONNECTIONS[kind][0], "path": path, "how": HOW[path.how]}
            )
    return found


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("not_found") from None


def crumbs() -> list[dict[str, str]]:
    return [{"label": _("Move between PSTN options"), "url": reverse("migrations")}]
