"""Runs alone, in a process of its own without rights worth having: reads an upload from standard input, says
what it is.

Answers one line of JSON, and for pictures the picture made anew after it (so that whatever hid in the file is
gone). The parent is `examination.py`. Only this process lets pypdf and Pillow near hostile bytes: memory, time
and files are limited before it reads, sockets are taken away, and what it writes is nothing but standard
output.
"""

from __future__ import annotations

import io
import json
import resource
import socket
import sys
from typing import Any

MOST_OBJECTS = 100_000
# In place of a media type: what is asked for is the text of a PDF that was examined before.
TEXT = "text"
MOST_TEXT = 300_000  # characters
# What a paper has no need for. A link (URI) is among them: a paper is read, not followed.
ACTIVE = {
    "/JS": "script", "/JavaScript": "script", "/Launch": "launch", "/EmbeddedFile": "embedded file",
    "/EmbeddedFiles": "embedded file", "/GoToR": "link", "/GoToE": "link", "/URI": "link", "/SubmitForm": "form",
    "/ImportData": "form", "/XFA": "form", "/RichMedia": "media", "/Movie": "media", "/Sound": "media",
}  # fmt: skip
# The harmless file that every scanner for malware must find; written in two parts, or scanners would find this file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"


class Refused(Exception):
    """The upload is refused; the argument is the end of a problem code (`documents.<code>`)."""


def main() -> None:
    kind, seconds, memory, pages, pixels = sys.argv[1], *map(int, sys.argv[2:6])
    _confine(seconds, memory)
    content = sys.stdin.buffer.read()
    made = b""
    answer: dict[str, Any]
    try:
        if kind == TEXT:
            answer = {"pages": _text(content, pages)}
        elif kind == "application/pdf":
            answer = _pdf(content, pages)
        else:
            answer, made = _picture(content, kind, pixels)
        if EICAR in content:
            answer["held"] = "malware"
    except Refused as refused:
        answer = {"refused": str(refused)}
    except MemoryError:
        answer = {"refused": "too_costly"}
    except Exception:  # whatever a parser throws at hostile bytes: the file cannot be read
        answer = {"refused": "damaged"}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)


def _confine(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(500)

    def closed(*_args: Any, **_more: Any) -> Any:
        raise OSError("no network here")

    socket.socket = closed  # type: ignore[misc,assignment]


def _pdf(content: bytes, most_pages: int) -> dict[str, Any]:
    from pypdf import PdfReader
    from pypdf.generic import DictionaryObject, IndirectObject

    if b"%%EOF" not in content[-2048:]:
        raise Refused("damaged")
    reader = PdfReader(io.BytesIO(content), strict=True)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Refused("password")
    pages = len(reader.pages)
    if pages > most_pages:
        raise Refused("pages")
    if pages == 0:
        raise Refused("damaged")
    # By the table of objects itself: how many the trailer owns up to (/Size) may be a lie.
    places = [(number, generation) for generation, listed in reader.xref.items() for number in listed]
    places += [(number, 0) for number in reader.xref_objStm]
    if len(places) > MOST_OBJECTS:
        raise Refused("too_costly")
    held = ""
    for number, generation in places:
        try:
            found = reader.get_object(IndirectObject(number, generation, reader))
        except Exception:  # a hole in the table of objects is common and harmless
            continue
        if isinstance(found, DictionaryObject):
            held = held or _active_in(found, 0)
    return {"pages": pages, "held": held}


def _text(content: bytes, most_pages: int) -> list[str]:
    """The text layer, page by page, with columns where they stand; "" for a page without text."""
    from pypdf import PdfReader

    pages = []
    left = MOST_TEXT
    for page in list(PdfReader(io.BytesIO(content)).pages)[:most_pages]:
        try:
            text = page.extract_text(extraction_mode="layout") or page.extract_text()
        except Exception:  # the plain way asks less of a page
            text = page.extract_text()
        pages.append(text[:left])
        left -= len(pages[-1])
    return pages


def _active_in(value: Any, depth: int) -> str:
    """The first thing in a PDF object that could act by itself; objects that it refers to are looked at on
    their own.
    """
    from pypdf.generic import ArrayObject, DictionaryObject

    if depth > 20:
        raise Refused("too_costly")
    if isinstance(value, DictionaryObject):
        for key, inner in dict.items(value):
            found = ACTIVE.get(str(key)) or (
                ACTIVE.get(str(inner)) if str(key) in ("/S", "/Subtype", "/Type") else None
            )
            if found:
                return found
            found = _active_in(inner, depth + 1)
            if found:
                return found
    elif isinstance(value, ArrayObject):
        for inner in list.__iter__(value):
            found = _active_in(inner, depth + 1)
            if found:
                return found
    return ""


def _picture(content: bytes, kind: str, most_pixels: int) -> tuple[dict[str, Any], bytes]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted here, before anything is unpacked
    form = {"image/png": "PNG", "image/jpeg": "JPEG"}[kind]
    with Image.open(io.BytesIO(content), formats=[form]) as checked:
        if checked.width * checked.height > most_pixels:
            raise Refused("pixels")
        if getattr(checked, "n_frames", 1) > 1:
            raise Refused("frames")
        checked.verify()
    with Image.open(io.BytesIO(content), formats=[form]) as found:
        found.load()
        upright = ImageOps.exif_transpose(found)
        if upright.mode not in ("L", "RGB", "RGBA"):
            upright = upright.convert("RGBA" if form == "PNG" and "transparency" in found.info else "RGB")
        clean = Image.new(upright.mode, upright.size)
        clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, form, **({"quality": 92} if form == "JPEG" else {}))
    low_high = clean.convert("L").getextrema()
    return {"pages": 1, "held": "", "blank": low_high[0] == low_high[1]}, out.getvalue()


if __name__ == "__main__":
    main()
