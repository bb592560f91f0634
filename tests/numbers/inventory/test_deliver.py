"""A delivery as a job: received, planned, looked at, added, withdrawn; stopped, taken over, and found again."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.base.problems import Problem
from dialtone.jobs import sweeper
from dialtone.numbers.inventory import (
    claims,
    confirm,
    deliver,
    deliveries,
    discard,
    load,
    receive,
    search,
    withdraw,
)
from dialtone.numbers.inventory import delivery_states as states
from dialtone.numbers.inventory.models import Chunk, Delivery, DeliveryFile
from dialtone.numbers.inventory.ranges import Progress
from tests.plugins.world import START, World, as_customer, as_operator
from tools.deliveries import COLUMNS
from tools.deliveries import Delivery as Made

HEADER = ",".join(COLUMNS) + "\n"
FIRST = 12122080000


def csv_of(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def new_york(first: int = FIRST, size: int = 100, city: str = "New York", state: str = "NY") -> str:
    return f"{first},{first + size - 1},US,{state},212,{city},NEW YORK,local,one"


def received(content: bytes, name: str = "july.csv") -> UUID:
    with as_operator():
        return receive.receive(receive.packed([content]), name).id


def now(delivery_id: UUID) -> Delivery:
    with as_operator():
        return deliveries.delivery(delivery_id)


def loaded(content: bytes, name: str = "july.csv") -> UUID:
    found = received(content, name)
    sweeper.run_due()
    with as_operator():
        confirm.confirm(found, version=deliveries.delivery(found).version, looked=True)
    sweeper.run_due()
    assert now(found).state == states.LOADED
    return found


def free(**wish: Any) -> int:
    return search.find(search.Wish(**wish)).total


def test_a_delivery_is_read_by_a_job_looked_at_and_added(world: World) -> None:
    found = received(csv_of(new_york(), "911,,US,NY,212,,,local,one"))
    assert now(found).state == states.RECEIVED
    with as_operator():
        with pytest.raises(Problem, match="inventory.not_planned"):
            confirm.confirm(found, version=1)
        assert not Chunk.objects.exists()
    sweeper.run_due()
    planned = now(found)
    assert (planned.state, planned.numbers, planned.rows_read, planned.due_at) == (
        states.PLANNED,
        100,
        2,
        None,
    )
    assert planned.report["bad"] == 1
    with as_operator():
        assert deliveries.findings(planned).bad == [(3, "first", "911", "emergency_number")]
        assert not Chunk.objects.exists(), "a plan changes nothing"
        confirm.confirm(found, version=planned.version)
        confirm.confirm(found, version=planned.version)  # once more changes nothing
    sweeper.run_due()
    done = now(found)
    assert (done.state, done.due_at) == (states.LOADED, None)
    with as_operator():
        assert DeliveryFile.objects.get(delivery=done).content is None, (
            "the file itself is not needed any more"
        )
        actions = AuditRecord.objects.filter(subject_id=found).order_by("id").values_list("action", flat=True)
        assert list(actions) == [
            "delivery_received",
            "delivery_planned",
            "delivery_confirmed",
            "numbers_loaded",
        ]
    with as_customer(world.alice):
        assert free(area_code="212") == 100


def test_the_same_file_is_one_delivery_however_it_is_packed(world: World) -> None:
    content = csv_of(new_york())
    first = received(content)
    assert received(content, "again.csv") == first
    assert received(gzip.compress(content), "again.csv.gz") == first
    with as_operator():
        assert receive.packed([content[:10], content[10:]]) == receive.packed([content])
        in_two = gzip.compress(content[:50]) + gzip.compress(content[50:])
        assert receive.packed([in_two[:30], in_two[30:]]) == receive.packed([content])
        discard.discard(first)
    assert received(content) != first, "what was thrown away may come again"


def test_a_delivery_thrown_away_while_it_is_read_stops_the_reader(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "TOLD_EVERY", 0.0)
    found = received(csv_of(*(new_york(FIRST + nth, 1) for nth in range(45_000))))
    told: list[int] = []

    def watch(far: Progress) -> None:
        told.append(far.rows)
        with as_operator():
            discard.discard(found)

    deliver.deliver(found, actor=_actor(), told=watch)
    assert told == [20_000], "it stopped at the next look"
    gone = now(found)
    assert (gone.state, gone.due_at) == (states.DISCARDED, None)
    with as_operator():
        assert DeliveryFile.objects.get(delivery=gone).content is None
        assert discard.discard(found).state == states.DISCARDED


def _actor() -> Any:
    from dialtone.jobs.tasks import JOB

    return JOB


def test_progress_is_written_down_and_a_dead_reader_is_replaced(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "TOLD_EVERY", 0.0)
    found = received(csv_of(*(new_york(FIRST + nth, 1) for nth in range(25_000))))

    class Killed(BaseException):
        pass

    def die(far: Progress) -> None:
        raise Killed

    with pytest.raises(Killed):
        deliver.deliver(found, actor=_actor(), told=die)
    assert now(found).state == states.RECEIVED
    assert now(found).due_at == START + deliver.LEASE
    assert sweeper.run_due() == 0, "nobody knows yet that it died"
    with clock.frozen(START + deliver.LEASE):
        assert sweeper.run_due() == 1
    assert now(found).state == states.PLANNED
    assert now(found).numbers == 25_000
    assert (now(found).rows_read, now(found).rows_total) == (25_000, 25_000)
    assert now(found).rate > 0


def test_a_reader_that_was_taken_for_dead_finds_its_work_taken_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "TOLD_EVERY", 0.0)
    found = received(csv_of(*(new_york(FIRST + nth, 1) for nth in range(21_000))))

    def other(far: Progress) -> None:
        with as_operator():
            Delivery.objects.filter(id=found).update(run=uuid4())

    deliver.deliver(found, actor=_actor(), told=other)
    assert now(found).state == states.RECEIVED, "it left the rest to the other one"


def test_a_file_that_is_none_is_refused_with_the_reason(world: World) -> None:
    found = received(b"first,last\n1,2\n")
    sweeper.run_due()
    refused = now(found)
    assert (refused.state, refused.problem) == (states.REFUSED, "inventory.column_missing")
    assert refused.problem_values["columns"] == "country, kind"
    assert received(b"first,last\n1,2\n") != found
    with as_operator(), pytest.raises(Problem, match=r"inventory\.empty"):
        receive.receive(receive.packed([]), "nothing.csv")
    for broken in (b"\x1f\x8bnonsense", gzip.compress(csv_of(new_york()))[:-20]):
        with pytest.raises(Problem, match=r"inventory\.not_csv"):
            receive.packed([broken])


def test_a_file_without_end_is_refused_while_it_comes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "LARGEST_FILE", 3_000_000)
    with pytest.raises(Problem, match=r"inventory\.too_large"):
        receive.packed(b"x" * 1_000_000 for _ in range(10))
    bomb = gzip.compress(bytes(50_000_000))
    with pytest.raises(Problem, match=r"inventory\.too_large"):
        receive.packed([bomb])


def test_what_looks_wrong_must_be_looked_at_first(world: World) -> None:
    found = received(csv_of(new_york(state="NJ"), new_york(FIRST + 500, 500)))
    sweeper.run_due()
    planned = now(found)
    assert [doubt[:3] for doubt in planned.report["doubts"]] == [
        ["state_differs", "212, New York, NJ, US", 100]
    ]
    with as_operator():
        with pytest.raises(Problem, match=r"inventory\.look_first"):
            confirm.confirm(found, version=planned.version)
        with pytest.raises(Problem, match=r"version\.stale"):
            confirm.confirm(found, version=planned.version - 1, looked=True)
        assert confirm.confirm(found, version=planned.version, looked=True).state == states.APPLYING


def test_a_plan_that_is_no_longer_true_is_worked_out_again(world: World) -> None:
    first, second = received(csv_of(new_york())), received(csv_of(new_york(size=150)), "august.csv")
    sweeper.run_due()
    assert (now(first).numbers, now(second).numbers) == (100, 150)
    with as_operator():
        confirm.confirm(first, version=now(first).version)
    sweeper.run_due()
    with as_operator():
        confirm.confirm(second, version=now(second).version)
    sweeper.run_due()  # finds out that it is outdated
    sweeper.run_due()  # and reads again
    again = now(second)
    assert (again.state, again.numbers, again.problem) == (states.PLANNED, 50, "inventory.plan_outdated")
    with as_operator():
        confirm.confirm(second, version=again.version)
    sweeper.run_due()
    assert now(second).state == states.LOADED
    with as_customer(world.alice):
        assert free(area_code="212") == 150


def test_a_delivery_without_one_good_row_cannot_be_applied(world: World) -> None:
    found = received(csv_of("911,,US,NY,212,,,local,one"))
    sweeper.run_due()
    with as_operator(), pytest.raises(Problem, match=r"inventory\.nothing_to_load"):
        confirm.confirm(found, version=now(found).version)


def test_a_withdrawn_delivery_is_offered_no_more_and_customers_keep_what_they_have(world: World) -> None:
    keep = loaded(csv_of(new_york(FIRST + 9_950, 100)), "keep.csv")
    found = loaded(csv_of(new_york(), new_york(FIRST + 9_940, 10), new_york(FIRST + 10_050, 20)))
    owned, held, other = f"+{FIRST}", f"+{FIRST + 1}", f"+{FIRST + 2}"
    cart = uuid4()
    until = START + timedelta(minutes=30)
    with as_customer(world.alice):
        alice = world.alice.id
        assert free(area_code="212") == 230
        claims.own([owned], customer_id=alice, reservation_id=None, order_id=uuid4(), now=START)
        claims.hold([held], customer_id=alice, reservation_id=cart, until=until, now=START)
    with as_operator():
        assert withdraw.withdraw(found, reason="sent by mistake").state == states.LEAVING
        assert withdraw.withdraw(found, reason="again").state == states.LEAVING
    sweeper.run_due()
    assert now(found).state == states.WITHDRAWN
    with as_operator(), pytest.raises(Problem, match=r"inventory\.loaded"):
        discard.discard(keep)
    with as_customer(world.alice):
        assert free(area_code="212") == 100, "the other delivery stays, also where they shared a row"
        assert claims.own([held], customer_id=alice, reservation_id=cart, order_id=uuid4(), now=START) == {
            held
        }
        assert (
            claims.own([other], customer_id=alice, reservation_id=None, order_id=uuid4(), now=START) == set()
        )
        claims.release([owned], customer_id=alice, until=START, now=START)
        assert free(area_code="212") == 100, "what comes back is not offered again"


def test_numbers_of_a_withdrawn_delivery_may_come_again(world: World) -> None:
    found = loaded(csv_of(new_york()))
    with as_customer(world.alice):
        claims.own(
            [f"+{FIRST}"], customer_id=world.alice.id, reservation_id=None, order_id=uuid4(), now=START
        )
    with as_operator():
        withdraw.withdraw(found, reason="moved")
    sweeper.run_due()
    again = loaded(csv_of(new_york(city="Manhattan"), "911,,US,NY,212,,,local,one"), "again.csv")
    assert (now(again).numbers, now(again).report["held"]) == (100, 1)
    with as_customer(world.bob):
        assert free(area_code="212") == 99
        assert free(city="Manhattan") == 99, "the one that a customer has lies in the new place, too"


def test_only_the_operator_sees_deliveries(world: World) -> None:
    from django.db import DatabaseError, transaction

    found = received(csv_of(new_york()))
    for org in (world.alice, world.bob):
        with as_customer(org), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            deliveries.delivery(found)


def test_a_large_delivery_in_small_is_loaded_exactly(world: World) -> None:
    """A hundredth of the delivery of the benchmark: ranges and single numbers, overlaps, repeated and bad rows."""
    made = Made(scale=0.01)
    content = csv_of(*(_line(row) for row in made.rows()))
    truth = made.truth
    found = loaded(content, "large.csv")
    report = now(found).report
    assert (report["rows"], report["new"], report["duplicates"], report["twice"], report["bad"]) == (
        truth.rows, truth.new, truth.duplicates, truth.twice, truth.bad.total(),
    )  # fmt: skip
    assert report["reasons"] == dict(truth.bad)
    with as_customer(world.alice):
        assert free(country="US") == truth.new
        for (area_code, city), count in list(truth.by_place.items())[::25]:
            assert free(area_code=area_code, city=city) == count
    with as_operator():
        assert load.delivered().first.size > 0
        withdraw.withdraw(found, reason="end of the test")
    sweeper.run_due()
    with as_operator():
        assert not Chunk.objects.exists(), "withdrawn to the last number"


def _line(row: tuple[str, ...]) -> str:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()
