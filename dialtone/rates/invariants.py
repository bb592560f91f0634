"""What must never be so about prices and rated calls: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "M6-price",
    "a rated call has the price that was in force when it began, in the currency of its list",
    """SELECT r.id FROM rates_ratedcall r JOIN rates_callprice p ON p.id = r.price_id
       JOIN rates_pricelist l ON l.id = p.price_list_id
       WHERE p.from_at > r.started_at OR p.is_ended OR l.currency <> r.currency OR l.is_wholesale
       OR '+' || p.prefix <> left(r.called, length(p.prefix) + 1)""",
)
register(
    "M6-wholesale",
    "a call is rated for a partner at the price in force when it began, of the partner's wholesale list or the operator's",
    """SELECT r.id FROM rates_wholesalecall r LEFT JOIN rates_callprice p ON p.id = r.price_id
       LEFT JOIN rates_pricelist l ON l.id = p.price_list_id
       WHERE r.basis <> 'priced' OR l.id IS NULL OR p.from_at > r.started_at OR p.is_ended OR l.currency <> r.currency
       OR '+' || p.prefix <> left(r.called, length(p.prefix) + 1)
       OR (l.partner_id IS NOT NULL AND (NOT l.is_wholesale OR l.partner_id <> r.partner_id))""",
)
register(
    "M6-known",
    "a rated call is of a customer that there is, at a price that there is",
    """SELECT r.id FROM rates_ratedcall r LEFT JOIN rates_callprice p ON p.id = r.price_id
       LEFT JOIN people_organisation o ON o.partner_id = r.partner_id AND o.customer_id = r.customer_id
       WHERE o.id IS NULL OR (r.price_id IS NOT NULL AND p.id IS NULL)
       UNION ALL SELECT r.id FROM rates_wholesalecall r
       LEFT JOIN people_organisation o ON o.partner_id = r.partner_id AND o.customer_id = r.customer_id
       WHERE o.id IS NULL""",
)
register(
    "M6-parked",
    "a call is rated or waits for a price, never both, for each of its buyers",
    """SELECT u.id FROM rates_unpricedcall u JOIN rates_ratedcall r
       ON r.call_id = u.call_id AND r.rating_version = u.rating_version WHERE u.settled_at IS NULL
       UNION ALL SELECT u.id FROM rates_wholesaleparked u JOIN rates_wholesalecall r
       ON r.call_id = u.call_id AND r.rating_version = u.rating_version WHERE u.settled_at IS NULL""",
)
register(
    "M11",
    "calls that are free by rule or were not answered cost nothing",
    "SELECT id FROM rates_ratedcall WHERE amount <> 0 AND (basis <> 'priced' OR seconds = 0)",
)
