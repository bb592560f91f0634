"""What must never be so about emergency addresses (life)."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "E1",
    "every number able to place calls shows exactly one accepted address at every instant",
    """SELECT n.id, n.e164 FROM numbers_number n WHERE n.calls_during IS NOT NULL AND NOT coalesce((
           SELECT range_agg(c.during) @> n.calls_during FROM emergency_coverage c
           JOIN emergency_emergencyaddress a ON a.id = c.address_id AND a.accepted_at IS NOT NULL
           WHERE c.number_id = n.id), false)""",
)
register(
    "E1-state",
    "a number is active exactly while it may place calls",
    """SELECT id, e164 FROM numbers_number
       WHERE (state = 'active') <> (calls_during IS NOT NULL AND upper_inf(calls_during))""",
)
register(
    "E2",
    "an address in effect is accepted",
    """SELECT a.id, a.state FROM emergency_coverage c JOIN emergency_emergencyaddress a ON a.id = c.address_id
       WHERE upper_inf(c.during) AND a.state NOT IN ('accepted', 'tested')""",
)
register(
    "D4-addresses",
    "an address that waits for us has a due time",
    "SELECT id FROM emergency_emergencyaddress WHERE state = 'entered' AND due_at IS NULL",
)
