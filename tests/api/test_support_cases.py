"""Support cases and forms over the API."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dialtone.support import forms
from tests.api.conftest import Answered, Caller, outside
from tests.plugins.world import World, as_operator
from tests.porting.bench import pdf

ALL = "/supportCases"
TOLD = {"situation": "port_rejected", "title": "Rejected", "text": "What is wrong with the name?"}


def key(text: str) -> dict[str, str]:
    return {"Idempotency-Key": f"case-key-{text}"}


def send(who: Caller, path: str, told: dict[str, Any]) -> Answered:
    found = who.client.post(f"/v1{path}", told, headers=who.headers)
    return Answered(found.status_code, json.loads(found.content), found.headers)


def test_a_case_is_opened_answered_and_closed(stocked: World, caller: Callable[[str], Caller]) -> None:
    who, desk = caller("alice_admin"), caller("desk")
    situations = {each["situation"]: each for each in who.get("/supportSituations").body["items"]}
    assert situations["port_rejected"]["division"] == "pstn_support"
    assert who.post(ALL, {**TOLD, "situation": "weather"}, **key("1")).codes == ["support.situation"]
    made = who.post(ALL, TOLD, **key("2"))
    assert (made.status, made.body["state"], made.body["actsNext"]) == (201, "open", "operator")
    assert who.post(ALL, TOLD, **key("2")).body["id"] == made.body["id"], "asked once"
    one = f"{ALL}/{made.body['id']}"
    assert caller("bob_admin").get(one).status == 404
    assert desk.post(f"{one}/messages", {"text": "Take the name of the bill."}).body["state"] == "answered"
    said = who.get(one).body["messages"]
    assert [(each["fromDesk"], each["text"]) for each in said] == [
        (False, TOLD["text"]),
        (True, "Take the name of the bill."),
    ]
    assert [each["id"] for each in who.get(f"{ALL}?state=answered").body["items"]] == [made.body["id"]]
    assert who.get(f"{ALL}?state=open").body["items"] == []
    assert who.get(f"{ALL}?state=lost").codes == ["field.not_allowed"]
    assert who.post(f"{one}/actions/close/invoke", {}).body["state"] == "closed"
    assert who.post(f"{one}/messages", {"text": "One more"}).codes == ["support.closed"]


@pytest.mark.req("SUP-09")
def test_the_operator_answers_as_the_desk_also_where_it_names_the_customer(
    stocked: World, caller: Callable[[str], Caller]
) -> None:
    who, desk = caller("alice_admin"), caller("desk")
    made = who.post(ALL, TOLD, **key("4")).body["id"]
    org = outside("ORGANIZATION", stocked.alice.id)
    said = desk.post(f"{ALL}/{made}/messages?orgId={org}", {"text": "Take the name of the bill."})
    assert (said.status, said.body["state"], said.body["actsNext"]) == (201, "answered", "customer")
    assert said.body["messages"][-1]["fromDesk"] is True
    partner = caller("partner_admin").post(f"{ALL}/{made}/messages?orgId={org}", {"text": "Thank you."})
    assert partner.body["messages"][-1]["fromDesk"] is False


def test_a_file_goes_with_a_case(stocked: World, caller: Callable[[str], Caller]) -> None:
    who = caller("alice_admin")
    made = who.post(ALL, TOLD, **key("3"))
    one = f"{ALL}/{made.body['id']}"
    file = SimpleUploadedFile("bill.pdf", pdf("A bill"), "application/pdf")
    sent = send(who, f"{one}/attachments", {"document": file, "text": "This is the bill."})
    assert sent.status == 201
    assert [each["name"] for each in sent.body["messages"][-1]["attachments"]] == ["bill.pdf"]
    hostile = SimpleUploadedFile("bill.pdf", b"MZ", "application/pdf")
    assert send(who, f"{one}/attachments", {"document": hostile, "text": "x"}).codes == ["documents.kind"]
    assert send(who, f"{one}/attachments", {"text": "x"}).codes == ["field.required"]
    assert len(who.get(one).body["messages"]) == 2, "nothing of the refused ones was kept"


def test_forms_are_there_for_everybody(stocked: World, caller: Callable[[str], Caller]) -> None:
    who = caller("alice_reader")
    assert who.get("/telephony/pstn/forms").body["items"] == []
    with as_operator():
        made = forms.hand_out("DE", "registration_form", name="form.pdf", content=pdf("A form"))
    found = who.get("/telephony/pstn/forms?country=DE").body["items"]
    assert [(each["paper"], each["name"]) for each in found] == [("registration_form", "form.pdf")]
    assert who.get("/telephony/pstn/forms?country=IT").body["items"] == []
    one = who.get(f"/telephony/pstn/forms/{found[0]['id']}").body
    assert base64.b64decode(one["content"]) == bytes(made.content)
