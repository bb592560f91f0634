"""Write a letter, and send it: once, or again after a failure, for three days."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from dialtone.base import clock, desk, jobs, record, tenancy
from dialtone.base.crashpoints import crashpoint
from dialtone.base.mail.post import compose, hand_over
from dialtone.base.mail.wording import render
from dialtone.base.models import Letter
from dialtone.base.problems import Problem
from dialtone.base.tenancy import Level

# Waits of 1, 2, 4 … minutes, at most six hours: twenty attempts take about three days.
MOST_ATTEMPTS = 20
LONGEST_WAIT = timedelta(hours=6)
NO_READER = "there is nobody to write to"


@dataclass(frozen=True)
class Attachment:
    """A text file made by us (a calendar entry, a list). Papers of customers are never mailed, only linked (S8)."""

    name: str
    media_type: str
    text: str


@dataclass(frozen=True)
class Paper:
    """A file that is made when the letter is sent, in its reader's language; never stored with it."""

    name: str
    media_type: str
    content: bytes


Maker = Callable[[UUID, str], Sequence[Paper]]
_makers: dict[str, Maker] = {}


def register_maker(kind: str, maker: Maker) -> None:
    """Let a room's letters carry papers: `maker` gets the id and the language, in the operator's scope."""
    _makers[kind] = maker


def write(
    template: str,
    *,
    to: str = "",
    language: str = "en",
    facts: Mapping[str, Any],
    person_id: UUID | None = None,
    reference: str = "",
    attachments: Sequence[Attachment] = (),
    papers_of: tuple[str, UUID] | None = None,
) -> None:
    """Store a letter in this transaction and queue it.

    `facts` are plain values for the template, without secrets. With `person_id` and no `to`, address and
    language are those the person has when it is sent; so are the papers of `papers_of` (a kind, see `register_maker`, and
    an id) made then. A letter with the same `reference` to the same reader is
    not written again.
    """
    if not to and person_id is None:
        raise ValueError("a letter needs an address or a person")
    if reference and tenancy.current().level is not Level.DOOR:
        known = Letter.objects.filter(reference=reference, to=to, person_id=person_id)
        if known.exists():
            return
    now = clock.now()
    letter = Letter(
        to=to,
        person_id=person_id,
        language=language,
        template=template,
        facts=dict(facts),
        attachments=[asdict(each) for each in attachments] + _asked(papers_of),
        reference=reference,
        written_at=now,
        due_at=now,
    )
    letter.save(force_insert=True)
    jobs.defer("mail.send", letter_id=letter.id)


def _asked(papers_of: tuple[str, UUID] | None) -> list[dict[str, str]]:
    if papers_of is None:
        return []
    kind, id = papers_of
    return [{"maker": kind, "id": str(id)}]


def _made(letter: Letter) -> list[Paper]:
    """The papers that the letter asks for. One of a kind that nobody makes any more is left out: the letter says where it is."""
    wanted = [each for each in letter.attachments if each.get("maker") in _makers]
    if not wanted:
        return []
    with tenancy.operator_scope():
        return [
            paper for each in wanted for paper in _makers[each["maker"]](UUID(each["id"]), letter.language)
        ]


Reader = Callable[[UUID], tuple[str, str] | None]


def send(letter_id: UUID, reader: Reader | None = None) -> bool:
    """Send a letter that is due; answers whether it went out now. A failure is kept and tried again, later each
    time.

    Takes its own scopes, and talks to the mail system outside any transaction. A crash between handing over and
    noting so sends the letter twice rather than never; its Message-ID stays the same. `reader` finds (address,
    language) of a person.
    """
    letter = _taken(letter_id)
    if letter is None:
        return False
    try:
        if not letter.to and letter.person_id and reader:
            letter.to, letter.language = reader(letter.person_id) or ("", "en")
        if not letter.to:
            _note(letter, NO_READER, final=True)
            return False
        crashpoint("mail.before_hand_over")
        worded = render(letter.template, letter.language, letter.facts)
        message = compose(
            letter.to, worded.subject, worded.text, worded.html, id=str(letter.id), at=letter.written_at
        )
        for paper in _made(letter):
            main, _slash, subtype = paper.media_type.partition("/")
            message.add_attachment(paper.content, maintype=main, subtype=subtype, filename=paper.name)
        for each in letter.attachments:
            if "maker" in each:
                continue
            message.add_attachment(
                each["text"], subtype=each["media_type"].partition("/")[2], filename=each["name"]
            )
        hand_over(message, name=str(letter.id))
        crashpoint("mail.after_hand_over")
    except (OSError, smtplib.SMTPException) as error:
        _note(letter, type(error).__name__, final=letter.attempts >= MOST_ATTEMPTS)
        return False
    with tenancy.operator_scope():
        Letter.objects.filter(id=letter.id).update(sent_at=clock.now(), due_at=None, last_error="")
    return True


def send_again(letter_id: UUID) -> None:
    """Begin anew with a letter that was given up. Raises Problem("not_found"). Needs the operator's scope."""
    letter = Letter.objects.select_for_update().filter(id=letter_id, sent_at=None).first()
    if letter is None:
        raise Problem("not_found")
    letter.attempts, letter.last_error, letter.due_at = 0, "", clock.now()
    letter.save(update_fields=["attempts", "last_error", "due_at"])
    record.change(letter, "letter_sent_again", name=letter.template)
    jobs.defer("mail.send", letter_id=letter.id)


def _taken(letter_id: UUID) -> Letter | None:
    """The letter, with the next attempt's time set already: if we die now, the sweeper finds it."""
    with tenancy.operator_scope():
        letter = Letter.objects.select_for_update(skip_locked=True).filter(id=letter_id, sent_at=None).first()
        now = clock.now()
        if letter is None or letter.due_at is None or letter.due_at > now:
            return None
        letter.attempts += 1
        letter.due_at = now + min(timedelta(minutes=2 ** min(letter.attempts - 1, 12)), LONGEST_WAIT)
        letter.save(update_fields=["attempts", "due_at"])
    return letter


def _note(letter: Letter, error: str, *, final: bool) -> None:
    with tenancy.operator_scope():
        letter.last_error = error[:200]
        if final:
            letter.due_at = None
            desk.open_item(
                "mail_failed",
                letter,
                due_at=clock.now() + timedelta(days=1),
                facts={"template": letter.template, "attempts": letter.attempts, "error": letter.last_error},
            )
        letter.save(update_fields=["last_error", "due_at"])
