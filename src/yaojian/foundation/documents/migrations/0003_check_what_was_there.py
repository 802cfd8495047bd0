from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def wait_for_the_check(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Let the sweep look at what was kept before there was a check and was called clean by default."""
    documents = apps.get_model("documents", "Document")
    documents.objects.filter(state="clean", checked_at=None, checker="").update(state="waiting")


class Migration(migrations.Migration):
    """Documents that nobody has ever checked wait for the check; a new installation has none."""

    dependencies = [("documents", "0002_versions_and_checks")]

    operations = [migrations.RunPython(wait_for_the_check, migrations.RunPython.noop)]
