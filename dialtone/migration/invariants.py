"""What must never be so among moves: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "E1-migration",
    "a location that has moved here has a PSTN connection and had an accepted emergency address",
    """SELECT s.id FROM migration_site s JOIN locations_location l ON l.id = s.location_id
       WHERE s.state = 'moved' AND l.deleted_at IS NULL AND (l.connection = '' OR NOT EXISTS (
           SELECT FROM emergency_emergencyaddress a WHERE a.location_id = l.id AND a.is_location_default
           AND a.accepted_at <= s.moved_at))""",
)
register(
    "D4-migration",
    "a location that is to be moved is found by the sweeper, and no other is",
    "SELECT id FROM migration_site WHERE (state = 'moving') <> (due_at IS NOT NULL)",
)
register(
    "N6-migration",
    "a move's locations are its own customer's",
    """SELECT s.id FROM migration_site s JOIN locations_location l ON l.id = s.location_id
       WHERE s.customer_id <> l.customer_id""",
)

register(
    "E1-manual",
    "a location that things go to by hand has a PSTN connection and an accepted emergency address",
    """SELECT m.id FROM migration_manualmove m JOIN locations_location l ON l.id = m.new_location_id
       WHERE m.state IN ('numbers', 'people', 'services', 'close', 'undoing') AND l.deleted_at IS NULL AND (
           l.connection = '' OR NOT EXISTS (SELECT FROM emergency_emergencyaddress a
               WHERE a.location_id = l.id AND a.is_location_default AND a.state IN ('accepted', 'tested')))""",
)
register(
    "N6-manual",
    "a move by hand stays within its customer",
    """SELECT m.id FROM migration_manualmove m JOIN locations_location l ON l.id IN (m.location_id, m.new_location_id)
       WHERE m.customer_id <> l.customer_id""",
)
