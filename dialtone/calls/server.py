"""The authorisation program: what a switch asks for each call. Knows no Django, no database, no queue (decision 10).

Two doors to the same answers. For the switch, a line on a Unix socket, fields divided by tabs:

    ASK  call-id  customer-id  caller  dialled  [access-code]
                                                    answers  YES or NO, code, type, number, callback, address, default-route, shown
    END  call-id  seconds                           answers  OK, or PARKED for a call that was never placed here
    JSON  path  body                                answers  in one line what HTTP would

For others, HTTP/1.1 on a loopback port, JSON both ways: POST /decision {"callId", "customerId", "caller", "dialled", "accessCode"}; POST
/route {"dialled", "caller", "entries"} where a call to one of our numbers goes; POST /end {"callId", "seconds"}; GET /healthz. And
/held: where a device is (`whereis.py`).
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import time
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import uvloop

from dialtone.calls import placed
from dialtone.calls.common import Outcome
from dialtone.calls.let_through import without_code
from dialtone.calls.placed import PlacedCall
from dialtone.calls.rules import Asked, Decision
from dialtone.calls.snapshot import Answers, forgetting, loading, whole
from dialtone.calls.whereis import ROOT, Said, WhereIs

OLD_AFTER = 30.0  # seconds without a sign that the picture is still true (H17)
LOOK_EVERY = 1.0  # seconds
LONGEST_LINE = 2000  # bytes
LONGEST_BODY = 10_000
# What the answer to an emergency call has only where it is known.
LOCATED = {"pidfLo": "pidf_lo", "locationReference": "location_reference"}
MOST_HEADS = 500  # of HTTP requests, kept read
MOST_WRITTEN = 1_000_000  # callers, some 200 bytes each
MOST_ENTRIES = 50  # keys of one caller
A_NUMBER = "+0"  # begins no number: its place in an answer that is written beforehand
AT_ONE_TIME = 0.001  # seconds: what is asked within them is asked at one time
LONGEST_ANSWER = 2000  # bytes of an answer to a common call whose head is written beforehand


@dataclass
class Picture:
    """The picture's file: loaded when it changes, old when nobody has touched it for a while."""

    file: Path
    answers: Answers
    _seen: tuple[int, int] = (0, 0)
    _now: datetime = datetime.min
    _now_until: float = 0.0

    def look(self) -> None:
        """Load the picture if it is another one than last time."""
        whole(self.looking())

    def looking(self) -> Generator[None, None, None]:
        """As `look`, in steps of some milliseconds, between which calls are answered out of the picture there was."""
        try:
            found = self.file.stat()
        except OSError:
            return
        if (found.st_ino, found.st_size) == self._seen:
            return
        loaded = yield from loading(self.file)
        if loaded is None:
            return
        old = self.answers.snapshot
        yield from self.answers.showing(loaded)
        self.answers.warm_up(self.now())
        self._seen = (found.st_ino, found.st_size)
        if old is not None:
            yield from forgetting(old)
        gc.collect()
        gc.freeze()

    def is_fresh(self) -> bool:
        """Whether the picture was confirmed lately: its keeper touches the file each time it finds nothing new."""
        try:
            return time.time() - self.file.stat().st_mtime < OLD_AFTER
        except OSError:
            return False

    def now(self) -> datetime:
        """The installation's time, at most a millisecond old: real time, and what a sandbox's clock stands ahead of it."""
        at = time.monotonic()
        if at >= self._now_until:
            known = self.answers.snapshot
            ahead = known.ahead_seconds if known is not None else 0
            self._now, self._now_until = datetime.now(UTC) + timedelta(seconds=ahead), at + AT_ONE_TIME
        return self._now


class Desk:
    """Reads a question, answers it; both doors use it."""

    def __init__(
        self,
        picture: Picture,
        on_emergency: Callable[[PlacedCall], object] = lambda call: None,
        whereis: WhereIs | None = None,
    ) -> None:
        self.picture = picture
        self.whereis = whereis
        self.fresh = picture.is_fresh()
        self.on_emergency = on_emergency
        self.heads: dict[bytes, _Head] = {}

    def lines(self, text: str) -> str:
        """The answers to lines of the switch that came together: all at one time."""
        now = self.picture.now()
        return "\n".join([self.line(each, now) for each in text.split("\n")])

    def one_line(self, data: bytes) -> bytes | None:
        """The answer to a piece that is one line and a question, as nearly all are; None for anything else, which `lines` reads."""
        try:
            words = data.decode().split("\t")
        except UnicodeDecodeError:
            return None
        if len(words) != 5 or words[0] != "ASK" or words[4][-1:] != "\n":
            return None
        _ask, call_id, customer_id, caller, dialled = words
        dialled, now, answers = dialled[:-1], self.picture.now(), self.picture.answers
        common = answers.common(caller, dialled, customer_id, now, call_id, self.fresh)
        if common is not None:  # as `_as_line`: no common call has a number to call back or an address
            said, number, _may_be_ours = common
            return f"{said.line}{number}\t\t\t\t{answers.shown_number(caller, said)}\n".encode()
        if "\n" in dialled or "\r" in dialled:
            return None
        return f"{self._climbed(call_id, customer_id, caller, dialled, now)}\n".encode()

    def line(self, text: str, now: datetime) -> str:
        """The answer to one line of the switch."""
        answer = self.one_line(f"{text}\n".encode())
        if answer is not None:
            return answer[:-1].decode()
        words = text.split("\t")
        if words[0] == "ASK" and 5 <= len(words) <= 6:
            _ask, call_id, customer_id, caller, dialled, *code = words
            return self._climbed(call_id, customer_id, caller, dialled, now, *code)
        if words[0] == "END" and len(words) == 3 and words[2].isdigit():
            placed = self.picture.answers.end(words[1], int(words[2][:9]), now)
            return "OK" if placed else "PARKED"
        if words[0] == "JSON" and len(words) == 3:
            return _encode(self.post(words[1], words[2].encode())[1]).decode()
        return "ERROR\tASK call-id customer-id caller dialled [access-code], END call-id seconds, or JSON path body"

    def _climbed(
        self, call_id: str, customer_id: str, caller: str, dialled: str, now: datetime, access_code: str = ""
    ) -> str:
        found = self.decide(call_id, customer_id, caller, dialled, now, access_code)
        if not found.allowed or found.rule == "emergency":
            return _as_line(found, "")
        return _as_line(found, self.picture.answers.caller_id(caller, found, customer_id).e164)

    def decide(
        self, call_id: str, customer_id: str, caller: str, dialled: str, now: datetime, access_code: str = ""
    ) -> Decision:
        """The answer up the ladder, as the tables of common calls had none; an emergency call with an id is a call, not a question, and is
        told of (E6)."""
        asked = Asked(caller, dialled, customer_id, access_code)
        found = self.picture.answers.climb(asked, now, call_id=call_id, is_fresh=self.fresh)
        if call_id and found.rule == "emergency":
            of = self.picture.answers.customer_of(asked)
            self.on_emergency(
                PlacedCall(
                    call_id,
                    now,
                    of,
                    caller,
                    found.number,
                    found.values.get("callback", ""),
                    found.values.get("address", ""),
                )
            )
        return found

    def post(self, path: str, content: bytes) -> tuple[int, dict[str, object] | msgspec.Raw]:
        """The status and answer to a body that is posted to a path."""
        if path == "/healthz":
            return 200, self.health()
        if path == "/decision" and (asked := _as_asked(content)) is not None:
            common = self._common(asked)
            if common is not None:
                return 200, msgspec.Raw(common)
            return 200, self._told(asked)
        door = {"/decision": self._decision, "/route": self._route, "/end": self._end}.get(path)
        if door is None:
            return 404, {"code": "not_found"}
        try:
            told = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return 400, {"code": "request.unreadable"}
        if not isinstance(told, dict):
            return 400, {"code": "request.unreadable"}
        try:
            return 200, door(told)
        except _Wrong as wrong:
            return 400, {"code": "field.wrong", "allowed": str(wrong)}

    def health(self) -> dict[str, object]:
        """Whether the picture is fresh, from when it is, and how many seconds a sandbox's clock stands ahead."""
        known = self.picture.answers.snapshot
        return {
            "fresh": self.fresh,
            "taken": known.taken_at.isoformat() if known else None,
            "ahead": known.ahead_seconds if known else 0,
        }

    def one_post(self, data: bytes) -> bytes | None:
        """The whole answer to a piece that is one request and a question, as nearly all are; None for anything else, which `post` reads."""
        head, _divided, body = data.partition(b"\r\n\r\n")
        known = self.heads.get(head)
        if known is None or known.length != len(body) or known.is_last:
            return None
        asked = _as_asked(body)
        if asked is None:
            return None
        answer = self._common(asked) or _encode(self._told(asked))
        return (
            _ANSWER_HEADS[len(answer)] if len(answer) < LONGEST_ANSWER else _head_of(len(answer))
        ) + answer

    def _told(self, asked: _Asked) -> dict[str, object]:
        return self._decided(asked.callId, asked.customerId, asked.caller, asked.dialled, asked.accessCode)

    def _common(self, asked: _Asked) -> bytes | None:
        """As `_decided`, for a common call: what all calls of its kind are answered is written once. None for any other."""
        answers, now, caller, dialled = self.picture.answers, self.picture.now(), asked.caller, asked.dialled
        found = answers.common(caller, dialled, asked.customerId, now, asked.callId, self.fresh)
        if found is None:
            return None
        said, number, may_be_ours = found
        before, after = said.written or self._write(said)
        if not said.allowed:
            return b"".join((before, number.encode(), b'"', after, b"}"))
        shown = answers.written.get(caller)
        if shown is None or (said.shows_own and caller in answers.chosen):
            shown = self._shown(caller, said)
        if not may_be_ours:
            return b"".join((before, number.encode(), b'"', after, shown, b',"route":null}'))
        route = _encode(answers.route(number or without_code(dialled), now, caller=caller))
        return b"".join((before, number.encode(), b'"', after, shown, b',"route":', route, b"}"))

    def _shown(self, caller: str, said: Outcome) -> bytes:
        """The number and name that a common call shows; kept for the caller's next calls, those to outside where it is not the same."""
        answers = self.picture.answers
        e164, name = answers.shown(caller, said)
        found = b',"callerId":%b,"callerName":%b' % (_encode(e164), _encode(name))
        is_kept = not said.shows_own or caller not in answers.chosen
        if is_kept and len(answers.written) < MOST_WRITTEN:
            answers.written[caller] = found
        return found

    def _write(self, said: Outcome) -> tuple[bytes, bytes]:
        """What stands in an answer with this outcome before and after the number, as far as that is the same for all."""
        decision = said.about(A_NUMBER)
        told = {**_as_fields(decision), "sentence": self.picture.answers.sentence(decision)}
        before, _number, after = _encode(told).removesuffix(b"}").partition(b'%b"' % A_NUMBER.encode())
        said.written = before, after
        return said.written

    def _decision(self, told: dict[str, Any]) -> dict[str, object]:
        return self._decided(*_texts(told, "callId", "customerId", "caller", "dialled", "accessCode"))

    def _decided(
        self, call_id: str, customer_id: str, caller: str, dialled: str, access_code: str = ""
    ) -> dict[str, object]:
        answers, now = self.picture.answers, self.picture.now()
        found = self.decide(call_id, customer_id, caller, dialled, now, access_code)
        fields = {**_as_fields(found), "sentence": answers.sentence(found)}
        if self.whereis is not None and "pidfLo" in fields:
            reference = self.whereis.reference(caller)
            fields.update({"locationReference": reference} if reference else {})
        phone = answers.phone_of(caller, customer_id)
        if phone is not None:  # whose record it is: nobody's number, so that of the number which is shown
            name, facts = phone
            is_help = found.call_type == "EMERGENCY"
            fields["line"] = name
            fields["chargedTo"] = str(found.values.get("callback", "")) if is_help else facts.shows
        if found.allowed and found.call_type != "EMERGENCY":
            shown = answers.caller_id(caller, found, customer_id)
            fields["callerId"], fields["callerName"] = shown.e164, shown.name
            fields["route"] = answers.route(found.number or without_code(dialled), now, caller=caller)
        return fields

    def _route(self, told: dict[str, Any]) -> dict[str, object]:
        dialled, caller = _texts(told, "dialled", "caller")
        entries = told.get("entries", [])
        if not isinstance(entries, list) or not all(isinstance(each, str) for each in entries[:MOST_ENTRIES]):
            raise _Wrong("entries: a list of what was keyed, each a text")
        now, answers = self.picture.now(), self.picture.answers
        found = answers.route(dialled, now, caller=caller, entries=entries[:MOST_ENTRIES])
        return {"route": found, "mainNumber": answers.main_number(dialled)}

    def _end(self, told: dict[str, Any]) -> dict[str, object]:
        seconds = told.get("seconds", 0)
        if not isinstance(seconds, int) or isinstance(seconds, bool) or not 0 <= seconds < 10**9:
            raise _Wrong("seconds: a whole number, 0 or more")
        (call_id,) = _texts(told, "callId")
        return {"ended": self.picture.answers.end(call_id, seconds, self.picture.now())}


class _Wrong(Exception):
    """The body says something that cannot be meant; the text says what is allowed."""


class _Asked(msgspec.Struct):
    """The body of a question whose every field is what it should be; others are read piece by piece, to say what is wrong."""

    callId: str = ""
    customerId: str = ""
    caller: str = ""
    dialled: str = ""
    accessCode: str = ""


_HEAD = b"HTTP/1.1 %d -\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n"


def _head_of(length: int) -> bytes:
    """What stands before a good answer of so many bytes."""
    return _HEAD % (200, b"application/json", b"", length)


_ANSWER_HEADS = [_head_of(length) for length in range(LONGEST_ANSWER)]
_read_asked = msgspec.json.Decoder(_Asked).decode
_encode = msgspec.json.Encoder().encode


def _as_asked(content: bytes) -> _Asked | None:
    try:
        return _read_asked(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _texts(told: dict[str, Any], *names: str) -> list[str]:
    found = [told.get(name, "") for name in names]
    if not all(isinstance(each, str) for each in found):
        raise _Wrong(f"{', '.join(names)}: text")
    return found


def _as_line(told: Decision, shown: str) -> str:
    values = told.values
    found = (
        f"{'YES' if told.allowed else 'NO'}\t{told.code}\t{told.call_type}\t{told.number}\t{values.get('callback', '')}"
        f"\t{values.get('address', '')}\t{'default-route' if values.get('default_route') else ''}\t{shown}"
    )
    if found.count("\t") == 7 and "\n" not in found:
        return found
    words = (told.number, values.get("callback", ""), values.get("address", ""), shown)
    number, callback, address, shown = (str(each).replace("\t", " ").replace("\n", " ") for each in words)
    plain = {**values, "callback": callback, "address": address}
    return _as_line(msgspec.structs.replace(told, number=number, values=plain), shown)


def _as_fields(told: Decision) -> dict[str, object]:
    values = told.values
    located = (
        {name: values[key] for name, key in LOCATED.items() if values.get(key)}
        if told.rule == "emergency"
        else {}
    )
    return {
        "allowed": told.allowed,
        "code": told.code,
        "decidedBy": told.rule,
        "callType": told.call_type,
        "number": told.number,
        "country": told.country,
        "callbackNumber": values.get("callback", ""),
        "emergencyAddress": values.get("address", ""),
        "defaultRoute": bool(values.get("default_route")),
        **located,
    }


class LineDoor(asyncio.Protocol):
    """Lines on a stream; many may be on the way at once, each is answered in its order."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one by what it does alone

    def data_received(self, data: bytes) -> None:
        answer = None if self.rest else self.desk.one_line(data)
        if answer is None:
            self._read(data)
        else:
            self.transport.write(answer)

    def _read(self, data: bytes) -> None:
        whole, ended, self.rest = (self.rest + data).rpartition(b"\n")
        if ended:
            text = whole.decode("utf-8", "replace")
            if "\r" in text:
                text = text.replace("\r\n", "\n").rstrip("\r")
            self.transport.write(f"{self.desk.lines(text)}\n".encode())
        if len(self.rest) > LONGEST_LINE:
            self.transport.write(b"ERROR\ttoo long\n")
            self.transport.close()


@dataclass(frozen=True, slots=True)
class _Head:
    """A request but for its body. `length` is that of the body; None: longer than any, or not told."""

    method: bytes
    path: str
    named: dict[bytes, bytes]
    length: int | None
    is_last: bool
    is_about_a_place: bool
    """For `whereis.py`, not for the desk."""


class HttpDoor(asyncio.Protocol):
    """As much of HTTP/1.1 as the question needs: requests with Content-Length, connections kept open."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one by what it does alone

    def data_received(self, data: bytes) -> None:
        answer = None if self.rest else self.desk.one_post(data)
        if answer is None:
            self._read(data)
        else:
            self.transport.write(answer)

    def _read(self, data: bytes) -> None:
        self.rest += data
        while self.rest:
            head, divided, after = self.rest.partition(b"\r\n\r\n")
            if not divided:
                if len(head) > LONGEST_BODY:
                    self._answer(431, {"code": "request.too_large"}, close=True)
                return
            known = self.desk.heads.get(head) or self._head(head)
            if known.length is None:
                self._answer(413, {"code": "request.too_large"}, close=True)
                return
            if len(after) < known.length:
                return
            body, self.rest = after[: known.length], after[known.length :]
            self._route(known, body)

    def _head(self, head: bytes) -> _Head:
        """A request's head; a client's next one is often the same to the byte, and is kept where it holds no secret."""
        request, *rows = head.split(b"\r\n")
        named = {
            name.strip().lower(): value.strip() for name, _, value in (each.partition(b":") for each in rows)
        }
        told = named.get(b"content-length", b"0")
        is_right = b"transfer-encoding" not in named and told.isdigit() and int(told) <= LONGEST_BODY
        method, _, target = request.partition(b" ")
        path = target.partition(b" ")[0].partition(b"?")[0].decode("latin-1")
        found = _Head(
            method,
            path,
            named,
            length=int(told) if is_right else None,
            is_last=named.get(b"connection", b"").lower() == b"close",
            is_about_a_place=path == ROOT or path.startswith(f"{ROOT}/"),
        )
        if request.startswith(b"POST /decision ") and len(self.desk.heads) < MOST_HEADS:
            self.desk.heads[head] = found
        return found

    def _route(self, head: _Head, body: bytes) -> None:
        if head.is_about_a_place and self.desk.whereis is not None:
            self._locate(self.desk.whereis, head, body)
        elif head.method == b"POST":
            status, told = self.desk.post(head.path, body)
            self._answer(status, told, close=head.is_last)
        elif head.method == b"GET" and head.path == "/healthz":
            self._answer(200, self.desk.health(), close=head.is_last)
        else:
            self._answer(404, {"code": "not_found"}, close=head.is_last)

    def _locate(self, whereis: WhereIs, head: _Head, body: bytes) -> None:
        fields = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.named.items()}
        if head.method == b"POST":
            self._said(whereis.post(head.path, fields, body), close=head.is_last)
        elif head.method == b"GET":
            self._said(whereis.get(head.path, fields), close=head.is_last)
        else:
            self._answer(405, {"code": "method.not_allowed"}, close=head.is_last)

    def _answer(self, status: int, told: dict[str, object] | msgspec.Raw, *, close: bool) -> None:
        self._send(status, b"application/json", _encode(told), b"", close=close)

    def _said(self, said: Said, *, close: bool) -> None:
        more = b"Cache-Control: private, no-store\r\n"
        if said.status == 401:
            more += b"WWW-Authenticate: Bearer\r\n"
        self._send(said.status, said.content_type.encode(), said.body, more, close=close)

    def _send(self, status: int, kind: bytes, body: bytes, more: bytes, *, close: bool) -> None:
        if close:
            more += b"Connection: close\r\n"
        self.transport.write(_HEAD % (status, kind, more, len(body)) + body)
        if close:
            self.transport.close()


def run_loop(work: Coroutine[Any, Any, None]) -> None:
    """Run it on uvloop, which costs a connection half of what the standard library's loop does."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)


async def serve(
    picture: Picture,
    sock: Path,
    port: int,
    *,
    ready: Callable[[], None] = lambda: None,
    whereis: WhereIs | None = None,
) -> None:
    """Answer on the Unix socket (mode 0600) and, if `port` is not 0, on that loopback port, until SIGTERM or SIGINT."""
    picture.look()
    loop = asyncio.get_running_loop()
    where = placed.folder(picture.file.parent)
    # In a thread: the answer waits for no disk.
    desk = Desk(picture, lambda call: loop.run_in_executor(None, placed.leave, where, call), whereis)
    for _file, call in placed.waiting(where):
        if call is not None:
            picture.answers.remember(call.caller, call.callback, call.at)
    sock.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        lines = await loop.create_unix_server(lambda: LineDoor(desk), str(sock))
    finally:
        os.umask(before)
    servers = [lines]
    if port:
        servers.append(await loop.create_server(lambda: HttpDoor(desk), "127.0.0.1", port))
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    ready()
    while not stop.is_set():
        for _step in picture.looking():
            await asyncio.sleep(0)  # whoever asks meanwhile is answered
        desk.fresh = picture.is_fresh()
        try:
            await asyncio.wait_for(stop.wait(), LOOK_EVERY)
        except TimeoutError:
            continue
    for server in servers:
        server.close()
    sock.unlink(missing_ok=True)
