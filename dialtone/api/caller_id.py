"""Compatible calls: which number and name somebody's calls show (docs/api.md, settings; NUM-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import owner_named
from dialtone.api.wire import Answer, Compatible
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers import caller_id, caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.set_caller_id import set_caller_id

routes = router("Caller ID")

# Where the vendor's SDK looks for each kind of owner.
OWNERS = (
    ("people", "/people/{owner_id}/features/callerId", "Person"),
    ("workspaces", "/workspaces/{owner_id}/features/callerId", "Workspace"),
    ("virtualLines", "/telephony/config/virtualLines/{owner_id}/callerId", "VirtualLine"),
)


class CallerIdAnswer(Answer):
    types: list[str] = Field(description="What may be selected: DIRECT_LINE, LOCATION_NUMBER, CUSTOM")
    selected: str
    direct_number: str | None = None
    extension_number: str | None = None
    location_number: str | None = None
    toll_free_location_number: bool
    custom_number: str | None = Field(None, description="The number of CUSTOM; gone once it is not yours")
    block_in_forward_calls_enabled: bool = Field(description="Always false: forwarded calls show the line")
    external_caller_id_name_policy: str = Field(description="DIRECT_LINE, LOCATION or OTHER")
    custom_external_caller_id_name: str | None = None
    location_external_caller_id_name: str | None = None
    effective_number: str | None = Field(
        None, description="What is shown today; the own number where the chosen one cannot be"
    )


class CallerIdBody(Compatible):
    """What is not told stays as it was."""

    selected: str | None = Field(None, max_length=40)
    custom_number: str | None = Field(None, max_length=64)
    block_in_forward_calls_enabled: bool | None = None
    external_caller_id_name_policy: str | None = Field(None, max_length=40)
    custom_external_caller_id_name: str | None = Field(None, max_length=400)


def _of_owner(owners_word: str, path: str, word: str) -> None:
    @needs("sees_people", compatible=True)
    def get_caller_id(request: HttpRequest, owner_id: str) -> Any:
        """Emergency calls never show it: they show the emergency callback number."""
        who = owner_named(request, owners_word, owner_id)
        line = numbers.lines_of_owner([who.id]).get(who.id)
        if line is None:
            raise Problem("people.no_line", values={"name": who.name})
        known = caller_ids.read([who.id])
        chosen, site = known.choices.get(who.id, caller_ids.NOTHING), known.sites[line.location_id]
        main = numbers.main_number(line.location_id)
        place = locations.location(line.location_id)
        return CallerIdAnswer(
            types=[
                caller_id.DIRECT_LINE,
                *([caller_id.LOCATION_NUMBER] if site.main else []),
                caller_id.CUSTOM,
            ],
            selected=chosen.selected,
            direct_number=line.number.e164 if line.number else None,
            extension_number=line.extension or None,
            location_number=main.e164 if main else None,
            toll_free_location_number=bool(main and main.kind == "toll_free"),
            custom_number=chosen.custom.e164 if chosen.custom else None,
            block_in_forward_calls_enabled=False,
            external_caller_id_name_policy=chosen.name_policy,
            custom_external_caller_id_name=chosen.custom_name or None,
            location_external_caller_id_name=place.calling.get("external_caller_id_name") or None,
            effective_number=known.of_line(line).e164 or None,
        )

    @needs("edits_people", compatible=True)
    def change_caller_id(request: HttpRequest, owner_id: str, wanted: CallerIdBody) -> Any:
        who = owner_named(request, owners_word, owner_id)
        if wanted.block_in_forward_calls_enabled:
            raise Problem("field.not_allowed", field="/blockInForwardCallsEnabled",
                          values={"value": "true", "choices": "false"})  # fmt: skip
        custom = wanted.custom_number
        set_caller_id(
            who.owner(),
            selected=wanted.selected,
            custom_number=PhoneNumber.parse_compatible(custom, "/customNumber").e164 if custom else None,
            name_policy=wanted.external_caller_id_name_policy,
            custom_name=wanted.custom_external_caller_id_name,
        )

    routes.get(
        path,
        response=CallerIdAnswer,
        operation_id=f"get{word}CallerId",
        summary="Which number and name somebody's calls show",
    )(get_caller_id)
    routes.put(
        path,
        response={204: None},
        operation_id=f"change{word}CallerId",
        summary="Choose which number and name somebody's calls show",
    )(change_caller_id)


for _owners_word, _path, _word in OWNERS:
    _of_owner(_owners_word, _path, _word)
