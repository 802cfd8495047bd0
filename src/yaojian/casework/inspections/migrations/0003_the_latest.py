from django.db import migrations, models


class Migration(migrations.Migration):
    """The latest inspections are found without reading the others."""

    dependencies = [("inspections", "0002_rectification_may_be_undated")]

    operations = [
        migrations.AddIndex(
            model_name="inspection",
            index=models.Index(fields=["-opened_at", "-id"], name="inspection_latest"),
        ),
    ]
