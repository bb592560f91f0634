"""The talk about one emergency address: enter and check it, take what the authority suggests, or insist on it.

The same for a location's default, an own address that an administrator keeps, and the one that a person keeps for
themselves. A page gives the verbs; what comes back is where the talk stands. Sources: ESA-09, SPK-11, decisions H22, H27.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from dialtone.base.address import CivicAddress
from dialtone.base.problems import Problem, Problems
from dialtone.emergency import enter_address, keep_entered, rules, states
from dialtone.emergency.models import EmergencyAddress
from dialtone.web.address_forms import EmergencyForm
from dialtone.web.page import into_form

Enter = Callable[[CivicAddress], EmergencyAddress]


@dataclass(frozen=True)
class Talk:
    """Where the talk stands: the form, and the address that came of what was just sent, if anything."""

    form: EmergencyForm
    newest: EmergencyAddress | None
    changed: EmergencyAddress | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether what was just sent is in effect now."""
        return self.changed is not None and self.changed.state in states.IN_EFFECT

    def context(self) -> dict[str, Any]:
        """What the template of the talk shows."""
        newest = self.newest
        suggested = (newest.suggestion or {}).get("choices", []) if newest else []
        return {
            "form": self.form,
            "newest": newest,
            "entered_lines": CivicAddress.from_json(newest.address).lines() if newest else [],
            "suggestions": [CivicAddress.from_json(each) for each in suggested]
            if newest and newest.state == states.SUGGESTED
            else [],
            "may_keep": newest is not None and rules.may_keep(newest.state) and newest.due_at is None,
            "is_kept": newest is not None and rules.may_keep(newest.state) and newest.due_at is not None,
            "told": _told(newest),
        }


def hold(
    request: HttpRequest,
    newest: EmergencyAddress | None,
    *,
    country: str,
    initial: dict[str, str],
    enter: Enter,
    multi_floor: bool = False,
) -> Talk:
    """Carry the talk on by what was sent. `newest` is the newest version before that; `enter` stores another one.

    Refusals of what was typed stand in the form; others raise Problem (emergency.no_suggestion, cannot_keep).
    """
    what = request.POST.get("what", "") if request.method == "POST" else ""
    typed = request.POST if what == "check" else None
    form = EmergencyForm(country, typed, initial=initial, multi_floor=multi_floor)
    if what in ("apply", "keep"):
        if newest is None:
            raise Problem("emergency.no_suggestion")
        if what == "keep":
            return Talk(form, newest, keep_entered.keep_entered(newest.id))
        choice = request.POST.get("choice", "0")
        wanted = int(choice) if choice.isdigit() and len(choice) < 3 else -1
        return Talk(form, newest, enter_address.apply_suggestion(newest.id, wanted))
    if what == "check":
        form.is_valid()
        address = form.address(emergency=True)
        if address is not None and not form.errors:
            try:
                return Talk(form, newest, enter(address))
            except (Problem, Problems) as problem:
                into_form(form, problem)
    return Talk(form, newest)


def _told(newest: EmergencyAddress | None) -> list[str]:
    """What the authority said in its own words, when it was asked last."""
    if newest is None or not newest.checks:
        return []
    return [f"{title}: {detail}" for _code, title, detail in newest.checks[-1].get("errors", [])]
