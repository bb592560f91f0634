"""Where a caller is, as emergency centres read it: a PIDF-LO document, by value (RFC 4119, 5139, 6848, 5491).

Text in, bytes out, and the standard library alone: the program that a switch asks makes the document without a database. One
document has one device with one civic address. It says what the organisation has registered, and by what means ("Manual", RFC
4119): nobody has measured where the phone is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

CONTENT_TYPE = "application/pidf+xml"
# Elements of a civic address in the order of the schema in RFC 5139, section 4.
_IN_ORDER = """country A1 A2 A3 A4 A5 A6 PRM PRD RD STS POD POM RDSEC RDBR RDSUBBR HNO HNS LMK LOC FLR NAM PC BLD UNIT ROOM SEAT
PLC PCN POBOX ADDCODE"""
CIVIC = tuple(_IN_ORDER.split())
EXTENSIONS = ("PN", "MP", "STP", "HNP")  # RFC 6848, section 5
RETAINED = timedelta(hours=24)  # RFC 4119, section 2.2.2: what holds where nothing else is said
_PRESENCE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model"'
    ' xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10" xmlns:gbp="urn:ietf:params:xml:ns:pidf:geopriv10:basicPolicy"'
    ' xmlns:ca="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"'
    ' xmlns:cae="urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext" entity={entity}>\n'
    '<dm:device id="caller"><gp:geopriv><gp:location-info><ca:civicAddress>{civic}</ca:civicAddress></gp:location-info>'
    "<gp:usage-rules><gbp:retransmission-allowed>true</gbp:retransmission-allowed>"
    "<gbp:retention-expiry>{expiry}</gbp:retention-expiry></gp:usage-rules><gp:method>Manual</gp:method></gp:geopriv>"
    "<dm:deviceID>{device}</dm:deviceID>{note}<dm:timestamp>{known_at}</dm:timestamp></dm:device>\n</presence>\n"
)


@dataclass(frozen=True)
class Whereabouts:
    """What is registered of where a caller is. `civic` maps names of RFC 5139 and 6848 to texts
    (`CivicAddress.civic_elements`); `known_at` is when the address came into effect; `device` is an id of ours, a UUID.
    `is_simulated`: the address authority of a sandbox has accepted it (H26)."""

    civic: Mapping[str, str]
    known_at: datetime
    device: str
    is_simulated: bool = False
    indoors: Mapping[str, str] = field(default_factory=dict)
    """Building, floor, room of this caller, where they are known more exactly than the address has them."""

    @property
    def elements(self) -> dict[str, str]:
        """Everything that is known, under the names of RFC 5139 and RFC 6848."""
        return {**self.civic, **self.indoors}


def document(where: Whereabouts, *, entity: str, now: datetime) -> bytes:
    """The document. `entity` is a URI for whom it speaks of: the number that is called back in a call, a pseudonym elsewhere."""
    parts = where.elements
    civic = [_element("ca", name, parts[name]) for name in CIVIC if parts.get(name)]
    civic += [_element("cae", name, parts[name]) for name in EXTENSIONS if parts.get(name)]
    note = '<dm:note xml:lang="en">Simulated location of a sandbox</dm:note>' if where.is_simulated else ""
    made = _PRESENCE.format(
        entity=quoteattr(_legible(entity)),
        civic="".join(civic),
        expiry=_instant(now + RETAINED),
        device=f"urn:uuid:{escape(_legible(where.device))}",
        note=note,
        known_at=_instant(where.known_at),
    )
    return made.encode()


def _element(prefix: str, name: str, text: str) -> str:
    return f"<{prefix}:{name}>{escape(_legible(text))}</{prefix}:{name}>"


def _legible(text: str) -> str:
    """Without the characters that no XML document may hold (XML 1.0, section 2.2), on one line.

    >>> _legible("4th\\x00 floor\\n"), _legible("\\ud800")
    ('4th floor', '')
    """
    return " ".join("".join(char for char in text if _may_stand(char)).split())


def _may_stand(char: str) -> bool:
    at = ord(char)
    return char.isspace() or (at >= 0x20 and not 0xD800 <= at <= 0xDFFF and at not in (0xFFFE, 0xFFFF))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
