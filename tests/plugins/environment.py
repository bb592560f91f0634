"""Loaded before anything else (pyproject's `-p`): the environment in which Django's settings are read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
DATA = Path(__file__).resolve().parents[2] / ".test" / f"data-{WORKER}-{os.getpid()}"

# As ./run does: else each of the many processes that tests start compiles all it imports again.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.pycache_prefix = os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(sys.prefix) / "bytecode"))
    sys.dont_write_bytecode = False

os.environ["DIALTONE_SANDBOX"] = "1"
os.environ["DIALTONE_DATA_DIR"] = str(DATA)
os.environ["DIALTONE_DB_AS"] = "app"
os.environ["DIALTONE_QUICK_PASSWORDS"] = "1"
# The real address is filled in by the session fixture, before the first connection.
os.environ["DATABASE_URL"] = "postgresql://dialtone_app@/unset?host=/nowhere"
