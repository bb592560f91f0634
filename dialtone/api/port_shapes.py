"""What port orders look like on the wire, going in and coming out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ninja import Field
from pydantic import model_validator

from dialtone.api.addresses import AddressAnswer, worded
from dialtone.api.wire import Answer, Paging, Strict, iso, out, outside, with_examples
from dialtone.base.problems import Problem
from dialtone.porting import finding_words, queries, states
from dialtone.porting import words as porting_words
from dialtone.porting.account import CODE_NAMES, Account
from dialtone.porting.calendar import Day
from dialtone.porting.check_portability import Checked
from dialtone.porting.checklist import Point
from dialtone.porting.findings import Finding
from dialtone.porting.models import (
    Letter,
    PortComment,
    PortNumber,
    PortOrder,
    PortPaper,
    PortRejection,
)
from dialtone.porting.split_plan import Part

MOST_PASTED_TEXT = 400_000


class NumbersWanted(Strict):
    """Numbers as canonical E.164, or pasted text in any spelling of the location's country; one of the two."""

    phone_numbers: list[str] | None = Field(default=None, max_length=10_000)
    pasted: str | None = Field(default=None, max_length=MOST_PASTED_TEXT)


class PortabilityAsked(NumbersWanted):
    location_id: str


class PortOrderWanted(NumbersWanted):
    """A draft. Everything else can be entered later, and is asked for at submission."""

    location_id: str
    port_type: str = ""
    line_type: str = ""
    add_as: str = "standard"
    contact_email: str = ""


class ServiceAddress(Strict):
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None


class AccountEntered(Strict):
    """What is known about the account with the present carrier. What is left out stays; "" empties a field. `pin` is kept
    sealed and never shown again."""

    account_number: str | None = None
    has_no_account_number: bool | None = None
    company_name: str | None = None
    authorized_name: str | None = None
    billing_number: str | None = None
    service_address: ServiceAddress | None = None
    kept_numbers: list[str] | None = Field(default=None, max_length=5000)
    remaining_numbers_action: str | None = None
    new_billing_number: str | None = None
    pin: str | None = None
    port_type: str | None = None
    line_type: str | None = None
    contact_email: str | None = None
    requested_date: str | None = Field(None, description="2026-12-01; empty takes the wish back")
    requested_time: str | None = Field(None, description="HH:MM, at the place of the numbers")
    rio_code: str | None = None
    siret_code: str | None = None
    vat_number: str | None = None
    tax_id: str | None = None
    company_registration_number: str | None = None
    migration_code: str | None = None
    fiscal_code: str | None = None
    acn_or_abn: str | None = None
    nzbn: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _has_no_state(cls, told: Any) -> Any:
        """A state follows from what happens; whoever tries to set one is told so. Raises Problem porting.state_not_settable."""
        for name in ("status", "state"):
            if isinstance(told, Mapping) and name in told:
                raise Problem("porting.state_not_settable", field=f"/{name}")
        return told

    def account(self) -> dict[str, Any]:
        """What `enter_account` takes."""
        told = self.model_dump(exclude_none=True, by_alias=True)
        codes = {name: told[wire] for name, wire in CODE_NAMES.items() if wire in told}
        found = {name: getattr(self, name) for name in _ENTERED}
        found["service_address"] = told.get("serviceAddress")
        found |= {"kept": self.kept_numbers, "kept_action": self.remaining_numbers_action}
        entered = {name: value for name, value in found.items() if value is not None}
        return {**entered, "codes": codes} if codes else entered


_ENTERED = (
    "account_number", "has_no_account_number", "company_name", "authorized_name", "billing_number",
    "new_billing_number", "pin", "port_type", "line_type", "contact_email",
)  # fmt: skip


class SplitAccepted(Strict):
    accepted: bool


class FixWanted(Strict):
    code: str = Field(description="The code of a finding")


class LetterSigned(Strict):
    first_name: str
    last_name: str
    job_title: str
    agreed: bool = Field(description="That the signatory means to sign")


class LinkWanted(Strict):
    name: str
    email: str
    language: str = ""


class MoveWanted(Strict):
    requested_date: str
    requested_time: str | None = None


class SupportAsked(Strict):
    """`matter`: expedite, out_of_hours, late_change, rejection, unknown_error, rollback, review, messaging_only, loa_form."""

    matter: str
    text: str = Field(max_length=20_000)
    phone_numbers: list[str] = Field(default_factory=list, max_length=5000)


class CommentMade(Strict):
    text: str = Field(max_length=20_000)


class PortPaging(Paging):
    """Which page, and which orders."""

    status: str = ""
    location_id: str = Field("", alias="locationId")
    phone_number: str = Field("", alias="phoneNumber")
    group_id: str = Field("", alias="groupId")
    order_number: str = Field("", alias="orderNumber")


class PortabilityAnswer(Answer):
    """`verdict`: portable, not_portable, checking (the answer takes time in this country), or unknown (nobody answers now)."""

    entered: str
    phone_number: str | None = None
    field: str
    verdict: str
    code: str | None = None
    reason: str | None = None
    losing_carrier: str | None = None


class PortabilityList(Answer):
    items: list[PortabilityAnswer]
    portable: int
    is_simulated: bool


class PortOrderAnswer(Answer):
    """`status` is one of PENDING, REJECTED, SUBMITTED, FOC_RECEIVED, COMPLETED, CANCELED; `waitsFor` and `actsNext` say for what
    and for whom. A PIN is never shown, only whether there is one."""

    model_config = with_examples(
        {
            "id": "Y2lzY29zcGFyazovL3VzL1BPUlRfT1JERVIvMDE5MzYyNmQ",
            "orderNumber": "POR-7K2M9XQF",
            "status": "FOC_RECEIVED",
            "waitsFor": "foc_day",
            "actsNext": "carrier",
            "locationId": "Y2lzY29zcGFyazovL3VzL0xPQ0FUSU9OLzAxOTM2MjZk",
            "locationName": "Head office",
            "country": "US",
            "portType": "standard",
            "addAs": "standard",
            "losingCarrier": "Hudson Telephone",
            "quantity": 3,
            "numbers": {"open": 3},
            "attempt": 1,
            "hasNoAccountNumber": False,
            "accountNumber": "HT-204417",
            "hasPin": False,
            "keptNumbers": [],
            "codes": {},
            "focDate": "2026-12-01",
            "focStarts": "2026-12-01T13:00:00.000Z",
            "changeableUntil": "2026-11-28T05:00:00.000Z",
            "begun": "2026-11-24T16:00:00.000Z",
            "groupId": "0193626d-6f7a-7cc1-a5c1-3b8e7f6a9d10",
            "version": 9,
        }
    )

    id: str
    order_number: str
    status: str
    waits_for: str | None = None
    acts_next: str
    location_id: str
    location_name: str
    country: str
    port_type: str | None = None
    line_type: str | None = None
    add_as: str
    losing_carrier: str | None = None
    quantity: int
    numbers: dict[str, int]
    attempt: int
    account_number: str | None = None
    has_no_account_number: bool
    company_name: str | None = None
    authorized_name: str | None = None
    billing_number: str | None = None
    service_address: AddressAnswer | None = None
    kept_numbers: list[str]
    remaining_numbers_action: str | None = None
    new_billing_number: str | None = None
    codes: dict[str, str]
    has_pin: bool
    contact_email: str | None = None
    requested_date: str | None = None
    requested_time: str | None = None
    asked_for: list[str] = Field(default_factory=list, description="Papers that the desk asked for")
    foc_date: str | None = None
    foc_starts: str | None = None
    changeable_until: str | None = None
    expected_by: str | None = None
    held_until: str | None = None
    begun: str
    begun_by: str | None = None
    handed_in: str | None = None
    accepted: str | None = None
    ended: str | None = None
    end_reason: str | None = None
    group_id: str
    replaces: str | None = None
    version: int


class PortOrderList(Answer):
    items: list[PortOrderAnswer]


class PortNumberAnswer(Answer):
    phone_number: str
    state: str
    portability: str
    why_not: str | None = None
    losing_carrier: str | None = None
    billing_number: str | None = None
    settled: str | None = None


class PortNumberList(Answer):
    items: list[PortNumberAnswer]


class PartAnswer(Answer):
    phone_numbers: list[str]
    number_type: str
    losing_carriers: list[str]
    billing_number: str | None = None
    port_type: str | None = None
    why: list[str]
    first_day: str | None = None
    day: str | None = None


class PlanAnswer(Answer):
    """One entry for each order that the numbers have to go into; `commonDay` is a day on which all of them can move."""

    items: list[PartAnswer]
    needs_consent: bool
    common_day: str | None = None


class FixAnswer(Answer):
    action: str
    words: str
    field: str | None = None


class FindingAnswer(Answer):
    """`error` is the porting error that it would become; `sure`: will, may, note. `page` and `line` are where the bill says it."""

    error: str | None = None
    code: str
    sure: str
    sentence: str
    field: str | None = None
    page: int | None = None
    line: int | None = None
    text: str | None = None
    fix: FixAnswer | None = None


class FindingList(Answer):
    items: list[FindingAnswer]


class DocumentAnswer(Answer):
    id: str
    kind: str
    name: str
    is_current: bool
    is_held: bool = Field(description="Still being examined")
    dated_on: str | None = None
    added: str
    added_by: str | None = None


class DocumentList(Answer):
    items: list[DocumentAnswer]


class LetterAnswer(Answer):
    """`stands`: given, and for exactly the numbers that the order has now."""

    state: str
    stands: bool
    method: str = Field(description="How this country wants it: in_app_signature or upload")
    signer: str | None = None
    job_title: str | None = None
    signed_on: str | None = None
    count: int
    asked_of: str | None = None
    link_until: str | None = None


class CommentAnswer(Answer):
    said_by: str
    author: str
    text: str
    at: str


class CommentList(Answer):
    items: list[CommentAnswer]


class WindowAnswer(Answer):
    name: str
    start: str
    end: str


class DayAnswer(Answer):
    """`why` says why not: past, too_early, weekend, holiday, no_window, too_far."""

    day: str
    is_possible: bool
    why: str | None = None
    windows: list[WindowAnswer]


class DayList(Answer):
    items: list[DayAnswer]
    time_zone: str


class RejectionAnswer(Answer):
    """`error` is of the catalogue (docs/porting-errors.md); what the losing carrier itself said stands beside it."""

    error: str
    code: str
    title: str
    meaning: str
    cure: str
    remedy: str
    field: str | None = None
    phone_numbers: list[str]
    carrier_code: str | None = None
    carrier_text: str | None = None
    attempt: int
    at: str
    cured: str | None = None


class RejectionList(Answer):
    items: list[RejectionAnswer]


class PointAnswer(Answer):
    code: str
    sentence: str
    is_done: bool
    count: int


class PointList(Answer):
    items: list[PointAnswer]


class PortEvent(Answer):
    at: str
    who: str
    what: str
    why: str | None = None
    facts: dict[str, Any]


class PortEventList(Answer):
    items: list[PortEvent]


class CaseOpened(Answer):
    id: str
    case_number: str


def order(found: PortOrder) -> PortOrderAnswer:
    facts = queries.facts(found)
    account = Account.from_json(found.account)
    address = account.address
    return PortOrderAnswer(
        id=outside("PORT_ORDER", found.id),
        order_number=found.number,
        status=found.status.upper(),
        waits_for=states.waits_for(facts) or None,
        acts_next=states.acts_next(facts),
        location_id=outside("LOCATION", found.location_id),
        location_name=found.location_name,
        country=found.country,
        port_type=found.port_type or None,
        line_type=found.line_type or None,
        add_as=found.add_as,
        losing_carrier=found.losing_carrier or None,
        quantity=found.quantity,
        numbers=dict(facts.numbers),
        attempt=found.attempt,
        account_number=account.account_number or None,
        has_no_account_number=account.has_no_account_number,
        company_name=account.company_name or None,
        authorized_name=account.authorized_name or None,
        billing_number=account.billing_number or None,
        service_address=worded(address) if address else None,
        kept_numbers=list(account.kept),
        remaining_numbers_action=account.kept_action or None,
        new_billing_number=account.new_billing_number or None,
        codes={CODE_NAMES.get(name, name): code for name, code in account.codes.items()},
        has_pin=found.wrapped_pin is not None,
        contact_email=found.contact_email or None,
        requested_date=_day(found.wished_on),
        requested_time=f"{found.wished_at:%H:%M}" if found.wished_at else None,
        asked_for=list(found.asked_for),
        foc_date=_day(found.foc_on),
        foc_starts=iso(found.foc_starts_at),
        changeable_until=iso(queries.changeable_until(found)),
        expected_by=iso(queries.expected_by(found)),
        held_until=iso(queries.held_until(found)),
        begun=_at(found.begun_at),
        begun_by=found.begun_by_name or None,
        handed_in=iso(found.handed_in_at),
        accepted=iso(found.accepted_at),
        ended=iso(found.ended_at),
        end_reason=found.end_reason or None,
        group_id=str(found.group_id),
        replaces=out("PORT_ORDER", found.split_from),
        version=found.version,
    )


def checked(each: Checked) -> PortabilityAnswer:
    return PortabilityAnswer(
        entered=each.entry.raw[:60],
        phone_number=each.entry.e164 or None,
        field=each.entry.field,
        verdict=each.verdict,
        code=each.problem.code if each.problem else None,
        reason=each.problem.sentence() if each.problem else None,
        losing_carrier=each.carrier_name or None,
    )


def number(row: PortNumber) -> PortNumberAnswer:
    why = porting_words.NOT_PORTABLE_WHY.get(row.not_portable_why, row.not_portable_why)
    return PortNumberAnswer(
        phone_number=row.e164,
        state=row.state,
        portability=row.portability,
        why_not=str(why) or None,
        losing_carrier=row.losing_carrier or None,
        billing_number=row.billing_number or None,
        settled=iso(row.settled_at),
    )


def part(each: Part) -> PartAnswer:
    return PartAnswer(
        phone_numbers=list(each.numbers),
        number_type=each.kind,
        losing_carriers=list(each.carriers),
        billing_number=each.billing_number or None,
        port_type=each.port_type or None,
        why=list(each.why),
        first_day=_day(each.first_day),
        day=_day(each.day),
    )


def finding(each: Finding) -> FindingAnswer:
    page, line = each.place or (None, None)
    fix = each.fix
    return FindingAnswer(
        error=each.error or None,
        code=each.code,
        sure=each.sure,
        sentence=str(finding_words.WORDS[each.code]) % each.values,
        field=each.field or None,
        page=page,
        line=line,
        text=each.line or None,
        fix=FixAnswer(action=fix.action, words=str(finding_words.FIXES[fix.action]), field=fix.field or None)
        if fix
        else None,
    )


def document(row: PortPaper) -> DocumentAnswer:
    return DocumentAnswer(
        id=outside("DOCUMENT", row.document_id),
        kind=row.kind,
        name=row.name,
        is_current=row.is_current,
        is_held=row.is_held,
        dated_on=_day(row.dated_on),
        added=_at(row.added_at),
        added_by=row.added_by_name or None,
    )


def letter(found: PortOrder, its: Letter | None) -> LetterAnswer:
    return LetterAnswer(
        state=its.state if its else "missing",
        stands=queries.letter_stands(found),
        method=str(queries.rules_of(found).loa),
        signer=f"{its.first_name} {its.last_name}".strip() or None if its else None,
        job_title=(its.job_title or None) if its else None,
        signed_on=_day(its.signed_on) if its else None,
        count=its.count if its else 0,
        asked_of=(its.contact_email or None) if its else None,
        link_until=iso(its.link_until) if its else None,
    )


def comment(row: PortComment) -> CommentAnswer:
    return CommentAnswer(said_by=row.said_by, author=row.author_name, text=row.text, at=_at(row.at))


def day(each: Day) -> DayAnswer:
    return DayAnswer(
        day=each.on.isoformat(),
        is_possible=each.possible,
        why=each.why or None,
        windows=[
            WindowAnswer(name=slot.name, start=_at(slot.start), end=_at(slot.end)) for slot in each.slots
        ],
    )


def rejection(row: PortRejection) -> RejectionAnswer:
    error = queries.error_of(row)
    return RejectionAnswer(
        error=error.id,
        code=error.code,
        title=str(error.title),
        meaning=str(error.meaning),
        cure=str(error.cure),
        remedy=error.remedy,
        field=error.field or None,
        phone_numbers=list(row.numbers),
        carrier_code=row.carrier_code or None,
        carrier_text=row.carrier_text or None,
        attempt=row.attempt,
        at=_at(row.at),
        cured=iso(row.cured_at),
    )


def point(each: Point) -> PointAnswer:
    return PointAnswer(code=each.code, sentence=str(each.words), is_done=each.is_done, count=each.count)


def _day(each: Any) -> str | None:
    return each.isoformat() if each else None


def _at(instant: Any) -> str:
    return iso(instant) or ""
