"""The sealed audit trail: five ways to tamper with it, each found, and an honest one, not found (S7, T16)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from dialtone.base import audit, record
from dialtone.base.models import AuditSeal
from dialtone.base.roles import SEALER, acting_as
from tests.plugins.world import World, as_customer, as_operator

Tamper = Callable[..., int]


def write(world: World, count: int, action: str = "renamed") -> None:
    with as_customer(world.alice, world.people["alice_admin"]):
        for number in range(count):
            record.change(world.alice, action, name="Alice Ltd", facts={"number": number, "text": "æøå 電話"})


@pytest.fixture
def sealed(committed: World) -> World:
    """Twelve records under three seals."""
    for _round in range(3):
        write(committed, 4)
        assert audit.seal() == 4
    return committed


def kinds() -> set[str]:
    return {finding.kind for finding in audit.verify()}


def test_an_honest_trail_verifies(sealed: World) -> None:
    assert audit.seal() == 0
    write(sealed, 1)
    assert audit.verify() == []
    assert audit.seal(everything=False) == 1
    assert audit.verify() == []


def test_an_anchor_that_a_crash_took_away_comes_with_the_next_seal(sealed: World) -> None:
    file = audit.anchor_file()
    kept = file.read_text().splitlines(keepends=True)
    file.write_text("".join(kept[:-2]))
    write(sealed, 1)
    audit.seal()
    again = file.read_text().splitlines(keepends=True)
    assert again[: len(kept)] == kept
    assert [json.loads(line)["number"] for line in again][-4:] == [1, 2, 3, 4]
    assert audit.verify() == []


def test_without_any_anchor_old_roots_are_not_vouched_for_anew(sealed: World) -> None:
    """Whoever takes the file away must not get it back filled with what the database says now."""
    audit.anchor_file().unlink()
    write(sealed, 1)
    audit.seal()
    assert [json.loads(line)["number"] for line in audit.anchor_file().read_text().splitlines()] == [4]


def test_an_edited_record_is_found(sealed: World, tamper: Tamper) -> None:
    assert tamper("UPDATE base_auditrecord SET actor_name = 'Nobody' WHERE facts->>'number' = '2'") == 3
    assert kinds() == {"a record was changed"}


def test_a_deleted_record_is_found(sealed: World, tamper: Tamper) -> None:
    tamper(
        "DELETE FROM base_auditrecord WHERE id = (SELECT record_id FROM base_auditleaf WHERE position = 6)"
    )
    assert kinds() == {"a record was deleted"}


def test_a_record_deleted_with_its_leaf_is_found(sealed: World, tamper: Tamper) -> None:
    tamper(
        "DELETE FROM base_auditrecord WHERE id = (SELECT record_id FROM base_auditleaf WHERE position = 6)"
    )
    tamper("DELETE FROM base_auditleaf WHERE position = 6")
    assert kinds() == {"a leaf is missing or was put in", "the chain is broken"}


def test_a_record_put_into_the_past_is_found(sealed: World, tamper: Tamper) -> None:
    copied = (
        "INSERT INTO base_auditrecord SELECT (jsonb_populate_record(r, jsonb_build_object('id', %s::text))).*"
        " FROM base_auditrecord r LIMIT 1"
    )
    assert tamper(copied, "01900000-0000-7000-8000-000000000001") == 1
    assert kinds() == {"a record was put in afterwards"}
    audit.seal()
    assert kinds() == {"a record was put in afterwards"}, "sealing it does not hide it"


def test_two_swapped_records_are_found(sealed: World, tamper: Tamper) -> None:
    tamper(
        "UPDATE base_auditleaf SET position = CASE position WHEN 2 THEN -7 WHEN 7 THEN -2 END WHERE position IN (2, 7)"
    )
    tamper("UPDATE base_auditleaf SET position = -position WHERE position < 0")
    assert "the chain is broken" in kinds()


def test_a_cut_off_end_is_found_by_the_anchor(sealed: World, tamper: Tamper) -> None:
    tamper(
        "DELETE FROM base_auditrecord WHERE id IN (SELECT record_id FROM base_auditleaf WHERE position > 8)"
    )
    tamper("DELETE FROM base_auditleaf WHERE position > 8")
    tamper("DELETE FROM base_auditseal WHERE number = 3")
    assert kinds() == {"a seal was cut off or replaced"}


def test_a_trail_forged_from_a_place_on_is_found_by_the_anchor(sealed: World, tamper: Tamper) -> None:
    """Whoever can compute the hashes anew still cannot change the file outside."""
    tamper(
        "UPDATE base_auditrecord SET action = 'nothing'"
        " WHERE id = (SELECT record_id FROM base_auditleaf WHERE position = 12)"
    )
    with acting_as(SEALER):
        rows = list(audit.AuditLeaf.objects.filter(position__gte=9).order_by("position"))
        records = audit.AuditRecord._base_manager.in_bulk([row.record_id for row in rows])
        forged = {row.position: audit.leaf_hash(records[row.record_id], row.position) for row in rows}
        last = AuditSeal.objects.get(number=3)
    for position, leaf in forged.items():
        tamper("UPDATE base_auditleaf SET leaf_hash = %s WHERE position = %s", leaf, position)
    root = audit.merkle_root(list(forged.values()), last.previous_root)
    tamper("UPDATE base_auditseal SET root = %s WHERE number = 3", root)
    assert kinds() == {"a seal was cut off or replaced"}


def test_without_the_place_in_the_hash_a_tampering_would_pass(
    sealed: World, tamper: Tamper, monkeypatch: Any
) -> None:
    """Negative control: with a hash that looks at the action only, an edit of the actor is not seen."""

    def careless(found: Any, position: int) -> str:
        return hashlib.sha256(json.dumps([position, found.action]).encode()).hexdigest()

    monkeypatch.setattr(audit, "leaf_hash", careless)
    tamper("DELETE FROM base_auditseal")
    tamper("DELETE FROM base_auditleaf")
    audit.anchor_file().unlink()
    audit.seal()
    tamper("UPDATE base_auditrecord SET actor_name = 'Nobody'")
    assert audit.verify() == []


def test_the_sealer_cannot_change_what_it_seals(world: World) -> None:
    write(world, 1)
    audit.seal()
    for sql in (
        "UPDATE base_auditrecord SET action = ''",
        "DELETE FROM base_auditleaf",
        "UPDATE base_auditseal SET root = ''",
    ):
        with (
            pytest.raises(DatabaseError),
            acting_as(SEALER),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_tenants_do_not_see_the_chain(world: World) -> None:
    with pytest.raises(DatabaseError), as_customer(world.alice), transaction.atomic():
        AuditSeal.objects.count()
    with as_operator():
        assert AuditSeal.objects.count() == 0
