"""Where this installation keeps its things and how it was told to run.

Everything comes from environment variables, over a `dialtone.toml` in the data directory that
`dialtone setup` writes. A new setting works when absent. The list for operators is in
`docs/operating/settings.md`.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

REPO = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """What the process was told: paths, database addresses, sandbox or real."""

    data_dir: Path
    sandbox: bool
    base_url: str
    time_zone: str
    database_url: str | None
    database_owner_url: str | None
    acts_as: str
    allowed_hosts: tuple[str, ...]
    mail_url: str | None
    mail_from: str
    debug: bool
    api_requests_per_minute: int

    def secret(self, name: str) -> str:
        """A key of this installation, made once and kept in `DATA/keys/NAME` (mode 0600).

        An environment variable `DIALTONE_KEY_<NAME>` wins, for installations whose keys come from a vault.
        """
        given = os.environ.get(f"DIALTONE_KEY_{name.upper()}")
        if given:
            return given
        path = self.data_dir / "keys" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            made = secrets.token_urlsafe(48)
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path.read_text().strip()
            with os.fdopen(handle, "w") as out:
                out.write(made)
            return made
        return path.read_text().strip()


def _on(value: Any) -> bool:
    return str(value).strip().lower() in {"1", "true", "yes", "on"}


@cache
def load() -> Environment:
    """Read the environment once per process."""
    data_dir = Path(os.environ.get("DIALTONE_DATA_DIR") or REPO / ".dialtone").expanduser().resolve()
    file = data_dir / "dialtone.toml"
    told: dict[str, Any] = tomllib.loads(file.read_text()) if file.exists() else {}

    def setting(name: str, default: Any = None) -> Any:
        return os.environ.get(f"DIALTONE_{name.upper()}", told.get(name, default))

    base_url = str(setting("base_url", "http://127.0.0.1:8000")).rstrip("/")
    hosts = setting("allowed_hosts", "127.0.0.1,localhost,[::1]")
    host_names = hosts.split(",") if isinstance(hosts, str) else list(hosts)
    return Environment(
        data_dir=data_dir,
        # What made this data directory a sandbox left its file there; a real installation never has one.
        sandbox=_on(setting("sandbox", (data_dir / "sandbox.json").exists())),
        base_url=base_url,
        time_zone=str(setting("time_zone", "UTC")),
        database_url=os.environ.get("DATABASE_URL", told.get("database_url")),
        database_owner_url=os.environ.get("DATABASE_OWNER_URL", told.get("database_owner_url")),
        acts_as=os.environ.get("DIALTONE_DB_AS", "app"),
        allowed_hosts=tuple(name.strip() for name in host_names if name.strip()),
        mail_url=setting("mail_url"),
        mail_from=str(setting("mail_from", "Dialtone <dialtone@localhost>")),
        debug=_on(setting("debug", "false")),
        api_requests_per_minute=max(1, int(setting("api_requests_per_minute", 3000))),
    )
