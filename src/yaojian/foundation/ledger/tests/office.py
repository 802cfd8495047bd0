"""An organ whose acts come into a small log, for tests of days and bundles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from yaojian.foundation.accounts.contracts import Actor, Level, Role
from yaojian.foundation.accounts.models import Organ, User
from yaojian.foundation.ledger.actions import compose_act
from yaojian.foundation.ledger.contracts import subject_ref
from yaojian.foundation.ledger.models import Act, LogCheckpoint
from yaojian.foundation.ledger.models import Leaf as StoredLeaf
from yaojian.foundation.ledger.tests.world import SmallLog, writable_log
from yaojian.foundation.ledger.transparency.checkpoints import parse_checkpoint
from yaojian.foundation.ledger.transparency.notes import parse_note
from yaojian.foundation.timekeeping import CHINA


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


def sequence(log: SmallLog) -> None:
    """Give every act that waits its entry, each with a checkpoint of its own."""
    for act in Act.objects.filter(leaf__isnull=True).order_by("pk"):
        leaf = replace(log.leaf(bytes(act.canonical), bytes(act.salt), act.claimed_at), kind=act.kind)
        index = log.growth.size
        log.grow([leaf], act.recorded_at)
        StoredLeaf.objects.create(index=index, act=act, entry=leaf.entry)
        LogCheckpoint.objects.create(
            size=index + 1,
            root=parse_checkpoint(parse_note(log.note)).root,
            note=log.note,
            signed_at=act.recorded_at,
        )


class Office:
    """An organ that acts, and a log that takes its acts in."""

    def __init__(self, folder: Path) -> None:
        organ = Organ.objects.create(code="t", name="测试局", level="county", path="t.", territories=[])
        user = User.objects.create(username="t", display_name="检查员甲", password="!")
        self.actor = Actor(
            user.pk, "t", "检查员甲", organ.pk, "t", "测试局", "t.", Level.COUNTY, ("6523",), Role.INSPECTOR
        )
        self.log = SmallLog(folder)

    def act(self, subject: int | None, moment: datetime) -> Act:
        """An act that waits for its entry."""
        about = subject_ref(subject) if subject is not None else None
        act = compose_act(by=self.actor, kind="inspection.concluded", subject=about, recorded_at=moment)
        act.save(force_insert=True)
        return act

    def sequence(self) -> None:
        """Give every act that waits its entry, each with a checkpoint of its own."""
        sequence(self.log)


@pytest.fixture
def office(db: None, test_database: Any, settings: Any, tmp_path: Path) -> Iterator[Office]:
    settings.LOG_FOLDER = tmp_path
    with writable_log(test_database):
        yield Office(tmp_path)
