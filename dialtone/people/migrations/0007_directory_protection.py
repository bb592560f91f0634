"""Rights and row-level security of directory entries and groups; a member is of the group's own customer."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from dialtone.base.protection import of_known_tenant, protect, referable, same_customer


class Migration(migrations.Migration):
    dependencies: ClassVar = [("people", "0006_directory")]

    operations: ClassVar = [
        referable("people_person"),
        referable("people_group"),
        protect("people_directoryentry"),
        protect("people_group"),
        protect("people_membership"),
        of_known_tenant("people_directoryentry"),
        of_known_tenant("people_group"),
        same_customer("people_directoryentry", "person_id", "people_person"),
        same_customer("people_membership", "person_id", "people_person"),
        same_customer("people_membership", "group_id", "people_group"),
    ]
