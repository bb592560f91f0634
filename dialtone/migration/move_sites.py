"""Move the chosen locations, each in one transaction of its own, and undo one (MIG-21 to MIG-23).

A location is on its old connection before its transaction and on its new one after it: never on none. Before it moves it must
have an accepted emergency address; numbers that call keep the address they show, and numbers that another provider carries keep
calling over that provider's lines until they are ported (E1). Ended anywhere, the work goes on from the rows (`Site.due_at`).
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from dialtone.base import clock, jobs, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.emergency import queries as emergency
from dialtone.locations import connect, contract, reconnect
from dialtone.locations import queries as locations
from dialtone.locations import rules as location_rules
from dialtone.migration import audit, queries, rules, states
from dialtone.migration.models import Move, Site
from dialtone.numbers import queries as numbers
from dialtone.services import contact_centers

TASK = "migration.run"


def choose(move_id: UUID, location_ids: Collection[UUID]) -> list[Site]:
    """Have the worker move these locations. Raises Problems migration.no_address for each without an accepted address, named
    by its place among those chosen, Problem migration.none_chosen, migration.wrong_step, not_found."""
    move = queries.move(move_id, lock=True)
    if move.state != states.LOCATIONS:
        raise Problem("migration.wrong_step")
    chosen = [queries.site(move.id, each, lock=True) for each in sorted(set(location_ids))]
    chosen = [each for each in chosen if each.state in (states.WAITING, states.FAILED)]
    if not chosen:
        raise Problem("migration.none_chosen", field="/locationIds")
    lacking = [each for each in chosen if emergency.of_location(each.location_id) is None]
    if lacking:
        places = list(location_ids)
        fields = [f"/locationIds/{places.index(each.location_id)}" for each in lacking]
        raise Problems([_no_address(each, field) for each, field in zip(lacking, fields, strict=True)])
    for each in chosen:
        each.due_at = clock.now()
        _turn(each, "chosen")
    jobs.defer(TASK, once=f"{TASK}:{move.id}", move_id=move.id, customer_id=move.customer_id)
    crashpoint("migration.chosen.before_commit")
    return chosen


def run(move_id: UUID, customer_id: UUID) -> None:
    """Move what was chosen, one location after the other; may be run any number of times."""
    while True:
        with tenancy.customer_scope(customer_id, actor=tenancy.SYSTEM):
            if not move_next(move_id):
                return
            crashpoint("migration.moved.before_commit")
        crashpoint("migration.moved.after_commit")


def move_next(move_id: UUID) -> bool:
    """Move one location that was chosen; False when none is left. What refuses it is kept beside it, and it stays on its
    old connection."""
    waiting = Site.objects.select_for_update(of=("self",), skip_locked=True).select_related("move")
    site: Site | None = waiting.filter(move_id=move_id, state=states.MOVING).order_by("name", "id").first()
    if site is None:
        return False
    site.due_at = None
    try:
        with transaction.atomic():
            _move(site.move, site)
    except (Problem, Problems) as refused:
        first = refused.problems[0] if isinstance(refused, Problems) else refused
        site.before = None
        site.reason = first.sentence()[:300]
        _turn(site, "failed", reason=first.code)
    return True


def undo(move_id: UUID, location_id: UUID) -> Site:
    """Put a location back on the connection that it had, until the point of no return: the move is closed, its contract
    was signed, or it has numbers of the new connection. Raises Problem migration.no_way_back, not_found."""
    move = queries.move(move_id, lock=True)
    site = queries.site(move.id, location_id, lock=True)
    if site.state == states.WAITING:
        return site
    is_late = move.state != states.LOCATIONS or site.state != states.MOVED or _has_begun(move, site)
    if is_late or site.before is None:
        raise Problem("migration.no_way_back", values={"location": site.name})
    reconnect.restore(site.location_id, site.before)
    site.before, site.moved_at = None, None
    _turn(site, "undone")
    crashpoint("migration.undone.before_commit")
    return site


def _move(move: Move, site: Site) -> None:
    place = locations.lock(site.location_id)
    codes = audit.provider_codes([place])
    if rules.path(audit.start_of(place, codes), audit.target_of(move)).how != rules.SELF_SERVICE:
        raise Problem("migration.changed", values={"location": place.name})
    if emergency.of_location(place.id) is None:
        raise _no_address(site, "")
    if move.target == location_rules.CALLING_PLAN and contact_centers.at_location(place.id):
        raise Problem("services.contact_center_plan", values={"location": place.name})
    site.before = reconnect.reconnect(place.id, move.target, move.provider_id)
    crashpoint("migration.reconnected")
    if move.target == location_rules.PREMISES:
        connect.enable_gateway(place.id)  # said to be ready when the move was agreed to (LOC-03)
    site.moved_at, site.reason = clock.now(), ""
    _turn(site, "moved")


def _has_begun(move: Move, site: Site) -> bool:
    if move.target == location_rules.CALLING_PLAN and contract.is_signed(site.location_id):
        return True
    held = numbers.numbers(numbers.Filter(location_ids=[site.location_id]))
    return held.exclude(carrier="").exists()


def _no_address(site: Site, field: str) -> Problem:
    return Problem("migration.no_address", field=field or None, values={"location": site.name})


def _turn(site: Site, event: str, *, reason: str = "") -> None:
    following = states.decide_site(site.state, event)
    if following is None:
        raise Problem("migration.wrong_step")
    before, site.state = site.state, following
    site.version += 1
    site.save()
    record.change(
        site,
        f"migration_site_{event}",
        name=site.name,
        moves=[Moved("migration_site", site.id, before, following, event)],
        reason=reason,
        event="migration.location_changed",
        event_facts={"state": following},
    )
