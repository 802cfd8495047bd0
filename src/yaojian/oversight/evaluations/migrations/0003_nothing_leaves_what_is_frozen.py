"""A comment neither enters nor leaves a frozen evaluation, and none of the tables is emptied."""

from django.db import migrations

COMMENT = """
CREATE OR REPLACE FUNCTION comment_of_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP <> 'INSERT' AND EXISTS (
            SELECT 1 FROM evaluations_evaluation WHERE id = OLD.evaluation_id AND state = 'frozen'))
        OR (TG_OP <> 'DELETE' AND EXISTS (
            SELECT 1 FROM evaluations_evaluation WHERE id = NEW.evaluation_id AND state = 'frozen')) THEN
        RAISE EXCEPTION 'a frozen evaluation is never changed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER snapshot_table_kept BEFORE TRUNCATE ON evaluations_snapshot
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_stays_frozen();
CREATE TRIGGER evaluation_table_kept BEFORE TRUNCATE ON evaluations_evaluation
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_stays_frozen();
CREATE TRIGGER comment_table_kept BEFORE TRUNCATE ON evaluations_comment
    FOR EACH STATEMENT EXECUTE FUNCTION evaluation_stays_frozen();
"""
BACK = """
DROP TRIGGER snapshot_table_kept ON evaluations_snapshot;
DROP TRIGGER evaluation_table_kept ON evaluations_evaluation;
DROP TRIGGER comment_table_kept ON evaluations_comment;
"""


class Migration(migrations.Migration):
    dependencies = [("evaluations", "0002_printings")]

    operations = [migrations.RunSQL(COMMENT, BACK)]
