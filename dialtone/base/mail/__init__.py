"""Letters: written in the transaction of what they tell, sent afterwards, in the reader's language.

`write` stores the letter and queues its sending; `send` words it by the template `mail/<name>.txt` (first line:
the subject) and hands it to the mail system: files in `DATA/mail`, or SMTP when `mail_url` is set.
"""

from __future__ import annotations

from dialtone.base.mail.letters import Attachment, Paper, register_maker, send, send_again, write
from dialtone.base.mail.post import compose, hand_over
from dialtone.base.mail.wording import render

__all__ = [
    "Attachment",
    "Paper",
    "compose",
    "hand_over",
    "register_maker",
    "render",
    "send",
    "send_again",
    "write",
]
