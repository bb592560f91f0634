"""T16: the audit trail edited, deleted from, added to, swapped and cut by somebody who is past every right and trigger (S7).

Each of the five is tried clumsily and cleverly: the clever one makes leaf hashes and roots right again in the database. The verifier
has to find each; after it was taken back, and before anybody touched anything, it finds nothing. The control is a verifier that does
not look at what was written outside the database: the clever ones have to escape it, or they were not clever. (A record put in is
told by the time in its id, so its clever way is merely covered up.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from tools.soak import shared

TABLES = ("base_auditleaf", "base_auditseal", "base_auditrecord")
# The places of the records that are tampered with: within the second of the four seals.
VICTIM, OTHER = 12, 14


def soak(full: bool) -> list[str]:
    """What went wrong, as sentences."""
    import psycopg

    with shared.database("tampers") as (sock, name):
        from dialtone.base import audit

        _trail()
        found = [f"an untouched trail: {each}" for each in audit.verify()]
        with psycopg.connect(host=sock, user="owner", dbname=name, autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            for way, tamper in WAYS.items():
                with _taken_back(owner):
                    tamper(owner)
                    noticed = audit.verify()
                    with patch.object(audit, "_anchors", lambda: iter(())):
                        without_anchors = audit.verify()
                print(f"  tampers: {way}: {noticed[0] if noticed else 'NOT FOUND'}", flush=True)
                if not noticed:
                    found.append(f"{way} was not found")
                if way.endswith("cleverly") and without_anchors:
                    found.append(f"control: {way} was found without the anchors: {without_anchors[0]}")
                if clean := audit.verify():
                    found.append(f"{way}, taken back: {clean[0]}")
    kinds = {way.partition(",")[0] for way in WAYS}
    print(f"  tampers: {len(WAYS)} ways of {len(kinds)} kinds, {len(found)} problems", flush=True)
    return found


def _trail() -> None:
    """Records in four seals."""
    from dialtone.base import audit, clock, record, tenancy
    from tests.plugins.world import START, build_world

    with clock.frozen(START):
        world = build_world()
        for _seal in range(4):
            with tenancy.customer_scope(world.alice.id, world.p.id):
                for nth in range(9):
                    world.alice.version += 1
                    record.change(world.alice, "changed", name="Alice", after={"nth": nth})
            audit.seal()


@contextmanager
def _taken_back(owner: Any) -> Iterator[None]:
    for table in TABLES:
        owner.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
    try:
        yield
    finally:
        for table in TABLES:
            owner.execute(f"DELETE FROM {table}")
            owner.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")
            owner.execute(f"DROP TABLE kept_{table}")


def _record_at(owner: Any, place: int) -> Any:
    return owner.execute("SELECT record_id FROM base_auditleaf WHERE position = %s", [place]).fetchone()[0]


def _edit(owner: Any) -> None:
    owner.execute(
        "UPDATE base_auditrecord SET actor_name = 'Nobody' WHERE id = %s", [_record_at(owner, VICTIM)]
    )


def _delete(owner: Any) -> None:
    owner.execute("DELETE FROM base_auditrecord WHERE id = %s", [_record_at(owner, VICTIM)])


def _delete_with_leaf(owner: Any) -> None:
    """The leaves behind it move up, so that no place is empty."""
    _delete(owner)
    owner.execute("DELETE FROM base_auditleaf WHERE position = %s", [VICTIM])
    owner.execute("UPDATE base_auditleaf SET position = -(position - 1) WHERE position > %s", [VICTIM])
    owner.execute("UPDATE base_auditleaf SET position = -position WHERE position < 0")
    last = (
        "last_position - 1",
        "CASE WHEN first_position > %s THEN first_position - 1 ELSE first_position END",
    )
    owner.execute(
        f"UPDATE base_auditseal SET last_position = {last[0]}, first_position = {last[1]} WHERE last_position >= %s",
        [VICTIM, VICTIM],
    )


def _insert(owner: Any) -> None:
    """A record of two hours ago that was never sealed."""
    owner.execute(
        "INSERT INTO base_auditrecord SELECT (jsonb_populate_record(r, jsonb_build_object('id', %s::text))).*"
        " FROM base_auditrecord r WHERE id = %s",
        [str(_two_hours_before(_record_at(owner, VICTIM))), _record_at(owner, VICTIM)],
    )


def _insert_in_place(owner: Any) -> None:
    """A record put in the place of another, which goes."""
    victim = _record_at(owner, VICTIM)
    made = str(_two_hours_before(victim))
    _insert(owner)
    owner.execute("DELETE FROM base_auditrecord WHERE id = %s", [victim])
    owner.execute("UPDATE base_auditleaf SET record_id = %s WHERE position = %s", [made, VICTIM])


def _two_hours_before(id: Any) -> Any:
    from uuid import UUID

    return UUID(int=id.int - (7_200_000 << 80))


def _swap(owner: Any) -> None:
    first, second = _record_at(owner, VICTIM), _record_at(owner, OTHER)
    owner.execute("UPDATE base_auditleaf SET record_id = gen_random_uuid() WHERE position = %s", [VICTIM])
    owner.execute("UPDATE base_auditleaf SET record_id = %s WHERE position = %s", [first, OTHER])
    owner.execute("UPDATE base_auditleaf SET record_id = %s WHERE position = %s", [second, VICTIM])


def _cut(owner: Any) -> None:
    """The last seal goes, with all that it covers: what is left is whole."""
    (first,) = owner.execute(
        "SELECT first_position FROM base_auditseal ORDER BY number DESC LIMIT 1"
    ).fetchone()
    gone = "SELECT record_id FROM base_auditleaf WHERE position >= %s"
    owner.execute(f"DELETE FROM base_auditrecord WHERE id IN ({gone})", [first])
    owner.execute("DELETE FROM base_auditleaf WHERE position >= %s", [first])
    owner.execute("DELETE FROM base_auditseal WHERE first_position = %s", [first])


def _cut_without_seal(owner: Any) -> None:
    """The records and leaves of the last seal go; its root stays."""
    (first,) = owner.execute(
        "SELECT first_position FROM base_auditseal ORDER BY number DESC LIMIT 1"
    ).fetchone()
    gone = "SELECT record_id FROM base_auditleaf WHERE position >= %s"
    owner.execute(f"DELETE FROM base_auditrecord WHERE id IN ({gone})", [first])
    owner.execute("DELETE FROM base_auditleaf WHERE position >= %s", [first])


def _covered(tamper: Callable[[Any], None]) -> Callable[[Any], None]:
    """Afterwards every leaf hash and every root in the database is made right again."""

    def both(owner: Any) -> None:
        from dialtone.base import audit
        from dialtone.base.models import AuditLeaf, AuditRecord, AuditSeal
        from dialtone.base.roles import SEALER, acting_as

        tamper(owner)
        with acting_as(SEALER):
            leaves = list(AuditLeaf.objects.order_by("position"))
            records = AuditRecord._base_manager.in_bulk([leaf.record_id for leaf in leaves])
            seals = list(AuditSeal.objects.order_by("number"))
        hashes = {leaf.position: audit.leaf_hash(records[leaf.record_id], leaf.position) for leaf in leaves}
        for position, hash in hashes.items():
            owner.execute("UPDATE base_auditleaf SET leaf_hash = %s WHERE position = %s", [hash, position])
        previous = ""
        for seal in seals:
            places = range(seal.first_position, seal.last_position + 1)
            root = audit.merkle_root([hashes[each] for each in places], previous)
            owner.execute(
                "UPDATE base_auditseal SET root = %s, previous_root = %s WHERE number = %s",
                [root, previous, seal.number],
            )
            previous = root

    return both


WAYS: dict[str, Callable[[Any], None]] = {
    "edited, clumsily": _edit,
    "edited, cleverly": _covered(_edit),
    "deleted, clumsily": _delete,
    "deleted, cleverly": _covered(_delete_with_leaf),
    "inserted, clumsily": _insert,
    "inserted, covered": _covered(_insert_in_place),
    "swapped, clumsily": _swap,
    "swapped, cleverly": _covered(_swap),
    "cut, clumsily": _cut_without_seal,
    "cut, cleverly": _cut,
}
