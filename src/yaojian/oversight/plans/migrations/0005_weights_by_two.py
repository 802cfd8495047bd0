"""Weights of an index are proposed by one person and decided by another; those that were decided hold."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("plans", "0004_kept_values_anew"),
    ]

    operations = [
        migrations.RenameField("compositeweights", "decided_in", "proposed_in"),
        migrations.RenameField("compositeweights", "decided_by", "proposed_by"),
        migrations.RenameField("compositeweights", "decided_at", "proposed_at"),
        migrations.AddField("compositeweights", "state", models.CharField(default="approved", max_length=10)),
        migrations.AlterField(
            "compositeweights", "state", models.CharField(default="proposed", max_length=10)
        ),
        migrations.AddField(
            "compositeweights",
            "settled_by",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField("compositeweights", "settled_at", models.DateTimeField(null=True)),
        migrations.AddField("compositeweights", "verdict", models.CharField(blank=True, max_length=300)),
        migrations.AddConstraint(
            "compositeweights",
            models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "approved", "rejected"])),
                name="weights_state_known",
            ),
        ),
        migrations.AddConstraint(
            "compositeweights",
            models.CheckConstraint(
                condition=models.Q(
                    ("settled_by__isnull", True),
                    models.Q(("settled_by", models.F("proposed_by")), _negated=True),
                    _connector="OR",
                ),
                name="weights_second_pair_of_eyes",
            ),
        ),
        migrations.AddConstraint(
            "compositeweights",
            models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("indicator",),
                name="weights_proposed_once",
            ),
        ),
    ]
