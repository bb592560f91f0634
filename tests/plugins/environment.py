"""Loaded before anything else (pyproject's `-p`): the environment in which Django's settings are read."""

from __future__ import annotations

import os
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATA = Path(__file__).resolve().parents[2] / ".test" / f"data-{WORKER}-{os.getpid()}"

os.environ["DIALTONE_SANDBOX"] = "1"
os.environ["DIALTONE_DATA_DIR"] = str(DATA)
os.environ["DIALTONE_DB_AS"] = "app"
# The real address is filled in by the session fixture, before the first connection.
os.environ["DATABASE_URL"] = "postgresql://dialtone_app@/unset?host=/nowhere"
