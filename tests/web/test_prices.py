"""Price lists on their pages: what stands in them, what a call costs and by which row, and their change by two persons."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from dialtone.people.invite_person import invite_person
from dialtone.rates.models import CallPrice, PriceList, PriceVersion
from dialtone.rates.simulate import simulate
from dialtone.web import price_words
from tests.plugins.world import World, as_operator

HEAD = "prefix,destination,per_minute,connection_fee,increment,from\n"


def sent(browser: Client, list_id: object, text: str, *, status: int = 302) -> str:
    """Upload a file; the address of what it would change, or the page with what is wrong."""
    answer = browser.post(
        f"/prices/{list_id}/upload/", {"file": ContentFile(text.encode(), name="prices.csv")}
    )
    assert answer.status_code == status, answer.content.decode()
    return str(answer["Location"]) if status == 302 else answer.content.decode()


@pytest.mark.req("BILL-10")
def test_a_list_is_read_shown_and_put_into_force_by_two(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    with as_operator(stocked.people["desk"]):
        house = simulate()
        second = invite_person(
            stocked.people["desk"].organisation_id,
            email="second@operator.example",
            role="operator",
            by_role="operator",
        )
    desk = signed_in(stocked.people["desk"], proven=True)
    assert "Simulated prices" in desk.get("/prices/").content.decode()
    shown = desk.get(f"/prices/{house.id}/?q=France").content.decode()
    assert "+336" in shown
    assert "+447" not in shown
    cost = f"/prices/{house.id}/cost/?called=%2B44+7700+900123&seconds=31"
    told = desk.get(cost).content.decode()
    for words in ("+447", "United Kingdom mobile", "30/6", "0.054"):
        assert words in told, words
    assert "no beginning of one" in desk.get(f"/prices/{house.id}/cost/?called=abc").content.decode()
    assert desk.get(f"/prices/{house.id}/cost/?called=%2B999").status_code == 422
    assert "Line 2" in sent(desk, house.id, HEAD + "44,UK,-1,0,1/1,\n", status=422)

    page = sent(desk, house.id, HEAD + "447,United Kingdom mobile,0.19,0,30/6,\n")
    plan = desk.get(page).content.decode()
    assert "Ask for consent" in plan
    assert "Calls to +447, a minute" in plan
    assert "US$0.09<" in plan
    assert "US$0.19<" in plan
    assert "object (" not in plan
    approval = desk.post(page)["Location"]
    asked = desk.get(approval).content.decode()
    assert "Change of 1 price in Simulated prices" in asked
    assert "Calls to +447, a minute" in asked
    assert desk.post(approval, {"what": "approve"}).status_code == 409
    other = signed_in(second, proven=True)
    assert approval in other.get("/approvals/").content.decode()
    assert other.post(approval, {"what": "approve"}).status_code == 302
    assert "0.114" in desk.get(cost).content.decode(), "36 seconds at 0.19"
    assert "In force" in desk.get(page).content.decode()


def test_what_moves_by_much_is_called_by_words(world: World) -> None:
    jumped = [["number_monthly US toll_free", "2", "4.5"], ["plan_monthly", "12", "0"], ["49", "0.02", "0.2"]]
    with as_operator():
        version = PriceVersion(price_list=PriceList(currency="USD"), plan={"jumps": jumped})
    told = [(what, before.text, after.text) for what, before, after in price_words.jumps(version)]
    assert told == [
        ("A number, per month, United States, Toll-free number", "2.00", "4.50"),
        ("A plan, per month", "12.00", "0.00"),
        ("Calls to +49, a minute", "0.02", "0.20"),
    ]


def test_a_partner_prices_for_its_customers_what_its_operator_offers(
    stocked: World, signed_in: Callable[..., Client]
) -> None:
    with as_operator():
        house = simulate()
    partner = signed_in(stocked.people["partner_admin"], proven=True)
    assert partner.get(f"/prices/{house.id}/").status_code == 200, "what one buys by"
    assert partner.get(f"/prices/{house.id}/upload/").status_code == 404
    wanted = {"name": "Retail", "currency": "usd", "owner": ""}
    assert partner.post("/prices/new/", {**wanted, "owner": "Charlie Co"}).status_code == 422
    assert partner.post("/prices/new/", wanted).status_code == 302
    assert partner.post("/prices/new/", wanted).status_code == 422, "one a currency"
    with as_operator():
        made = PriceList.objects.get(name="Retail")
    assert (made.partner_id, made.customer_id) == (stocked.p.id, None)
    refused = sent(partner, made.id, HEAD + "4420,London,0.05,0,1/1,\n7,Russia,0.05,0,1/1,\n", status=422)
    assert "Line 3: your operator has no price for 7" in refused
    page = sent(partner, made.id, HEAD + "4420,London,0.05,0,1/1,\n")
    assert partner.post(page).status_code == 302
    with as_operator():
        assert CallPrice.objects.get(price_list=made).partner_id == stocked.p.id
        assert PriceVersion.objects.get(price_list=made).state == "applied"
        other = invite_person(stocked.q.id, email="q@example.com", role="partner", by_role="operator")
    assert signed_in(stocked.people["alice_admin"]).get("/prices/").status_code == 403
    assert made.name not in signed_in(other).get("/prices/").content.decode()
