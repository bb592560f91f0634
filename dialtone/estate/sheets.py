"""The form in which an estate comes in and goes out: four sheets, one row a thing (docs/operating/estate.md).

The names of the columns are the form: the reader, the template, the export and the documentation take them from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dialtone.base import tables
from dialtone.base.tables import Column, Table

CUSTOMERS, LOCATIONS, NUMBERS, PEOPLE = "customers", "locations", "numbers", "people"

ADDRESS = ("address1", "address2", "city", "state", "postal_code", "floor", "room")
EMERGENCY = tuple(f"emergency_{part}" for part in ADDRESS)
OWN = tuple(f"own_{part}" for part in ADDRESS)

# Licence items by the column that says how many units a customer has bought.
LICENCES = {
    "outbound_plans": "outbound_calling_plan",
    "professional_licences": "calling_professional",
    "workspace_licences": "calling_workspace",
    "service_number_licences": "service_number",
}

SHEETS: Mapping[str, Sequence[str]] = {
    CUSTOMERS: (
        "customer", "partner", "country", "language", "time_zone", "currency", "billing_starts_on", *LICENCES,
    ),
    LOCATIONS: ("customer", "location", "country", "time_zone", "language", *ADDRESS, *EMERGENCY),
    NUMBERS: ("customer", "location", "number", "usage", "main", "block", "live", *OWN),
    PEOPLE: (
        "customer", "email", "first_name", "last_name", "display_name", "role", "admin_of", "language",
        "location", "number", "extension", "calling_plan",
    ),
}  # fmt: skip

REQUIRED: Mapping[str, frozenset[str]] = {
    CUSTOMERS: frozenset(
        {"customer", "country", "time_zone", "currency", "billing_starts_on", "outbound_plans"}
    ),
    LOCATIONS: frozenset({"customer", "location", "country", "address1", "city"}),
    NUMBERS: frozenset({"customer", "location", "number"}),
    PEOPLE: frozenset({"customer", "email"}),
}

BETWEEN = "|"  # between the names of several locations in one cell
YES, NO = "yes", "no"
MOST_ROWS = 250_000  # of one sheet

_EXAMPLE: Mapping[str, Sequence[Mapping[str, str]]] = {
    CUSTOMERS: [
        {
            "customer": "Harbour Freight", "country": "US", "language": "en", "time_zone": "America/New_York",
            "currency": "USD", "billing_starts_on": "2027-01-01", "outbound_plans": "2", "professional_licences": "2",
            "workspace_licences": "0", "service_number_licences": "0",
        }
    ],
    LOCATIONS: [
        {
            "customer": "Harbour Freight", "location": "Head office", "country": "US", "time_zone": "America/New_York",
            "language": "en", "address1": "350 Fifth Avenue", "city": "New York", "state": "NY", "postal_code": "10118",
        }
    ],
    NUMBERS: [
        {"customer": "Harbour Freight", "location": "Head office", "number": "+12122073000", "main": "yes", "live": "yes"},
        {
            "customer": "Harbour Freight", "location": "Head office", "number": "(212) 207-3001", "live": "yes",
            "own_address1": "1 Main Street", "own_city": "Brooklyn", "own_state": "NY", "own_postal_code": "11201",
        },
    ],
    PEOPLE: [
        {
            "customer": "Harbour Freight", "email": "ada@harbour.example", "first_name": "Ada", "last_name": "Hull",
            "role": "full", "language": "en",
        },
        {
            "customer": "Harbour Freight", "email": "ben@harbour.example", "first_name": "Ben", "last_name": "Mole",
            "role": "person", "language": "en", "location": "Head office", "number": "+12122073001", "extension": "3001",
            "calling_plan": "yes",
        },
    ],
}  # fmt: skip


def columns(sheet: str) -> list[Column]:
    """The columns of a sheet, for its reader."""
    return [Column(name, required=name in REQUIRED[sheet]) for name in SHEETS[sheet]]


def read(content: bytes, filename: str = "") -> dict[str, Table]:
    """The four sheets of a file. Raises what `tables.read_sheets` raises."""
    return tables.read_sheets(
        content, sheets={name: columns(name) for name in SHEETS}, filename=filename, max_rows=MOST_ROWS
    )


def as_zip(rows: Mapping[str, Iterable[Mapping[str, str]]]) -> bytes:
    """A zip of one CSV for each sheet. Its bytes depend on the rows alone."""
    return tables.write_zip(
        {f"{name}.csv": tables.write_csv(SHEETS[name], _cells(name, rows.get(name, ()))) for name in SHEETS}
    )


def as_xlsx(rows: Mapping[str, Iterable[Mapping[str, str]]]) -> bytes:
    """One workbook with the four sheets."""
    return tables.write_book({name: (SHEETS[name], _cells(name, rows.get(name, ()))) for name in SHEETS})


def template(kind: str) -> bytes:
    """The form with an example in it: kind "xlsx" or "zip"."""
    return as_xlsx(_EXAMPLE) if kind == "xlsx" else as_zip(_EXAMPLE)


def _cells(sheet: str, rows: Iterable[Mapping[str, str]]) -> Iterable[list[str]]:
    return ([row.get(name, "") for name in SHEETS[sheet]] for row in rows)
