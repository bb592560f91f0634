"""The ciphertext of papers: one file each in `DATA/documents`, under a name that says nothing."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from dialtone.base.crashpoints import crashpoint

# A file is younger than the transaction that will name it; nothing takes so long.
SURELY_ORPHANED = 3600.0


def folder() -> Path:
    return Path(settings.DATA_DIR) / "documents"


def write(sealed: bytes) -> str:
    """Store bytes durably, whole or not at all; answers their name."""
    name = uuid4().hex
    path = _path(name)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_suffix(".part")
    crashpoint("document.before_write")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(sealed)
        out.flush()
        os.fsync(out.fileno())
    crashpoint("document.before_rename")
    part.rename(path)
    return name


def read(name: str) -> bytes:
    """Raises FileNotFoundError."""
    return _path(name).read_bytes()


def remove(name: str) -> None:
    _path(name).unlink(missing_ok=True)


def old_names() -> Iterator[str]:
    """The names of files that are old enough to have their row, if they ever get one; left-over parts go at once."""
    horizon = time.time() - SURELY_ORPHANED
    for path in folder().glob("??/*"):
        if path.stat().st_mtime > horizon:
            continue
        if path.suffix:
            path.unlink(missing_ok=True)
        else:
            yield path.name


def _path(name: str) -> Path:
    return folder() / name[:2] / name
