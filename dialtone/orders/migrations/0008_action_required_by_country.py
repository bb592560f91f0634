"""Australia and New Zealand do not know the status Action Required (STAT-07): what waits for the customer there is pending."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0007_sealed_identity")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="caseorder",
            name="says_action_required",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunSQL(
            """UPDATE orders_caseorder SET says_action_required = false WHERE country IN ('AU', 'NZ');
               UPDATE orders_order SET status = 'pending' WHERE status = 'action_required' AND id IN (
                   SELECT order_id FROM orders_caseorder WHERE NOT says_action_required)""",
            migrations.RunSQL.noop,
        ),
    ]
