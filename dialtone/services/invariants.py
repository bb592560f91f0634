"""What must never be so in this room: each query must return no row."""

from __future__ import annotations

from dialtone.base.invariants import register

register(
    "N11",
    "nobody who is gone has a line or a licence unit",
    """SELECT x.id, x.owner_name FROM numbers_line x JOIN people_person p ON p.id = x.owner_id WHERE NOT p.is_active
       UNION ALL SELECT u.id, u.item FROM plans_licenceuse u JOIN people_person p ON p.id = u.holder_id
       WHERE u.until_at IS NULL AND NOT p.is_active
       UNION ALL SELECT x.id, x.owner_name FROM numbers_line x WHERE x.owner_kind = 'workspace'
         AND NOT EXISTS (SELECT FROM services_workspace w WHERE w.id = x.owner_id)
       UNION ALL SELECT x.id, x.owner_name FROM numbers_line x WHERE x.owner_kind = 'virtual_line'
         AND NOT EXISTS (SELECT FROM services_virtualline v WHERE v.id = x.owner_id)
       UNION ALL SELECT x.id, x.owner_name FROM numbers_line x WHERE x.owner_kind = 'phone_menu'
         AND NOT EXISTS (SELECT FROM services_phonemenu m WHERE m.id = x.owner_id)
       UNION ALL SELECT x.id, x.owner_name FROM numbers_line x WHERE x.owner_kind IN ('hunt_group', 'queue')
         AND NOT EXISTS (SELECT FROM services_callgroup g WHERE g.id = x.owner_id)
       UNION ALL SELECT x.id, x.owner_name FROM numbers_line x WHERE x.owner_kind = 'contact_center'
         AND NOT EXISTS (SELECT FROM services_contactcenter c WHERE c.id = x.owner_id)
       UNION ALL SELECT m.id, p.display_name FROM services_member m JOIN people_person p ON p.id = m.member_id
       WHERE NOT p.is_active""",
)
register(
    "USE-07",
    "no contact centre has a number at a location on calling plans",
    """SELECT x.id, x.owner_name FROM numbers_line x JOIN locations_location l ON l.id = x.location_id
       WHERE x.owner_kind = 'contact_center' AND l.connection = 'calling_plan'""",
)
