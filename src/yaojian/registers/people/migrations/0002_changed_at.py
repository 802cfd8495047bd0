"""When an entry was last changed, for those who fetch what is new."""

from django.db import migrations, models
from django.db.models.functions import Now

from yaojian.foundation.changes import notes_changes


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="changed_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["changed_at"], name="person_changed"),
        ),
        notes_changes(
            "people_person",
            "person_id",
            (
                "people_inspectorqualification",
                "people_pharmacistregistration",
                "people_expert",
                "people_position",
            ),
        ),
    ]
