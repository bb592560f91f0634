"""The table of the compatible API's calls (docs/compatible-calls.md) says what the API does: against its description and the SDK.

`DIALTONE_REWRITE=1 ./run test tests/api/test_compatible_calls.py` writes the page again from `compatible_calls.yaml`.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from wxc_sdk import WebexSimpleApi

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "compatible-calls.md"
CONFIG = "/telephony/config"
HEAD = """# The calls of the compatible API

Made from `tests/api/compatible_calls.yaml` by `DIALTONE_REWRITE=1 ./run test tests/api/test_compatible_calls.py`; the same test holds it against
the API's own description. C is core, U useful, S not planned. Own additions are not here: `/v1/openapi.json` has them all.
A call that is refused answers 404.
"""
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
def described() -> set[tuple[str, str]]:
    """What the API says it answers, without the names of ids."""
    from dialtone.api.routes import api

    return {
        (verb.upper(), re.sub(r"{\w+}", "{}", path.removeprefix("/v1")))
        for path, verbs in api.get_openapi_schema()["paths"].items()
        for verb in verbs
    }


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


def test_the_page_is_as_the_table_says() -> None:
    if os.environ.get("DIALTONE_REWRITE"):
        PAGE.write_text(page())
    assert PAGE.read_text() == page()
