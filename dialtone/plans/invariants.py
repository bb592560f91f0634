"""What must never be so among subscriptions and licences: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "ACC-08",
    "a customer on trial holds at most ten standard numbers",
    """SELECT s.customer_id, count(*) FROM plans_subscription s JOIN numbers_number n ON n.customer_id = s.customer_id
       WHERE s.kind = 'trial' AND s.ended_at IS NULL AND n.kind = 'standard'
         AND n.state IN ('pending', 'inactive', 'active')
       GROUP BY s.customer_id HAVING count(*) > 10""",
)
register(
    "ACC-14",
    "a converted subscription has a committed calling plan licence",
    """SELECT s.id FROM plans_subscription s WHERE s.converted_at IS NOT NULL AND NOT EXISTS (
           SELECT FROM plans_licence l
           WHERE l.subscription_id = s.id AND l.committed AND l.item = 'outbound_calling_plan')""",
)
register(
    "D4-trials",
    "a living trial has a due time, and an ended one has none",
    """SELECT id, state FROM plans_subscription
       WHERE kind = 'trial' AND (ended_at IS NULL) <> (due_at IS NOT NULL)""",
)
register(
    "N6-licences",
    "a licence belongs to the customer of its subscription",
    """SELECT l.id FROM plans_licence l JOIN plans_subscription s ON s.id = l.subscription_id
       WHERE (l.customer_id, l.partner_id) <> (s.customer_id, s.partner_id)""",
)
register(
    "plans-units",
    "no more units of a licence are in use than were bought",
    """SELECT u.customer_id, u.item, count(*) FROM plans_licenceuse u WHERE u.until_at IS NULL
       GROUP BY u.customer_id, u.item
       HAVING count(*) > (SELECT coalesce(sum(l.quantity), 0) FROM plans_licence l
                          WHERE l.customer_id = u.customer_id AND l.item = u.item)""",
)
