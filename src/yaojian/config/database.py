"""Bringing the database to the state that this version needs: tables as owner, then grants."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, transaction

APP_ROLE = "yaojian_app"
SEQUENCER_ROLE = "yaojian_sequencer"
JOURNAL = "ledger_act"
DAYS = "ledger_closedday"
LOG_TABLES = "ledger_leaf, ledger_logcheckpoint, ledger_logcosignature"


def migrate(verbosity: int = 0) -> None:
    """Apply migrations as the owner role."""
    call_command("migrate", interactive=False, verbosity=verbosity)


def grant_to_application() -> None:
    """Give each role what it needs and no more.

    The application owns nothing, inserts acts and closed days without changing any, and reads the public
    log. The sequencer reads acts and adds to the log.
    """
    statements = [
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        f"REVOKE ALL ON {JOURNAL} FROM {APP_ROLE}",
        f"GRANT SELECT, INSERT ON {JOURNAL} TO {APP_ROLE}",
        f"REVOKE UPDATE, DELETE ON {DAYS} FROM {APP_ROLE}",
        f"REVOKE ALL ON {LOG_TABLES} FROM {APP_ROLE}",
        f"GRANT SELECT ON {LOG_TABLES} TO {APP_ROLE}",
        f"GRANT USAGE ON SCHEMA public TO {SEQUENCER_ROLE}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {SEQUENCER_ROLE}",
        f"GRANT SELECT (id, uid, kind, organ_id, claimed_at, facts, canonical, salt) ON {JOURNAL}"
        f" TO {SEQUENCER_ROLE}",
        f"GRANT SELECT (id, code) ON accounts_organ TO {SEQUENCER_ROLE}",
        f"GRANT SELECT, INSERT ON {LOG_TABLES} TO {SEQUENCER_ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}",
        # The duties of a whole province are counted in temporary tables, which end with their transaction.
        "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), "
        f"'{APP_ROLE}'); END $$",
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
