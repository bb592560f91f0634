"""Pure facts about providers: classes and their order, service types (PROV-03 to PROV-08)."""

from __future__ import annotations

from collections.abc import Mapping

PREFERRED, CERTIFIED, OTHER = "preferred", "certified", "other"
CLASSES = (PREFERRED, CERTIFIED, OTHER)  # PROV-06: in this order
STANDINGS = (CERTIFIED, OTHER)  # what the operator says; the partner prefers
SERVICE_NUMBERS, CONTACT_CENTER = "SERVICE_NUMBERS", "CONTACT_CENTER"
# As the compatible API writes them (webex-api.md section 4).
SERVICE_TYPES = (
    "GEOGRAPHIC_NUMBERS",
    "TOLLFREE_NUMBERS",
    SERVICE_NUMBERS,
    "NON_GEOGRAPHIC_NUMBERS",
    "MOBILE_NUMBERS",
    "BUSINESS_TEXTING",
    CONTACT_CENTER,
)
# A premises-based connection is the customer's own; no provider of the catalogue is one.
CALLING_PLAN = "calling_plan"
CONNECTIONS = (CALLING_PLAN, "integrated_ccp", "non_integrated_ccp")


def class_of(standing: str, *, is_preferred: bool) -> str:
    """The class under which a customer sees a provider: the partner's preference goes before the standing.

    >>> class_of("other", is_preferred=True), class_of("certified", is_preferred=False)
    ('preferred', 'certified')
    """
    return PREFERRED if is_preferred else standing


# What the classes are called in English; pages have them in the reader's language.
CLASS_NAMES = {
    PREFERRED: "preferred calling providers",
    CERTIFIED: "certified calling providers",
    OTHER: "calling providers",
}


def classes_named(text: str, names: Mapping[str, str] = CLASS_NAMES) -> tuple[str, ...]:
    """The classes that a search means (PROV-08): the one whose whole name was typed, singular or plural, else all whose
    name has the text.

    >>> classes_named("certified"), classes_named("Calling provider"), classes_named("Puffin")
    (('certified',), ('other',), ())
    """
    typed = text.strip().casefold()
    if len(typed) < 3:
        return ()
    known = {each: name.casefold() for each, name in names.items()}
    whole = tuple(each for each, name in known.items() if typed in (name, name.removesuffix("s")))
    return whole or tuple(each for each, name in known.items() if typed in name)
