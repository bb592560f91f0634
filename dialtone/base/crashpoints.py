"""Named places where a test may end the process (T7): before and after each commit, carrier call and file write."""

from __future__ import annotations

import os

POINTS: set[str] = set()


def crashpoint(name: str) -> None:
    """Ends the process here, at once, when DIALTONE_CRASH_AT names this point; otherwise nothing."""
    POINTS.add(name)
    if os.environ.get("DIALTONE_CRASH_AT") == name:
        os._exit(86)
