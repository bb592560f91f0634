"""What waits on the operator's desk, by kind: its words, and how it can be settled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """`what` says what to do; `outcomes` are the codes with which a person settles it by hand (none: elsewhere)."""

    word: Any
    icon: str
    what: Any
    outcomes: Mapping[str, Any] = field(default_factory=dict)


KINDS = {
    "case": Kind(_("Case"), "lifebuoy", _("Answer or close the case; then it leaves the desk by itself.")),
    "emergency_address": Kind(
        _("Emergency address"),
        "map-pin",
        _("No authority can say whether this address is right. Find out, then put your name to it."),
        {
            "accepted": _("The address is right: put it in effect under my name"),
            "customer_told": _("The address is not right: the customer has been told and enters it anew"),
        },
    ),
    "case_order": Kind(
        _("Order by support case"),
        "shopping-cart",
        _("Review its papers one by one, then enter the numbers; it leaves the desk by itself."),
    ),
    "mail_failed": Kind(
        _("Letter that could not be sent"),
        "mail",
        _("Correct the address of its reader, or tell them in another way."),
        {
            "sent_again": _("Send it again"),
            "told_otherwise": _("They have been told in another way"),
            "not_needed": _("It is no longer needed"),
        },
    ),
    "document_held": Kind(
        _("Paper that is held"),
        "file-certificate",
        _("It could act on its own, so nobody can open it. Ask the customer for another one."),
        {
            "asked_for_another": _("The customer has been asked for another paper"),
            "not_needed": _("It is no longer needed"),
        },
    ),
}
ANY = Kind(
    _("Task"), "inbox", _("Settle this, and note how."), {"done": _("Done"), "not_needed": _("Not needed")}
)
OUTCOMES = {code: words for kind in (*KINDS.values(), ANY) for code, words in kind.outcomes.items()}


def kind_of(name: str) -> Kind:
    """The kind by name; one that nobody has described yet can still be settled."""
    return KINDS.get(name, ANY)
