"""Letters: stored with what they tell, worded in the reader's language, sent once and not lost."""

from __future__ import annotations

import email
import re
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import get_connection, send_mail
from django.db import transaction
from django.template.loader import get_template

from dialtone.base import clock, mail
from dialtone.base.mail import letters
from dialtone.base.models import DeskItem, Letter
from tests.plugins.world import START, World, as_customer, as_operator

FOLDER = Path(settings.DATA_DIR) / "mail"
TEMPLATES = Path(__file__).resolve().parents[2] / "dialtone/web/templates/mail"
FACTS = {
    "number": "ORD-1",
    "waits_for": "terms",
    "total": "9.99",
    "currency": "USD",
    "quantity": 3,
    "location": "Łódź & <b>Sons</b>",
    "order_id": "x",
}


def write(world: World, **more: Any) -> Letter:
    with as_customer(world.alice):
        mail.write(
            "order_waits", **{"to": "alice.admin@example.com", "language": "en", "facts": FACTS, **more}
        )
        return Letter.objects.order_by("-id")[0]


def filed(letter: Letter) -> EmailMessage:
    message = email.message_from_bytes((FOLDER / f"{letter.id}.eml").read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def again(letter: Letter) -> Letter:
    with as_operator():
        return Letter.objects.get(id=letter.id)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_letter_becomes_a_file_with_text_and_html(world: World) -> None:
    letter = write(world)
    assert mail.send(letter.id)
    message = filed(letter)
    assert message["To"] == "alice.admin@example.com"
    assert message["Subject"] == "Order ORD-1 waits for you"
    assert "Łódź & <b>Sons</b>" in part(message, "plain")
    html = part(message, "html")
    assert "Łódź &amp; &lt;b&gt;Sons&lt;/b&gt;" in html, "text from people is dead text"
    assert 'class="button" href="http' in html
    assert "prefers-color-scheme: dark" in html
    assert again(letter).sent_at == START


def test_it_is_sent_once(world: World) -> None:
    letter = write(world)
    assert mail.send(letter.id) is True
    (FOLDER / f"{letter.id}.eml").unlink()
    assert mail.send(letter.id) is False
    assert not (FOLDER / f"{letter.id}.eml").exists()


def test_the_same_news_is_written_once_to_each_reader(world: World) -> None:
    for reader in ("a@example.com", "b@example.com", "a@example.com"):
        write(world, to=reader, reference="order:1:waits")
    with as_operator():
        assert Letter.objects.count() == 2


def test_a_rolled_back_change_tells_nobody(world: World) -> None:
    with as_customer(world.alice):
        point = transaction.savepoint()
        mail.write("order_waits", to="a@example.com", facts=FACTS)
        transaction.savepoint_rollback(point)
    with as_operator():
        assert Letter.objects.count() == 0


def test_a_failure_is_kept_and_tried_again_later(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(world)

    def refuse(*_args: object, **_more: object) -> None:
        raise smtplib.SMTPServerDisconnected("password in here")

    monkeypatch.setattr(letters, "hand_over", refuse)
    assert mail.send(letter.id) is False
    kept = again(letter)
    assert (kept.attempts, kept.last_error, kept.sent_at) == (1, "SMTPServerDisconnected", None)
    assert kept.due_at == START + timedelta(minutes=1)
    monkeypatch.undo()
    assert mail.send(letter.id) is False, "not before its time"
    with clock.frozen(START + timedelta(minutes=2)):
        assert mail.send(letter.id) is True


def test_after_three_days_the_desk_has_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    letter = write(world)

    def refuse(*_args: object, **_more: object) -> None:
        raise OSError

    monkeypatch.setattr(letters, "hand_over", refuse)
    for _attempt in range(letters.MOST_ATTEMPTS):
        due = again(letter).due_at
        assert due is not None
        with clock.frozen(due):
            mail.send(letter.id)
    assert timedelta(days=2) < due - START < timedelta(days=5)
    assert again(letter).due_at is None
    with as_operator():
        assert DeskItem.objects.get(kind="mail_failed").subject_id == letter.id


def test_a_letter_to_a_person_goes_to_the_address_of_the_day(world: World) -> None:
    person = world.people["alice_admin"]
    letter = write(world, to="", person_id=person.id)
    assert mail.send(letter.id, lambda id: ("new@example.com", "en") if id == person.id else None)
    assert filed(letter)["To"] == "new@example.com"


def test_a_letter_to_nobody_goes_to_the_desk(world: World) -> None:
    letter = write(world, to="", person_id=world.people["alice_admin"].id)
    assert mail.send(letter.id, lambda id: None) is False
    assert again(letter).last_error == letters.NO_READER


def test_a_line_break_cannot_get_into_a_header() -> None:
    worded = mail.render("order_waits", "en", {**FACTS, "number": "1\r\nBcc: eve@example.com"})
    assert "\n" not in worded.subject
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        mail.compose("a@example.com\r\nBcc: eve@example.com", "x", "y")


def test_djangos_own_mail_takes_the_same_way(world: World) -> None:
    before = set(FOLDER.glob("*.eml")) if FOLDER.exists() else set()
    way = get_connection("dialtone.base.mail.backend.Backend")
    assert send_mail("Password", "Choose a new one", None, ["alice@example.com"], connection=way) == 1
    (made,) = set(FOLDER.glob("*.eml")) - before
    assert b"Choose a new one" in made.read_bytes()
    assert made.stat().st_mode & 0o077 == 0


def test_every_letter_that_is_written_has_its_words() -> None:
    source = Path(__file__).resolve().parents[2] / "dialtone"
    written = {
        name
        for file in source.rglob("*.py")
        for name in re.findall(r'mail\.write\(\s*"([a-z_]+)"', file.read_text())
    }
    assert written, "the search itself works"
    for name in written:
        get_template(f"mail/{name}.txt")


@pytest.mark.parametrize("template", sorted(file.stem for file in TEMPLATES.glob("*.txt")))
def test_each_letter_can_be_worded_in_every_language(template: str) -> None:
    for language, _name in settings.LANGUAGES:
        worded = mail.render(template, language, {**FACTS, "arrived": 1, "count": 2, "name": "Ann"})
        assert worded.subject
        assert "{" not in worded.text
        assert worded.html.count("<p") >= 2
