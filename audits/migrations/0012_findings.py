import django.db.models.deletion
from django.db import migrations, models

import portal.storable


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0011_stays"),
    ]

    operations = [
        migrations.CreateModel(
            name="Followed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="number")),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("key", models.JSONField(encoder=portal.storable.AsTyped, verbose_name="what it is about")),
                (
                    "severity",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "low"), (2, "medium"), (3, "high"), (4, "critical")], verbose_name="severity"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "open"), ("accepted", "accepted"), ("closed", "closed")],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("caused_by", models.JSONField(default=list, encoder=portal.storable.AsTyped, verbose_name="caused by")),
                ("first_seen_at", models.DateTimeField(verbose_name="first seen")),
                ("last_seen_at", models.DateTimeField(verbose_name="last seen")),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("times_opened", models.PositiveIntegerField(default=1, verbose_name="times opened")),
                ("evidence_to", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed")),
                ("owner", models.CharField(blank=True, max_length=150, verbose_name="owner")),
                ("due_on", models.DateField(null=True, verbose_name="due")),
                ("accepted_until", models.DateField(null=True, verbose_name="accepted until")),
                ("accepted_by", models.CharField(blank=True, max_length=150, verbose_name="accepted by")),
                ("asked_by", models.CharField(blank=True, max_length=150, verbose_name="acceptance asked for by")),
                ("asked_until", models.DateField(null=True)),
                ("asked_because", models.TextField(blank=True, verbose_name="reason")),
                ("entry_id", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "indexes": [
                    models.Index(models.F("severity"), models.F("id"), name="finding_worst"),
                    models.Index(models.F("kind"), models.F("severity"), models.F("id"), name="finding_of_kind"),
                    models.Index(models.F("owner"), models.F("severity"), models.F("id"), name="finding_of_owner"),
                    models.Index(models.F("status"), models.F("severity"), models.F("id"), name="finding_in_state"),
                    models.Index(
                        models.F("status"),
                        models.F("kind"),
                        models.F("severity"),
                        models.F("id"),
                        name="finding_of_kind_in_state",
                    ),
                    models.Index(
                        models.F("status"),
                        models.F("owner"),
                        models.F("severity"),
                        models.F("id"),
                        name="finding_of_owner_in_state",
                    ),
                    models.Index(
                        models.F("accepted_until"),
                        condition=models.Q(("accepted_until__isnull", False)),
                        name="finding_acceptance_ends",
                    ),
                    models.Index(
                        models.F("due_on"), condition=models.Q(("due_on__isnull", False), ("status", "open")), name="finding_due"
                    ),
                    models.Index(
                        models.F("severity"),
                        models.F("id"),
                        condition=models.Q(models.Q(("asked_by", ""), _negated=True), ("status", "open")),
                        name="finding_waits",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["accepted", "closed", "open"])), name="finding_status_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_until__isnull", False), ("status", "accepted")),
                            models.Q(
                                models.Q(("status", "accepted"), _negated=True),
                                ("accepted_by", ""),
                                ("accepted_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="finding_accepted_has_end",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accepted_by", ""),
                            models.Q(
                                models.Q(("accepted_by", models.F("asked_by")), _negated=True),
                                models.Q(("accepted_by", models.F("owner")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="finding_accepted_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("status", "closed")),
                            models.Q(models.Q(("status", "closed"), _negated=True), ("closed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="finding_closed_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FindingName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("value", models.CharField(max_length=200)),
                (
                    "finding",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="names", to="audits.finding"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("value", "finding"), name="finding_named_once")],
            },
        ),
    ]
