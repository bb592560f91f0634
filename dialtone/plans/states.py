"""The life of a subscription, and who acts next. What happens at the end of a trial is H13.

| state      | means                                                              | acts next |
|------------|--------------------------------------------------------------------|-----------|
| active     | on trial or paid; its plan rules apply                              | nobody    |
| trial_over | the 90 days are over; numbers are kept for conversion, first warning | customer |
| last_days  | a week is left; second warning                                      | customer  |
| ended      | the numbers are given back                                          | nobody    |

A step of the end counts from the day its warning was given: after an outage nobody loses days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

ACTIVE, TRIAL_OVER, LAST_DAYS, ENDED = "active", "trial_over", "last_days", "ended"
LIVING = (ACTIVE, TRIAL_OVER, LAST_DAYS)
ACTS_NEXT = {ACTIVE: "nobody", TRIAL_OVER: "customer", LAST_DAYS: "customer", ENDED: "nobody"}

TRIAL_DAYS = 90
KEPT_DAYS = 30
LAST_WARNING_DAYS = 7  # house decision: the second warning comes a week before the numbers go

MOVES: dict[str, dict[str, str]] = {
    "": {"started": ACTIVE},
    ACTIVE: {"due": TRIAL_OVER, "converted": ACTIVE},
    TRIAL_OVER: {"due": LAST_DAYS, "converted": ACTIVE},
    LAST_DAYS: {"due": ENDED, "converted": ACTIVE},
    ENDED: {},
}
_NEXT_STEP = {
    TRIAL_OVER: timedelta(days=KEPT_DAYS - LAST_WARNING_DAYS),
    LAST_DAYS: timedelta(days=LAST_WARNING_DAYS),
}


@dataclass(frozen=True)
class Decision:
    """The next state, when it is due for the next step, and the day the numbers go, for the warning."""

    state: str
    due_at: datetime | None = None
    gone_at: datetime | None = None


def decide(state: str, event: str, now: datetime) -> Decision | None:
    """What an event makes of a subscription; None when it does not apply.

    >>> from datetime import UTC
    >>> over = decide("active", "due", datetime(2026, 1, 1, tzinfo=UTC))
    >>> over.state, over.due_at.date().isoformat(), over.gone_at.date().isoformat()
    ('trial_over', '2026-01-24', '2026-01-31')
    """
    following = MOVES[state].get(event)
    if following is None:
        return None
    if event != "due" or following == ENDED:
        return Decision(following)
    gone_at = now + timedelta(days=KEPT_DAYS if following == TRIAL_OVER else LAST_WARNING_DAYS)
    return Decision(following, now + _NEXT_STEP[following], gone_at)
