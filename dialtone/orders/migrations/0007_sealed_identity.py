"""Identity fields of orders by support case are encrypted, and erased with the papers (H16)."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import migrations, models

from dialtone.base import crypt

PURPOSE = "case_identity"


def seal(apps: Any, schema_editor: Any) -> None:
    """As `orders/case_identity.py` does. Orders that have ended get the day on which their papers go."""
    documents: Any = apps.get_model("base", "Document")._base_manager
    for found in apps.get_model("orders", "CaseOrder")._base_manager.all().iterator():
        text = json.dumps(found.identity, ensure_ascii=False, separators=(",", ":"))
        found.sealed_identity = crypt.wrap(text.encode(), PURPOSE, str(found.order_id))
        papers = documents.filter(subject_id=found.order_id, erase_at__isnull=False)
        found.identity_erase_at = papers.values_list("erase_at", flat=True).order_by("erase_at").first()
        found.save(update_fields=["sealed_identity", "identity_erase_at"])


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0006_longer_reasons"), ("base", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField("caseorder", "sealed_identity", models.BinaryField(null=True)),
        migrations.AddField("caseorder", "identity_erase_at", models.DateTimeField(null=True)),
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RemoveField("caseorder", "identity"),
    ]
