"""Compatible calls: whose calls people, workspaces and virtual lines take (docs/api.md, incoming permissions)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import owner_named
from dialtone.api.wire import Answer, Compatible
from dialtone.calls import queries
from dialtone.calls.set_incoming import set_incoming

routes = router("Incoming permissions")

# Where the vendor's SDK looks for each kind of owner.
OWNERS = (
    ("people", "/people/{owner_id}/features/incomingPermission", "Person"),
    ("workspaces", "/workspaces/{owner_id}/features/incomingPermission", "Workspace"),
    ("virtualLines", "/telephony/config/virtualLines/{owner_id}/incomingPermission", "VirtualLine"),
)


class IncomingAnswer(Answer):
    use_custom_enabled: bool = Field(description="What is said here counts; else every call is taken")
    external_transfer: str = Field(
        description="Calls from outside: ALLOW_ALL_EXTERNAL, ALLOW_ONLY_TRANSFERRED_EXTERNAL, BLOCK_ALL_EXTERNAL"
    )
    internal_calls_enabled: bool
    collect_calls_enabled: bool = Field(description="Kept and shown; nobody can tell such calls from others")


class IncomingBody(Compatible):
    """What is not told stays as it was."""

    use_custom_enabled: bool | None = None
    external_transfer: str | None = Field(None, max_length=60)
    internal_calls_enabled: bool | None = None
    collect_calls_enabled: bool | None = None


def _of_owner(owners_word: str, path: str, word: str) -> None:
    @needs("sees_people", compatible=True)
    def get_incoming(request: HttpRequest, owner_id: str) -> Any:
        found = queries.incoming_of(owner_named(request, owners_word, owner_id).id)
        return IncomingAnswer(
            use_custom_enabled=found.is_own,
            external_transfer=found.external,
            internal_calls_enabled=found.internal,
            collect_calls_enabled=found.collect,
        )

    @needs("edits_people", compatible=True)
    def change_incoming(request: HttpRequest, owner_id: str, wanted: IncomingBody) -> Any:
        """An emergency centre that calls back within a day is put through all the same."""
        who = owner_named(request, owners_word, owner_id)
        set_incoming(
            who.kind,
            who.id,
            who.name,
            who.location_id,
            is_own=wanted.use_custom_enabled,
            external=wanted.external_transfer,
            internal=wanted.internal_calls_enabled,
            collect=wanted.collect_calls_enabled,
        )

    routes.get(path, response=IncomingAnswer, operation_id=f"get{word}IncomingPermission",
               summary="Whose calls somebody takes")(get_incoming)  # fmt: skip
    routes.put(path, response={204: None}, operation_id=f"change{word}IncomingPermission",
               summary="Say whose calls somebody takes")(change_incoming)  # fmt: skip


for _owners_word, _path, _word in OWNERS:
    _of_owner(_owners_word, _path, _word)
