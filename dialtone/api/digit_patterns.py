"""Compatible calls: digit patterns of outgoing permissions, exceptions to what types of calls allow (docs/api.md; ACC-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from dialtone.api.app import needs, router
from dialtone.api.named import NamedOwner, calling_location_named, owner_named
from dialtone.api.wire import Answer, Compatible, into, outside
from dialtone.base.ids import uuid7
from dialtone.base.problems import Problem
from dialtone.calls import queries
from dialtone.calls.change_patterns import change_patterns
from dialtone.calls.patterns import MOST_CHARACTERS, Pattern, Patterns

routes = router("Outgoing permissions")

KIND = "DIGIT_PATTERN"
CONFIG = "/telephony/config"
MOST_NAME = 80
Named = Callable[[HttpRequest, str], NamedOwner]


class PatternAnswer(Answer):
    id: str
    name: str
    pattern: str
    action: str = Field(description="ALLOW, BLOCK, AUTH_CODE or TRANSFER_NUMBER_1 to 3")
    transfer_enabled: bool


class PatternsAnswer(Answer):
    use_custom_digit_patterns: bool = Field(
        description="These patterns hold; at a line, in place of the location's"
    )
    digit_patterns: list[PatternAnswer]


class PatternMade(Answer):
    id: str


class PatternBody(Compatible):
    name: str = Field(min_length=1, max_length=MOST_NAME)
    pattern: str = Field(max_length=MOST_CHARACTERS, description="Digits, X for any digit, + before, ! after")
    action: str = Field(max_length=60)
    transfer_enabled: bool | None = Field(None, description="As the action says where it is missing")


class PatternChange(Compatible):
    """What is missing stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=MOST_NAME)
    pattern: str | None = Field(None, max_length=MOST_CHARACTERS)
    action: str | None = Field(None, max_length=60)
    transfer_enabled: bool | None = None


class PatternsSwitch(Compatible):
    use_custom_digit_patterns: bool | None = None


def _row(each: Pattern) -> PatternAnswer:
    return PatternAnswer(
        id=outside(KIND, UUID(each.id)),
        name=each.name,
        pattern=each.pattern,
        action=each.action,
        transfer_enabled=each.transfer,
    )


def _read(who: NamedOwner) -> Patterns:
    return queries.digit_patterns([who.id]).get(who.id, Patterns())


def _change(who: NamedOwner, change: Callable[[Patterns], Patterns]) -> None:
    change_patterns(who.kind, who.id, who.name, who.location_id, change)


def _one(found: Patterns, pattern_id: str) -> Pattern:
    """Raises Problem not_found."""
    id = str(into(KIND, pattern_id))
    for each in found.patterns:
        if each.id == id:
            return each
    raise Problem("not_found")


def _of(path: str, word: str, rights: tuple[str, str], named: Named) -> None:
    sees, edits = rights

    @needs(sees, compatible=True)
    def get_patterns(request: HttpRequest, owner_id: str) -> Any:
        """Those that were said here, whether they hold or not."""
        who = named(request, owner_id)
        found = _read(who)
        return PatternsAnswer(
            use_custom_digit_patterns=found.count_for(who.kind),
            digit_patterns=[_row(each) for each in found.patterns],
        )

    @needs(edits, compatible=True)
    def switch_patterns(request: HttpRequest, owner_id: str, wanted: PatternsSwitch) -> Any:
        who = named(request, owner_id)
        switch = wanted.use_custom_digit_patterns
        if switch is not None:
            _change(who, lambda found: replace(found, is_own=switch))

    @needs(edits, compatible=True)
    def create_pattern(request: HttpRequest, owner_id: str, wanted: PatternBody) -> Any:
        """Of several that fit a number, the one that names the most digits decides."""
        who = named(request, owner_id)
        transfer = wanted.action == "ALLOW" if wanted.transfer_enabled is None else wanted.transfer_enabled
        new = Pattern(str(uuid7()), wanted.name, wanted.pattern.upper(), wanted.action, transfer)
        _change(who, lambda found: replace(found, patterns=(*found.patterns, new)))
        return 201, PatternMade(id=outside(KIND, UUID(new.id)))

    @needs(edits, compatible=True)
    def delete_patterns(request: HttpRequest, owner_id: str) -> Any:
        _change(named(request, owner_id), lambda found: replace(found, patterns=()))

    @needs(sees, compatible=True)
    def get_pattern(request: HttpRequest, owner_id: str, pattern_id: str) -> Any:
        return _row(_one(_read(named(request, owner_id)), pattern_id))

    @needs(edits, compatible=True)
    def change_pattern(request: HttpRequest, owner_id: str, pattern_id: str, wanted: PatternChange) -> Any:
        def change(found: Patterns) -> Patterns:
            before = _one(found, pattern_id)
            after = replace(
                before,
                name=wanted.name or before.name,
                pattern=before.pattern if wanted.pattern is None else wanted.pattern.upper(),
                action=wanted.action or before.action,
                transfer=before.transfer if wanted.transfer_enabled is None else wanted.transfer_enabled,
            )
            return replace(
                found, patterns=tuple(after if each is before else each for each in found.patterns)
            )

        _change(named(request, owner_id), change)

    @needs(edits, compatible=True)
    def delete_pattern(request: HttpRequest, owner_id: str, pattern_id: str) -> Any:
        def remove(found: Patterns) -> Patterns:
            gone = _one(found, pattern_id)
            return replace(found, patterns=tuple(each for each in found.patterns if each is not gone))

        _change(named(request, owner_id), remove)

    one = f"{path}/{{pattern_id}}"
    routes.get(path, response=PatternsAnswer, operation_id=f"get{word}DigitPatterns",
               summary="Exceptions to outgoing permissions")(get_patterns)  # fmt: skip
    routes.put(path, response={204: None}, operation_id=f"switch{word}DigitPatterns",
               summary="Let these exceptions hold, or not")(switch_patterns)  # fmt: skip
    routes.post(path, response={201: PatternMade}, operation_id=f"create{word}DigitPattern",
                summary="Add an exception")(create_pattern)  # fmt: skip
    routes.delete(path, response={204: None}, operation_id=f"delete{word}DigitPatterns",
                  summary="Remove all exceptions")(delete_patterns)  # fmt: skip
    routes.get(one, response=PatternAnswer, operation_id=f"get{word}DigitPattern",
               summary="One exception")(get_pattern)  # fmt: skip
    routes.put(one, response={204: None}, operation_id=f"change{word}DigitPattern",
               summary="Change an exception")(change_pattern)  # fmt: skip
    routes.delete(one, response={204: None}, operation_id=f"delete{word}DigitPattern",
                  summary="Remove an exception")(delete_pattern)  # fmt: skip


def _location(request: HttpRequest, location_id: str) -> NamedOwner:
    found = calling_location_named(request, location_id)
    return NamedOwner("location", found.id, found.name, found.id)


def _owner(owners_word: str) -> Named:
    return lambda request, owner_id: owner_named(request, owners_word, owner_id)


PATTERNS = "outgoingPermission/digitPatterns"
for _word, _called in (("people", "Person"), ("workspaces", "Workspace"), ("virtualLines", "VirtualLine")):
    _of(f"{CONFIG}/{_word}/{{owner_id}}/{PATTERNS}", _called, ("sees_people", "edits_people"), _owner(_word))
_of(
    f"{CONFIG}/locations/{{owner_id}}/{PATTERNS}",
    "Location",
    ("sees_locations", "edits_locations"),
    _location,
)
