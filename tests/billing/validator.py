"""Whether XML is an e-invoice: by the schemas of UBL 2.1 and the Schematron of EN 16931 (tests/billing/en16931/README.md)."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

HERE = Path(__file__).with_name("en16931")
SCH = "{http://purl.oclc.org/dsdl/schematron}"
XSL = "http://www.w3.org/1999/XSL/Transform"


def problems(xml: bytes) -> list[str]:
    """What the schema says is wrong, or else the rules of EN 16931 that are broken, warnings too; none for a good one."""
    tree = etree.parse(io.BytesIO(xml))
    schema = _schema(etree.QName(tree.getroot()).localname)
    if not schema.validate(tree):
        return [str(each) for each in schema.error_log]
    processor, sheet = _rules()
    told = sheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=xml.decode()))
    return [each.text for each in etree.fromstring(told.encode()).iter("broken")]


class _InZip(etree.Resolver):
    """The imports of a schema, from the same archive; the paths in them are relative."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        super().__init__()
        self.archive = archive

    def resolve(self, url: str, public_id: str, context: Any) -> Any:
        name = url.rpartition("/")[2]
        found = next(each for each in self.archive.namelist() if each.endswith(f"/{name}"))
        return self.resolve_string(self.archive.read(found), context, base_url=f"zip:///{found}")


@cache
def _schema(kind: str) -> etree.XMLSchema:
    with zipfile.ZipFile(HERE / "ubl-2.1.zip") as archive:
        parser = etree.XMLParser()
        parser.resolvers.add(_InZip(archive))
        name = f"maindoc/UBL-{kind}-2.1.xsd"
        return etree.XMLSchema(etree.fromstring(archive.read(name), parser, base_url=f"zip:///{name}"))


@cache
def _rules() -> tuple[Any, Any]:
    with zipfile.ZipFile(HERE / "schematron.zip") as archive:
        schematron = etree.fromstring(archive.read("CEN-EN16931-UBL.sch"))
    processor = PySaxonProcessor(license=False)
    sheet = processor.new_xslt30_processor().compile_stylesheet(
        stylesheet_text=etree.tostring(_stylesheet(schematron), encoding="unicode")
    )
    return processor, sheet


def _stylesheet(schematron: Any) -> Any:
    """A Schematron of rules and asserts as XSLT: a mode for each pattern, in which the first rule that matches a node holds."""
    spaces = {each.get("prefix"): each.get("uri") for each in schematron.iter(f"{SCH}ns")}
    sheet = etree.Element(f"{{{XSL}}}stylesheet", nsmap={"xsl": XSL, **spaces}, version="3.0")
    start = etree.SubElement(sheet, f"{{{XSL}}}template", match="/")
    found = etree.SubElement(start, "all")
    for pattern in schematron.iter(f"{SCH}pattern"):
        mode = pattern.get("id")
        etree.SubElement(found, f"{{{XSL}}}apply-templates", select="/", mode=mode)
        etree.SubElement(sheet, f"{{{XSL}}}mode", name=mode, **{"on-no-match": "shallow-skip"})
        own = list(pattern.iter(f"{SCH}rule"))
        for at, rule in enumerate(own):
            template = etree.SubElement(
                sheet,
                f"{{{XSL}}}template",
                match=rule.get("context"),
                mode=mode,
                priority=str(len(own) - at),
            )
            for each in rule.iter(f"{SCH}assert"):
                broken = etree.SubElement(template, f"{{{XSL}}}if", test=f"not({each.get('test')})")
                etree.SubElement(broken, "broken").text = etree.tostring(
                    each, method="text", encoding="unicode", with_tail=False
                ).strip()
            etree.SubElement(template, f"{{{XSL}}}apply-templates", select="@*, node()", mode=mode)
    return sheet
