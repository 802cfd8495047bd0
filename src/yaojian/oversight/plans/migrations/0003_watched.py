"""Figures may be kept with their rows until a pack, an adjustment or a definition changes them."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("plans", "0002_indicators")]

    operations = [watch("plans_planrow", "plans_figure", "plans_indicatorversion")]
