"""Compatible calls: whom calls go to whose outgoing permission is TRANSFER_NUMBER_1 to 3 (docs/api.md; ACC-11)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import NamedOwner, calling_location_named, owner_named
from dialtone.api.wire import Answer, Compatible
from dialtone.calls import queries
from dialtone.calls.let_through import NOBODY, LetThrough, Transfers
from dialtone.calls.set_transfers import set_transfers

routes = router("Outgoing permissions")

CONFIG = "/telephony/config"
NUMBERS = "outgoingPermission/autoTransferNumbers"
Named = Callable[[HttpRequest, str], NamedOwner]


class TransfersAnswer(Answer):
    use_custom_transfer_numbers: bool = Field(description="Its own hold, in place of the location's")
    auto_transfer_number1: str | None = None
    auto_transfer_number2: str | None = None
    auto_transfer_number3: str | None = None


class TransfersBody(Compatible):
    """What is not told stays as it was; an empty text is nobody."""

    use_custom_transfer_numbers: bool | None = None
    auto_transfer_number1: str | None = Field(None, max_length=64, description="E.164, or an extension")
    auto_transfer_number2: str | None = Field(None, max_length=64)
    auto_transfer_number3: str | None = Field(None, max_length=64)


def _of(path: str, word: str, rights: tuple[str, str], named: Named) -> None:
    sees, edits = rights

    @needs(sees, compatible=True)
    def get_numbers(request: HttpRequest, owner_id: str) -> Any:
        """Those that hold: somebody without own ones shows the location's."""
        who = named(request, owner_id)
        said = queries.let_through([each for each in (who.id, who.location_id) if each])
        own = said.get(who.id, LetThrough()).transfers
        is_own = own.count_for(who.kind)
        at = said.get(who.location_id) if who.location_id else None
        place = at.transfers if at else Transfers()
        inherited = place.numbers if place.count_for("location") else NOBODY
        first, second, third = own.numbers if is_own or who.kind == "location" else inherited
        return TransfersAnswer(
            use_custom_transfer_numbers=is_own,
            auto_transfer_number1=first or None,
            auto_transfer_number2=second or None,
            auto_transfer_number3=third or None,
        )

    @needs(edits, compatible=True)
    def change_numbers(request: HttpRequest, owner_id: str, wanted: TransfersBody) -> Any:
        """A number that may be called from there; else such calls are refused."""
        who = named(request, owner_id)
        numbers = (wanted.auto_transfer_number1, wanted.auto_transfer_number2, wanted.auto_transfer_number3)
        set_transfers(
            who.kind, who.id, who.name, who.location_id, numbers, is_own=wanted.use_custom_transfer_numbers
        )

    routes.get(path, response=TransfersAnswer, operation_id=f"get{word}TransferNumbers",
               summary="Whom calls go to that are not placed as dialled")(get_numbers)  # fmt: skip
    routes.put(path, response={204: None}, operation_id=f"change{word}TransferNumbers",
               summary="Say whom calls go to that are not placed as dialled")(change_numbers)  # fmt: skip


def _location(request: HttpRequest, location_id: str) -> NamedOwner:
    found = calling_location_named(request, location_id)
    return NamedOwner("location", found.id, found.name, found.id)


def _owner(owners_word: str) -> Named:
    return lambda request, owner_id: owner_named(request, owners_word, owner_id)


# Where the vendor's SDK looks for each kind of owner; people have two addresses, an older one too.
for _owners_word, _path, _word in (
    ("people", f"/people/{{owner_id}}/features/{NUMBERS}", "Person"),
    ("people", f"{CONFIG}/people/{{owner_id}}/{NUMBERS}", "PersonConfig"),
    ("workspaces", f"/workspaces/{{owner_id}}/features/{NUMBERS}", "Workspace"),
    ("virtualLines", f"{CONFIG}/virtualLines/{{owner_id}}/{NUMBERS}", "VirtualLine"),
):
    _of(_path, _word, ("sees_people", "edits_people"), _owner(_owners_word))
_of(
    f"{CONFIG}/locations/{{owner_id}}/{NUMBERS}", "Location", ("sees_locations", "edits_locations"), _location
)
