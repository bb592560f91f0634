"""Letters: written in the transaction of what they tell, sent afterwards, in the reader's language.

`write` stores the letter and queues its sending; `send` renders the template `mail/<name>.txt` (first line: the subject) and
hands it to the mail system: files in `DATA/mail` in a sandbox, SMTP otherwise.
"""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from dialtone.base import clock, jobs, tenancy
from dialtone.base.ids import uuid7
from dialtone.base.models import Letter

MOST_ATTEMPTS = 12


def write(
    template: str,
    *,
    to: str,
    language: str,
    facts: Mapping[str, Any],
    person_id: UUID | None = None,
    reference: str = "",
) -> None:
    """Store a letter in this transaction and queue it. `facts` are plain values for the template, without secrets."""
    now = clock.now()
    letter = Letter(
        to=to,
        person_id=person_id,
        language=language,
        template=template,
        facts=dict(facts),
        reference=reference,
        written_at=now,
        due_at=now,
    )
    letter.save(force_insert=True)
    jobs.defer("mail.send", letter_id=letter.id)


def send(letter_id: UUID) -> None:
    """Send one letter if it has not been sent; a failure is kept and tried again, later each time."""
    with tenancy.operator_scope():
        letter = Letter.objects.select_for_update().filter(id=letter_id, sent_at=None).first()
        if letter is None:
            return
        subject, text = render(letter.template, letter.language, letter.facts)
        try:
            hand_over(compose(letter.to, subject, text))
        except (OSError, smtplib.SMTPException) as error:
            letter.attempts += 1
            letter.last_error = type(error).__name__
            wait = timedelta(minutes=min(2**letter.attempts, 720))
            letter.due_at = clock.now() + wait if letter.attempts < MOST_ATTEMPTS else None
        else:
            letter.sent_at = clock.now()
            letter.due_at = None
        letter.save()


def render(template: str, language: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """(subject, text) in the reader's language; the template's first line is the subject."""
    with translation.override(language):
        text = render_to_string(
            f"mail/{template}.txt", {**facts, "base_url": settings.BASE_URL, "sandbox": settings.SANDBOX}
        )
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split()), body.strip() + "\n"


def compose(to: str, subject: str, text: str) -> EmailMessage:
    """A mail with safe headers (line breaks cannot get into them)."""
    message = EmailMessage()
    message["From"] = settings.DEFAULT_FROM_EMAIL
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate(clock.now().timestamp())
    message["Message-ID"] = make_msgid(domain="dialtone.invalid")
    message.set_content(text)
    return message


def hand_over(message: EmailMessage) -> None:
    """Into `DATA/mail/*.eml`, or to the configured SMTP server. Raises OSError or SMTPException."""
    address = settings.ENVIRONMENT.mail_url
    if not address:
        folder = settings.DATA_DIR / "mail"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = str(uuid7())
        part = folder / f".{name}.part"
        part.write_bytes(message.as_bytes())
        part.rename(folder / f"{name}.eml")
        return
    parts = urlparse(address)
    secure = parts.scheme == "smtps"
    server_kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
    with server_kind(
        parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=20
    ) as server:
        if not secure and parts.scheme == "smtp+tls":
            server.starttls()
        if parts.username:
            server.login(parts.username, parts.password or "")
        server.send_message(message)
