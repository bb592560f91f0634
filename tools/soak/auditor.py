"""T20: the auditor on 100,000 numbers (a million before a release) takes less than a minute and finds nothing; and each invariant,
broken on purpose by somebody who is past every trigger and right, is named by it.

How each is broken stands in auditor.yaml. An invariant that nobody can break there proves nothing, and is a problem.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

import yaml

from tools.soak import shared

BREAKS = Path(__file__).with_suffix(".yaml")
WITHIN = 60  # seconds
NUMBERS, NUMBERS_FULL = 100_000, 1_000_000

# Numbers like one that is in service, each with its history, its address and the carrier's record of it.
_MANY = """
CREATE TEMP TABLE made AS SELECT nth, gen_random_uuid() AS id, '+1213' || (2000000 + nth)::text AS e164 FROM generate_series(1, {count}) nth;
INSERT INTO numbers_number SELECT (jsonb_populate_record(n, jsonb_build_object('id', made.id, 'e164', made.e164, 'is_main', false))).*
    FROM numbers_number n, made WHERE n.id = '{number}';
INSERT INTO emergency_coverage SELECT (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'number_id', made.id))).*
    FROM emergency_coverage c, made WHERE c.number_id = '{number}' AND upper_inf(c.during);
INSERT INTO emergency_registration SELECT (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(), 'number_id', made.id))).*
    FROM emergency_registration r, made WHERE r.number_id = '{number}';
INSERT INTO carriers_sandboxrecord SELECT (jsonb_populate_record(r, jsonb_build_object('e164', made.e164))).*
    FROM carriers_sandboxrecord r, made WHERE r.e164 = '{e164}';
INSERT INTO base_move SELECT (jsonb_populate_record(old.move, jsonb_build_object('subject_id', made.id,
    'id', to_char(old.nth, 'FM00000000') || '-0000-7000-8000-' || to_char(made.nth, 'FM000000000000')))).*
    FROM (SELECT m AS move, row_number() OVER (ORDER BY m.id) AS nth FROM base_move m WHERE m.subject_id = '{number}') old, made;
ANALYZE"""


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    import psycopg

    with shared.database("auditor") as (sock, name):
        logging.disable(logging.ERROR)  # the standing world has batches that cannot be carried out
        places = _world()
        count = NUMBERS_FULL if full else NUMBERS
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            found = _names_each(owner, places)
            for statement in _MANY.split(";"):
                owner.execute(statement.format(count=count, **places))
            found += _takes(count)
    return found


def _takes(count: int) -> list[str]:
    from dialtone.base import invariants, tenancy

    begun = time.monotonic()
    with tenancy.operator_scope():
        violations = invariants.run()
    took = time.monotonic() - begun
    known = len(invariants.all_known())
    print(
        f"  auditor: {known} invariants on {count:,} numbers in {took:.1f} s, {len(violations)} violated",
        flush=True,
    )
    found = [f"the auditor of an honest world says {str(each)[:300]}" for each in violations]
    return [*found, *([f"the auditor took {took:.0f} s"] if took > WITHIN else [])]


def _names_each(owner: Any, places: dict[str, str]) -> list[str]:
    """Break each, ask the auditor's role, and take it back."""
    import psycopg

    from dialtone.base import invariants
    from dialtone.base.roles import AUDITOR

    invariants.load()
    breaks = yaml.safe_load(BREAKS.read_text())
    known = {each.id: each for each in invariants.all_known()}
    found = [f"nobody knows how to break {id} (auditor.yaml)" for id in known if id not in breaks]
    for way, statements in breaks.items():
        try:
            invariant = known[way.partition(" ")[0]]
            owner.execute("BEGIN")
            for statement in statements:
                owner.execute(statement.format(**places))
            owner.execute(f"SET LOCAL ROLE {AUDITOR}")
            if owner.execute(invariant.sql).fetchone() is None:
                found.append(f"{way} was broken and not noticed")
        except (KeyError, psycopg.Error) as error:
            found.append(f"{way} could not be broken: {str(error).splitlines()[0]}")
        finally:
            owner.execute("ROLLBACK")
    print(
        f"  auditor: {len(breaks)} ways to break {len(known)} invariants; not named: {len(found)}", flush=True
    )
    return found


def _world() -> dict[str, str]:
    """One of everything for Alice and Bob, in service; and the names of some of it."""
    from dialtone import countries
    from dialtone.base import clock, tenancy
    from dialtone.emergency.models import Coverage
    from dialtone.plans import subscribe
    from dialtone.porting import add_numbers, entry
    from tests.plugins.standing import build
    from tests.plugins.world import START, as_customer

    with clock.frozen(START):
        standing = build()
        world, alice, bob = standing.world, standing.of["alice"], standing.of["bob"]
        with as_customer(world.alice, alice.admin):
            subscribe.buy_licence("outbound_calling_plan", 1, clock.today("UTC"))
            rules = countries.get("US", clock.now().date()).porting
            add_numbers.add(alice.port_order.id, entry.read_api(["+12127310001"], "US", rules))
            address = Coverage.objects.get(number=alice.number, during__endswith=None).address_id
        with as_customer(world.bob, bob.admin):
            bobs_address = Coverage.objects.get(number=bob.number, during__endswith=None).address_id
        with tenancy.operator_scope():
            from dialtone.jobs import sweeper

            sweeper.run_due()
    return {
        "p": str(world.p.id), "alice": str(world.alice.id), "bob": str(world.bob.id),
        "number": str(alice.number.id), "e164": alice.number.e164, "bobs_number": str(bob.number.id),
        "address": str(address), "bobs_address": str(bobs_address), "order": str(alice.order.id),
        "location": str(alice.location.id), "case": str(alice.case.id), "person": str(alice.user.id),
        "bobs_webhook": str(bob.webhook.id), "port_order": str(alice.port_order.id),
    }  # fmt: skip
