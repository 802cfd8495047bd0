"""What is wrong with the public log is told once a day, and is work until somebody has settled it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from yaojian.doors.backoffice import log_alarms, log_watch
from yaojian.doors.backoffice.log_alarms import DIFFERS, OBJECTS, PROMISE_BROKEN
from yaojian.foundation.accounts.facade import (
    Level,
    Posting,
    Role,
    User,
    actor_of,
    post_person,
    register_organ,
)
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, RuleBroken
from yaojian.foundation.ledger.audit_report import AuditReport
from yaojian.foundation.ledger.facade import Act, record_act
from yaojian.foundation.ledger.tests.world import COURT, KEYS
from yaojian.foundation.notices.models import Notice
from yaojian.foundation.timekeeping import held_at, now, today


@pytest.fixture
def organ(db: None, settings: Any, tmp_path: Path) -> None:
    settings.LOG_FOLDER = tmp_path
    made = register_organ(code="t", name="测试局", level=Level.COUNTY, territories=["6523"])
    since = today() - timedelta(days=9)
    for role in (Role.ADMINISTRATOR, Role.INSPECTOR, Role.SECURITY_OFFICER, Role.LEADER):
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


def test_a_broken_promise_is_told_in_its_own_words_and_raises_work(organ: None) -> None:
    assert log_watch.watch_log() == 0
    with held_at(now() + timedelta(minutes=11)):
        assert log_watch.watch_log() == 2
        log_watch.watch_log()
        assert sorted(Notice.objects.values_list("kind", "recipient__username")) == [
            (PROMISE_BROKEN, "administrator"),
            (PROMISE_BROKEN, "security_officer"),
        ]
        alarm = log_alarms.open_alarms().get()
        assert (alarm.kind, alarm.assignee.username) == (PROMISE_BROKEN, "security_officer")
        assert alarm.due_on == today()
        with pytest.raises(RuleBroken):
            settle(alarm.pk)
    settle(alarm.pk)
    assert not log_alarms.open_alarms().exists()
    act = Act.objects.get(kind="public_log.alarm_settled")
    assert (act.actor_name, act.facts["reason"]) == ("甲", "查明并已处理")
    with held_at(now() + timedelta(days=1)):
        log_watch.watch_log()
    assert log_alarms.open_alarms().count() == 1


def settle(item_id: int) -> None:
    actor = actor_of(User.objects.get(username="security_officer"))
    assert actor is not None
    log_alarms.settle_alarm(by=actor, item_id=item_id, found=" 查明并已处理 ")


def test_without_a_security_officer_the_leader_has_it(organ: None) -> None:
    Posting.objects.filter(role=Role.SECURITY_OFFICER.value).update(valid_to=today() - timedelta(days=1))
    log_alarms.raise_alarm(DIFFERS, "x", "1")
    assert log_alarms.open_alarms().get().assignee.username == "leader"
    Posting.objects.update(valid_to=today() - timedelta(days=1))
    log_alarms.raise_alarm(OBJECTS, "x", "1")
    assert log_alarms.open_alarms().count() == 1


def test_only_who_attends_to_the_log_settles(organ: None) -> None:
    log_alarms.raise_alarm(DIFFERS, "x", "1")
    item = log_alarms.open_alarms().get()
    for name in ("inspector", "administrator"):
        actor = actor_of(User.objects.get(username=name))
        with pytest.raises(NotAllowed):
            log_alarms.settle_alarm(by=actor, item_id=item.pk, found="x")
    actor = actor_of(User.objects.get(username="leader"))
    with pytest.raises(InvalidInput):
        log_alarms.settle_alarm(by=actor, item_id=item.pk, found=" ")
    log_alarms.settle_alarm(by=actor, item_id=item.pk, found="x")
    with pytest.raises(Conflict):
        log_alarms.settle_alarm(by=actor, item_id=item.pk, found="x")


def test_a_refusal_is_told_at_once(organ: None, settings: Any) -> None:
    (settings.LOG_FOLDER / "state.json").write_text('{"state": "refused", "text": "x"}')
    assert log_watch.watch_log() == 2
    assert {notice.kind for notice in Notice.objects.all()} == {log_watch.STANDS_STILL}


def test_a_witness_that_objects_is_told(organ: None, settings: Any) -> None:
    keys = (*KEYS.verifiers, COURT.verifier)
    (settings.LOG_FOLDER / "keys").write_text("".join(f"{key}\n" for key in keys))
    troubles = {COURT.name: {"state": "objects", "text": "", "since": now().isoformat()}}
    (settings.LOG_FOLDER / "witnesses.json").write_text(json.dumps(troubles))
    assert log_watch.watch_log() == 2
    assert log_watch.watch_log() == 0
    assert {notice.kind for notice in Notice.objects.all()} == {OBJECTS}
    settle(log_alarms.open_alarms().get(kind=OBJECTS).pk)
    log_watch.watch_log()
    assert not log_alarms.open_alarms().exists()


def test_differences_are_told_and_raise_work_once_for_each_finding(
    organ: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = AuditReport()
    monkeypatch.setattr(log_watch, "run_audit", lambda: (report, 1.0))
    assert log_watch.audit_log() == 0
    report.add("waiting", "act 9", "x")
    log_watch.audit_log()
    assert not Notice.objects.exists()
    report.add("row", "leaf 7", "x")
    assert log_watch.audit_log() == 2
    assert {notice.kind for notice in Notice.objects.all()} == {DIFFERS}
    settle(log_alarms.open_alarms().get(kind=DIFFERS).pk)
    report.add("waiting", "act 10", "x")
    log_watch.audit_log()
    assert not log_alarms.open_alarms().exists()
    report.add("row", "leaf 8", "x")
    log_watch.audit_log()
    assert log_alarms.open_alarms().get().kind == DIFFERS
    report.add("promise", "act 9", "x")
    log_watch.audit_log()
    assert {item.kind for item in log_alarms.open_alarms()} == {DIFFERS, PROMISE_BROKEN}
