"""Where a device is, for whoever may know: the device itself, the switch, and whoever was given a reference (RFC 5985, 6155, 6753).

Served by the authorisation program out of its picture, so also while PostgreSQL is away. Three ways in, and each is one secret:

    POST /held/SECRET     a phone asks for itself; its secret names its line and who has it, and ends when another gets the line
    POST /held            with `Authorization: Bearer` and the switch's credential: on behalf of the device that the body names
    GET, POST /held/at/…  whoever holds a reference; it says nothing to people, and ends after a day or with the line's holder

Secrets come of the installation's key; nothing is stored. A place that is unknown is said to be, never guessed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

from dialtone.calls.snapshot import Answers, Line
from dialtone.emergency import held, pidf_lo
from dialtone.emergency.held import HeldError, Question, Reference

LIVES = timedelta(
    hours=24
)  # of a reference (RFC 5985, section 6.5: what is recommended where nothing else is said)
ROOT, AT = "/held", "/held/at/"
_CODES_OF_HTTP = {401: "badIdentifier", 404: "locationUnknown", 415: "requestError"}


@dataclass(frozen=True)
class Secrets:
    """What is made of the installation's key: a device's secret, the switch's credential, and seals of references."""

    key: str

    def device(self, name: str, device: str) -> str:
        """Of the device that registers under a name, while this holder has the line."""
        told = base64.urlsafe_b64encode(name.encode()).decode().rstrip("=")
        return f"{told}.{_text(self._made('device', name, device)[:24])}"

    def switch(self) -> str:
        """With it one may ask on behalf of any device."""
        return _text(self._made("switch"))

    def seal(self, told: str, now: datetime) -> str:
        """What nobody can read or make."""
        return self._fernet().encrypt_at_time(told.encode(), int(now.timestamp())).decode()

    def opened(self, token: str, now: datetime) -> str:
        """What was sealed less than LIVES ago; "" otherwise."""
        try:
            sealed = self._fernet().decrypt_at_time(token, int(LIVES.total_seconds()), int(now.timestamp()))
        except (InvalidToken, ValueError):
            return ""
        return sealed.decode()

    def _fernet(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._made("reference")))

    def _made(self, *what: str) -> bytes:
        return hmac.digest(self.key.encode(), "\0".join(("dialtone location", *what)).encode(), "sha256")


def _text(made: bytes) -> str:
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def name_in(secret: str) -> str:
    """The name that a device's secret begins with; "" where it is none."""
    told = secret.partition(".")[0]
    try:
        return base64.b64decode(told + "=" * (-len(told) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        return ""


@dataclass(frozen=True)
class Said:
    """An answer over HTTP."""

    status: int
    body: bytes
    content_type: str = held.CONTENT_TYPE


def failed(status: int) -> Said:
    """Refused before HELD has a word in it; the body says why in HELD's words all the same."""
    return Said(status, held.error(_CODES_OF_HTTP[status]))


class WhereIs:
    """The server of locations. `base` is the address under which others reach it; without one it gives no references."""

    def __init__(self, answers: Answers, secrets: Secrets, base: str, now: Callable[[], datetime]) -> None:
        self.answers, self.secrets, self.base, self.now = answers, secrets, base.rstrip("/"), now

    def post(self, path: str, fields: dict[str, str], body: bytes) -> Said:
        """The answer to a body that is posted; `fields` are HTTP's, in small letters."""
        if fields.get("content-type", "").partition(";")[0].strip().lower() != held.CONTENT_TYPE:
            return failed(415)
        if path.startswith(AT):
            return self._fetched(path, body)
        if path == ROOT:
            scheme, _, said = fields.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not _same(said.strip(), self.secrets.switch()):
                return failed(401)
            return Said(200, self.on_behalf(body))
        line = self._of_secret(path.removeprefix(f"{ROOT}/"))
        if line is None:
            return failed(404)
        return Said(200, self._guarded(lambda: self._own(held.read(body), *line)))

    def get(self, path: str, fields: dict[str, str]) -> Said:
        """What a reference points to: HELD's answer, or the bare location for whoever asks for that (RFC 6753, section 3)."""
        found = self._referred(path.removeprefix(AT)) if path.startswith(AT) else None
        if found is None:
            return failed(404)
        accepted = fields.get("accept", "")
        if pidf_lo.CONTENT_TYPE in accepted and held.CONTENT_TYPE not in accepted:
            try:
                return Said(200, self._value(found[1]), pidf_lo.CONTENT_TYPE)
            except HeldError:
                return failed(404)
        return Said(200, self._guarded(lambda: held.answer(self._value(found[1]))))

    def on_behalf(self, body: bytes) -> bytes:
        """The answer to the switch, which names a device (RFC 6155)."""
        return self._guarded(lambda: self._named(held.read(body)))

    def reference(self, name: str) -> str:
        """An address under which the place of a line can be fetched; "" where there is none to give."""
        line = self.answers.line_of(name)
        return self._reference(name, line).uri if line and self.base else ""

    def _guarded(self, work: Callable[[], bytes]) -> bytes:
        try:
            return work()
        except HeldError as error:
            return held.error(error.code)

    def _named(self, question: Question) -> bytes:
        if not question.uri:
            raise HeldError("badIdentifier")
        name = held.line_name(question.uri)
        line = self.answers.line_of(name)
        if line is None:
            raise HeldError("notLocatable")
        return self._answer(question, name, line)

    def _own(self, question: Question, name: str, line: Line) -> bytes:
        if question.uri and held.line_name(question.uri) != name:
            raise HeldError("badIdentifier")
        return self._answer(question, name, line)

    def _answer(self, question: Question, name: str, line: Line) -> bytes:
        provided = [held.CIVIC, held.REFERENCE] if self.base else [held.CIVIC]
        forms = held.wanted(question, provided)
        value = self._value(line)
        return held.answer(
            value if held.CIVIC in forms else b"",
            self._reference(name, line) if held.REFERENCE in forms else None,
        )

    def _fetched(self, path: str, body: bytes) -> Said:
        found = self._referred(path.removeprefix(AT))
        if found is None:
            return failed(404)

        def answer() -> bytes:
            question = held.read(body)
            if question.uri:
                raise HeldError("badIdentifier")
            held.wanted(question, [held.CIVIC])
            return held.answer(self._value(found[1]))

        return Said(200, self._guarded(answer))

    def _value(self, line: Line) -> bytes:
        """The location by value, of nobody in particular: whoever asks knows whom they ask about, others learn nothing."""
        where = self.answers.where(line)
        if where is None:
            raise HeldError("locationUnknown")
        nobody = uuid.uuid4()
        somebody = replace(where, device=str(nobody))
        return pidf_lo.document(somebody, entity=f"pres:{nobody.hex}@anonymous.invalid", now=self.now())

    def _reference(self, name: str, line: Line) -> Reference:
        now = self.now()
        token = self.secrets.seal(f"{name}\n{line.device}", now)
        return Reference(f"{self.base}{AT}{token}", now + LIVES)

    def _referred(self, token: str) -> tuple[str, Line] | None:
        name, _, device = self.secrets.opened(token, self.now()).partition("\n")
        line = self.answers.line_of(name) if name else None
        return (name, line) if line is not None and line.device == device else None

    def _of_secret(self, secret: str) -> tuple[str, Line] | None:
        name = name_in(secret)
        line = self.answers.line_of(name) if name else None
        if line is None or not _same(secret, self.secrets.device(name, line.device)):
            return None
        return name, line


def _same(said: str, known: str) -> bool:
    """Compared in a time that tells nothing; by digests, so that lengths and other alphabets tell nothing either."""
    return hmac.compare_digest(
        hashlib.sha256(said.encode("utf-8", "replace")).digest(), hashlib.sha256(known.encode()).digest()
    )
