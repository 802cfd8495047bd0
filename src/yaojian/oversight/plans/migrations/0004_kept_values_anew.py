"""Kept values of an earlier rule are forgotten; the next reader counts them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_watched")]

    operations = [migrations.RunSQL("DELETE FROM plans_keptvalue", migrations.RunSQL.noop)]
