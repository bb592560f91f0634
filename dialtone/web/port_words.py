"""How port orders are worded on pages: statuses and whose turn it is, steps, what a page says about a country's rules."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L_
from django.utils.translation import ngettext

from dialtone.countries.facts import Porting
from dialtone.numbers import queries as inventory
from dialtone.porting import states
from dialtone.porting.finding_words import FIXES, WORDS
from dialtone.porting.findings import MAY, NOTE, WILL, Finding
from dialtone.porting.models import PortNumber, PortOrder
from dialtone.porting.words import ACTS_NEXT, NOT_PORTABLE_WHY, NUMBER_STATES, STATUS

SHORTEST_NUMBER = 4  # digits; anything shorter is looked for in the names of orders only
TONES = {
    states.PENDING: "moving",
    states.REJECTED: "refused",
    states.SUBMITTED: "moving",
    states.FOC_RECEIVED: "moving",
    states.COMPLETED: "ok",
    states.CANCELED: "off",
}
NUMBER_TONES = {"open": "moving", "completed": "ok", "failed": "refused", "canceled": "off"}
PORTABILITY: dict[str, tuple[str, Any]] = {
    "unknown": ("waiting", L_("not checked yet")),
    "checking": ("moving", L_("being checked")),
    "portable": ("ok", L_("can be ported")),
    "not_portable": ("refused", L_("cannot be ported")),
    "review": ("waiting", L_("PSTN support looks at it")),
}
STEPS: dict[str, Any] = {
    "numbers": L_("Numbers"),
    "plan": L_("Split plan"),
    "details": L_("Order details"),
    "account": L_("Account information"),
    "papers": L_("Bill and papers"),
    "letter": L_("Letter of authorisation"),
    "check": L_("Check"),
    "review": L_("Review"),
}
END_REASONS: dict[str, Any] = {
    "by_owner": L_("It was cancelled by its owner."),
    "split": L_("It was split into one order for each billing number."),
}
SURE: dict[str, tuple[str, Any]] = {
    WILL: ("refused", L_("will be refused")),
    MAY: ("waiting", L_("may be refused")),
    NOTE: ("info", L_("worth knowing")),
}


def status_of(order: PortOrder) -> tuple[str, Any]:
    """(tone, word): a draft is Pending too (STAT-08), and looks like a draft."""
    if order.status == states.PENDING and order.attempt == 0:
        return "draft", STATUS[order.status]
    return TONES[order.status], STATUS[order.status]


def number_status(order: PortOrder, number: PortNumber) -> tuple[str, Any]:
    """(tone, word) of one number of an order: in a draft whether it can be ported, and on the way only once it is."""
    if number.state == "open" and order.attempt == 0:
        return PORTABILITY[number.portability]
    if number.state == "open" and order.status == states.REJECTED:
        return "waiting", _("Waiting")
    return NUMBER_TONES[number.state], NUMBER_STATES[number.state]


def turn_of(facts: states.Facts) -> tuple[str, Any]:
    """(who, word) of whose turn it is; the word is "" when it is nobody's."""
    turn = states.acts_next(facts)
    return turn, "" if turn == "nobody" else ACTS_NEXT[turn]


def title_of_new(rules: Porting) -> str:
    """Australia and New Zealand speak of numbers to keep (H31)."""
    return _("Keep your numbers") if rules.word == "keep" else _("Port numbers over")


def found(finding: Finding) -> dict[str, Any]:
    """A finding as the page says it: the sentence, how sure, where on the bill, the button."""
    tone, sure = SURE[finding.sure]
    values = {name: NOT_PORTABLE_WHY.get(str(value), value) for name, value in finding.values.items()}
    return {
        "finding": finding,
        "tone": tone,
        "sure": sure,
        "said": str(WORDS[finding.code]) % values,
        "fix": FIXES[finding.fix.action] if finding.fix else "",
        "by_click": finding.fix is not None and finding.fix.action not in ("upload", "sign"),
    }


def duration(days: int) -> str:
    """How long a port takes, as far as can be said before there is an order (H29, SPK-06, SMB-22, PORT-34, PORT-36)."""
    usual = _("Most ports take 7 to 10 business days, and up to 3 weeks where papers are needed.")
    earliest = ngettext(
        "The earliest date is %(days)s business day after the order is handed in.",
        "The earliest date is %(days)s business days after the order is handed in.",
        days,
    )
    return f"{usual} {earliest % {'days': days}}"


def filter_by(text: str) -> dict[str, Any]:
    """What somebody looks for among port orders: a number in any spelling, or the name of an order."""
    plain = text.strip()
    digits = inventory.spelt(plain) if len(plain) >= SHORTEST_NUMBER else []
    return {"digits": digits} if digits else {"text": plain}
