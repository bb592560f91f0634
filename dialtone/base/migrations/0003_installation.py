"""The row that says what this database belongs to."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import grant


class Migration(migrations.Migration):
    dependencies: ClassVar = [("base", "0002_protection")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("only", models.SmallIntegerField(default=1, unique=True)),
                ("is_sandbox", models.BooleanField()),
                ("begun_at", models.DateTimeField()),
                ("key_checks", models.JSONField()),
                ("app_version", models.CharField(max_length=40)),
                ("restored_from", models.DateTimeField(null=True)),
                ("audit_due_at", models.DateTimeField(null=True)),
                ("audited_at", models.DateTimeField(null=True)),
                ("audit_seconds", models.FloatField(null=True)),
                ("violations", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("only", 1)), name="base_installation_one")
                ]
            },
        ),
        grant("base_installation", operator="SELECT, INSERT, UPDATE"),
        # What `dialtone status` and the monitoring tell: whether the schema is this version's, and who works.
        migrations.RunSQL(
            "GRANT SELECT ON django_migrations TO dialtone_operator, dialtone_auditor;"
            "GRANT SELECT ON procrastinate_workers TO dialtone_auditor",
            "REVOKE SELECT ON django_migrations FROM dialtone_operator, dialtone_auditor;"
            "REVOKE SELECT ON procrastinate_workers FROM dialtone_auditor",
        ),
    ]
