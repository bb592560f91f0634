"""What must never be so among locations: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "N6-locations",
    "a location's contract, draft and subscription are its own customer's",
    """SELECT c.id FROM locations_contract c JOIN locations_location l ON l.id = c.location_id
       WHERE (c.customer_id, c.partner_id) <> (l.customer_id, l.partner_id)
       UNION ALL SELECT d.id FROM locations_draft d JOIN locations_location l ON l.id = d.location_id
       WHERE d.customer_id <> l.customer_id
       UNION ALL SELECT l.id FROM locations_location l JOIN plans_subscription s ON s.id = l.subscription_id
       WHERE s.customer_id <> l.customer_id""",
)
register(
    "N6-deleted",
    "a deleted location holds no number and no line",
    """SELECT l.id, l.name FROM locations_location l WHERE l.deleted_at IS NOT NULL AND (
           EXISTS (SELECT FROM numbers_number n WHERE n.location_id = l.id AND n.state IN ('pending',
           'inactive', 'active', 'connected')) OR EXISTS (SELECT FROM numbers_line x WHERE x.location_id = l.id))""",
)
register(
    "LOC-06",
    "a signed contract says who signed, as what and when, and its link is dead",
    """SELECT id FROM locations_contract WHERE state = 'signed'
       AND (signed_name = '' OR signed_title = '' OR signed_at IS NULL OR link_digest <> '')""",
)
