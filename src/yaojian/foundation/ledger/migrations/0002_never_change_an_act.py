"""The database refuses to change or remove an act, whoever asks through SQL."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an act is never changed or removed; record a correcting act instead'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_act_keeps_rows BEFORE UPDATE OR DELETE ON ledger_act
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse();
CREATE TRIGGER ledger_act_keeps_table BEFORE TRUNCATE ON ledger_act
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
"""

BACKWARD = """
DROP TRIGGER ledger_act_keeps_table ON ledger_act;
DROP TRIGGER ledger_act_keeps_rows ON ledger_act;
DROP FUNCTION ledger_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
