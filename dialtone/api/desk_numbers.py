"""Numbers that people deliver, register or give back by hand: what waits for the desk, and what became of each number. The verbs are
the pages'."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from dialtone.api import addresses
from dialtone.api.app import caller_of, needs, router
from dialtone.api.wire import Answer, Paging, Strict, into, iso, out, outside, paged
from dialtone.base import desk
from dialtone.base.address import CivicAddress
from dialtone.base.models import DeskItem
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem, Problems
from dialtone.base.text import clean
from dialtone.carriers import answer_by_hand, by_hand
from dialtone.carriers.answer_by_hand import LONGEST_REASON, OUTCOMES, Said
from dialtone.emergency import hear_registration, queries

routes = router("Numbers by hand")
ALL = "/telephony/pstn/desk/numbers"
ONE = f"{ALL}/{{desk_item_id}}"
LONGEST_NOTE = 500
REGISTERED = (answer_by_hand.DELIVERED, answer_by_hand.REGISTERED)


class DeskContract(Answer):
    company_name: str
    signatory: str | None = None
    title: str | None = None


class DeskNumbersAnswer(Answer):
    """A piece of the desk's work. `kind` is NUMBER_ORDER, EMERGENCY_REGISTRATION or NUMBER_RELEASE; `outcomes` are what can be said of its
    numbers. Only one that is asked for by itself says how many numbers it has, how many are `open` (have no answer yet), and where
    they are ordered for."""

    id: str
    org_id: str | None = None
    name: str
    kind: str
    outcomes: list[str]
    since: str
    due_by: str
    settled_at: str | None = None
    quantity: int | None = None
    open: int | None = None
    location_name: str | None = None
    contract: DeskContract | None = None


class DeskNumbersList(Answer):
    items: list[DeskNumbersAnswer]


class DeskNumberAnswer(Answer):
    """A number with what is needed for it, and its answer. `refusedAfterAll`: its address turned out later not to be registered."""

    phone_number: str
    place: dict[str, Any] | None = None
    emergency_address: addresses.AddressAnswer | None = None
    outcome: str | None = None
    reason: str | None = None
    answered_by: str | None = None
    answered_at: str | None = None
    refused_after_all: bool


class DeskNumberList(Answer):
    items: list[DeskNumberAnswer]


class DeskPaging(Paging):
    kind: str = Field("", description="NUMBER_ORDER, EMERGENCY_REGISTRATION or NUMBER_RELEASE")
    settled: bool = Field(False, description="What was settled, latest first, instead of what waits")


class DeskNumberPaging(Paging):
    open: bool = Field(False, description="Only those without an answer")


class NumberSaid(Strict):
    phone_number: str
    outcome: str = Field(description="One of the item's `outcomes`")
    reason: str = Field("", description="For the customer; needed where something is refused")


class NumbersSaid(Strict):
    phone_numbers: list[NumberSaid] = Field(max_length=5000)
    note: str = Field("", description="For colleagues and the audit trail; kept with the last answer")


class AddressRefused(Strict):
    phone_number: str
    reason: str


@routes.get(
    ALL,
    response=DeskNumbersList,
    operation_id="listDeskNumbers",
    summary="What people deliver, register or give back, by due time",
)
@needs("works_desk")
def list_items(request: HttpRequest, response: HttpResponse, wanted: Query[DeskPaging]) -> Any:
    with caller_of(request).home_scope():
        kind = _kind(wanted.kind)
        found = desk.settled() if wanted.settled else desk.waiting()
        found = found.filter(kind__in=[kind] if kind else by_hand.ITEMS)
        return DeskNumbersList(items=paged(request, response, found, _shape, wanted))


@routes.get(ONE, response=DeskNumbersAnswer, operation_id="getDeskNumbers", summary="One piece of work")
@needs("works_desk")
def get_item(request: HttpRequest, desk_item_id: str) -> Any:
    with caller_of(request).home_scope():
        return _whole(_item(desk_item_id))


@routes.get(
    f"{ONE}/phoneNumbers",
    response=DeskNumberList,
    operation_id="listDeskPhoneNumbers",
    summary="Its numbers: what each needs, and what was said of it",
)
@needs("works_desk")
def list_numbers(
    request: HttpRequest, response: HttpResponse, desk_item_id: str, wanted: Query[DeskNumberPaging]
) -> Any:
    with caller_of(request).home_scope():
        item = _item(desk_item_id)
        rows = [row for row in by_hand.asked(item) if not (wanted.open and row.is_answered)]
        refused = queries.refused_among([row.e164 for row in rows])
        return DeskNumberList(
            items=paged(request, response, rows, lambda row: _number(item, row, refused), wanted)
        )


@routes.post(
    f"{ONE}/actions/answer/invoke",
    response=DeskNumbersAnswer,
    operation_id="answerDeskNumbers",
    summary="Say what became of numbers",
)
@needs("works_desk")
def answer(request: HttpRequest, desk_item_id: str, told: NumbersSaid) -> Any:
    """Under the name of the token's person. All answers are kept or none; saying the same of a number again changes nothing, saying
    otherwise is refused. With the last number the piece of work is settled."""
    note = clean(told.note, field="/note", limit=LONGEST_NOTE, required=False)
    with caller_of(request).home_scope():
        item = _item(desk_item_id)
        said = [
            Said(_e164(each, at), each.outcome.lower(), each.reason)
            for at, each in enumerate(told.phone_numbers)
        ]
        try:
            return _whole(answer_by_hand.answer(item, said, note=note))
        except Problem as problem:
            _refuse([problem])
        except Problems as problems:
            _refuse(problems.problems)


@routes.post(
    f"{ALL}/actions/refuseAddress/invoke",
    response=DeskNumberAnswer,
    operation_id="refuseDeskNumberAddress",
    summary="Say that a number's emergency address is not registered after all",
)
@needs("works_desk")
def refuse_address(request: HttpRequest, told: AddressRefused) -> Any:
    """The number stops calling at once, and the customer is told."""
    e164 = PhoneNumber.parse_api(told.phone_number, "/phoneNumber").e164
    reason = clean(told.reason, field="/reason", limit=LONGEST_REASON)
    with caller_of(request).home_scope():
        try:
            hear_registration.refuse_after_all(e164, reason)
        except Problem as problem:
            if problem.code != "not_found":
                raise
            raise Problem("not_found", field="/phoneNumber") from problem
    return DeskNumberAnswer(phone_number=e164, reason=reason, refused_after_all=True)


def _item(desk_item_id: str) -> DeskItem:
    found = desk.item(into("DESK_ITEM", desk_item_id))
    if found.kind not in by_hand.ITEMS:
        raise Problem("not_found")
    return found


def _kind(text: str) -> str:
    kind = text.lower()
    if kind and kind not in by_hand.ITEMS:
        choices = ", ".join(each.upper() for each in by_hand.ITEMS)
        raise Problem("field.not_allowed", field="/kind", values={"value": text[:40], "choices": choices})
    return kind


def _e164(told: NumberSaid, at: int) -> str:
    return PhoneNumber.parse_api(told.phone_number, f"/phoneNumbers/{at}/phoneNumber").e164


def _refuse(problems: Sequence[Problem]) -> NoReturn:
    """The refusals with their fields by the names of the wire."""
    raise Problems(
        [
            Problem(
                each.code,
                field=(each.field or "").replace("/numbers", "/phoneNumbers").replace("/e164", "/phoneNumber")
                or None,
                values={
                    name: value.upper() if name in ("value", "choices") else value
                    for name, value in each.values.items()
                    if name != "field"
                },
            )
            for each in problems
        ]
    )


def _shape(item: DeskItem) -> DeskNumbersAnswer:
    return DeskNumbersAnswer(
        id=outside("DESK_ITEM", item.id),
        org_id=out("ORGANIZATION", item.customer_id),
        name=item.subject_name,
        kind=item.kind.upper(),
        outcomes=[each.upper() for each in OUTCOMES[item.kind]],
        since=iso(item.opened_at) or "",
        due_by=iso(item.due_at) or "",
        settled_at=iso(item.settled_at),
    )


def _whole(item: DeskItem) -> DeskNumbersAnswer:
    rows = by_hand.asked(item)
    orders = (row.commands[by_hand.PROVISION].asked for row in rows if by_hand.PROVISION in row.commands)
    ordered: dict[str, Any] = next(orders, {})
    contract = ordered.get("contract") or {}
    found = _shape(item)
    found.quantity, found.open = len(rows), sum(not row.is_answered for row in rows)
    found.location_name = (ordered.get("location") or {}).get("name") or None
    if contract.get("company"):
        found.contract = DeskContract(
            company_name=contract["company"],
            signatory=contract.get("signatory") or None,
            title=contract.get("title") or None,
        )
    return found


def _number(item: DeskItem, row: by_hand.Asked, refused: dict[str, str]) -> DeskNumberAnswer:
    given = answer_by_hand.given(item, row)
    ordered, registered = row.commands.get(by_hand.PROVISION), row.commands.get(by_hand.REGISTER)
    is_refused = row.e164 in refused and given is not None and given.outcome in REGISTERED
    return DeskNumberAnswer(
        phone_number=row.e164,
        place=(ordered.asked.get("place") or None) if ordered else None,
        emergency_address=addresses.worded(CivicAddress.from_json(registered.asked["address"]))
        if registered
        else None,
        outcome=given.outcome.upper() if given else None,
        reason=(refused[row.e164] if is_refused else given.reason if given else "") or None,
        answered_by=given.by if given else None,
        answered_at=iso(given.at) if given else None,
        refused_after_all=is_refused,
    )
