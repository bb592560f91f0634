"""Numbers that are ordered by support case: what a country demands, and what is wrong with what was entered. Pure.

The facts are the country's (`countries`, section `ordering`). Sources: ORD-36 to ORD-52, H4 (Australia, New Zealand), ESA-07
(further information), STAT-07 (what is missing is the customer's to supply). A right value refused is the worse mistake: codes
are refused only on a public check, everything else only for its form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dialtone.base.address import CivicAddress, known_country
from dialtone.base.period import parse_day
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean, clean_email
from dialtone.countries.calendar import business_days_after
from dialtone.countries.facts import Country, Ordering
from dialtone.porting import identifiers
from dialtone.porting.papers import Wanted, is_too_old
from dialtone.porting.words import age_limit

GIVEN, APPROVED, REFUSED, HELD = "given", "approved", "refused", "held"
GENDERS = ("female", "male", "other")
LONGEST_NAME, LONGEST_TEXT = 120, 2000
EARLIEST_BIRTH = date(1900, 1, 1)
# Who a paper is about: it serves again only while that is the same (names as in the country files).
_COMPANY_PAPERS = ("company_registration_certificate", "certificate_of_incorporation", "registration_form")
_PLACE_PAPERS = ("proof_of_address", "utility_bill", "registration_form")


@dataclass(frozen=True)
class Lack:
    """One thing that an order waits for: a paper that is missing, refused or held, an answer, or the information for help."""

    code: str
    about: str = ""
    why: str = ""


@dataclass(frozen=True)
class Entered:
    """What was entered for an order, checked: who orders, and where the numbers belong."""

    identity: Mapping[str, str]
    address: Mapping[str, str]


def outside(name: str) -> str:
    """A field's name as programs see it.

    >>> outside("authorizing_person_fiscal_code")
    'authorizingPersonFiscalCode'
    """
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def wanted_papers(rules: Ordering) -> tuple[Wanted, ...]:
    """The papers of an order, as the country lists them."""
    return tuple(
        Wanted(paper.kind, age_months=paper.max_age_months or 0, strictly_younger=paper.strictly_younger)
        for paper in rules.papers
    )


def read_quantity(value: object, most: int) -> int:
    """Raises Problem orders.quantity, field.wrong_type.

    >>> read_quantity(" 12 ", 100)
    12
    """
    digits = value.strip() if isinstance(value, str) else value
    if isinstance(digits, str) and digits.isascii() and digits.isdigit() and len(digits) < 10:
        digits = int(digits)
    if isinstance(digits, bool) or not isinstance(digits, int):
        raise Problem("field.wrong_type", field="/quantity", values={"expected": "a whole number"})
    if not 1 <= digits <= most:
        raise Problem("orders.quantity", field="/quantity", values={"quantity": digits, "limit": most})
    return digits


def read_number_type(value: object, rules: Ordering) -> str:
    """Local or national (ORD-38). Raises Problem field.not_allowed."""
    choices = [str(each.value) for each in rules.number_types]
    if value not in choices:
        values = {"value": str(value)[:40], "choices": ", ".join(choices)}
        raise Problem("field.not_allowed", field="/numberType", values=values)
    return str(value)


def read_identity(country: Country, entered: Mapping[str, object], today: date) -> dict[str, str]:
    """The identity fields that the country demands (ORD-42, ORD-45 to ORD-50), in canonical form.

    Raises Problems, one for each field: field.*, text.*, phone.*, email.shape, orders.identity_code, orders.birth_date,
    address.country.
    """
    names = country.ordering.business_fields
    found: list[Problem] = [
        Problem("field.unknown", field=f"/identity/{outside(name)}") for name in entered if name not in names
    ]
    read: dict[str, str] = {}
    for name in names:
        field = f"/identity/{outside(name)}"
        try:
            line = clean(entered.get(name), field=field, limit=LONGEST_NAME)
            read[name] = _reader(name)(line, field, country.iso, today)
        except Problem as problem:
            found.append(problem)
    if found:
        raise Problems(found)
    return read


def read_address(country: Country, entered: Mapping[str, object]) -> dict[str, str]:
    """Where the numbers belong: street, building number, postal code, city (ORD-43), of this country.

    Raises Problems field.*, address.*, orders.address_country.
    """
    given = {name: entered.get(name) or "" for name in ("street", "city", "postal_code", "state")}
    given |= {"house_number": entered.get("building_number") or "", "country": country.iso}
    told = str(entered.get("country") or country.iso).strip().upper()
    if told != country.iso:
        values = {"country": told[:10], "location_country": country.iso}
        raise Problem("orders.address_country", field="/address/country", values=values)
    try:
        found = CivicAddress.from_form(given, "/address")
    except Problems as refused:
        lacks = [] if given["house_number"] else [Problem("field.required", field="/address/buildingNumber")]
        raise Problems([*(_outside(each) for each in refused.problems), *lacks]) from refused
    if not given["house_number"]:
        raise Problem("field.required", field="/address/buildingNumber")
    return found.as_json()


def check_paper(kind: str, dated_on: date | None, wanted: Sequence[Wanted], today: date) -> Wanted:
    """Whether a paper of this kind and day is wanted and young enough (ORD-43, ORD-48, ORD-51).

    Raises Problem orders.paper_kind, orders.paper_day_needed, orders.paper_in_future, orders.paper_too_old.
    """
    paper = next((each for each in wanted if each.kind == kind), None)
    if paper is None:
        choices = ", ".join(each.kind for each in wanted)
        raise Problem("orders.paper_kind", field="/kind", values={"value": kind[:40], "choices": choices})
    if not paper.age_months:
        return paper
    if dated_on is None:
        raise Problem("orders.paper_day_needed", field="/datedOn")
    if dated_on > today:
        raise Problem("orders.paper_in_future", field="/datedOn", values={"day": dated_on.isoformat()})
    if is_too_old(dated_on, today, paper):
        limit = age_limit(months=paper.age_months, strictly_younger=paper.strictly_younger)
        values = {"day": dated_on.isoformat(), "limit": limit}
        raise Problem("orders.paper_too_old", field="/datedOn", values=values)
    return paper


def lacking(
    wanted: Sequence[str],
    papers: Mapping[str, tuple[str, str]],
    *,
    asked: str = "",
    needs_emergency_information: bool = False,
    emergency_information: str = "",
) -> list[Lack]:
    """What the customer has to supply before anybody can go on (STAT-07, ESA-07). `papers`: kind to (state, reason).

    >>> [each.code for each in lacking(["identity_document"], {})]
    ['paper_missing']
    >>> lacking(["identity_document"], {"identity_document": ("approved", "")})
    []
    """
    found = []
    for kind in wanted:
        state, reason = papers.get(kind, ("", ""))
        if state not in (GIVEN, APPROVED):
            found.append(Lack(f"paper_{state or 'missing'}", kind, reason))
    if asked:
        found.append(Lack("answer", "", asked))
    if needs_emergency_information and not emergency_information:
        found.append(Lack("emergency_information"))
    return found


def expiry(told: date | str | None, today: date, field: str) -> date | None:
    """The day until which a paper is valid; None where nothing is told. Raises Problem time.day, orders.paper_expired.

    >>> expiry("2031-05-31", date(2026, 11, 25), "/validUntil"), expiry(" ", date(2026, 11, 25), "/validUntil")
    (datetime.date(2031, 5, 31), None)
    """
    written = told.isoformat() if isinstance(told, date) else (told or "").strip()
    if not written:
        return None
    day = parse_day(written, field)
    if day < today:
        raise Problem("orders.paper_expired", field=field, values={"day": written})
    return day


def expected_between(
    since: date, rules: Ordering, iso: str, subdivision: str | None
) -> tuple[date, date] | None:
    """The first and the last day on which the order should be done (ORD-41); None where nothing is said (Italy)."""
    if rules.processing is None:
        return None
    first, last = rules.processing.min, rules.processing.max
    return (
        business_days_after(since, first, iso, subdivision),
        business_days_after(since, last, iso, subdivision),
    )


def serves_again(
    paper: Wanted,
    *,
    dated_on: date | None,
    valid_until: date | None,
    then: Entered,
    now: Entered,
    today: date,
) -> bool:
    """Whether a paper that was approved for an earlier order serves this one: same person, company or place, and not expired."""
    if valid_until is not None and valid_until < today:
        return False
    if paper.age_months and (dated_on is None or is_too_old(dated_on, today, paper)):
        return False
    if paper.kind in _PLACE_PAPERS and then.address != now.address:
        return False
    if paper.kind in _COMPANY_PAPERS and _key(then.identity, "company_name") != _key(
        now.identity, "company_name"
    ):
        return False
    return paper.kind != "identity_document" or _person(then.identity) == _person(now.identity)


def _person(identity: Mapping[str, str]) -> list[str]:
    names = sorted(
        name for name in identity if name.endswith(("first_name", "last_name", "person_name", "fiscal_code"))
    )
    return [_key(identity, name) for name in names]


def _key(identity: Mapping[str, str], name: str) -> str:
    return identity.get(name, "").casefold()


def _outside(problem: Problem) -> Problem:
    """The address room's pointer under the names that this form has."""
    end = (problem.field or "").rsplit("/", 1)[-1]
    name = {"house_number": "buildingNumber", "postal_code": "postalCode", "address1": "street"}.get(end, end)
    return Problem(problem.code, field=f"/address/{name}", values={**problem.values, "field": name})


_Reader = Callable[[str, str, str, date], str]


def _reader(name: str) -> _Reader:
    if name in _READERS:
        return _READERS[name]
    if name.endswith("_phone"):
        return _phone
    return _text


def _text(line: str, field: str, iso: str, today: date) -> str:
    return line


def _phone(line: str, field: str, iso: str, today: date) -> str:
    return PhoneNumber.parse_form(line, iso, field).e164


def _email(line: str, field: str, iso: str, today: date) -> str:
    return clean_email(line, field=field)


def _birth_date(line: str, field: str, iso: str, today: date) -> str:
    try:
        day = date.fromisoformat(line)
    except ValueError as error:
        raise Problem("orders.birth_date", field=field, values={"value": line[:20]}) from error
    if not EARLIEST_BIRTH <= day < today:
        raise Problem("orders.birth_date", field=field, values={"value": line[:20]})
    return day.isoformat()


def _gender(line: str, field: str, iso: str, today: date) -> str:
    if line not in GENDERS:
        values = {"value": line[:20], "choices": ", ".join(GENDERS)}
        raise Problem("field.not_allowed", field=field, values=values)
    return line


def _nationality(line: str, field: str, iso: str, today: date) -> str:
    return known_country(line, field)


def _code(name: str) -> _Reader:
    def read(line: str, field: str, iso: str, today: date) -> str:
        try:
            return identifiers.read(name, line, iso)
        except identifiers.Wrong as wrong:
            values: dict[str, Any] = {"value": line[:40], "right": wrong.allowed}
            raise Problem("orders.identity_code", field=field, values=values) from wrong

    return read


_READERS: dict[str, _Reader] = {
    "authorizing_person_email": _email,
    "authorizing_person_date_of_birth": _birth_date,
    "authorizing_person_gender": _gender,
    "authorizing_person_nationality": _nationality,
    "authorizing_person_fiscal_code": _code("fiscal_code_of_authorizing_person"),
    "vat_number": _code("vat_number"),
    "acn_or_abn": _code("acn_or_abn"),
    "nzbn": _code("nzbn"),
}
