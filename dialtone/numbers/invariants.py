"""What must never be so among numbers: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "N1",
    "a number has at most one owner at any instant",
    """SELECT a.id, a.e164 FROM numbers_number a JOIN numbers_number b
       ON a.e164 = b.e164 AND a.id < b.id AND a.owned_during && b.owned_during""",
)
register(
    "N2",
    "folding a number's history gives its present state",
    """SELECT n.id, n.e164, n.state FROM numbers_number n
       LEFT JOIN LATERAL (SELECT to_state FROM base_move m WHERE m.subject_id = n.id ORDER BY m.id DESC LIMIT 1) last
       ON true WHERE last.to_state IS DISTINCT FROM n.state""",
)
register(
    "N5",
    "the members of a block that came and have not left are all held or all given back",
    """SELECT b.id, b.first FROM numbers_block b JOIN numbers_number n ON n.block_id = b.id
       GROUP BY b.id, b.first
       HAVING count(*) FILTER (WHERE n.state = 'released') NOT IN
              (0, count(*) FILTER (WHERE n.state NOT IN ('failed', 'cancelled', 'left')))""",
)
register(
    "N6",
    "a number's customer is its location's customer, and its line's",
    """SELECT n.id, n.e164 FROM numbers_number n JOIN locations_location l ON l.id = n.location_id
       WHERE l.customer_id <> n.customer_id OR l.partner_id <> n.partner_id
       UNION ALL SELECT n.id, n.e164 FROM numbers_number n JOIN numbers_line x ON x.number_id = n.id
       WHERE x.customer_id <> n.customer_id""",
)
register(
    "N8",
    "every number is canonical E.164",
    r"SELECT id, e164 FROM numbers_number WHERE e164 !~ '^\+[1-9][0-9]{1,14}$'",
)
register(
    "N10",
    "an assigned number is held",
    """SELECT n.id, n.e164 FROM numbers_line x JOIN numbers_number n ON n.id = x.number_id
       WHERE n.state NOT IN ('pending', 'inactive', 'active', 'connected')""",
)
register(
    "N12",
    "a number is connected only where another provider carries its calls",
    """SELECT n.id, n.e164 FROM numbers_number n WHERE n.state = 'connected' AND (n.carrier <> '' OR n.calls_during IS NOT NULL)
       UNION ALL SELECT n.id, n.e164 FROM numbers_number n WHERE n.state = 'active' AND n.carrier = ''""",
)
register(
    "NUM-09",
    "a service number belongs to a phone menu, a queue or a contact centre, or to nobody",
    """SELECT n.id, n.e164 FROM numbers_number n JOIN numbers_line x ON x.number_id = n.id
       WHERE n.usage = 'service' AND x.owner_kind NOT IN ('phone_menu', 'queue', 'contact_center')""",
)
register(
    "NUM-10",
    "a number that is shown for calls of somebody is held by the same customer, and chosen",
    """SELECT c.id, n.e164 FROM numbers_calleridchoice c LEFT JOIN numbers_number n ON n.id = c.number_id
       WHERE (c.selected = 'CUSTOM' AND n.id IS NULL)
          OR n.customer_id <> c.customer_id OR n.state NOT IN ('pending', 'inactive', 'active', 'connected')""",
)
