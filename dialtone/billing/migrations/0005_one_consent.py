"""Credit notes are asked for and consented to as everything else that takes two persons is (people/approvals.py); what waits goes there."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

_WAITING = """
INSERT INTO people_approval (id, partner_id, customer_id, kind, asked, digest, count, state, asked_at, asked_by, asked_by_name,
                             due_at, decided_by_name, note, version)
SELECT c.id, NULL, NULL, 'credit_note',
       jsonb_build_object('invoice', i.id::text, 'request_key', c.request_key,
                          'number', i.series || '-' || lpad(i.number::text, 6, '0'),
                          'amount', trim_scale(c.amount)::text, 'currency', i.currency, 'reason', c.reason),
       encode(sha256(convert_to(c.id::text, 'UTF8')), 'hex'), 1, 'waiting', c.asked_at, c.asked_by, c.asked_by_name,
       c.asked_at + interval '7 days', '', '', 1
FROM billing_correction c JOIN billing_invoice i ON i.id = c.invoice_id WHERE c.state = 'waiting'
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0004_corrections_protection"), ("people", "0005_set_up")]

    operations: ClassVar = [
        migrations.RunSQL(_WAITING, migrations.RunSQL.noop),
        migrations.DeleteModel("Correction"),
    ]
