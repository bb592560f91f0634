"""Questions and answers of HELD, text in and out: where is this device? (RFC 5985, its identities of RFC 6155, fetching by RFC 6753).

Read from strangers, so a document type, entities and anything that would be fetched are refused, never resolved. An answer that says
why there is none is a document, too: HELD sends it with 200.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

CONTENT_TYPE = "application/held+xml"
HELD = "urn:ietf:params:xml:ns:geopriv:held"
IDENTITY = "urn:ietf:params:xml:ns:geopriv:held:id"
CIVIC, GEODETIC, REFERENCE, ANY = "civic", "geodetic", "locationURI", "any"
TYPES = (CIVIC, GEODETIC, REFERENCE)
_TIMES = ("emergencyRouting", "emergencyDispatch")
_TRUE, _FALSE = ("true", "1"), ("false", "0")
# What each code means, to people (RFC 5985, section 6.3; the last: RFC 6155, section 3.2).
ERRORS = {
    "requestError": "This is no request as HELD has it.",
    "xmlError": "This is no XML document, or not one that follows the schema of HELD.",
    "generalLisError": "The server of locations cannot answer now.",
    "locationUnknown": "Nobody has registered where this device is.",
    "unsupportedMessage": "Only locationRequest is understood.",
    "timeout": "There was no answer in the time given.",
    "cannotProvideLiType": "The location is not known in exactly the form that was asked for.",
    "notLocatable": "No such device is known here.",
    "badIdentifier": "Give one uri (sip:, sips: or tel:) of a device, and the switch's credential.",
}


class HeldError(Exception):
    """Why there is no location: a code of HELD."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Question:
    """What is asked: in which forms the location is wanted, whether in no other, and whose; `uri` is "" for the asker's own."""

    types: tuple[str, ...] = (ANY,)
    is_exact: bool = False
    uri: str = ""


@dataclass(frozen=True)
class Reference:
    """An address under which the location can be fetched until an instant."""

    uri: str
    expires: datetime


def read(content: bytes) -> Question:
    """The question in a body. Raises HeldError xmlError, unsupportedMessage, badIdentifier, requestError."""
    if not content.strip():
        raise HeldError("requestError")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise HeldError("xmlError") from error
    if root.getroottree().docinfo.doctype:
        raise HeldError("xmlError")
    name = etree.QName(root)
    if (name.namespace, name.localname) != (HELD, "locationRequest"):
        raise HeldError("unsupportedMessage")
    if not set(root.attrib) <= {"responseTime"} or not _is_time(root.get("responseTime", "0")):
        raise HeldError("xmlError")
    return _asked(root)


def _asked(root: etree._Element) -> Question:
    if _texts(root):
        raise HeldError("xmlError")
    children = [each for each in root if isinstance(each.tag, str)]
    types: tuple[str, ...] = (ANY,)
    is_exact, uri = False, ""
    if children and children[0].tag == f"{{{HELD}}}locationType":
        types, is_exact = _types(children.pop(0))
    for each in children:
        namespace = etree.QName(each).namespace
        if namespace in (HELD, None):
            raise HeldError("xmlError")
        if namespace == IDENTITY:
            if uri:
                raise HeldError("badIdentifier")
            uri = _identity(each)
    return Question(types, is_exact, uri)


def _texts(element: etree._Element) -> str:
    """What stands between the elements, where only elements may."""
    return "".join([element.text or "", *(each.tail or "" for each in element)]).strip()


def _is_time(said: str) -> bool:
    """Milliseconds, or a word. Answers come at once, so that any time is enough."""
    said = said.strip()
    return said in _TIMES or re.fullmatch(r"\+?[0-9]+|-0+", said, re.ASCII) is not None


def _types(element: etree._Element) -> tuple[tuple[str, ...], bool]:
    exact = element.get("exact", "false").strip()
    said = tuple((element.text or "").split())
    is_wrong = (
        len(element)
        or not set(element.attrib) <= {"exact"}
        or exact not in (*_TRUE, *_FALSE)
        or not (said == (ANY,) or (said and set(said) <= set(TYPES)))
    )
    if is_wrong:
        raise HeldError("xmlError")
    return said, exact in _TRUE


def _identity(element: etree._Element) -> str:
    """The one URI of a device; other identities (IP, MAC, …) are none that we know phones by."""
    children = [each for each in element if isinstance(each.tag, str)]
    if element.tag != f"{{{IDENTITY}}}device" or len(children) != 1:
        raise HeldError("badIdentifier")
    found = (children[0].text or "").strip()
    if children[0].tag != f"{{{IDENTITY}}}uri" or line_name(found) == "":
        raise HeldError("badIdentifier")
    return found


def line_name(uri: str) -> str:
    """The name under which a phone registers, out of its URI; "" for another kind of URI.

    >>> line_name("sip:%2B12125550101@office.example;user=phone"), line_name("tel:+1-212-555-0101"), line_name("mailto:x@y")
    ('+12125550101', '+12125550101', '')
    """
    scheme, divided, rest = uri.partition(":")
    if not divided or scheme.lower() not in ("sip", "sips", "tel"):
        return ""
    name = rest.partition(";")[0].partition("@")[0].replace("%2B", "+").replace("%2b", "+")
    if scheme.lower() == "tel":
        name = re.sub(r"[-.()]", "", name)
    return name if re.fullmatch(r"[0-9A-Za-z+._-]{1,80}", name) else ""


def wanted(question: Question, provided: Sequence[str]) -> tuple[str, ...]:
    """The forms that the answer has, of those that can be provided. Raises HeldError cannotProvideLiType."""
    if ANY in question.types:
        return tuple(provided)
    found = tuple(each for each in question.types if each in provided)
    if question.is_exact and len(set(found)) < len(set(question.types)):
        raise HeldError("cannotProvideLiType")
    return found or tuple(provided)  # not exact: what there is, in another form


def answer(presence: bytes = b"", reference: Reference | None = None) -> bytes:
    """A locationResponse with a location by reference, by value, or both."""
    said = ""
    if reference is not None:
        expires = reference.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        said = f"<locationUriSet expires={quoteattr(expires)}><locationURI>{escape(reference.uri)}</locationURI></locationUriSet>"
    value = presence.decode().partition("?>")[2].strip() if presence else ""
    return _document(f"<locationResponse xmlns={quoteattr(HELD)}>{said}{value}</locationResponse>")


def error(code: str) -> bytes:
    """An error document."""
    text = escape(ERRORS[code])
    return _document(
        f'<error xmlns={quoteattr(HELD)} code={quoteattr(code)}><message xml:lang="en">{text}</message></error>'
    )


def _document(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()
