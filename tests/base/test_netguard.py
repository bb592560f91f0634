"""Where requests may go, and that they end (S12)."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dialtone.base import netguard
from dialtone.base.problems import Problem

GOOD = [
    "https://example.com/h", "https://example.com:8443/h?x=1", "https://xn--exmple-4nf.com/", "https://93.184.216.34/",
    "https://a.b.example.co.uk./x", "https://[2606:2800:220:1::1]/",
]  # fmt: skip
BAD = {
    "http://example.com/h": "url.https", "file:///etc/passwd": "url.https", "ftp://example.com/": "url.https",
    "https://127.0.0.1/": "url.host", "https://2130706433/": "url.host", "https://0x7f.1/": "url.host",
    "https://127.1/": "url.host", "https://[::ffff:127.0.0.1]/": "url.host", "https://[64:ff9b::7f00:1]/": "url.host",
    "https://[2002:7f00:1::]/": "url.host", "https://[::127.0.0.1]/": "url.host", "https://224.0.0.1/": "url.host",
    "https://192.0.0.192/": "url.host", "https://169.254.169.254/latest/meta-data": "url.host",
    "https://10.1.2.3/": "url.host", "https://localhost/": "url.host", "https://localhost.localdomain./": "url.host",
    "https://db.internal/": "url.host", "https://user:pw@example.com/": "url.user",
    "https://example.com:22/": "url.port",
    "https://exаmple.com/": "url.shape", "https://example.com/" + "a" * 10_000: "url.shape", "": "url.shape",
    "https://exam ple.com/": "url.shape", "https://example.com:99999/": "url.shape", "https://[::1/": "url.shape",
    "https://example.com\\@127.0.0.1/": "url.shape", "https://example.com/\r\nX: y": "url.shape",
    "https:///x": "url.host",
}  # fmt: skip


@pytest.mark.parametrize("url", GOOD)
def test_public_addresses_are_allowed(url: str) -> None:
    assert netguard.check_url(url) == url


@pytest.mark.parametrize(("url", "code"), BAD.items())
def test_others_are_refused_with_a_reason(url: str, code: str) -> None:
    with pytest.raises(Problem, match=code.replace(".", r"\.")) as refused:
        netguard.check_url(url)
    assert refused.value.field == "/url"
    assert refused.value.sentence()


def test_a_sandbox_may_call_itself_and_nothing_else_inside() -> None:
    assert netguard.check_url("http://127.0.0.1:9000/x", allow_loopback=True)
    for url in ("http://127.0.0.2/", "http://10.0.0.1/", "http://example.com/", "http://u@127.0.0.1/"):
        with pytest.raises(Problem):
            netguard.check_url(url, allow_loopback=True)


def test_a_name_that_leads_inside_is_refused_when_called(monkeypatch: pytest.MonkeyPatch) -> None:
    mixed = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: mixed)
    with pytest.raises(netguard.Unreachable, match="refused"):
        netguard.send("https://rebinding.example.com/")


Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server on this machine whose behaviour the test writes."""
    server = socket.create_server(("127.0.0.1", 0))

    def start(behave: Callable[[socket.socket], None]) -> str:
        def run() -> None:
            peer, _address = server.accept()
            with peer:
                peer.recv(65536)
                with contextlib.suppress(OSError):
                    behave(peer)

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{server.getsockname()[1]}/hook"

    yield start
    server.close()


def test_a_redirect_is_an_answer_and_not_followed(serve: Serve) -> None:
    url = serve(lambda peer: peer.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"))
    assert netguard.send(url, allow_loopback=True).status == 302


def test_a_slow_answer_is_cut(serve: Serve) -> None:
    def drip(peer: socket.socket) -> None:
        for char in b"HTTP/1.1 200 OK\r\n" * 100:
            peer.send(bytes([char]))
            time.sleep(0.05)

    begun = time.monotonic()
    with pytest.raises(netguard.Unreachable, match="timeout"):
        netguard.send(serve(drip), allow_loopback=True, patience=0.4)
    assert time.monotonic() - begun < 2


def test_a_huge_answer_is_read_in_part(serve: Serve) -> None:
    def flood(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(64):
            peer.sendall(b"x" * 65536)

    assert len(netguard.send(serve(flood), allow_loopback=True).body) == netguard.READ_AT_MOST


def test_nonsense_and_silence_are_failures(serve: Serve) -> None:
    with pytest.raises(netguard.Unreachable, match="garbled"):
        netguard.send(serve(lambda peer: peer.sendall(b"SSH-2.0-hello\r\n")), allow_loopback=True)
    with pytest.raises(netguard.Unreachable, match="connection"):
        netguard.send("http://127.0.0.1:1/", allow_loopback=True)


def test_a_slow_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: time.sleep(1) or [])
    begun = time.monotonic()
    with pytest.raises(netguard.Unreachable, match="timeout"):
        netguard.send("https://slow.example.com/", patience=0.2)
    assert time.monotonic() - begun < 2


def _certificate(folder: Path, name: str, *, days: int) -> Path:
    """A self-signed certificate with its key, as one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    known = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(known)
        .issuer_name(known)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    return path


@pytest.mark.parametrize(
    ("name", "days", "is_trusted", "outcome"),
    [
        ("localhost", 1, True, 200),
        ("localhost", 1, False, "certificate"),
        ("localhost", -1, True, "certificate"),
        ("elsewhere.example", 1, True, "certificate"),
    ],
)
def test_certificates_are_verified(
    name: str,
    days: int,
    is_trusted: bool,
    outcome: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """BAD-URL-21."""
    path = _certificate(tmp_path, name, days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    names: list[str | None] = []
    context.sni_callback = lambda _sock, asked, _context: names.append(asked)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        peer, _address = server.accept()
        with contextlib.suppress(OSError), context.wrap_socket(peer, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    threading.Thread(target=run, daemon=True).start()
    url = f"https://localhost:{server.getsockname()[1]}/"
    with server:
        if outcome == 200:
            assert netguard.send(url, allow_loopback=True) == netguard.Answer(200, b"ok")
        else:
            with pytest.raises(netguard.Unreachable, match=str(outcome)):
                netguard.send(url, allow_loopback=True)
    assert names == ["localhost"]
