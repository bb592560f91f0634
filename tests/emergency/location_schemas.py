"""The RFCs' schemas of location documents, and what is read out of a document that follows them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

CA = "{urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr}"
CAE = "{urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr:ext}"


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(Path(__file__).parent / "schemas" / "all.xsd")))


def checked(document: bytes) -> etree._Element:
    """The document's root, once it has followed the schemas."""
    root = etree.fromstring(document)
    _schema().assertValid(root)
    return root


def civic(document: bytes) -> dict[str, str]:
    """The parts of the one civic address in a document that follows the schemas."""
    (found,) = checked(document).iter(f"{CA}civicAddress")
    return {etree.QName(part).localname: part.text or "" for part in found}
