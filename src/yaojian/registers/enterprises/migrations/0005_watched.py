"""Counts over these tables may be kept until one of them changes."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("enterprises", "0004_grades_and_duplicates")]

    operations = [watch("enterprises_subject", "enterprises_subjectversion")]
