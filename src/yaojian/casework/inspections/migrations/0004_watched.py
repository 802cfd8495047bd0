"""Counts over inspections may be kept until one of them, or a team, changes."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("inspections", "0003_the_latest")]

    operations = [watch("inspections_inspection", "inspections_teammember")]
