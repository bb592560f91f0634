"""What a phone menu offers, as a document: greeting, keys, what silence leads to (webex-api section 8, menu object)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dialtone.base.problems import Problem
from dialtone.services.destinations import destination
from dialtone.services.shape import Checked, Choice, Flag, Rows, Shape, Text, Whole, merged
from dialtone.services.walk import RETRIES

KEYS = (*"1234567890", "*", "#")
ACTIONS = (
    "TRANSFER_WITHOUT_PROMPT", "TRANSFER_WITH_PROMPT", "TRANSFER_TO_OPERATOR", "TRANSFER_TO_MAILBOX", "NAME_DIALING",
    "EXTENSION_DIALING", "PLAY_ANNOUNCEMENT", "REPEAT_MENU", "RETURN_TO_PREVIOUS_MENU", "EXIT",
)  # fmt: skip
TRANSFERS = ACTIONS[:4]
AFTER_SILENCE = ("DISCONNECT", "PLAY_MESSAGE_AND_DISCONNECT", *TRANSFERS)
CUSTOM = "CUSTOM"
# Reads what names an announcement, (value, field), to {"id": …} of one that may be played there. Raises Problem.
FindFile = Callable[[Any, str], dict[str, str]]


def menu_shape(find_file: FindFile) -> Shape:
    """The shape of what a menu offers."""
    file = Checked(lambda told, field: find_file(told, field) if told else None)
    return {
        "greeting": Choice(("DEFAULT", CUSTOM)),
        "extensionEnabled": Flag(),
        "audioAnnouncementFile": file,
        "keyConfigurations": Rows(
            {
                "key": Choice(KEYS),
                "action": Choice(ACTIONS),
                "description": Text(120),
                "value": Text(250),
            },
            most=len(KEYS),
        ),
        "callTreatment": {
            "retryAttemptForNoInput": Choice(RETRIES),
            "noInputTimer": Whole(10, 1, 60),
            "actionToBePerformed": {
                "action": Choice(AFTER_SILENCE),
                "greeting": Choice(("DEFAULT", CUSTOM)),
                "audioAnnouncementFile": file,
                "transferCallTo": Text(40),
            },
        },
    }


def read_menu(had: Mapping[str, Any], told: Any, field: str, find_file: FindFile) -> dict[str, Any]:
    """What a menu offers from now on. Raises Problem field.*, services.key_twice, services.greeting_file,
    services.destination, services.announcement_unknown."""
    found = merged(menu_shape(find_file), had, told, field)
    _check_greeting(found, field)
    todo = found["callTreatment"]["actionToBePerformed"]
    if todo["action"] in TRANSFERS:
        place = f"{field}/callTreatment/actionToBePerformed/transferCallTo"
        todo["transferCallTo"] = destination(todo["transferCallTo"], place)
    if todo["action"] == "PLAY_MESSAGE_AND_DISCONNECT":
        _check_greeting(todo, f"{field}/callTreatment/actionToBePerformed")
    seen: set[str] = set()
    for index, (key, written) in enumerate(zip(found["keyConfigurations"], _rows(told, found), strict=True)):
        place = f"{field}/keyConfigurations/{index}"
        for needed in ("key", "action"):
            if not written.get(needed):
                raise Problem("field.required", field=f"{place}/{needed}", values={"field": needed})
        if key["key"] in seen:
            raise Problem("services.key_twice", field=f"{place}/key", values={"key": key["key"]})
        seen.add(key["key"])
        if key["action"] in TRANSFERS:
            key["value"] = destination(key["value"], f"{place}/value")
        elif key["action"] == "PLAY_ANNOUNCEMENT":
            find_file({"fileName": key["value"]}, f"{place}/value")
    return found


def _rows(told: Any, found: Mapping[str, Any]) -> list[Any]:
    """The keys as they were written, to tell what was left out from what is the default."""
    return list(told.get("keyConfigurations") or found["keyConfigurations"])


def _check_greeting(found: Mapping[str, Any], field: str) -> None:
    if found["greeting"] == CUSTOM and not found["audioAnnouncementFile"]:
        raise Problem("services.greeting_file", field=f"{field}/audioAnnouncementFile")
