"""Files of call records that a switch or carrier leaves in a folder: taken in by themselves, each once.

`DATA/call-records/SOURCE/` holds the files of one source. One that ends in .csv or .parquet is whole: whoever writes it writes under
another name and renames it. Taken in, it lies in `taken/` for thirty days; what is no such file lies in `refused/` until a person
has looked (D9: `dialtone calls` names it).
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from dialtone.base import tenancy
from dialtone.base.problems import Problem
from dialtone.calls.take_in import LARGEST, take_in

log = logging.getLogger("dialtone.calls")
ENDINGS = (".csv", ".parquet")
TAKEN, REFUSED = "taken", "refused"
KEPT = 30 * 24 * 3600  # seconds


def folder() -> Path:
    """Where sources have their folders."""
    return Path(settings.DATA_DIR) / "call-records"


def waiting() -> list[Path]:
    """Whole files that nobody has taken in yet, the oldest first."""
    return sorted(
        (file for file in folder().glob("*/*") if file.suffix in ENDINGS and not file.name.startswith(".")),
        key=lambda file: (file.stat().st_mtime, file.name),
    )


def refused() -> list[Path]:
    """Files that were no such files."""
    return sorted(folder().glob(f"*/{REFUSED}/*"))


def take_in_waiting(actor: tenancy.Actor) -> int:
    """Take in what waits, each file in a transaction of its own; answers how many. Killed between a file's commit and its move, it
    takes the same content in again, which counts once."""
    done = 0
    with _alone() as is_alone:
        for file in waiting() if is_alone else ():
            _put(file, TAKEN if _taken_in(file, actor) else REFUSED)
            done += 1
    return done


def _taken_in(file: Path, actor: tenancy.Actor) -> bool:
    if file.stat().st_size > LARGEST:
        log.error("a file of call records is too large", extra={"file": str(file)})
        return False
    try:
        with tenancy.operator_scope(actor):
            take_in(file.read_bytes(), source=file.parent.name[:40], name=file.name)
    except Problem as problem:
        log.error("a file of call records was refused", extra={"file": str(file), "code": problem.code})
        return False
    return True


def tidy() -> None:
    """Forget files that were taken in long ago; their records stay."""
    limit = time.time() - KEPT
    for file in folder().glob(f"*/{TAKEN}/*"):
        if file.stat().st_mtime < limit:
            file.unlink(missing_ok=True)


def _put(file: Path, where: str) -> None:
    to = file.parent / where
    to.mkdir(mode=0o700, exist_ok=True)
    file.replace(to / file.name)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else takes files in at the moment."""
    if not folder().is_dir():
        yield False
        return
    held = os.open(folder(), os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(held)
