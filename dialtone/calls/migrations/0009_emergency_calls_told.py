"""Emergency calls of records that were taken in before anybody was told of such calls: written down as heard of too late."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

WRITE_DOWN = """INSERT INTO emergency_emergencycall (id, partner_id, customer_id, call_id, at, code, caller, callback, address,
        number_id, location_id, reported_by, reported_at, notices, is_demanded, is_late)
    SELECT gen_random_uuid(), partner_id, customer_id, call_id, started_at, called, caller, '', '', number_id, location_id,
        'record', taken_at, 0, false, true
    FROM calls_callrecord WHERE call_type = 'EMERGENCY' AND direction = 'outbound'
    ON CONFLICT (customer_id, call_id) DO NOTHING"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("calls", "0008_rate_due"), ("emergency", "0007_callbacks_protection")]

    operations: ClassVar = [
        migrations.RunSQL(WRITE_DOWN, migrations.RunSQL.noop),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
    ]
