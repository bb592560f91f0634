"""The search that pages and the API call."""

from __future__ import annotations

import pytest

from dialtone.base.problems import Problems
from dialtone.numbers.inventory import search
from dialtone.numbers.inventory.search import Wish
from tests.plugins.world import World, as_customer


@pytest.fixture
def alice(stocked: World):  # type: ignore[no-untyped-def]
    with as_customer(stocked.alice):
        yield stocked.alice


def refusals(wish: Wish) -> dict[str, str]:
    with pytest.raises(Problems) as refused:
        search.find(wish)
    return {str(problem.field): problem.code for problem in refused.value.problems}


@pytest.mark.req("ORD-06", "ORD-13", "ORD-14", "ORD-20", "ORD-25", "SPK-15")
@pytest.mark.parametrize(
    ("wish", "total"),
    [
        (Wish(state="ny"), 3110),
        (Wish(city="NEW york", page=100), 3110),
        (Wish(area_code="212", exchange="555"), 100),
        (Wish(prefix="+1212207"), 3010),
        (Wish(prefix="1212207"), 3010),
        (Wish(prefix=" 1 312"), 400),
        (Wish(contains="5550?99", area_code="212"), 1),
        (Wish(ends_with="0199"), 3),
        (Wish(kind="toll_free"), 200),
        (Wish(kind="toll_free", country="CA"), 200),
        (Wish(kind="toll_free", area_code="888", ends_with="42"), 1),
        (Wish(country="CA", city="Toronto"), 400),
        (Wish(country="GB", area_code="020"), 500),
        (Wish(country="GB", kind="non_geographic"), 100),
        (Wish(block_size=100, state="NY"), 31),
        (Wish(block_size=10, area_code="312"), 40),
        (Wish(consecutive=37, area_code="312"), 10),
        (Wish(area_code="999", quantity=5), 0),
    ],
)
def test_what_is_asked_for_is_counted(alice: object, wish: Wish, total: int) -> None:
    answer = search.find(wish)
    assert answer.total == total
    assert len(answer.offers) == min(total, wish.quantity or wish.page)
    assert answer.simulated == bool(answer.offers)


def test_wishes_that_cannot_be_answered_are_refused_by_field(alice: object) -> None:
    assert refusals(Wish(contains="%")) == {"/contains": "search.pattern"}
    assert refusals(Wish(prefix="+1212", page=1_000_000)) == {"/max": "search.page"}
    assert refusals(Wish(block_size=37)) == {"/blockSize": "search.block_size"}
    assert refusals(Wish(country="XX", ends_with="1%")) == {
        "/country": "search.country",
        "/endsWith": "search.pattern",
    }
    assert refusals(Wish(area_code="２１２")) == {"/areaCode": "search.digits"}
    assert refusals(Wish(after="yesterday")) == {"/after": "search.after"}
    assert refusals(Wish(block_size=10, contains="7")) == {"/contains": "search.pattern_with_run"}
    assert refusals(Wish(quantity=101)) == {"/quantity": "search.page"}


@pytest.mark.req("SPK-13", "ORD-21")
def test_pages_follow_each_other_to_the_end(alice: object) -> None:
    seen: list[str] = []
    answer = search.find(Wish(area_code="312", page=70))
    while True:
        seen += [number for offer in answer.offers for number in offer.e164s]
        if not answer.after:
            break
        answer = search.find(Wish(area_code="312", page=70, after=answer.after))
    assert sorted(seen) == [f"+{13122070000 + step}" for step in range(400)]
    block = search.find(Wish(area_code="312", block_size=50)).offers[0]
    assert (block.is_block, block.size, int(block.last[1:]) - int(block.first[1:])) == (True, 50, 49)


def test_two_customers_are_not_shown_the_same_numbers_first(stocked: World) -> None:
    firsts = set()
    for org in (stocked.alice, stocked.bob, stocked.charlie):
        with as_customer(org):
            assert search.find(Wish(state="NY")) == search.find(Wish(state="NY"))
            firsts.add(search.find(Wish(state="NY")).offers[0].first)
    assert len(firsts) > 1


@pytest.mark.req("SPK-16")
def test_alternatives_when_there_is_nothing(alice: object) -> None:
    answer = search.find(Wish(area_code="212", exchange="207", contains="4242424"))
    assert answer.total == 0
    assert {offer.nearness for offer in answer.alternatives} == {"exchange"}
    assert {offer.area_code for offer in answer.alternatives} == {"212"}
    near = search.nearest_to("+12125550150", limit=3)
    assert [offer.first for offer in near] == ["+12125550150", "+12125550151", "+12125550152"]


def test_where_a_number_belongs(alice: object) -> None:
    assert search.place_of("+14162070123")["city"] == "Toronto"
    assert search.place_of("+14169990123") == {}
    assert search.place_of("nonsense") == {}


def test_what_there_is_to_choose_from(alice: object) -> None:
    assert search.kinds("CA") == {"standard", "toll_free"}
    assert search.kinds("GB") == {"standard", "non_geographic"}
    assert ("NY", "New York") in search.states("US")
    assert search.countries() == ["CA", "GB", "US"]
    assert search.cities("US", beginning="new") == ["New York"]
    assert search.counts() == {"areas": 7, "delivered": 4710, "free": 4710}
