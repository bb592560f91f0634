"""A way between PSTN options that is gone by hand: a checklist that says of each step what breaks and for how long, and takes it (MIG-13)."""

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
from dialtone.emergency import queries as emergency
from dialtone.locations import queries as locations
from dialtone.migration import audit, by_hand, queries, rules, states
from dialtone.migration.models import ManualMove
from dialtone.providers import queries as providers
from dialtone.web.page import into_form, page
from dialtone.web.pages import moves, setup

# What each step is called, and what it breaks for how long.
STEPS = {
    states.CREATE: (
        gettext_lazy("Create the new location"),
        gettext_lazy("Nothing breaks: the old location works on."),
    ),
    states.READY: (
        gettext_lazy("Make the new location ready"),
        gettext_lazy("Nothing breaks: the old location works on."),
    ),
    states.NUMBERS: (
        gettext_lazy("Move the numbers"),
        gettext_lazy(
            "Those that nobody has. Here it takes seconds. Calls to a number fail from the moment at which the old provider lets it"
            " go until the new one has it, for minutes or hours: agree on the time with both."
        ),
    ),
    states.PEOPLE: (
        gettext_lazy("Move the people"),
        gettext_lazy(
            "People, workspaces and virtual lines keep number, extension and settings. Here it takes seconds. While a number is"
            " between the providers nobody can call with it, and no emergency centre either: have another phone at hand."
        ),
    ),
    states.SERVICES: (
        gettext_lazy("Re-create services and assignments"),
        gettext_lazy(
            "Phone menus, hunt groups and queues go with their settings, members, schedules and recordings, all at one instant."
            " They do not answer while their number is between the providers."
        ),
    ),
    states.CLOSE: (
        gettext_lazy("Close the old location"),
        gettext_lazy("Only when nothing is left in it. It cannot be brought back."),
    ),
}


class ProviderForm(forms.Form):
    """With whom the new location is connected."""

    provider = forms.ChoiceField(label=gettext_lazy("Provider"), required=False)

    def __init__(self, target: str, country: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["provider"]
        assert isinstance(field, forms.ChoiceField)
        found = providers.for_market(country, target)[: moves.MOST_SHOWN]
        field.choices = [("", _("None")), *((str(each.id), each.name) for each in found)]


class NameForm(forms.Form):
    """What the new location is called."""

    name = forms.CharField(label=gettext_lazy("Name"), required=False)


@page("moves_locations", customer=True)
def begin(request: HttpRequest, location_id: UUID, target: str) -> HttpResponse:
    """The checklist before anything is done; begins, or leads to what is under way."""
    place = locations.location(location_id)
    under_way = queries.open_manual_moves().filter(location_id=place.id).first()
    if under_way is not None:
        return redirect("by-hand", manual_move_id=under_way.id)
    start = audit.start_of(place, audit.provider_codes([place]))
    if rules.path(start, rules.End(target)).how != rules.MANUAL:
        raise Problem("not_found")
    form = ProviderForm(target, place.country, request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["provider"]
        try:
            made = by_hand.begin(place.id, target, UUID(chosen) if chosen else None)
        except (Problem, Problems) as problem:
            into_form(form, problem, {"providerId": "provider"})
        else:
            return redirect("by-hand", manual_move_id=made.id)
    context = {
        "title": place.name,
        "crumbs": moves.crumbs(),
        "from_word": setup.CONNECTIONS[place.connection][0],
        "target_word": setup.CONNECTIONS[target][0],
        "rows": _rows("", by_hand.left_at(place.id)),
        "form": form,
        "needs_provider": target != "premises",
        "old": place,
    }
    return render(request, "pages/moves/by_hand.html", context, status=422 if form.errors else 200)


@page("moves_locations", customer=True)
def steps(request: HttpRequest, manual_move_id: UUID) -> HttpResponse:
    """The checklist at the step that it has come to, and the button that takes it."""
    found = queries.manual_move(manual_move_id)
    form = NameForm(request.POST if request.POST.get("what") == "create" else None)
    if request.method == "POST":
        try:
            gone = _do(request, found, form)
        except (Problem, Problems) as problem:
            if not form.is_bound:
                form = NameForm({})
                form.is_valid()
            into_form(form, problem)
        else:
            over = gone.state in states.OVER
            return redirect("migrations") if over else redirect("by-hand", manual_move_id=found.id)
    new = locations.location(found.new_location_id) if found.new_location_id else None
    is_running = found.due_at is not None
    context = {
        "title": f"{found.name}: {setup.CONNECTIONS[found.target][0]}",
        "crumbs": moves.crumbs(),
        "target_word": setup.CONNECTIONS[found.target][0],
        "provider": providers.provider(found.provider_id) if found.provider_id else None,
        "rows": _rows(found.state, by_hand.left_at(found.location_id), is_running=is_running),
        "move": found,
        "old_id": found.location_id,
        "new": new,
        "has_address": new is not None and emergency.of_location(new.id) is not None,
        "needs_gateway": new is not None and "gateway" in locations.missing(new.id),
        "is_running": is_running,
        "may_leave": not is_running
        and not found.went
        and found.state in (states.CREATE, states.READY, states.NUMBERS),
        "may_undo": by_hand.may_undo(found) or (found.state == states.UNDOING and not is_running),
        "form": form,
    }
    return render(request, "pages/moves/by_hand.html", context, status=422 if form.errors else 200)


@page("moves_locations", customer=True)
def address(request: HttpRequest, manual_move_id: UUID) -> HttpResponse:
    """Validate the emergency address of the new location."""
    found = queries.manual_move(manual_move_id)
    if found.new_location_id is None:
        raise Problem("not_found")
    back = reverse("by-hand", args=[found.id])
    crumbs = [*moves.crumbs(), {"label": found.name, "url": back}]
    place = locations.location(found.new_location_id)
    return moves.validate_address(request, place, back_url=back, crumbs=crumbs, steps=[])


def _do(request: HttpRequest, found: ManualMove, form: NameForm) -> ManualMove:
    """What a button asks for."""
    match request.POST.get("what", ""):
        case "create":
            form.is_valid()
            return by_hand.create(found.id, name=form.cleaned_data["name"])
        case "ready":
            return by_hand.ready(found.id)
        case "carry_out":
            return by_hand.carry_out(found.id)
        case "close":
            done = by_hand.close(found.id)
            if done.state == states.CLOSED:
                messages.success(request, _("The move is closed."))
            else:
                messages.warning(
                    request, _("Something came to the old location meanwhile: carry out the steps again.")
                )
            return done
        case "undo":
            return by_hand.undo(found.id)
        case "leave":
            left = by_hand.leave(found.id)
            messages.info(request, _("The move was left; no location has moved."))
            return left
        case _:
            raise Problem("migration.wrong_step")


def _rows(state: str, left: dict[str, int], *, is_running: bool = False) -> list[dict[str, Any]]:
    """Every step with how it stands; `state` "" before it has begun."""
    names = list(STEPS)
    here = names.index(state) if state in names else len(names) if state in states.OVER else -1
    rows = []
    for at, name in enumerate(names):
        title, breaks = STEPS[name]
        is_here = at == here
        status = ("ok", _("Done")) if at < here else ("waiting", _("To do"))
        if is_here and is_running:
            status = ("moving", _("Being moved"))
        row = {"name": name, "title": title, "breaks": breaks, "status": status, "is_here": is_here}
        rows.append({**row, "left": left.get(name, 0)})
    return rows
