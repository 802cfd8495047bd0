"""When an entry was last changed, for those who fetch what is new."""

from django.db import migrations, models
from django.db.models.functions import Now

from yaojian.foundation.changes import notes_changes


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="changed_at",
            field=models.DateTimeField(db_default=Now(), editable=False),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["changed_at"], name="product_changed"),
        ),
        notes_changes(
            "products_product",
            "product_id",
            (
                "products_productversion",
                "products_productstatus",
                "products_productsite",
                "products_productcode",
            ),
        ),
    ]
