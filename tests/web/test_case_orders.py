"""The pages of orders by support case: form, papers, answers, and the desk's page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone.base import clock
from dialtone.orders import case_book
from dialtone.orders.models import CaseOrder, Order
from tests.orders.test_case import IDENTITY, REPRESENTATIVE
from tests.plugins.world import World, as_operator
from tests.porting.bench import Bench, open_bench, pdf


def typed(page: Any) -> dict[str, str]:
    """What the form came with."""
    form = page.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def send_papers(client: Any, order: Any, bench: Bench) -> None:
    day = clock.today(bench.office.time_zone) - timedelta(days=9)
    for kind in re.findall(
        rf"/orders/{order.id}/papers/add/(\w+)/", client.get(f"/orders/{order.id}/").content.decode()
    ):
        file = SimpleUploadedFile(f"{kind}.pdf", pdf(f"{kind} {order.number}"), "application/pdf")
        url = f"/orders/{order.id}/papers/add/{kind}/"
        if "dated_on" in client.get(url).context["form"].fields:
            late = client.post(url, {"document": file, "dated_on": "2026-07-01"})
            assert late.status_code == 422
            assert "too old" in late.content.decode()
            file.seek(0)
        assert client.post(url, {"document": file, "dated_on": str(day)}).status_code == 302


def decide(desk: Any, order: Any, how: str = "approve", reason: str = "", until: str = "") -> Any:
    page = desk.get(f"/desk/orders/{order.id}/").content.decode()
    papers = set(re.findall(r'name="decision-([0-9a-f-]+)"', page))
    said = {f"decision-{each}": how for each in papers} | {f"reason-{each}": reason for each in papers}
    said |= {f"until-{each}": until for each in papers}
    return desk.post(f"/desk/orders/{order.id}/", {"what": "review", **said})


@pytest.mark.req("ORD-35", "ORD-36", "ORD-37", "ORD-38", "ORD-39", "ORD-40", "ORD-41", "STAT-07")
def test_germany_on_its_pages(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked, "DE", name="Berlin")
    mine, desk = signed_in(bench.admin), signed_in(stocked.people["desk"])
    chosen = mine.get("/orders/new/").content.decode()
    assert f"/orders/new/{bench.office.id}/case/" in chosen
    assert mine.get(f"/orders/new/{bench.office.id}/").status_code == 302, "a form instead of a search"
    url = f"/orders/new/{bench.office.id}/case/"
    page = mine.get(url)
    assert "5 to 7 business days" in page.content.decode()
    form = typed(page)
    assert (form["street"], form["building_number"], form["city"]) == ("Platz der Republik", "1", "Berlin")
    assert form["company_name"] == "Alice Ltd"
    wrong = mine.post(url, {**form, **IDENTITY["DE"], "quantity": "101", "contact_phone": "abc"})
    assert wrong.status_code == 422
    assert {"quantity", "contact_phone"} == set(wrong.context["form"].errors)
    empty = {"quantity": "0", "contact_phone": "abc", "company_name": " ", "city": ""}
    wrong = mine.post(url, {**form, **IDENTITY["DE"], **empty})
    assert set(empty) == set(wrong.context["form"].errors), "what is missing and what is wrong, at once"
    assert [len(each) for each in wrong.context["form"].errors.values()] == [1, 1, 1, 1]
    told = {**form, **IDENTITY["DE"], "quantity": "2", "number_type": "local", "details": "In a row, please"}
    for _pressed in range(2):
        done = mine.post(url, told)
        assert done.status_code == 302
    with as_operator():
        order = Order.objects.get(kind="case")
    assert done.url == f"/orders/{order.id}/?placed=1"
    listed = mine.get("/orders/").content.decode()
    assert order.number in listed
    assert "Action required" in listed
    send_papers(mine, order, bench)
    shown = mine.get(f"/orders/{order.id}/").content.decode()
    assert "To be reviewed" in shown
    assert "Our desk" in shown
    assert "This order waits for you" not in shown
    silent = decide(desk, order, "refuse")
    assert silent.status_code == 422, "a refusal says why"
    assert silent.content.decode().count("Say why the paper is refused") == 3
    assert silent.content.decode().count('value="refuse" checked') == 3, "what was said comes back"
    assert decide(desk, order, "refuse", "It cannot be read.").status_code == 302
    assert "It cannot be read." in mine.get(f"/orders/{order.id}/").content.decode()
    assert order.number in mine.get("/").content.decode(), "among what is to do"
    send_papers(mine, order, bench)
    waiting = desk.get("/desk/").content.decode()
    item = re.search(rf'/desk/([0-9a-f-]+)/">{order.number}', waiting)
    assert item
    assert f"/desk/orders/{order.id}/" in desk.get(f"/desk/{item[1]}/").content.decode()
    review = f"/desk/orders/{order.id}/"
    assert "Deliver the numbers" not in desk.get(review).content.decode(), "papers first"
    assert decide(desk, order).status_code == 302
    decided = desk.get(review).content.decode()
    assert "Deliver the numbers" in decided
    assert "Keep the decisions" not in decided, "nothing is left to decide"
    assert "Ask for the form" not in mine.get(f"/orders/{order.id}/").content.decode(), "it is there"
    assert desk.post(review, {"what": "ask", "text": "Which floor?"}).status_code == 302
    answer = f"/orders/{order.id}/supply/answer/"
    assert "Which floor?" in mine.get(answer).content.decode()
    assert mine.post(answer, {"text": ""}).status_code == 422
    assert mine.post(answer, {"text": "The second."}).status_code == 302
    numbers = {"what": "deliver", "phone_numbers": "030 90182001\n030 90182001", "area_confirmed": "on"}
    twice = desk.post(review, numbers)
    assert twice.status_code == 422
    assert "entered twice" in twice.content.decode()
    assert "030 90182001" in twice.content.decode(), "what was typed comes back"
    numbers["phone_numbers"] = "030 90182001\n+49 30 90182002"
    assert desk.post(review, numbers).status_code == 302
    shown = mine.get(f"/orders/{order.id}/").content.decode()
    assert "Provisioned" in shown
    assert "Success" in shown
    with as_operator():
        paper = case_book.papers(order.id)[0]
    got = mine.get(f"/orders/{order.id}/papers/{paper.id}/")
    assert got.status_code == 200
    assert got.content.startswith(b"%PDF")
    assert (
        signed_in(stocked.people["bob_admin"]).get(f"/orders/{order.id}/papers/{paper.id}/").status_code
        == 404
    )
    assert mine.get(review).status_code == 403


@pytest.mark.req("ORD-44", "ORD-49", "ORD-50", "ORD-52")
@pytest.mark.parametrize(
    ("country", "identity", "numbers"),
    [("IT", IDENTITY["IT"], "06 67101234"), ("CH", REPRESENTATIVE, "044 668 18 00")],
)
def test_italy_and_switzerland_to_live_numbers(
    stocked: World, signed_in: Any, country: str, identity: dict[str, str], numbers: str
) -> None:
    bench = open_bench(stocked, country)
    mine, desk = signed_in(bench.admin), signed_in(stocked.people["desk"])
    url = f"/orders/new/{bench.office.id}/case/"
    form = typed(mine.get(url))
    assert mine.post(url, {**form, **identity, "quantity": "1"}).status_code == 302
    with as_operator():
        order = Order.objects.get(kind="case")
        assert CaseOrder.objects.get().country == country
    if country == "IT":
        assert "local telephone provider" in mine.get(f"/orders/{order.id}/").content.decode()
    send_papers(mine, order, bench)
    for until, told in (("31.5.2031", "is not a day that exists"), ("2025-05-31", "valid until")):
        refused = decide(desk, order, until=until)
        assert refused.status_code == 422
        assert told in refused.content.decode()
        assert f'value="{until}"' in refused.content.decode(), "what was typed comes back"
    assert decide(desk, order, until="2031-05-31").status_code == 302
    with as_operator():
        kept = {each.kind: each.valid_until for each in case_book.papers(order.id)}
    assert str(kept["identity_document"]) == "2031-05-31"
    given = {"what": "deliver", "phone_numbers": numbers, "area_confirmed": "on"}
    assert desk.post(f"/desk/orders/{order.id}/", given).status_code == 302
    assert "Provisioned" in mine.get(f"/orders/{order.id}/").content.decode()


@pytest.mark.req("ESA-07")
def test_further_information_is_supplied_on_a_page(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked, "AU")
    mine = signed_in(bench.admin)
    url = f"/orders/new/{bench.office.id}/case/"
    form = typed(mine.get(url))
    assert mine.post(url, {**form, **IDENTITY["AU"], "quantity": "1"}).status_code == 302
    with as_operator():
        order = Order.objects.get(kind="case")
    supply = f"/orders/{order.id}/supply/emergency/"
    assert supply in mine.get(f"/orders/{order.id}/").content.decode()
    assert mine.post(supply, {"text": "Level 3"}).status_code == 302
    assert supply not in mine.get(f"/orders/{order.id}/").content.decode()
    assert mine.get(f"/orders/{order.id}/supply/else/").status_code == 404
    us = open_bench(stocked, "US", name="New York")
    refused = mine.get(f"/orders/new/{us.office.id}/case/")
    assert refused.status_code == 409
    assert "searched and picked" in refused.content.decode()
