"""Compatible calls: which number and name somebody's calls show (docs/api.md, settings; NUM-10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import NamedOwner, owner_named
from dialtone.api.wire import Answer, Compatible, not_offered
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.locations import queries as locations
from dialtone.numbers import caller_id, caller_ids
from dialtone.numbers import queries as numbers
from dialtone.numbers.set_caller_id import set_caller_id
from dialtone.people import queries as people
from dialtone.services import virtual_lines

routes = router("Caller ID")

# Where the vendor's SDK looks for each kind of owner.
OWNERS = (
    ("people", "/people/{owner_id}/features/callerId", "Person"),
    ("workspaces", "/workspaces/{owner_id}/features/callerId", "Workspace"),
    ("virtualLines", "/telephony/config/virtualLines/{owner_id}/callerId", "VirtualLine"),
)


NAMES = "What calls show by the name policy DIRECT_LINE, and what phone menus find the line by"
ELSEWHERE = "Refused when told: not offered here"
NOT_OFFERED = {
    "additional_external_caller_id_direct_line_enabled",
    "additional_external_caller_id_location_number_enabled",
    "additional_external_caller_id_custom_number",
    "direct_line_caller_id_name",
    "dial_by_name",
    "dial_by_first_name",
    "dial_by_last_name",
}


class CallerIdAnswer(Answer):
    types: list[str] = Field(description="What may be selected: DIRECT_LINE, LOCATION_NUMBER, CUSTOM")
    selected: str
    direct_number: str | None = None
    extension_number: str | None = None
    location_number: str | None = None
    toll_free_location_number: bool
    first_name: str | None = Field(None, description=NAMES)
    last_name: str | None = Field(None, description=NAMES)
    display_name: str | None = Field(None, description="Of a workspace, in place of firstName")
    display_detail: str | None = Field(None, description="Of a workspace, in place of lastName")
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
    first_name: str | None = Field(None, max_length=400)
    last_name: str | None = Field(None, max_length=400)
    display_name: str | None = Field(
        None, max_length=400, description="Of a workspace, in place of firstName"
    )
    display_detail: str | None = Field(
        None, max_length=400, description="Of a workspace, in place of lastName"
    )
    location_external_caller_id_name: str | None = Field(None, description="Read only: the location's")
    additional_external_caller_id_direct_line_enabled: bool | None = Field(None, description=ELSEWHERE)
    additional_external_caller_id_location_number_enabled: bool | None = Field(None, description=ELSEWHERE)
    additional_external_caller_id_custom_number: str | None = Field(None, description=ELSEWHERE)
    direct_line_caller_id_name: dict[str, Any] | None = Field(None, description=ELSEWHERE)
    dial_by_name: str | None = Field(None, description=ELSEWHERE)
    dial_by_first_name: str | None = Field(None, description=ELSEWHERE)
    dial_by_last_name: str | None = Field(None, description=ELSEWHERE)


Names = tuple[str, str]


def shown_names(told: tuple[str | None, str | None], shown: Names, own: Names) -> dict[str, str]:
    """First and last name as they are to be kept: what is shown already is no choice, and the owner's own are none.

    >>> shown_names(("Bob", None), ("Ann", "Abel"), ("Ann", "Abel")), shown_names(("Ann", None), ("Ann", "Abel"), ("Ann", "Abel"))
    ({'first_name': 'Bob', 'last_name': 'Abel'}, {})
    """
    wanted = tuple(was if now is None else now for now, was in zip(told, shown, strict=True))
    if wanted == shown:
        return {}
    return dict(zip(("first_name", "last_name"), ("", "") if wanted == own else wanted, strict=True))


def _own_names(who: NamedOwner) -> Names:
    """A workspace has a dot for its last name, as the compatible API writes it."""
    if who.kind == "workspace":
        return who.name, "."
    named: Any = people.person(who.id) if who.kind == "person" else virtual_lines.virtual_line(who.id)
    return named.first_name, named.last_name


def _of_owner(owners_word: str, path: str, word: str) -> None:
    # Of a workspace they have other names.
    first, last = ("display_name", "display_detail") if word == "Workspace" else ("first_name", "last_name")

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
        names = caller_ids.chosen_names([who.id]).get(who.id, _own_names(who))
        return CallerIdAnswer(
            **dict(zip((first, last), names, strict=True)),
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
        for field, told in wanted.model_dump(by_alias=True, include=NOT_OFFERED).items():
            not_offered(field, bool(told))
        custom = wanted.custom_number
        own = _own_names(who)
        names = shown_names(
            (getattr(wanted, first), getattr(wanted, last)),
            caller_ids.chosen_names([who.id]).get(who.id, own),
            own,
        )
        set_caller_id(
            who.owner(),
            **names,
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
