"""Calls over a real switch: Kamailio as `deploy/kamailio` configures it, SIPp as the phones and the networks."""

from __future__ import annotations

import email
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from xml.etree import ElementTree

import msgspec
import pytest

from dialtone.base import clock, tenancy
from dialtone.base.ids import uuid7
from dialtone.calls import photograph, queries, spool
from dialtone.calls.permissions import Permission
from dialtone.calls.set_permissions import set_permissions
from dialtone.calls.snapshot import load
from dialtone.numbers import set_main
from dialtone.numbers.assign import Owner, assign
from dialtone.numbers.caller_id import CallerId
from tests.calls.test_ask import NUMBER, number
from tests.emergency.location_schemas import civic
from tests.plugins.standing import signed_in
from tests.plugins.world import START, World, as_customer, as_operator
from tests.sip.phones import Calls, made_to_answer, missing, running, until

__all__ = ["number"]

pytestmark = pytest.mark.skipif(
    bool(missing()),
    reason=f"not installed: {missing()} (./run test as root installs them where there is apt)",
)
CIVIC = {"ca": "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"}
AT = START + timedelta(days=1)


@pytest.fixture
def switch(stocked: World, office: Any, number: str, settings: Any, tmp_path: Path) -> Any:
    """A running switch with Alice's number, whose office may call abroad; its clock is a day after the world began."""
    settings.DATA_DIR = tmp_path
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    with as_customer(stocked.alice, stocked.people["alice_admin"]):
        set_permissions("location", office.id, "", office.id, {"INTERNATIONAL": Permission("ALLOW", True)})
        set_main.set_main(office.id, NUMBER)
        lobby = Owner("workspace", uuid7(), "Lobby")
        assign(owner=lobby, location_id=office.id, location_country="US", extension="2001")
    with clock.frozen(AT):
        taken = photograph.take()
    ahead = int((AT - datetime.now(UTC)).total_seconds())
    (tmp_path / "authorise").mkdir()
    msgspec.structs.replace(taken, ahead_seconds=ahead).save(tmp_path / "authorise" / "picture.bin")
    with running(tmp_path) as made:
        yield made


def location_of(invite: str) -> Any:
    """The PIDF-LO of an INVITE, found as a receiver finds it: by the content id in the Geolocation header; the SDP stays beside it."""
    head, _, body = invite.partition("\n\n")
    headers = email.message_from_string(head.partition("\n")[2])
    found = email.message_from_string(f"Content-Type: {headers['Content-Type']}\n\n{body}")
    session, location = found.get_payload()
    assert session.get_content_type() == "application/sdp"
    assert "m=audio" in session.get_payload()
    assert location.get_content_type() == "application/pidf+xml"
    value, reference = headers.get_all("Geolocation", [])
    assert value == f"<cid:{location['Content-ID'].strip('<>')}>"
    with urlopen(reference.strip("<>"), timeout=20) as fetched:
        assert civic(fetched.read()) == civic(location.get_payload().strip().encode())
    assert headers["Geolocation-Routing"] == "yes"
    return ElementTree.fromstring(location.get_payload().strip().encode())


@pytest.mark.req("ESA-10", "USE-03")
def test_calls_over_a_switch(stocked: World, office: Any, switch: Calls, tmp_path: Path) -> None:
    picture = tmp_path / "authorise" / "picture.bin"

    # Allowed, with the own number as the caller; what the phone claimed in a header is gone.
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "3125550123")
    (invite,) = switch.invites("carrier")
    assert invite.startswith("INVITE sip:+13125550123@")
    assert f"P-Asserted-Identity: <sip:{NUMBER}@127.0.0.1;user=phone>" in invite
    assert "+12025550199" not in invite

    # A phone that has an extension alone calls out with its place's main number, and for help with where it is.
    lobby = f"2001.{office.id}"
    assert "SIP/2.0 200 OK" in switch.dial(lobby, "3125550166")
    invite = switch.invites("carrier")[-1]
    assert f"P-Asserted-Identity: <sip:{NUMBER}@127.0.0.1;user=phone>" in invite
    assert lobby not in email.message_from_string(invite.partition("\n")[2])["From"]
    assert "SIP/2.0 200 OK" in switch.dial(lobby, "112")
    assert location_of(switch.invites("emergency")[-1]).get("entity") == f"tel:{NUMBER}"
    assert 'text="calls.permission: ' in switch.dial(lobby, "9005551234")

    # Refused, with code and sentence in the answer; nobody's number, and a number that is not there.
    told = switch.dial(NUMBER, "411")
    assert "SIP/2.0 403 Forbidden" in told
    assert 'text="calls.x11: 411 is not reached from here."' in told
    assert "calls.not_your_number: +13125550100 is not one of your numbers." in switch.dial(
        "+13125550100", "3125550123"
    )
    assert "SIP/2.0 404 Not Found" in switch.dial(NUMBER, "7777")

    # Abroad.
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "011442079460000")
    assert switch.invites("carrier")[-1].startswith("INVITE sip:+442079460000@")

    # Calls that come in ring the phones of whoever has the number, and its extension does inside.
    assert "SIP/2.0 480" in switch.dial("+13125550177", NUMBER, from_carrier=True)
    with made_to_answer(switch, "desk phone", switch.phone + 1):
        switch.register(NUMBER, switch.phone + 1)
        assert "SIP/2.0 200 OK" in switch.dial("+13125550177", NUMBER, from_carrier=True)
        assert "SIP/2.0 404" in switch.dial("+13125550177", "+12122079999", from_carrier=True)
        assert len(switch.invites("desk phone")) == 1

    # An emergency call; then without a database (the picture grows old) …
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "911")
    os.utime(picture, (0, 0))
    until(lambda: not switch.is_fresh(), "the picture to be old")
    assert "calls.no_fresh_facts: It is not known for sure" in switch.dial(NUMBER, "3125550124")
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "911")
    assert len(switch.invites("emergency")) == 3
    for invite in switch.invites("emergency")[1:]:
        assert invite.startswith("INVITE sip:911@")
        assert f"P-Asserted-Identity: <sip:{NUMBER}@127.0.0.1;user=phone>" in invite
        found = location_of(invite)
        told = {
            name: found.findtext(f".//ca:{name}", namespaces=CIVIC)
            for name in ("A1", "A3", "RD", "HNO", "PC")
        }
        assert told == {"A1": "NY", "A3": "New York", "RD": "Fifth Avenue", "HNO": "350", "PC": "10118"}
        assert found.get("entity") == f"tel:{NUMBER}"

    # … while the program hangs, and while it is dead.
    switch.program.send_signal(signal.SIGSTOP)
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "911")
    switch.program.kill()
    switch.program.wait()
    assert "SIP/2.0 503" in switch.dial(NUMBER, "3125550125")
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "9-1-1")
    assert all("X-Dialtone-Emergency: default-route" in each for each in switch.invites("emergency")[-2:])
    assert len(switch.invites("emergency")) == 5

    # The records come by themselves, and the page finds them.
    until(lambda: any("9-1-1,answered" in line for line in switch.records()), "the records")
    with clock.frozen(AT + timedelta(hours=1)):
        assert spool.take_in_waiting(tenancy.Actor(kind="job", name="Dialtone")) >= 1
        assert not spool.waiting()
        with as_operator():
            assert [(each.code, each.cells) for each in queries.parked()] == []
        with as_customer(stocked.alice):
            found = list(queries.records(queries.CallFilter()))
        assert {(each.called, each.call_type, each.outcome) for each in found} == {
            ("+13125550123", "NATIONAL", "answered"),
            ("+13125550166", "NATIONAL", "answered"),
            ("112", "EMERGENCY", "answered"),
            ("+19005551234", "PREMIUM_SERVICES_I", "refused"),
            ("411", "SPECIAL_SERVICES_I", "refused"),
            ("7777", "INTERNAL_CALL", "refused"),
            ("+442079460000", "INTERNATIONAL", "answered"),
            (NUMBER, "INBOUND", "unanswered"),
            (NUMBER, "INBOUND", "answered"),
            ("911", "EMERGENCY", "answered"),
            ("3125550124", "NATIONAL", "refused"),
        }
        assert sum(each.call_type == "EMERGENCY" for each in found) == 5
        of_lobby = {each.called: each.caller for each in found if each.owner_name == "Lobby"}
        assert of_lobby == dict.fromkeys(("+13125550166", "112", "+19005551234"), NUMBER)
        page = signed_in(stocked.people["alice_admin"]).get("/calls/").content.decode()
        assert page.count("<tr>") == 1 + len(found)


@pytest.mark.req("NUM-10", "ESA-10")
def test_the_chosen_number_is_shown_to_the_network_and_never_to_help(switch: Calls, tmp_path: Path) -> None:
    other = "+12122070009"
    picture = tmp_path / "authorise" / "picture.bin"
    taken = load(picture)
    msgspec.structs.replace(taken, caller_ids={NUMBER: CallerId("CUSTOM", other, "Sales")}).save(picture)
    shown = f"<sip:{other}@127.0.0.1"

    def is_shown() -> bool:
        assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "3125550123")
        return shown in switch.invites("carrier")[-1]

    until(is_shown, "the new picture to be read")
    invite = email.message_from_string(switch.invites("carrier")[-1].partition("\n")[2])
    assert invite["P-Asserted-Identity"] == f"{shown};user=phone>"
    assert shown in invite["From"]
    assert NUMBER not in invite["From"] + invite["P-Asserted-Identity"]
    assert "SIP/2.0 200 OK" in switch.dial(NUMBER, "911")
    help_call = switch.invites("emergency")[-1]
    assert f"P-Asserted-Identity: <sip:{NUMBER}@127.0.0.1;user=phone>" in help_call
    assert other not in help_call
