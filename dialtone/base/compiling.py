"""Machine code for the few loops that need it: by numba where it is installed, else they stay plain Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

try:
    import numba
except ImportError:  # each room with such loops has a twin in numpy, the same but slower
    numba = None

Function = TypeVar("Function", bound=Callable[..., Any])
# Compiled code makes no arrays, it gets them all: then nobody has to count who holds them, which in a loop of short functions takes
# longer than the work (a search of the inventory takes a third of the time without). Whoever makes one is refused by the compiler.
_OPTIONS = {"error_model": "numpy", "_nrt": False}


def compiled(function: Function) -> Function:
    """Machine code where numba is installed; the plain function otherwise."""
    return numba.njit(cache=True, **_OPTIONS)(function) if numba else function


def inlined(function: Function) -> Function:
    """As `compiled`, for what is called for every item: to hand over many arrays costs more than the work."""
    return numba.njit(forceinline=True, **_OPTIONS)(function) if numba else function
