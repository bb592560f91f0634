"""A sender who takes for ever keeps nobody else waiting."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

from tests.plugins.served import Served

SLOW = 20  # far more than requests are answered at once


def test_a_slow_body_keeps_nobody_else_waiting(served: Served) -> None:
    """Some senders announce a body and send a byte of it now and then; a question beside them is answered at once."""
    house = urlsplit(served.url)
    head = (
        "POST /v1/telephony/pstn/orders HTTP/1.1\r\n"
        f"Host: {house.netloc}\r\nAuthorization: Bearer {served.known['customer_admin']['token']}\r\n"
        "Content-Type: application/json\r\nContent-Length: 1024\r\n\r\n{"
    )
    senders = []
    try:
        for _sender in range(SLOW):
            sender = socket.create_connection((house.hostname or "", house.port or 80), timeout=10)
            sender.sendall(head.encode())
            senders.append(sender)
        for _second in range(3):
            begun = time.monotonic()
            status, _body, _headers = served.call("customer_admin", "GET", "/people/me")
            assert status == 200
            assert time.monotonic() - begun < 10
            for sender in senders:
                sender.sendall(b" ")
    finally:
        for sender in senders:
            sender.close()
