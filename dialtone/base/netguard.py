"""Requests to addresses that users name (S12): public addresses only, https, few ports, no redirect, bounded in
time and size.

The name is resolved once and the connection goes to that very address, so that a second answer of the name
server cannot lead elsewhere. The list of what is not public is our own: `ipaddress.is_global` lets NAT64, 6to4
and multicast through (measured: 0.23).
"""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext_lazy as _

from dialtone.base.problems import FIELD, Problem, register

LONGEST = 2000
PORTS = (443, 8443)
PATIENCE = 10.0  # seconds for everything: name, connection, answer
READ_AT_MOST = 64 * 1024

_CLOSED_4 = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# In IPv6 only this is open, so that mapped, NAT64, local and multicast addresses are not; less what carries others.
_OPEN_6 = ip_network("2000::/3")
_CLOSED_6 = [ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_INNER = (
    "localhost",
    "localdomain",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "arpa",
    "onion",
    "test",
)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Unreachable(OSError):
    """The request did not get a whole answer; the text is a short code, fit to be stored and shown."""


@dataclass(frozen=True)
class Answer:
    """What came back: the status and at most 64 KiB of the body."""

    status: int
    body: bytes


def check_url(url: object, *, field: str = "/url", allow_loopback: bool = False) -> str:
    """The address, if requests may go there. Raises Problem url.shape, url.https, url.user, url.port, url.host.

    Says nothing about where the name leads; that is looked at when a request is sent. `allow_loopback` (a
    sandbox) lets http://127.0.0.1 with any port through.
    """
    if (
        not isinstance(url, str)
        or not url
        or len(url) > LONGEST
        or not url.isascii()
        or not url.isprintable()
    ):
        raise Problem("url.shape", field=field, values={"limit": LONGEST})
    if " " in url or "\\" in url:
        raise Problem("url.shape", field=field, values={"limit": LONGEST})
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Problem("url.shape", field=field, values={"limit": LONGEST}) from error
    host = _host(parts)
    if allow_loopback and host in _LOOPBACK and parts.scheme in ("http", "https") and "@" not in parts.netloc:
        return url
    if parts.scheme != "https":
        raise Problem("url.https", field=field)
    if "@" in parts.netloc:
        raise Problem("url.user", field=field)
    if port not in (None, *PORTS):
        raise Problem("url.port", field=field, values={"port": port})
    if not _may_be_named(host):
        raise Problem("url.host", field=field, values={"host": host[:100]})
    return url


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet.

    >>> is_public("93.184.216.34"), is_public("127.0.0.1"), is_public("64:ff9b::7f00:1"), is_public("::ffff:10.0.0.1")
    (True, False, False, False)
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return not any(found in closed for closed in _CLOSED_4)
    return found in _OPEN_6 and not any(found in closed for closed in _CLOSED_6)


def send(
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    method: str = "POST",
    allow_loopback: bool = False,
    patience: float = PATIENCE,
) -> Answer:
    """One request, no redirect followed. Raises Unreachable: refused, no_address, certificate, timeout,
    connection, garbled.
    """
    try:
        check_url(url, allow_loopback=allow_loopback)
    except Problem as problem:
        raise Unreachable("refused") from problem
    parts = urlsplit(url)
    host, secure = _host(parts), parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    begun = time.monotonic()
    address = _resolve(host, port, allow_loopback=allow_loopback, patience=patience)
    left = max(0.1, patience - (time.monotonic() - begun))
    with _connected(address, host if secure else None, left) as sock:
        connection = http.client.HTTPConnection(host, address[1])
        connection.sock = sock
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            method, target, body, {"Host": parts.netloc, "Connection": "close", **(headers or {})}
        )
        response = connection.getresponse()
        return Answer(response.status, response.read(READ_AT_MOST))


@contextlib.contextmanager
def _connected(address: tuple[str, int], name: str | None, patience: float) -> Iterator[socket.socket]:
    """A connection that is cut when the time is over, however slowly the other side goes on."""
    late = threading.Event()
    sock: socket.socket | None = None

    def cut() -> None:
        late.set()
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(patience, cut)
    watch.daemon = True
    watch.start()
    try:
        sock = socket.create_connection(address, timeout=patience)
        if name is not None:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=name)
        yield sock
    except ssl.SSLCertVerificationError as error:
        raise Unreachable("certificate") from error
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            raise Unreachable("timeout") from error
        raise Unreachable(
            "garbled" if isinstance(error, http.client.HTTPException) else "connection"
        ) from error
    finally:
        watch.cancel()
        if sock is not None:
            sock.close()
    if late.is_set():
        raise Unreachable("timeout")


def _resolve(host: str, port: int, *, allow_loopback: bool, patience: float) -> tuple[str, int]:
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError, UnicodeError):
            found.extend(str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    # In a thread, because the system's resolver has a patience of its own, and name servers of strangers use it up.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(patience)
    if asking.is_alive():
        raise Unreachable("timeout")
    if not found:
        raise Unreachable("no_address")
    inner = allow_loopback and host in _LOOPBACK
    # All must be public: a name with one inner address is meant to lead inside.
    if not (inner or all(is_public(address) for address in found)):
        raise Unreachable("refused")
    return found[0], port


def _host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").lower()


def _may_be_named(host: str) -> bool:
    """A public IP address in its usual spelling, or a name with a dot that ends in letters and means nothing inner."""
    try:
        found: IPv4Address | IPv6Address = ip_address(host)
        return is_public(str(found))
    except ValueError:
        pass
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    # 127.1, 0x7f.1 and the like are addresses to some resolvers: a name's last part is never a number.
    return not labels[-1][0].isdigit() and labels[-1] not in _INNER


register(
    "url.shape",
    FIELD,
    _("This is not an address that can be called."),
    allowed=_("A whole address such as https://example.com/hook, at most %(limit)s plain characters; "
              "names in other scripts in their xn-- form."),
    error_code=25911,
)  # fmt: skip
register(
    "url.https",
    FIELD,
    _("Only https is allowed."),
    allowed=_("An address that begins with https://."),
    error_code=25912,
)
register(
    "url.user", FIELD, _("A user name or password in the address is not allowed."),
    allowed=_("Put a secret into the webhook's secret instead."), error_code=25913,
)  # fmt: skip
register(
    "url.port",
    FIELD,
    _("The port %(port)s is not allowed."),
    allowed=_("Port 443 or 8443."),
    error_code=25914,
)
register(
    "url.host", FIELD, _("%(host)s is not a public address."),
    allowed=_("A name or address that can be reached from the internet."), error_code=25915,
)  # fmt: skip
