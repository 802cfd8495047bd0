"""Administrators hear of a log that stands still, and of an audit that found something, once a day."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from yaojian.doors.administration import log_watch
from yaojian.foundation.accounts.facade import Level, Role, actor_of, post_person, register_organ
from yaojian.foundation.ledger.audit_report import AuditReport
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.ledger.tests.world import COURT, KEYS
from yaojian.foundation.notices.models import Notice
from yaojian.foundation.timekeeping import held_at, now, today


@pytest.fixture
def organ(db: None, settings: Any, tmp_path: Path) -> None:
    settings.LOG_FOLDER = tmp_path
    made = register_organ(code="t", name="测试局", level=Level.COUNTY, territories=["6523"])
    since = today() - timedelta(days=9)
    for role in (Role.ADMINISTRATOR, Role.INSPECTOR):
        person = post_person(
            username=role.value,
            display_name="甲",
            organ=made,
            role=role,
            valid_from=since,
        )
    actor = actor_of(person)
    assert actor is not None
    record_act(by=actor, kind="session.opened")


def test_acts_that_wait_too_long(organ: None) -> None:
    assert log_watch.watch_log() == 0
    with held_at(now() + timedelta(minutes=11)):
        assert log_watch.watch_log() == 1
        log_watch.watch_log()
    assert list(Notice.objects.values_list("kind", "recipient__username")) == [
        (log_watch.STANDS_STILL, "administrator")
    ]


def test_a_refusal_is_told_at_once(organ: None, settings: Any) -> None:
    (settings.LOG_FOLDER / "state.json").write_text('{"state": "refused", "text": "x"}')
    assert log_watch.watch_log() == 1


def test_a_witness_that_objects_is_told(organ: None, settings: Any) -> None:
    keys = (*KEYS.verifiers, COURT.verifier)
    (settings.LOG_FOLDER / "keys").write_text("".join(f"{key}\n" for key in keys))
    troubles = {COURT.name: {"state": "objects", "text": "", "since": now().isoformat()}}
    (settings.LOG_FOLDER / "witnesses.json").write_text(json.dumps(troubles))
    assert log_watch.watch_log() == 1
    assert log_watch.watch_log() == 0
    assert Notice.objects.get().kind == log_watch.OBJECTS


def test_differences_are_told(organ: None, monkeypatch: pytest.MonkeyPatch) -> None:
    report = AuditReport()
    monkeypatch.setattr(log_watch, "run_audit", lambda: (report, 1.0))
    assert log_watch.audit_log() == 0
    report.add("row", "leaf 7", "x")
    assert log_watch.audit_log() == 1
    assert Notice.objects.get().kind == log_watch.DIFFERS
