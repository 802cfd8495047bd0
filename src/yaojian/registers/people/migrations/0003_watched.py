"""Counts over these tables may be kept until one of them changes."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("people", "0002_changed_at")]

    operations = [
        watch(
            "people_person",
            "people_pharmacistregistration",
            "people_inspectorqualification",
            "people_expert",
            "people_position",
        )
    ]
