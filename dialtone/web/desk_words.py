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
    "number_order": Kind(
        _("Numbers to deliver"),
        "truck",
        _("Order the numbers, have the emergency address registered for them, then say what became of each."),
    ),
    "emergency_registration": Kind(
        _("Emergency address to register"),
        "map-pin",
        _("Have the emergency address registered for these numbers, then say for which it was accepted."),
    ),
    "number_release": Kind(
        _("Numbers to give back"),
        "package-export",
        _("Give the numbers back to where they came from."),
        {"given_back": _("They were given back")},
    ),
    "emergency_differs": Kind(
        _("Emergency address at the carrier"),
        "alert-triangle",
        _(
            "The carrier shows another emergency address for this number, or none. It was told again; ring it if this stays."
        ),
    ),
    "carrier_books_unread": Kind(
        _("A carrier's books that cannot be read"),
        "alert-triangle",
        _(
            "Nobody can see now which emergency addresses it shows. It is asked again by itself; ring it if this stays."
        ),
    ),
    "case_order": Kind(
        _("Order by support case"),
        "shopping-cart",
        _("Review its papers one by one, then enter the numbers; it leaves the desk by itself."),
    ),
    "port_validate": Kind(
        _("Port order to validate"),
        "checklist",
        _("Look at the order and its papers; then accept it, ask for something, or refuse it."),
    ),
    "port_set_foc": Kind(
        _("Port order without a date"), "calendar", _("Ask the losing carrier for a date, and set it.")
    ),
    "port_complete": Kind(_("Port on its day"), "transfer-in", _("Say which numbers have moved.")),
    "port_cancel": Kind(
        _("Port order to stop"), "x", _("Ask the losing carrier to stop it, and say that it has.")
    ),
    "port_move": Kind(
        _("Port order to move"), "calendar-time", _("Ask the losing carrier for the wished date, and set it.")
    ),
    "port_unknown_error": Kind(
        _("Unknown porting error"),
        "question-mark",
        _("Find out what the losing carrier meant, and tell the customer."),
    ),
    "port_contradiction": Kind(
        _("Contradiction in a port order"),
        "alert-triangle",
        _("The carrier says what does not fit with what is settled. Ask it, then note what is true."),
        {
            "asked": _("The carrier was asked; what is settled stands"),
            "not_needed": _("It is no longer needed"),
        },
    ),
    "port_overdue": Kind(
        _("Port order that is overdue"),
        "clock",
        _("Somebody should have acted by now. Ask the carrier or the customer."),
        {"asked": _("They were asked"), "not_needed": _("It is no longer needed")},
    ),
    "port_review": Kind(
        _("Numbers to review"), "phone", _("Find out whether these numbers can be ported after all.")
    ),
    "port_out_answer": Kind(
        _("Another carrier's request"),
        "transfer-out",
        _("Agree and name the day, or refuse for a lawful reason. No answer may count as consent."),
    ),
    "port_out_late": Kind(
        _("Port-out that is overdue"),
        "clock",
        _("Our answer is late, or the numbers have not left on their day. Nothing happens by itself."),
    ),
    "port_out_leave": Kind(
        _("Port-out on its day"), "transfer-out", _("Say which numbers have left, once they have.")
    ),
    "port_out_contradiction": Kind(
        _("Contradiction in a port-out"),
        "alert-triangle",
        _(
            "Another carrier says that it has numbers to which nobody agreed. Nothing is released: ask both carriers."
        ),
        {
            "asked": _("The carrier was asked; what is settled stands"),
            "not_needed": _("It is no longer needed"),
        },
    ),
    "carrier_event": Kind(
        _("A carrier's event that was set aside"),
        "alert-triangle",
        _(
            "It could not be applied, and nothing was changed. Find out what it means; then try it again, or leave it."
        ),
        {"tried_again": _("Try it again"), "not_needed": _("It is no longer needed")},
    ),
    "carrier_event_refused": Kind(
        _("Events that were not signed"),
        "shield-lock",
        _("Somebody sends events in the name of a carrier without its key, or too late. Ask the carrier."),
        {
            "asked": _("The carrier was asked; what is settled stands"),
            "not_needed": _("It is no longer needed"),
        },
    ),
    "port_comment": Kind(
        _("Comment on a port order"),
        "message",
        _("Read it, and answer on the page of the order."),
        {"read": _("Read; no answer is needed")},
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
OUTCOMES["answered"] = _("Answered")


def kind_of(name: str) -> Kind:
    """The kind by name; one that nobody has described yet can still be settled."""
    return KINDS.get(name, ANY)
