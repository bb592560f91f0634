"""Django's way of sending mail (sign-in uses it), through the same door as our letters."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage as DjangoMessage
from django.core.mail.backends.base import BaseEmailBackend

from dialtone.base import mail


class Backend(BaseEmailBackend):
    """Hands each message to `mail.hand_over`."""

    def send_messages(self, email_messages: Sequence[DjangoMessage]) -> int:
        for message in email_messages:
            for to in message.recipients():
                mail.hand_over(mail.compose(to, str(message.subject), str(message.body)))
        return len(email_messages)
