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
           AND n.state IN ('inactive', 'active', 'released')))""",
)
register(
    "O1",
    "the stored status of an order is the one its lines give",
    """SELECT o.id, o.status FROM orders_order o JOIN LATERAL (
           SELECT bool_and(l.state = 'fulfilled') AS all_done,
                  bool_or(l.state IN ('failed', 'partial')) AS some_failed
           FROM orders_orderline l WHERE l.order_id = o.id) x ON true
       WHERE o.status <> CASE WHEN x.some_failed THEN 'error' WHEN x.all_done THEN 'provisioned' ELSE 'pending' END""",
)
register(
    "D4-orders",
    "every order that has not ended has a due time",
    "SELECT id, number FROM orders_order WHERE ended_at IS NULL AND due_at IS NULL",
)
