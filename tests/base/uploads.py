"""The corpus of uploads (T11): papers as real generators make them, and what people and attackers send instead.

Each case is made by a program, so that the corpus is text in review and no binary file lies in the repository. A verdict is what the
examination answers: `clean`, `blank`, `held`, or the end of the code of a refusal. A bill with a text layer also says what has
to be read from it.
"""

from __future__ import annotations

import io
import random
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typst
from PIL import Image, ImageDraw, ImageFont
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    TextStringObject,
)

from dialtone.base.documents import child, limits
from tests.porting.test_bill import BILLS, EXPECTED

FONT = "DejaVuSans.ttf"
NAMED = {name: NameObject(name) for name in ("/S", "/Type", "/Subtype")}


@dataclass(frozen=True)
class Upload:
    """One file: how it is made, what it was announced as, the verdicts that are right, and of a bill what has to be read."""

    name: str
    make: Callable[[], bytes]
    right: frozenset[str]
    declared: str = ""
    country: str = ""
    account: str = ""


def corpus(listening: str = "http://127.0.0.1:9/") -> list[Upload]:
    """All cases. `listening` is where a paper that calls home would call."""
    return [*good(), *others(), *broken(), *large(), *hostile(listening)]


# --- good ones: seven languages, nine ways to make a bill ---------------------------------------------------------------------


def good() -> Iterator[Upload]:
    ways: dict[str, tuple[Callable[[str], bytes], bool]] = {
        "printed by a mainframe": (monospaced, True),
        "typeset in a proportional font": (proportional, True),
        "kept for archives (PDF/A)": (partial(proportional, standard="a-2b"), True),
        "of two pages": (two_pages, True),
        "written by an old program (PDF 1.4)": (by_hand, True),
        "saved again with its objects packed": (packed, True),
        "protected against changes only": (owner_password, True),
        "scanned to PNG": (scanned, False),
        "photographed with a phone": (photographed, False),
        "scanned to PDF": (scanned_pdf, False),
    }
    for country, text in BILLS.items():
        for way, (make, is_read) in ways.items():
            account = EXPECTED[country][0] if is_read else ""
            yield Upload(
                f"{country} bill {way}", partial(make, text), frozenset({"clean"}), country=country, account=account
            )  # fmt: skip


def set_in(source: str, **how: object) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paper.typ"
        file.write_text(source)
        made: bytes = typst.compile(str(file), **how)  # type: ignore[arg-type]
    return made


def quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def monospaced(text: str) -> bytes:
    return set_in(f'#set text(font: "DejaVu Sans Mono", size: 8pt)\n#raw("{quoted(text)}", block: true)\n')


def proportional(text: str, standard: str = "") -> bytes:
    how = {"pdf_standards": [standard]} if standard else {}
    lines = "\n".join(f'#text("{quoted(line)}") \\' for line in text.splitlines())
    return set_in(f"#set text(size: 10pt)\n#rect(width: 4cm, height: 1cm, fill: navy)\n{lines}\n", **how)


def two_pages(text: str) -> bytes:
    return set_in(
        f'#set text(font: "DejaVu Sans Mono", size: 8pt)\n= 1\n#lorem(80)\n#pagebreak()\n#raw("{quoted(text)}", block: true)\n'
    )


def by_hand(text: str) -> bytes:
    """A page as old billing programs write it: one font of the standard ones, a plain table of objects, lines with CR LF."""
    shown = [f"({_escaped(line)}) Tj T*" for line in text.splitlines()]
    stream = "\r\n".join(["BT /F1 9 Tf 12 TL 40 780 Td", *shown, "ET"]).encode("cp1252", "replace")
    return assembled([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\r\nstream\r\n%s\r\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ])  # fmt: skip


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def assembled(objects: list[bytes], version: bytes = b"1.4", trailer: bytes = b"") -> bytes:
    """A PDF of these objects, in order, with a table that is right."""
    out = bytearray(b"%PDF-" + version + b"\r\n%\xe2\xe3\xcf\xd3\r\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\r\n%s\r\nendobj\r\n" % (number, content)
    table = len(out)
    out += b"xref\r\n0 %d\r\n0000000000 65535 f\r\n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n\r\n" % place for place in places)
    out += b"trailer\r\n<< /Size %d /Root 1 0 R %s >>\r\n" % (len(objects) + 1, trailer)
    return bytes(out + b"startxref\r\n%d\r\n%%%%EOF\r\n" % table)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def packed(text: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(monospaced(text))))
    writer.add_metadata({"/Producer": "Billing 4.2", "/Title": "Invoice"})
    for page in writer.pages:
        page.compress_content_streams()
    return written(writer)


def owner_password(text: str) -> bytes:
    """Opens without a password; only changing is forbidden: how most carriers send their bills."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(monospaced(text))))
    writer.encrypt("", "owner", algorithm="AES-256")
    return written(writer)


def page_picture(text: str) -> Image.Image:
    image = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(image).multiline_text(
        (90, 90), text, fill=20, font=ImageFont.truetype(FONT, 26), spacing=14
    )
    return image


def saved(image: Image.Image, form: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def scanned(text: str) -> bytes:
    return saved(page_picture(text), "PNG", dpi=(150, 150))


def photographed(text: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Phone"
    exif.get_ifd(0x8825)[1] = "N"
    return saved(page_picture(text).convert("RGB").rotate(90, expand=True), "JPEG", quality=80, exif=exif)


def scanned_pdf(text: str) -> bytes:
    return saved(page_picture(text).convert("1"), "PDF", resolution=150)


# --- files of other kinds, under the wrong name, or empty -----------------------------------------------------------------------


def others() -> Iterator[Upload]:
    line = "Account Number: 1"
    beginnings = {
        "page of the web": b"<!doctype html><html><script>alert(1)</script>",
        "SVG with a script": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "document with macros": b"PK\x03\x04\x14\x00\x06\x00word/vbaProject.bin",
        "ZIP archive": b"PK\x03\x04archive",
        "RAR archive": b"Rar!\x1a\x07\x00",
        "gzip": b"\x1f\x8b\x08\x00",
        "GIF that is a script": b"GIF89a=1;alert(1)",
        "Windows program": b"MZ\x90\x00\x03",
        "Linux program": b"\x7fELF\x02\x01\x01",
        "shell script": b"#!/bin/sh\nrm -rf /\n",
        "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
        "rich text": b"{\\rtf1\\ansi Hello}",
        "text": b"Account Number: 1\n",
        "table": b"number;name\n1;2\n",
        "XML with an entity": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
        "PDF after a line": b"\n%PDF-1.7\n",
        "PDF after a mark of UTF-8": b"\xef\xbb\xbf%PDF-1.7\n",
        "PDF after a page of the web": b"<html></html>%PDF-1.7\n",
        "PNG without its first byte": b"PNG\r\n\x1a\n",
        "WebP": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        "zeros": bytes(5000),
    }
    for what, content in beginnings.items():
        yield Upload(what, lambda content=content: content + b" " * 200, frozenset({"kind"}))  # type: ignore[misc]
    for form in ("GIF", "BMP", "TIFF", "WEBP"):
        yield Upload(
            f"scan as {form}", lambda form=form: saved(page_picture(line), form), frozenset({"kind"})
        )  # type: ignore[misc]
    for brand in (b"heic", b"heix", b"mif1"):
        yield Upload(f"photo of a phone ({brand.decode()})", lambda brand=brand: b"\0\0\0\x18ftyp" + brand + bytes(64), frozenset({"heic"}))  # type: ignore[misc]  # fmt: skip
    yield Upload("nothing", lambda: b"", frozenset({"empty"}))
    yield Upload("PDF announced as PNG", lambda: by_hand(line), frozenset({"mismatch"}), "image/png")
    yield Upload("PNG announced as PDF", lambda: scanned(line), frozenset({"mismatch"}), "application/pdf")
    yield Upload("JPEG announced as PNG", lambda: photographed(line), frozenset({"mismatch"}), "image/png")
    yield Upload(
        "PDF announced as bytes", lambda: by_hand(line), frozenset({"clean"}), "application/octet-stream"
    )
    yield Upload("white sheet", lambda: saved(Image.new("L", (800, 1100), 255), "PNG"), frozenset({"blank"}))
    yield Upload("black photo", lambda: saved(Image.new("RGB", (800, 600)), "JPEG"), frozenset({"blank"}))


# --- broken on the way ----------------------------------------------------------------------------------------------------------


def broken() -> Iterator[Upload]:
    text, damaged = BILLS["US"], frozenset({"damaged"})
    for tenths in (1, 3, 5, 7, 9):
        for what, make in (
            ("typeset PDF", proportional),
            ("old PDF", by_hand),
            ("PNG", scanned),
            ("JPEG", photographed),
        ):
            yield Upload(f"{tenths} tenths of a {what}", partial(_part, make, text, tenths), damaged)
    chance = random.Random(11)
    for begin in (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"):
        yield Upload(
            f"noise after {begin[:4]!r}", lambda begin=begin: begin + chance.randbytes(4000), damaged
        )  # type: ignore[misc]
    yield Upload("PDF that is its ends only", lambda: b"%PDF-1.7\n%%EOF", damaged)
    yield Upload("PDF without pages", lambda: written(PdfWriter()), damaged)
    yield Upload("PDF whose pages contain themselves", _endless_pages, damaged | {"too_costly", "pages"})
    yield Upload(
        "PDF whose table begins elsewhere",
        lambda: by_hand(text).replace(b"startxref\r\n", b"startxref\r\n9"),
        damaged,
    )
    yield Upload("PDF whose tables lead in a circle", _endless_tables, damaged | {"too_costly"})
    yield Upload("PNG with a wrong sum", lambda: _flipped(scanned(text)), damaged)


def _part(make: Callable[[str], bytes], text: str, tenths: int) -> bytes:
    whole = make(text)
    return whole[: len(whole) * tenths // 10]


def _flipped(content: bytes) -> bytes:
    at = content.index(b"IDAT") + 40
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def _endless_pages() -> bytes:
    return assembled(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]
    )


def _endless_tables() -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    plain = assembled(objects)
    return assembled(objects, trailer=b"/Prev %d" % plain.index(b"xref"))


# --- too large, too long, too costly ----------------------------------------------------------------------------------------------


def large() -> Iterator[Upload]:
    for pages in (limits.MOST_PAGES + 1, 1000):
        yield Upload(f"{pages} pages", partial(_pages, pages), frozenset({"pages"}))
    yield Upload(f"{limits.MOST_PAGES} pages", partial(_pages, limits.MOST_PAGES), frozenset({"clean"}))
    for size in ((30_000, 30_000), (13_000, 13_000), (8_000, 7_000)):
        yield Upload(f"PNG of {size}", partial(_png_head, *size), frozenset({"pixels"}))
    yield Upload(
        "JPEG of 9000 x 6000", lambda: saved(Image.new("L", (9000, 6000)), "JPEG"), frozenset({"pixels"})
    )
    yield Upload("PNG of 200 frames", partial(_frames, 200), frozenset({"frames"}))
    yield Upload("objects without end", _many_objects, frozenset({"too_costly"}))
    yield Upload("lists within lists", _nested, frozenset({"damaged", "too_costly"}))
    yield Upload("bomb in an object stream", _packed_bomb, frozenset({"damaged", "too_costly"}))
    yield Upload("too many bytes", lambda: b"%PDF-1.7" + bytes(limits.MOST_BYTES), frozenset({"too_large"}))
    for algorithm in ("RC4-40", "RC4-128", "AES-128", "AES-256"):
        yield Upload(f"password, {algorithm}", partial(_locked, algorithm), frozenset({"password"}))


def _pages(count: int) -> bytes:
    writer = PdfWriter()
    for _page in range(count):
        writer.add_blank_page(595, 842)
    return written(writer)


def _png_head(width: int, height: int) -> bytes:
    """A PNG that claims to be so large: only its head is honest, so that making it costs nothing."""
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([1, 0, 0, 0, 0])
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        for kind, data in chunks
    )


def _frames(count: int) -> bytes:
    frames = [Image.new("L", (8, 8), shade % 256) for shade in range(count)]
    return saved(frames[0], "PNG", save_all=True, append_images=frames[1:])


def _many_objects() -> bytes:
    head = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"]  # fmt: skip
    return assembled([*head, *[b"null"] * (child.MOST_OBJECTS + 1)])


def _nested() -> bytes:
    deep = b"[" * 20_000 + b"]" * 20_000
    return assembled(
        [b"<< /Type /Catalog /Pages 2 0 R /X " + deep + b" >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]
    )


def _packed_bomb() -> bytes:
    bomb = zlib.compress(b"4 0 " + bytes(400_000_000), 9)
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(bomb)
    table = bytes([0, 0, 0, 0, 0, 1]) + bytes([2, 0, 0, 0, 3, 0]) + bytes([2, 0, 0, 0, 3, 1])
    body = b"%PDF-1.5\n3 0 obj\n" + head + bomb + b"\nendstream\nendobj\n"
    rows = zlib.compress(table + bytes([1, 0, 0, 0, 9, 0]))
    xref = (
        b"5 0 obj\n<< /Type /XRef /Size 4 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(rows)
    )
    return body + xref + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(body)


def _locked(algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(by_hand("Account Number: 1"))))
    writer.encrypt("secret", algorithm=algorithm)
    return written(writer)


# --- what could act by itself -----------------------------------------------------------------------------------------------------


def hostile(listening: str) -> Iterator[Upload]:
    held = frozenset({"held"})
    address = TextStringObject(listening)
    actions = {
        "script": {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")},
        "program": {"/S": NameObject("/Launch"), "/F": TextStringObject("calc.exe")},
        "link": {"/S": NameObject("/URI"), "/URI": address},
        "other document": {"/S": NameObject("/GoToR"), "/F": address},
        "document within": {"/S": NameObject("/GoToE"), "/F": address},
        "form that sends itself": {"/S": NameObject("/SubmitForm"), "/F": address},
        "form that fills itself": {"/S": NameObject("/ImportData"), "/F": address},
        "sound": {"/S": NameObject("/Sound"), "/Sound": NameObject("/x")},
        "film": {"/S": NameObject("/Movie"), "/T": TextStringObject("x")},
    }
    for what, action in actions.items():
        yield Upload(f"opens with a {what}", partial(_opening, action), held)
        yield Upload(f"page that opens with a {what}", partial(_on_page, action), held)
    yield Upload("a name with an escape", lambda: by_hand("x").replace(b"/Pages 2 0 R >>", b"/Pages 2 0 R /OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >> >>", 1), frozenset({"held", "damaged"}))  # fmt: skip
    yield Upload("attachment", _attached, held)
    yield Upload(
        "dynamic form",
        lambda: _rooted("/AcroForm", DictionaryObject({NameObject("/XFA"): ArrayObject()})),
        held,
    )
    yield Upload(
        "media", lambda: _rooted("/X", DictionaryObject({NAMED["/Subtype"]: NameObject("/RichMedia")})), held
    )
    yield Upload("script kept for later", lambda: _rooted("/Names", DictionaryObject({NameObject("/JavaScript"): DictionaryObject()})), held)  # fmt: skip
    yield Upload("script among packed objects", _packed_script, held)
    yield Upload("test virus in a PDF", _infected, held)
    yield Upload("test virus after a photo", lambda: photographed("x") + child.EICAR, held)
    yield Upload(
        "page of the web after a scan",
        lambda: scanned("x") + b"<html><script>alert(1)</script>",
        frozenset({"clean"}),
    )


def _dictionary(entries: dict[str, object]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})


def _opening(action: dict[str, object]) -> bytes:
    return _rooted("/OpenAction", _dictionary(action))


def _on_page(action: dict[str, object]) -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(_dictionary(action))})
    return written(writer)


def _rooted(name: str, value: DictionaryObject) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer._root_object[NameObject(name)] = writer._add_object(value)
    return written(writer)


def _attached() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("run.exe", b"MZ")
    return written(writer)


def _infected() -> bytes:
    stream = StreamObject()
    stream.set_data(child.EICAR)
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer._add_object(stream)
    return written(writer)


def _packed_script() -> bytes:
    """An action inside an object stream, where a search of the bytes does not see it."""
    inner = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    head = b"4 0 "
    data = zlib.compress(head + inner)
    out = bytearray(b"%PDF-1.5\n")
    places = {}
    plain = {
        1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction 4 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
        5: b"<< /Type /ObjStm /N 1 /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(head), len(data), data),
    }  # fmt: skip
    for number, content in plain.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    begins = len(out)
    rows = [
        (0, 0, 255),
        *((1, places[n], 0) for n in (1, 2, 3)),
        (2, 5, 0),
        (1, places[5], 0),
        (1, begins, 0),
    ]
    table = zlib.compress(
        b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([at]) for kind, place, at in rows)
    )
    out += (
        b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 1] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
        % len(table)
    )
    return bytes(out + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % begins)
