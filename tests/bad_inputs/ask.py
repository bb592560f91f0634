"""Sends the request of a case as a program or a browser would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.bad_inputs import uploads
from tests.bad_inputs.cases import Case
from tests.bad_inputs.judge import Answer
from tests.plugins.standing import Standing, signed_in
from tests.plugins.things import NOBODYS_NUMBER, THINGS


class Sender:
    """One sender for a case: the session is opened once, so that asking again changes nothing by itself."""

    def __init__(self, standing: Standing, case: Case) -> None:
        self.standing = standing
        self.case = case
        self.who: str = case.get("as", "alice_admin") or ""
        self.client = Client()
        if case.get("form") and self.who:
            self.client = signed_in(standing.world.people[self.who])

    def __call__(self, *, unknown: bool = False) -> Answer:
        """The answer; with `unknown`, every name of somebody's thing becomes the name of a thing that never was."""
        filled = self._filled(dict(self.case.told), unknown)
        return self._form(filled) if self.case.get("form") else self._api(filled)

    @property
    def names_others(self) -> bool:
        """Whether the case names things that are not the sender's."""
        text = json.dumps(self.case.told)
        return any("{" + name + "." in text for name in self.standing.of if name != self.who.split("_")[0])

    def _api(self, told: Mapping[str, Any]) -> Answer:
        method, path = told["api"].split(" ", 1)
        headers = self.standing.headers(self.who)
        if told.get("key", "new") is not None:
            headers["Idempotency-Key"] = str(uuid4()) if told.get("key", "new") == "new" else told["key"]
        headers |= told.get("headers", {})
        if "file" in told:
            parts = {**told.get("fields", {}), **_file(told["file"])}
            return _answer(self.client.post("/v1" + path, parts, headers=headers))
        content = b""
        if "raw" in told:
            content = (
                told["raw"].encode("utf-8", "surrogatepass") if isinstance(told["raw"], str) else told["raw"]
            )
        elif "body" in told:
            content = json.dumps(told["body"]).encode()
        kind = headers.pop("Content-Type", "application/json")
        answer = self.client.generic(
            method, "/v1" + path, content, content_type=kind, headers=headers, query_params=told.get("query")
        )
        return _answer(answer)

    def _form(self, told: Mapping[str, Any]) -> Answer:
        method, path = told["form"].split(" ", 1)
        fields = told.get("fields", {})
        sent = {**fields, **_file(told.get("file", {}))}
        send = self.client.post if method == "POST" else self.client.get
        return _answer(send(path, sent, headers=told.get("headers", {})), typed=fields, path=path)

    def _filled(self, value: Any, unknown: bool) -> Any:
        """Fill {alice.order_id} and the like, and write out {repeat: a, times: 1000} and {count_from: 12125550100, times: 9}."""
        if isinstance(value, Mapping):
            if set(value) == {"repeat", "times"}:
                return value["repeat"] * value["times"]
            if set(value) == {"count_from", "times"}:
                return [f"+{value['count_from'] + step}" for step in range(value["times"])]
            return {key: self._filled(each, unknown) for key, each in value.items()}
        if isinstance(value, list):
            return [self._filled(each, unknown) for each in value]
        if not isinstance(value, str) or "{" not in value:
            return value
        outside = "api" in self.case.told
        for owner, things in self.standing.of.items():
            for name, thing in THINGS.items():
                place = "{" + f"{owner}.{name}" + "}"
                if place in value:
                    mine = owner == self.who.split("_")[0] or not unknown
                    value = value.replace(place, thing.named(things if mine else None, outside=outside))
        return NOBODYS_NUMBER if unknown and value in THINGS else value


def _file(told: Mapping[str, Any]) -> dict[str, SimpleUploadedFile]:
    """The file of a case, made anew each time: sending one reads it to its end. `field` is where the form takes it."""
    if not told:
        return {}
    content = getattr(uploads, told["content"])()
    return {
        told.get("field", "document"): SimpleUploadedFile(told["name"], content, content_type=told["type"])
    }


def _answer(answer: Any, typed: Mapping[str, str] | None = None, path: str = "") -> Answer:
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return Answer(
        answer.status_code,
        dict(answer.headers),
        answer.content,
        body=json.loads(answer.content) if is_json and answer.content else None,
        typed=typed,
        path=path,
    )
