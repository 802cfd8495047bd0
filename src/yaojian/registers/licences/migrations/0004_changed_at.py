"""When an entry was last changed, for those who fetch what is new."""

from django.db import migrations, models
from django.db.models.functions import Now

from yaojian.foundation.changes import notes_changes


class Migration(migrations.Migration):
    dependencies = [("licences", "0003_ended_terms_stand_beside")]

    operations = [
        migrations.AddField(
            model_name="licence",
            name="changed_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AddIndex(
            model_name="licence",
            index=models.Index(fields=["changed_at"], name="licence_changed"),
        ),
        notes_changes(
            "licences_licence",
            "licence_id",
            (
                "licences_licenceversion",
                "licences_licencestatus",
            ),
        ),
    ]
