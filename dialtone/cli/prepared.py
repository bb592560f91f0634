"""What a start has done already for this very code and database, so that the next one need not do it again.

A mark is what the work rests on; it counts only while that is the same to the byte: our files and the installed packages for
the static files, and with them address, keys and the state of the database for a sandbox. Whoever doubts a mark removes the
file DATA/prepared.json: everything is then done once more, which is harmless.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dialtone.config.environment import KEYS, REPO, Environment
from dialtone.config.postgres import CannotRun, Embedded

FILE = "prepared.json"
STATIC, SANDBOX = "static", "sandbox"
# Which database this is (another cluster, or one that was made anew, is another one), and how far it is migrated.
_STATE = """
    SELECT (SELECT system_identifier FROM pg_control_system()), d.oid, count(m.id), max(m.id)
    FROM pg_database d, django_migrations m WHERE d.datname = current_database() GROUP BY d.oid"""


@dataclass
class Prepared:
    """The marks of one installation, served at this address."""

    environment: Environment
    address: str

    def has_static(self) -> bool:
        """Whether the pages' static files lie where they are served from."""
        manifest = self.environment.data_dir / "static" / "staticfiles.json"
        return manifest.exists() and self._marks().get(STATIC) == self._code

    def note_static(self) -> None:
        self._note(STATIC, self._code)

    def has_sandbox(self, cluster: Embedded) -> bool:
        """Whether the sandbox's database is migrated and filled, for this address and these keys."""
        known = self._marks().get(SANDBOX)
        if not known or not (self.environment.data_dir / "sandbox.json").exists():
            return False
        return known == self._sandbox(cluster)

    def note_sandbox(self, cluster: Embedded) -> None:
        self._note(SANDBOX, self._sandbox(cluster))

    @cached_property
    def _code(self) -> str:
        """All files of ours and the names of all installed packages, versions included; taken before the work begins."""
        packages = sorted(os.listdir(sysconfig.get_path("purelib")))
        return _digest(sys.version, *packages, *_files(REPO / "dialtone"))

    def _sandbox(self, cluster: Embedded) -> str:
        try:
            state = cluster.psql(_STATE, "dialtone")
        except CannotRun:  # an empty database has no such table
            return ""
        keys = [self.environment.given_key(name) or self.environment.stored_key(name) for name in KEYS]
        return _digest(self._code, self.address, state, *keys)

    def _marks(self) -> dict[str, str]:
        try:
            found = json.loads((self.environment.data_dir / FILE).read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _note(self, name: str, mark: str) -> None:
        part = self.environment.data_dir / f".{FILE}.part"
        part.write_text(json.dumps({**self._marks(), name: mark}))
        part.replace(self.environment.data_dir / FILE)


def _files(folder: Path) -> Iterator[str]:
    """Each file with its size and time of change, in order."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            found = os.stat(os.path.join(place, name))
            yield f"{place}/{name} {found.st_size} {found.st_mtime_ns}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
