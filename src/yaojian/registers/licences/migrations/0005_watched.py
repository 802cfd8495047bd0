"""Counts over these tables may be kept until one of them changes."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("licences", "0004_changed_at")]

    operations = [watch("licences_licence", "licences_licencestatus")]
