"""The letter of authorisation: signed in the app or uploaded, by whoever may, or later through a link (PORT-03, PORT-04, PORT-20,
PORT-28 to PORT-30, SPK-22, SMB-25).

It covers exactly the numbers that the order has at that moment (P3); when they change, it has to be given again.
The link works for thirty days, as often as needed until the letter stands; only its hash is kept.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from dialtone.base import clock, mail, record, tenancy
from dialtone.base.problems import Problem, Problems
from dialtone.base.record import Moved
from dialtone.base.text import clean, clean_email
from dialtone.people import queries as people
from dialtone.porting import attach_paper, book, deadlines, papers, states
from dialtone.porting.letter_text import Signature, letter_pdf
from dialtone.porting.models import Letter, PortOrder
from dialtone.porting.numbers_digest import digest
from dialtone.porting.words import age_limit

IN_APP, UPLOADED = "signed", "uploaded"
WAITING, SIGNED = "waiting", "signed"
LINK_LASTS = timedelta(days=30)


@dataclass(frozen=True)
class Linked:
    """What a link leads to: enough to open the customer's scope, and who was asked."""

    letter_id: UUID
    order_id: UUID
    customer_id: UUID
    partner_id: UUID
    contact: str


def sign(
    order_id: UUID,
    *,
    first_name: object,
    last_name: object,
    job_title: object,
    agreed: bool,
    by_link: bool = False,
) -> Letter:
    """Sign in the app: name, title, intent; makes the sealed PDF. Pressing twice signs once; after a rejection, or by
    somebody else, it is signed anew.

    Raises Problems with every field that is wrong (field.*, porting.intent); Problem porting.letter_method where the
    country wants an upload, porting.no_numbers, porting.cannot_edit, not_found.
    """
    order, letter, numbers = _begun(order_id, "in_app_signature", "signed in the app")
    names = _names(first_name, last_name, job_title, agreed)
    is_same = (letter.first_name, letter.last_name, letter.job_title) == names and letter.method == IN_APP
    if is_same and order.attempt == 0 and book.letter_covers(letter, numbers):
        return letter
    today = clock.today(order.zone)
    signature = Signature(*names, today, _moment(order), IN_APP)
    content = letter_pdf(signature=signature, **_letter_facts(order, numbers))
    paper = attach_paper.keep(
        order, papers.LETTER, name=f"{order.number}.pdf", content=content, dated_on=today
    )
    letter.first_name, letter.last_name, letter.job_title = names
    return _stands(order, letter, numbers, IN_APP, paper.document_id, today, by_link=by_link)


def upload(
    order_id: UUID,
    *,
    name: str,
    content: bytes,
    declared: str = "",
    signed_on: date | None,
    signer: object = "",
    by_link: bool = False,
    field: str = "/document",
) -> Letter:
    """Upload the signed letter; whoever uploads it declares that it names exactly the order's numbers.

    Raises Problem documents.*, porting.letter_method, porting.paper_day_needed, porting.paper_in_future,
    porting.paper_too_old, porting.no_numbers, porting.cannot_edit, not_found.
    """
    order, letter, numbers = _begun(order_id, "upload", "uploaded")
    attach_paper.check_format(papers.LETTER, content, book.rules(order), field)
    _check_signed_on(order, signed_on)
    paper = attach_paper.keep(
        order, papers.LETTER, name=name, content=content, declared=declared, dated_on=signed_on, field=field
    )
    written = clean(signer, field="/signer", limit=160, required=False)
    letter.first_name, _space, letter.last_name = written.rpartition(" ")
    letter.job_title = ""
    return _stands(order, letter, numbers, UPLOADED, paper.document_id, signed_on, by_link=by_link)


def declare(order_id: UUID) -> Letter:
    """After numbers were taken out: the uploaded letter still stands, for exactly those that are left.

    Raises Problem porting.letter_missing, porting.letter_method for one signed in the app, porting.cannot_edit.
    """
    order, letter, numbers = _begun(order_id, "upload", "uploaded")
    if letter.state != SIGNED or letter.document_id is None:
        raise Problem("porting.letter_missing", field="/letter")
    return _stands(order, letter, numbers, UPLOADED, letter.document_id, letter.signed_on, by_link=False)


def send_link(order_id: UUID, *, name: object, email: object, language: str = "") -> Letter:
    """Send the authorised contact a link to sign or upload the letter; an earlier link ends. Raises Problems field.*."""
    order = book.editable(order_id)
    letter = _letter_of(order)
    wrong = []
    try:
        letter.contact_name = clean(name, field="/name", limit=160)
    except Problem as problem:
        wrong.append(problem)
    try:
        letter.contact_email = clean_email(email)
    except Problem as problem:
        wrong.append(problem)
    if wrong:
        raise Problems(wrong)
    secret = secrets.token_urlsafe(24)
    letter.contact_language = language or people.organisation(order.customer_id).language
    letter.link_digest = _digest(secret)
    letter.link_until = clock.now() + LINK_LASTS
    letter.version += 1
    letter.save()
    _waits_for_letter(order)
    record.change(
        letter,
        "port_letter_link_sent",
        name=order.number,
        after={"to": letter.contact_email},
        event="port_order.letter_asked",
        event_facts={"number": order.number},
    )
    mail.write(
        "port_letter_link",
        to=letter.contact_email,
        language=letter.contact_language,
        facts={
            "name": letter.contact_name,
            "company": book.account(order).company_name or people.organisation(order.customer_id).name,
            "number": order.number,
            "quantity": order.quantity,
            "path": f"/letter/{secret}/",
        },
        reference=f"port:{order.id}:letter_link:{letter.version}",
    )
    return letter


def skip(order_id: UUID) -> PortOrder:
    """Leave the letter for later: the order waits for it, and its contacts are reminded (PORT-30).

    Raises Problem porting.not_deferrable where it is signed with the order, porting.cannot_edit, not_found.
    """
    order = book.editable(order_id)
    if not book.rules(order).loa_deferrable:
        raise Problem("porting.not_deferrable", field="/letter")
    _letter_of(order)
    _waits_for_letter(order)
    record.change(order, "port_letter_skipped", name=order.number)
    return order


def by_link(secret: str) -> Linked:
    """What a link leads to; asked at the door. Raises Problem not_found, alike for all that lead nowhere."""
    if not 20 <= len(secret) <= 64 or not secret.isascii():
        raise Problem("not_found")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM porting_letter_by_link(%s, %s)", [_digest(secret), clock.now()])
        row = cursor.fetchone()
    if row is None:
        raise Problem("not_found")
    return Linked(*row)


def form_pdf(order: PortOrder) -> bytes:
    """The country's letter with everything filled in but the signature, to be printed and signed by hand (PORT-29)."""
    numbers = book.e164s(book.numbers(order.id, open_only=True))
    return letter_pdf(**_letter_facts(order, numbers))


def _begun(order_id: UUID, method: str, words: str) -> tuple[PortOrder, Letter, list[str]]:
    order = book.editable(order_id)
    if book.rules(order).loa != method:
        raise Problem("porting.letter_method", field="/letter", values={"method": words})
    numbers = book.e164s(book.numbers(order.id, open_only=True))
    if not numbers:
        raise Problem("porting.no_numbers", field="/phoneNumbers")
    return order, _letter_of(order), numbers


def _letter_of(order: PortOrder) -> Letter:
    letter, _made = Letter.objects.get_or_create(order=order, defaults={"state": WAITING})
    return Letter.objects.select_for_update().get(id=letter.id)


def _names(first_name: object, last_name: object, job_title: object, agreed: bool) -> tuple[str, str, str]:
    wrong: list[Problem] = []
    read = []
    for value, field in ((first_name, "/firstName"), (last_name, "/lastName"), (job_title, "/jobTitle")):
        try:
            read.append(clean(value, field=field, limit=80))
        except Problem as problem:
            wrong.append(problem)
    if not agreed:
        wrong.append(Problem("porting.intent", field="/agreed"))
    if wrong:
        raise Problems(wrong)
    return read[0], read[1], read[2]


def _stands(
    order: PortOrder,
    letter: Letter,
    numbers: Sequence[str],
    method: str,
    document_id: UUID,
    signed_on: date | None,
    *,
    by_link: bool,
) -> Letter:
    """The letter counts from now on, for these numbers."""
    before = letter.state
    letter.state = SIGNED
    letter.method = method
    letter.covers = digest(numbers)
    letter.count = len(numbers)
    letter.document_id = document_id
    letter.signed_on = signed_on
    letter.signed_at = clock.now()
    letter.signed_from = "letter" if by_link else str(tenancy.actor().id or "")
    letter.link_digest = ""
    letter.link_until = None
    letter.version += 1
    letter.save()
    if order.step == "letter":
        order.step = "review"
    order.changed_at = clock.now()
    order.version += 1
    order.save()
    record.change(
        letter,
        "port_letter_given",
        name=order.number,
        after={
            "method": method,
            "count": len(numbers),
            "by": f"{letter.first_name} {letter.last_name}".strip(),
        },
        facts={"order": str(order.id), "by_link": by_link, "title": letter.job_title},
        moves=[Moved("port_letter", letter.id, before, SIGNED, method)],
        event="port_order.letter_given",
        event_facts={"number": order.number},
    )
    return letter


def _waits_for_letter(order: PortOrder) -> None:
    now = clock.now()
    order.step = "letter"
    order.changed_at = now
    order.reminders = 0
    order.due_at = deadlines.reminder_at(states.PENDING, now, 0, is_letter=True)
    order.version += 1
    order.save()


def _check_signed_on(order: PortOrder, signed_on: date | None) -> None:
    field, today, rules = "/signedOn", clock.today(order.zone), book.rules(order)
    if signed_on is None:
        raise Problem("porting.paper_day_needed", field=field)
    if signed_on > today:
        raise Problem("porting.paper_in_future", field=field, values={"day": signed_on.isoformat()})
    if papers.letter_is_too_old(signed_on, today, rules):
        values = {"day": signed_on.isoformat(), "limit": age_limit(days=rules.loa_max_age_days)}
        raise Problem("porting.paper_too_old", field=field, values=values)


def _letter_facts(order: PortOrder, numbers: Sequence[str]) -> dict[str, Any]:
    customer = people.organisation(order.customer_id)
    return {
        "order_number": order.number,
        "account": book.account(order),
        "numbers": numbers,
        "losing_carrier": order.losing_carrier,
        "winning_carrier": people.operator_name(),
        "language": customer.language,
    }


def _moment(order: PortOrder) -> str:
    local = clock.now().astimezone(ZoneInfo(order.zone))
    return f"{local:%Y-%m-%d %H:%M} ({order.zone})"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
