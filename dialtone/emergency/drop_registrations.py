"""Emergency addresses that the desk was asked to register for numbers that went, or never came: it need not answer any more."""

from __future__ import annotations

from collections import defaultdict

from dialtone.carriers import answer_by_hand, choice
from dialtone.emergency import states
from dialtone.emergency.models import Registration
from dialtone.numbers import states as number_states

AT_ONCE = 1_000  # numbers; what is left comes with the next sweep


def drop_registrations() -> int:
    """Answer for the desk where nobody has the number any more. In the operator's scope; answers how many."""
    waiting = Registration.objects.filter(carrier=choice.DESK, state=states.ASKED)
    gone = waiting.exclude(number__state__in=number_states.HELD).order_by("id")[:AT_ONCE]
    by_reference: dict[str, list[str]] = defaultdict(list)
    for reference, e164 in gone.values_list("reference", "number__e164"):
        by_reference[reference].append(e164)
    return answer_by_hand.nobody_needs(by_reference) if by_reference else 0
