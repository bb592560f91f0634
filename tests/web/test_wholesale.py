"""Wholesale papers on their pages and over the API: the operator sets who sells, the partner reads and keeps, a customer finds nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dialtone.base import clock
from dialtone.base.ids import outside
from dialtone.billing import queries
from dialtone.people import tokens
from dialtone.people.callers import caller_for
from dialtone.rates.models import PriceList
from dialtone.rates.simulate import simulate
from tests.billing.test_run import IN_DECEMBER, IN_NOVEMBER, NOVEMBER, OCTOBER, invoiced
from tests.calls.test_ask import number
from tests.calls.test_take_in import HEADER, row, taken
from tests.plugins.world import World, as_operator, as_partner

__all__ = ["number"]


@pytest.mark.req("BILL-03", "BILL-09", "M10")
def test_from_the_setting_to_the_calls_behind_a_customers_line(
    stocked: World, number: str, signed_in: Callable[..., Client]
) -> None:
    taken(HEADER + row("1", "+442079460000", seconds=61))
    with as_operator():
        simulate()
    desk = signed_in(stocked.people["desk"], proven=True)
    partner = signed_in(stocked.people["partner_admin"], proven=True)
    assert (
        "Your provider sells to your customers itself" in partner.get("/invoices/wholesale/").content.decode()
    )
    page = desk.get(f"/partners/{stocked.p.id}/").content.decode()
    assert "we ourselves; the partner gets no wholesale papers" in page
    setting = f"/partners/{stocked.p.id}/seller/"
    assert desk.post(setting, {"seller": "on", "month": "2026-09"}).status_code == 422
    assert "2026-10" in desk.get(setting).content.decode()
    assert desk.post(setting, {"seller": "on", "month": "2026-10"}).status_code == 302
    assert (
        "the partner, since October 2026; we sell to it"
        in desk.get(f"/partners/{stocked.p.id}/").content.decode()
    )
    wanted = {"name": "P buys", "currency": "USD", "owner": "Partner P", "wholesale": "on"}
    assert desk.post("/prices/new/", wanted).status_code == 302
    assert "Partner P, wholesale" in partner.get("/prices/").content.decode()
    assert 'name="wholesale"' not in partner.get("/prices/new/").content.decode()
    with as_operator():
        assert PriceList.objects.get(is_wholesale=True).partner_id == stocked.p.id
    running = partner.get("/invoices/wholesale/running/").content.decode()
    assert "Alice Ltd" in running
    assert desk.get("/invoices/wholesale/running/").status_code == 404
    invoiced(OCTOBER, IN_NOVEMBER)
    invoiced(NOVEMBER, IN_DECEMBER)
    with as_partner(stocked.p):
        found = queries.wholesale().first()
    assert found is not None
    for reader in (desk, partner):
        assert found.label in reader.get("/invoices/wholesale/").content.decode()
        assert found.label not in reader.get("/invoices/").content.decode()
        page = reader.get(f"/invoices/{found.id}/").content.decode()
        assert "Alice Ltd" in page
        assert ("What you keep" in page) == (reader is partner), "the partner's own people alone"
        assert reader.get(f"/invoices/{found.id}/invoice.pdf").content.startswith(b"%PDF")
        assert "Alice Ltd" in reader.get(f"/invoices/{found.id}/lines.csv").content.decode("utf-8-sig")
    behind = f"/invoices/{found.id}/customers/{stocked.alice.id}/"
    page = partner.get(behind).content.decode()
    assert "Calls to United Kingdom" in page
    position = page.partition("?calls=")[2].partition('"')[0]
    assert "+44 20 7946 0000" in partner.get(f"{behind}?calls={position}").content.decode()
    for wrong in ("x", "0", "99999"):
        assert partner.get(f"{behind}?calls={wrong}").status_code == 404
    assert partner.get(f"/invoices/{found.id}/customers/{stocked.charlie.id}/").status_code == 404
    _disputed(stocked, found, partner, desk)
    alice = signed_in(stocked.people["alice_admin"])
    assert alice.get(f"/invoices/{found.id}/").status_code == 404
    assert alice.get(f"/invoices/{found.id}/dispute/").status_code == 404
    for path in ("/invoices/wholesale/", "/invoices/wholesale/running/", behind):
        assert alice.get(path).status_code == 403, path
    assert signed_in(stocked.people["partner_admin_q"]).get(f"/invoices/{found.id}/").status_code == 404
    _over_the_api(stocked, found)


def _disputed(world: World, found: Any, partner: Client, desk: Client) -> None:
    """The partner disputes its own paper from its page, once; the desk sees about which it is; its customers' are theirs to dispute."""
    own = f"/invoices/{found.id}/"
    assert f"{own}dispute/" in partner.get(own).content.decode()
    assert f"{own}dispute/" not in desk.get(own).content.decode()
    refused = desk.get(f"{own}dispute/")
    assert refused.status_code == 409
    assert "Only whoever an invoice is made out to disputes it." in refused.content.decode()
    with as_partner(world.p):
        customers = queries.invoices().first()
    assert customers is not None
    assert "Choose a customer" in partner.get(f"/invoices/{customers.id}/dispute/").content.decode()
    page = partner.get(f"{own}dispute/").content.decode()
    assert found.label in page
    assert "November 2026" in page
    assert partner.post(f"{own}dispute/", {"text": ""}).status_code == 422
    case = partner.post(f"{own}dispute/", {"text": "Bob has left."})["Location"]
    assert case in partner.get(f"{own}dispute/")["Location"]
    again = partner.post(f"{own}dispute/", {"text": "Once more"})
    assert again.status_code == 422
    assert "Once more" in again.content.decode(), "what was typed is kept"
    for reader in (partner, desk):
        page = reader.get(case).content.decode()
        assert "Bob has left." in page
        assert own in page
        page = reader.get(own).content.decode()
        assert "This invoice is disputed" in page
        assert case in page
        assert f"{own}dispute/" not in page
        assert "Disputed" in reader.get("/invoices/wholesale/").content.decode().partition("<tbody>")[2]
    assert partner.post(f"{case}close/").status_code == 302
    assert "This invoice is disputed" not in partner.get(own).content.decode()


def _over_the_api(world: World, found: Any) -> None:
    def asked(who: str) -> Callable[..., Any]:
        with as_operator():
            _made, secret = tokens.make(caller_for(world.people[who]), name="test")
        client = Client(headers={"Authorization": f"Bearer {secret}"})

        def ask(path: str, **body: Any) -> Any:
            if body:
                return client.put(f"/v1/telephony/pstn{path}", body, content_type="application/json")
            return client.get(f"/v1/telephony/pstn{path}")

        return ask

    partner, desk, alice = (asked(each) for each in ("partner_admin", "desk", "alice_admin"))
    own = f"/wholesaleInvoices/{outside('INVOICE', found.id)}"
    listed = partner("/wholesaleInvoices").json()["items"]
    assert [each["number"] for each in listed] == ["WS-000002", "WS-000001"]
    assert listed[0]["orgId"] == outside("ORGANIZATION", world.p.id)
    whole = partner(f"/invoices/{outside('INVOICE', found.id)}").json()
    assert {each["kind"] for each in whole["statement"]["lines"]} == {"wholesale"}
    lines = {each["name"]: each for each in partner(f"{own}/customers").json()["items"]}
    alices = lines["Alice Ltd"]
    assert {"sold", "margin"} <= set(alices)
    assert (alices["soldCredited"], alices["credited"]) == ("0.00", "0.00")
    assert not {"sold", "margin", "credited"} & set(desk(f"{own}/customers").json()["items"][0])
    charges = partner(f"{own}/customers/{alices['orgId']}/charges").json()["items"]
    assert [each["kind"] for each in charges] == ["plan", "number", "usage"]
    assert partner("/wholesaleInvoices/preview").status_code == 200
    _disputed_over_the_api(world, found)
    for path in (
        "/wholesaleInvoices",
        f"{own}/customers",
        f"{own}/customers/{alices['orgId']}/charges",
        "/wholesaleInvoices/preview",
    ):
        assert alice(path).status_code == 403, path
    seller = f"/partners/{outside('ORGANIZATION', world.p.id)}/seller"
    assert desk(seller).json()["since"] == "2026-10"
    with clock.frozen(IN_DECEMBER):
        ended = desk(seller, month="2026-12", soldThrough=False).json()
    assert [(each["month"], each["soldThrough"]) for each in ended["items"]] == [
        ("2026-12", False),
        ("2026-10", True),
    ]
    assert desk(seller, month="2026-09", soldThrough=True).status_code == 422
    assert partner(seller).status_code == 403


def _disputed_over_the_api(world: World, found: Any) -> None:
    def asked(who: str, path: str, **body: Any) -> Any:
        with as_operator():
            _made, secret = tokens.make(caller_for(world.people[who]), name="test")
        client = Client(headers={"Authorization": f"Bearer {secret}"})
        if body:
            return client.post(f"/v1/telephony/pstn{path}", body, content_type="application/json")
        return client.get(f"/v1/telephony/pstn{path}")

    own = f"/invoices/{outside('INVOICE', found.id)}"
    told = {"title": "Too much", "text": "Bob has left."}
    refused = asked("desk", f"{own}/dispute", **told)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "billing.not_the_buyer")
    assert asked("alice_admin", f"{own}/dispute", **told).status_code == 404
    case = asked("partner_admin", f"{own}/dispute", **told).json()["id"]
    again = asked("partner_admin", f"{own}/dispute", **told)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "billing.disputed")
    assert asked("partner_admin", own).json()["dispute"] == case
    listed = asked("desk", "/wholesaleInvoices").json()["items"]
    assert [each.get("dispute") for each in listed] == [case, None]
