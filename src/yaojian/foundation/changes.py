"""When a row, or anything that hangs on it, was last entered or changed: noted by the database itself.

Bulk doors, single actions and SQL by hand are told alike. A table that uses this has the column `changed_at`.
"""

from __future__ import annotations

from django.db import models
from django.db.migrations.operations import RunSQL
from django.db.models.functions import Now

_OWN = """
CREATE FUNCTION {table}_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_at := statement_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_notes_change BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.* AND NEW.changed_at IS NOT DISTINCT FROM OLD.changed_at)
    EXECUTE FUNCTION {table}_note_change();
"""
# What was noted in the same transaction is not noted again: a new row with a thousand parts is written once.
_PART = """
CREATE FUNCTION {part}_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE {table} SET changed_at = statement_timestamp()
        WHERE id IN (SELECT {key} FROM touched) AND changed_at < transaction_timestamp();
    RETURN NULL;
END $$;
CREATE TRIGGER {part}_notes_insert AFTER INSERT ON {part} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {part}_note_change();
CREATE TRIGGER {part}_notes_update AFTER UPDATE ON {part} REFERENCING NEW TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {part}_note_change();
CREATE TRIGGER {part}_notes_delete AFTER DELETE ON {part} REFERENCING OLD TABLE AS touched
    FOR EACH STATEMENT EXECUTE FUNCTION {part}_note_change();
"""


def changed_at_field() -> models.DateTimeField:
    """The column; the database fills it."""
    return models.DateTimeField(db_default=Now(), editable=False)


def notes_changes(table: str, key: str, parts: tuple[str, ...] = ()) -> RunSQL:
    """The operation that lets the database keep `changed_at` of a table.

    `parts` are tables whose column `key` points to it: a change of theirs is a change of its.
    """
    forward = [_OWN.format(table=table)]
    forward += [_PART.format(table=table, part=part, key=key) for part in parts]
    backward = [
        f"DROP TRIGGER {part}_notes_{verb} ON {part};"
        for part in parts
        for verb in ("insert", "update", "delete")
    ]
    backward += [f"DROP TRIGGER {table}_notes_change ON {table};"]
    backward += [f"DROP FUNCTION {name}_note_change();" for name in (table, *parts)]
    return RunSQL("\n".join(forward), "\n".join(backward))
