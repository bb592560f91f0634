"""What must never be so about emergency addresses (life)."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "E1",
    "every number able to place calls shows exactly one accepted address at every instant, and no longer than it calls",
    """SELECT n.id, n.e164 FROM numbers_number n WHERE n.calls_during IS NOT NULL AND NOT coalesce((
           SELECT range_agg(c.during) * tstzmultirange(tstzrange(lower(n.calls_during), NULL))
                  = tstzmultirange(n.calls_during)
           FROM emergency_coverage c
           JOIN emergency_emergencyaddress a ON a.id = c.address_id AND a.accepted_at IS NOT NULL
           WHERE c.number_id = n.id), false)
       UNION ALL SELECT n.id, n.e164 FROM numbers_number n JOIN emergency_coverage c ON c.number_id = n.id
       WHERE n.calls_during IS NULL AND upper_inf(c.during)""",
)
register(
    "E1-state",
    "a number is active exactly while it may place calls",
    """SELECT id, e164 FROM numbers_number
       WHERE (state = 'active') <> (calls_during IS NOT NULL AND upper_inf(calls_during))""",
)
register(
    "E2",
    "an address that a number shows is in effect",
    """SELECT a.id, a.state FROM emergency_coverage c JOIN emergency_emergencyaddress a ON a.id = c.address_id
       WHERE upper_inf(c.during) AND a.state NOT IN ('accepted', 'tested') AND NOT (a.state = 'leaving' AND EXISTS (
           SELECT FROM emergency_registration r WHERE r.number_id = c.number_id AND r.address_id <> a.id
           AND r.state IN ('asked', 'refused') AND r.asked_at >= lower(c.during)))""",
)
register(
    "E1-registered",
    "a number that can call shows an address that its carrier has accepted for it, or vouches for",
    """SELECT n.id, n.e164 FROM emergency_coverage c JOIN numbers_number n ON n.id = c.number_id
       WHERE upper_inf(c.during) AND NOT EXISTS (
           SELECT FROM emergency_registration r WHERE r.number_id = c.number_id AND r.address_id = c.address_id
           AND r.carrier = n.carrier AND (r.state = 'accepted' OR r.state = 'vouched' AND r.carrier = 'sandbox'))""",
)
register(
    "D4-registrations",
    "a carrier that was asked about an emergency address has a command whose answer will be heard",
    """SELECT r.id, r.reference FROM emergency_registration r WHERE r.state = 'asked' AND NOT EXISTS (
           SELECT FROM carriers_command k WHERE k.carrier = r.carrier AND k.reference = r.reference
           AND k.heard_at IS NULL AND k.due_at IS NOT NULL)""",
)
register(
    "D4-addresses",
    "an address that waits for us has a due time; one that was kept by its customer waits for the desk",
    """SELECT id FROM emergency_emergencyaddress
       WHERE state = 'entered' AND due_at IS NULL
          OR state NOT IN ('entered', 'located', 'suggested', 'unknown') AND due_at IS NOT NULL""",
)
register(
    "E1-default",
    "a number shows its own address, or the default of its location, unless its carrier has not accepted that yet",
    """SELECT n.id, n.e164 FROM emergency_coverage c JOIN numbers_number n ON n.id = c.number_id
       JOIN emergency_emergencyaddress a ON a.id = c.address_id
       WHERE upper_inf(c.during)
         AND NOT (coalesce(a.number_id = n.id, false) OR (a.is_location_default AND a.location_id = n.location_id))
         AND NOT EXISTS (SELECT FROM emergency_registration r WHERE r.number_id = n.id
                         AND r.state IN ('asked', 'refused') AND r.asked_at >= lower(c.during))""",
)
register(
    "E5",
    "the sandbox carrier holds the address that we hold, once it was told",
    """SELECT n.id, n.e164 FROM emergency_coverage c JOIN numbers_number n ON n.id = c.number_id
       JOIN emergency_emergencyaddress a ON a.id = c.address_id LEFT JOIN carriers_sandboxrecord r ON r.e164 = n.e164
       WHERE upper_inf(c.during) AND n.carrier = 'sandbox' AND r.facts -> 'emergency_address' IS DISTINCT FROM a.address
         AND NOT EXISTS (SELECT FROM carriers_command k WHERE k.kind = 'set_emergency_address'
                         AND k.state <> 'done' AND k.asked -> 'e164s' ? n.e164)""",
)
register(
    "E7",
    "what was accepted says when and by whom",
    """SELECT id FROM emergency_emergencyaddress
       WHERE state IN ('accepted', 'tested') AND (accepted_at IS NULL OR accepted_by = '')""",
)
register(
    "E8",
    "an address in effect was matched exactly, or accepted by a named person",
    """SELECT id FROM emergency_emergencyaddress WHERE accepted_at IS NOT NULL AND suggestion IS NULL
         AND NOT (checks @> '[{"answer": "exact"}]' OR accepted_by <> carrier)""",
)
register(
    "H37",
    "an own address belongs to who has the number",
    """SELECT a.id, n.e164 FROM emergency_emergencyaddress a JOIN numbers_number n ON n.id = a.number_id
       WHERE a.state IN ('accepted', 'tested') AND NOT EXISTS (
           SELECT FROM numbers_line x WHERE x.number_id = a.number_id AND x.owner_id = a.owner_id)""",
)
register(
    "N6-emergency",
    "number, address and location of a coverage are one customer's",
    """SELECT c.id FROM emergency_coverage c JOIN numbers_number n ON n.id = c.number_id
       JOIN emergency_emergencyaddress a ON a.id = c.address_id JOIN locations_location l ON l.id = a.location_id
       WHERE (c.customer_id, c.customer_id, c.customer_id) <> (n.customer_id, a.customer_id, l.customer_id)""",
)
register(
    "E6",
    "an emergency call from where the law demands it has told somebody, unless it was heard of too late to matter",
    """SELECT id, call_id FROM emergency_emergencycall WHERE notices = 0 AND is_demanded AND NOT is_late""",
)
register(
    "E4-callback",
    "a number that was chosen to be called back is stored for somebody of the same customer and location",
    """SELECT c.id, c.subject_kind FROM emergency_callbackchoice c
       WHERE (c.selected = 'LOCATION_MEMBER_NUMBER') <> (c.member_id IS NOT NULL)
          OR c.member_id = c.subject_id
          OR (c.subject_kind = 'location') <> (c.selected IN ('LOCATION_NUMBER', 'LOCATION_MEMBER_NUMBER')
              AND c.subject_id = c.location_id)
          OR EXISTS (SELECT FROM numbers_line x WHERE x.owner_id = c.member_id AND x.customer_id <> c.customer_id)""",
)
