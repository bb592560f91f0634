"""What ports store."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import dialtone.base.ids
import dialtone.base.tenancy


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="NumberLock",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("e164", models.CharField(db_collation="C", max_length=16)),
                ("unlocked_at", models.DateTimeField()),
                ("unlocked_by", models.UUIDField(null=True)),
                ("unlocked_by_name", models.CharField(blank=True, max_length=160)),
                ("approved_by", models.UUIDField(null=True)),
                ("until", models.DateTimeField()),
                ("locked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("locked_at__isnull", True)),
                        fields=("e164",),
                        name="porting_numberlock_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PortOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("group_id", models.UUIDField()),
                ("split_from", models.UUIDField(null=True)),
                ("split_accepted", models.BooleanField(default=False)),
                ("location_id", models.UUIDField()),
                ("location_name", models.CharField(max_length=80)),
                ("country", models.CharField(max_length=2)),
                ("zone", models.CharField(max_length=60)),
                ("subdivision", models.CharField(blank=True, max_length=6)),
                ("port_type", models.CharField(blank=True, max_length=20)),
                ("line_type", models.CharField(blank=True, max_length=20)),
                ("add_as", models.CharField(default="standard", max_length=20)),
                ("carrier", models.CharField(max_length=30)),
                ("losing_carrier", models.CharField(blank=True, max_length=80)),
                ("account", models.JSONField(default=dict)),
                ("wrapped_pin", models.BinaryField(null=True)),
                ("wished_on", models.DateField(null=True)),
                ("wished_at", models.TimeField(null=True)),
                ("contact_email", models.CharField(blank=True, max_length=254)),
                ("step", models.CharField(default="numbers", max_length=20)),
                ("begun_by", models.UUIDField(null=True)),
                ("begun_by_name", models.CharField(max_length=160)),
                ("begun_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("attempt", models.IntegerField(default=0)),
                ("handed_in_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("rejected_at", models.DateTimeField(null=True)),
                ("waits_for_support", models.BooleanField(default=False)),
                ("support_reference", models.CharField(blank=True, max_length=60)),
                (
                    "asked_for",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("foc_on", models.DateField(null=True)),
                ("foc_slot", models.CharField(blank=True, max_length=20)),
                ("foc_starts_at", models.DateTimeField(null=True)),
                ("cancel_asked_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(blank=True, max_length=60)),
                ("status", models.CharField(max_length=20)),
                ("quantity", models.IntegerField(default=0)),
                ("due_at", models.DateTimeField(null=True)),
                ("reminders", models.SmallIntegerField(default=0)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "-begun_at"], name="porting_order_customer"),
                    models.Index(fields=["group_id"], name="porting_order_group"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="porting_order_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PortOut",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("e164", models.CharField(db_collation="C", max_length=16)),
                ("location_id", models.UUIDField()),
                ("asked_by", models.CharField(max_length=80)),
                ("reference", models.CharField(max_length=120)),
                ("authorized_name", models.CharField(blank=True, max_length=160)),
                ("asked_at", models.DateTimeField()),
                ("answer_by", models.DateTimeField()),
                ("state", models.CharField(max_length=20)),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by_name", models.CharField(blank=True, max_length=160)),
                ("leaves_on", models.DateField(null=True)),
                ("leaves_at", models.DateTimeField(null=True)),
                ("left_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer_id", "-asked_at"], name="porting_portout_customer"),
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)),
                        fields=["due_at"],
                        name="porting_portout_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("asked_by", "reference", "e164"), name="porting_portout_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PortOutPin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("hashed", models.CharField(max_length=200)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.UUIDField(null=True)),
                ("failures", models.SmallIntegerField(default=0)),
                ("blocked_until", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer_id",), name="porting_portoutpin_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="PortNumber",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("position", models.IntegerField()),
                ("e164", models.CharField(db_collation="C", max_length=16)),
                ("kind", models.CharField(max_length=20)),
                ("state", models.CharField(max_length=20)),
                ("holds", models.BooleanField(default=True)),
                ("portability", models.CharField(default="unknown", max_length=20)),
                ("not_portable_why", models.CharField(blank=True, max_length=40)),
                ("losing_carrier", models.CharField(blank=True, max_length=80)),
                ("billing_number", models.CharField(blank=True, max_length=16)),
                ("reason", models.CharField(blank=True, max_length=80)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.portorder"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["order", "position"], name="porting_portnumber_position"),
                    models.Index(fields=["customer_id", "e164"], name="porting_portnumber_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "e164"), name="porting_portnumber_once_in_order"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("holds", True)),
                        fields=("e164",),
                        name="porting_portnumber_one_open_order",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PortComment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("said_by", models.CharField(max_length=20)),
                ("author_name", models.CharField(max_length=160)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("reference", models.CharField(blank=True, max_length=120)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.portorder"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("reference", ""), _negated=True),
                        fields=("order", "reference"),
                        name="porting_portcomment_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("state", models.CharField(max_length=20)),
                ("method", models.CharField(blank=True, max_length=20)),
                ("covers", models.CharField(blank=True, max_length=64)),
                ("count", models.IntegerField(default=0)),
                ("first_name", models.CharField(blank=True, max_length=80)),
                ("last_name", models.CharField(blank=True, max_length=80)),
                ("job_title", models.CharField(blank=True, max_length=80)),
                ("signed_on", models.DateField(null=True)),
                ("signed_at", models.DateTimeField(null=True)),
                ("signed_from", models.CharField(blank=True, max_length=64)),
                ("document_id", models.UUIDField(null=True)),
                ("contact_name", models.CharField(blank=True, max_length=160)),
                ("contact_email", models.CharField(blank=True, max_length=254)),
                ("contact_language", models.CharField(blank=True, max_length=10)),
                ("link_digest", models.CharField(blank=True, max_length=64)),
                ("link_until", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.portorder"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("order",), name="porting_letter_one_per_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="PortPaper",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("document_id", models.UUIDField()),
                ("name", models.CharField(max_length=120)),
                ("is_current", models.BooleanField(default=True)),
                ("is_held", models.BooleanField(default=False)),
                ("dated_on", models.DateField(null=True)),
                ("reading", models.JSONField(null=True)),
                ("added_at", models.DateTimeField()),
                ("added_by_name", models.CharField(blank=True, max_length=160)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.portorder"),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["order", "kind"], name="porting_portpaper_kind")],
            },
        ),
        migrations.CreateModel(
            name="PortRejection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=dialtone.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner_id",
                    models.UUIDField(default=dialtone.base.tenancy.current_partner_id, editable=False),
                ),
                (
                    "customer_id",
                    models.UUIDField(
                        db_index=True, default=dialtone.base.tenancy.current_customer_id, editable=False
                    ),
                ),
                ("attempt", models.IntegerField()),
                ("statement", models.CharField(max_length=120)),
                ("position", models.SmallIntegerField(default=0)),
                ("error", models.CharField(max_length=10)),
                ("carrier_code", models.CharField(blank=True, max_length=60)),
                ("carrier_text", models.CharField(blank=True, max_length=400)),
                (
                    "numbers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("cured_at", models.DateTimeField(null=True)),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="porting.portorder"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("order", "attempt", "statement", "position"),
                        name="porting_portrejection_once",
                    )
                ],
            },
        ),
    ]
