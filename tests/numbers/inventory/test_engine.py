"""The engine against the napkin model, compiled and plain, on inventories full of edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dialtone.base import compiling
from dialtone.numbers.inventory.engine import Inventory, Place, Runs
from dialtone.numbers.inventory.query import Cursor, Query
from tests.numbers.inventory import naive

ENGINES = [False, True] if compiling.numba is not None else [False]
PLACES = [
    Place(3, "US", "local", "NY", "212", "New York", "NWYRCYZN01", "one", True, "1"),
    Place(4, "US", "local", "NY", "646", "New York", "NWYRCYZN01", "two", True, "1"),
    Place(9, "GB", "local", "", "20", "London", "", "one", True, "44"),
    Place(12, "GB", "non_geographic", "", "", "", "", "one", True, "44"),
]
# Where numbers of each area lie: near edges of pages (1,000) and chunks (10,000), so that runs cross them.
BASES = {3: 12125549000, 4: 16465559000, 9: 442079460000, 12: 443339990000}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[naive.Free, Runs, naive.Free]:
    """Delivered numbers, the same as runs, and which of them are taken."""
    delivered: naive.Free = {}
    area_id, first, last = [], [], []
    for place in PLACES:
        numbers: set[int] = set()
        base = BASES[place.id]
        for start, size in draw(
            st.lists(
                st.tuples(st.integers(0, 3100), st.sampled_from([1, 2, 9, 40, 100, 320, 1200])), max_size=3
            )
        ):
            numbers.update(range(base + start, base + start + size))
        for edge in draw(st.lists(st.sampled_from([999, 1000, 1001, 1999, 2000, 2001]), max_size=3)):
            numbers.add(base + edge)
        for far in draw(st.lists(st.integers(5_000, 200_000), max_size=8)):
            numbers.add(base + far)
        delivered[place.id] = numbers
        for begin in sorted(number for number in numbers if number - 1 not in numbers):
            end = begin
            while end in numbers:
                end += 1
            area_id.append(place.id)
            first.append(begin)
            last.append(end)
    taken: naive.Free = {}
    for area, numbers in delivered.items():
        chosen = sorted(numbers)
        holes = draw(st.lists(st.integers(0, 6000), max_size=12))
        taken[area] = {chosen[hole % len(chosen)] for hole in holes} if chosen else set()
    runs = Runs(np.array(area_id, np.int64), np.array(first, np.int64), np.array(last, np.int64))
    return delivered, runs, taken


patterns = st.text("0123456789?*ALz", min_size=1, max_size=5).filter(lambda text: text.strip("?*") != "")
queries = st.builds(
    Query,
    country=st.sampled_from(["", "US", "GB", "us"]),
    kind=st.sampled_from(["", "", "local", "non_geographic"]),
    area_code=st.sampled_from(["", "", "212", "20", "999"]),
    city=st.sampled_from(["", "", "new york", "LONDON"]),
    exchange=st.one_of(st.just(""), st.sampled_from(["555", "5?0", "794", "4"])),
    prefix=st.sampled_from(["", "", "212", "21255", "646?", "2079460"]),
    contains=st.one_of(st.just(""), patterns, st.sampled_from(["00", "999", "5550", "125", "2125550000"])),
    ends_with=st.one_of(st.just(""), patterns, st.sampled_from(["0", "99", "0000", "50000"])),
    run=st.just(1),
    limit=st.integers(1, 30),
    seed=st.integers(0, 5),
)
run_queries = st.builds(
    replace,
    queries,
    contains=st.sampled_from(["", "", "", "5550", "00", "9", "55?0"]),
    ends_with=st.just(""),
    run=st.sampled_from([2, 3, 7, 10, 37, 50, 64, 65, 100]),
)


def loaded(compiled: bool, runs: Runs, taken: naive.Free) -> Inventory:
    inventory = Inventory(PLACES, runs, compiled=compiled)
    pairs = sorted((area, number) for area, numbers in taken.items() for number in numbers)
    inventory.take(
        np.array([area for area, _ in pairs], np.int64), np.array([number for _, number in pairs], np.int64)
    )
    return inventory


def expected(query: Query, free: naive.Free) -> list[tuple[int, int]]:
    found = []
    for place in PLACES:
        if any(
            getattr(query, name) and getattr(query, name).lower() != getattr(place, name).lower()
            for name in ("country", "kind", "area_code", "city")
        ):
            continue
        matching = {n for n in free[place.id] if naive.fits(query, n, place.calling_code, place.area_code)}
        numbers = sorted(matching) if query.run == 1 else naive.runs(matching, query.run)
        found += [(place.id, number) for number in numbers]
    return found


def all_pages(inventory: Inventory, query: Query) -> tuple[list[tuple[int, int]], int]:
    """Everything, page by page, and the total (the same on every page)."""
    seen: list[tuple[int, int]] = []
    result = inventory.search(query)
    total = result.total
    while True:
        assert result.total == total
        assert len(result.found) <= query.limit
        seen += [(each.place.id, each.number) for each in result.found]
        if result.after is None:
            return seen, total
        result = inventory.search(replace(query, after=result.after))


@pytest.mark.req("ORD-04", "ORD-06", "ORD-13", "ORD-20", "ORD-21", "ORD-25", "SPK-15")
@pytest.mark.parametrize("compiled", ENGINES)
@settings(max_examples=60, deadline=None)
@given(world=worlds(), query=st.one_of(queries, run_queries))
def test_every_page_together_is_exactly_what_the_naive_model_finds(
    compiled: bool, world: tuple, query: Query
) -> None:  # type: ignore[type-arg]
    delivered, runs, taken = world
    inventory = loaded(compiled, runs, taken)
    wanted = expected(query, {area: delivered[area] - taken[area] for area in delivered})
    seen, total = all_pages(inventory, replace(query, limit=max(query.limit, len(wanted) // 20 + 1)))
    assert sorted(seen) == wanted
    assert len(set(seen)) == len(seen)
    assert total == len(wanted)


@pytest.mark.skipif(len(ENGINES) < 2, reason="numba is not installed")
@settings(max_examples=60, deadline=None)
@given(
    world=worlds(),
    query=st.one_of(queries, run_queries),
    cursor=st.tuples(st.sampled_from([3, 4, 9, 12]), st.integers(-50, 3200)),
)
def test_compiled_and_plain_answer_alike(world: tuple, query: Query, cursor: tuple[int, int]) -> None:  # type: ignore[type-arg]
    _, runs, taken = world
    query = replace(query, after=Cursor(cursor[0], BASES[cursor[0]] + cursor[1]))
    plain, fast = loaded(False, runs, taken), loaded(True, runs, taken)
    assert plain.search(query) == fast.search(query)
    assert plain.free_counts().tolist() == fast.free_counts().tolist()
    assert plain.alternatives(query, near=BASES[3] + 1500) == fast.alternatives(query, near=BASES[3] + 1500)
    whole = replace(query, after=None)
    if not fast.search(whole).total:
        assert fast.alternatives(whole, has_none=True) == fast.alternatives(whole)


@settings(max_examples=30, deadline=None)
@given(world=worlds(), data=st.data())
def test_numbers_go_and_come_back(world: tuple, data: st.DataObject) -> None:  # type: ignore[type-arg]
    delivered, runs, taken = world
    inventory = loaded(ENGINES[-1], runs, taken)
    back = {area: {n for n in numbers if data.draw(st.booleans())} for area, numbers in taken.items()}
    pairs = [(area, number) for area, numbers in back.items() for number in numbers]
    areas, numbers = (
        np.array(column, np.int64) for column in (zip(*pairs, strict=True) if pairs else ([], []))
    )
    assert inventory.give_back(areas, numbers) == len(pairs)
    assert inventory.give_back(areas, numbers) == 0, "what is free already changes nothing"
    free = {area: (delivered[area] - taken[area]) | back[area] for area in delivered}
    assert inventory.free_counts().tolist() == [len(free[place.id]) for place in PLACES]
    seen, _ = all_pages(inventory, Query(limit=100_000))
    assert sorted(seen) == sorted((area, number) for area in free for number in free[area])


def block_at(first: int, size: int) -> Runs:
    return Runs(np.array([3]), np.array([first]), np.array([first + size]))


@pytest.mark.req("ORD-21")
@pytest.mark.parametrize("compiled", ENGINES)
@pytest.mark.parametrize("first", [12125549950, 12125559960, 12125599999 - 98, 12129999999 - 50])
def test_a_block_across_a_page_or_chunk_edge_is_found(compiled: bool, first: int) -> None:
    inventory = Inventory(PLACES, block_at(first, 100), compiled=compiled)
    assert [each.number for each in inventory.search(Query(run=100)).found] == [first]


@pytest.mark.parametrize("compiled", ENGINES)
def test_aligned_blocks_are_preferred(compiled: bool) -> None:
    inventory = Inventory(PLACES, block_at(12125550093, 230), compiled=compiled)
    result = inventory.search(Query(run=100))
    assert [each.number for each in result.found] == [12125550100, 12125550200]
    assert result.total == 2


@pytest.mark.req("ORD-06")
def test_two_buyers_begin_at_different_places_and_one_buyer_stays_where_he_was() -> None:
    inventory = Inventory(PLACES, block_at(12125500000, 50_000), compiled=ENGINES[-1])
    starts = {inventory.search(Query(country="US", seed=seed)).found[0].number for seed in range(1, 21)}
    assert len(starts) > 15
    assert inventory.search(Query(seed=7)) == inventory.search(Query(seed=7))


@pytest.mark.req("SPK-16", "SPK-15")
def test_alternatives_come_from_the_exchange_then_the_area_code_then_the_city() -> None:
    runs = Runs(
        np.array([3, 3, 4, 9]),
        np.array([12125550200, 12127770000, 16465550000, 442079460000]),
        np.array([12125550203, 12127770002, 16465550009, 442079460100]),
    )
    inventory = Inventory(PLACES, runs, compiled=ENGINES[-1])
    offered = inventory.alternatives(Query(country="US", kind="local", limit=10), near=12125550201)
    assert [(each.number, each.nearness) for each in offered] == [
        (12125550201, "exchange"), (12125550202, "exchange"), (12125550200, "exchange"),
        (12127770000, "area_code"), (12127770001, "area_code"),
        *((16465550000 + step, "city") for step in range(5)),
    ]  # fmt: skip
    blocks = inventory.alternatives(Query(country="US", area_code="212", exchange="555", run=5))
    assert [(each.number, each.size, each.nearness) for each in blocks] == [(16465550000, 5, "city")]


def test_alternatives_with_the_wanted_digits_come_first_in_each_ring() -> None:
    runs = Runs(np.array([3, 4]), np.array([12125550200, 16465550000]), np.array([12125550300, 16465550400]))
    inventory = Inventory(PLACES, runs, compiled=ENGINES[-1])
    offered = inventory.alternatives(Query(country="US", area_code="212", exchange="777", ends_with="42"))
    assert (offered[0].number, offered[0].nearness) == (12125550242, "area_code")
    assert {each.nearness for each in offered} == {"area_code"}


@pytest.mark.req("SPK-16")
def test_where_area_code_and_city_lie_apart_each_has_alternatives() -> None:
    runs = Runs(
        np.array([3, 9]), np.array([12125550200, 442079460000]), np.array([12125550204, 442079460004])
    )
    inventory = Inventory(PLACES, runs, compiled=ENGINES[-1])
    offered = inventory.alternatives(Query(area_code="212", city="London"))
    assert [each.nearness for each in offered] == ["area_code"] * 4
    assert inventory.alternatives(Query(area_code="999", city="London"))[0].nearness == "area_code"
    assert inventory.alternatives(Query(area_code="999", city="Atlantis")) == []


@pytest.mark.parametrize("compiled", ENGINES)
def test_an_empty_inventory_answers_nothing(compiled: bool) -> None:
    none = np.zeros(0, np.int64)
    inventory = Inventory([], Runs(none, none, none), compiled=compiled)
    assert inventory.search(Query(country="US", contains="777", seed=3)).total == 0
    assert inventory.search(Query(run=100)).found == []
    assert inventory.alternatives(Query(area_code="212")) == []
    assert inventory.take(np.array([3]), np.array([12125550000])) == 0
