"""Which tables changed, noted by the database."""

from django.db import migrations, models

from yaojian.foundation.kept.watching import FUNCTION


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="TableChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table_name", models.CharField(max_length=63)),
                (
                    "transaction",
                    models.BigIntegerField(help_text="the database's number of the transaction"),
                ),
            ],
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION kept_note_change();"),
    ]
