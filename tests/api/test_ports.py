"""Story 3 over the API, in every country: paste, findings, papers, letter, submit, refusal, cure, FOC, live numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone import countries
from dialtone.base import clock
from dialtone.base.models import AuditRecord
from dialtone.carriers.sandbox.losing import accounts
from dialtone.emergency import queries as emergency
from dialtone.numbers import queries as numbers
from dialtone.porting import papers, queries
from dialtone.porting.account import CODE_NAMES
from tests.api.conftest import Answered, Caller, outside
from tests.plugins.sampled import sampled
from tests.plugins.world import World, as_operator
from tests.porting.bench import Bench, account_of, bill_text, csr, open_bench, pass_time, pdf

pytestmark = pytest.mark.usefixtures("examined_once")

ORDERS = "/telephony/pstn/portOrders"
PLAIN = sorted({each.carrier.country: each.id for each in accounts() if each.id.endswith("plain")}.items())
COUNT = 3


@pytest.fixture
def alice(stocked: World, caller: Callable[[str], Caller]) -> Caller:
    return caller("alice_admin")


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def rules_of(country: str) -> Any:
    return countries.get(country, clock.today("UTC")).porting


def entered(record: Any, ported: list[str], **changed: Any) -> dict[str, Any]:
    """The body that enters what stands on a record, with the numbers that stay."""
    left = [each for each in record.numbers if each not in ported]
    told = account_of(record)
    codes = {CODE_NAMES[name]: code for name, code in told.pop("codes", {}).items()}
    names = {
        "account_number": "accountNumber",
        "company_name": "companyName",
        "authorized_name": "authorizedName",
        "billing_number": "billingNumber",
        "service_address": "serviceAddress",
        "pin": "pin",
    }
    body = {names[name]: value for name, value in told.items()} | codes
    if left:
        body |= {"keptNumbers": left, "remainingNumbersAction": "keep", "newBillingNumber": left[0]}
    return {**body, **changed}


def upload(who: Caller, path: str, kind: str, content: bytes, **more: str) -> Answered:
    import json

    file = SimpleUploadedFile(f"{kind}.pdf", content, content_type="application/pdf")
    told = who.client.post(
        f"/v1{path}/documents", {"document": file, "kind": kind, **more}, headers=who.headers
    )
    return Answered(told.status_code, json.loads(told.content), told.headers)


def papers_and_letter(who: Caller, path: str, bench: Bench, record: Any) -> None:
    """Every paper that the country wants, and the letter in the country's way."""
    today = clock.today("UTC")
    rules = rules_of(bench.country)
    for wanted in papers.wanted(rules):
        is_bill = wanted.kind == "bill"
        text = bill_text(record, dated=today - timedelta(days=10)) if is_bill else wanted.kind
        dated = {} if is_bill else {"datedOn": (today - timedelta(days=20)).isoformat()}
        told = upload(who, path, wanted.kind, pdf(text), **dated)
        assert told.status == 201, told.body
    first, _space, last = record.name.rpartition(" ")
    if who.get(f"{path}/letter").body["method"] == "in_app_signature":
        signed = who.post(
            f"{path}/actions/signLetter/invoke",
            {"firstName": first, "lastName": last, "jobTitle": "Director", "agreed": True},
        )
    else:
        day = (today - timedelta(days=2)).isoformat()
        signed = upload(who, path, "letter", pdf("signed by hand"), datedOn=day, signer=record.name)
    assert signed.status in (200, 201), signed.body
    assert who.get(f"{path}/letter").body["stands"] is True


def begun(who: Caller, bench: Bench, record: Any, listed: list[str]) -> dict[str, Any]:
    """A draft from pasted numbers, in the country's own spelling where it is told, with its choices."""
    body: dict[str, Any] = {
        "locationId": outside("LOCATION", bench.office.id),
        "pasted": "\n".join(f" {each[:4]} {each[4:]}" for each in listed),
        "contactEmail": "port@alice.example",
    }
    if bench.country == "FR":
        body["portType"] = "complex"
    if bench.country == "GB":
        body["lineType"] = "multi_line"
    made = who.post(ORDERS, body, **key())
    assert made.status == 201, made.body
    return made.body


@pytest.mark.req(
    "PORT-03",
    "PORT-14",
    "PORT-18",
    "PORT-24",
    "PORT-27",
    "PORT-28",
    "PORT-34",
    "PORT-40",
    "ERR-22",
    "SPK-17",
    "SPK-24",
    "STAT-08",
    "STAT-10",
    "STAT-11",
    "STAT-12",
)
@pytest.mark.parametrize(("country", "record_id"), sampled(PLAIN, every=4))
def test_in_every_country_numbers_come_over_the_api(
    stocked: World, alice: Caller, country: str, record_id: str
) -> None:
    bench, record = open_bench(stocked, country), csr(record_id)
    listed = list(record.numbers[:COUNT])
    found = begun(alice, bench, record, listed)
    path = f"{ORDERS}/{found['id']}"
    assert (found["status"], found["actsNext"], found["quantity"]) == ("PENDING", "customer", COUNT)

    lacking = alice.post(f"{path}/actions/submit/invoke", **key())
    assert lacking.status in (409, 422)  # the check of the numbers may still run
    assert {"/accountNumber", "/companyName", "/letter"} <= {each["field"] for each in lacking.body["errors"]}

    # One thing is entered wrong: the pre-flight or the losing carrier says so.
    assert alice.patch(path, entered(record, listed, companyName="Nobody Ltd")).status == 200
    papers_and_letter(alice, path, bench, record)
    foretold = {each["error"] for each in alice.get(f"{path}/preflight").body["items"] if "error" in each}
    has_bill = any(each.kind == "bill" for each in queried_papers(bench, found))
    assert not has_bill or "ERR-05" in foretold
    assert alice.post(f"{path}/actions/split/invoke", {"accepted": True}).status == 200
    pass_time(timedelta(minutes=15))  # where the check of the numbers takes its time
    handed_in = alice.post(f"{path}/actions/submit/invoke", **key())
    assert handed_in.status == 200, handed_in.body
    assert (handed_in.body["status"], handed_in.body["waitsFor"]) == ("PENDING", "validation")
    if rules_of(country).port_types and country != "FR":
        assert handed_in.body["portType"] == "standard", "one carrier, one area: nothing special (PORT-40)"

    pass_time(timedelta(days=6))
    refused = alice.get(path).body
    assert (refused["status"], refused["actsNext"]) == ("REJECTED", "customer")
    reason = alice.get(f"{path}/rejections").body["items"][0]
    assert (reason["error"], reason["field"], reason["remedy"]) == ("ERR-05", "/companyName", "correct")

    assert alice.patch(path, {"companyName": record.company}).status == 200
    again = alice.post(f"{path}/actions/submit/invoke", **key())
    assert (again.status, again.body.get("attempt")) == (200, 2), again.body
    pass_time(timedelta(days=30))
    done = alice.get(path).body
    assert (done["status"], done["actsNext"], done["numbers"]) == (
        "COMPLETED",
        "nobody",
        {"completed": COUNT},
    )
    with bench.mine():
        live = list(numbers.numbers(numbers.Filter(e164s=listed)))
        assert [each.state for each in live] == ["active"] * COUNT
        assert len(emergency.shown_by([each.id for each in live])) == COUNT


def queried_papers(bench: Bench, found: dict[str, Any]) -> list[Any]:
    from dialtone.api.wire import into

    with bench.mine():
        return queries.papers(into("PORT_ORDER", found["id"]))


@pytest.mark.req("PORT-15", "SPK-18", "SPK-19")
def test_every_entry_is_answered_and_nothing_is_kept(stocked: World, alice: Caller) -> None:
    bench = open_bench(stocked)
    told = alice.post(
        "/telephony/pstn/portability",
        {
            "locationId": outside("LOCATION", bench.office.id),
            "pasted": "(212) 731-0100\n+1 212-731-6008, hello\n212 731 0100\n+44 20 7946 0999",
        },
    )
    assert told.status == 200, told.body
    seen = [(each.get("phoneNumber"), each["verdict"], each.get("code")) for each in told.body["items"]]
    assert seen == [
        ("+12127310100", "portable", None),
        ("+12127316008", "not_portable", "porting.not_portable"),
        (None, "not_portable", seen[2][2]),
        ("+12127310100", "not_portable", "porting.repeated"),
        ("+442079460999", "not_portable", "porting.other_country"),
    ]
    assert told.body["portable"] == 1
    assert alice.get(ORDERS).body["items"] == []


@pytest.mark.req("STAT-13", "PORT-63")
def test_an_order_is_begun_once_changed_as_read_moved_and_ended(
    stocked: World, alice: Caller, caller: Any
) -> None:
    bench, record = open_bench(stocked), csr("us-plain")
    listed = list(record.numbers[:2])
    body = {"locationId": outside("LOCATION", bench.office.id), "phoneNumbers": listed}
    same = key()
    first, second = alice.post(ORDERS, body, **same), alice.post(ORDERS, body, **same)
    assert (first.status, first.body) == (second.status, second.body) == (201, first.body)
    assert alice.post(ORDERS, body).codes == ["idempotency.key_needed"]
    assert set(alice.post(ORDERS, body, **key()).codes) == {"porting.in_own_order"}
    assert alice.post(ORDERS, {**body, "carrier": "x"}, **key()).codes == ["field.unknown"]
    path = f"{ORDERS}/{first.body['id']}"

    stale = alice.call("PATCH", path, {"companyName": "Acme"}, **{"If-Match": '"99"'})
    assert (stale.status in (409, 412), stale.codes) == (True, ["version.stale"])
    wrong = alice.patch(path, {"pin": "secret!", "billingNumber": "731 0100", "requestedDate": "soon"})
    assert {each["field"] for each in wrong.body["errors"]} >= {"/pin", "/billingNumber"}
    assert "secret!" not in str(wrong.body)
    pin = alice.patch(path, {"pin": "482913"})
    again = alice.patch(
        path, {"pin": "482913"}
    )  # the same again is no change, and not written down as one (S6)
    assert again.body == pin.body
    with as_operator():
        assert AuditRecord.objects.filter(action="port_account_entered", facts__pin_changed=True).count() == 1
    assert (pin.status, pin.body["hasPin"], "482913" in str(pin.body)) == (200, True, False)

    days = alice.get(f"{path}/days").body["items"]
    assert {"too_early", "weekend", "holiday"} <= {each.get("why") for each in days}
    possible = next(each["day"] for each in days if each["isPossible"])
    assert alice.patch(path, {"requestedDate": possible}).body["requestedDate"] == possible
    refused = alice.post(f"{path}/actions/reschedule/invoke", {"requestedDate": "2026-11-26"})
    assert refused.codes == ["porting.day_holiday"]  # Thanksgiving

    assert caller("bob_admin").get(path).status == 404
    assert caller("alice_reader").patch(path, {"companyName": "Acme"}).status == 403
    assert alice.get(f"{ORDERS}?phoneNumber=%2B12127310101").body["items"][0]["id"] == first.body["id"]
    assert alice.get(f"{ORDERS}?status=COMPLETED").body["items"] == []
    assert alice.post(f"{path}/comments", {"text": "Please ring before."}).status == 201
    case = alice.post(f"{path}/actions/askSupport/invoke", {"matter": "expedite", "text": "Sooner, please."})
    assert case.status == 201, case.body
    assert {each["code"] for each in alice.get(f"{path}/checklist").body["items"]} >= {
        "emergency",
        "assigned",
    }
    ended = alice.post(f"{path}/actions/cancel/invoke")
    assert (ended.body["status"], ended.body["actsNext"]) == ("CANCELED", "nobody")
    assert alice.patch(path, {"companyName": "Acme"}).codes == ["porting.ended"]
    what = [each["what"] for each in alice.get(f"{path}/events").body["items"]]
    assert what[0] == "port_order_begun"
    assert "port_order_canceled" in what


def test_the_days_on_which_numbers_move_are_a_calendar(stocked: World, alice: Caller) -> None:
    from tests.porting.bench import handed_in

    bench = open_bench(stocked)
    handed_in(bench, csr("us-plain"), 3)
    pass_time(timedelta(days=2))
    told = alice.client.get("/v1/telephony/pstn/portCalendar", headers=alice.headers)
    assert told.headers["Content-Type"].startswith("text/calendar")
    text = told.content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert "3 numbers move to Head office" in text.replace("\r\n ", "")


def test_the_sandbox_lists_its_losing_carriers(alice: Caller) -> None:
    items = alice.get("/sandbox/losingCarriers").body["items"]
    every = {country for country, _id in PLAIN}
    assert {each["country"] for each in items} == every == set(countries.served(clock.today("UTC")))
    assert all(each["phoneNumbers"] and each["accountNumber"] for each in items)
