"""What Dialtone knows about a country, typed: these classes are the schema of the files in `files/`.

A field here is a fact there (`porting.min_lead` is `Porting.min_lead`): a file with a fact that is not here,
or without one that is, does not load. Units are in the names, and in the files' `unit`. Values are frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from enum import StrEnum
from typing import Literal

from msgspec import Struct


class OrderingMode(StrEnum):
    """How new numbers are had (ORD-08)."""

    SELF_SERVICE_SEARCH = "self_service_search"
    SUPPORT_CASE = "support_case"


class NumberType(StrEnum):
    STANDARD = "standard"
    TOLL_FREE = "toll_free"
    SERVICE = "service"
    LOCAL = "local"
    NATIONAL = "national"
    NON_GEOGRAPHIC = "non_geographic"


class LineType(StrEnum):
    """Asked when numbers are added to a port order, in the United Kingdom (PORT-17)."""

    SINGLE_LINE = "single_line"
    MULTI_LINE = "multi_line"


class PortType(StrEnum):
    """What a port order takes along (PORT-40, PORT-41 and, in France, PORT-47)."""

    STANDARD = "standard"
    MIXED_OPERATOR = "mixed_operator"
    ISOLATED = "isolated"
    FULL = "full"
    PARTIAL = "partial"
    COMPLEX = "complex"


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """When a losing carrier lets numbers go: local time at the place of the numbers, `end` not included."""

    days: tuple[Weekday, ...]
    start: time
    end: time
    name: str | None = None

    def is_open_on(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.days


class Paper(Struct, frozen=True, forbid_unknown_fields=True):
    """A document that has to be uploaded."""

    kind: str
    max_age_months: int | None = None
    strictly_younger: bool = False
    """True: "less than 3 months old"; False: "not older than 3 months"."""
    area: Literal["same_area_as_number", "anywhere_in_country"] | None = None
    form_from: str | None = None


class AccountField(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to fill in about the present carrier's account. One of `any_of` is enough."""

    any_of: tuple[str, ...]
    when: Literal["always", "port_type_complex", "carrier_asks"] = "always"
    required: bool = True


class CaseForm(Struct, frozen=True, forbid_unknown_fields=True):
    """Fields of the support case that orders numbers (ORD-36 to ORD-39)."""

    prefilled: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]


class BusinessDays(Struct, frozen=True, forbid_unknown_fields=True):
    min: int
    max: int


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    """English; doors show the name in the reader's language."""
    languages: tuple[str, ...]
    currency: str
    calling_code: str
    time_zones: tuple[str, ...]


class Address(Struct, frozen=True, forbid_unknown_fields=True):
    """Parts of a postal address; its format and postcode patterns are `base.address`'s business."""

    state_required: bool
    postal_code_required: bool
    states: Mapping[str, str]
    """Code to local name. Not empty also where a state is optional but decides which holidays count (H34)."""


class Ordering(Struct, frozen=True, forbid_unknown_fields=True):
    """New numbers (features ORD)."""

    mode: OrderingMode
    number_types: tuple[NumberType, ...]
    search_fields: tuple[str, ...]
    auto_pick_quantity: bool
    max_numbers_per_order: int
    blocks: bool
    block_sizes: tuple[int, ...]
    block_max_numbers: int
    block_paid_only: bool
    block_search_fields: tuple[str, ...]
    toll_free: bool
    toll_free_blocks: bool
    service_numbers: bool
    service_licence_required: bool
    terms_of_service: bool
    terms_accepted_within_days: int
    terms_reminders: int
    case_form: CaseForm | None
    business_fields: tuple[str, ...]
    address_fields: tuple[str, ...]
    address_matches_area_code: bool
    papers: tuple[Paper, ...]
    processing: BusinessDays | None
    processed_by: str

    @property
    def identity_document_required(self) -> bool:
        return any(paper.kind == "identity_document" for paper in self.papers)

    @property
    def vat_number_required(self) -> bool:
        return "vat_number" in self.business_fields


class Porting(Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers brought from another carrier (features PORT)."""

    available: bool
    word: Literal["port", "keep"]
    """In Australia and New Zealand the screens speak of numbers to keep (H31)."""
    portability_check: Literal["sync", "async"]
    line_types: tuple[LineType, ...]
    port_types: tuple[PortType, ...]
    windows: tuple[Window, ...]
    asks_wished_time: bool
    out_of_hours: Literal["case_by_case"]
    contact_email: Literal["optional", "required"]
    min_lead: Mapping[str, int]
    """Business days from receipt to the first possible FOC date, by line or port type; `any` for others."""
    horizon: int
    """Days ahead of today within which a FOC date may be wished."""
    received_next_day_from: time | None
    """An order handed in at or after this local time counts as received the next business day ..."""
    received_next_day_at: time | None
    """... at this time (H2)."""
    times_are_estimates: bool
    cancel_limit: Mapping[str, int]
    """Business days before the FOC date up to which an order may be cancelled or moved, by type; `any`."""
    after_cancel_limit: Literal["support_case", "never"]
    validation_limit: int
    """Business days within which somebody looks at an order that was handed in."""
    max_numbers_per_order: int
    toll_free: bool
    bill_required: bool
    bill_max_age_days: int
    bill_formats: tuple[str, ...]
    loa: Literal["in_app_signature", "upload"]
    loa_fields: tuple[str, ...]
    loa_signer: str
    loa_deferrable: bool
    loa_max_age_days: int
    loa_form_from: str | None
    loa_address_area: Literal["same_area_as_number"] | None
    information: tuple[str, ...]
    information_if_available: tuple[str, ...]
    fields: tuple[AccountField, ...]
    papers: tuple[Paper, ...]
    add_as: tuple[NumberType, ...]
    service_licence_required: bool
    moves_messaging: bool
    extra_charge: bool
    rollback: Literal["ask_support", "support_case"]
    completion_email: bool
    port_out_limit: int
    """Business days within which another carrier's request to take a number away is answered."""
    port_out_refusals: tuple[str, ...]
    """The only reasons for which such a request may be refused."""
    port_out_checks: tuple[str, ...]
    """What of such a request is compared by machine: pin, account_number, postal_code."""
    port_out_lead: int
    """Business days from our agreement to the earliest day on which the number leaves."""

    def lead_business_days(self, kind: str | None = None) -> int:
        """Earliest FOC, in business days after receipt, for a line or port type ("simple": one plain line)."""
        return self.min_lead.get(kind or "any", self.min_lead["any"])

    def cancel_limit_business_days(self, kind: str | None = None) -> int:
        return self.cancel_limit.get(kind or "any", self.cancel_limit["any"])

    @property
    def identity_document_required(self) -> bool:
        return any(paper.kind == "identity_document" for paper in self.papers)


class Statuses(Struct, frozen=True, forbid_unknown_fields=True):
    """What an order's status can be (STAT-04 to STAT-13)."""

    new_numbers: tuple[str, ...]
    port: tuple[str, ...]


class Numbers(Struct, frozen=True, forbid_unknown_fields=True):
    """Life of a number outside an order."""

    ageing_days: int
    toll_free_ageing_days: int
    reservation_minutes: int
    reservation_extensions: int
    reserved_max_per_customer: int


class Emergency(Struct, frozen=True, forbid_unknown_fields=True):
    codes: tuple[str, ...]
    """The raw dialled strings that are emergency calls, the one to tell people first."""
    test_codes: tuple[str, ...]
    crisis_lines: tuple[str, ...]
    """Short codes that are not emergency calls and yet must never be refused."""
    after_outside_line_digit: bool
    address_line_max_chars: int
    further_information_required: bool
    dispatchable_location_required: bool
    on_site_notice_required: bool
    toll_free_callback: bool

    def is_emergency(self, dialled: str, outside_line_digit: str = "") -> bool:
        """Whether a string, exactly as dialled, is an emergency call (H18: also after the outside-line digit).

        >>> Emergency(("911",), (), (), True, 60, False, True, True, False).is_emergency("9911", "9")
        True
        """
        if dialled in self.codes:
            return True
        rest = dialled.removeprefix(outside_line_digit)
        return (
            bool(outside_line_digit)
            and self.after_outside_line_digit
            and rest != dialled
            and rest in self.codes
        )


class Dialling(Struct, frozen=True, forbid_unknown_fields=True):
    international_prefix: str
    trunk_prefix: str | None
    blocked_codes: tuple[str, ...]


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """Which days are business days (H34)."""

    weekend: tuple[Weekday, ...]
    subdivision_holidays: bool
    default_subdivision: str | None
    subdivision_by_postcode_area: Mapping[str, str]


class Trial(Struct, frozen=True, forbid_unknown_fields=True):
    max_numbers: int
    forbidden: tuple[str, ...]
    days: int
    kept_after_days: int


class Documents(Struct, frozen=True, forbid_unknown_fields=True):
    identity_papers_kept_days: int


class Country(Struct, frozen=True, forbid_unknown_fields=True):
    """One country as its rules stand on a day."""

    iso: str
    on: date
    identity: Identity
    address: Address
    ordering: Ordering
    porting: Porting
    statuses: Statuses
    numbers: Numbers
    emergency: Emergency
    dialling: Dialling
    calendar: Calendar
    trial: Trial
    documents: Documents

    @property
    def name(self) -> str:
        return self.identity.name
