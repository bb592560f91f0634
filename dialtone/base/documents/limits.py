"""How large a paper may be. The child process (`child.py`) gets them from here, as arguments."""

from __future__ import annotations

MOST_BYTES = 25 * 1024 * 1024
MOST_PAGES = 300
MOST_PIXELS = 50_000_000
MOST_OF_ONE_SUBJECT = 200
SECONDS = 4  # of processor time: a hostile paper is refused within five, with what is around it
PATIENCE = 20  # seconds in all: a busy machine is not a hostile paper
MEMORY = 768 * 1024 * 1024
OPENED_PER_HOUR = 200
