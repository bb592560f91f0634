"""Cases by what they are about: a list of invoices asks it for each of its rows. Without a lock that anybody waits for (D6)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies: ClassVar = [("support", "0005_organisations_papers")]

    operations: ClassVar = [
        AddIndexConcurrently(
            model_name="case",
            index=models.Index(
                condition=models.Q(subject_id__isnull=False),
                fields=["subject_id"],
                name="support_case_subject",
            ),
        ),
    ]
