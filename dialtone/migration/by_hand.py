"""A way that is gone by hand (MIG-13): a new location is opened, and what the old one has goes there, step by step.

Each step is begun by somebody who has read what it breaks. Numbers, people and services go in transactions of their own, each line
together with its number, so that nobody is without a line here, and no number is at a location without a PSTN connection or a valid
emergency address (E1). Ended anywhere, a step goes on from the row (`ManualMove.due_at`), and whatever has gone is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from django.db import IntegrityError, transaction

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.address import CivicAddress
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.emergency import queries as emergency
from dialtone.locations import connect, create_location
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.locations.models import Location
from dialtone.migration import audit, queries, rules, states
from dialtone.migration.begin import target_of
from dialtone.migration.models import ManualMove
from dialtone.numbers import queries as numbers
from dialtone.numbers import relocate
from dialtone.people.administer_too import administer_too
from dialtone.services import relocate as services

TASK = "migration.by_hand"
WITH_A_LICENCE = ("person", "workspace", "virtual_line")
SITE_SERVICES = ("phone_menu", "hunt_group", "queue", "contact_center")
MOST_AT_ONCE = 100  # owners or numbers in one transaction
Ids = Collection[UUID] | None


def begin(location_id: UUID, target: str, provider_id: UUID | None = None) -> ManualMove:
    """Raises Problem not_found, migration.target, migration.provider_needed, migration.not_by_hand, migration.under_way."""
    place = locations.lock(location_id)
    end, provider_id = target_of(target, provider_id, location_rules.CONNECTIONS)
    if rules.path(audit.start_of(place, audit.provider_codes([place])), end).how != rules.MANUAL:
        raise Problem("migration.not_by_hand")
    made = ManualMove(
        location_id=place.id,
        name=place.name,
        target=target,
        provider_id=provider_id,
        state=states.CREATE,
        begun_by_name=tenancy.actor().name[:160],
        begun_at=clock.now(),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise Problem("migration.under_way") from error
    _record(made, "begun", "")
    crashpoint("by_hand.begun.before_commit")
    return made


def create(move_id: UUID, *, name: object) -> ManualMove:
    """Open the new location, like the old one, on the new connection. Raises Problem migration.wrong_step, and what
    `create_location` and `connect` raise."""
    found = _at(move_id, states.CREATE)
    old = locations.location(found.location_id)
    new = create_location.create_location(
        name=name,
        address=CivicAddress.from_json(old.address),
        time_zone=old.time_zone,
        language=old.language,
        announcement_language=old.announcement_language,
        business_days=old.business_days,
        multi_floor=old.multi_floor,
        latitude=old.latitude,
        longitude=old.longitude,
        notes=old.notes,
    )
    connect.connect(new.id, found.target, provider_id=found.provider_id)
    administer_too(old.id, new.id)
    found.new_location_id = new.id
    return _go(found, "created")


def ready(move_id: UUID) -> ManualMove:
    """The new location can take over. Raises Problem migration.wrong_step, migration.not_ready."""
    found = _at(move_id, states.READY)
    _check_ready(found)
    return _go(found, "readied")


def carry_out(move_id: UUID) -> ManualMove:
    """Have the worker carry out the step that the move has come to; asked twice it changes nothing. Raises Problem
    migration.wrong_step, migration.not_ready."""
    found = queries.manual_move(move_id, lock=True)
    if found.state not in states.CARRIED_OUT:
        raise Problem("migration.wrong_step")
    if found.due_at is None:
        _check_ready(found)
        _have_it_done(found)
        found.version += 1
        found.save()
        crashpoint("by_hand.chosen.before_commit")
    return found


def undo(move_id: UUID) -> ManualMove:
    """Have the worker bring back what has gone, the last step first, until the move is closed; asked twice it changes nothing. What
    came to the new location otherwise stays there. Raises Problem migration.no_way_back once it is closed, migration.wrong_step
    when nothing has gone, migration.not_ready when the old location lost its address."""
    found = queries.manual_move(move_id, lock=True)
    if found.state == states.CLOSED:
        raise Problem("migration.no_way_back", values={"location": found.name})
    if found.state == states.UNDOING:
        return carry_out(found.id)
    if not may_undo(found):
        raise Problem("migration.wrong_step")
    _check_works(locations.location(found.location_id))
    _have_it_done(found)
    return _go(found, "taken_back")


def run(move_id: UUID, customer_id: UUID) -> None:
    """Carry out what was begun, piece by piece; may be run any number of times."""
    while True:
        with tenancy.customer_scope(customer_id, actor=tenancy.SYSTEM):
            if not _piece(move_id):
                return
            crashpoint("by_hand.piece.before_commit")
        crashpoint("by_hand.piece.after_commit")


def may_undo(found: ManualMove) -> bool:
    """Whether there is something to bring back, or about to be."""
    return found.state in states.GOING and bool(found.went or found.due_at)


def close(move_id: UUID) -> ManualMove:
    """Switch calling off at the old location and delete it. What came there since the steps were carried out has to go first:
    then the move is back at the first of them, and not closed. Raises Problem migration.wrong_step."""
    found = _at(move_id, states.CLOSE)
    if any(left_at(found.location_id).values()):
        return _go(found, "reopened")
    create_location.change_location(found.location_id, calling_enabled=False)
    create_location.delete_location(found.location_id)
    found.ended_at = clock.now()
    return _go(found, "closed")


def leave(move_id: UUID) -> ManualMove:
    """Leave it before anything has gone, or when all was brought back; a new location that was opened stays. Raises Problem
    migration.has_moved, migration.wrong_step."""
    found = queries.manual_move(move_id, lock=True)
    if found.due_at is not None or found.went:
        raise Problem("migration.has_moved")
    found.ended_at = clock.now()
    return _go(found, "abandoned")


def left_at(location_id: UUID) -> dict[str, int]:
    """What still has to go, by step."""
    owners = numbers.owner_counts(location_id)
    return {
        states.NUMBERS: numbers.free_at(location_id),
        states.PEOPLE: sum(owners.get(kind, 0) for kind in WITH_A_LICENCE),
        states.SERVICES: services.services_at(location_id),
    }


def _piece(move_id: UUID) -> bool:
    """One transaction of the step under way; False when there is nothing to do any more. What refuses it stops the step and is kept."""
    waiting = ManualMove.objects.select_for_update(skip_locked=True).filter(id=move_id, due_at__isnull=False)
    found: ManualMove | None = waiting.first()
    if found is None or found.new_location_id is None:
        return False
    is_back = found.state == states.UNDOING
    try:
        with transaction.atomic():
            _check_ready(found)
            is_more = _bring_back(found) if is_back else _bring_on(found)
    except (Problem, Problems) as refused:
        first = refused.problems[0] if isinstance(refused, Problems) else refused
        found.reason = first.sentence()[:300]
        found.due_at = None
        found.version += 1
        found.save()
        _record(found, "stopped", found.state, reason=first.code)
        return True
    if is_more:
        found.save(update_fields=["went"])
    else:
        found.due_at = None
        found.went = [] if is_back else found.went
        _go(found, "undone" if is_back else "carried_out")
    return True


def _bring_on(found: ManualMove) -> bool:
    """Some of what the step is about; False when all of it is there."""
    went = _STEPS[found.state](found.location_id, found.new_location_id)
    found.went = [*found.went, *went]
    return bool(went)


def _bring_back(found: ManualMove) -> bool:
    """Some of what went, the last step first; False when all of it is back, or no longer at the new location."""
    steps = reversed(_STEPS.values())
    return any(step(found.new_location_id, found.location_id, found.went) for step in steps)


def _numbers(old: UUID, new: UUID, only: Ids = None) -> list[UUID]:
    return relocate.relocate_free(old, new, most=MOST_AT_ONCE, only=only)


def _people(old: UUID, new: UUID, only: Ids = None) -> list[UUID]:
    went = relocate.relocate_owned(old, new, WITH_A_LICENCE, most=MOST_AT_ONCE, only=only)
    services.relocate_virtual_lines(old, new)
    return went


def _services(old: UUID, new: UUID, only: Ids = None) -> list[UUID]:
    """All at once: menus lead to each other and go by the same schedules."""
    went = services.relocate_services(old, new, only=only)
    return went + relocate.relocate_owned(old, new, SITE_SERVICES, most=100_000, only=only)


_STEPS: dict[str, Callable[..., list[UUID]]] = {
    states.NUMBERS: _numbers,
    states.PEOPLE: _people,
    states.SERVICES: _services,
}


def _check_ready(found: ManualMove) -> None:
    """E1: where things go next has a connection that works and an accepted emergency address."""
    if found.state == states.UNDOING:
        return _check_works(locations.location(found.location_id))
    assert found.new_location_id is not None
    new = locations.location(found.new_location_id)
    if new.connection != found.target:
        raise Problem("migration.not_ready", values={"location": new.name})
    return _check_works(new)


def _check_works(place: Location) -> None:
    if not place.connection or locations.missing(place.id) or emergency.of_location(place.id) is None:
        raise Problem("migration.not_ready", values={"location": place.name})


def _have_it_done(found: ManualMove) -> None:
    found.due_at, found.reason = clock.now(), ""
    jobs.defer(TASK, once=f"{TASK}:{found.id}", move_id=found.id, customer_id=found.customer_id)


def _at(move_id: UUID, step: str) -> ManualMove:
    found = queries.manual_move(move_id, lock=True)
    if found.state != step:
        raise Problem("migration.wrong_step")
    return found


def _go(found: ManualMove, event: str) -> ManualMove:
    following = states.decide_manual(found.state, event)
    if following is None:
        raise Problem("migration.wrong_step")
    before, found.state = found.state, following
    found.version += 1
    found.save()
    _record(found, event, before)
    crashpoint(f"by_hand.{event}.before_commit")
    return found


def _record(found: ManualMove, event: str, before: str, *, reason: str = "") -> None:
    record.change(
        found,
        f"manual_migration_{event}",
        name=found.name,
        before={"step": before},
        after={"step": found.state},
        moves=[Moved(found.SUBJECT, found.id, before, found.state, event)] if before != found.state else [],
        reason=reason,
        event="migration.begun" if event == "begun" else "migration.changed",
        event_facts={"step": found.state},
    )
