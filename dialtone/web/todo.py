"""What waits for the reader: tasks with the one button that settles each, the most urgent first.

Source: design.md, "Home is a to-do list first".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dialtone.base import clock, desk, queue_view, webhooks
from dialtone.carriers import queries as carriers
from dialtone.emergency import queries as emergency
from dialtone.emergency import states as address_states
from dialtone.locations import drafts, rules
from dialtone.locations import queries as locations
from dialtone.orders import queries as orders
from dialtone.orders import remind
from dialtone.orders import states as order_states
from dialtone.people import approvals
from dialtone.people import queries as people
from dialtone.people.caller import Caller
from dialtone.plans import queries as plans
from dialtone.porting import queries as ports
from dialtone.porting import states as port_states
from dialtone.porting.out import queries as port_outs
from dialtone.services import await_number
from dialtone.support import queries as support
from dialtone.support import states as cases
from dialtone.web import desk_words, glance, plan_words, reading
from dialtone.web.pages import setup

MOST = 20
MOST_PLACES = 200
MOST_ATTEMPTS = 5  # of other carriers, each with a line of its own
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Task:
    """One thing to do. With `act_for` the button first begins to act for that customer, then goes to `url`'s page."""

    what: str
    verb: str
    url: str
    due_at: datetime | None = None
    act_for: Any = None
    then: str = ""


def of_customer(caller: Caller) -> list[Task]:
    """For administrators of a customer, and who acts for one."""
    found = [
        *_plan(caller),
        *_places(caller),
        *_addresses(caller),
        *_orders(caller),
        *_ports(caller),
        *_port_outs(caller),
        *_approvals(caller),
        *_transfers(caller),
        *_cases(caller),
        *_webhooks(caller),
    ]
    return _by_due(found)


def of_partner(caller: Caller) -> list[Task]:
    """What waits for a partner, over all its customers."""
    customers = list(people.customers()[:MOST_PLACES])
    found = [
        Task(
            what=_("%(name)s: %(what)s") % {"name": row.customer.name, "what": wait.what},
            verb=_("Settle it"),
            url=reverse("customer", args=[row.customer.id]),
            due_at=wait.due_at,
            act_for=row.customer.id,
            then=wait.page,
        )
        for row in glance.glances(customers)
        for wait in row.waits
        if wait.who == glance.PARTNER
    ]
    return _by_due([*found, *_approvals(caller), *_cases(caller)])


def of_operator(caller: Caller) -> list[Task]:
    """The desk first; then what is not well in the installation."""
    mine = desk.waiting().exclude(taken_by__isnull=False) | desk.waiting(taken_by=caller.person_id)
    found = [
        Task(
            what=" · ".join(
                part
                for part in (
                    str(desk_words.kind_of(each.kind).word),
                    each.subject_name,
                    each.facts.get("title", ""),
                )
                if part
            ),
            verb=_("Open it"),
            url=reverse("desk-item", args=[each.id]),
            due_at=each.due_at,
        )
        for each in mine.order_by("due_at", "id")[:MOST]
    ]
    return [*found, *_installation()]


def _installation() -> Iterator[Task]:
    silent = sum(each.silent for each in carriers.counts())
    if silent:
        said = ngettext(
            "A carrier is silent about %(count)s command",
            "Carriers are silent about %(count)s commands",
            silent,
        )
        yield Task(said % {"count": silent}, _("See them"), reverse("carriers") + "?state=silent")
    failed = sum(each.failed for each in queue_view.counts())
    if failed:
        said = ngettext("%(count)s job failed", "%(count)s jobs failed", failed)
        yield Task(said % {"count": failed}, _("See them"), reverse("jobs"))
    for partner in people.partners().filter(enrolled_at=None, state="active")[:MOST]:
        said = _("%(name)s is not enrolled in the PSTN programme")
        yield Task(
            said % {"name": partner.name}, _("Enrol the partner"), reverse("partner", args=[partner.id])
        )


def _plan(caller: Caller) -> Iterator[Task]:
    living = plans.subscription()
    if living is None:
        if caller.may("edits_plans"):
            yield Task(_("No plan was bought, and no trial runs"), _("Buy licences"), reverse("plans"))
        return
    gone_at = plan_words.numbers_go_at(living)
    if gone_at is not None and caller.may("sees_plans"):
        verb = _("Convert to paid") if caller.may("edits_plans") else _("See the plan")
        page = "plan-convert" if caller.may("edits_plans") else "plans"
        yield Task(_("The trial is over: convert it, or its numbers go"), verb, reverse(page), gone_at)


def _places(caller: Caller) -> Iterator[Task]:
    may_open = caller.may("edits_locations")
    places = [each for each in locations.list_all()[:MOST_PLACES] if caller.sees_location(each.id)]
    begun = drafts.unfinished() if may_open else []
    for draft in begun:
        name = draft.entries.get("site", {}).get("name", "") or _("a location without a name yet")
        said = _("Finish opening %(name)s")
        yield Task(said % {"name": name}, _("Continue"), reverse("location-draft", args=[draft.id]))
    if not places and not begun and may_open:
        yield Task(_("Open your first location"), _("Open a location"), reverse("location-new"))
    set_ups = locations.set_ups(places)
    for place in places:
        lacking = rules.missing(set_ups[place.id])
        may_go_on = may_open or (caller.role == "location" and caller.may("edits_own_locations"))
        if lacking == ["signature"] and caller.may("signs_contract"):
            said = _("Sign the contract of %(name)s")
            yield Task(
                said % {"name": place.name}, _("Read and sign"), reverse("location-contract", args=[place.id])
            )
        elif lacking and lacking != ["signature"] and may_go_on:
            said = _("Finish setting up %(name)s")
            yield Task(said % {"name": place.name}, _("Continue"), setup.next_step(place))


def _addresses(caller: Caller) -> Iterator[Task]:
    """Emergency addresses that a person has to say something about."""
    if not caller.may("edits_emergency"):
        return
    mine = caller.own_location_ids
    for each in emergency.waiting(mine)[:MOST]:
        if address_states.ACTS_NEXT[each.state] != "customer":
            continue
        said = _("The emergency address of %(name)s is not in effect")
        page = (
            reverse("emergency") if each.number_id else reverse("location-emergency", args=[each.location_id])
        )
        yield Task(said % {"name": locations.name_of(each.location_id)}, _("Correct it"), page)


def _orders(caller: Caller) -> Iterator[Task]:
    mine = caller.own_location_ids
    found = list(orders.orders(open_only=True, location_ids=mine)[:MOST])
    facts = orders.facts_of(found)
    for order in found:
        waits = order_states.waits_for(facts[order.id])
        page = reverse("order", args=[order.id])
        ends_at = order.placed_at + remind.LAST
        if waits == "terms" and caller.may("accepts_terms"):
            said = _("Order %(number)s waits for the terms of service")
            yield Task(
                said % {"number": order.number},
                _("Read and accept"),
                f"{reverse('terms')}?back={page}",
                ends_at,
            )
        elif waits == "contract" and caller.may("signs_contract"):
            said = _("Order %(number)s waits for the signed contract")
            contract = reverse("location-contract", args=[order.location_id])
            yield Task(said % {"number": order.number}, _("Read and sign"), contract, ends_at)
        elif waits == "information" and caller.may("adds_documents"):
            said = _("Something is missing for order %(number)s")
            yield Task(said % {"number": order.number}, _("See what"), page, order.due_at)


def _ports(caller: Caller) -> Iterator[Task]:
    """Port orders that wait for the customer: drafts, letters, corrections, papers that were asked for."""
    if not caller.may("places_orders"):
        return
    mine = caller.own_location_ids
    for order in ports.orders(ports.Filter(open_only=True, location_ids=mine))[:MOST]:
        waits = port_states.waits_for(ports.facts(order))
        said = _port_task(waits, is_asked=bool(order.asked_for))
        if said:
            what, verb = said
            due_at = order.due_at if waits in ("letter", "correction") else None
            yield Task(what % {"number": order.number}, verb, reverse("port", args=[order.id]), due_at)


def _port_outs(caller: Caller) -> Iterator[Task]:
    """What other carriers want: every open request, every other attempt until somebody has seen it, and numbers that wait to be
    unlocked."""
    if not caller.may("unlocks_numbers"):
        return
    wanted = port_outs.requests(unseen_only=True) | port_outs.requests(open_only=True)
    each_by_itself = list(wanted[: MOST_ATTEMPTS + 1])
    if len(each_by_itself) > MOST_ATTEMPTS:
        # Whoever asks a hundred times must not push everything else off the page.
        each_by_itself = []
        said = _("Other carriers asked to take numbers away: %(count)s requests")
        leaving = (
            port_outs.requests(open_only=True).filter(leaves_at__gt=clock.now()).order_by("leaves_at").first()
        )
        words = said % {"count": reading.count_text(wanted.count())}
        yield Task(words, _("Look at them"), reverse("port-outs"), leaving.leaves_at if leaving else None)
    for each in each_by_itself:
        words = _("%(carrier)s asked to take numbers away: %(number)s") % {
            "carrier": each.asked_by,
            "number": each.number,
        }
        yield Task(words, _("Look at it"), reverse("port-out", args=[each.id]), each.leaves_at)
    for _waiting in port_outs.waiting_unlocks():
        yield Task(_("Numbers wait to be unlocked"), _("Look at it"), reverse("port-out-locks"))


def _port_task(waits: str, *, is_asked: bool) -> tuple[str, str] | None:
    """(what, verb) of the task, or None while it is somebody else's turn."""
    if waits == "entry":
        return _("Finish port order %(number)s"), _("Continue")
    if waits == "letter":
        return _("Port order %(number)s waits for the letter of authorisation"), _("To the letter")
    if waits == "correction":
        return _("Correct port order %(number)s"), _("Correct it")
    if is_asked:
        return _("Port order %(number)s needs a further document"), _("See what is asked for")
    return None


def _transfers(caller: Caller) -> Iterator[Task]:
    """People who wait for a ported number while several have come: nobody is guessed for (SMB-17)."""
    if not (caller.may("edits_people") and caller.may("assigns_numbers")):
        return
    for line in await_number.waiting().filter(awaits=await_number.TRANSFER)[:MOST]:
        if line.owner_kind == "person" and await_number.arrived(line.location_id).exists():
            said = _("Which of the ported numbers is that of %(name)s?") % {"name": line.owner_name}
            yield Task(said, _("Choose the number"), reverse("person-phone", args=[line.owner_id]))


def _cases(caller: Caller) -> Iterator[Task]:
    if not caller.may("opens_cases"):
        return
    for case in support.cases(open_only=True).filter(state=cases.ANSWERED)[:MOST]:
        said = _("Case %(number)s was answered: %(title)s")
        words = said % {"number": case.number, "title": case.title}
        yield Task(words, _("Read the answer"), reverse("case", args=[case.id]), case.due_at)


def _approvals(caller: Caller) -> Iterator[Task]:
    """What somebody else asked for, and the reader may consent to."""
    found = approvals.approvals(open_only=True, kinds=approvals.kinds_for(caller.permissions))
    for each in found.exclude(asked_by=caller.person_id)[:MOST]:
        said = _("%(name)s asks for your consent") % {"name": each.asked_by_name}
        yield Task(said, _("See what is asked"), reverse("approval", args=[each.id]), each.due_at)


def _webhooks(caller: Caller) -> Iterator[Task]:
    if not caller.may("edits_webhooks"):
        return
    for each in webhooks.webhooks():
        if each.state != "active" and each.state_reason != "by_hand":
            said = _("The webhook %(name)s was switched off")
            yield Task(said % {"name": each.name}, _("See why"), reverse("webhook", args=[each.id]))


def _by_due(found: list[Task]) -> list[Task]:
    return sorted(found, key=lambda task: task.due_at or _FAR)[:MOST]
