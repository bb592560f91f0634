"""A connection to the mail server of `mail_url`. Knows no Django, so that setup can try an address before anything is set."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlparse

PATIENCE = 20.0  # seconds
FILES = "files:"  # no server: mails are left as files


@contextmanager
def connected(address: str) -> Iterator[smtplib.SMTP]:
    """The server of `smtp://`, `smtp+tls://` (STARTTLS) or `smtps://user:password@host:port`, which has let us in.

    Certificates are checked. Raises OSError or SMTPException.
    """
    parts = urlparse(address)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
    with server:
        if parts.scheme == "smtp+tls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
