"""The invoicing of a month, and who acts next.

| state   | means                                                             | acts next |
|---------|-------------------------------------------------------------------|-----------|
| running | customers are being invoiced, one after the other                 | worker    |
| stopped | some customers could not be invoiced, for want of a price mostly  | operator  |
| done    | every customer has an invoice, or nothing to pay                  | nobody    |

Of each customer in it: waiting, done, nothing (to charge), failed.
"""

from __future__ import annotations

RUNNING, STOPPED, DONE = "running", "stopped", "done"
ACTS_NEXT = {RUNNING: "worker", STOPPED: "operator", DONE: "nobody"}

WAITING, INVOICED, NOTHING, FAILED = "waiting", "done", "nothing", "failed"


def after(*, waiting: int, failed: int) -> str:
    """The state of a run from how many of its customers wait or could not be invoiced.

    >>> after(waiting=0, failed=1), after(waiting=0, failed=0)
    ('stopped', 'done')
    """
    if waiting:
        return RUNNING
    return STOPPED if failed else DONE
