"""Cosignatures of witnesses; as with checkpoints, the database refuses to change or remove one."""

from django.db import migrations, models

FORWARD = """
CREATE TRIGGER ledger_logcosignature_keeps_rows BEFORE UPDATE OR DELETE ON ledger_logcosignature
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_log();
CREATE TRIGGER ledger_logcosignature_keeps_table BEFORE TRUNCATE ON ledger_logcosignature
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_log();
"""
BACKWARD = """
DROP TRIGGER ledger_logcosignature_keeps_table ON ledger_logcosignature;
DROP TRIGGER ledger_logcosignature_keeps_rows ON ledger_logcosignature;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_the_public_log")]

    operations = [
        migrations.CreateModel(
            name="LogCosignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("size", models.BigIntegerField(db_index=True)),
                ("name", models.CharField(max_length=200)),
                ("line", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
