import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import yaojian.foundation.periods
import yaojian.foundation.search


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("enterprises", "0001_initial"),
        ("reference", "0002_bigrams"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("brand", models.CharField(blank=True, max_length=120, verbose_name="brand name")),
                ("dosage_form", models.CharField(blank=True, max_length=60, verbose_name="dosage form")),
                (
                    "specification",
                    models.CharField(blank=True, max_length=500, verbose_name="specification or model"),
                ),
                (
                    "standard",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="standard or technical requirements"
                    ),
                ),
                (
                    "device_class",
                    models.CharField(
                        blank=True,
                        choices=[("1", "Class I"), ("2", "Class II"), ("3", "Class III")],
                        max_length=1,
                        verbose_name="device class",
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("holder_name", models.CharField(max_length=200, verbose_name="holder")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "kind",
                    models.CharField(
                        choices=[("drug", "Drug"), ("device", "Medical device"), ("cosmetic", "Cosmetic")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "approval_no",
                    models.CharField(max_length=60, verbose_name="approval, registration or filing number"),
                ),
                ("approval", models.CharField(help_text="which form the number has", max_length=24)),
                ("approved_on", models.DateField(verbose_name="approved on")),
                ("state", models.CharField(default="valid", max_length=10)),
                ("state_since", models.DateField()),
                (
                    "pinyin",
                    models.CharField(blank=True, help_text="initials of the name, for order", max_length=200),
                ),
                ("search_text", models.TextField(blank=True, help_text="what the product is found by")),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.subject",
                    ),
                ),
            ],
            options={
                "verbose_name": "product",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ProductCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("gtin", "GS1 item number (GTIN, UDI-DI)"),
                            ("ma", "MA identifier (ZIIOT, UDI-DI)"),
                            ("ahm", "AHM identifier (AliHealth, UDI-DI)"),
                            ("trace_prefix", "First seven digits of the drug trace codes"),
                            ("national_drug_code", "National drug code (14 digits)"),
                        ],
                        max_length=20,
                    ),
                ),
                ("value", models.CharField(max_length=80)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codes",
                        to="products.product",
                    ),
                ),
            ],
            options={
                "ordering": ["kind", "value"],
            },
        ),
        migrations.CreateModel(
            name="ProductSite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sites",
                        to="products.product",
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
            ],
            options={
                "ordering": ["valid_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProductStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=10)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="products.product",
                    ),
                ),
            ],
            options={
                "ordering": ["valid_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="ProductVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("brand", models.CharField(blank=True, max_length=120, verbose_name="brand name")),
                ("dosage_form", models.CharField(blank=True, max_length=60, verbose_name="dosage form")),
                (
                    "specification",
                    models.CharField(blank=True, max_length=500, verbose_name="specification or model"),
                ),
                (
                    "standard",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="standard or technical requirements"
                    ),
                ),
                (
                    "device_class",
                    models.CharField(
                        blank=True,
                        choices=[("1", "Class I"), ("2", "Class II"), ("3", "Class III")],
                        max_length=1,
                        verbose_name="device class",
                    ),
                ),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), blank=True, default=list, size=None
                    ),
                ),
                ("holder_name", models.CharField(max_length=200, verbose_name="holder")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("batch", models.UUIDField(blank=True, null=True)),
                (
                    "replaced",
                    models.JSONField(
                        blank=True, help_text="what it said before it was overwritten", null=True
                    ),
                ),
                (
                    "holder",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="enterprises.subject",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="products.product",
                    ),
                ),
            ],
            options={
                "ordering": ["valid_from", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex(
                yaojian.foundation.search.Bigrams("search_text"), name="product_search"
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=django.contrib.postgres.indexes.GinIndex(fields=["flags"], name="product_flags"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["pinyin", "id"], name="product_by_name"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="product_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(fields=("kind", "approval_no"), name="product_approval_once"),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["drug", "device", "cosmetic"])), name="product_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["valid", "suspended", "cancelled"])),
                name="product_state_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on__isnull", True),
                    ("expires_on__gte", models.F("approved_on")),
                    _connector="OR",
                ),
                name="product_expires_after_approval",
            ),
        ),
        migrations.AddIndex(
            model_name="productcode",
            index=models.Index(fields=["value"], name="product_code_value"),
        ),
        migrations.AddConstraint(
            model_name="productcode",
            constraint=models.UniqueConstraint(fields=("kind", "value"), name="product_code_once"),
        ),
        migrations.AddConstraint(
            model_name="productcode",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["gtin", "ma", "ahm", "trace_prefix", "national_drug_code"])),
                name="product_code_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="productsite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="product_site_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="productsite",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("product", "="),
                    ("subject", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="product_site_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="productstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="product_status_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="productstatus",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("product", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="product_status_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="productstatus",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["valid", "suspended", "cancelled"])),
                name="product_status_state_kept",
            ),
        ),
        migrations.AddIndex(
            model_name="productversion",
            index=models.Index(
                condition=models.Q(("batch__isnull", False)), fields=["batch"], name="product_version_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="productversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True), ("valid_to__gte", models.F("valid_from")), _connector="OR"
                ),
                name="product_version_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="productversion",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("product", "="),
                    (yaojian.foundation.periods._Span("valid_from", "valid_to", models.Value("[]")), "&&"),
                ],
                name="product_version_once",
            ),
        ),
    ]
