"""What an estate's file would bring, and every row of it that cannot be taken. Pure: what is known already is asked of `Known`.

Nothing is half-taken: one row that cannot be taken refuses the file, and the report names it by sheet, line and column with what is
allowed. Phone numbers and addresses are read as people type them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dialtone.base import period
from dialtone.base.address import CivicAddress
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.tables import Row, Table
from dialtone.base.text import clean, clean_email, search_key
from dialtone.estate import sheets
from dialtone.numbers import rules as number_rules
from dialtone.people import fields as people_fields

NUMBERS_AT_ONCE = 500
PEOPLE_AT_ONCE = 100
OWN_AT_ONCE = 50
BLOCK_SIZES = (10, 50, 100)
ROLES = ("full", "location", "read_only", "person")
USAGES = ("standard", "service")
MOST_UNITS = 100_000
FURTHEST = timedelta(days=366)

CUSTOMER, LOCATION, SOME_NUMBERS, SOME_PEOPLE, SOME_OWN = "customer", "location", "numbers", "people", "own"


@dataclass(frozen=True)
class Known:
    """What the plan has to know of the installation. `partners` are those that may be named, by folded name, "" the one that is
    meant when none is; `customers` the names that are taken there already, folded, by partner."""

    today: date
    served: Collection[str]
    partners: Mapping[str, str]
    customers: Mapping[str, Collection[str]]
    taken_numbers: Callable[[Sequence[str]], Collection[str]]
    taken_emails: Callable[[Sequence[str]], Collection[str]]
    reserved_codes: Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Part:
    """One piece of the work: see `models.Piece`."""

    kind: str
    customer: str
    location: str
    rows: list[dict[str, Any]]


@dataclass
class Plan:
    """The pieces in their order, or the faults; and how much of everything there is."""

    parts: list[Part] = field(default_factory=list)
    faults: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    unused: list[str] = field(default_factory=list)
    read_as: dict[str, dict[str, str]] = field(default_factory=dict)


def work_out(found: Mapping[str, Table], known: Known) -> Plan:
    """The plan of a file's sheets."""
    reading = _Reading(known)
    customers = reading.customers(found[sheets.CUSTOMERS])
    locations = reading.locations(found[sheets.LOCATIONS], customers)
    numbers = reading.numbers(found[sheets.NUMBERS], customers, locations)
    people = reading.people(found[sheets.PEOPLE], customers, locations, numbers)
    reading.check_taken(numbers, people)
    reading.check_blocks(numbers)
    reading.check_licences(customers, people, numbers)
    reading.check_own(numbers, people)
    unused = [f"{name}: {title}" for name, table in found.items() for title in table.unused]
    if not customers and not reading.faults:
        reading.faults.append(Problem("estate.no_customers", field=f"/{sheets.CUSTOMERS}"))
    counts = {
        sheets.CUSTOMERS: len(customers),
        sheets.LOCATIONS: len(locations),
        sheets.NUMBERS: len(numbers),
        sheets.PEOPLE: len(people),
        "own_addresses": sum(1 for each in numbers.values() if each["own"]),
        "blocks": len({each["block"] for each in numbers.values() if each["block"]}),
        "silent": sum(1 for each in numbers.values() if not each["live"]),
    }
    if reading.faults:
        faults = sorted(reading.faults, key=_in_order)
        return Plan(faults=faults, counts=counts, unused=unused, read_as=_read_as(found))
    return Plan(list(_parts(customers, locations, numbers, people)), [], counts, unused, _read_as(found))


def _read_as(found: Mapping[str, Table]) -> dict[str, dict[str, str]]:
    """What was guessed of each CSV file: its encoding and separator, and a cell that would look odd if the encoding were another."""
    return {
        name: {"encoding": table.encoding, "separator": table.separator, "sample": _sample(table)}
        for name, table in found.items()
        if table.encoding
    }


def _sample(table: Table) -> str:
    cells = (cell for row in table.rows for cell in row.cells.values())
    return next((cell[:60] for cell in cells if not cell.isascii()), "")


def _in_order(fault: Problem) -> tuple[int, int]:
    """Sheet by sheet, line by line."""
    _, sheet, line = [*(fault.field or "").split("/"), "", ""][:3]
    return list(sheets.SHEETS).index(sheet), int(line) if line.isdigit() else 0


Rows = dict[Any, dict[str, Any]]


class _Reading:
    """Reads the sheets row by row and keeps what is wrong."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.faults: list[Problem] = []

    # --- Sheets -------------------------------------------------------------------------------------------------------

    def customers(self, table: Table) -> Rows:
        made: Rows = {}
        for row in table.rows:
            one = _One(self, sheets.CUSTOMERS, row)
            name = one.text("customer", 120)
            partner = one.read("partner", self._partner)
            key = search_key(name)
            facts = {
                "customer": name,
                "partner": partner,
                "country": one.read("country", self._served),
                "language": one.read("language", people_fields.language, default="en"),
                "time_zone": one.read("time_zone", people_fields.time_zone),
                "currency": one.read("currency", people_fields.currency),
                "billing_starts_on": one.read("billing_starts_on", self._day),
                **{column: one.read(column, _units, default="0") for column in sheets.LICENCES},
            }
            if facts["outbound_plans"] == 0:
                one.refuse("estate.plan_needed", "outbound_plans")
            if key in made:
                one.refuse("estate.twice", "customer", line=made[key]["line"])
            elif partner is not None and key in self.known.customers.get(partner, ()):
                one.refuse("estate.customer_here", "customer", name=name)
            made.setdefault(key, {**facts, "line": row.line})
        return made

    def locations(self, table: Table, customers: Rows) -> Rows:
        made: Rows = {}
        for row in table.rows:
            one = _One(self, sheets.LOCATIONS, row)
            customer = one.customer(customers)
            name = one.text("location", 80)
            if sheets.BETWEEN in name:
                one.refuse("estate.bar", "location")
            country = one.read("country", self._served)
            is_other = one.has(sheets.EMERGENCY)
            address = one.address(country, "", emergency=not is_other) if country else None
            emergency = one.address(country, "emergency_") if country and is_other else address
            key = (search_key(row.cells.get("customer", "")), search_key(name))
            facts = {
                "customer": customer["customer"] if customer else "",
                "location": name,
                "country": country,
                "time_zone": one.read(
                    "time_zone",
                    lambda value, field: period.check_zone(value, field),
                    default=customer["time_zone"] if customer else "",
                ),
                "language": one.read(
                    "language", people_fields.language, default=customer["language"] if customer else "en"
                ),
                "address": address.as_json() if address else {},
                "emergency": emergency.as_json() if emergency else {},
            }
            if key in made:
                one.refuse("estate.twice", "location", line=made[key]["line"])
            made.setdefault(key, {**facts, "line": row.line})
        return made

    def numbers(self, table: Table, customers: Rows, locations: Rows) -> Rows:
        made: Rows = {}
        mains: dict[Any, int] = {}
        for row in table.rows:
            one = _One(self, sheets.NUMBERS, row)
            customer, location = one.customer(customers), one.location(locations)
            country = location["country"] if location else ""
            number = one.read("number", _number_in(country))
            block = one.read("block", _number_in(country), default=None)
            usage = one.read("usage", _one_of(USAGES), default="standard")
            is_main = one.read("main", _yes_or_no, default=sheets.NO)
            is_live = one.read("live", _yes_or_no, default=sheets.YES)
            own = one.address(country, "own_") if country and one.has(sheets.OWN) else None
            if number is None:
                continue
            kind, of_country = number.kind, number.country
            if country:
                verdict = number_rules.may_assign(kind, of_country or country, country)
                if not verdict.allowed:
                    values = {"number": number.e164, "country": of_country, "location_country": country}
                    one.refuse(verdict.code, "number", **values)
            if usage == "service" and number_rules.usage_as_taken(usage, kind) != usage:
                one.refuse("numbers.usage_kind", "usage", number=number.e164)
            if own is not None and kind == "toll_free":
                one.refuse("emergency.toll_free", "own_address1", number=number.e164)
            if number.e164 in made:
                one.refuse("estate.twice", "number", line=made[number.e164]["line"])
                continue
            at = one.location_key
            if is_main and at in mains:
                one.refuse("estate.two_mains", "main", line=mains[at])
            if is_main:
                mains.setdefault(at, row.line)
            made[number.e164] = {
                "customer": customer["customer"] if customer else "",
                "location": location["location"] if location else "",
                "at": at,
                "number": number.e164,
                "country": of_country or country,
                "kind": kind,
                "usage": usage,
                "main": bool(is_main),
                "block": block.e164 if block else "",
                "live": bool(is_live),
                "own": own.as_json() if own else {},
                "line": row.line,
            }
        return made

    def people(self, table: Table, customers: Rows, locations: Rows, numbers: Rows) -> Rows:
        made: Rows = {}
        extensions: dict[Any, int] = {}
        holders: dict[str, int] = {}
        for row in table.rows:
            one = _One(self, sheets.PEOPLE, row)
            customer = one.customer(customers)
            email = one.read("email", lambda value, field: clean_email(value, field=field))
            role = one.read("role", _one_of(ROLES), default="person")
            admin_of = self._admin_of(one, role, locations)
            location = one.location(locations) if row.cells.get("location", "").strip() else None
            country = location["country"] if location else (customer["country"] if customer else "")
            number = one.read("number", _number_in(country), default=None)
            extension = row.cells.get("extension", "").strip()
            has_plan = one.read("calling_plan", _yes_or_no, default=sheets.NO)
            if (number or extension) and location is None and not row.cells.get("location", "").strip():
                one.refuse("field.required", "location")
            if has_plan and not (number or extension):
                one.refuse("services.plan_needs_line", "calling_plan")
            if number is not None:
                self._check_number(one, number.e164, numbers, holders)
            if extension and location is not None:
                verdict = number_rules.may_be_extension(
                    extension, self.known.reserved_codes(location["country"])
                )
                if not verdict.allowed:
                    one.refuse(verdict.code, "extension", extension=extension[:20])
                at = (one.location_key, extension)
                if at in extensions:
                    one.refuse("estate.twice", "extension", line=extensions[at])
                extensions.setdefault(at, row.line)
            first, last = (
                one.text("first_name", 80, required=False),
                one.text("last_name", 80, required=False),
            )
            shown = one.text("display_name", 160, required=False) or f"{first} {last}".strip()
            if email is None:
                continue
            if email in made:
                one.refuse("estate.twice", "email", line=made[email]["line"])
                continue
            made[email] = {
                "customer": customer["customer"] if customer else "",
                "email": email,
                "first_name": first,
                "last_name": last,
                "display_name": shown or email.split("@")[0],
                "role": role,
                "admin_of": admin_of,
                "language": one.read(
                    "language", people_fields.language, default=customer["language"] if customer else "en"
                ),
                "location": location["location"] if location else "",
                "number": number.e164 if number else "",
                "extension": extension,
                "calling_plan": bool(has_plan),
                "line": row.line,
            }
        return made

    # --- What needs all rows ------------------------------------------------------------------------------------------

    def check_taken(self, numbers: Rows, people: Rows) -> None:
        """Numbers and addresses of sign-in that somebody has already."""
        taken = self.known.taken_numbers(list(numbers))
        for e164 in sorted(taken):
            self._at(sheets.NUMBERS, numbers[e164]["line"], "number", "numbers.already_held", number=e164)
        for email in sorted(self.known.taken_emails(list(people))):
            self._at(sheets.PEOPLE, people[email]["line"], "email", "people.email_taken", email=email)

    def check_blocks(self, numbers: Rows) -> None:
        """A block is 10, 50 or 100 numbers in a row at one location, all of them here (NUM-02)."""
        blocks: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for each in numbers.values():
            if each["block"]:
                blocks[each["block"]].append(each)
        for first, members in blocks.items():
            digits = sorted(int(each["number"][1:]) for each in members)
            whole = list(range(int(first[1:]), int(first[1:]) + len(members)))
            places = {each["at"] for each in members}
            if digits != whole or len(members) not in BLOCK_SIZES or len(places) > 1:
                values = {"first": first, "count": len(members)}
                self._at(sheets.NUMBERS, members[0]["line"], "block", "estate.block", **values)

    def check_licences(self, customers: Rows, people: Rows, numbers: Rows) -> None:
        """Everybody with a line needs a licence, and a service number needs its own."""
        lines, plans = defaultdict(int), defaultdict(int)  # type: ignore[var-annotated]
        for each in people.values():
            lines[each["customer"]] += bool(each["number"] or each["extension"])
            plans[each["customer"]] += each["calling_plan"]
        serving = {each["customer"] for each in numbers.values() if each["usage"] == "service"}
        for customer in customers.values():
            name = customer["customer"]
            wanted = {
                "professional_licences": lines[name],
                "outbound_plans": plans[name],
                "service_number_licences": int(name in serving),
            }
            for column, count in wanted.items():
                bought = customer[column]
                if bought is not None and count > bought:
                    values = {"needed": count, "bought": bought}
                    self._at(sheets.CUSTOMERS, customer["line"], column, "estate.licences", **values)

    def check_own(self, numbers: Rows, people: Rows) -> None:
        """An own address belongs to a number that somebody has (H37)."""
        assigned = {each["number"] for each in people.values()}
        for each in numbers.values():
            if each["own"] and each["number"] not in assigned:
                code = "emergency.not_assigned"
                self._at(sheets.NUMBERS, each["line"], "own_address1", code, number=each["number"])

    # --- Parts of rows ------------------------------------------------------------------------------------------------

    def _check_number(self, one: _One, e164: str, numbers: Rows, holders: dict[str, int]) -> None:
        held = numbers.get(e164)
        if held is None or held["at"] != one.location_key:
            one.refuse("estate.number_elsewhere", "number", number=e164)
        elif held["usage"] == "service":
            one.refuse("numbers.service_only", "number", number=e164)
        if e164 in holders:
            one.refuse("estate.twice", "number", line=holders[e164])
        holders.setdefault(e164, one.row.line)

    def _admin_of(self, one: _One, role: str | None, locations: Rows) -> list[str]:
        cells = one.row.cells.get("admin_of", "").split(sheets.BETWEEN)
        named = [name.strip() for name in cells if name.strip()]
        if named and role != "location":
            one.refuse("estate.admin_of", "admin_of")
        if role == "location" and not named:
            one.refuse("people.locations_needed", "admin_of")
        found = []
        for name in named:
            location = locations.get((search_key(one.row.cells.get("customer", "")), search_key(name)))
            if location is None:
                one.refuse("estate.location_unknown", "admin_of", name=name[:80])
            else:
                found.append(location["location"])
        return sorted(found)

    def _partner(self, value: str, field: str) -> str:
        partner = self.known.partners.get(search_key(value))
        if partner is None:
            raise Problem("estate.partner_unknown", field=field, values={"name": value[:80]})
        return partner

    def _served(self, value: str, field: str) -> str:
        country = value.upper()
        if country not in self.known.served:
            values = {"country": value[:40], "served": ", ".join(sorted(self.known.served))}
            raise Problem("locations.not_served", field=field, values=values)
        return country

    def _day(self, value: str, field: str) -> str:
        day = period.parse_day(value, field)
        if abs(day - self.known.today) > FURTHEST:
            raise Problem("plans.service_date", field=field, values={"date": day.isoformat()})
        return day.isoformat()

    def _at(self, sheet: str, line: int, column: str, code: str, **values: Any) -> None:
        self.faults.append(Problem(code, field=f"/{sheet}/{line}/{column}", values=values))


class _One:
    """One row while it is read."""

    def __init__(self, reading: _Reading, sheet: str, row: Row) -> None:
        self.reading, self.sheet, self.row = reading, sheet, row
        self.location_key = (
            search_key(row.cells.get("customer", "")),
            search_key(row.cells.get("location", "")),
        )

    def place(self, column: str) -> str:
        return f"/{self.sheet}/{self.row.line}/{column}"

    def refuse(self, code: str, column: str, **values: Any) -> None:
        self.reading.faults.append(Problem(code, field=self.place(column), values=values))

    def text(self, column: str, limit: int, *, required: bool = True) -> str:
        def cleaned(value: str, field: str) -> str:
            return clean(value, field=field, limit=limit, required=required)

        return self._tried(lambda: cleaned(self.row.cells.get(column, ""), self.place(column))) or ""

    def read(self, column: str, reader: Callable[[str, str], Any], *, default: Any = ...) -> Any:
        """What a cell says; None when it says something wrong. An empty one means `default`, if there is one."""
        value, field = self.row.cells.get(column, "").strip(), self.place(column)
        if not value and default is None:
            return None
        if not value and default is ...:
            if column == "partner":
                return self._tried(lambda: reader("", field))
            self.refuse("field.required", column)
            return None
        return self._tried(lambda: reader(value or default, field))

    def has(self, columns: Sequence[str]) -> bool:
        return any(self.row.cells.get(column, "").strip() for column in columns)

    def customer(self, customers: Rows) -> dict[str, Any] | None:
        found = customers.get(search_key(self.row.cells.get("customer", "")))
        if found is None:
            self._unknown("customer", "estate.customer_unknown")
        return found

    def location(self, locations: Rows) -> dict[str, Any] | None:
        found = locations.get(self.location_key)
        if found is None:
            self._unknown("location", "estate.location_unknown")
        return found

    def _unknown(self, column: str, code: str) -> None:
        """Of merged cells only the first has the name: the others are empty, and told so."""
        name = self.row.cells.get(column, "").strip()[:80]
        if name:
            self.refuse(code, column, name=name)
        else:
            self.refuse("field.required", column)

    def address(self, country: str, prefix: str, *, emergency: bool = True) -> CivicAddress | None:
        """The address in the columns with this prefix; `emergency`: as one that helpers are sent to."""
        cells = self.row.cells
        entered = {part: cells.get(f"{prefix}{part}", "") for part in sheets.ADDRESS}
        known = len(self.reading.faults)
        found: CivicAddress | None = self._tried(
            lambda: CivicAddress.from_form(
                {**entered, "country": country}, f"/{self.sheet}/{self.row.line}", emergency=emergency
            )
        )
        for at, problem in enumerate(self.reading.faults[known:], known):
            head, _slash, part = (problem.field or "").rpartition("/")
            moved = Problem(problem.code, field=f"{head}/{prefix}{part}", values=problem.values)
            self.reading.faults[at] = moved
        return found

    def _tried(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Problem as problem:
            self.reading.faults.append(problem)
        except Problems as several:
            self.reading.faults += several.problems
        return None


def _number_in(country: str) -> Callable[[str, str], PhoneNumber]:
    """Reads a number as people in this country type it."""
    return lambda value, field: PhoneNumber.parse_form(value, country, field)


def _one_of(choices: Sequence[str]) -> Callable[[str, str], str]:
    def reader(value: str, field: str) -> str:
        if value.lower() not in choices:
            values = {"value": value[:40], "choices": ", ".join(choices)}
            raise Problem("field.not_allowed", field=field, values=values)
        return value.lower()

    return reader


def _yes_or_no(value: str, field: str) -> bool:
    told = {sheets.YES: True, "true": True, "1": True, sheets.NO: False, "false": False, "0": False}
    if value.lower() not in told:
        values = {"value": value[:40], "choices": f"{sheets.YES}, {sheets.NO}"}
        raise Problem("field.not_allowed", field=field, values=values)
    return told[value.lower()]


def _units(value: str, field: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 6 and int(value) <= MOST_UNITS):
        raise Problem("estate.units", field=field, values={"value": value[:40], "limit": MOST_UNITS})
    return int(value)


def _parts(customers: Rows, locations: Rows, numbers: Rows, people: Rows) -> Iterator[Part]:
    """Customer by customer: itself, its locations, their numbers, its people, and the own addresses of those with numbers."""
    by_customer: dict[str, tuple[Any, ...]] = {
        each["customer"]: (each, [], defaultdict(list), [], []) for each in customers.values()
    }
    for each in locations.values():
        by_customer[each["customer"]][1].append(each)
    for each in numbers.values():
        by_customer[each["customer"]][2][each["location"]].append(each)
        if each["own"]:
            by_customer[each["customer"]][4].append(
                {"number": each["number"], "location": each["location"], "own": each["own"]}
            )
    for each in people.values():
        by_customer[each["customer"]][3].append(each)
    for name, (customer, places, held, persons, own) in by_customer.items():
        yield Part(CUSTOMER, name, "", [customer])
        for place in places:
            yield Part(LOCATION, name, place["location"], [place])
            for group in _by_blocks(held[place["location"]]):
                yield Part(SOME_NUMBERS, name, place["location"], group)
        for at in range(0, len(persons), PEOPLE_AT_ONCE):
            yield Part(SOME_PEOPLE, name, "", persons[at : at + PEOPLE_AT_ONCE])
        for at in range(0, len(own), OWN_AT_ONCE):
            yield Part(SOME_OWN, name, "", own[at : at + OWN_AT_ONCE])


def _by_blocks(numbers: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Groups of some 500 numbers, blocks always whole."""
    group: list[dict[str, Any]] = []
    block = ""
    for each in sorted(numbers, key=lambda each: (each["block"] or each["number"], each["number"])):
        if len(group) >= NUMBERS_AT_ONCE and (not each["block"] or each["block"] != block):
            yield group
            group = []
        group.append(each)
        block = each["block"]
    if group:
        yield group
