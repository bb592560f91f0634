"""Porting on the pages: the wizard from the pasted list to the Done page, wrong input, correction, the link, the desk."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.base import clock
from dialtone.base.models import DeskItem
from dialtone.base.models import Letter as Mail
from dialtone.carriers import registry
from dialtone.carriers.models import Command
from dialtone.jobs.sweeper import run_due
from dialtone.people import set_up
from dialtone.porting import book, check_portability, queries, states, submit
from dialtone.porting.models import PortNumber
from tests.plugins.world import World, as_operator
from tests.porting.bench import (
    CODES,
    Bench,
    account_of,
    bill_text,
    csr,
    draft,
    handed_in,
    open_bench,
    pass_time,
    pdf,
    ready,
    take_letter_back,
)

PLAIN = csr("us-plain")


@pytest.fixture
def bench(stocked: World) -> Bench:
    return open_bench(stocked)


@pytest.fixture
def admin(bench: Bench, signed_in: Any) -> Client:
    client: Client = signed_in(bench.admin)
    return client


def days_until(bench: Bench, status: str) -> None:
    """Let days pass until the newest order has this status; at most three weeks."""
    for _day in range(21):
        if order_of(bench).status == status:
            return
        pass_time(timedelta(days=1))
    raise AssertionError(f"{status} was never reached; it is {order_of(bench).status}")


def order_of(bench: Bench) -> Any:
    """The newest port order."""
    with bench.mine():
        return queries.orders().first()


def text_of(page: Any) -> str:
    """The words of a page, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def account_data(record: Any, **more: str) -> dict[str, str]:
    """The account form, filled in as the record says."""
    address = {name: str(value) for name, value in record.address.items() if name != "country"}
    return {
        "account_number": record.account_number,
        "company_name": record.company,
        "authorized_name": record.name,
        "billing_number": record.btn,
        **CODES.get(record.carrier.country, {}),
        **address,
        **more,
    }


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


@pytest.mark.req(
    "PORT-01", "PORT-02", "PORT-06", "PORT-08", "PORT-10", "PORT-36", "PORT-12", "PORT-13", "PORT-14", "PORT-18", "PORT-19", "PORT-20", "PORT-21",
    "PORT-22", "PORT-25", "PORT-26", "PORT-31", "SPK-06", "SPK-17", "SPK-18", "SPK-19", "STAT-08", "STAT-14", "SMB-21", "SMB-22",
)  # fmt: skip
def test_from_the_list_to_the_done_page(bench: Bench, admin: Client, signed_in: Any) -> None:
    assert "No port orders yet" in text_of(admin.get("/porting/"))
    begin = f"/porting/new/{bench.office.id}/"
    assert f'href="{begin}"' in admin.get(f"/orders/new/{bench.office.id}/").content.decode(), "PORT-13"
    said = text_of(admin.get(begin))
    assert "Most ports take 7 to 10 business days, and up to 3 weeks" in said, "SMB-22, SPK-06"
    assert "Read the porting guidelines" in said
    assert "Porting costs nothing extra." in said
    assert "Think of every number that receives calls" in said
    assert "All times are estimates" in said, "PORT-36"
    assert "Calling and messaging move together." in said, "PORT-10"
    at = admin.post(begin)["Location"]
    order = order_of(bench)
    assert at == f"/porting/{order.id}/numbers/"
    typed = "(212) 731-0100\n+1 212 731 0101; 2127310102\n12345\n212-731-0100\n"
    page = admin.post(at, {"numbers": typed, "what": "check"}, headers={"HX-Request": "true"})
    assert page.context["pasted"].counts == {"good": 3, "open": 0, "bad": 1, "repeated": 1}
    assert "+12127310100" in page.content.decode()
    refused = admin.post(at, {"numbers": typed, "what": "add"})
    assert refused.status_code == 422
    assert "(212) 731-0100" in refused.content.decode(), "what was pasted stands as it was"
    fixed = admin.post(at, {"numbers": typed, "fix-3": "212 731 0103", "what": "add"}, follow=True)
    assert order_of(bench).quantity == 4
    assert "4 numbers in this order" in text_of(fixed)
    assert admin.post(at, {"what": "add"})["Location"] == f"/porting/{order.id}/details/"
    details = f"/porting/{order.id}/details/"
    page = admin.get(details)
    first = page.context["calendar"].earliest
    sunday = first + timedelta(days=6 - first.weekday())
    wrong = admin.post(
        details, {"wished_on": sunday.isoformat(), "contact_email": "nobody", "wished_at": "23:30"}
    )
    assert wrong.status_code == 422
    assert {"wished_on", "wished_at", "contact_email"} == set(wrong.context["form"].errors)
    assert "nobody" in wrong.content.decode()
    assert "Ask for a port out of hours" in text_of(wrong)
    kept = admin.post(
        details, {"wished_on": first.isoformat(), "contact_email": "it@alice.example", "wished_at": "09:30"}
    )
    assert kept["Location"] == f"/porting/{order.id}/account/"
    wrong = admin.post(
        kept["Location"], account_data(PLAIN, billing_number="12", pin="x", company_name="A" * 300)
    )
    assert wrong.status_code == 422
    assert {"billing_number", "pin", "company_name"} <= set(wrong.context["form"].errors)
    assert PLAIN.account_number in wrong.content.decode()
    assert 'value="x"' not in wrong.content.decode(), "a PIN is never shown"
    rest = "\n".join(PLAIN.numbers[4:])
    data = account_data(
        PLAIN, kept=rest, kept_action="keep", new_billing_number=PLAIN.numbers[4], account_number="HT-204471"
    )
    assert admin.post(kept["Location"], data)["Location"] == f"/porting/{order.id}/papers/"
    papers = f"/porting/{order.id}/papers/"
    assert admin.post(papers, {"kind": "bill"}).status_code == 422
    bill = pdf(bill_text(PLAIN, dated=clock.today(order.zone) - timedelta(days=9)))
    assert admin.post(papers, {"kind": "bill", "document": upload("bill.pdf", bill)}).status_code == 302
    letter = f"/porting/{order.id}/letter/"
    assert admin.post(papers)["Location"] == letter
    assert admin.get(f"{letter}form.pdf").content.startswith(b"%PDF")
    wrong = admin.post(letter, {"way": "sign", "first_name": "Ada", "last_name": "", "job_title": "Director"})
    assert wrong.status_code == 422
    assert {"last_name", "agreed"} <= set(wrong.context["form"].errors)
    signed = {
        "way": "sign",
        "first_name": "Ada",
        "last_name": "Admin",
        "job_title": "Director",
        "agreed": "on",
    }
    check = admin.post(letter, signed)["Location"]
    page = admin.get(check)
    assert [each["finding"].error for each in page.context["found"]] == ["ERR-01"]
    assert "HT-204471" in text_of(page)
    assert "On the bill: page 1, line 3" in text_of(page)
    admin.post(check, {"code": "account_number_differs"})
    assert admin.get(check).context["found"] == []
    review = admin.post(check)["Location"]
    assert "Port 4 numbers" in text_of(admin.get(review))
    with as_operator():
        assert not Command.objects.exists(), "nothing starts until the steps are done (SMB-21)"
    person = bench.world.people["alice_admin"]
    with bench.mine():
        set_up.set_password(person, "a quiet lake 7")
    assert signed_in(person).post(review)["Location"].startswith("/account/reauthenticate/"), "step-up"
    admin = signed_in(person, proven=True)
    done = admin.post(review)["Location"]
    said = text_of(admin.get(done))
    assert "PSTN orders" in said
    assert admin.post(review)["Location"] == done, "pressed twice"
    page = admin.get(f"/porting/{order.id}/")
    assert page.context["status"][1] == "Pending"
    assert page.context["turn"] == "carrier"
    assert order_of(bench).attempt == 1


def test_a_workbook_brings_its_billing_numbers(bench: Bench, admin: Client) -> None:
    order = start(bench, admin)
    book_ = openpyxl.Workbook()
    for row in (["Phone number", "BTN"], ["212 731 2000", "2127312000"], ["212 731 2500", "2127312500"]):
        book_.active.append(row)
    content = io.BytesIO()
    book_.save(content)
    at = f"/porting/{order.id}/numbers/"
    page = admin.post(at, {"list": SimpleUploadedFile("list.xlsx", content.getvalue()), "what": "check"})
    pasted = page.context["pasted"]
    admin.post(at, {"numbers": pasted.text, "billing": pasted.billing_json, "what": "add"})
    with bench.mine():
        assert [row.billing_number for row in book.numbers(order.id)] == ["+12127312000", "+12127312500"]
    plan = admin.post(at, {"what": "add"})["Location"]
    page = admin.get(plan)
    assert [each["count"] for each in page.context["parts"]] == [1, 1]
    assert "another billing number" in text_of(page)
    assert admin.post(plan)["Location"] == f"/porting/{order.id}/details/"
    page = admin.get("/porting/")
    assert len(page.context["listing"].rows) == 2
    for wrong in (b"\x00\x01", b""):
        answer = admin.post(at, {"list": SimpleUploadedFile("list.xlsx", wrong), "what": "check"})
        assert answer.status_code in (200, 422)


@pytest.mark.req("PORT-17")
def test_the_united_kingdom_asks_for_the_line_type_with_the_numbers(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked, "GB")
    admin = signed_in(bench.admin)
    order = start(bench, admin)
    at = f"/porting/{order.id}/numbers/"
    page = admin.get(at)
    offered = page.context["form"].fields["line_type"].choices
    assert [str(word) for _code, word in offered] == ["Choose", "Single line", "Multi-line"]
    assert '<select name="line_type"' in page.content.decode()
    number = csr("gb-plain").numbers[0]
    wrong = admin.post(at, {"numbers": number, "line_type": "many", "what": "add"})
    assert wrong.status_code == 422
    assert "line_type" in wrong.context["form"].errors
    admin.post(at, {"numbers": number, "line_type": "single_line", "what": "add"})
    assert (order_of(bench).line_type, order_of(bench).quantity) == ("single_line", 1)
    single = admin.get(f"/porting/{order.id}/details/").context["calendar"].earliest
    assert admin.post(at, {"line_type": "multi_line", "what": "add"})["Location"].endswith("/details/")
    assert admin.get(f"/porting/{order.id}/details/").context["calendar"].earliest > single


@pytest.mark.req("PORT-11", "PORT-56", "PORT-62", "ERR-22", "STAT-09")
def test_australia_keeps_numbers_without_a_bill_and_with_a_signature(stocked: World, signed_in: Any) -> None:
    bench = open_bench(stocked, "AU")
    admin, record = signed_in(bench.admin), csr("au-plain")
    said = text_of(admin.get(f"/porting/new/{bench.office.id}/"))
    assert "Keep your numbers" in said
    assert "Calling and messaging move together." in said
    with bench.mine():
        order = ready(bench, record, 3, entered=account_of(record, authorized_name="Nobody Known"))
        take_letter_back(order)
    pass_time(timedelta(minutes=15))
    letter = f"/porting/{order.id}/letter/"
    page = admin.get(letter)
    assert "Sign here" in text_of(page)
    assert "Bill and papers" not in [str(each["label"]) for each in page.context["steps"]]
    refused = admin.post(f"/porting/{order.id}/review/")
    assert refused.status_code == 409
    assert refused.context["only_letter"]
    told = {
        "way": "sign",
        "first_name": "Matilda",
        "last_name": "Murray",
        "job_title": "Owner",
        "agreed": "on",
    }
    admin.post(letter, told)
    assert admin.post(f"/porting/{order.id}/review/")["Location"].endswith("/done/")
    days_until(bench, states.REJECTED)
    said = text_of(admin.get(f"/porting/{order.id}/"))
    assert "ERR-03 Account name mismatch" in said
    assert "Correct the authorised name on the account and resubmit." in said


@pytest.mark.req("PORT-54", "PORT-37")
def test_a_rollback_is_asked_for_from_the_hour_of_the_port_whether_the_numbers_moved_or_not(
    stocked: World, signed_in: Any
) -> None:
    bench = open_bench(stocked, "IT")
    admin, order = signed_in(bench.admin), handed_in(bench, csr("it-plain"), 2)
    at = f"/porting/{order.id}/"
    days_until(bench, states.FOC_RECEIVED)
    assert "Ask for a rollback" not in text_of(admin.get(at))
    starts = order_of(bench).foc_starts_at
    pass_time(starts + timedelta(minutes=10))
    assert order_of(bench).status == states.FOC_RECEIVED, "not moved yet"
    assert "Ask for a rollback" in text_of(admin.get(at))
    told = {"text": "The numbers have not moved and must not."}
    assert admin.post(f"{at}support/rollback/", told)["Location"].startswith("/cases/")
    days_until(bench, states.COMPLETED)
    assert "Ask for a rollback" in text_of(admin.get(at))


def start(bench: Bench, admin: Client) -> Any:
    admin.post(f"/porting/new/{bench.office.id}/")
    return order_of(bench)


@pytest.mark.req("PORT-15")
def test_numbers_that_cannot_be_ported_go_to_support(bench: Bench, admin: Client) -> None:
    bad = next(number for each in [csr("us-chicago"), csr("us-plain")] for number in each.numbers)
    order = start(bench, admin)
    with bench.mine():
        admin.post(f"/porting/{order.id}/numbers/", {"numbers": bad, "what": "add"})
        PortNumber.objects.filter(order=order.id).update(
            portability="not_portable", not_portable_why="rate_center"
        )
    page = admin.get(f"/porting/{order.id}/numbers/")
    assert "Some numbers cannot be ported" in text_of(page)
    admin.post(f"/porting/{order.id}/numbers/", {"what": "review"})
    with bench.mine():
        assert [row.portability for row in book.numbers(order.id)] == ["review"]
    assert "PSTN support looks at it" in text_of(admin.get(f"/porting/{order.id}/numbers/"))


@pytest.mark.req("PORT-47", "PORT-48", "PORT-49", "PORT-46", "PORT-28", "PORT-29", "PORT-30", "SPK-22")
def test_france_asks_for_its_own_fields_and_the_contact_uploads_the_letter(
    stocked: World, signed_in: Any
) -> None:
    bench = open_bench(stocked, "FR")
    admin = signed_in(bench.admin)
    record = csr("fr-plain")
    order = start(bench, admin)
    admin.post(f"/porting/{order.id}/numbers/", {"numbers": "\n".join(record.numbers), "what": "add"})
    admin.post(f"/porting/{order.id}/numbers/", {"what": "add"})
    page = admin.get(f"/porting/{order.id}/details/")
    assert [code for code, _word in page.context["form"].fields["port_type"].choices] == [
        "isolated", "full", "partial", "complex",
    ]  # fmt: skip
    assert "10:00-13:00, 14:00-17:00" in text_of(page)
    at = admin.post(f"/porting/{order.id}/details/", {"port_type": "full", "wished_on": ""})["Location"]
    wrong = admin.post(at, account_data(record, rio_code="01F4CHA3UVL0", siret_code="1"))
    assert {"rio_code", "siret_code"} <= set(wrong.context["form"].errors)
    assert "01F4CHA3UVL0" in wrong.content.decode()
    assert admin.post(at, account_data(record))["Location"].endswith("/papers/")
    papers = f"/porting/{order.id}/papers/"
    today = clock.today(order.zone)
    admin.post(papers, {"kind": "bill", "document": upload("f.pdf", pdf(bill_text(record, dated=today)))})
    proof = {"kind": "proof_of_address", "document": upload("p.pdf", pdf("proof"))}
    assert admin.post(papers, {**proof, "dated_on": "2026-01-02"}).status_code == 422
    proof["document"] = upload("p.pdf", pdf("proof"))
    assert admin.post(papers, {**proof, "dated_on": today.isoformat()}).status_code == 302
    letter = f"/porting/{order.id}/letter/"
    assert "Upload the signed letter" in text_of(admin.get(letter))
    assert admin.post(letter, {"way": "link", "name": "Léa", "email": "no"}).status_code == 422
    admin.post(letter, {"way": "link", "name": record.name, "email": "lea@example.com"})
    page = admin.get(f"/porting/{order.id}/")
    assert page.context["turn"] == "signatory"
    with as_operator():
        link = Mail.objects.get(template="port_letter_link").facts["path"]
    anybody = Client()
    page = anybody.get(link)
    assert page["Referrer-Policy"] == "no-referrer"
    assert record.company in text_of(page)
    assert anybody.get(f"{link}letter.pdf").content.startswith(b"%PDF")
    assert anybody.post(link, {"signer": record.name}).status_code == 422
    given = {
        "document": upload("loa.pdf", pdf("signed by hand")),
        "signed_on": today.isoformat(),
        "signer": record.name,
    }
    assert "Thank you" in text_of(anybody.post(link, given))
    assert anybody.get(link).status_code == 404, "it works once"
    assert anybody.get("/letter/" + "x" * 32 + "/").status_code == 404
    assert admin.post(f"/porting/{order.id}/review/")["Location"].endswith("/done/")
    pass_time(timedelta(days=25))
    assert order_of(bench).status == states.COMPLETED
    page = admin.get(f"/porting/{order.id}/")
    assert "numbers have moved and are live" in text_of(page)
    assert admin.get(f"/numbers/{record.numbers[0]}/").status_code == 200


@pytest.mark.req(
    "STAT-09", "STAT-10", "STAT-11", "STAT-12", "STAT-16", "ERR-20", "ERR-21", "PORT-33", "PORT-37", "SPK-24", "SPK-25",
)  # fmt: skip
def test_a_rejection_is_cured_in_place_then_moved_then_completed(bench: Bench, admin: Client) -> None:
    left = PLAIN.numbers[3:]
    with bench.mine():
        entered = account_of(PLAIN, account_number="HT-1", company_name="Somebody else", kept=list(left),
                             kept_action="keep", new_billing_number=left[0])  # fmt: skip
        order = submit.submit(ready(bench, PLAIN, 3, entered=entered, bill=pdf("no text of use")).id)
    at = f"/porting/{order.id}/"
    assert "Assign" in text_of(admin.get(at)), "pending numbers can be assigned already"
    assert admin.get(f"/numbers/{PLAIN.numbers[0]}/").status_code == 200
    pass_time(timedelta(days=2))
    page = admin.get(at)
    said = text_of(page)
    assert page.context["status"][1] == "Rejected"
    assert page.context["turn"] == "customer"
    for words in (
        "ERR-01 Account number mismatch",
        "ERR-05 Company name mismatch",
        "Account number does not match CSR.",
    ):
        assert words in said
    assert list(page.context["correction"].fields) == ["account_number", "company_name"]
    assert f"Correct port order {order.number}" in text_of(admin.get("/"))
    wrong = admin.post(f"{at}correct/", {"account_number": "9" * 90, "company_name": PLAIN.company})
    assert wrong.status_code == 422
    assert "9" * 90 in wrong.content.decode()
    good = {"account_number": PLAIN.account_number, "company_name": PLAIN.company}
    assert admin.post(f"{at}correct/", good)["Location"] == at
    assert order_of(bench).attempt == 2
    pass_time(timedelta(minutes=30))
    assert admin.get(at).context["status"][1] == "Submitted"
    days_until(bench, states.FOC_RECEIVED)
    page = admin.get(at)
    assert page.context["status"][1] == "FOC received"
    assert page.context["points"]
    assert "FOC date" in text_of(page)
    assert admin.get(f"{at}port-day.ics").content.startswith(b"BEGIN:VCALENDAR")
    assert "/porting/port-days.ics" in admin.get("/porting/").content.decode()
    days = admin.get("/porting/port-days.ics").content.decode()
    assert (days.count("BEGIN:VEVENT"), order.number in days) == (1, True)
    past = admin.post(f"{at}move/", {"wished_on": (clock.today(order.zone) - timedelta(days=7)).isoformat()})
    assert past.status_code == 422
    assert "wished_on" in past.context["form"].errors
    days_until(bench, states.COMPLETED)
    page = admin.get(at)
    assert page.context["status"][1] == "Completed"
    assert "Ask for a rollback" in text_of(page)
    assert "may need a port back" in text_of(admin.get(f"{at}support/rollback/")), "PORT-37"
    case = admin.post(f"{at}support/rollback/", {"text": "Callers do not reach us."})
    assert case["Location"].startswith("/cases/")
    assert admin.post(f"{at}support/rollback/", {"text": ""}).status_code == 422
    assert admin.get(f"{at}support/nonsense/").status_code == 404


@pytest.mark.req("STAT-01", "STAT-02")
def test_port_orders_stand_among_the_pstn_orders_and_in_the_export(bench: Bench, admin: Client) -> None:
    with bench.mine():
        order = draft(bench, PLAIN.numbers[:2])
    assert order.number in text_of(admin.get("/orders/"))
    assert order.number in admin.get("/orders/export.csv").content.decode()
    assert order.number in admin.get("/porting/export.csv?status=pending").content.decode()
    assert order.number not in admin.get("/porting/export.csv?status=completed").content.decode()
    assert order.number in text_of(admin.get("/porting/?q=(212)+731-0101"))
    assert order.number not in text_of(admin.get("/porting/?q=(212)+731-0109"))
    assert order.number not in text_of(admin.get("/orders/?kind=block"))
    assert order.number in text_of(admin.get("/orders/?kind=port"))


@pytest.mark.req("PORT-32", "PORT-35", "STAT-13")
def test_the_desk_works_the_order_from_its_queue(
    stocked: World, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "port_carrier_for", lambda country: "desk")
    bench = open_bench(stocked)
    admin, desk = signed_in(bench.admin), signed_in(stocked.people["desk"])
    order = handed_in(bench, PLAIN, 3)
    at, mine = f"/desk/ports/{order.id}/", f"/porting/{order.id}/"
    with as_operator():
        item = DeskItem.objects.get(kind="port_validate")
    assert at in desk.get(f"/desk/{item.id}/").content.decode()
    desk.post(at, {"what": "ask", "text": "Please send the CSR.", "paper": "csr"})
    said = text_of(admin.get(mine))
    assert "Something more is needed" in said
    assert "Please send the CSR." in said
    assert admin.post(f"{mine}papers/add/", {"kind": "csr"}).status_code == 422
    admin.post(f"{mine}papers/add/", {"kind": "csr", "document": upload("csr.pdf", pdf("CSR"))})
    assert admin.post(f"{mine}comment/", {"text": ""}).status_code == 422
    admin.post(f"{mine}comment/", {"text": "Here it is."})
    page = desk.get(at)
    assert "Here it is." in text_of(page)
    paper = next(each for each, _word in page.context["papers"] if each.kind == "csr")
    assert desk.get(f"{at}?paper={paper.document_id}").content.startswith(b"%PDF")
    assert admin.get(f"{mine}papers/{paper.document_id}/").content.startswith(b"%PDF")
    assert desk.post(at, {"what": "reject", "error": "ERR-99"}).status_code == 422
    assert desk.post(at, {"what": "reject", "error": "ERR-01", "numbers": "12"}).status_code == 422
    desk.post(at, {"what": "accept"})
    assert desk.post(at, {"what": "foc", "day": "2026-13-01"}).status_code == 422
    day = clock.today(order.zone) + timedelta(days=15)
    desk.post(at, {"what": "foc", "day": day.isoformat()})
    assert order_of(bench).foc_on == day
    desk.post(at, {"what": "complete", "numbers": PLAIN.numbers[0]})
    assert "Partly completed" in text_of(admin.get(mine))
    assert admin.post(f"{mine}cancel/").status_code == 302
    desk.post(at, {"what": "canceled"})
    assert admin.get(mine).context["moved"] == 1


@pytest.mark.req("PORT-14", "SPK-17", "SPK-18")
def test_ten_thousand_pasted_lines_are_counted_and_only_the_first_are_drawn(
    bench: Bench, admin: Client
) -> None:
    with bench.mine():
        order = draft(bench, [])
    lines = [
        f"({area}) 7{place // 10_000:02}-{place % 10_000:04}" for area in (212, 312) for place in range(4_800)
    ]
    lines += [each for place in range(100) for each in ("Reception", "212 731", f"+44 20 7946 0{place:03}")]
    lines += lines[:100]
    url = f"/porting/{order.id}/numbers/"
    page = admin.post(url, {"numbers": "\n".join(lines), "what": "check"}, headers={"HX-Request": "true"})
    told = text_of(page)
    assert "9,600 can be ported" in told
    assert "300 need fixing" in told
    assert "100 repeated, left out" in told
    assert page.content.count(b"<li") == 1_000
    assert "9,000 more lines are checked too" in told


@pytest.mark.req("PORT-14", "PORT-15", "SPK-18")
def test_the_check_of_thousands_is_followed_on_the_page(
    bench: Bench, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Added at once and checked by the worker: the page counts along, asks again by itself, and stops asking at the end."""
    monkeypatch.setattr(check_portability, "AT_ONCE", 100)
    with bench.mine():
        order = draft(bench, [])
    url = f"/porting/{order.id}/numbers/"
    lines = [f"(212) 731-{place:04}" for place in range(150)]
    assert admin.post(url, {"numbers": "\n".join(lines), "what": "add"}).status_code == 302
    page = admin.get(url)
    assert "0 of 150" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.content.decode()
    run_due()
    page = admin.get(url)
    assert "150 can be ported" in text_of(page)
    assert "every 2s" not in page.content.decode()
