"""Counts over these tables may be kept until one of them changes."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("accounts", "0006_sign_in_and_tokens")]

    operations = [watch("accounts_organ", "accounts_sharingagreement")]
