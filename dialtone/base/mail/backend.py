"""Django's way of sending mail (sign-in uses it), through the same way out as our letters."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from dialtone.base.mail.post import hand_over


class Backend(BaseEmailBackend):
    """Hands each message over as it is, once per recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Answers how many messages went out. Raises OSError or SMTPException unless told to fail silently."""
        sent = 0
        for message in email_messages:
            try:
                for to in message.recipients():
                    hand_over(message.message(), to=to)
                sent += 1
            except (OSError, smtplib.SMTPException):
                if not self.fail_silently:
                    raise
        return sent
