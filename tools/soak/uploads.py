"""T11: the corpus of uploads. No verdict is wrong, none takes long or much memory, no child is left over, nobody is called."""

from __future__ import annotations

import os
import re
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LONGEST = 5.0  # seconds of processor time for one paper
MOST_MEMORY = 300 * 1024  # KiB
MUTATIONS = {False: 0, True: 20}


def soak(full: bool) -> list[str]:
    """Every file through the examination of the product; `full` also mutates each twenty times (no crash, no hang)."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialtone.config.settings")
    os.environ.setdefault("DIALTONE_SANDBOX", "1")
    django.setup()
    from dialtone.base.documents import examination
    from tests.base import uploads

    with listener() as (address, calls), watched() as peak:
        cases = uploads.corpus(address)
        problems = []
        for case in cases:
            for said in judged(case, examination.examine):
                print(f"  {said}", flush=True)
                problems.append(said)
        problems += mutated(cases, MUTATIONS[full])
        hostile = [case for case in uploads.hostile(address) if "clean" not in case.right]
        unnoticed = [case.name for case in hostile if not list(judged(case, trusting))]
        if unnoticed:
            problems.append(f"control: a trusting examination was not found out: {', '.join(unnoticed)}")
        if calls:
            problems.append(f"{len(calls)} connections came from papers")
    left = children()
    if left:
        problems.append(f"processes are left over: {left}")
    if not 0 < peak[0] <= MOST_MEMORY:
        problems.append(f"a paper took {peak[0] // 1024} MiB")
    fine = sum(case.right == {"clean"} for case in cases)
    print(
        f"  uploads: {len(cases)} files, {fine} of them good, {len(problems)} problems, at most {peak[0] // 1024} MiB"
    )
    return problems[:20]


def judged(case: object, examine: Callable[..., object]) -> Iterator[str]:
    """What is wrong about the examination of one file."""
    from dialtone.base.documents import examination
    from dialtone.porting import bill

    content = case.make()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    verdict, found = verdict_of(content, case.declared, examine)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if verdict not in case.right:
        yield f"{case.name}: {verdict}, not {' or '.join(sorted(case.right))}"
    if took > LONGEST:
        yield f"{case.name}: took {took:.1f} s"
    if case.account and verdict == "clean":
        read = bill.read(examination.read_text(content, found.media_type), case.country)
        told = read.account_number.value if read.account_number else None
        if told != case.account:
            yield f"{case.name}: the account number was read as {told}, not {case.account}"


def verdict_of(content: bytes, declared: str, examine: Callable[..., object]) -> tuple[str, object]:
    """The verdict in a word, and what was found."""
    from dialtone.base.problems import Problem

    try:
        found = examine(content, declared)
    except Problem as refused:
        return refused.code.removeprefix("documents."), None
    return "held" if found.held else "blank" if found.is_blank else "clean", found


def trusting(content: bytes, declared: str = "") -> object:
    """The negative control: an examination that looks at the first bytes only."""
    from dialtone.base.documents import examination

    return examination.Examined(examination.sniff(content), content, 1, "")


def mutated(cases: list[object], times: int) -> list[str]:
    """Each file with some bytes changed: any verdict will do, but there has to be one, soon."""
    import random

    from dialtone.base.documents import examination

    chance, problems = random.Random(11), []
    for case in cases if times else []:
        content = bytearray(case.make())
        for _time in range(times if content else 0):
            changed = bytearray(content)
            for _byte in range(chance.randint(1, 12)):
                changed[chance.randrange(8, max(len(changed), 9)) % len(changed)] = chance.randrange(256)
            begun = time.monotonic()
            try:
                verdict_of(bytes(changed), "", examination.examine)
            except Exception as error:
                problems.append(f"{case.name}, mutated: {error!r}")
            if time.monotonic() - begun > 4 * LONGEST:
                problems.append(f"{case.name}, mutated: took too long")
    return problems


@contextmanager
def watched() -> Iterator[list[int]]:
    """The most memory that a child at work has had so far, in KiB, looked at twenty times a second. (The kernel's own account
    of children begins with our size, which they have until they run their own program.)"""
    peak, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(0.05):
            for pid in children():
                with suppress(OSError):
                    status = Path(f"/proc/{pid}/status").read_text()
                    found = re.search(r"VmHWM:\s+(\d+)", status)
                    peak[0] = max(peak[0], int(found[1]) if found else 0)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


@contextmanager
def listener() -> Iterator[tuple[str, list[object]]]:
    """A server that papers would call home to, and who called it. It is called once by us, to be sure that it hears."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    calls.append(server.accept()[1])
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        with socket.create_connection(server.getsockname()):
            pass
        until = time.monotonic() + 5
        while not calls and time.monotonic() < until:
            time.sleep(0.01)
        assert calls, "the listener hears nothing"
        calls.clear()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls


def children() -> list[int]:
    """Processes of ours that are still there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            words = (entry / "cmdline").read_bytes()
        except (OSError, ValueError):
            continue
        if parent == os.getpid() and b"child.py" in words:
            found.append(int(entry.name))
    return found
