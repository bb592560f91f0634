"""Bad inputs about ports and papers that take more than one request. As in stories.py."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.base import ids
from tests.bad_inputs import givens, uploads
from tests.bad_inputs.fingerprint import fingerprint
from tests.plugins.standing import Standing, signed_in
from tests.plugins.world import as_customer
from tests.porting import bench

ORDERS = "/v1/telephony/pstn/portOrders"


def _path(order: Any) -> str:
    return f"{ORDERS}/{ids.outside('PORT_ORDER', order.id)}"


def _post(standing: Standing, path: str, body: Any = None) -> Any:
    headers = standing.headers("alice_admin", **{"Idempotency-Key": str(uuid4())})
    content = json.dumps(body or {})
    return Client().post(path, content, content_type="application/json", headers=headers)


def a_toll_free_number_goes_by_itself(standing: Standing) -> None:
    """It is taken in, and the plan puts it into an order of its own (H32)."""
    alice = standing.of["alice"]
    ordinary, toll_free = bench.csr("us-plain").numbers[1], "+18887310100"
    body = {
        "locationId": ids.outside("LOCATION", alice.location.id),
        "phoneNumbers": [ordinary, toll_free],
    }
    made = _post(standing, ORDERS, body)
    assert made.status_code == 201, made.content
    path = f"{ORDERS}/{made.json()['id']}"
    plan = Client().get(f"{path}/splitPlan", headers=standing.headers("alice_admin")).json()
    assert [each["phoneNumbers"] for each in plan["items"]] == [[ordinary], [toll_free]]
    split = _post(standing, f"{path}/actions/split/invoke", {"accepted": True}).json()["items"]
    assert [each["quantity"] for each in split] == [1, 1]
    assert len({each["groupId"] for each in split}) == 1


def after_one_o_clock_counts_from_the_next_business_day(standing: Standing) -> None:
    """47 CFR 52.35: what comes at 13:00 local time or later counts as received the next business day. The very second decides."""
    from dialtone.base import clock

    givens.a_port_order_without_papers(standing)
    order = standing.of["alice"].port_order
    first = []
    for second in (
        datetime(2026, 10, 28, 16, 59, 59, tzinfo=UTC),
        datetime(2026, 10, 28, 17, 0, 1, tzinfo=UTC),
    ):
        clock._frozen.set(second)
        days = Client().get(f"{_path(order)}/days", headers=standing.headers("alice_admin")).json()
        assert days["timeZone"] == "America/New_York"
        first.append(next(each["day"] for each in days["items"] if each["isPossible"]))
    assert first == ["2026-11-03", "2026-11-04"]


def handing_in_twice_asks_the_carrier_once(standing: Standing) -> None:
    """Two requests of one browser, each with a key of its own: both hear of the one order, and one command goes out."""
    from dialtone.carriers.models import Command
    from dialtone.porting import book

    alice = standing.of["alice"]
    with as_customer(alice.org, alice.admin):
        home = bench.Bench(standing.world, alice.location, "US")
        order = bench.ready(home, bench.csr("us-plain"))
    answers = [_post(standing, f"{_path(order)}/actions/submit/invoke") for _press in range(2)]
    assert [each.status_code for each in answers] == [200, 200]
    assert {each.json()["attempt"] for each in answers} == {1}
    page = signed_in(alice.admin).post(f"/porting/{order.id}/review/")
    assert page.status_code == 302
    with as_customer(alice.org):
        asked = Command.objects.filter(reference__startswith=book.reference(order.id))
        assert [each.kind for each in asked] == ["port_submit"]


def the_same_paper_twice_is_attached_once(standing: Standing) -> None:
    order = standing.of["alice"].port_order
    answers = []
    for name in ("bill.pdf", "again.pdf"):
        file = SimpleUploadedFile(name, uploads.plain(), content_type="application/pdf")
        headers = standing.headers("alice_admin")
        answers.append(
            Client().post(f"{_path(order)}/documents", {"document": file, "kind": "bill"}, headers=headers)
        )
    assert [each.status_code for each in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(answers[0].json()["items"]) == 1


def a_form_of_ten_thousand_parts_is_not_read(standing: Standing) -> None:
    order = standing.of["alice"].port_order
    part = '--x\r\nContent-Disposition: form-data; name="document"; filename="f"\r\n\r\na\r\n'
    browser = signed_in(standing.of["alice"].admin)
    before = fingerprint()
    answer = browser.generic(
        "POST",
        f"/porting/{order.id}/papers/",
        part * 10_000 + "--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 400, answer.status_code
    after = fingerprint()
    assert {name: after[name] for name in after if after[name] != before[name]} == {}


def half_a_form_leaves_nothing(standing: Standing) -> None:
    """A form that ends in the middle of its file, whatever stood before it: no paper, and no file without a row."""
    from dialtone.base.documents import blobs

    order = standing.of["alice"].port_order
    content = uploads.plain()
    head = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nbill\r\n'
        b'--x\r\nContent-Disposition: form-data; name="document"; filename="bill.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n"
    )
    browser = signed_in(standing.of["alice"].admin)
    before, files = fingerprint(), set(blobs.folder().glob("??/*"))
    for path, client, headers in (
        (f"{_path(order)}/documents", Client(), standing.headers("alice_admin")),
        (f"/porting/{order.id}/papers/", browser, {}),
    ):
        answer = client.generic(
            "POST",
            path,
            head + content[: len(content) // 2],
            content_type="multipart/form-data; boundary=x",
            headers=headers,
        )
        assert answer.status_code in (400, 422), (path, answer.status_code, answer.content[-600:])
    after = fingerprint()
    assert {name: after[name] for name in after if after[name] != before[name]} == {}
    assert set(blobs.folder().glob("??/*")) == files
