"""The first set-up as a list of steps, worked out from what is there: nothing is stored, so it can be left and resumed (SMB-05).

The main number comes first of all that needs numbers (SMB-06); then the owner's own phone (SMB-11, SMB-16), the people, and
the numbers that are brought along. The office goes before, because a number belongs to a place that help can be sent to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.base.phone import PhoneNumber
from dialtone.locations import drafts
from dialtone.locations import queries as locations
from dialtone.locations.models import Location
from dialtone.numbers import queries as numbers
from dialtone.numbers.models import Line, Number
from dialtone.orders import queries as orders
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.people.models import Person
from dialtone.plans import queries as plans
from dialtone.porting import queries as ports
from dialtone.services import main_number
from dialtone.web.pages import setup

DONE, OPEN, COMING = "done", "open", "coming"
MOST_PLACES = 200
CALLING = "calling_professional"


@dataclass(frozen=True)
class Step:
    """One step: what it is, how far it is, and the button that goes on with it. A `coming` one waits for those before."""

    name: str
    label: str
    told: str
    state: str
    verb: str
    url: str
    is_optional: bool = False
    is_next: bool = False


def steps(caller: Caller) -> list[Step]:
    """All steps for who is looking."""
    places = list(locations.list_all()[:MOST_PLACES])
    main, line = _main(places)
    has_place = any(not setup.next_step(place) for place in places)
    found = [
        _office(places, is_done=has_place),
        _main_step(places, main, line, "" if has_place else COMING),
        *_after_main(caller, OPEN if line else COMING),
    ]
    first = next((each for each in found if each.state == OPEN and not each.is_optional), None)
    return [replace(each, is_next=each is first) for each in found]


def is_complete(found: list[Step]) -> bool:
    """Whether everything that is needed is done."""
    return all(each.state == DONE for each in found if not each.is_optional)


def owner(caller: Caller) -> Person | None:
    """Whose account it is: whoever is looking, or the customer's first administrator while somebody acts for it."""
    if caller.home_id == caller.view_id:
        return people.person(caller.person_id)
    return next(iter(people.full_admins(caller.view_id)), None)


def main_number_is_answered() -> bool:
    """Whether the customer has a main number, and somebody has it."""
    return _main(list(locations.list_all()[:MOST_PLACES]))[1] is not None


def _main(places: list[Location]) -> tuple[Number | None, Line | None]:
    """The main number that somebody answers, with the line; else any main number."""
    found = list(numbers.main_numbers([each.id for each in places]).values())
    lines = numbers.lines_of(found)
    answered = next((each for each in found if each.id in lines), None)
    chosen = answered or next(iter(found), None)
    return chosen, lines.get(chosen.id) if chosen else None


def _office(places: list[Location], *, is_done: bool) -> Step:
    url, verb = reverse("location-new"), _("Open a location")
    told = _("Where it is, how it reaches the public network, and where help should come to.")
    begun = drafts.unfinished()
    if is_done:
        told = ", ".join(place.name for place in places[:3])
        url, verb = reverse("locations"), _("See it")
    elif places:
        url, verb = next(filter(None, map(setup.next_step, places)), url), _("Continue")
    elif begun:
        url, verb = reverse("location-draft", args=[begun[0].id]), _("Continue")
    return Step("office", _("Your office"), told, DONE if is_done else OPEN, verb, url)


def _main_step(places: list[Location], main: Number | None, line: Line | None, state: str) -> Step:
    told = _("Your public number, which comes first. A person answers it, or a phone menu.")
    url, verb = reverse("set-up-main"), _("Choose the main number")
    if main and line:
        number = PhoneNumber(main.e164).formatted()
        told = _("%(number)s is answered by %(name)s.") % {"number": number, "name": line.owner_name}
        state, verb = DONE, _("Change")
    elif not main_number.eligible().exists():
        url, verb = _to_order(places), _("Order numbers")
    return Step("main", _("Main number"), told, state or OPEN, verb, url)


def _to_order(places: list[Location]) -> str:
    """To the search for numbers; to the order that is under way already."""
    under_way = orders.orders(open_only=True).first()
    if under_way is not None:
        return reverse("order", args=[under_way.id])
    return reverse("order-search", args=[places[0].id]) if len(places) == 1 else reverse("order-new")


def _after_main(caller: Caller, state: str) -> Iterator[Step]:
    me = owner(caller)
    if me is not None:
        yield _own_phone(me, state)
    bought, used = plans.units(CALLING), plans.units_in_use(CALLING)
    said = ngettext(
        "%(used)s of %(count)s calling licence is given.",
        "%(used)s of %(count)s calling licences are given.",
        bought,
    )
    is_full = state == OPEN and bought > 0 and used >= bought
    yield Step(
        "people", _("People"), said % {"used": used, "count": bought}, DONE if is_full else state,
        _("Invite people"), reverse("people-invite"), is_optional=True,
    )  # fmt: skip
    moving = ports.orders(ports.Filter(open_only=True)).exists()
    told = _(
        "About 7 to 10 business days, up to 3 weeks where papers are needed. Nothing starts until you hand it in."
    )
    yield Step(
        "transfer", _("Numbers of another provider"), told, state,
        _("Transfer my numbers"), reverse("ports" if moving else "port-new"), is_optional=True,
    )  # fmt: skip


def _own_phone(me: Person, state: str) -> Step:
    """The owner is a user already, who still needs a licence, a number and an extension (SMB-11, SMB-16)."""
    line = numbers.lines_of_owner([me.id]).get(me.id)
    is_done = bool(line and line.number and line.extension and CALLING in plans.licences_of(me.id))
    told = _("You are a user already, and need a licence, a number and an extension.")
    if is_done and line and line.number:
        number = PhoneNumber(line.number.e164).formatted()
        told = _("%(number)s, extension %(extension)s") % {"number": number, "extension": line.extension}
    verb = _("Change the phone") if is_done else _("Give a phone")
    url = reverse("person-phone", args=[me.id])
    return Step("owner", _("Your own phone"), told, DONE if is_done else state, verb, url)
