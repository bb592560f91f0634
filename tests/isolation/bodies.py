"""Bodies made from the description of the API: as much as is needed for a reference in them to be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.isolation.routes import snake
from tests.plugins.standing import Things
from tests.plugins.things import THINGS

# What stands in fields that are no references, where a client would fill them in.
EXAMPLES: Mapping[str, Any] = {
    "name": "Another office",
    "timeZone": "America/New_York",
    "preferredLanguage": "en_us",
    "announcementLanguage": "en_us",
    "announcementLanguageCode": "en_us",
    "address1": "350 Fifth Avenue",
    "city": "New York",
    "state": "NY",
    "postalCode": "10118",
    "country": "US",
    "emails": ["somebody@example.com"],
    "displayName": "Some Body",
    "dialled": "+12125550123",
    "quantity": 1,
}
# Fields that end like references and are none.
NO_REFERENCES: Mapping[str, str] = {
    "secret": "what a webhook is signed with; chosen by the client",
    "tax_id": "a number that the tax office gives; nothing is looked up by it",
    "vat_id": "a number that the tax office gives; nothing is looked up by it",
    "registration_id": "a number that a register of companies gives; nothing is looked up by it",
    "floor_id": "refused whatever it says: there are no floors",
    "carrier_id": "refused whatever it says: numbers are of the location's own provider",
    "subscription_id": "refused whatever it says: it is for mobile numbers",
    "premise_route_id": "a gateway's own name; nothing is looked up by it",
}


def references(schema: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    """(pointer, name of the thing) of every reference in a body; a list has * in its pointer. The name is not one of
    THINGS where a field looks like a reference to something that nobody has told of."""
    for option in schema.get("anyOf", ()):
        yield from references(option, place)
    if schema.get("type") == "array":
        yield from references(schema.get("items", {}), f"{place}/*")
    for name, part in schema.get("properties", {}).items():
        own = snake(name)
        singular = own.removesuffix("s")
        if own in NO_REFERENCES:
            continue
        if own in THINGS:
            yield f"{place}/{name}", own
        elif singular in THINGS and _is_list_of_text(part):
            yield f"{place}/{name}/*", singular
        elif singular.endswith("_id") and _is_text(part):
            yield f"{place}/{name}", singular
        yield from references(part, f"{place}/{name}")


def _is_text(part: Mapping[str, Any]) -> bool:
    return any(each.get("type") == "string" for each in part.get("anyOf", [part]))


def _is_list_of_text(part: Mapping[str, Any]) -> bool:
    options = part.get("anyOf", [part])
    return any(
        each.get("type") == "array" and each.get("items", {}).get("type") == "string" for each in options
    )


def example(schema: Mapping[str, Any], things: Things, name: str = "") -> Any:
    """A value that the schema allows; references name somebody's things. Optional fields only where EXAMPLES has them."""
    if "anyOf" in schema:
        return example(schema["anyOf"][0], things, name)
    own = snake(name)
    if own in THINGS and own not in NO_REFERENCES:
        return THINGS[own].named(things, outside=True)
    if name in EXAMPLES and schema.get("type") != "object":
        return EXAMPLES[name]
    match schema.get("type"):
        case "object":
            return {
                each: example(part, things, each)
                for each, part in schema.get("properties", {}).items()
                if each in schema.get("required", ()) or each in EXAMPLES or each == "address"
            }
        case "array":
            return [example(schema.get("items", {}), things, name.removesuffix("s"))]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return "example"


def placed(body: Any, pointer: str, value: Any) -> Any:
    """The body with a value at a pointer; what is missing on the way is made."""
    first, _slash, rest = pointer.lstrip("/").partition("/")
    if not first:
        return value
    if first == "*":
        return [placed(body[0] if isinstance(body, list) and body else {}, rest, value)]
    kept = dict(body) if isinstance(body, dict) else {}
    kept[first] = placed(kept.get(first), rest, value)
    return kept
