"""HELD: what counts as a question is what the RFC's schema takes, nothing hostile is resolved, and answers follow the schema."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from dialtone.emergency import held
from dialtone.emergency.held import HeldError, Question, Reference
from dialtone.emergency.pidf_lo import Whereabouts, document
from tests.emergency.location_schemas import checked

ASK = '<locationRequest xmlns="urn:ietf:params:xml:ns:geopriv:held"{}>{}</locationRequest>'
NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DEVICE = '<device xmlns="urn:ietf:params:xml:ns:geopriv:held:id">{}</device>'


def asked(inside: str = "", attributes: str = "") -> bytes:
    return ASK.format(attributes, inside).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(HeldError) as caught:
        held.read(content)
    return caught.value.code


@pytest.mark.parametrize(
    ("content", "question"),
    [
        (asked(), Question()),
        (asked(attributes=' responseTime="emergencyRouting"'), Question()),
        (asked(attributes=' responseTime="8000"'), Question()),
        (asked("<locationType>civic locationURI</locationType>"), Question(("civic", "locationURI"))),
        (
            asked('<locationType exact="true">\n geodetic civic </locationType>'),
            Question(("geodetic", "civic"), True),
        ),
        (asked('<locationType exact="0">any</locationType>'), Question()),
        (
            asked(DEVICE.format("<uri>tel:+12125550101</uri>")),
            Question(uri="tel:+12125550101"),
        ),
        (asked('<x:more xmlns:x="urn:x">1</x:more>'), Question()),
    ],
)
def test_what_the_schema_takes_is_read(content: bytes, question: Question) -> None:
    checked(content)
    assert held.read(content) == question


@pytest.mark.parametrize(
    "content",
    [
        asked("<locationType>civil</locationType>"),
        asked("<locationType>any civic</locationType>"),
        asked("<locationType></locationType>"),
        asked('<locationType exact="maybe">civic</locationType>'),
        asked('<locationType how="x">civic</locationType>'),
        asked("<locationType>civic</locationType><locationType>civic</locationType>"),
        asked('<x:more xmlns:x="urn:x"/><locationType>civic</locationType>'),
        asked("<other/>"),
        asked('<more xmlns=""/>'),
        asked("words"),
        asked(attributes=' responseTime="soon"'),
        asked(attributes=' responseTime="-5"'),
        asked(attributes=' hurry="yes"'),
    ],
)
def test_what_the_schema_refuses_is_refused(content: bytes) -> None:
    with pytest.raises(etree.DocumentInvalid):
        checked(content)
    assert refusal(content) == "xmlError"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "requestError"),
        (b"  \n", "requestError"),
        (b"<locationRequest", "xmlError"),
        (b"\xff\xfe\x00", "xmlError"),
        (b"\x00" * 50, "xmlError"),
        (b"<locationRequest/>", "unsupportedMessage"),
        (b'<locationResponse xmlns="urn:ietf:params:xml:ns:geopriv:held"/>', "unsupportedMessage"),
        (asked(DEVICE.format('<ip v="4">192.0.2.5</ip>')), "badIdentifier"),
        (asked(DEVICE.format("<uri>mailto:a@b.example</uri>")), "badIdentifier"),
        (asked(DEVICE.format("<uri>sip:a@b</uri><uri>sip:c@b</uri>")), "badIdentifier"),
        (asked(DEVICE.format("")), "badIdentifier"),
        (asked(DEVICE.format("<uri>sip:a@b</uri>") * 2), "badIdentifier"),
    ],
)
def test_each_fault_has_its_code(content: bytes, code: str) -> None:
    assert refusal(content) == code


HOSTILE = {
    "billion laughs": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>{}'.format(
        ASK.format("", "<locationType>&b;</locationType>")
    ),
    "a file": '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>{}'.format(ASK.format("", "&a;")),
    "an outside schema": f'<!DOCTYPE r SYSTEM "http://192.0.2.1/x.dtd">{ASK.format("", "")}',
    "a parameter entity": '<!DOCTYPE r [<!ENTITY % a SYSTEM "http://192.0.2.1/x"> %a;]>{}'.format(
        ASK.format("", "")
    ),
    "an empty document type": f"<!DOCTYPE locationRequest>{ASK.format('', '')}",
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_and_nothing_of_it_resolved(name: str, encoding: str) -> None:
    assert refusal(HOSTILE[name].encode(encoding)) == "xmlError"


def test_nobody_tells_us_a_location_however_old() -> None:
    """What is known of a place is what was registered: no document that comes in says one, whether it was to be forgotten or not; and
    none of ours is to be forgotten before it is read."""
    where = Whereabouts({"country": "US", "A3": "New York"}, NOW - timedelta(days=400), "device 1")
    ours = document(where, entity="pres:a@b.example", now=NOW).decode()
    told = re.search(r"retention-expiry>([^<]+)<", ours)
    assert told is not None
    assert datetime.fromisoformat(told[1]) > NOW
    body = ours.partition("?>")[2]
    for expiry in (told[1], "2020-01-01T00:00:00Z"):
        claimed = body.replace(told[1], expiry)
        assert refusal(claimed.encode()) == "unsupportedMessage"
        assert held.read(asked(claimed)) == Question()


def test_many_layers_are_refused_and_not_climbed() -> None:
    assert refusal(b"<a>" * 3000) == "xmlError"
    assert refusal(asked("<x xmlns='urn:x'>" * 400 + "</x>" * 400)) == "xmlError"


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        (Question(), ("civic", "locationURI")),
        (Question(("civic",)), ("civic",)),
        (Question(("locationURI",), True), ("locationURI",)),
        (Question(("geodetic",)), ("civic", "locationURI")),
        (Question(("geodetic", "civic")), ("civic",)),
    ],
)
def test_the_forms_of_an_answer(question: Question, forms: tuple[str, ...]) -> None:
    assert held.wanted(question, ["civic", "locationURI"]) == forms


@pytest.mark.parametrize("types", [("geodetic",), ("geodetic", "civic"), ("locationURI",)])
def test_exactly_what_is_not_known_is_an_error(types: tuple[str, ...]) -> None:
    with pytest.raises(HeldError, match="cannotProvideLiType"):
        held.wanted(Question(types, True), ["civic"])


@pytest.mark.parametrize("code", [each for each in held.ERRORS if each != "badIdentifier"])
def test_errors_follow_the_schema(code: str) -> None:
    assert checked(held.error(code)).get("code") == code


def test_the_code_that_a_later_rfc_added_differs_from_the_schema_in_its_name_alone() -> None:
    later = held.error("badIdentifier")
    checked(later.replace(b'"badIdentifier"', b'"requestError"'))


def test_a_reference_is_said_with_its_end_in_universal_time() -> None:
    ends = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    root = checked(held.answer(reference=Reference("https://lis.example/held/at/a&b", ends)))
    (told,) = root.iter(f"{{{held.HELD}}}locationUriSet")
    assert told.get("expires") == "2026-11-26T12:00:00Z"
    assert told[0].text == "https://lis.example/held/at/a&b"
