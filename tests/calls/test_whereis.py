"""The server of locations: who may ask where which device is, what they get, and what ends with a line's holder."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from dialtone.calls.rules import Limits
from dialtone.calls.snapshot import Answers, Customer, Line, Shown, Snapshot
from dialtone.calls.whereis import AT, LIVES, ROOT, Said, Secrets, WhereIs
from dialtone.emergency import held
from dialtone.numbers.worldplan import world_plan
from tests.calls.facts import NOW, PAID, caller, place
from tests.emergency.location_schemas import checked, civic

ME, OTHER = "+12125550101", "+12125550102"
PHONE = "2001.office"
SECRETS = Secrets("a key of forty-eight characters, or thereabouts")
HELD = {"content-type": "application/held+xml; charset=utf-8"}
SWITCH = {**HELD, "authorization": f"Bearer {SECRETS.switch()}"}
DEVICE = '<device xmlns="urn:ietf:params:xml:ns:geopriv:held:id"><uri>{}</uri></device>'
FIFTH = {"country": "US", "RD": "Fifth Avenue", "HNO": "350"}


def asked(inside: str = "") -> bytes:
    return f'<locationRequest xmlns="urn:ietf:params:xml:ns:geopriv:held">{inside}</locationRequest>'.encode()


def picture(**changes: Any) -> Snapshot:
    back = caller(e164="", is_active=False, callback_number=ME)
    without = {PHONE: Line(back, "office", "empire", "device 3", {"ROOM": "3.14"})}
    told = {
        "format": 4,
        "taken_at": NOW,
        "ahead_seconds": 0,
        "lines": {
            ME: Line(caller(), "office", "empire", "device 1"),
            OTHER: Line(caller(e164=OTHER), "office", "", "device 2"),
        },
        "addresses": {"empire": Shown(FIFTH, NOW)},
        "places": {"office": place()},
        "customers": {"alice": Customer(PAID, "US", {}, {}, Limits(), without_number=without)},
        "closed": {},
        "risky": frozenset(),
    }
    return Snapshot(**{**told, **changes})


class Clock:
    at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def answers() -> Answers:
    made = Answers(world_plan())
    made.show(picture())
    return made


@pytest.fixture
def whereis(answers: Answers, clock: Clock) -> WhereIs:
    return WhereIs(answers, SECRETS, "https://lis.example/", clock)


def own(name: str = ME, device: str = "device 1") -> str:
    return f"{ROOT}/{SECRETS.device(name, device)}"


def code(said: Said) -> str:
    assert said.content_type == held.CONTENT_TYPE
    found = (
        said.body if b"badIdentifier" not in said.body else said.body.replace(b"badIdentifier", b"timeout")
    )
    root = checked(found)
    told = root.get("code", "")
    return "badIdentifier" if found is not said.body else told


def uri(said: Said) -> str:
    root = checked(said.body)
    (found,) = root.iter(f"{{{held.HELD}}}locationURI")
    return found.text or ""


def path(whereis: WhereIs, name: str = ME) -> str:
    return whereis.reference(name).removeprefix("https://lis.example")


def test_a_phone_learns_where_it_is_by_value_and_by_reference(whereis: WhereIs) -> None:
    said = whereis.post(own(), HELD, asked())
    assert (said.status, code(said)) == (200, "")
    assert civic(said.body) == FIFTH
    fetched = whereis.get(uri(said).removeprefix("https://lis.example"), {})
    assert civic(fetched.body) == FIFTH
    bare = whereis.get(uri(said).removeprefix("https://lis.example"), {"accept": "application/pidf+xml"})
    assert bare.content_type == "application/pidf+xml"
    assert civic(bare.body) == FIFTH
    posted = whereis.post(uri(said).removeprefix("https://lis.example"), HELD, asked())
    assert civic(posted.body) == FIFTH


def test_a_phone_without_a_number_has_its_room(whereis: WhereIs) -> None:
    said = whereis.post(own(PHONE, "device 3"), HELD, asked("<locationType>civic</locationType>"))
    assert civic(said.body) == {**FIFTH, "ROOM": "3.14"}


def test_the_answer_names_nobody(whereis: WhereIs) -> None:
    first, second = (whereis.get(path(whereis), {}).body.decode() for _ in range(2))
    for told in (first, second):
        assert ME not in told
        assert "device 1" not in told
        assert "Pia" not in told
        assert 'entity="pres:' in told
    assert first != second
    assert ME not in path(whereis)
    assert path(whereis) != path(whereis)


def test_without_an_address_for_others_there_is_no_reference(answers: Answers, clock: Clock) -> None:
    whereis = WhereIs(answers, SECRETS, "", clock)
    assert whereis.reference(ME) == ""
    said = whereis.post(own(), HELD, asked())
    assert b"locationURI" not in said.body
    wanted = asked('<locationType exact="true">locationURI</locationType>')
    assert code(whereis.post(own(), HELD, wanted)) == "cannotProvideLiType"


def test_where_nobody_has_said_where_it_is_says_so(whereis: WhereIs) -> None:
    said = whereis.post(own(OTHER, "device 2"), HELD, asked())
    assert (said.status, code(said)) == (200, "locationUnknown")
    assert code(whereis.get(path(whereis, OTHER), {})) == "locationUnknown"
    assert whereis.get(path(whereis, OTHER), {"accept": "application/pidf+xml"}).status == 404


@pytest.mark.parametrize(
    "secret",
    ["", "x", "é", "KzEyMTI1NTUwMTAx", "KzEyMTI1NTUwMTAx.AAAA", "%2B", "/../..", SECRETS.switch()],
)
def test_no_other_secret_opens_anything(whereis: WhereIs, secret: str) -> None:
    assert whereis.post(f"{ROOT}/{secret}", HELD, asked()).status == 404
    assert whereis.get(f"{ROOT}/{secret}", {}).status == 404
    assert whereis.get(f"{AT}{secret}", {}).status == 404
    assert whereis.post(f"{AT}{secret}", HELD, asked()).status == 404


def test_a_secret_is_of_one_line_one_holder_and_one_installation(whereis: WhereIs) -> None:
    for wrong in (
        SECRETS.device(OTHER, "device 1"),
        SECRETS.device(ME, "device 2"),
        Secrets("another key").device(ME, "device 1"),
    ):
        assert whereis.post(f"{ROOT}/{wrong}", HELD, asked()).status == 404


def test_secrets_and_references_end_when_somebody_else_has_the_line(
    whereis: WhereIs, answers: Answers
) -> None:
    reference = path(whereis)
    moved = Line(caller(owner="Ken Kollege"), "office", "empire", "device 9")
    answers.show(picture(lines={ME: moved}))
    assert whereis.post(own(), HELD, asked()).status == 404
    assert whereis.get(reference, {}).status == 404
    answers.show(picture())
    assert whereis.get(reference, {}).status == 200


def test_a_reference_ends_after_a_day(whereis: WhereIs, clock: Clock) -> None:
    reference = path(whereis)
    clock.at = NOW + LIVES - timedelta(seconds=1)
    assert whereis.get(reference, {}).status == 200
    clock.at = NOW + LIVES + timedelta(seconds=1)
    assert whereis.get(reference, {}).status == 404


def test_a_reference_gives_the_place_of_now(whereis: WhereIs, answers: Answers) -> None:
    """RFC 5808: the address of a location, not a copy of it."""
    reference = path(whereis)
    answers.show(picture(addresses={"empire": Shown({**FIFTH, "HNO": "352"}, NOW)}))
    assert civic(whereis.get(reference, {}).body)["HNO"] == "352"


def test_a_reference_gives_no_further_reference(whereis: WhereIs) -> None:
    reference = path(whereis)
    assert b"locationURI" not in whereis.post(reference, HELD, asked()).body
    wanted = asked('<locationType exact="true">locationURI</locationType>')
    assert code(whereis.post(reference, HELD, wanted)) == "cannotProvideLiType"
    other = asked(DEVICE.format("tel:+12125550102"))
    assert code(whereis.post(reference, HELD, other)) == "badIdentifier"


def test_the_switch_alone_asks_for_others(whereis: WhereIs) -> None:
    for name in (f"sip:{ME}@office.example", f"tel:{ME}", "sips:%2B12125550101@x;user=phone"):
        said = whereis.post(ROOT, SWITCH, asked(DEVICE.format(name)))
        assert civic(said.body) == FIFTH, name
    for fields in (HELD, {**HELD, "authorization": "Bearer x"}, {**HELD, "authorization": "Basic eDp5"}):
        assert whereis.post(ROOT, fields, asked(DEVICE.format(f"tel:{ME}"))).status == 401
    other = asked(DEVICE.format(f"tel:{OTHER}"))
    assert code(whereis.post(own(), HELD, other)) == "badIdentifier"
    assert code(whereis.post(own(), HELD, asked(DEVICE.format(f"tel:{ME}")))) == ""


def test_the_switch_hears_of_devices_that_nobody_has(whereis: WhereIs) -> None:
    assert code(whereis.post(ROOT, SWITCH, asked(DEVICE.format("tel:+12125559999")))) == "notLocatable"
    assert code(whereis.post(ROOT, SWITCH, asked())) == "badIdentifier"


def test_other_content_is_refused(whereis: WhereIs) -> None:
    assert whereis.post(own(), {"content-type": "text/xml"}, asked()).status == 415
    assert whereis.post(own(), {}, asked()).status == 415
    said = whereis.post(own(), HELD, b"<x/>")
    assert (said.status, code(said)) == (200, "unsupportedMessage")


def test_nothing_is_known_without_a_picture(answers: Answers, whereis: WhereIs) -> None:
    reference = path(whereis)
    answers.show(None)
    assert whereis.get(reference, {}).status == 404
    assert whereis.reference(ME) == ""


def test_a_document_of_a_sandbox_says_so(whereis: WhereIs, answers: Answers) -> None:
    answers.show(picture(addresses={"empire": Shown(FIFTH, NOW, is_simulated=True)}))
    assert b"Simulated location of a sandbox" in whereis.get(path(whereis), {}).body
