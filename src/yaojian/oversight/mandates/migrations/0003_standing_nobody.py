"""Duties that no organ can carry out are marked; own mandates bind what their organ answers for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

OWN_BY_RESPONSIBILITY = """UPDATE mandates_mandate
   SET formula = jsonb_set(formula, '{within}', '"responsibility"') WHERE source = 'own'"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandates", "0002_withdrawn_draws")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="standing",
            name="nobody",
            field=models.BooleanField(
                default=False, help_text="no organ of a level that counts answers for it"
            ),
        ),
        migrations.RunSQL(OWN_BY_RESPONSIBILITY, migrations.RunSQL.noop),
    ]
