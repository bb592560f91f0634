"""T7: the process ends at every crash point that the main jobs of the product meet, once each, and everything still ends right.

The jobs (crashes_jobs.py) are walked twice, each time on a database of its own: undisturbed, and in child processes that end at each
point the first time they come there (`os._exit`, as `kill -9` would). After each such end the auditor is asked, then the
job's step is given again, as its client would who got no answer, with the same Idempotency-Key, and the sweeper goes on. In the
end both worlds must have the same tally: as many audit records of each action, events, letters, commands at the carrier, invoices
and charges, numbers in each state, so nothing was lost and nothing happened twice.

The points are those written in the product, and every commit that the jobs come by. A written point that nobody met fails, unless
NOT_MET says why. The control is a command that is noted as sent before it is sent: undisturbed that does no harm; with ends it must
be noticed.
"""

from __future__ import annotations

import ast
import os
import pickle
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tools.soak import shared

# Written points at which no main job comes by, and what ends there instead.
NOT_MET: Mapping[str, str] = {}
MOST_ENDS_OF_A_STEP = 80
# The outcome of a world: rows of these tables, counted by these columns.
TALLY: Mapping[str, str] = {
    "base_auditrecord": "action, subject_kind",
    "base_move": "subject_kind, from_state, to_state, event",
    "base_event": "kind, position IS NOT NULL",
    "base_letter": "template, sent_at IS NOT NULL",
    "base_delivery": "delivered_at IS NOT NULL",
    "base_document": "kind, state",
    "base_deskitem": "kind, settled_at IS NOT NULL",
    "carriers_command": "kind, state, heard_at IS NOT NULL",
    "carriers_sandboxwork": "kind",
    "carriers_sandboxrecord": "facts -> 'emergency_address' ->> 'address1'",
    "numbers_number": "state, upper_inf(owned_during), upper_inf(calls_during)",
    "emergency_emergencyaddress": "state",
    "emergency_coverage": "upper_inf(during)",
    "emergency_registration": "state",
    "orders_order": "kind, status",
    "porting_portorder": "status",
    "porting_portnumber": "state",
    "porting_portout": "state",
    "migration_site": "state",
    "migration_manualmove": "state, due_at IS NULL, cardinality(went)",
    "estate_estateimport": "state, done",
    "estate_piece": "kind, state",
    "people_organisation": "name",
    "people_person": "email",
    "locations_location": "name",
    "calls_callrecord": "call_type",
    "rates_ratedcall": "basis, seconds, amount",
    "billing_invoice": "month, number, net, total",
    "billing_taxreply": "service, state, total",
    "billing_charge": "kind, month, amount",
    "billing_entry": "account, amount",
}


@dataclass
class World:
    """A database, what is known of what stands in it, and what time it is there."""

    owner: Any
    folder: Path
    now: datetime
    state: dict[str, Any] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences. `full` walks three times, each time past other points in pairs."""
    began = time.monotonic()
    # One after the other, each in a process of its own, as each sets up Django for another database.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        crashing, calm, careless, unlucky = pool.map(
            walked, ("ended", "undisturbed", "careless undisturbed", "careless ended"), chunksize=1
        )
    found = [*calm["wrong"], *crashing["wrong"], *careless["wrong"]]
    if not unlucky["wrong"]:
        found.append("control: commands noted as sent before they were sent, and nothing was missed")
    found += [f"undisturbed {calm['tally'][each]}, ended {crashing['tally'][each]}: {each}"
              for each in sorted(calm["tally"].keys() | crashing["tally"].keys())
              if calm["tally"][each] != crashing["tally"][each]]  # fmt: skip
    met = set(crashing["ended"])
    written = set(points_written())
    found += [
        f"nobody came by {each}" for each in sorted(written - met) if not each.startswith(tuple(NOT_MET))
    ]
    found += [
        f"NOT_MET lists {each}, which is met" for each in NOT_MET if any(one.startswith(each) for one in met)
    ]
    commits = sum(each.endswith("_commit") for each in met - written)
    print(
        f"  crashes: ended at {len(met)} points ({len(written & met)} of {len(written)} written, {commits} at commits),"
        f" in {time.monotonic() - began:.0f} s; audited after each",
        flush=True,
    )
    return found[:40]


def walked(how: str) -> dict[str, Any]:
    """Walk through all jobs, undisturbed or ended (of the control: the first one, carelessly); answers what was wrong on the way,
    where processes ended, and the tally."""
    import psycopg

    with shared.database(f"crashes_{how}") as (sock, name):
        from tools.soak import crashes_jobs

        crashes_jobs.prepare()
        jobs = crashes_jobs.JOBS
        if how.startswith("careless"):
            _be_careless()
            jobs = {name: jobs[name] for name in list(jobs)[:1]}
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
            world = World(owner, Path(os.environ["DIALTONE_DATA_DIR"]), crashes_jobs.START)
            world.state, world.now = in_child(world, crashes_jobs.found, None) or ({}, world.now)
            for job, steps in jobs.items():
                if world.wrong:
                    break
                began = time.monotonic()
                for step in steps:
                    if not world.wrong:
                        world.wrong += [
                            f"{how}, {job}: {each}" for each in taken(world, step, how.endswith("ended"))
                        ]
                print(
                    f"  crashes: {how}: {job} in {time.monotonic() - began:.0f} s, {len(world.ended)} ends",
                    flush=True,
                )
            world.wrong += [f"{how}, at the end: {each}" for each in audited(owner)]
            return {"wrong": world.wrong, "ended": world.ended, "tally": tally(owner)}


def _be_careless() -> None:
    """The control: nobody looks for a command any more from before it is sent."""
    from dialtone.base import tenancy
    from dialtone.carriers import command

    honest = command.send

    def send(code: str, reference: str) -> Any:
        with tenancy.operator_scope():
            command.Command.objects.filter(reference=reference, state="new").update(due_at=None)
        return honest(code, reference)

    command.send = send


def taken(world: World, step: Callable[..., Any], is_ending: bool) -> list[str]:
    """One step, given again until nothing ends any more; answers what the auditor said in between."""
    found: list[str] = []
    file = world.folder / "crashes"
    world.state["begun"] = world.now
    for again in range(MOST_ENDS_OF_A_STEP):
        before = len(_lines(file))
        told = in_child(world, step, file if is_ending else None, again=again > 0)
        ended = _lines(file)[before:]
        if told is not None:
            world.state, world.now = told
            return found
        if not ended:
            return [*found, f"{step.__name__} failed"]
        point, _tab, instant = ended[0].partition("\t")
        world.ended.append(point)
        world.now = datetime.fromisoformat(instant)
        _until_gone(world.owner)
        found += [f"after the end at {point}: {each}" for each in audited(world.owner)]
    return [*found, f"{step.__name__} never came to its end"]


def in_child(world: World, step: Callable[..., Any], file: Path | None, *, again: bool = False) -> Any:
    """The world's state and time after a step in a process of its own; None if that process ended on the way."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _child(world, step, file, again, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return pickle.loads(content) if status == 0 else None


def _child(world: World, step: Callable[..., Any], file: Path | None, again: bool, writing: int) -> None:
    from dialtone.base import clock, crashpoints

    status = 1
    try:
        if file is not None:
            os.environ[crashpoints.VARIABLE] = str(file)
        with clock.frozen(world.now):
            step(world.state, again)
            told = pickle.dumps((world.state, clock.now()))
        with os.fdopen(writing, "wb") as out:
            out.write(told)
        status = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(status)


def audited(owner: Any) -> list[str]:
    """What the auditor says, asked as its role."""
    from dialtone.base import invariants
    from dialtone.base.roles import AUDITOR

    invariants.load()
    with owner.transaction():
        owner.execute(f"SET LOCAL ROLE {AUDITOR}")
        broken = [
            each.id for each in invariants.all_known() if owner.execute(each.sql).fetchone() is not None
        ]
    return [f"{each} is broken" for each in broken]


def tally(owner: Any) -> Counter[str]:
    """How many rows of each kind there are."""
    found: Counter[str] = Counter()
    for table, columns in TALLY.items():
        for *values, count in owner.execute(
            f"SELECT {columns}, count(*) FROM {table} GROUP BY {', '.join(str(nth + 1) for nth in range(_wide(columns)))}"
        ):
            found[f"{table} {', '.join(str(each) for each in values)}"] = count
    return found


def points_written() -> Iterator[str]:
    """The names of the points that are written in the product; an f-string gives what it begins with."""
    for file in sorted((shared.REPO / "dialtone").rglob("*.py")):
        if file.stem == "crashpoints":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "crashpoint":
                (name,) = node.args
                if isinstance(name, ast.Constant):
                    yield str(name.value)


def _wide(columns: str) -> int:
    return len(columns.split(", "))


def _lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def _until_gone(owner: Any) -> None:
    """Wait until the server has noticed that the process is gone, and taken back what it had begun."""
    until = time.monotonic() + 10
    others = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    while owner.execute(others).fetchone()[0] and time.monotonic() < until:
        time.sleep(0.005)
