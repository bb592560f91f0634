"""Audit events, webhooks and identity, by the vendor's SDKs: wxc_sdk (sync and async) and webexpythonsdk."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.api.conftest import Company, awaited, refused
from tests.api.test_sdk_locations import opened


@pytest.fixture
def ear() -> Iterator[Any]:
    """Somebody who listens for webhooks, and remembers headers and bodies."""
    heard: list[tuple[dict[str, str], bytes]] = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(({name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.heard = heard  # type: ignore[attr-defined]
    yield server
    server.shutdown()


def test_every_write_leaves_an_event(sdk: Any, company: Company) -> None:
    id = opened(sdk, "Audited", calling=False)
    since, until = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    events = list(sdk.admin_audit.list_events(org_id=company.org_id, from_=since, to_=until))
    made = next(each for each in events if each.data.target_id == id)
    assert made.actor_id == sdk.people.me().person_id
    assert made.data.actor_email == company.known["email"]
    assert (made.data.event_category, made.data.target_name) == ("LOCATIONS", "Audited")
    assert made.data.tracking_id
    assert [each.created for each in events] == sorted((each.created for each in events), reverse=True)
    few = sdk.admin_audit.list_events(
        org_id=company.org_id, from_=since, to_=until, event_categories=["LOCATIONS"], max=1
    )
    assert {each.data.event_category for each in few} == {"LOCATIONS"}
    assert "LOCATIONS" in sdk.admin_audit.list_event_categories()
    refused(lambda: list(sdk.admin_audit.list_events(org_id=company.org_id, from_=until, to_=since)), 400)
    stranger = company.sdk("partner_2")
    refused(
        lambda: list(stranger.admin_audit.list_events(org_id=company.org_id, from_=since, to_=until)), 404
    )
    nobody = company.sdk(f"{company.key}_person")
    refused(lambda: list(nobody.admin_audit.list_events(org_id=company.org_id, from_=since, to_=until)), 403)


def test_webhooks_are_told_and_signed(sdk: Any, company: Company, ear: Any) -> None:
    url = f"http://127.0.0.1:{ear.server_port}/told"
    made = sdk.webhook.create(
        name="Locations", target_url=url, resource="locations", event="created", secret="open sesame"
    )
    assert (made.status, made.org_id) == ("active", company.org_id)
    assert made.webhook_id in [each.webhook_id for each in sdk.webhook.list()]
    id = opened(sdk, "Told of", calling=False)
    headers, content = awaited(lambda: ear.heard, bool)[0]
    signature = hmac.new(b"open sesame", content, hashlib.sha1).hexdigest()
    assert headers["x-spark-signature"] == signature
    assert headers["webhook-signature"].startswith("v1,")
    told = json.loads(content)
    assert (told["resource"], told["event"], told["data"]["id"]) == ("locations", "created", id)
    made.name, made.target_url = "Renamed", url + "/again"
    changed = sdk.webhook.update(made.webhook_id, made)
    assert (changed.name, changed.target_url) == ("Renamed", url + "/again")
    assert sdk.webhook.details(made.webhook_id).name == "Renamed"
    rival = company.sdk("customer_admin_2")
    refused(lambda: rival.webhook.details(made.webhook_id), 404)
    refused(lambda: rival.webhook.webhook_delete(made.webhook_id), 404)
    refused(lambda: sdk.webhook.create(name="x", target_url=url, resource="messages", event="created"), 400)
    refused(
        lambda: sdk.webhook.create(
            name="x", target_url="http://169.254.169.254/", resource="people", event="all"
        ),
        400,
    )
    sdk.webhook.webhook_delete(made.webhook_id)
    refused(lambda: sdk.webhook.details(made.webhook_id), 404)


def test_the_other_sdk(company: Company) -> None:
    from webexpythonsdk import WebexAPI

    api = WebexAPI(access_token=company.known["token"], base_url=f"{company.served.url}/v1/")
    me = api.people.me()
    assert me.emails == [company.known["email"]]
    made = api.people.create(emails=["vera@other.example"], displayName="Vera Other")
    assert api.people.get(made.id).displayName == "Vera Other"
    changed = api.people.update(made.id, displayName="Vera Changed", emails=["vera@other.example"])
    assert changed.displayName == "Vera Changed"
    assert [each.id for each in api.people.list(email="vera@other.example")] == [made.id]
    names = [each.displayName for each in api.people.list(max=1)]
    assert len(names) == len(set(names)) >= 3
    assert "Full Administrator" in [each.name for each in api.roles.list()]
    assert api.organizations.get(me.orgId).id == me.orgId
    assert [each.id for each in api.organizations.list()] == [me.orgId]
    licence = next(iter(api.licenses.list()))
    assert api.licenses.get(licence.id).name == licence.name
    hook = api.webhooks.create(name="n", targetUrl="http://127.0.0.1:9/", resource="people", event="all")
    assert api.webhooks.update(hook.id, name="m", targetUrl="http://127.0.0.1:9/").name == "m"
    api.webhooks.delete(hook.id)
    api.people.delete(made.id)
    assert [each.id for each in api.people.list(email="vera@other.example")] == []


def test_the_asynchronous_sdk_asks_many_things_at_once(company: Company) -> None:
    from wxc_sdk.as_api import AsWebexSimpleApi

    async def ask() -> tuple[list[Any], list[Any]]:
        async with AsWebexSimpleApi(tokens=company.known["token"], retry_429=False) as api:
            api.session.BASE = f"{company.served.url}/v1"
            people = await api.people.list(max=1)
            every = await asyncio.gather(*(api.people.details(each.person_id) for each in people * 4))
            return people, every

    people, every = asyncio.run(ask())
    assert len(people) >= 2
    assert {each.person_id for each in every} == {each.person_id for each in people}


def test_partners_see_their_customers(company: Company) -> None:
    partner, stranger = company.sdk("partner"), company.sdk("partner_2")
    assert company.org_id in [each.org_id for each in partner.organizations.list()]
    assert partner.organizations.details(company.org_id).display_name.startswith("Company of")
    assert company.org_id not in [each.org_id for each in stranger.organizations.list()]
    refused(lambda: stranger.organizations.details(company.org_id), 404)
    assert list(partner.people.list(org_id=company.org_id))
    refused(lambda: list(stranger.people.list(org_id=company.org_id)), 404)


def test_a_report_of_calls_is_made_fetched_and_deleted(sdk: Any, company: Company) -> None:
    template = sdk.reports.list_templates()[0]
    assert (template.title, template.service) == ("Calling Detailed Call History", "Webex Calling")
    today = datetime.now(UTC).date()
    made = sdk.reports.create(template.id, start_date=today - timedelta(days=6), end_date=today)
    found = sdk.reports.details(made)
    assert (found.id, found.status, found.start_date, found.end_date) == (
        made, "done", today - timedelta(days=6), today,
    )  # fmt: skip
    assert [each.id for each in sdk.reports.list()] == [made]
    assert list(sdk.reports.list(template_id=99)) == []
    assert list(sdk.reports.download(found.download_url)) == []
    for begin, end in ((today, today - timedelta(days=1)), (today - timedelta(days=40), today)):
        refused(lambda begin=begin, end=end: sdk.reports.create(template.id, begin, end), 400)
    refused(lambda: sdk.reports.create(99, today, today), 400)
    refused(lambda: company.sdk("customer_admin_2").reports.details(made), 404)
    sdk.reports.delete(made)
    refused(lambda: sdk.reports.details(made), 404)
