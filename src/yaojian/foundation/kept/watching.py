"""Letting the database note that a table changed."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL

FUNCTION = """
CREATE FUNCTION kept_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    noted text := 'yaojian.kept_' || TG_RELID;
    mine text := pg_current_xact_id()::text;
BEGIN
    -- One row for each transaction and table, however many statements; undone together with a savepoint.
    IF current_setting(noted, true) IS DISTINCT FROM mine THEN
        PERFORM set_config(noted, mine, true);
        INSERT INTO kept_tablechange (table_name, transaction) VALUES (TG_TABLE_NAME, mine::bigint);
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = "kept_notes_change"


def watch(*tables: str) -> RunSQL:
    """The operation after which what is counted over some tables may be kept."""
    made = [
        f"CREATE TRIGGER {TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION kept_note_change();"
        for table in tables
    ]
    return RunSQL("\n".join(made), "\n".join(f"DROP TRIGGER {TRIGGER} ON {table};" for table in tables))
