"""What an upload really is: by its first bytes, then by a parser in a process of its own (T11)."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dialtone.base.documents import limits
from dialtone.base.documents import problems as _problems  # noqa: F401  registers the codes
from dialtone.base.problems import Problem

# At offset 0, or it is something else that hides behind it.
_BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypmsf1", b"ftyphevc")
_ANY = ("", "application/octet-stream", "binary/octet-stream")
_CHILD = Path(__file__).with_name("child.py")
_LIMIT_VALUES = {"pages": limits.MOST_PAGES, "pixels": limits.MOST_PIXELS // 1_000_000}


@dataclass(frozen=True)
class Examined:
    """A paper that may be kept: `content` is a PDF as it came, or a picture made anew. `held` names what could
    do harm in it; `is_blank` is true for a picture of one single colour.
    """

    media_type: str
    content: bytes
    pages: int
    held: str
    is_blank: bool = False


def sniff(content: bytes) -> str:
    """The media type by the first bytes; "" for anything else.

    >>> sniff(b"%PDF-1.7 ..."), sniff(b"<html>")
    ('application/pdf', '')
    """
    return next((kind for begin, kind in _BEGINNINGS.items() if content.startswith(begin)), "")


def examine(content: bytes, declared: str = "", *, field: str = "/document") -> Examined:
    """Raises Problem documents.empty, too_large, kind, heic, mismatch, damaged, password, pages, pixels,
    frames, too_costly.
    """
    if not content:
        raise Problem("documents.empty", field=field)
    if len(content) > limits.MOST_BYTES:
        raise Problem("documents.too_large", field=field, values={"limit": limits.MOST_BYTES // 1024**2})
    kind = sniff(content)
    if not kind:
        raise Problem("documents.heic" if content[4:12] in _HEIC else "documents.kind", field=field)
    told = declared.partition(";")[0].strip().lower().replace("image/jpg", "image/jpeg")
    if told not in _ANY and told != kind:
        raise Problem("documents.mismatch", field=field, values={"declared": told[:40], "found": kind})
    answer, made = _in_child(kind, content, field)
    refused = answer.get("refused")
    if refused:
        raise Problem(
            f"documents.{refused}", field=field, values={"limit": _LIMIT_VALUES.get(str(refused), "")}
        )
    return Examined(
        kind, made or content, int(str(answer["pages"])), str(answer["held"]), bool(answer.get("blank"))
    )


def read_text(content: bytes, media_type: str) -> tuple[str, ...]:
    """The text of each page of a PDF that was examined; () for a picture, and for a PDF that cannot be read."""
    if media_type != "application/pdf":
        return ()
    try:
        answer, _made = _in_child("text", content, "")
    except Problem:
        return ()
    pages = answer.get("pages")
    return tuple(str(page) for page in pages) if isinstance(pages, list) else ()


@cache
def _interpreter() -> list[str]:
    """The child's Python. It may write no file, so the modules it needs are compiled once before: else each upload would
    compile them anew, which takes three times as long as looking at it."""
    kept = [f"-Xpycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []
    command = [sys.executable, "-I", *kept]
    needed = "import pypdf; from PIL import Image, ImageOps; Image.init()"
    subprocess.run([*command, "-c", needed], env={}, cwd="/", check=False)
    return command


def _in_child(kind: str, content: bytes, field: str) -> tuple[dict[str, object], bytes]:
    allowed = (limits.SECONDS, limits.MEMORY, limits.MOST_PAGES, limits.MOST_PIXELS)
    try:
        done = subprocess.run(
            [*_interpreter(), str(_CHILD), kind, *map(str, allowed)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.PATIENCE,
            env={},
            cwd="/",
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Problem("documents.too_costly", field=field) from error
    first, _, rest = done.stdout.partition(b"\n")
    if done.returncode or not first:
        raise Problem("documents.too_costly", field=field)
    answer: dict[str, object] = json.loads(first)
    return answer, rest
