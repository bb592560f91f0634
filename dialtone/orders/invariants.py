"""What must never be so among orders."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "N7",
    "numbers delivered by an order are those of its fulfilled lines, and ended orders have only ended lines",
    """SELECT l.id, l.state FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
       WHERE o.ended_at IS NOT NULL AND l.state NOT IN ('fulfilled', 'failed', 'cancelled', 'partial')
       UNION ALL
       SELECT l.id, l.state FROM orders_orderline l
       WHERE l.state = 'fulfilled' AND EXISTS (SELECT FROM unnest(l.e164s) e WHERE NOT EXISTS (
           SELECT FROM numbers_number n WHERE n.order_id = l.order_id AND n.e164 = e
           AND n.state IN ('inactive', 'active', 'released', 'left')))""",
)
register(
    "O1",
    "the stored status of an order is the one its lines give",
    """SELECT o.id, o.status FROM orders_order o JOIN LATERAL (
           SELECT bool_and(l.state = 'fulfilled') AS all_done,
                  bool_or(l.state IN ('failed', 'partial')) AS some_failed
           FROM orders_orderline l WHERE l.order_id = o.id) x ON true
       LEFT JOIN orders_caseorder c ON c.order_id = o.id
       WHERE o.status <> CASE WHEN x.some_failed THEN 'error' WHEN x.all_done THEN 'provisioned'
           WHEN c.lacks AND c.says_action_required AND o.ended_at IS NULL THEN 'action_required' ELSE 'pending' END""",
)
register(
    "O2",
    "an order by support case lacks something exactly when a paper, an answer or the information for help is missing",
    """SELECT c.order_id, c.lacks FROM orders_caseorder c WHERE c.lacks <> (
           c.asked <> '' OR (c.needs_emergency_information AND c.emergency_information = '')
           OR EXISTS (SELECT FROM unnest(c.wanted_papers) k WHERE NOT EXISTS (
               SELECT FROM orders_casepaper p WHERE p.order_id = c.order_id AND p.is_current AND p.kind = k
               AND p.state IN ('given', 'approved'))))""",
)
register(
    "O3",
    "numbers of an order by support case came only after every paper was approved",
    """SELECT o.id, p.kind FROM orders_order o JOIN orders_caseorder c ON c.order_id = o.id
       JOIN orders_casepaper p ON p.order_id = o.id AND p.is_current
       WHERE o.status = 'provisioned' AND p.kind = ANY (c.wanted_papers) AND p.state <> 'approved'""",
)
register(
    "D4-orders",
    "every order that has not ended has a due time",
    "SELECT id, number FROM orders_order WHERE ended_at IS NULL AND due_at IS NULL",
)
