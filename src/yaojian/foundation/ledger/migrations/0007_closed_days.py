"""Days of the log that were closed; as with acts, the database refuses to change or remove one."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER ledger_closedday_keeps_rows BEFORE UPDATE OR DELETE ON ledger_closedday
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_log();
CREATE TRIGGER ledger_closedday_keeps_table BEFORE TRUNCATE ON ledger_closedday
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_log();
"""
BACKWARD = """
DROP TRIGGER ledger_closedday_keeps_table ON ledger_closedday;
DROP TRIGGER ledger_closedday_keeps_rows ON ledger_closedday;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_cosignatures")]

    operations = [
        migrations.CreateModel(
            name="ClosedDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("number", models.IntegerField(unique=True)),
                ("begin", models.BigIntegerField()),
                ("end", models.BigIntegerField()),
                ("seed", models.BinaryField()),
                ("blocks", models.BinaryField()),
                (
                    "act",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="ledger.act",
                    ),
                ),
            ],
            options={
                "ordering": ["day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("begin__lte", models.F("end"))), name="day_ends_after_begin"
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
