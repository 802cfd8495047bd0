import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import yaojian.foundation.periods


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("enterprises", "0001_initial"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Licence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=32, verbose_name="kind")),
                ("number", models.CharField(max_length=60, verbose_name="number")),
                ("holder_name", models.CharField(max_length=200, verbose_name="holder")),
                ("issuer", models.CharField(blank=True, max_length=120, verbose_name="issued by")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("state", models.CharField(default="in_force", max_length=12)),
                ("state_since", models.DateField()),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "renews",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="renewed_by",
                        to="licences.licence",
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.subject",
                    ),
                ),
                (
                    "organ",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organ",
                    ),
                ),
                ("division_code", models.CharField(editable=False, max_length=12)),
            ],
            options={
                "verbose_name": "licence",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="LicenceStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=12)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="licences.licence",
                    ),
                ),
            ],
            options={
                "ordering": ["valid_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="LicenceVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("holder_name", models.CharField(max_length=200)),
                (
                    "scope",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                ("premises", models.CharField(blank=True, max_length=300)),
                ("issuer", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "replaced",
                    models.JSONField(
                        blank=True, help_text="what it said before it was overwritten", null=True
                    ),
                ),
                (
                    "licence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="licences.licence",
                    ),
                ),
            ],
            options={
                "ordering": ["valid_from", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(fields=["subject", "kind"], name="licence_of_subject"),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(fields=["number"], name="licence_number"),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(fields=["valid_to", "kind"], name="licence_ends"),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(fields=["kind", "state", "valid_to"], name="licence_kind_state"),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="licence_batch"
            ),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("number", name="gin_trgm_ops"),
                name="licence_number_trgm",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="licence_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("number", "="),
                    ("kind", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="licence_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "drug_production",
                            "drug_wholesale",
                            "drug_chain",
                            "drug_retail",
                            "gsp_certificate",
                            "preparation",
                            "device_production",
                            "device_production_filing",
                            "device_operation",
                            "device_operation_filing",
                            "device_online_filing",
                            "cosmetic_production",
                            "vaccine_distribution",
                            "medical_institution",
                        ],
                    )
                ),
                expressions=[
                    ("subject", "="),
                    ("kind", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="licence_kind_once_a_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "drug_production",
                            "drug_wholesale",
                            "drug_chain",
                            "drug_retail",
                            "gsp_certificate",
                            "gmp_certificate",
                            "preparation",
                            "device_production",
                            "device_production_filing",
                            "device_operation",
                            "device_operation_filing",
                            "device_online_filing",
                            "platform_filing",
                            "cosmetic_production",
                            "special_drugs",
                            "vaccine_distribution",
                            "trial_filing",
                            "medical_institution",
                        ],
                    )
                ),
                name="licence_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["in_force", "suspended", "superseded", "cancelled", "revoked", "withdrawn"],
                    )
                ),
                name="licence_state_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="licence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on__isnull", True),
                    models.Q(("valid_to__isnull", False), ("valid_to__lte", models.F("expires_on"))),
                    _connector="OR",
                ),
                name="licence_ends_when_printed",
            ),
        ),
        migrations.AddConstraint(
            model_name="licencestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="licence_status_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="licencestatus",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("licence", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="licence_status_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="licencestatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["in_force", "suspended", "superseded", "cancelled", "revoked", "withdrawn"],
                    )
                ),
                name="licence_status_state_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="licenceversion",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="licence_version_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="licenceversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="licence_version_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="licenceversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("licence", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="licence_version_once",
            ),
        ),
    ]
