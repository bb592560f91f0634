"""Adding numbers on the pages: search, cart, specific numbers, review, order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dialtone import countries
from dialtone.base import clock
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.billing import draft, rules
from dialtone.billing.days import Month
from dialtone.emergency import move_number
from dialtone.locations import connect, create_location
from dialtone.numbers import bring
from dialtone.numbers import queries as numbers
from dialtone.orders import cart as carts
from dialtone.orders import queries, states
from dialtone.plans import subscribe
from dialtone.providers.simulate import simulate
from dialtone.rates.simulate import simulate as simulate_prices
from tests.plugins.office import open_office
from tests.plugins.world import START, World, as_customer, as_operator


@pytest.fixture
def admin(stocked: World, signed_in: Any) -> Any:
    return signed_in(stocked.people["alice_admin"])


def address(office: Any, query: str = "") -> str:
    return f"/orders/new/{office.id}/{query}"


def values(page: Any) -> list[str]:
    return [each["value"] for each in page.context["offers"]]


def held(stocked: World, office: Any, who: str = "alice_admin") -> list[str]:
    """What is in the person's cart."""
    person = stocked.people[who]
    with as_customer(stocked.alice, person):
        found = queries.open_cart_of(person.id, office.id)
    return [e164 for line in found[1] for e164 in line.e164s] if found else []


@pytest.mark.req(
    "ORD-02", "ORD-06", "ORD-10", "ORD-11", "ORD-13", "ORD-15", "SPK-12", "SPK-14", "SPK-15", "SPK-20"
)
def test_search_pick_review_order(stocked: World, office: Any, admin: Any) -> None:
    assert admin.get("/orders/new/")["Location"] == address(office), "one location only: no need to ask"
    page = admin.get(address(office, "?kind=standard&state=NY&area_code=212&exchange=207"))
    first, second = values(page)[:2]
    admin.post(address(office, "add/"), {"choice": [first, second], "query": "kind=standard&state=NY"})
    # A second search goes into the same cart.
    page = admin.get(address(office, "?kind=standard&state=IL&city=Chicago"))
    chicago = values(page)[0]
    admin.post(address(office, "add/"), {"choice": [chicago], "query": "kind=standard&state=IL"})
    assert held(stocked, office) == [first, second, chicago]
    page = admin.get(address(office))
    cart = page.context["cart"]
    line = page.context["cart_lines"][1]
    admin.post(f"/carts/{cart.id}/change/", {"what": f"remove:{line.id}", "back": address(office)})
    assert held(stocked, office) == [first, chicago]
    page = admin.get(f"/carts/{cart.id}/")
    text = page.content.decode()
    assert "Order 2 numbers" in text
    assert "350 Fifth Avenue" in text
    assert "The caller-ID name shown may differ from the one asked for." in text, (
        "said before ordering (ORD-02)"
    )
    placed = admin.post(f"/carts/{cart.id}/")
    assert placed["Location"].endswith("?placed=1")
    assert admin.post(f"/carts/{cart.id}/")["Location"] == placed["Location"].removesuffix("?placed=1")
    page = admin.get(placed["Location"])
    assert 'href="/orders/"' in page.content.decode(), "the confirmation leads to PSTN orders (ORD-09)"


@pytest.mark.req("BILL-06", "BILL-07")
def test_what_is_ordered_here_is_billed_at_once(
    stocked: World, office: Any, admin: Any, work: Any, signed_in: Any
) -> None:
    """A plan bought and a number ordered on the pages: the running month has both from this day on."""
    with as_operator():
        simulate_prices()
    partner = signed_in(stocked.people["partner_admin"], proven=True)
    partner.post(f"/customers/{stocked.alice.id}/act/")
    bought = {
        "item": "outbound_calling_plan",
        "quantity": "2",
        "committed": "no",
        "requested_service_on": "2026-12-24",
    }
    assert partner.post("/plans/buy/", bought).status_code == 302
    admin.post(address(office, "add/"), {"choice": [values(admin.get(address(office, "?kind=standard")))[0]]})
    admin.post(f"/carts/{admin.get(address(office)).context['cart'].id}/")
    work()
    with as_customer(stocked.alice):
        lines = draft.preview(stocked.alice, Month.of(START)).lines
    told = [(line.kind, line.item.why, line.item.quantity, line.days.start) for line in lines]
    today = rules.local_day(START, "America/New_York")
    assert ("plan", "ordered", 2, today) in told
    assert ("number", "provisioned", 1, today) in told
    assert all(line.amount is not None for line in lines)
    shown = admin.get("/invoices/preview/").content.decode()
    assert "from the day it was ordered" in shown
    assert "from the day it was provisioned" in shown


@pytest.mark.req("ORD-14", "SPK-13")
def test_a_quantity_is_picked_for_you_and_may_be_consecutive(stocked: World, office: Any, admin: Any) -> None:
    page = admin.get(address(office, "?kind=standard&area_code=212&quantity=5"))
    assert [each["is_ticked"] for each in page.context["offers"]] == [True] * 5
    page = admin.get(address(office, "?kind=standard&area_code=212&quantity=5&consecutive=on"))
    runs = values(page)
    assert all(value.endswith("~5") for value in runs)
    assert [each["is_ticked"] for each in page.context["offers"]][:2] == [True, False], "one run is enough"
    admin.post(address(office, "add/"), {"choice": [runs[0]], "query": ""})
    digits = [int(e164[1:]) for e164 in held(stocked, office)]
    assert digits == list(range(digits[0], digits[0] + 5))
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        found = queries.open_cart_of(stocked.people["alice_admin"].id, office.id)
    assert found is not None
    assert not any(line.is_block for line in found[1]), "consecutive numbers are no block"


@pytest.mark.req("ORD-04", "ORD-21", "ORD-22", "ORD-24", "ORD-25", "ORD-26", "SPK-16")
def test_a_block_by_its_toggle_and_size(stocked: World, office: Any, admin: Any, work: Any) -> None:
    page = admin.get(address(office, "?kind=standard&state=NY&exchange=207&block=on&block_size=100"))
    assert values(page)
    assert all(value.endswith("x100") for value in values(page))
    admin.post(address(office, "add/"), {"choice": [values(page)[0]], "query": ""})
    refused = admin.post(address(office, "add/"), {"choice": ["+13122070001"], "query": "kind=standard"})
    assert refused.status_code == 409
    assert b"A block is ordered by itself" in refused.content
    assert len(held(stocked, office)) == 100
    cart = admin.get(address(office)).context["cart"]
    placed = admin.post(f"/carts/{cart.id}/")
    work()
    page = admin.get(placed["Location"])
    assert len(page.context["rows"]) == 100
    assert page.context["order"].status == states.PROVISIONED
    assert page.context["kind"] == "Block"


@pytest.mark.req("ORD-12", "ORD-17", "ORD-18", "ORD-20")
def test_kinds_by_country(stocked: World, office: Any, admin: Any) -> None:
    def kinds(place: Any) -> list[str]:
        return [code for code, _word in admin.get(address(place)).context["form"].fields["kind"].choices]

    person = stocked.people["alice_admin"]
    london = open_office(stocked.alice, person, country="GB", name="London", terms=False)
    toronto = open_office(stocked.alice, person, country="CA", name="Toronto", terms=False)
    assert kinds(office) == ["standard", "toll_free"]
    assert kinds(toronto) == ["standard", "toll_free"]
    assert kinds(london) == ["standard", "non_geographic"]
    page = admin.get(address(london))
    assert "state" not in page.context["form"].fields, "by area code or city only"
    page = admin.get(address(london, "?kind=non_geographic"))
    assert values(page)[0].startswith("+44330")
    page = admin.get(address(toronto, "?kind=toll_free&area_code=888"))
    assert values(page)[0].startswith("+1888")
    refused = admin.get(address(office, "?kind=toll_free&block=on&block_size=10"))
    assert refused.status_code == 422
    assert "block_size" in refused.context["form"].errors
    assert admin.get(address(office, "?kind=non_geographic")).status_code == 422


def test_what_cannot_be_searched_for_is_told_beside_its_field(
    stocked: World, office: Any, admin: Any
) -> None:
    wrong = {
        "quantity=0": "quantity",
        "quantity=-5": "quantity",
        "quantity=1.5": "quantity",
        "quantity=2147483648": "quantity",
        "quantity=ten": "quantity",
        "contains=%25": "contains",
        "ends_with=%23": "ends_with",
        "state=ZZ": "state",
        "area_code=abc": "area_code",
        "block=on&block_size=37": "block_size",
        "after=nowhere": "__all__",
    }
    for query, field in wrong.items():
        page = admin.get(address(office, f"?kind=standard&city=New York&{query}"))
        assert page.status_code == 422, query
        assert field in page.context["form"].errors, query
        assert page.context["form"]["city"].value() == "New York"


@pytest.mark.req("ORD-01", "SPK-16")
def test_a_number_that_is_gone_meanwhile_is_told_with_what_to_take_instead(
    stocked: World, office: Any, admin: Any, signed_in: Any
) -> None:
    asked = "kind=standard&area_code=212&exchange=207"
    mine, next_to_it = values(admin.get(address(office, f"?{asked}")))[3:5]
    other = open_office(stocked.bob, stocked.people["bob_admin"], name="Bob's")
    signed_in(stocked.people["bob_admin"]).post(address(other, "add/"), {"choice": [mine], "query": ""})
    page = admin.post(
        address(office, "add/"),
        {"choice": [mine, next_to_it], "query": asked},
    )
    assert page.status_code == 409
    assert f"{mine} is not available" in page.content.decode()
    assert held(stocked, office) == [], "all or none"
    assert [each["value"] for each in page.context["offers"] if each["is_ticked"]] == [next_to_it]
    assert page.context["instead"], "the nearest are offered"


@pytest.mark.parametrize(
    "value",
    ["", "x", "12125550101", "+1", "+12122070001x37", "+12122070001~0", "+12122070001x9999", "+442079460000"],
)
def test_a_box_changed_in_the_browser_holds_nothing(
    stocked: World, office: Any, admin: Any, value: str
) -> None:
    page = admin.post(address(office, "add/"), {"choice": [value], "query": ""})
    assert page.status_code in (409, 422), value
    assert held(stocked, office) == []


@pytest.mark.req("ORD-06")
def test_specific_numbers_in_any_spelling(stocked: World, office: Any, admin: Any) -> None:
    typed = "(212) 207-0001\n+1 212 207 0002, 12122070003;212.207.0003\n911\n+44 20 7946 0000\n212 555 9876\n"
    page = admin.post(address(office, "specific/"), {"numbers": typed, "what": "add"})
    assert page.status_code == 422
    lines = page.context["pasted"]["lines"]
    assert [line["ok"] for line in lines] == [True, True, True, False, False, False, False]
    assert page.context["pasted"]["bad"] == 4
    text = page.content.decode()
    for words in ("twice", "emergency", "another country", "not available"):
        assert words in text, words
    assert lines[-1]["instead"], "near ones are offered"
    assert page.context["paste"]["value"] == typed
    assert held(stocked, office) == []
    admin.post(address(office, "specific/"), {"numbers": typed, "what": "good"})
    assert held(stocked, office) == ["+12122070001", "+12122070002", "+12122070003"]
    page = admin.post(address(office, "specific/"), {"numbers": "+12122070001", "what": "check"})
    assert page.status_code == 200
    assert b"hold this one already" in page.content
    assert admin.post(address(office, "specific/"), {"numbers": " ", "what": "add"}).status_code == 422
    swapped = admin.post(
        address(office, "specific/"), {"numbers": "212 207 0009"}, headers={"HX-Request": "true"}
    )
    assert b"<html" not in swapped.content
    assert b"can be used" in swapped.content


def test_a_reservation_that_ran_out_is_told_and_can_be_had_again(
    stocked: World, office: Any, admin: Any
) -> None:
    admin.post(address(office, "add/"), {"choice": ["+12122070001"], "query": ""})
    cart = admin.get(address(office)).context["cart"]
    page = admin.post(f"/carts/{cart.id}/change/", {"what": "extend", "back": address(office)}, follow=True)
    assert b"Thirty minutes more" in page.content
    page = admin.post(f"/carts/{cart.id}/change/", {"what": "extend", "back": address(office)}, follow=True)
    assert b"extended once already" in page.content
    with clock.frozen(clock.now() + timedelta(minutes=31)):
        page = admin.get(f"/carts/{cart.id}/")
        assert b"Your reservation has ended" in page.content
        assert admin.post(f"/carts/{cart.id}/").status_code == 409
        page = admin.get(address(office))
        assert b"Your reservation has ended" in page.content
        assert [line.e164s for line in page.context["over_lines"]] == [["+12122070001"]]
        admin.post(f"/carts/{cart.id}/change/", {"what": "again", "back": address(office)})
        assert held(stocked, office) == ["+12122070001"]
        assert b"Your reservation has ended" not in admin.get(address(office)).content


def test_the_way_back_never_leads_elsewhere(stocked: World, office: Any, admin: Any) -> None:
    admin.post(address(office, "add/"), {"choice": ["+12122070001"], "query": ""})
    cart = admin.get(address(office)).context["cart"]
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = admin.post(f"/carts/{cart.id}/change/", {"what": "empty", "back": back})
        assert answer["Location"] == address(office)
    assert admin.get("/terms/?back=//evil.example/").context["back"] == "/orders/"


@pytest.mark.req("ORD-05")
def test_at_most_a_hundred_numbers_in_one_order(stocked: World, office: Any, admin: Any) -> None:
    hundred = "\n".join(f"+1212207{last:04}" for last in range(100))
    admin.post(address(office, "specific/"), {"numbers": hundred, "what": "add"})
    assert len(held(stocked, office)) == 100
    page = admin.post(address(office, "specific/"), {"numbers": "+12122070500", "what": "add"})
    assert page.status_code == 422
    assert b"101 numbers cannot be ordered at once" in page.content


@pytest.mark.req("ACC-08", "ACC-09", "ORD-23")
def test_a_trials_limits_are_told_before_and_at_the_moment(stocked: World, signed_in: Any) -> None:
    person = stocked.people["charlie_admin"]
    office = open_office(stocked.charlie, person)
    client = signed_in(person)
    page = client.get(address(office))
    text = " ".join(page.content.decode().split())
    assert "This is a trial" in text
    assert page.context["trial_left"] == 10
    form = page.context["form"]
    assert form.fields["block"].disabled
    assert [code for code, _word in form.fields["kind"].choices] == ["standard"]
    eleven = "\n".join(f"+1212207{last:04}" for last in range(11))
    page = client.post(address(office, "specific/"), {"numbers": eleven, "what": "add"})
    assert page.status_code == 422
    assert b"A trial has at most 10 numbers" in page.content
    for value in ("+12122070000x10", "+18005550100"):
        page = client.post(address(office, "add/"), {"choice": [value], "query": ""})
        assert page.status_code == 409
        assert b"not part of a trial" in page.content
    ten = "\n".join(f"+1212207{last:04}" for last in range(10))
    client.post(address(office, "specific/"), {"numbers": ten, "what": "add"})
    cart = client.get(address(office)).context["cart"]
    page = client.get(f"/carts/{cart.id}/")
    assert b"for tests only during a trial" in page.content
    assert client.post(f"/carts/{cart.id}/").status_code == 302
    assert client.get(address(office)).context["trial_left"] == 0


@pytest.mark.req("ACC-02", "ORD-16", "SPK-23")
def test_the_review_says_what_the_order_will_wait_for(stocked: World, signed_in: Any) -> None:
    person = stocked.people["alice_admin"]
    office = open_office(stocked.alice, person, signed=False, terms=False)
    for who, may_accept in (("alice_admin", True), ("partner_admin", False)):
        client = signed_in(stocked.people[who])
        if who == "partner_admin":
            client.post(f"/customers/{stocked.alice.id}/act/", {"reason": "asked to"})
        client.post(address(office, "add/"), {"choice": [f"+1212207000{1 + may_accept}"], "query": ""})
        cart = client.get(address(office)).context["cart"]
        text = client.get(f"/carts/{cart.id}/").content.decode()
        assert "not accepted yet" in text
        assert "not signed yet" in text
        assert ("Read and accept the terms" in text) == may_accept
        assert client.get("/terms/").status_code == (200 if may_accept else 403)


@pytest.mark.req("LOC-09", "ORD-08")
def test_locations_that_are_not_ready_or_order_by_case_are_told_apart(stocked: World, admin: Any) -> None:
    from dialtone.base.address import CivicAddress
    from dialtone.locations import create_location

    open_office(stocked.alice, stocked.people["alice_admin"], name="Ready")
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        made = create_location.create_location(
            name="Not yet",
            address=CivicAddress("US", "405 Lexington Avenue", "New York", "10174", "NY"),
            time_zone="America/New_York",
        )
    page = admin.get("/orders/new/")
    assert [(place.name, ready.allowed) for place, ready, _country in page.context["offers"]] == [
        ("Not yet", False),
        ("Ready", True),
    ]
    assert b"is not ready for numbers" in admin.get(address(made)).content


def test_carts_of_others_are_not_there(stocked: World, office: Any, admin: Any, signed_in: Any) -> None:
    admin.post(address(office, "add/"), {"choice": ["+12122070001"], "query": ""})
    cart = admin.get(address(office)).context["cart"]
    stranger = signed_in(stocked.people["bob_admin"])
    assert stranger.get(f"/carts/{cart.id}/").status_code == 404
    assert stranger.post(f"/carts/{cart.id}/change/", {"what": "empty"}).status_code == 404
    assert stranger.get(address(office)).status_code == 404
    reader = signed_in(stocked.people["alice_reader"])
    assert reader.get(address(office)).status_code == 403


@pytest.mark.req("ORD-27")
def test_blocks_are_offered_in_three_countries_only(stocked: World) -> None:
    today = clock.now().date()
    assert {
        country for country in countries.served(today) if countries.offer(country, today).block_sizes
    } == {"US", "CA", "GB"}


@pytest.mark.req("ORD-28", "ORD-31", "ORD-33", "ACC-17")
def test_a_list_ordered_as_service_numbers_needs_the_licence_and_keeps_toll_free(
    stocked: World, office: Any, admin: Any, work: Any
) -> None:
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        choices = [
            carts.Choice(["+12122070001"], "standard"),
            carts.Choice(["+18005550101"], "toll_free"),
        ]
        cart = carts.add(office.id, choices)
    address_of_cart = f"/carts/{cart.id}/"
    page = admin.get(address_of_cart).content.decode()
    assert 'value="service" disabled' in page
    assert "Needs the licence for service numbers" in page
    refused = admin.post(address_of_cart, {"add_as": "service"})
    assert refused.status_code == 409
    assert "licence for service numbers" in refused.content.decode()
    assert admin.post(address_of_cart, {"add_as": "moon"}).status_code == 409
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        subscribe.buy_licence("service_number", 1, clock.today("UTC"))
    assert 'value="service" disabled' not in admin.get(address_of_cart).content.decode()
    assert admin.post(address_of_cart, {"add_as": "service"}).status_code == 302
    work()
    with as_customer(stocked.alice):
        found = {each.e164: (each.kind, each.usage, each.state) for each in numbers.numbers(numbers.Filter())}
    assert found == {
        "+12122070001": ("standard", "service", "active"),
        "+18005550101": ("toll_free", "standard", "active"),
    }


@pytest.mark.req("ORD-29", "ORD-30", "ORD-32", "ORD-33", "ORD-34")
def test_numbers_of_an_own_provider_are_entered_as_service_numbers_where_it_has_them(
    stocked: World, office: Any, admin: Any, signed_in: Any
) -> None:
    sites: dict[str, Any] = {}
    with as_operator():
        known = {each.code: each for each in simulate()}
    for org, names in (
        (stocked.alice, ("premises", "puffin-voice", "curlew-carrier")),
        (stocked.charlie, ("premises", "puffin-voice")),
    ):
        with as_customer(org, stocked.people[f"{'alice' if org == stocked.alice else 'charlie'}_admin"]):
            for name in names:
                site = create_location.create_location(
                    name=name, address=CivicAddress.from_json(office.address), time_zone="America/New_York"
                )
                provider = known.get(name)
                kind = provider.connection if provider else name
                connect.connect(site.id, kind, provider_id=provider.id if provider else None)
                sites[f"{org.name} {name}"] = site
    may = {}
    for name, site in sites.items():
        client = admin if name.startswith("Alice") else signed_in(stocked.people["charlie_admin"])
        page = client.get(f"/orders/new/{site.id}/own/").content.decode()
        assert 'value="standard" checked' in page
        may[name] = 'value="service" disabled' not in page
        if not may[name]:
            refused = client.post(
                f"/orders/new/{site.id}/own/", {"add_as": "service", "numbers": "+1 646 207 0001"}
            )
            assert refused.status_code == 422
    assert may == {
        "Alice Ltd premises": True,  # paid (ORD-30)
        "Alice Ltd puffin-voice": True,  # it offers them (ORD-29)
        "Alice Ltd curlew-carrier": False,  # it does not (ORD-34)
        "Charlie AG premises": False,  # a trial
        "Charlie AG puffin-voice": True,
    }
    # Add numbers > location > service numbers > the numbers > done (ORD-32); toll-free ones stay what they are (ORD-33).
    mine = sites["Alice Ltd premises"]
    address_of = f"/orders/new/{mine.id}/own/"
    assert address_of in admin.get("/orders/new/").content.decode()
    assert admin.get(address(mine))["Location"] == address_of
    told = {"add_as": "service", "numbers": "(646) 207-0001\n1 800 555 0190"}
    wrong = admin.post(address_of, {**told, "numbers": f"{told['numbers']}\n12"})
    assert wrong.status_code == 422
    assert [line["ok"] for line in wrong.context["pasted"]["lines"]] == [True, True, False]
    assert admin.post(address_of, told)["Location"] == f"/numbers/?location={mine.id}"
    with as_customer(stocked.alice):
        found = numbers.numbers(numbers.Filter(location_ids=[mine.id]))
        assert {each.e164: each.usage for each in found} == {
            "+16462070001": "service",
            "+18005550190": "standard",
        }
    again = admin.post(address_of, told)
    assert again.status_code == 422
    assert [line["ok"] for line in again.context["pasted"]["lines"]] == [False, False]


@pytest.mark.req("ACC-18", "USE-06")
def test_a_supplied_number_is_for_own_use_and_goes_to_no_other_customer(
    stocked: World, office: Any, admin: Any, work: Any
) -> None:
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        cart = carts.add(office.id, [carts.Choice(["+12122070001"], "standard")])
    assert "may not be leased or sold on" in admin.get(f"/locations/{office.id}/contract/").content.decode()
    assert admin.post(f"/carts/{cart.id}/", {"add_as": "standard"}).status_code == 302
    work()
    theirs = open_office(stocked.bob, stocked.people["bob_admin"])
    with as_customer(stocked.alice), pytest.raises(Problem) as moved:
        move_number.move_number("+12122070001", office.id, theirs.id)
    assert moved.value.code == "not_found"
    with as_customer(stocked.bob), pytest.raises(Problems) as taken:
        bring.bring([PhoneNumber.parse_api("+12122070001")], location_id=theirs.id, country="US")
    assert [each.code for each in taken.value.problems] == ["numbers.already_held"]
