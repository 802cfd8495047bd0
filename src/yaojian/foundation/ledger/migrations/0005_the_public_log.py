"""Leaves and checkpoints of the public log; as with acts, the database refuses to change or remove one."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("ledger_leaf", "ledger_logcheckpoint")
FORWARD = """
CREATE FUNCTION ledger_refuse_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what the public log holds is never changed or removed'
        USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_log();
CREATE TRIGGER {table}_keeps_table BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_log();
"""
    for table in TABLES
)
BACKWARD = (
    "".join(
        f"DROP TRIGGER {table}_keeps_table ON {table}; DROP TRIGGER {table}_keeps_rows ON {table};"
        for table in TABLES
    )
    + "DROP FUNCTION ledger_refuse_log();"
)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_writers_are_seen")]

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("entry", models.BinaryField()),
                (
                    "act",
                    models.OneToOneField(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="leaf",
                        to="ledger.act",
                    ),
                ),
            ],
            options={"ordering": ["index"]},
        ),
        migrations.CreateModel(
            name="LogCheckpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("signed_at", models.DateTimeField()),
            ],
            options={"ordering": ["size"]},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
