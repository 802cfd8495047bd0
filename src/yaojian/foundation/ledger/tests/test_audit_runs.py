"""Runs of the auditor are remembered, and what was signed at the last one is known to the next."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from yaojian.foundation.ledger.audit_runs import last_audit, run_audit
from yaojian.foundation.ledger.tests.conftest import Journal
from yaojian.foundation.ledger.tests.test_auditing import COUNT, rewritten


@pytest.fixture
def site(journal: Journal, settings: Any, tmp_path: Path) -> Journal:
    """A journal that the settings point at, sealed in two batches."""
    settings.LOG_FOLDER, settings.LOG_AUDIT = journal.places.public, tmp_path / "audit"
    settings.ENVIRONMENT = SimpleNamespace(database_app_url=journal.app_url)
    for start, count in ((0, COUNT - 10), (COUNT - 10, 10)):
        journal.record(count, start=start)
        journal.sequence()
    return journal


def test_a_run_is_remembered(site: Journal, capsys: pytest.CaptureFixture[str]) -> None:
    assert last_audit() is None
    call_command("audit")
    assert f"✓ {COUNT} acts" in capsys.readouterr().out
    last = last_audit()
    assert last is not None
    assert (last.acts, last.found, last.told) == (COUNT, 0, ())
    site.as_dba("DELETE FROM ledger_act WHERE facts->>'number' = '7'")
    run_audit(0, 5)
    assert last_audit() == last
    with pytest.raises(CommandError, match="1 differences"):
        call_command("audit")
    last = last_audit()
    assert last is not None
    assert [one.layer for one in last.told] == ["record"]


def test_a_log_that_was_rewritten_since_the_last_run_is_found(site: Journal) -> None:
    assert run_audit()[0].found == 0
    rewritten(site)
    report, _seconds = run_audit()
    assert "history" in {one.layer for one in report.told}
    assert "history" in {one.layer for one in run_audit()[0].told}
