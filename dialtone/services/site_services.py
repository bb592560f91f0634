"""What phone menus, hunt groups and queues have in common: a name, a line, alternate numbers, forwarding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db.models import QuerySet

from dialtone.base import alone, record
from dialtone.base.period import check_zone
from dialtone.base.phone import PhoneNumber
from dialtone.base.problems import Problem
from dialtone.base.text import clean, search_key
from dialtone.locations import queries as locations
from dialtone.numbers import queries as numbers
from dialtone.numbers.remove_lines import remove_lines
from dialtone.numbers.rename_owner import rename_owner
from dialtone.numbers.set_alternates import MOST_ALTERNATES, set_alternates
from dialtone.numbers.set_line import Owner, set_line
from dialtone.services.destinations import destination
from dialtone.services.models import CallGroup, PhoneMenu, SiteService
from dialtone.services.operating_modes import read_for_service
from dialtone.services.places import place_of
from dialtone.services.shape import Checked, Choice, Flag, Rows, Shape, Text, defaults, merged

S = TypeVar("S", bound=SiteService)
_NAMES = ("DISPLAY_NAME", "FIRSTNAME_LASTNAME", "LASTNAME_FIRSTNAME", "CUSTOM_NAME")

APPEARANCE: Shape = {
    "firstName": Text(80),
    "lastName": Text(80),
    "dialByName": Text(160),
    "directLineCallerIdName": {"selection": Choice(_NAMES), "customName": Text(80)},
    "distinctiveRingEnabled": Flag(True),
}
_PATTERNS = ("NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT")
ALTERNATES: Shape = {
    "alternateNumbers": Rows(
        {
            "phoneNumber": Checked(lambda told, field: PhoneNumber.parse_compatible(told, field).e164),
            "ringPattern": Choice(_PATTERNS),
        },
        most=MOST_ALTERNATES,
    )
}
_SETTING: Shape = {
    "enabled": Flag(),
    "destination": Checked(lambda told, field: destination(told, field, is_needed=False) or ""),
    "ringReminderEnabled": Flag(),
    "sendToVoicemailEnabled": Flag(),
    "destinationVoiceMailEnabled": Flag(),
}
RULE: Shape = {
    "name": Text(80, is_needed=True),
    "enabled": Flag(),
    "holidaySchedule": Text(120),
    "businessSchedule": Text(120),
    "forwardTo": {
        "selection": Choice(("FORWARD_TO_DEFAULT_NUMBER", "FORWARD_TO_SPECIFIED_NUMBER", "DO_NOT_FORWARD")),
        "phoneNumber": Checked(lambda told, field: destination(told, field, is_needed=False)),
    },
    "callsTo": {
        "numbers": Rows(
            {"phoneNumber": Text(40), "extension": Text(10), "type": Choice(("PRIMARY", "ALTERNATE"))},
            most=11,
        )
    },
    "callsFrom": {
        "selection": Choice(("ANY", "CUSTOM")),
        "customNumbers": {
            "privateNumberEnabled": Flag(),
            "unavailableNumberEnabled": Flag(),
            "numbers": Checked(lambda told, field: _numbers(told, field), is_list=True),
        },
    },
}
MOST_RULES, MOST_NUMBERS_OF_RULE = 50, 12


@dataclass(frozen=True)
class Wanted:
    """What is told about any of them; None leaves a thing as it is."""

    name: object = None
    enabled: bool | None = None
    time_zone: str | None = None
    language: str | None = None
    e164: str | None = None
    extension: str | None = None
    alternates: Sequence[Mapping[str, str]] | None = None
    appearance: Mapping[str, Any] | None = None


def read_alternates(told: object, field: str = "") -> list[dict[str, str]]:
    """Alternate numbers with their ring patterns as they were told. Raises Problem field.*, phone.*."""
    found = merged(ALTERNATES, {}, {"alternateNumbers": told}, field)["alternateNumbers"]
    for index, each in enumerate(found):
        if not each["phoneNumber"]:
            place = f"{field}/alternateNumbers/{index}/phoneNumber"
            raise Problem("field.required", field=place, values={"field": "phoneNumber"})
    return list(found)


def listed(
    found: QuerySet[S], *, location_ids: Sequence[UUID] | None = None, text: str = "", dialled: str = ""
) -> QuerySet[S]:
    """By name, found by a part of it, or by the number or extension that reaches it."""
    found = found.order_by("search_name", "id")
    if location_ids is not None:
        found = found.filter(location_id__in=list(location_ids))
    if text:
        found = found.filter(search_name__contains=search_key(text))
    return found.filter(id__in=numbers.owners_dialled(dialled)) if dialled else found


def one(model: type[S], id: UUID, location_id: UUID, *, lock: bool = False, **more: Any) -> S:
    """One of a location. Raises Problem not_found."""
    rows = model.objects.select_for_update() if lock else model.objects
    found: S | None = rows.filter(id=id, location_id=location_id, **more).first()
    if found is None:
        raise Problem("not_found")
    return found


def owner_of(found: SiteService) -> Owner:
    """As the owner of numbers."""
    return Owner(found.SUBJECT, found.id, found.name)


def begin(made: SiteService, wanted: Wanted) -> None:
    """What a new one has unless it is told otherwise: the location's zone and language."""
    location = locations.location(made.location_id)
    made.time_zone = location.time_zone
    made.language = location.announcement_language or location.language
    made.forwarding = {
        "always": defaults(_SETTING),
        "selective": defaults(_SETTING),
        "rules": [],
    }
    made.appearance = defaults(APPEARANCE)
    fill(made, wanted)


def fill(found: SiteService, wanted: Wanted) -> None:
    """Name, zone and language as told. Raises Problem field.*, services.name_taken."""
    if wanted.name is not None or not found.name:
        found.name = clean(wanted.name, field="/name", limit=120)
        found.search_name = search_key(found.name)
    alone.until_commit("services", found.location_id)
    others = type(found).objects.filter(location_id=found.location_id, search_name=found.search_name)
    if hasattr(found, "kind"):
        others = others.filter(kind=found.kind)
    if others.exclude(id=found.id).exists():
        raise Problem("services.name_taken", field="/name", values={"name": found.name})
    if wanted.enabled is not None:
        found.enabled = wanted.enabled
    if wanted.time_zone is not None:
        found.time_zone = check_zone(wanted.time_zone)
    if wanted.language is not None:
        found.language = clean(wanted.language, field="/languageCode", limit=10)
    if wanted.appearance:
        found.appearance = merged(APPEARANCE, found.appearance, wanted.appearance, "")
    if wanted.alternates is not None:
        rings = {each["phoneNumber"]: each["ringPattern"] for each in wanted.alternates}
        found.appearance = {**found.appearance, "ringPatterns": rings}


def speak(location_id: UUID, language: str) -> None:
    """All menus, hunt groups and queues of a location speak this language from now on."""
    for model in (PhoneMenu, CallGroup):
        for found in model.objects.select_for_update().filter(location_id=location_id).order_by("id"):
            before, found.language = {"language": found.language}, language
            found.version += 1
            found.save(update_fields=["language", "version"])
            write_down(found, "changed", before, {"language": language})


def set_lines(found: SiteService, wanted: Wanted) -> None:
    """Number, extension and alternate numbers as told; what is None stays, "" takes away. Raises as `numbers.set_line`.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    owner = owner_of(found)
    line = numbers.lines_of_owner([found.id]).get(found.id)
    e164 = wanted.e164 if wanted.e164 is not None else (line.number.e164 if line and line.number else "")
    extension = wanted.extension if wanted.extension is not None else (line.extension if line else "")
    place = place_of(locations.location(found.location_id))
    set_line(owner, place, e164=e164 or None, extension=extension, field="/phoneNumber")
    if wanted.alternates is not None:
        set_alternates(owner, place, [each["phoneNumber"] for each in wanted.alternates])
    rename_owner(owner)


def write_down(found: SiteService, what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """The record of a change: `what` is added, changed or removed."""
    events = {"added": "created", "changed": "updated", "removed": "deleted"}
    kind = found.SUBJECT
    record.change(
        found,
        f"{kind}_{what}",
        name=found.name,
        before=before,
        after=after,
        event=f"{kind}.{events[what]}",
    )


def facts(found: SiteService) -> dict[str, Any]:
    """What an audit record keeps of any of them."""
    return {"name": found.name, "enabled": found.enabled, "time_zone": found.time_zone}


def remove(found: SiteService) -> None:
    """With its numbers, which are free. Calls that menus send there find nobody any more.

    Whoever calls it calls `emergency.own_address.fall_back_unassigned` afterwards (H37).
    """
    remove_lines(found.id)
    write_down(found, "removed", facts(found), {})
    found.delete()


def set_forwarding(found: SiteService, told: Mapping[str, Any]) -> None:
    """`always`, `selective`, `operatingModes`, and which of the rules are in effect. Raises Problem field.*, services.destination, not_found."""
    before = found.forwarding
    after = deepcopy(before)
    for name in ("always", "selective"):
        if told.get(name) is not None:
            field = f"/callForwarding/{name}"
            after[name] = merged(_SETTING, before[name], told[name], field)
            if after[name]["enabled"] and not after[name]["destination"]:
                raise Problem("services.destination", field=f"{field}/destination", values={"value": ""})
    if told.get("operatingModes") is not None:
        field, had = "/callForwarding/operatingModes", before.get("operatingModes")
        after["operatingModes"] = read_for_service(found.location_id, had, told["operatingModes"], field)
    for index, rule in enumerate(told.get("rules") or ()):
        if isinstance(rule, Mapping) and isinstance(rule.get("enabled"), bool):
            place = f"/callForwarding/rules/{index}/id"
            _rule(after["rules"], str(rule.get("id")), place)["enabled"] = rule["enabled"]
    _save_forwarding(found, before, after)


def rule_of(found: SiteService, rule_id: str) -> dict[str, Any]:
    """One rule of forwarding. Raises Problem not_found."""
    return _rule(found.forwarding["rules"], rule_id)


def _rule(rules: Sequence[dict[str, Any]], rule_id: str, field: str | None = None) -> dict[str, Any]:
    found = next((rule for rule in rules if rule["id"] == rule_id), None)
    if found is None:
        raise Problem("not_found", field=field)
    return found


def put_rule(found: SiteService, told: Mapping[str, Any], rule_id: str = "") -> str:
    """Add a rule, or change the one with this id; answers its id. Raises Problem field.*, not_found, services.*."""
    had = rule_of(found, rule_id) if rule_id else {"id": str(uuid4())}
    new = {**merged(RULE, {**had}, told, ""), "id": had["id"]}
    forward = new["forwardTo"]
    if forward["selection"] == "FORWARD_TO_SPECIFIED_NUMBER" and not forward["phoneNumber"]:
        raise Problem("services.destination", field="/forwardTo/phoneNumber", values={"value": ""})
    others = [each for each in found.forwarding["rules"] if each["id"] != new["id"]]
    if any(each["name"] == new["name"] for each in others):
        raise Problem("services.name_taken", field="/name", values={"name": new["name"]})
    if len(others) >= MOST_RULES:
        raise Problem("field.too_many", field="/rules", values={"field": "rules", "limit": MOST_RULES})
    _save_forwarding(found, found.forwarding, {**found.forwarding, "rules": [*others, new]})
    return str(new["id"])


def take_rule(found: SiteService, rule_id: str) -> None:
    """Raises Problem not_found."""
    gone = rule_of(found, rule_id)
    rules = [each for each in found.forwarding["rules"] if each["id"] != gone["id"]]
    _save_forwarding(found, found.forwarding, {**found.forwarding, "rules": rules})


def _save_forwarding(found: SiteService, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    found.forwarding = after
    found.version += 1
    found.save(update_fields=["forwarding", "version"])
    write_down(found, "changed", {"forwarding": before}, {"forwarding": after})


def _numbers(told: Any, field: str) -> list[str]:
    told = told or []
    if not isinstance(told, list) or not all(isinstance(each, str) for each in told):
        raise Problem(
            "field.wrong_type", field=field, values={"field": "numbers", "expected": "a list of text"}
        )
    if len(told) > MOST_NUMBERS_OF_RULE:
        raise Problem(
            "field.too_many", field=field, values={"field": "numbers", "limit": MOST_NUMBERS_OF_RULE}
        )
    return [destination(each, f"{field}/{index}") or "" for index, each in enumerate(told)]
