"""A phone number is a value: parsed once at the edge, canonical E.164 inside (N8).

Programs send canonical E.164 only; people type as they like and see what was made of it. The library repairs much
in silence (measured, reliability 0.21): extensions vanish, letters become digits, 911 becomes +1911, digits of other
scripts and invisible characters pass. So characters are judged here, first, and the library only judges digits.
Calls are another matter: an emergency call is matched on the raw dialled string, never through this module.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from dialtone.base.problems import Problem

# They reach help somewhere in the world; none is ever inventory, whatever a country's plan says (N9).
EMERGENCY = frozenset(
    {"000", "100", "101", "102", "103", "104", "108", "110", "111", "112"}
    | {"113", "114", "115", "117", "118", "119", "911", "933", "988", "999"}
)
# Shorter than any subscriber number with its area code: what is this short is a service of the network.
SHORTEST = 5
MOST_DIGITS = 15

_CANONICAL = re.compile(r"\+[1-9][0-9]{1,14}")
# To be taken out of what people write, by `str.translate`, where no more than ASCII marks and a hard space are let through.
SEPARATORS = str.maketrans("", "", " -.()/\u00a0")
_SEPARATORS = re.compile(r"[\s().\-\u2010-\u2015/]+")
_EXTENSION = re.compile(r"(;|#|,|\bext|x)\D*[0-9]+\s*$", re.IGNORECASE)
_BETWEEN = re.compile(r"[\r\n,;\t]+")
_LINES = re.compile(r"([\r\n;\t])")
# What people put before the lines of a list.
_BULLET = re.compile(r"^(?:[\u2022\u2023\u25e6\u00b7*\u2013\u2014-]|[0-9]{1,4}[.)])\s+")
_SPACES = re.compile(r"[\s/]+")
# A cell that a program wrote as a number with decimals or as a formula of one text, and the address of a link.
_DRESSED = re.compile(r"(?:tel:)?(\+?[0-9]{7,15})\.0|tel:(.+)|=[\"']?([^\"']+)[\"']?", re.IGNORECASE)
_SHORTENED = re.compile(r"[0-9][.,][0-9]+e\+?[0-9]{1,2}", re.IGNORECASE)
# "from here to there", the end in full or its last digits: words of the languages that lists come in.
_RANGE = re.compile(
    r"\s*(?:[-\u2010-\u2015~\u301c\uff5e]|\.{2,3}|\b(?:to|thru|through|bis|til|till|al|au|\u00e0)\b|\u304b\u3089|\u81f3)\s*",
    re.IGNORECASE,
)
# What a spreadsheet puts between thousands stands between the numbers of a list, too.
_GROUPS = re.compile(r"[0-9],[0-9]{3},[0-9]{3}")
_GROUP_EDGES = " \"'"
_LONE_COMMA = "\ufe50"  # a comma that ends no entry: of digits that may be one number or several
FEWEST_GROUPS, MOST_GROUPS = 3, 5  # of one number; from six groups on they may be two
LONGEST_RANGE = 1_000  # numbers; a longer one is more likely a slip
LONGEST_TAIL = 4  # digits of an end that is not written in full
LONGEST_SPELLING = 7  # words of one number: 00 44 20 79 46 01 23
MOST_TRIES = 5_000  # for nothing, while a list with only spaces in it is taken apart
_KINDS = {
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.UAN: "non_geographic",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
    PhoneNumberType.PAGER: "pager",
}


@dataclass(frozen=True, order=True)
class PhoneNumber:
    """A number in E.164, for example +12125550101."""

    e164: str

    @classmethod
    def parse_api(cls, text: object, field: str = "/number") -> PhoneNumber:
        """From a program: canonical E.164 and nothing else. Raises Problem phone.*.

        >>> PhoneNumber.parse_api("+12125550101").country
        'US'
        """
        written = _text(text, field)
        _refuse_characters(written, field)
        if not written.startswith("+"):
            raise _refused("phone.national", written, field)
        if not written[1:].isdigit():
            raise _refused("phone.digits_only", written, field)
        return cls._checked(written, field)

    @classmethod
    def parse_form(cls, text: object, country: str, field: str = "/number") -> PhoneNumber:
        """From a person in `country` (ISO code): any usual spelling. The door shows what was made of it.

        Raises Problem phone.*.

        >>> str(PhoneNumber.parse_form("(212) 555-0102", "US"))
        '+12125550102'
        """
        written = with_thousands(undressed(_text(text, field).strip()))
        if _LONE_COMMA in written:
            raise _refused("phone.thousands", written, field)
        _refuse_characters(written, field)
        plain = _SEPARATORS.sub("", written)
        if not re.fullmatch(r"\+?[0-9]+", plain):
            raise _refused("phone.digits_only", written, field)
        if len(plain) > MOST_DIGITS + 5:  # room for a prefix such as 0011
            raise _refused("phone.too_long", written, field)
        spelled = list(_canonical_spellings(plain, country))
        if not spelled:
            raise _refused("phone.national", written, field)
        for e164 in spelled:
            if _is_number(e164):
                return cls(e164)
        return cls._checked(spelled[0], field, written)

    @classmethod
    def parse_compatible(cls, text: object, field: str = "/phoneNumber") -> PhoneNumber:
        """From the compatible API: formatting characters and ten-digit US numbers pass too (webex-api section 1)."""
        return cls.parse_form(text, "US", field)

    @classmethod
    def _checked(cls, e164: str, field: str, written: str | None = None) -> PhoneNumber:
        """The number, if its country's plan knows it. Refusals quote what was `written`."""
        written = written or e164
        if len(e164) > MOST_DIGITS + 1:
            raise _refused("phone.too_long", written, field)
        try:
            parsed = phonenumbers.parse(e164, None)
        except NumberParseException as error:
            is_country = error.error_type == NumberParseException.INVALID_COUNTRY_CODE
            raise _refused(
                "phone.country_code" if is_country else "phone.too_short", written, field
            ) from error
        canonical = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
        if _is_number(canonical):
            if canonical == e164:
                return cls(e164)
            # The library dropped a trunk prefix (+4402… became +442…): only the caller may do that.
            raise _refused("phone.trunk", written, field, canonical=canonical)
        national = str(parsed.national_number)
        # The library takes any five or six digits in North America for a short code: more likely the rest is missing.
        if phonenumbers.is_valid_short_number(parsed) and (len(national) < 5 or national.startswith("11")):
            raise _refused("phone.emergency", written, field)
        reason = phonenumbers.is_possible_number_with_reason(parsed)
        is_short = reason in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY)
        raise _refused("phone.too_short" if is_short else "phone.invalid", written, field)

    @cached_property
    def _parsed(self) -> phonenumbers.PhoneNumber:
        return phonenumbers.parse(self.e164, None)

    @property
    def is_fictional(self) -> bool:
        """North American 555-0100 to 555-0199: kept for examples, and what the sandbox's inventory is made of."""
        return _is_fictional(self.e164)

    @property
    def country(self) -> str:
        """ISO code of the country; "" for numbers of no country (+800, +883)."""
        found = phonenumbers.region_code_for_number(self._parsed)
        if found is None and self.is_fictional:
            found = phonenumbers.region_code_for_number(phonenumbers.parse(_typical(self.e164), None))
        return found if found and found != "001" else ""

    @property
    def kind(self) -> str:
        """standard, toll_free, premium, shared_cost, mobile, non_geographic, voip, personal, pager."""
        return _KINDS.get(phonenumbers.number_type(self._parsed), "standard")

    @property
    def digits(self) -> int:
        """The digits as one integer, for dense storage: E.164 never begins with 0, so nothing is lost."""
        return int(self.e164[1:])

    @property
    def national_digits(self) -> str:
        """The digits after the country code, a leading zero that belongs to the number included (Italy)."""
        return phonenumbers.national_significant_number(self._parsed)

    def formatted(self, style: str = "international") -> str:
        """As people write it: style "international" or "national"."""
        form = PhoneNumberFormat.NATIONAL if style == "national" else PhoneNumberFormat.INTERNATIONAL
        return str(phonenumbers.format_number(self._parsed, form))

    def __str__(self) -> str:
        return self.e164


@dataclass(frozen=True)
class Pasted:
    """One entry of a pasted list: a number or why not; `duplicate_of` is the index of the first such number."""

    raw: str
    number: PhoneNumber | None
    problem: Problem | None
    duplicate_of: int | None = None


def parse_many(
    text: str, country: str, field: str = "/numbers", *, quick: Callable[[str], str | None] | None = None
) -> list[Pasted]:
    """Numbers pasted from a spreadsheet or letter, between lines, tabs, commas, semicolons, or spaces alone.

    Nothing raises: each entry carries its own problem, whose field is its index ("/numbers/7"). `quick` answers the E.164 of an
    entry that it is sure of, so that long lists need not go through the library.

    >>> [str(each.number) for each in parse_many("212-555-0101, +44 20 7946 0100", "US")]
    ['+12125550101', '+442079460100']
    >>> [str(each.number) for each in parse_many("2. 2125550101 (212) 555 0102", "US")]
    ['+12125550101', '+12125550102']
    >>> [str(each.number) for each in parse_many("2,127,310,105,312-731-0106", "US")]
    ['+12127310105', '+13127310106']
    """
    entries = map(without_quotes, _BETWEEN.split(with_thousands(text)))
    found: list[Pasted] = []
    first: dict[PhoneNumber, int] = {}
    patience = Patience(country)

    def keep(raw: str, number: PhoneNumber) -> None:
        index = len(found)
        earlier = first.setdefault(number, index)
        found.append(Pasted(raw, number, None, earlier if earlier != index else None))

    for entry in filter(None, entries):
        e164 = quick(entry) if quick else None
        if e164 is not None:
            keep(entry, PhoneNumber(e164))
            continue
        for raw, read in patience.told(entry):
            if isinstance(read, PhoneNumber):
                keep(raw, read)
            else:
                at = f"{field}/{len(found)}"
                found.append(Pasted(raw, None, Problem(read.code, field=at, values=read.values)))
    return found


def undressed(written: str) -> str:
    """A number without what programs put around it: `2127310100.0`, `="2127310100"`, `tel:+12127310100`."""
    found = _DRESSED.fullmatch(written)
    return (found[1] or found[2] or found[3]) if found else written


def without_quotes(entry: str) -> str:
    """An entry of a list without what spreadsheets put around it."""
    return entry.strip().strip("\"'").strip()


def with_thousands(text: str) -> str:
    """A text whose numbers with commas between thousands have spaces there: no number of a list has so few digits. Groups that may
    be one number or several keep a comma that ends no entry, to be refused together.

    >>> with_thousands("2,127,310,105,2,127,310,106"), with_thousands("142,680,100,142,680,101") == "142,680,100,142,680,101"
    ('2 127 310 105,2 127 310 106', False)
    """
    if "," not in text or not _GROUPS.search(text):
        return text
    return "".join(_thousands_joined(part) if "," in part else part for part in _LINES.split(text))


def _thousands_joined(line: str) -> str:
    found: list[str] = []
    run: list[str] = []
    for entry in line.split(","):
        # Inside a number nothing stands beside its commas: "127, 310" are two entries.
        goes_on = run and run[-1][-1:].isdigit() and len(_group(entry)) == 3 and entry[:1].isdigit()
        if not goes_on:
            found += _run_joined(run)
            run = []
        if run or _group(entry):
            run.append(entry)
        else:
            found.append(entry)
    return ",".join([*found, *_run_joined(run)])


def _group(entry: str) -> str:
    """The digits of an entry that has no more than three and nothing else; "" otherwise."""
    bare = entry.strip(_GROUP_EDGES)
    return bare if bare.isascii() and bare.isdigit() and len(bare) <= 3 else ""


def _run_joined(run: list[str]) -> list[str]:
    if len(run) < FEWEST_GROUPS or all(_group(each) in EMERGENCY for each in run):
        return run
    return [(" " if len(run) <= MOST_GROUPS else _LONE_COMMA).join(run)]


class Patience:
    """Takes entries of a list apart that have nothing but spaces between their numbers, until too much was tried in vain."""

    def __init__(self, country: str) -> None:
        self._country = country
        self._left = MOST_TRIES
        self._known: dict[str, PhoneNumber | Problem] = {}

    def told(self, entry: str) -> list[tuple[str, PhoneNumber | Problem]]:
        """What one entry holds: each number with how it is written, or why there is none. A range is all of its numbers."""
        if self._reads(entry):
            return [(entry, self.read(entry))]
        if ends := self._ends(entry):
            return [(each.e164, each) for each in self._range(*ends)] or [(entry, self.read(entry))]
        return [(raw, self.read(raw)) for raw in self._taken_apart(entry)]

    def _ends(self, entry: str) -> tuple[PhoneNumber, PhoneNumber] | None:
        """The two ends of a range, if the entry looks like one."""
        for mark in _RANGE.finditer(entry):
            first, written = self.read(entry[: mark.start()]), entry[mark.end() :]
            if not isinstance(first, PhoneNumber):
                continue
            last = self.read(written)
            if isinstance(last, PhoneNumber):
                return first, last
            if written.isascii() and written.isdigit() and len(written) <= LONGEST_TAIL:
                return first, PhoneNumber(first.e164[: -len(written)] + written)
        return None

    def _range(self, first: PhoneNumber, last: PhoneNumber) -> list[PhoneNumber]:
        """All numbers from one to another; none where that cannot be what was meant: nothing is guessed."""
        count = last.digits - first.digits + 1
        if len(first.e164) != len(last.e164) or not 1 < count <= LONGEST_RANGE:
            return []
        found = [PhoneNumber(f"+{first.digits + step}") for step in range(count)]
        return found if all(_is_number(each.e164) for each in found) else []

    def _taken_apart(self, entry: str) -> list[str]:
        """The numbers in an entry that is not one itself: it may be a line of a list, or several numbers, each as many words as make
        a number; what makes none stays together."""
        words = _SPACES.split(_BULLET.sub("", entry))
        if any(char.isalpha() for char in entry):
            return [entry]
        found: list[str] = []
        rest: list[str] = []
        at = 0
        while at < len(words) and self._left > 0:
            size = self._longest(words[at : at + LONGEST_SPELLING])
            if size:
                found += [*([" ".join(rest)] if rest else []), " ".join(words[at : at + size])]
                rest = []
            else:
                rest.append(words[at])
            at += size or 1
        rest += words[at:]
        if not found:
            return [entry]
        return [*found, " ".join(rest)] if rest else found

    def _longest(self, words: list[str]) -> int:
        """How many of the first words make a number; 0 for none. Only the first may be a single digit or have a plus."""
        for size in range(len(words), 0, -1):
            digits = sum(char.isdigit() for word in words[:size] for char in word)
            is_one = all(len(word) > 1 and word[0] != "+" for word in words[1:size])
            fits = SHORTEST < digits <= MOST_DIGITS + (3 if words[0].startswith("0") else 0)
            if is_one and fits and self._reads(" ".join(words[:size])):
                return size
        return 0

    def read(self, text: str) -> PhoneNumber | Problem:
        """The number, or why it is none; the same text is judged once."""
        if text not in self._known:
            try:
                self._known[text] = PhoneNumber.parse_form(text, self._country)
            except Problem as problem:
                self._known[text] = problem
        return self._known[text]

    def _reads(self, text: str) -> bool:
        if isinstance(self.read(text), PhoneNumber):
            return True
        self._left -= 1
        return False


def _text(text: object, field: str) -> str:
    if not isinstance(text, str):
        raise Problem("phone.not_text", field=field)
    if not text.strip().lstrip("+"):
        raise _refused("phone.needed", text, field)
    return text


def _refused(code: str, written: str, field: str, **values: str) -> Problem:
    return Problem(code, field=field, values={"number": written.strip()[:40], **values})


def _refuse_characters(written: str, field: str) -> None:
    """What no spelling of a number has; and numbers too short to be one."""
    if any(unicodedata.category(char) in ("Cf", "Cc") for char in written):
        raise _refused("phone.invisible", written, field)
    if any(unicodedata.category(char).startswith("N") and not char.isascii() for char in written):
        raise _refused("phone.other_digits", written, field)
    if _EXTENSION.search(written):
        raise _refused("phone.extension", written, field)
    if _SHORTENED.fullmatch(written):
        raise _refused("phone.shortened", written, field)
    if any(char.isalpha() for char in written):
        raise _refused("phone.letters", written, field)
    digits = _SEPARATORS.sub("", written).lstrip("+")
    if digits in EMERGENCY or (digits.isdigit() and len(digits) < SHORTEST):
        raise _refused("phone.emergency", written, field)


def _canonical_spellings(plain: str, country: str) -> Iterator[str]:
    """What digits typed in a country may mean, the likeliest first."""
    try:
        parsed = phonenumbers.parse(plain, country or None)
    except NumberParseException:
        if plain.startswith("+"):
            yield plain
    else:
        yield phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    for prefix in ("00", "011"):  # how one dials abroad from most places, and from North America
        if plain.startswith(prefix):
            yield "+" + plain.removeprefix(prefix)


def _is_number(e164: str) -> bool:
    """Whether a numbering plan has it, the numbers kept for examples included."""
    if not _CANONICAL.fullmatch(e164):
        return False
    try:
        parsed = phonenumbers.parse(e164, None)
    except NumberParseException:
        return False
    if phonenumbers.format_number(parsed, PhoneNumberFormat.E164) != e164:
        return False
    return phonenumbers.is_valid_number(parsed) or _is_fictional(e164)


def _is_fictional(e164: str) -> bool:
    if not re.fullmatch(r"\+1[2-9][0-9]{2}55501[0-9]{2}", e164):
        return False
    return phonenumbers.is_valid_number(
        phonenumbers.parse(_typical(e164), None)
    ) or phonenumbers.is_valid_number(phonenumbers.parse(e164, None))


def _typical(e164: str) -> str:
    """An ordinary number of the same North American area code: some islands' plans leave 555 out."""
    return e164[:5] + "2345678"
