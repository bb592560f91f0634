"""A command says what it is about and whether its answer was heard; people answer by hand, number by number."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import append_only, grant

# References of orders and ports have always named them.
ABOUT = """UPDATE carriers_command SET about_id = split_part(reference, ':', 2)::uuid,
    about_kind = CASE split_part(reference, ':', 1) WHEN 'line' THEN 'order' ELSE 'port_order' END
    WHERE reference ~ '^(line|port):[0-9a-f]{8}-[0-9a-f-]{27}(:|$)'"""
RELEASES = """UPDATE carriers_command SET about_kind = 'number', about_id = split_part(reference, ':', 2)::uuid
    WHERE kind = 'release' AND reference ~ '^release:[0-9a-f]{8}-[0-9a-f-]{27}$'"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("carriers", "0003_ports")]

    operations: ClassVar = [
        migrations.AddField(
            "command", "about_kind", models.CharField(blank=True, db_default="", max_length=40)
        ),
        migrations.AddField("command", "about_id", models.UUIDField(null=True)),
        migrations.AddField("command", "heard_at", models.DateTimeField(null=True)),
        migrations.AddIndex("command", models.Index(fields=["about_id"], name="carriers_command_about")),
        migrations.RunSQL(ABOUT, migrations.RunSQL.noop),
        migrations.RunSQL(RELEASES, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="DeskAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("e164", models.CharField(max_length=16)),
                ("done", models.BooleanField()),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("answered_at", models.DateTimeField()),
                ("answered_by", models.UUIDField(null=True)),
                ("answered_by_name", models.CharField(max_length=160)),
                (
                    "command",
                    models.ForeignKey(on_delete=models.deletion.PROTECT, to="carriers.command"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("command", "e164"), name="carriers_deskanswer_once")
                ],
            },
        ),
        grant("carriers_deskanswer", operator="SELECT, INSERT"),
        append_only("carriers_deskanswer"),
    ]
