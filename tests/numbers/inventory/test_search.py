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
        (Wish(state="New York"), 3110),
        (Wish(state="Narnia"), 0),
        (Wish(country="ca", state="ontario"), 400),
        (Wish(city="New York, NY"), 3110),
        (Wish(city="new-york"), 3110),
        (Wish(city="Chicago, NY"), 0),
        (Wish(area_code="(212)", exchange=" 555"), 100),
        (Wish(area_code="1-212"), 3110),
        (Wish(area_code="212555"), 100),
        (Wish(area_code="212 5"), 100),
        (Wish(country="GB", area_code="0207"), 500),
        (Wish(country="GB", area_code="0208"), 0),
        (Wish(country="GB", prefix="020 7946 02"), 100),
        (Wish(country="GB", prefix="0044 20 7"), 500),
        (Wish(country="GB", contains="020 7946 0123"), 1),
        (Wish(country="GB", contains="794602"), 100),
        (Wish(prefix="(212) KKK-01"), 100),
        (Wish(contains="1-212-555-0142"), 1),
        (Wish(kind="toll-free", contains="1-800-JJJ-0142"), 1),
        (Wish(kind="LOCAL", contains="(212) KJL"), 100),
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
        (Wish(block_size=100, contains="5550"), 1),
        (Wish(block_size=10, contains="2072"), 100),
        (Wish(block_size=10, area_code="312"), 40),
        (Wish(consecutive=37, area_code="312"), 10),
        (Wish(area_code="999", quantity=5), 0),
    ],
)
def test_what_is_asked_for_is_counted(alice: object, wish: Wish, total: int) -> None:
    answer = search.find(wish)
    assert answer.total == total
    assert len(answer.offers) == min(total, wish.quantity or wish.page)
    assert answer.simulated == bool(answer.offers or answer.alternatives)


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
    assert refusals(Wish(block_size=10, ends_with="7")) == {"/endsWith": "search.pattern_with_run"}
    assert refusals(Wish(quantity=101)) == {"/quantity": "search.page"}
    assert refusals(Wish(quantity=0)) == {"/quantity": "search.page"}
    assert refusals(Wish(quantity=-5)) == {"/quantity": "search.page"}
    assert refusals(Wish(consecutive=101)) == {"/quantity": "search.run"}
    assert refusals(Wish(kind="satellite")) == {"/numberType": "search.kind"}
    assert refusals(Wish(prefix="+44 20", area_code="0044 20")) == {"/prefix": "search.other_country"}
    assert refusals(Wish(country="GB", prefix="+1 212")) == {"/prefix": "search.other_country"}
    assert refusals(Wish(prefix="21255501234567")) == {"/prefix": "search.pattern"}


@pytest.mark.req("ORD-17", "ORD-18", "ORD-19")
def test_toll_free_numbers_are_for_north_america_and_one_by_one(alice: object) -> None:
    assert refusals(Wish(kind="toll_free", country="GB")) == {"/numberType": "search.toll_free"}
    assert refusals(Wish(kind="toll_free", block_size=10)) == {"/blockSize": "search.no_blocks"}
    assert search.find(Wish(kind="toll_free", consecutive=10)).total == 20


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


def test_two_customers_are_not_shown_the_same_numbers_first(
    stocked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()  # of `lists_begin_at_the_top`
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
    unknown = search.nearest_to("+12129990150", limit=3)
    assert {(offer.nearness, offer.area_code) for offer in unknown} == {("area_code", "212")}
    assert {offer.city for offer in search.nearest_to("+442089990150")} == {"London"}
    assert search.nearest_to("+4989123456") == []


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
