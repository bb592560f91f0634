"""Papers and pictures as hostile, hurried and unlucky people send them: each is made here, byte by byte where it must be."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image
from PIL.Image import Exif
from pypdf import PdfWriter
from pypdf.annotations import Link
from pypdf.generic import DictionaryObject, NameObject, StreamObject, TextStringObject

SECRET = b"Passport 123456789"
GPS = 0x8825


def pdf(pages: int = 1, *, add: Callable[[PdfWriter], Any] | None = None, password: str = "") -> bytes:
    """A plain PDF of empty pages, with what `add` puts into it."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    writer.add_metadata({"/Title": SECRET.decode()})
    if add:
        add(writer)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def pdf_of_pages(count: int) -> bytes:
    """So many pages, all of them the same object in another place: written by hand, for a writer takes long."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    return _raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % count,
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * count,
    ])  # fmt: skip


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def written_picture(kind: str = "PNG", **more: Any) -> bytes:
    """A picture with something on it, which is not blank."""
    paper = Image.new("RGB", (64, 64), "white")
    paper.paste("black", (8, 8, 40, 40))
    out = io.BytesIO()
    paper.save(out, kind, **more)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A photo whose head says with which phone and where it was taken."""
    exif = Exif()
    exif.get_ifd(GPS)[1] = "N"
    exif[0x010F] = "SecretPhone"
    return written_picture("JPEG", exif=exif)


def apng(frames: int = 30) -> bytes:
    """An animated PNG of very small frames."""
    size = struct.pack(">II", 1, 1)
    data = zlib.compress(b"\0\0")
    parts = [b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", size + b"\x08\0\0\0\0"), _chunk(b"acTL", struct.pack(">II", frames, 0))]  # fmt: skip
    number = 0
    for frame in range(frames):
        parts.append(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 1, 1, 0, 0, 1, 10, 0, 0)))
        number += 1
        if frame == 0:
            parts.append(_chunk(b"IDAT", data))
        else:
            parts.append(_chunk(b"fdAT", struct.pack(">I", number) + data))
            number += 1
    return b"".join([*parts, _chunk(b"IEND", b"")])


def bomb() -> bytes:
    """A PNG of 900 million pixels in a few kilobytes; only its head has to be honest."""
    size = struct.pack(">II", 30_000, 30_000)
    return b"".join([
        b"\x89PNG\r\n\x1a\n", _chunk(b"IHDR", size + b"\x01\0\0\0\0"),
        _chunk(b"IDAT", zlib.compress(bytes(4_000_000), 9)), _chunk(b"IEND", b""),
    ])  # fmt: skip


def launches(writer: PdfWriter) -> None:
    _opens(writer, {"/S": NameObject("/Launch"), "/F": TextStringObject("calc.exe")})


def runs(writer: PdfWriter) -> None:
    _opens(writer, {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert(1)")})


def goes_elsewhere(writer: PdfWriter) -> None:
    _opens(writer, {"/S": NameObject("/GoToR"), "/F": TextStringObject("//evil.example/x.pdf")})


def infected(writer: PdfWriter) -> None:
    from dialtone.base.documents import child

    stream = StreamObject()
    stream.set_data(child.EICAR)
    writer._add_object(stream)


def links(writer: PdfWriter) -> None:
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://example.com/"))


def carries_a_program(writer: PdfWriter) -> None:
    writer.add_attachment("run.exe", b"MZ")


def spelt_otherwise() -> bytes:
    """A script whose name is written with numbers for letters, as PDF allows."""
    return _raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Java#53cript /J#53 (app.alert\\(1\\)) >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ])  # fmt: skip


def hidden_by_its_size() -> bytes:
    """A script behind the number of objects that the file owns up to."""
    found = pdf(add=runs)
    at = found.rindex(b"/Size ")
    end = at + len(b"/Size ")
    while found[end : end + 1].isdigit():
        end += 1
    digits = end - at - len(b"/Size ")
    return found[:at] + b"/Size " + b"2".rjust(digits) + found[end:]


def swelling_stream() -> bytes:
    """A page whose text is two hundred megabytes of the same letter when it is unpacked."""
    packed = _swollen(b"(x) Tj\n", 200 * 1024**2)
    return _raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream",
    ])  # fmt: skip


def deep_arrays() -> bytes:
    """A hundred thousand lists in one another."""
    return _raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * 100_000 + b"]" * 100_000 + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ])  # fmt: skip


def pages_in_a_ring() -> bytes:
    """A tree of pages that is its own branch."""
    return _raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ])  # fmt: skip


def many_objects() -> bytes:
    """Two hundred thousand objects of nothing."""
    return _raw_pdf([
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *[b"null"] * 200_000,
    ])  # fmt: skip


def words_that_swell() -> bytes:
    """A PNG with a remark of sixty-four megabytes when it is unpacked."""
    found = written_picture()
    remark = b"Comment\0\0" + zlib.compress(bytes(64 * 1024**2), 9)
    head = found.index(b"IDAT") - 4
    return found[:head] + _chunk(b"zTXt", remark) + found[head:]


def _swollen(unit: bytes, size: int) -> bytes:
    """So many bytes of a unit, packed twice: a few kilobytes."""
    first = zlib.compressobj(9)
    second = zlib.compressobj(9)
    block = unit * (1024 * 1024 // len(unit))
    packed = b"".join(second.compress(first.compress(block)) for _block in range(size // len(block)))
    return packed + second.compress(first.flush()) + second.flush()


def _raw_pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of which is its root."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table))
    return out.getvalue()


def _opens(writer: PdfWriter, told: dict[str, Any]) -> None:
    action = DictionaryObject({NameObject(name): value for name, value in told.items()})
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
