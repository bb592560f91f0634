"""Refusals: a stable code, the HTTP status of its class, a sentence for people, what is allowed, and the way on.

Rooms raise `Problem(code, field=..., values=...)`; only the doors put it into words. Each room registers its codes
in its own `problems.py`. Source: bad_inputs classes (what each status means), webex-api section 1 (integer codes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

UNREADABLE = 400
UNKNOWN_CALLER = 401
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
STALE = 412
TOO_LARGE = 413
WRONG_TYPE = 415
FIELD = 422
VERSION_NEEDED = 428
TOO_MANY = 429


@dataclass(frozen=True)
class Entry:
    """One line of the catalogue. The texts are lazily translated, with named places for values."""

    code: str
    status: int
    sentence: Any
    allowed: Any
    next_step: Any
    error_code: int


_catalogue: dict[str, Entry] = {}
_owners: dict[int, str] = {}


def register(
    code: str, status: int, sentence: Any, *, allowed: Any = "", next_step: Any = "", error_code: int
) -> None:
    """Add a code to the catalogue.

    `error_code` is the integer that clients of the compatible API see. It is written down, never computed, so that it
    stays the same for ever; base has 25001 to 25099 and each room its own hundred. Raises ValueError if the code or
    its integer is taken.
    """
    is_taken = _owners.get(error_code, code) != code
    if is_taken or (code in _catalogue and _catalogue[code].error_code != error_code):
        raise ValueError(f"{code} or error code {error_code} is registered twice")
    _owners[error_code] = code
    _catalogue[code] = Entry(code, status, sentence, allowed, next_step, error_code)


def catalogue() -> Sequence[Entry]:
    """All codes, sorted, for the documentation and the OpenAPI description."""
    return [_catalogue[code] for code in sorted(_catalogue)]


class Problem(Exception):
    """One refusal. `field` is a JSON pointer ("/numbers/0"); `values` fill the sentence.

    The last part of the pointer fills %(field)s unless `values` say otherwise.
    """

    def __init__(
        self, code: str, *, field: str | None = None, values: Mapping[str, Any] | None = None
    ) -> None:
        if code not in _catalogue:
            raise KeyError(f"problem code {code!r} is not registered")
        super().__init__(code)
        self.code = code
        self.field = field
        self.values = {"field": (field or "").rsplit("/", 1)[-1], **(values or {})}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Problem:
        """A refusal as `as_json` kept it."""
        return cls(kept["code"], field=kept["field"], values=kept["values"])

    def as_json(self) -> dict[str, Any]:
        """The refusal, to be kept: plain values, which only a door words."""
        values = {
            name: value if isinstance(value, int | float | bool) else str(value)
            for name, value in self.values.items()
        }
        return {"code": self.code, "field": self.field or "", "values": values}

    @property
    def entry(self) -> Entry:
        return _catalogue[self.code]

    @property
    def status(self) -> int:
        return self.entry.status

    def sentence(self) -> str:
        """What is wrong, in the active language."""
        return _filled(self.entry.sentence, self.values)

    def allowed_text(self) -> str:
        """What would be allowed, in the active language; "" when there is nothing to add."""
        return _filled(self.entry.allowed, self.values)

    def next_text(self) -> str:
        """What to do next, in the active language."""
        return _filled(self.entry.next_step, self.values)


class Problems(Exception):
    """Several refusals at once: all that is wrong, so that nobody has to guess step by step."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("no problem at all")
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = list(problems)

    @property
    def status(self) -> int:
        return self.problems[0].status


class _Values(dict[str, Any]):
    """A place without a value stays empty: a refusal must never become a crash."""

    def __missing__(self, name: str) -> str:
        return ""


def _filled(text: Any, values: Mapping[str, Any]) -> str:
    rendered = str(text)
    return rendered % _Values(values) if "%(" in rendered else rendered


register(
    "not_found",
    NOT_FOUND,
    _("There is nothing here under this id."),
    next_step=_("Check the address, or go back to the list."),
    error_code=25001,
)
register(
    "permission.missing",
    FORBIDDEN,
    _("You may see this, but not do it: the permission %(permission)s is missing."),
    next_step=_("Ask an administrator of your organisation."),
    error_code=25002,
)
register(
    "auth.needed",
    UNKNOWN_CALLER,
    _("Sign in, or send a valid token."),
    next_step=_("Send the header Authorization: Bearer and your token."),
    error_code=25003,
)
register(
    "auth.form_expired",
    FORBIDDEN,
    _("This page was open for too long, or its form was not complete."),
    next_step=_("Open the page again; what you typed can be sent again."),
    error_code=25004,
)
register("request.unreadable", UNREADABLE, _("The request could not be read."), error_code=25005)
register("request.empty", UNREADABLE, _("A JSON body is needed."), error_code=25006)
register(
    "request.bad_json",
    UNREADABLE,
    _("The JSON is broken or ends early, at character %(position)s."),
    error_code=25007,
)
register("request.not_object", UNREADABLE, _("A JSON object is expected."), allowed="{…}", error_code=25008)
register(
    "request.too_deep",
    UNREADABLE,
    _("The JSON is too deeply nested."),
    allowed=_("At most %(limit)s levels."),
    error_code=25009,
)
register(
    "request.too_large",
    TOO_LARGE,
    _("The request is too large."),
    allowed=_("At most %(limit)s bytes."),
    error_code=25010,
)
register(
    "request.wrong_type",
    WRONG_TYPE,
    _("This kind of content is not read here."),
    allowed=_("Send application/json."),
    error_code=25011,
)
register("request.charset", WRONG_TYPE, _("Only UTF-8 is read here."), error_code=25012)
register(
    "request.encoding",
    WRONG_TYPE,
    _("Compressed bodies (%(encoding)s) are not read here."),
    allowed=_("Send the body uncompressed."),
    error_code=25013,
)
register(
    "request.not_utf8", UNREADABLE, _("The text is not UTF-8, from byte %(position)s on."), error_code=25014
)
register("request.number", UNREADABLE, _("%(number)s is not a number that can be used."), error_code=25015)
register("request.twice", UNREADABLE, _("The field %(name)s is there twice."), error_code=25016)
register("request.method", 405, _("This address does not know this method."), error_code=25017)
register("field.required", FIELD, _("%(field)s is needed."), error_code=25020)
register(
    "field.blank",
    FIELD,
    _("%(field)s is blank."),
    allowed=_("At least one visible character."),
    error_code=25021,
)
register(
    "field.too_long",
    FIELD,
    _("%(field)s has %(length)s characters."),
    allowed=_("At most %(limit)s characters."),
    error_code=25022,
)
register(
    "field.wrong_type",
    FIELD,
    _("%(field)s is not of the right kind."),
    allowed="%(expected)s",
    error_code=25023,
)
register(
    "field.unknown",
    FIELD,
    _("The field %(field)s is not known here."),
    next_step=_("Check its spelling, or leave it out."),
    error_code=25024,
)
register(
    "field.not_allowed",
    FIELD,
    _("%(value)s is not one of the choices."),
    allowed="%(choices)s",
    error_code=25025,
)
register(
    "text.control",
    FIELD,
    _("%(field)s has control characters in it."),
    allowed=_("Visible characters only."),
    error_code=25026,
)
register(
    "text.direction",
    FIELD,
    _("%(field)s has invisible characters that change the writing direction."),
    allowed=_("Plain text without direction-control characters."),
    error_code=25027,
)
register(
    "text.marks",
    FIELD,
    _("%(field)s has too many combining marks on one letter."),
    allowed=_("At most 3 marks on one letter."),
    error_code=25028,
)
register(
    "email.shape",
    FIELD,
    _("%(email)s is not an e-mail address."),
    allowed=_("An address such as ann@example.com."),
    error_code=25029,
)
register(
    "page.size",
    FIELD,
    _("Pages of %(max)s entries are not offered."),
    allowed=_("1 to %(limit)s entries a page."),
    error_code=25030,
)
register(
    "page.start",
    FIELD,
    _("%(start)s is not a place to start from."),
    allowed=_("0 or more."),
    error_code=25031,
)
register(
    "time.not_text", FIELD, _("A time is sent as text."), allowed="2026-10-28T12:00:00Z", error_code=25032
)
register(
    "time.zone_needed",
    FIELD,
    _("%(value)s lacks its zone."),
    allowed=_("Z or an offset at the end, such as 2026-10-28T12:00:00Z."),
    error_code=25033,
)
register(
    "time.clock_needed",
    FIELD,
    _("%(value)s is a day only: time and zone are needed."),
    allowed="2026-10-28T12:00:00Z",
    error_code=25036,
)
register(
    "time.shape",
    FIELD,
    _("%(value)s is not a time with its zone."),
    allowed="2026-10-28T12:00:00Z",
    error_code=25037,
)
register(
    "time.day",
    FIELD,
    _("%(value)s is not a day that exists."),
    allowed=_("A day such as 2026-10-28."),
    error_code=25038,
)
register(
    "time.order",
    FIELD,
    _("The end, %(end)s, lies before the start, %(start)s."),
    allowed=_("An end that is not before the start."),
    error_code=25039,
)
register(
    "time.too_long",
    FIELD,
    _("This is too long a time at once."),
    allowed=_("At most %(days)s days."),
    error_code=25018,
)
register(
    "time.impossible",
    FIELD,
    _("%(value)s is not a time that exists."),
    allowed="2026-10-28T12:00:00Z",
    error_code=25034,
)
register(
    "time.zone_unknown",
    FIELD,
    _("%(value)s is not a time zone."),
    allowed=_("A place such as America/New_York."),
    error_code=25035,
)
register(
    "phone.not_text",
    FIELD,
    _("A number is sent as text, not as a JSON number."),
    allowed='"+12125550102"',
    error_code=25040,
)
register(
    "phone.national",
    FIELD,
    _("%(number)s lacks its country code."),
    allowed=_("Write it with + and country code, such as +12125550102."),
    error_code=25041,
)
register(
    "phone.digits_only",
    FIELD,
    _("%(number)s has other characters than digits."),
    allowed=_("Digits only after the +, such as +12125550102."),
    error_code=25042,
)
register(
    "phone.too_long", FIELD, _("%(number)s is too long."), allowed=_("At most 15 digits."), error_code=25043
)
register(
    "phone.too_short",
    FIELD,
    _("%(number)s is too short for its country."),
    allowed=_("A full number with its area code, such as +12125550102."),
    error_code=25044,
)
register(
    "phone.country_code",
    FIELD,
    _("%(number)s begins with a country code that does not exist."),
    allowed=_("Write it with + and country code, such as +12125550102."),
    error_code=25045,
)
register(
    "phone.invalid",
    FIELD,
    _("%(number)s is not a number of any numbering plan."),
    allowed=_("A full number with its area code, such as +12125550102."),
    error_code=25046,
)
register(
    "phone.emergency",
    FIELD,
    _("%(number)s is an emergency or short number."),
    allowed=_("A full number with its area code, such as +12125550102."),
    error_code=25047,
)
register(
    "phone.needed",
    FIELD,
    _("A phone number is needed here."),
    allowed=_("Such as +12125550102."),
    error_code=25048,
)
register(
    "phone.letters",
    FIELD,
    _("%(number)s has letters in it."),
    allowed=_("The digits that the letters stand for, such as +18003569377."),
    error_code=25049,
)
register(
    "phone.shortened",
    FIELD,
    _("A spreadsheet has rounded %(number)s."),
    allowed=_("Format the column as text and enter the number again."),
    error_code=25089,
)
register(
    "phone.thousands",
    FIELD,
    _("%(number)s may be one number or several."),
    allowed=_("Each number on a line of its own, without commas between its digits."),
    error_code=25070,
)
register(
    "phone.extension",
    FIELD,
    _("%(number)s has an extension."),
    allowed=_("The number without its extension."),
    error_code=25053,
)
register(
    "phone.other_digits",
    FIELD,
    _("%(number)s is written in digits of another script."),
    allowed=_("The digits 0 to 9."),
    error_code=25054,
)
register(
    "phone.invisible",
    FIELD,
    _("%(number)s has invisible characters in it."),
    next_step=_("Delete it and type it by hand; copying often brings such characters."),
    error_code=25055,
)
register(
    "phone.trunk",
    FIELD,
    _("%(number)s has a 0 too many after its country code."),
    allowed=_("Write it as %(canonical)s."),
    error_code=25056,
)
register(
    "money.not_text",
    FIELD,
    _("An amount is sent as text, not as a JSON number."),
    allowed=_('Text such as "9.99".'),
    error_code=25091,
)
register(
    "money.comma",
    FIELD,
    _("%(value)s has a comma."),
    allowed=_("A point before the cents and no other separator, such as 1234.50."),
    error_code=25092,
)
register(
    "money.shape",
    FIELD,
    _("%(value)s is not an amount."),
    allowed=_("Digits and at most one point, such as 9.99."),
    error_code=25093,
)
register(
    "money.too_fine",
    FIELD,
    _("%(value)s has too many digits after the point."),
    allowed=_("At most %(places)s digits after the point."),
    error_code=25094,
)
register(
    "money.whole_cents",
    FIELD,
    _("%(value)s is not in whole cents."),
    allowed=_("Whole cents: at most 2 digits after the point."),
    error_code=25095,
)
register(
    "money.whole",
    FIELD,
    _("%(currency)s has no digits after the point."),
    allowed=_("A whole amount, such as 1050."),
    error_code=25096,
)
register(
    "money.too_large",
    FIELD,
    _("%(value)s is too large."),
    allowed=_("Less than %(largest)s."),
    error_code=25097,
)
register(
    "money.negative",
    FIELD,
    _("%(value)s is negative."),
    allowed=_("0 or more."),
    error_code=25098,
)
register(
    "money.currency",
    FIELD,
    _("%(value)s is not a currency in use."),
    allowed=_("A code of three capital letters, such as USD."),
    error_code=25099,
)
register("money.zero", FIELD, _("The amount is zero."), allowed=_("More than 0."), error_code=25090)
register(
    "table.too_large",
    FIELD,
    _("The file is too large."),
    allowed=_("At most %(limit)s MiB."),
    error_code=25078,
)
register(
    "table.unreadable",
    FIELD,
    _("The file cannot be read as a table."),
    allowed=_("A CSV file in UTF-8 or Windows-1252, or an Excel file (.xlsx)."),
    error_code=25079,
)
register(
    "table.empty",
    FIELD,
    _("The file is empty."),
    allowed=_("A first row with the names of the columns, and rows below it."),
    error_code=25080,
)
register("table.no_rows", FIELD, _("The file has a header, but no rows below it."), error_code=25081)
register(
    "table.column_missing",
    FIELD,
    _("These columns are missing: %(columns)s."),
    allowed=_("A first row with the names of the columns."),
    error_code=25082,
)
register("table.column_twice", FIELD, _("The column %(column)s is there twice."), error_code=25083)
register(
    "table.quote",
    FIELD,
    _("A quote opens in line %(line)s, at character %(position)s, and does not close where the cell ends."),
    next_step=_("Close it, or write the quote twice if it belongs to the text."),
    error_code=25084,
)
register(
    "table.too_many_rows",
    FIELD,
    _("The file has too many rows."),
    allowed=_("At most %(limit)s rows in one file."),
    error_code=25085,
)
register(
    "table.cell_too_long",
    FIELD,
    _("A cell in line %(line)s has %(length)s characters."),
    allowed=_("At most %(limit)s characters."),
    error_code=25086,
)
register(
    "table.not_csv",
    FIELD,
    _("This is an Excel file under another name."),
    next_step=_("Save it as .xlsx or as CSV, and upload that."),
    error_code=25087,
)
register(
    "table.ragged",
    FIELD,
    _("Line %(line)s has more cells than the header has names."),
    allowed=_("At most %(cells)s cells."),
    error_code=25088,
)
register(
    "table.not_sheets",
    FIELD,
    _("This is neither an Excel workbook nor a zip of CSV files."),
    error_code=25019,
)
register(
    "table.sheet_unknown",
    FIELD,
    _("The file has none of the sheets that are read."),
    allowed=_("Sheets named %(sheets)s."),
    error_code=25059,
)
register(
    "table.sheet_other",
    FIELD,
    _("The sheet %(sheet)s is none of those that are read."),
    allowed=_("Sheets named %(sheets)s."),
    error_code=25066,
)
register("table.sheet_twice", FIELD, _("The sheet %(sheet)s is there twice."), error_code=25064)
register(
    "table.too_many_columns",
    FIELD,
    _("Line %(line)s has too many cells."),
    allowed=_("At most %(cells)s cells."),
    error_code=25067,
)
register(
    "table.fraction",
    FIELD,
    _("A cell in line %(line)s is a number with a fraction."),
    next_step=_(
        "Format the column as text and enter it again: a spreadsheet drops zeros from telephone numbers."
    ),
    error_code=25068,
)
register(
    "table.formula",
    FIELD,
    _("A cell in line %(line)s is a formula."),
    next_step=_("Put the value in its place."),
    error_code=25065,
)
register(
    "page.cursor",
    FIELD,
    _("This cursor does not belong to this list."),
    next_step=_("Follow the link of the page before, or begin with the first page."),
    error_code=25057,
)
register("page.both", FIELD, _("Send either start or cursor."), error_code=25058)
register("rate.limited", TOO_MANY, _("Too many requests; wait %(seconds)s seconds."), error_code=25050)
register(
    "version.needed",
    VERSION_NEEDED,
    _("Say which version you change."),
    allowed=_("Send If-Match with the version that you read."),
    error_code=25051,
)
register(
    "version.stale",
    STALE,
    _("Somebody changed this meanwhile."),
    next_step=_("Look at the newest version, and change that."),
    error_code=25052,
)
register(
    "idempotency.key_needed",
    FIELD,
    _("Orders that cost money, and whatever else must be done once, need an Idempotency-Key."),
    allowed=_("1 to 255 visible characters, a new one for each thing that is to be done."),
    error_code=25060,
)
register(
    "idempotency.key_shape",
    FIELD,
    _("The Idempotency-Key is blank or too long."),
    allowed=_("1 to 255 visible characters."),
    error_code=25061,
)
register(
    "idempotency.other_body",
    FIELD,
    _("This Idempotency-Key was used for another request."),
    next_step=_("Use a new key for a new request."),
    error_code=25062,
)
register(
    "idempotency.in_progress",
    CONFLICT,
    _("A request with this Idempotency-Key is being worked on."),
    next_step=_("Ask again in a moment with the same key."),
    error_code=25063,
)
