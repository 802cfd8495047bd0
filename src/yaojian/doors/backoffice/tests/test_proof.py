"""Proof bundles of a subject: for whoever may read its acts; taking one out is an act."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from yaojian.doors.backoffice.tests.conftest import SignedIn
from yaojian.doors.backoffice.tests.factories import Region, make_act
from yaojian.foundation.ledger.closing import close_days
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.ledger.tests.office import sequence
from yaojian.foundation.ledger.tests.world import KEYS, SmallLog, writable_log
from yaojian.foundation.ledger.transparency.bundle_verdicts import judge_bundle
from yaojian.foundation.ledger.transparency.receipts import Policy
from yaojian.foundation.timekeeping import held_at, now, today

POLICY = Policy(KEYS.log.verifier, KEYS.clock.verifier)
KEY_LINES = "\n".join(map(str, KEYS.verifiers))


@pytest.fixture
def closed(region: Region, test_database: Any, settings: Any, tmp_path: Path) -> Iterator[Region]:
    """Two acts about one subject and one about another yesterday, which is closed."""
    settings.LOG_FOLDER = tmp_path
    with held_at(now() - timedelta(days=1)):
        for subject in (region.in_qitai, region.in_jimsar, region.in_qitai):
            make_act(region.actor("inspector"), subject)
    with writable_log(test_database):
        log = SmallLog(tmp_path)
        sequence(log)
        assert close_days() == 1
        sequence(log)
        yield region


def days() -> dict[str, str]:
    return {"since": (today() - timedelta(days=7)).isoformat(), "until": today().isoformat()}


def test_the_bundle_holds_every_act_of_the_subject(
    signed_in: SignedIn, closed: Region, client: Client
) -> None:
    address = f"/subjects/{closed.in_qitai.pk}/proof/"
    inspector = signed_in("inspector")
    assert address in inspector.get(f"/subjects/{closed.in_qitai.pk}/").content.decode()
    assert inspector.get(address).status_code == 200
    answer = inspector.post(address, days())
    assert answer["Content-Disposition"].startswith('attachment; filename="proof-')
    document = answer.content.decode()
    verdict = judge_bundle(document, POLICY)
    assert verdict.problem == ""
    about = {act.pk for act in Act.objects.filter(subject_id=closed.in_qitai.pk)}
    act = Act.objects.get(kind="proof.taken_out")
    assert len(verdict.entries) == len(about - {act.pk}) == act.facts["count"]
    assert len(verdict.act or []) == act.facts["count"]
    assert act.subject_id == closed.in_qitai.pk
    page = client.post("/log/verify/", {"text": document, "keys": KEY_LINES}).content.decode()
    assert "一条不缺" in page
    page = client.post("/log/verify/", {"text": document.replace("同志", "先生"), "keys": KEY_LINES})
    assert "记录内容与日志中的承诺值不符" in page.content.decode()


def test_only_who_may_read_the_acts_gets_a_bundle(signed_in: SignedIn, closed: Region) -> None:
    address = f"/subjects/{closed.in_qitai.pk}/proof/"
    for name, status in (("neighbour", 404), ("township", 403)):
        assert signed_in(name).get(address).status_code == status
        assert signed_in(name).post(address, days()).status_code == status
    assert not Act.objects.filter(kind="proof.taken_out").exists()


def test_a_period_without_closed_days_is_refused(signed_in: SignedIn, closed: Region) -> None:
    address = f"/subjects/{closed.in_qitai.pk}/proof/"
    inspector = signed_in("inspector")
    for since, until in (("2020-01-01", "2020-01-02"), (today().isoformat(), "2020-01-02"), ("", "x")):
        assert inspector.post(address, {"since": since, "until": until}).status_code == 422
    assert not Act.objects.filter(kind="proof.taken_out").exists()
