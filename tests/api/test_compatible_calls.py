"""The table of the compatible API's calls (docs/compatible-calls.md) says what the API does: against its description and the SDK.

`DIALTONE_REWRITE=1 ./run test tests/api/test_compatible_calls.py` writes the page again from `compatible_calls.yaml`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from wxc_sdk import WebexSimpleApi

from tests.api.recorded import sent

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "compatible-calls.md"
CONFIG = "/telephony/config"
HEAD = """# The calls of the compatible API

Made from `tests/api/compatible_calls.yaml` by `DIALTONE_REWRITE=1 ./run test tests/api/test_compatible_calls.py`; the same test holds it against
the API's own description. C is core, U useful, S not planned. Own additions are not here: `/v1/openapi.json` has them all.
A call that is refused answers 404.
"""
NOTHING = """## What can be told and does nothing

Parameters and fields that the SDK has for these calls and that nothing here reads (`tests/api/compatible_fields.yaml`; a test tells each method
everything that it can be told). Whatever else the SDK knows and we have not is refused with `api.not_offered`."""
KEPT = """## What is kept and does nothing

It is read back as it was written, and no call goes another way for it: phones, mailboxes and whoever plays music are not ours.

* **Forwarding**: `ringReminderEnabled`, `sendToVoicemailEnabled`, `destinationVoiceMailEnabled`. `always`, `operatingModes`, `selective` and the rules have effect, in
  this order: the first of a service's modes that is under way by its clock decides (one of type `NONE` never is, and nobody can put one before its time), and a rule with
  both a business and a holiday schedule holds while both are under way.
* **Hunt groups**: `waitingEnabled`, `allowMembersToControlGroupBusyEnabled`, `businessContinuityRedirect` and everything about mailboxes; weights (groups ring all or in turn).
* **All queues of an organisation**: `queues/settings`. **Queues**: `queueSize`, all messages and music, `waitMessage`, `callBounce` but for the number of rings, distinctive rings, skill levels; of `overflow` what is
  not after a wait; announcements before a service takes the call; of stranded calls `RINGING`, `ANNOUNCEMENT` and agents out of reach. Holiday service, night
  service, forced forwarding and stranded calls have effect, in this order.
* **Phone menus**: `noInputTimer`. **All three**: `languageCode`, `firstName`, `lastName`, `dialByName`, `directLineCallerIdName`, calling line ids, ring patterns.
* **Virtual lines**: `timeZone`, `announcementLanguage`. **Workspaces**: `capacity`, `type`, `supportedDevices`, `notes`.
* **Webhooks**: `filter`."""
# Methods that open a file or ask for an instant as text before they send anything.
UNTOLD = {
    "telephony.announcements_repo.upload_announcement",
    "telephony.announcements_repo.modify",
}
REASONS = {
    "partner": "not built: partners and their administrators are kept on the pages; `GET /organizations` lists a partner's customers",
    "wholesale": "not built: customers are created on the pages of a partner",
    "wholesale_bills": "not built: a partner has no wholesale invoice of its own",
    "skipped": "not planned",
}


@dataclass(frozen=True)
class Call:
    subject: str
    priority: str
    verb: str
    path: str
    method: str
    refused: str

    @property
    def key(self) -> tuple[str, str]:
        return self.verb, self.path


@cache
def table() -> list[Call]:
    return list(_read())


def _read() -> Iterator[Call]:
    for part in yaml.safe_load((HERE / "compatible_calls.yaml").read_text()):
        for priority, call, method, *reason in part["calls"]:
            verb, path = call.split(" ", 1)
            path = path.replace("LOC", f"{CONFIG}/locations/{{}}").replace("CFG", CONFIG)
            yield Call(part["subject"], priority, verb, path, method, REASONS[reason[0]] if reason else "")


@cache
def description() -> Any:
    """What the API says of itself."""
    from dialtone.api.routes import api

    return api.get_openapi_schema()


@cache
def described() -> dict[tuple[str, str], Any]:
    """What the API says it answers, without the names of ids."""
    return {
        (verb.upper(), re.sub(r"{\w+}", "{}", path.removeprefix("/v1"))): operation
        for path, verbs in description()["paths"].items()
        for verb, operation in verbs.items()
    }


@dataclass(frozen=True)
class Silent:
    """What the SDK can tell some methods and that does nothing here."""

    told: str
    of: str
    why: str
    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


@cache
def silent() -> list[Silent]:
    rows = yaml.safe_load((HERE / "compatible_fields.yaml").read_text())
    return [
        Silent(**{name: tuple(each) if isinstance(each, list) else each for name, each in row.items()})
        for row in rows
    ]


def of_method(method: str) -> tuple[set[str], set[str]]:
    """The parameters and the fields of a method that are known to do nothing."""
    rows = [each for each in silent() if fnmatch(method, each.of)]
    return {name for row in rows for name in row.query}, {name for row in rows for name in row.body}


def _fields(schema: Any, before: str = "") -> Iterator[str]:
    """The fields that a described body has; `*` stands for whatever is in an object that is not described further."""
    schema = _resolved(schema)
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _fields(part, before)
    if schema.get("type") == "array":
        yield from _fields(schema.get("items", {}), before)
    if schema.get("type") == "object" and not schema.get("properties"):
        yield f"{before}*"
    for name, part in schema.get("properties", {}).items():
        yield before + name
        yield from _fields(part, f"{before}{name}.")


def _resolved(part: Any) -> Any:
    while "$ref" in part:
        found: Any = description()
        for word in part["$ref"][2:].split("/"):
            found = found[word]
        part = found
    return part


def page() -> str:
    counts = Counter((call.priority, bool(call.refused)) for call in table())
    core = f"{counts['C', False]} of {counts['C', False] + counts['C', True]} core methods"
    useful = f"{counts['U', False]} of {counts['U', False] + counts['U', True]} useful ones"
    lines = [HEAD, f"Done: {core}, {useful}."]
    for subject in dict.fromkeys(call.subject for call in table()):
        lines += ["", f"## {subject}", "", "| | call | wxc_sdk | state |", "| --- | --- | --- | --- |"]
        for call in table():
            if call.subject == subject:
                method = "" if call.method == "-" else f"`{call.method}`"
                state = f"refused; {call.refused}" if call.refused else "done"
                lines.append(f"| {call.priority} | `{call.verb} {call.path}` | {method} | {state} |")
    lines += ["", NOTHING, "", "| told | method | why |", "| --- | --- | --- |"]
    lines += [f"| {each.told} | `{each.of}` | {each.why} |" for each in silent()]
    lines += ["", KEPT]
    return "\n".join(lines) + "\n"


def test_what_is_done_is_described_and_what_is_refused_is_not() -> None:
    assert [call.key for call in table() if not call.refused and call.key not in described()] == []
    assert [call.key for call in table() if call.refused and call.key in described()] == []


def test_every_core_call_is_done() -> None:
    core = [call for call in table() if call.priority == "C"]
    assert len(core) > 90
    assert [call.key for call in core if call.refused] == []


def test_every_method_is_one_of_the_sdk() -> None:
    """A method that the SDK does not have would be somebody's slip of the pen."""
    api = WebexSimpleApi(tokens="none")
    unknown = []
    for call in table():
        found: object = api
        for word in [] if call.method == "-" else call.method.split("."):
            found = getattr(found, word, None)
        if found is None:
            unknown.append(call.method)
    assert unknown == []


def test_every_parameter_and_field_of_the_sdk_is_read_or_said_to_do_nothing() -> None:
    """Each method is told everything that it can be told, and sent nowhere."""
    forgotten = {}
    for call in {each.method: each for each in table() if not each.refused and each.method != "-"}.values():
        if call.method in UNTOLD:
            continue
        request, operation = sent(call.method), described()[call.key]
        parameters = [_resolved(each) for each in operation.get("parameters", ())]
        no_query, no_body = of_method(call.method)
        query = (
            request.query
            - {each["name"] for each in parameters if each["in"] == "query"}
            - no_query
            - {"orgId", "org_id"}
        )
        known = {
            name
            for each in operation.get("requestBody", {}).get("content", {}).values()
            for name in _fields(each["schema"])
        }
        free = tuple(each[:-1] for each in known if each.endswith("*"))
        body = {each for each in request.fields() - known if not each.startswith((*free, *no_body) or "-")}
        if query or body or request.verb != call.verb:
            forgotten[call.method] = (request.verb, sorted(query), sorted(body))
    assert forgotten == {}


def test_the_page_is_as_the_table_says() -> None:
    if os.environ.get("DIALTONE_REWRITE"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page()
