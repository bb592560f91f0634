"""Compatible calls: standard, service and ELIN numbers (docs/api.md, PSTN; NUM-04 to NUM-09)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import calling_location_named
from dialtone.api.numbers import MOST_NUMBERS, PSTN, state_word
from dialtone.api.wire import Answer, Compatible, outside
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import one_of
from dialtone.locations.models import Location
from dialtone.numbers import change_usage
from dialtone.numbers import queries as numbers

routes = router("Numbers")

USAGES = {"modifyStandard": "standard", "modifyService": "service", "modifyElin": "elin"}
WORDS = {"standard": "NONE", "service": "SERVICE", "elin": "ELIN"}
MOST_CANDIDATES = 2000  # not paged, as the compatible API


class ActionFailure(Answer):
    number: str
    error_type: str = "VERIFICATION"
    error_code: str
    error_title: str
    error_message: str


class ActionNumber(Answer):
    number: str
    status: str = Field(description="SUCCESS or FAILED")
    usage: str | None = Field(None, description="NONE, SERVICE or ELIN")
    errors: list[ActionFailure] = []


class ActionOrder(Answer):
    order_id: str
    status: str = Field(description="PROVISIONED, PARTIAL or ERROR")
    numbers: list[ActionNumber]
    errors: list[ActionFailure] = []


class ActionOrders(Answer):
    orders: list[ActionOrder]


class ActionBody(Compatible):
    numbers: list[str] = Field(max_length=MOST_NUMBERS)


class ModifiableNumber(Answer):
    phone_number: str
    state: str
    is_service_number: bool
    toll_free_number: bool
    main_number: bool
    is_elin: bool = Field(alias="isELIN")
    is_reserved_number: bool = False
    telephony_type: str = PSTN


class ModifiableList(Answer):
    phone_numbers: list[ModifiableNumber]


def usage_of(action: str) -> str:
    """What an action makes of a number. Raises Problem field.not_allowed."""
    return USAGES[one_of(action, USAGES, "/action")]


@routes.post(
    "/telephony/pstn/locations/{location_id}/numbers",
    response=ActionOrders,
    operation_id="performNumbersAction",
    summary="Make numbers standard, service or ELIN numbers, one by one",
)
@needs("edits_locations", compatible=True)
def perform_numbers_action(
    request: HttpRequest, location_id: str, wanted: ActionBody, action: str = Query(...)
) -> Any:
    """Each number by itself: what was refused says why, and the others are changed."""
    location = calling_location_named(request, location_id)
    usage = usage_of(action)
    if not wanted.numbers:
        raise Problem("field.required", field="/numbers")
    rows = [_changed(location, text, usage, f"/numbers/{index}") for index, text in enumerate(wanted.numbers)]
    return ActionOrders(
        orders=[ActionOrder(order_id=outside("NUMBER_ACTION", uuid4()), status=_status(rows), numbers=rows)]
    )


def _changed(location: Location, text: str, usage: str, field: str) -> ActionNumber:
    try:
        e164 = PhoneNumber.parse_compatible(text, field).e164
        with transaction.atomic():
            found = numbers.number_by_e164(e164)
            if found.location_id != location.id:
                raise Problem("numbers.other_location", field=field, values={"number": e164})
            change_usage.change_usage(e164, usage, field=field)
    except Problem as problem:
        failure = ActionFailure(
            number=text,
            error_code=str(problem.entry.error_code),
            error_title=problem.code,
            error_message=problem.sentence(),
        )
        return ActionNumber(number=text, status="FAILED", usage=None, errors=[failure])
    return ActionNumber(number=e164, status="SUCCESS", usage=WORDS[usage])


def _status(rows: Sequence[ActionNumber]) -> str:
    done = [row for row in rows if row.status == "SUCCESS"]
    if len(done) == len(rows):
        return "PROVISIONED"
    return "PARTIAL" if done else "ERROR"


@routes.get(
    "/telephony/pstn/locations/{location_id}/numbers/availableNumbers",
    response=ModifiableList,
    operation_id="listModifiableNumbers",
    summary="Numbers that an action can change",
)
@needs("sees_numbers", compatible=True)
def list_modifiable(request: HttpRequest, location_id: str, action: str = Query(...)) -> Any:
    location = calling_location_named(request, location_id)
    usage = usage_of(action)
    wanted = numbers.Filter(location_ids=[location.id], assigned=False, not_usage=usage, not_kind="toll_free")
    found = numbers.numbers(wanted).exclude(kind="mobile")
    if usage != "service":
        found = found.filter(is_main=False)
    return ModifiableList(
        phone_numbers=[
            ModifiableNumber(
                phone_number=number.e164,
                state=state_word(number.state),
                is_service_number=number.usage == "service",
                toll_free_number=False,
                main_number=number.is_main,
                isELIN=number.usage == "elin",
            )
            for number in found[:MOST_CANDIDATES]
        ]
    )
