"""The operator's other pages: carriers, jobs, the sandbox's mail and clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dialtone.base import clock, jobs, mail
from dialtone.base.models import Letter
from dialtone.carriers.models import Command
from dialtone.jobs import due
from dialtone.plans import subscribe
from tests.plugins.world import START, World, as_customer, as_operator


@pytest.fixture
def desk(world: World, signed_in: Callable[..., Client]) -> Client:
    return signed_in(world.people["desk"])


def asked(world: World, **more: Any) -> Command:
    facts = {
        "carrier": "sandbox",
        "reference": "line:1:2",
        "kind": "provision",
        "partner_id": world.p.id,
        "customer_id": world.alice.id,
        "asked": {"e164s": ["+12122070001"]},
        "state": "unsure",
        "attempts": 1,
        "made_at": clock.now(),
        **more,
    }
    with as_operator():
        return Command.objects.create(**facts)


def test_carriers_show_what_was_asked_and_who_is_silent(world: World, desk: Client) -> None:
    fresh = asked(world)
    late = asked(world, reference="line:3:4", made_at=clock.now() - timedelta(hours=1), last_error="timeout")
    page = desk.get("/carriers/").content.decode()
    assert "Deliver numbers" in page
    assert "Alice Ltd" in page
    assert "1 silent" in page
    narrowed = desk.get("/carriers/?state=silent").content.decode()
    assert late.reference in narrowed
    assert fresh.reference not in narrowed
    assert fresh.reference in desk.get("/carriers/?q=1:2&kind=provision&state=unsure").content.decode()
    one = desk.get(f"/carriers/{late.id}/").content.decode()
    assert "+12122070001" in one
    assert "timeout" in one
    assert "Carrier is silent" not in desk.get("/").content.decode()
    assert "A carrier is silent about 1 command" in desk.get("/").content.decode()
    assert desk.get("/carriers/?state=asleep").status_code == 200


def test_jobs_show_what_failed_and_run_it_again(world: World, desk: Client) -> None:
    with as_operator():
        jobs.defer("mail.send", letter_id=world.alice.id)
    assert "Send a letter" in desk.get("/jobs/").content.decode()
    assert str(world.alice.id) in desk.get("/jobs/?status=todo").content.decode()
    job_id = _fail_the_only_job()
    page = desk.get("/jobs/?status=failed").content.decode()
    assert "Run it again" in page
    assert "1 job failed" in desk.get("/").content.decode()
    assert desk.post(f"/jobs/{job_id}/again/").status_code == 302
    assert desk.get("/jobs/?status=todo").content.decode().count(str(world.alice.id)) == 1
    assert desk.post("/jobs/999999999/again/").status_code == 404
    assert desk.get("/jobs/?status=sleeping").status_code == 422


def _fail_the_only_job() -> int:
    from dialtone.base.roles import acting_as

    with acting_as("dialtone_worker"), connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' RETURNING id")
        (row,) = cursor.fetchall()
    return int(row[0])


def test_a_sandbox_shows_its_mail(world: World, desk: Client, settings: Any) -> None:
    with as_customer(world.alice):
        mail.write(
            "invitation", to="nina@example.com", language="en",
            facts={"name": "Nina", "organisation": "Alice Ltd", "inviter": "Alice", "path": "/account/password/reset/"},
        )  # fmt: skip
    with as_operator():
        letter = Letter.objects.get()
    page = desk.get("/mail/?q=nina").content.decode()
    assert "You are invited to Alice Ltd" in page
    assert "nina@example.com" in page
    one = desk.get(f"/mail/{letter.id}/").content.decode()
    assert "Choose a password to begin" in one
    assert '/account/password/reset/"' in one
    settings.SANDBOX = False
    assert desk.get("/mail/").status_code == 404
    assert desk.get(f"/mail/{letter.id}/").status_code == 404
    assert "/mail/" not in desk.get("/desk/").content.decode()


def test_the_sandbox_clock_says_what_comes_and_moves_on(world: World, desk: Client) -> None:
    with as_customer(world.charlie):
        subscribe.start_trial()
    coming = due.upcoming(clock.now(), most=1)
    assert [(each.name, each.at) for each in coming] == [("plans.end_trial", START + timedelta(days=90))]
    page = desk.get("/sandbox/clock/").content.decode()
    assert page.count("Carry the end of a trial on") == 2
    assert due.next_due() == START + timedelta(days=90)


@pytest.mark.parametrize("path", ["/carriers/", "/jobs/", "/mail/", "/jobs/1/again/"])
def test_nobody_else_sees_them(world: World, signed_in: Callable[..., Client], path: str) -> None:
    for who in ("alice_admin", "partner_admin"):
        client = signed_in(world.people[who])
        assert client.get(path).status_code in (403, 405)
        assert client.post(path).status_code == 403


def test_the_clock_moves_by_its_steps(committed: World, signed_in: Callable[..., Client]) -> None:
    desk = signed_in(committed.people["desk"])
    before = clock.ahead()
    for step, by in (("hour", timedelta(hours=1)), ("week", timedelta(weeks=1)), ("never", timedelta())):
        assert desk.post("/sandbox/clock/", {"step": step, "next": "/sandbox/clock/"}).status_code == 302
        assert clock.ahead() - before == by
        before = clock.ahead()
