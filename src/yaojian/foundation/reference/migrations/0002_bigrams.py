from django.db import migrations

from yaojian.foundation.search import CREATE_BIGRAMS


class Migration(migrations.Migration):
    """The function behind every search by fragments."""

    dependencies = [("reference", "0001_initial")]
    operations = [migrations.RunSQL(CREATE_BIGRAMS, "DROP FUNCTION yaojian_bigrams(text)")]
