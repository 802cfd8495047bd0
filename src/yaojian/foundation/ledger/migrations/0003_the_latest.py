from django.db import migrations, models


class Migration(migrations.Migration):
    """The latest acts are found without reading the others."""

    dependencies = [("ledger", "0002_never_change_an_act")]

    operations = [
        migrations.AddIndex(
            model_name="act",
            index=models.Index(fields=["-recorded_at", "-id"], name="act_latest"),
        ),
    ]
