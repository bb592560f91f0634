"""The way out: a file per mail in `DATA/mail`, or an SMTP server."""

from __future__ import annotations

import os
from datetime import datetime
from email.message import EmailMessage, Message
from email.utils import format_datetime, parseaddr
from pathlib import Path

from django.conf import settings

from dialtone.base import clock
from dialtone.base.crashpoints import crashpoint
from dialtone.base.ids import uuid7
from dialtone.base.smtp import FILES, connected


def compose(
    to: str, subject: str, text: str, html: str = "", *, id: str = "", at: datetime | None = None
) -> EmailMessage:
    """A mail with safe headers: a line break in one raises ValueError in the standard library. The same `id`
    gives the same Message-ID, so that a repeated mail is seen as one.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    message = EmailMessage()
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(at or clock.now())
    message["Message-ID"] = f"<{id or uuid7()}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def hand_over(message: Message, *, to: str = "", name: str = "") -> None:
    """Send it, or file it. Raises OSError or SMTPException."""
    address = settings.ENVIRONMENT.mail_url
    if address and address != FILES:
        _send(address, message, to or str(message["To"]))
    else:
        _file(message, name or str(uuid7()))


def _file(message: Message, name: str) -> None:
    """Whole or not at all: written aside, then renamed."""
    folder = Path(settings.DATA_DIR) / "mail"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = folder / f".{name}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(message.as_bytes())
    crashpoint("mail.before_rename")
    part.rename(folder / f"{name}.eml")


def _send(address: str, message: Message, to: str) -> None:
    with connected(address) as server:
        sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        server.sendmail(sender, [parseaddr(to)[1]], message.as_bytes())
