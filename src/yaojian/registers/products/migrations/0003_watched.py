"""Counts over these tables may be kept until one of them changes."""

from django.db import migrations

from yaojian.foundation.kept.watching import watch


class Migration(migrations.Migration):
    dependencies = [("kept", "0001_initial"), ("products", "0002_changed_at")]

    operations = [
        watch("products_product", "products_productversion", "products_productstatus", "products_productsite")
    ]
