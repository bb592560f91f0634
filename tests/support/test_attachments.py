"""Files sent with a case, and the forms that the operator hands out: in the rooms, on the pages, over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dialtone.base import documents, invariants, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.models import AuditRecord, Document
from dialtone.base.problems import Problem
from dialtone.jobs import sweeper
from dialtone.support import attachments, forms, queries
from dialtone.support.answer_case import answer_case
from dialtone.support.close_case import close_case
from dialtone.support.models import Attachment, BlankForm, Case
from dialtone.support.open_case import open_case
from tests.plugins.standing import signed_in
from tests.plugins.world import START, World, as_customer, as_operator, as_partner
from tests.porting.bench import pdf

pytestmark = pytest.mark.django_db
BILL = attachments.File("bill.pdf", pdf("A bill"), "application/pdf")


@pytest.fixture(autouse=True)
def plain_static(settings: Any) -> None:
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def opened(world: World, *files: attachments.File) -> Case:
    with as_customer(world.alice, world.people["alice_admin"]):
        return open_case("order_error", "Three numbers missing", "Why?", files=files)


def test_files_go_both_ways_and_are_erased_after_the_end(world: World) -> None:
    case = opened(world, BILL, BILL)
    with as_operator():
        answer_case(case.id, "Please sign this.", [attachments.File("form.pdf", pdf("A form"))])
    with as_customer(world.alice, world.people["alice_admin"]):
        papers = attachments.of_messages(queries.case(case.id))
        names = [[each.name for each in papers[said.id]] for said in queries.messages(case.id)]
        assert names == [["bill.pdf"], ["form.pdf"]]
        close_case(case.id)
    sweeper.run_due(until=START + attachments.KEPT - timedelta(hours=1))
    with as_operator():
        assert {each.state for each in Document.objects.filter(subject_id=case.id)} == {"clean"}
    sweeper.run_due(until=START + attachments.KEPT + timedelta(hours=1))
    with as_operator():
        assert {each.state for each in Document.objects.filter(subject_id=case.id)} == {"erased"}


def test_too_many_are_refused_and_nothing_is_kept(world: World) -> None:
    with pytest.raises(Problem) as many:
        opened(world, *[attachments.File(f"{n}.pdf", pdf(f"Paper {n}")) for n in range(6)])
    assert (many.value.code, many.value.field) == ("support.attachments", "/attachments")
    with pytest.raises(Problem) as kind:
        opened(world, attachments.File("run.pdf", b"MZ not a paper"))
    assert (kind.value.code, kind.value.field) == ("documents.kind", "/attachments")
    with as_operator():
        assert not Case.objects.exists()
        assert not Attachment.objects.exists()


def test_a_partners_own_case_takes_files_both_ways_which_nobody_else_opens(world: World) -> None:
    with as_partner(world.p, world.people["partner_admin"]):
        case = open_case("quote", "A quote", "How much?", files=[BILL])
    with as_operator():
        answer_case(case.id, "This much.", [attachments.File("quote.pdf", pdf("A quote"))])
        papers = {each.name: each for each in Document.objects.filter(subject_id=case.id)}
    assert {(each.partner_id, each.customer_id) for each in papers.values()} == {(world.p.id, None)}
    assert invariants.run() == []
    for person, status in [
        ("partner_admin", 200), ("desk", 200), ("alice_admin", 404), ("partner_admin_q", 404),
    ]:  # fmt: skip
        client: Client = signed_in(world.people[person])
        for paper in papers.values():
            assert client.get(f"/cases/{case.id}/files/{paper.id}/").status_code == status, person
    page = signed_in(world.people["partner_admin"]).get(f"/cases/{case.id}/").content.decode()
    assert all(f"/files/{paper.id}/" in page for paper in papers.values())
    with as_partner(world.p, world.people["partner_admin"]):
        close_case(case.id)
    sweeper.run_due(until=START + attachments.KEPT + timedelta(hours=1))
    with as_operator():
        assert {each.state for each in Document.objects.filter(subject_id=case.id)} == {"erased"}


def test_a_case_of_the_operator_takes_files_and_a_partner_sees_no_paper_of_a_customer(world: World) -> None:
    theirs = opened(world, BILL)
    with as_operator():
        own = open_case("pstn_question", "Ours", "Look", files=[BILL])
        assert Document.objects.get(subject_id=own.id).partner_id is None
        close_case(own.id)
    with as_partner(world.p, world.people["partner_admin"]):
        assert not Document.objects.filter(subject_id=theirs.id).exists()
        assert not Attachment.objects.exists()
    sweeper.run_due(until=START + attachments.KEPT + timedelta(hours=1))
    with as_operator():
        assert Document.objects.get(subject_id=own.id).state == "erased"
        assert Document.objects.get(subject_id=theirs.id).state == "clean"


def test_a_paper_without_its_customer_is_a_bug_but_with_a_case(world: World) -> None:
    with as_operator(), pytest.raises(tenancy.Unscoped):
        documents.store(
            kind="bill", subject_kind="port", subject_id=uuid7(), name="a.pdf", content=BILL.content
        )


def test_only_those_of_the_case_open_them_and_it_is_written_down(world: World) -> None:
    case = opened(world, BILL)
    with as_operator():
        document_id = Attachment.objects.get().document_id
    address = f"/cases/{case.id}/files/{document_id}/"
    for person, status in [
        ("alice_admin", 200), ("desk", 200), ("bob_admin", 404), ("alice_reader", 403), ("partner_admin", 403),
    ]:  # fmt: skip
        client: Client = signed_in(world.people[person])
        assert client.get(address).status_code == status, person
        assert (f'href="{address}"' in client.get(f"/cases/{case.id}/").content.decode()) is (status == 200)
    answer = signed_in(world.people["alice_admin"]).get(address)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    with as_operator():
        assert AuditRecord.objects.filter(action="document_opened", subject_id=document_id).count() == 3


def test_a_file_is_sent_from_the_page_and_a_refused_one_keeps_what_was_typed(world: World) -> None:
    client: Client = signed_in(world.people["alice_admin"])
    told = {"situation": "order_error", "title": "Numbers missing", "text": "Why, and when?"}
    bad = client.post("/cases/new/", {**told, "attachments": [SimpleUploadedFile("a.exe", b"MZ")]})
    assert bad.status_code == 422
    assert "Why, and when?" in bad.content.decode()
    both = [SimpleUploadedFile(f"{n}.pdf", pdf(f"Paper {n}"), "application/pdf") for n in (1, 2)]
    made = client.post("/cases/new/", {**told, "attachments": both}, follow=True)
    assert made.status_code == 200
    assert "1.pdf" in made.content.decode()
    assert "2.pdf" in made.content.decode()


@pytest.mark.req("ORD-47", "SUP-10")
def test_a_form_is_handed_out_where_it_is_needed(world: World) -> None:
    desk: Client = signed_in(world.people["desk"])
    file = SimpleUploadedFile("registrierung.pdf", pdf("Registrierung"), "application/pdf")
    made = desk.post("/help/forms/new/", {"paper": "DE:registration_form", "document": file}, follow=True)
    assert "registrierung.pdf" in made.content.decode()
    with as_operator():
        one = BlankForm.objects.get()
    reader: Client = signed_in(world.people["alice_reader"])
    assert "registrierung.pdf" in reader.get("/help/forms/").content.decode()
    got = reader.get(f"/help/forms/{one.id}/")
    assert got.content == bytes(one.content)
    assert reader.post("/help/forms/new/", {"paper": "DE:registration_form"}).status_code == 403
    assert reader.post(f"/help/forms/{one.id}/take-back/").status_code == 403
    again = SimpleUploadedFile("newer.pdf", pdf("Newer"), "application/pdf")
    desk.post("/help/forms/new/", {"paper": "DE:registration_form", "document": again})
    with as_operator():
        assert [each.name for each in forms.handed_out()] == ["newer.pdf"]
    nothing = desk.post("/help/forms/new/", {"paper": "DE:registration_form"})
    assert nothing.status_code == 422
    desk.post(f"/help/forms/{one.id}/take-back/")
    with as_operator():
        assert forms.handed_out() == []


def test_a_form_is_a_harmless_pdf_for_a_paper_that_the_country_knows(world: World) -> None:
    with as_operator():
        for told, code in [
            (("DE", "passport_of_the_cat"), "support.form_paper"), (("US", "registration_form"), "support.form_paper"),
            (("XX", "letter_of_agency"), "support.form_paper"),
        ]:  # fmt: skip
            with pytest.raises(Problem) as wrong:
                forms.hand_out(*told, name="a.pdf", content=pdf("x"))
            assert wrong.value.code == code
        with pytest.raises(Problem) as picture:
            forms.hand_out("DE", "registration_form", name="a.pdf", content=b"<html>")
        assert picture.value.code == "documents.kind"
