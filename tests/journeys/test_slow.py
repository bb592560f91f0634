"""A sender who takes for ever keeps nobody else waiting; one who goes away leaves nothing behind."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

from tests.plugins.hostile import pdf
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


def test_an_upload_that_is_cut_off_leaves_nothing(served: Served) -> None:
    """BAD-DOC-29: the connection ends half way through a paper of a port order. No row, no file, and the house goes on."""
    who = served.newcomer("Halfway Ltd")
    (office,) = served.offices(who, "US")
    body = {"locationId": office}
    status, made, _headers = served.call(
        who, "POST", "/telephony/pstn/portOrders", body, **{"Idempotency-Key": "halfway"}
    )
    assert status == 201, made
    papers = f"/telephony/pstn/portOrders/{made['id']}/documents"
    house = urlsplit(served.url)
    sent = (
        b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nbill\r\n'
        b'--x\r\nContent-Disposition: form-data; name="document"; filename="bill.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\n" + pdf(40)
    )
    head = (
        f"POST /v1{papers} HTTP/1.1\r\nHost: {house.netloc}\r\nAuthorization: Bearer {served.known[who]['token']}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {2 * len(sent)}\r\n\r\n"
    )
    files = set((served.data_dir / "documents").glob("??/*"))
    sender = socket.create_connection((house.hostname or "", house.port or 80), timeout=10)
    sender.sendall(head.encode() + sent)
    sender.shutdown(socket.SHUT_WR)
    sender.settimeout(10)
    answer = b""
    while piece := sender.recv(4096):
        answer += piece
    sender.close()
    assert answer == b"" or b" 400 " in answer.split(b"\r\n", 1)[0]
    status, told, _headers = served.call(who, "GET", papers)
    assert (status, told["items"]) == (200, [])
    assert set((served.data_dir / "documents").glob("??/*")) == files
