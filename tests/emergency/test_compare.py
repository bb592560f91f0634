"""What a carrier shows is compared with what we mean it to show: a difference is on the desk at once, and put right (E5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialtone.base import clock
from dialtone.base.models import DeskItem
from dialtone.carriers import registry
from dialtone.carriers.models import SandboxRecord
from dialtone.carriers.protocol import CarrierAway, Held
from dialtone.emergency import activate, compare
from dialtone.emergency.compare import Meant, difference
from dialtone.emergency.models import UnreadBooks
from tests.emergency.conftest import Deliver
from tests.plugins.world import World, as_customer, as_operator

ADDRESS = {"address1": "350 Fifth Avenue", "city": "New York"}


@pytest.mark.parametrize(
    ("held", "differs"),
    [
        (None, "missing"),
        (Held("+12122070001"), "missing"),
        (Held("+12122070001", {**ADDRESS, "city": "Albany"}), "address"),
        (Held("+12122070001", dict(ADDRESS)), ""),
    ],
)
def test_what_differs(held: Held | None, differs: str) -> None:
    meant = Meant(Any, Any, "sandbox", "+12122070001", ADDRESS)  # type: ignore[arg-type]
    assert difference(meant, held) == differs


def alerts(kind: str = "emergency_differs") -> list[str]:
    with as_operator():
        return list(
            DeskItem.objects.filter(kind=kind, settled_at=None).values_list("subject_name", flat=True)
        )


def test_a_silent_change_at_the_carrier_is_found_told_again_and_leaves_the_desk(
    stocked: World, office: Any, deliver: Deliver, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("+12122070001", "+12122070002", "+12122070003")
    with as_customer(stocked.alice):
        activate.activate(["+12122070001", "+12122070002", "+12122070003"])
    with as_operator():
        SandboxRecord.objects.all().delete()
    assert compare.compare_all() == 0, "they may still be on their way to the carrier"
    work()
    clock._frozen.set(clock.now() + timedelta(hours=1))
    assert (compare.compare_all(), alerts()) == (0, [])
    with as_operator():
        moved = SandboxRecord.objects.get(e164="+12122070001")
        moved.facts["emergency_address"]["address1"] = "1 Elsewhere Road"
        moved.save()
        SandboxRecord.objects.filter(e164="+12122070002").delete()
    with monkeypatch.context() as patched:
        patched.setattr(registry.carrier("sandbox"), "holds", _away, raising=False)
        assert (compare.compare_all(), alerts()) == (0, []), "a carrier that is away says nothing"
    with as_operator():
        assert UnreadBooks.objects.get().due_at == clock.now() + timedelta(minutes=5)
    assert compare.compare_all() == 2
    assert sorted(alerts()) == ["+12122070001", "+12122070002"]
    work()
    assert (compare.compare_all(), alerts()) == (0, []), "it was told again, and shows what is meant"
    with as_operator():
        shown = SandboxRecord.objects.get(e164="+12122070001").facts["emergency_address"]
    assert shown["address1"] == "350 Fifth Avenue"


def test_books_that_cannot_be_read_are_asked_for_again_the_same_day(
    stocked: World, office: Any, deliver: Deliver, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver("+12122070001")
    with as_customer(stocked.alice):
        activate.activate(["+12122070001"])
    work()
    clock._frozen.set(clock.now() + timedelta(hours=1))
    began = clock.now()
    pauses = []
    with monkeypatch.context() as patched:
        patched.setattr(registry.carrier("sandbox"), "holds", _away, raising=False)
        compare.compare_all()
        for failures in range(1, 8):
            assert alerts("carrier_books_unread") == (["sandbox"] if failures > 1 else [])
            with as_operator():
                row = UnreadBooks.objects.get()
            assert row.due_at is not None
            assert (row.failures, row.since) == (failures, began)
            pauses.append(round((row.due_at - clock.now()) / timedelta(minutes=1)))
            clock._frozen.set(row.due_at)
            work(1)  # the sweeper asks again by itself
    assert pauses == [5, 15, 30, 60, 120, 120, 120]
    with as_operator():
        row = UnreadBooks.objects.get()
        SandboxRecord.objects.filter(
            e164="+12122070001"
        ).delete()  # changed at the carrier while nobody could read
    assert row.due_at is not None
    clock._frozen.set(row.due_at)
    work(1)
    assert alerts("carrier_books_unread") == []
    assert alerts() == ["+12122070001"]
    with as_operator():
        row = UnreadBooks.objects.get()
        assert (row.failures, row.since, row.due_at) == (0, None, None)


def _away(_e164s: Any) -> Any:
    raise CarrierAway("closed")
