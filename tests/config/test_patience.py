"""Bodies are read before anybody works on them: bounded in number and bytes, never more than allowed (BAD-ENV-17)."""

from __future__ import annotations

import io
import threading
from typing import Any

from dialtone.config.patience import Patience

SECONDS = 30


class Slow:
    """A sender who says nothing more until told to."""

    def __init__(self) -> None:
        self.go_on, self.is_read = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.is_read.set()
        assert self.go_on.wait(SECONDS)
        return b"x" * size


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def asked(app: Patience, body: Any = b"", **more: Any) -> tuple[str, bytes]:
    """(status, answer) of a request with this body."""
    said: list[str] = []
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    length = str(len(body)) if isinstance(body, bytes) else "3"
    environ = {"wsgi.input": source, "CONTENT_LENGTH": length, **more}
    answer = b"".join(app(environ, lambda status, headers: said.append(status)))
    return said[0], answer


def test_slow_senders_take_no_place_at_work_and_are_bounded() -> None:
    app = Patience(echo, at_work=1, largest=100, largest_form=200, readers=2)
    slow, answers = [Slow(), Slow()], []
    senders = [threading.Thread(target=lambda each=each: answers.append(asked(app, each))) for each in slow]
    for sender, each in zip(senders, slow, strict=True):
        sender.start()
        assert each.is_read.wait(SECONDS)
    assert asked(app) == ("200 OK", b""), "a page, beside more senders than work at once"
    assert asked(app, b"abc")[0] == "503 Service Unavailable", "one sender too many"
    for each in slow:
        each.go_on.set()
    for sender in senders:
        sender.join(SECONDS)
    assert answers == [("200 OK", b"xxx")] * 2
    assert asked(app, b"abc") == ("200 OK", b"abc"), "the places are free again"


def test_what_is_too_long_is_handed_on_unread_and_all_bodies_together_are_bounded() -> None:
    app = Patience(echo, at_work=1, largest=4, largest_form=8, most_bytes=6)
    assert asked(app, b"1234") == ("200 OK", b"1234")
    assert asked(app, b"12345") == ("200 OK", b""), "refused by its length, without a byte of it"
    assert asked(app, b"12345", CONTENT_TYPE="multipart/form-data; boundary=x") == ("200 OK", b"12345")
    assert asked(app, b"1234567", CONTENT_TYPE="multipart/form-data")[0] == "503 Service Unavailable"
    assert asked(app, b"", CONTENT_LENGTH="many") == ("200 OK", b""), (
        "the application says what is wrong with it"
    )


def test_half_a_body_is_nobodys_business() -> None:
    """A sender who went away: nothing is done, whatever the half could be read as (BAD-DOC-29)."""
    app = Patience(echo, at_work=1, largest=100, largest_form=100, readers=1)
    status, said = asked(app, b"half of it", CONTENT_LENGTH="20")
    assert status == "400 Bad Request"
    assert b"ended before" in said
    assert asked(app, b"abc") == ("200 OK", b"abc"), "its place is free again"
