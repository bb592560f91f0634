"""What is too long for the tests is marked `soak`: `./run test` leaves it out, `./run soak walks` runs it, and so does whoever
names its file.

Of questions by the thousand each run asks every so manieth: a sample of every kind, on each change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

EVERY = 12


def sampled(questions: Iterable[Any], every: int = EVERY) -> list[Any]:
    """The questions as parameters of a test; all but every so manieth marked `soak`. A tuple is one question of several parts."""
    return [
        pytest.param(
            *(each if isinstance(each, tuple) else (each,)), marks=[pytest.mark.soak] if at % every else []
        )
        for at, each in enumerate(questions)
    ]
