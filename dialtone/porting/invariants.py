"""What must never be so among ports: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "P1",
    "an order completes at most once, and its moved numbers are the customer's live numbers since",
    """SELECT subject_id, count(*)::text FROM base_event WHERE kind = 'port_order.completed'
       GROUP BY subject_id HAVING count(*) > 1
       UNION ALL
       SELECT p.order_id, p.e164 FROM porting_portnumber p WHERE p.state = 'completed' AND NOT EXISTS (
           SELECT FROM numbers_number n WHERE n.order_id = p.order_id AND n.e164 = p.e164
           AND n.customer_id = p.customer_id AND n.state IN ('inactive', 'active', 'released', 'left'))""",
)
register(
    "P2",
    "a number is held by at most one open port order, and only by open ones",
    """SELECT min(p.id::text), p.e164 FROM porting_portnumber p WHERE p.holds GROUP BY p.e164 HAVING count(*) > 1
       UNION ALL
       SELECT p.id::text, p.e164 FROM porting_portnumber p JOIN porting_portorder o ON o.id = p.order_id
       WHERE p.holds AND (o.ended_at IS NOT NULL OR p.state <> 'open')
       UNION ALL
       SELECT p.id::text, p.e164 FROM porting_portnumber p JOIN porting_portorder o ON o.id = p.order_id
       WHERE NOT p.holds AND p.state = 'open' AND o.attempt > 0""",
)
register(
    "P3",
    "an order under way has a letter that stands and covers exactly its open numbers, and no paper that is held back",
    """SELECT o.id, o.number FROM porting_portorder o WHERE o.ended_at IS NULL AND o.attempt > 0
         AND o.status NOT IN ('rejected') AND NOT EXISTS (
             SELECT FROM porting_portnumber p WHERE p.order_id = o.id AND p.state <> 'open')
         AND NOT EXISTS (
             SELECT FROM porting_letter l WHERE l.order_id = o.id AND l.state = 'signed' AND l.covers = encode(sha256(
                 convert_to((SELECT string_agg(p.e164, ',' ORDER BY p.e164 COLLATE "C") FROM porting_portnumber p
                             WHERE p.order_id = o.id AND p.state = 'open'), 'UTF8')), 'hex'))
       UNION ALL
       SELECT o.id, o.number FROM porting_portorder o JOIN porting_portpaper q ON q.order_id = o.id
       WHERE o.ended_at IS NULL AND o.attempt > 0 AND q.is_current AND q.is_held AND q.kind <> 'other'""",
)
register(
    "P5",
    "every open port order has a next look",
    "SELECT id, number FROM porting_portorder WHERE ended_at IS NULL AND due_at IS NULL",
)
register(
    "P7",
    "a number that is still being ported has not been delivered",
    """SELECT n.id, n.e164 FROM numbers_number n JOIN porting_portnumber p
       ON p.order_id = n.order_id AND p.e164 = n.e164
       WHERE n.source = 'port' AND p.state <> 'completed' AND n.provisioned_at IS NOT NULL""",
)
register(
    "P9",
    "completed, failed, canceled and open numbers of a port order are all numbers that were ordered",
    """SELECT o.id, o.number FROM porting_portorder o
       WHERE o.quantity <> (SELECT count(*) FROM porting_portnumber p WHERE p.order_id = o.id)
       UNION ALL
       SELECT o.id, o.number FROM porting_portorder o WHERE o.ended_at IS NOT NULL AND EXISTS (
           SELECT FROM porting_portnumber p WHERE p.order_id = o.id AND p.state = 'open')""",
)
register(
    "P10",
    "the stored status of a port order is the one its facts give, and its last recorded move",
    """SELECT o.id, o.number FROM porting_portorder o
       WHERE o.status <> CASE
           WHEN o.end_reason <> '' OR (o.attempt > 0 AND NOT EXISTS (
                   SELECT FROM porting_portnumber p WHERE p.order_id = o.id AND p.state = 'open'))
               THEN CASE WHEN EXISTS (SELECT FROM porting_portnumber p WHERE p.order_id = o.id AND p.state = 'completed')
                         THEN 'completed' ELSE 'canceled' END
           WHEN o.attempt = 0 THEN 'pending' WHEN o.rejected_at IS NOT NULL THEN 'rejected'
           WHEN o.foc_on IS NOT NULL THEN 'foc_received' WHEN o.accepted_at IS NOT NULL THEN 'submitted'
           ELSE 'pending' END
       UNION ALL
       SELECT o.id, o.number FROM porting_portorder o LEFT JOIN LATERAL (
           SELECT to_state FROM base_move m WHERE m.subject_id = o.id AND m.subject_kind = 'port_order'
           ORDER BY m.id DESC LIMIT 1) last ON true
       WHERE last.to_state IS DISTINCT FROM o.status""",
)
register(
    "P8",
    "a number was agreed to only while unlocked, asked for rightly, and by a named person; its holder was told of every request",
    """SELECT n.id, n.e164 FROM porting_portoutnumber n JOIN porting_portout r ON r.id = n.request_id
       WHERE n.agreed_at IS NOT NULL AND (
           r.answered_by_name = '' OR n.checks->>'may_agree' IS DISTINCT FROM 'true' OR n.checks->>'pin' NOT IN ('ok', 'not_asked')
           OR NOT EXISTS (
               SELECT FROM porting_unlockednumber u WHERE u.e164 = n.e164 AND u.customer_id = n.customer_id
               AND u.unlocked_at <= n.agreed_at AND (u.locked_at IS NULL OR u.locked_at >= n.agreed_at)))
       UNION ALL
       SELECT r.id, r.number FROM porting_portout r WHERE NOT EXISTS (
           SELECT FROM base_event e WHERE e.subject_id = r.id AND e.kind = 'port_out.asked')""",
)
register(
    "P8-left",
    "a number leaves only after it was agreed to, and then nobody of ours owns it, calls with it, or shows an address for it",
    """SELECT n.id, n.e164 FROM porting_portoutnumber n WHERE n.state = 'left' AND (n.agreed_at IS NULL OR EXISTS (
           SELECT FROM numbers_number m WHERE m.e164 = n.e164 AND m.customer_id = n.customer_id
           AND m.owned_during @> n.left_at))
       UNION ALL
       SELECT m.id, m.e164 FROM numbers_number m WHERE m.state = 'left' AND NOT EXISTS (
           SELECT FROM porting_portoutnumber n WHERE n.e164 = m.e164 AND n.customer_id = m.customer_id
           AND n.left_at = upper(m.owned_during))""",
)
register(
    "P8-due",
    "every open request of another carrier has a next look, and its state is the one its numbers give",
    """SELECT r.id, r.number FROM porting_portout r WHERE (r.state IN ('asked', 'agreed')) <> (r.due_at IS NOT NULL)
       UNION ALL
       SELECT r.id, r.number FROM porting_portout r WHERE r.state <> coalesce((
           SELECT CASE WHEN bool_or(n.state = 'asked') THEN 'asked' WHEN bool_or(n.state = 'agreed') THEN 'agreed'
                       WHEN bool_or(n.state = 'left') THEN 'left' WHEN bool_or(n.state = 'withdrawn') THEN 'withdrawn'
                       ELSE 'refused' END
           FROM porting_portoutnumber n WHERE n.request_id = r.id), '')
       UNION ALL
       SELECT m.id, m.e164 FROM numbers_number m WHERE m.is_leaving <> EXISTS (
           SELECT FROM porting_portoutnumber n WHERE n.e164 = m.e164 AND n.customer_id = m.customer_id
           AND n.state IN ('asked', 'agreed')) AND m.state IN ('inactive', 'active')""",
)
