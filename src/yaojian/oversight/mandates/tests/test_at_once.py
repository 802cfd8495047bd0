"""A run over all and an act at the same time: each counts only when the other is through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.db import OperationalError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from yaojian.oversight.mandates import refreshing
from yaojian.oversight.mandates.refreshing import LOCK, refresh_duties
from yaojian.oversight.mandates.tests.factories import YEARLY, figure_with, subject

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)


@pytest.fixture
def other() -> Iterator[BaseDatabaseWrapper]:
    """A second connection, as another worker has it."""
    second = connection.copy()
    try:
        with transaction.atomic():
            second.set_autocommit(False)
            yield second
    finally:
        second.close()


def held_by(second: BaseDatabaseWrapper, call: str) -> None:
    with second.cursor() as cursor:
        cursor.execute(f"SELECT {call}(%s)", [LOCK])


def refused(subject_ids: list[int] | None) -> bool:
    """Whether a run waits for the other connection; it would for ever."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
            refresh_duties(subject_ids, as_of=DAY)
    except OperationalError:
        return True
    return False


def test_the_night_counts_only_when_acts_at_work_are_through(
    other: BaseDatabaseWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    real = refreshing.count_standings

    def noted(*args: object) -> str:
        counted.append("counted")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(refreshing, "count_standings", noted)
    one = subject(figure_with(YEARLY).row.plan.organ, "A")
    held_by(other, "pg_advisory_xact_lock_shared")
    assert refused(None)
    assert counted == []
    # Acts about single subjects do not wait for each other.
    assert not refused([one.pk])
    other.rollback()
    assert not refused(None)


def test_an_act_is_judged_only_when_the_night_is_through(other: BaseDatabaseWrapper) -> None:
    one = subject(figure_with(YEARLY).row.plan.organ, "A")
    held_by(other, "pg_advisory_xact_lock")
    assert refused([one.pk])
    other.rollback()
    assert not refused([one.pk])
