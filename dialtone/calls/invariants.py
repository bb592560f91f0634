"""What must never be so about call records: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "M6-owner",
    "a call record belongs to whoever held the number when the call began",
    """SELECT r.id FROM calls_callrecord r LEFT JOIN numbers_number n ON n.id = r.number_id
       WHERE n.id IS NULL OR n.customer_id <> r.customer_id OR NOT n.owned_during @> r.started_at""",
)
register(
    "M1-rated",
    "a rated call is a call of its customer, whoever it is rated for",
    """SELECT x.id FROM (SELECT id, call_id, customer_id FROM rates_ratedcall
                         UNION ALL SELECT id, call_id, customer_id FROM rates_wholesalecall) x
       LEFT JOIN calls_callrecord r ON r.id = x.call_id AND r.customer_id = x.customer_id WHERE r.id IS NULL""",
)
register(
    "D9-files",
    "of every file of call records each row became a record, was known, or was parked",
    "SELECT id FROM calls_recordfile WHERE rows <> new + known + parked",
)
register(
    "E6-records",
    "whoever has to know of an emergency call in the records was told of it",
    """SELECT r.id, r.call_id FROM calls_callrecord r
       WHERE r.call_type = 'EMERGENCY' AND r.direction = 'outbound' AND NOT EXISTS (
           SELECT FROM emergency_emergencycall e WHERE e.customer_id = r.customer_id AND e.call_id = r.call_id)""",
)
