from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_writing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1818517604);
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_act_writing BEFORE INSERT ON ledger_act
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_writing();
"""

BACKWARD = """
DROP TRIGGER ledger_act_writing ON ledger_act;
DROP FUNCTION ledger_writing();
"""


class Migration(migrations.Migration):
    """Whoever writes acts holds a lock until the end, before keys are drawn: readers can see that somebody does."""

    dependencies = [("ledger", "0003_the_latest")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
