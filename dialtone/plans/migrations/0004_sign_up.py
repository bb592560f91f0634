"""Who is about to buy, before there is a customer: a table of no tenant."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

import dialtone.base.ids
from dialtone.base.protection import grant


class Migration(migrations.Migration):
    dependencies: ClassVar = [("plans", "0003_one_living"), ("people", "0002_protection")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="SignUp",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organisation", models.CharField(max_length=120)),
                ("country", models.CharField(max_length=2)),
                ("name", models.CharField(max_length=160)),
                ("email", models.EmailField(max_length=254)),
                ("language", models.CharField(max_length=10)),
                ("quantity", models.IntegerField()),
                ("password", models.CharField(max_length=128)),
                ("code_digest", models.CharField(max_length=64)),
                ("letters", models.IntegerField(default=0)),
                ("wrong", models.IntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField()),
                ("erase_at", models.DateTimeField()),
            ],
        ),
        grant("plans_signup", door="SELECT, INSERT, UPDATE, DELETE", operator="SELECT, DELETE"),
    ]
