"""Named places where a test ends the process (T7): before and after each commit, each call to a carrier, each file written.

DIALTONE_CRASH_ONCE names a file. At each point that the file does not name yet, the point is added to it (with the instant of our
clock) and the process ends there and then, as `kill -9` would end it; so a test that goes on until nothing ends any more has
been at every point once. Without the variable, and outside a sandbox whatever the environment says, a point does nothing.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import CodeType

VARIABLE = "DIALTONE_CRASH_ONCE"
ENDED = 86  # the exit status
_GENERATOR = 0x20  # of a code object's flags (inspect.CO_GENERATOR): context managers are generators here
_NOT_THE_VERB = ("contextlib", "dialtone.base.crashpoints", "dialtone.base.tenancy", "dialtone.base.roles")


def crashpoint(name: str) -> None:
    """End the process here if a test wants it to end here for the first time."""
    if VARIABLE in os.environ and _is_sandbox():
        _end_once(name)


def at_commit(when: str) -> None:
    """The point "before" or "after" a commit, named by whoever opened the transaction: "carriers.command.send.before_commit", or,
    of a request, by its method and route."""
    if VARIABLE in os.environ and _is_sandbox():
        _end_once(f"{_opener()}.{when}_commit")


def _is_sandbox() -> bool:
    """Django is loaded here and not before: the program that a switch asks has none (calls/server.py)."""
    from django.conf import settings

    return bool(settings.SANDBOX)


def _end_once(name: str) -> None:
    from dialtone.base import clock

    file = Path(os.environ[VARIABLE])
    met = file.read_text().splitlines() if file.exists() else []
    if name in (line.partition("\t")[0] for line in met):
        return
    with file.open("a") as out:
        out.write(f"{name}\t{clock.now().isoformat()}\n")
    os._exit(ENDED)


def _opener() -> str:
    """The function whose `with` opened the transaction; context managers between it and us are passed over."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_passed_over(frame.f_globals["__name__"], frame.f_code):
        frame = frame.f_back
    request = frame.f_locals.get("request")
    if request is not None and getattr(request, "resolver_match", None) is not None:
        return f"{request.method} {request.resolver_match.route}"
    return f"{frame.f_globals['__name__'].removeprefix('dialtone.')}.{frame.f_code.co_name}"


def _is_passed_over(module: str, code: CodeType) -> bool:
    return module in _NOT_THE_VERB or bool(code.co_flags & _GENERATOR)
