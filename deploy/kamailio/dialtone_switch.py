"""What Kamailio asks and writes: questions to Dialtone's authorisation program, locations of emergency calls, call records.

Runs inside Kamailio (app_python3), with the system's Python and its standard library alone. `KSR` is given by Kamailio; the tests
give one of their own. Told by the environment variable DIALTONE_SWITCH, JSON:

    {"socket": ".../ask.sock", "records": ".../call-records/switch", "wait": 0.3}

Nothing here may raise: a call must not hang on a bug, so each function that Kamailio calls says what went wrong in the log, and the
configuration goes on with what it knows.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

try:
    import KSR
except ImportError:  # outside Kamailio
    KSR = None
TOLD: dict[str, Any] = json.loads(os.environ.get("DIALTONE_SWITCH", "{}"))
WAIT = float(TOLD.get("wait", 0.3))  # seconds for an answer, all in all
COLUMNS = (
    "call_id",
    "direction",
    "start",
    "answer",
    "end",
    "duration",
    "caller",
    "called",
    "outcome",
    "line",
)
TOLD_OF = ("id", "direction", "begun", "caller", "called", "line")  # variables of a call that its record says
# An access code behind the number: asked about as it was dialled, and written down nowhere.
ACCESS_CODE = re.compile(r"(?<=[0-9])\*[0-9*]+#?$")
SLICE = 2  # seconds of records that lie in one file
MOST_TEXT = 300
# SIP's answer to a refusal, by its code; anything else is 403.
STATUSES = {
    "calls.no_such_extension": (404, "Not Found"),
    "calls.no_such_number": (404, "Not Found"),
    "calls.dialled": (484, "Address Incomplete"),
    "calls.loop": (482, "Loop Detected"),
    "calls.no_fresh_facts": (503, "Service Unavailable"),
}
# Refusals that say that nobody here calls: whose record would it be?
NOBODYS = ("calls.not_your_number", "calls.caller_needed")


class Desk:
    """The authorisation program, over one connection for each process of Kamailio."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.link: socket.socket | None = None

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None if there is none within WAIT. A connection that has died meanwhile is made anew, once."""
        line = f"JSON\t{path}\t{json.dumps(body)}\n".encode()
        until = time.monotonic() + WAIT
        for _attempt in range(2):
            try:
                return self._ask(line, until)
            except (OSError, ValueError):
                self.close()
        return None

    def close(self) -> None:
        if self.link is not None:
            self.link.close()
        self.link = None

    def _ask(self, line: bytes, until: float) -> dict[str, Any]:
        if self.link is None:
            self.link = socket.socket(socket.AF_UNIX)
            self.link.settimeout(max(0.01, until - time.monotonic()))
            self.link.connect(self.path)
        answer = b""
        self.link.settimeout(max(0.01, until - time.monotonic()))
        self.link.sendall(line)
        while not answer.endswith(b"\n"):
            self.link.settimeout(max(0.01, until - time.monotonic()))
            part = self.link.recv(65536)
            if not part:
                raise OSError("the program closed the connection")
            answer += part
        found = json.loads(answer)
        if not isinstance(found, dict):
            raise ValueError("no answer")
        return found


desk = Desk(str(TOLD.get("socket", "")))


def mod_init() -> Any:
    """Kamailio takes what this answers as the one whose methods it calls."""
    return Switch()


class Switch:
    """What `python_exec` names. Each answers 1 or -1, as Kamailio wants."""

    def child_init(self, rank: int) -> int:
        guarded(_learn_clock)
        return 0

    def ask(self, message: Any, *_: Any) -> int:
        return guarded(_ask)

    def inbound(self, message: Any, *_: Any) -> int:
        return guarded(_inbound)

    def locate(self, message: Any, *_: Any) -> int:
        return guarded(_locate)

    def refused(self, message: Any, *_: Any) -> int:
        return guarded(_refused)

    def answered(self, message: Any, *_: Any) -> int:
        return guarded(lambda: put("$dlg_var(answered)", now()))

    def ended(self, message: Any, *_: Any) -> int:
        return guarded(_ended)

    def hand_over(self, message: Any, *_: Any) -> int:
        return guarded(_each_second)


def guarded(work: Callable[[], object]) -> int:
    try:
        work()
    except Exception as error:
        KSR.err(f"dialtone: {type(error).__name__}: {error}\n")
        return -1
    return 1


def get(name: str) -> str:
    found = KSR.pv.get(name)
    return "" if found is None else str(found)


def put(name: str, value: str) -> None:
    KSR.pv.sets(name, value)


def flag(name: str, value: bool) -> None:
    KSR.pv.seti(name, int(value))


def now() -> str:
    """The installation's time: real time, and what a sandbox's clock stands ahead of it (`_learn_clock` has asked)."""
    ahead = timedelta(seconds=int(get("$shv(ahead)") or 0))
    return (datetime.now(UTC) + ahead).isoformat(timespec="milliseconds")


def _each_second() -> None:
    close_slices(records(), time.time())
    _learn_clock()


def _learn_clock() -> None:
    known = desk.post("/healthz", {})
    if known is not None:
        KSR.pv.seti("$shv(ahead)", int(known.get("ahead") or 0))


# What is asked


def _ask() -> None:
    dialled = get("$ru") if get("$ru").lower().startswith(("urn:", "tel:")) else get("$rU")
    caller = get("$fU")
    begin("outbound", caller, dialled)
    # Whoever sends from elsewhere may call for help, as a stranger: no number of ours, and no address, is theirs.
    customer = "" if get("$var(trusted)") == "1" else "stranger"
    body = {"callId": get("$var(id)"), "customerId": customer, "caller": caller, "dialled": dialled}
    found = desk.post("/decision", body)
    if found is None or "allowed" not in found:
        return
    flag("$var(answered)", True)
    flag("$var(allowed)", bool(found["allowed"]))
    flag("$var(emergency)", found.get("callType") == "EMERGENCY")
    # Of a phone without a number the record is the shown number's.
    if found.get("line") and found.get("chargedTo"):
        put("$var(line)", str(found["line"]))
        put("$var(caller)", str(found["chargedTo"]))
    put("$var(number)", str(found.get("number") or ACCESS_CODE.sub("", dialled)))
    if found.get("callType") == "EMERGENCY":
        put("$var(shown)", str(found.get("callbackNumber") or ""))
        KSR.pv.sets("$avp(answer)", json.dumps(found))
        put("$var(called)", str(found.get("number") or dialled))
        return
    put("$var(shown)", str(found.get("callerId") or ""))
    put("$var(called)", str(found.get("number") or ACCESS_CODE.sub("", dialled)))
    status, phrase = STATUSES.get(str(found.get("code")), (403, "Forbidden"))
    put("$var(code)", str(found.get("code")))
    KSR.pv.seti("$var(status)", status)
    put("$var(phrase)", phrase)
    put("$var(text)", quotable(f"{found.get('code')}: {found.get('sentence', '')}"))
    _route(found.get("route"))


def _inbound() -> None:
    called, caller = get("$rU"), get("$fU")
    begin("inbound", caller, called)
    flag("$var(answered)", False)
    found = desk.post("/route", {"dialled": called, "caller": "", "entries": []})
    if found is not None and "route" in found:
        flag("$var(answered)", True)
        _route(found["route"])


def begin(direction: str, caller: str, called: str) -> None:
    """What the record of the call will say. Its id is the call's own with the caller's tag: ids alone can come again."""
    put("$var(id)", f"{get('$ci')[:80]};{get('$ft')[:39]}")
    put("$var(direction)", direction)
    put("$var(begun)", now())
    put("$var(caller)", caller)
    put("$var(called)", ACCESS_CODE.sub("", called))
    for name in ("kind", "target", "destination", "ring", "how", "seconds", "shown", "line", "reason"):
        put(f"$var({name})", "")


def _route(found: Any) -> None:
    if not isinstance(found, dict):
        return
    put("$var(kind)", str(found.get("kind") or ""))
    put("$var(target)", f"{found.get('id')};hours={found.get('hours')}")
    put("$var(destination)", str(found.get("destination") or ""))
    put("$var(ring)", ",".join(found.get("ring") or ()))
    put("$var(how)", str(found.get("how") or ""))
    put("$var(reason)", quotable(str(found.get("reason") or "")))
    put("$var(seconds)", str(int(found.get("seconds_each") or 30) * 1000))


def quotable(text: str) -> str:
    """As it may stand between quotes in a SIP header (RFC 3261, quoted-string), on one line.

    >>> quotable('calls.x: 4"11\\r\\nis not')
    "calls.x: 4'11 is not"
    """
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.replace("\\", "/").replace('"', "'").split())[:MOST_TEXT]


# Where an emergency call comes from


def _locate() -> None:
    found = json.loads(get("$avp(answer)"))
    document, reference = str(found.get("pidfLo") or ""), str(found.get("locationReference") or "")
    if not document and not reference:
        KSR.hdr.append("X-Dialtone-Emergency: default-route\r\n")
        return
    # What the phone says about its place would contradict what the organisation has registered for it.
    for name in ("Geolocation", "Geolocation-Routing"):
        KSR.hdr.remove(name)
    if document:
        content_id = f"{secrets.token_hex(8)}@dialtone"
        body, kind = with_location(get("$rb"), get("$cT"), document, content_id)
        KSR.hdr.append(f"Geolocation: <cid:{content_id}>\r\n")
        KSR.textops.set_body(body, kind)
    if reference:
        KSR.hdr.append(f"Geolocation: <{reference}>\r\n")
    KSR.hdr.append("Geolocation-Routing: yes\r\n")


def with_location(body: str, kind: str, document: str, content_id: str) -> tuple[str, str]:
    """The body of an INVITE together with the location, and its Content-Type (RFC 6442; RFC 5621: parts, each by its own type)."""
    part = "\r\n".join(
        [
            "Content-Type: application/pidf+xml",
            f"Content-ID: <{content_id}>",
            "Content-Disposition: render;handling=optional",
            "",
            document,
        ]
    )
    boundary = f"dialtone-{secrets.token_hex(8)}"
    parts = [part]
    if body.strip():
        parts.insert(0, f"Content-Type: {kind or 'application/sdp'}\r\n\r\n{body}")
    whole = "".join(f"--{boundary}\r\n{each}\r\n" for each in parts)
    return f"{whole}--{boundary}--\r\n", f'multipart/mixed;boundary="{boundary}"'


# What is written


def records() -> Path:
    return Path(str(TOLD["records"]))


def _refused() -> None:
    if get("$var(code)") in NOBODYS:
        return
    told = {name: get(f"$var({name})") for name in TOLD_OF}
    write(row(**told, answered="", ended=told["begun"], outcome="refused"))


def _ended() -> None:
    told = {name: get(f"$dlg_var({name})") for name in TOLD_OF}
    answered, ended = get("$dlg_var(answered)"), now()
    write(row(**told, answered=answered, ended=ended, outcome="answered" if answered else "unanswered"))
    spoken = datetime.fromisoformat(ended) - datetime.fromisoformat(answered) if answered else timedelta(0)
    desk.post("/end", {"callId": told["id"], "seconds": max(0, int(spoken.total_seconds()))})


def row(
    *,
    id: str,
    direction: str,
    begun: str,
    caller: str,
    called: str,
    line: str,
    answered: str,
    ended: str,
    outcome: str,
) -> str:
    """One record as a line of CSV. The duration is left to the reader: it is what lies between answer and end, rounded up once."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        [id, direction, begun, answered, ended, "", caller, called, outcome, line]
    )
    return out.getvalue()


def write(line: str) -> None:
    """Add a record to the present slice. One write at the end of the file, so that processes do not mix their lines."""
    folder = records()
    name = f".{int(time.time()) // SLICE * SLICE}.slice"
    found = os.open(folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(found, line.encode())
    finally:
        os.close(found)


def close_slices(folder: Path, at: float) -> int:
    """Hand over slices that nobody writes into any more: with a header, and under a name that ends in .csv, at once or not at all.
    Broken off between the two steps, it hands the same content over again, which counts once. Answers how many."""
    done = 0
    for file in sorted(folder.glob(".*.slice")):
        begun = file.name.strip(".").partition(".")[0]
        if not begun.isdigit() or int(begun) + SLICE + 1 > at:
            continue
        part = folder / f".{begun}.part"
        part.write_text(",".join(COLUMNS) + "\n" + file.read_text())
        part.replace(folder / f"{begun}.csv")
        file.unlink()
        done += 1
    return done
