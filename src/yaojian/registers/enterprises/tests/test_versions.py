"""Histories of a subject against a slow reference: a list of changes, replayed for every single day."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import load_divisions
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.facade import Subject, subject_as_it_was, undo_registration
from yaojian.registers.enterprises.models import CURRENT, SubjectVersion
from yaojian.registers.enterprises.tests.factories import make_region, officer, pharmacy, registered
from yaojian.registers.enterprises.versions import (
    Span,
    beginning_on,
    changed_from,
    joined,
    span_on,
)

START = date(2026, 1, 1)
DAYS = 40
COLUMNS = ("name", "address", "state")

days = st.integers(0, DAYS - 1).map(lambda n: START + timedelta(days=n))
values = st.sampled_from("ABC")
changes = st.dictionaries(st.sampled_from(COLUMNS), values, min_size=1)


class Slow:
    """The obvious way: every change is kept, and each day is worked out from all of them."""

    def __init__(self, first: Mapping[str, str]) -> None:
        self.first = dict(first)
        self.events: list[tuple[date, Mapping[str, str]]] = []

    def days(self) -> list[dict[str, str]]:
        """What holds on each of the days: a change runs until the day on which its column changed before."""
        known = [dict(self.first) for _day in range(DAYS)]
        for day, change in self.events:
            start = (day - START).days
            before = [dict(row) for row in known]
            for column, value in change.items():
                for place in range(start, DAYS):
                    if place > start and before[place][column] != before[place - 1][column]:
                        break
                    known[place][column] = value
        return known


@given(st.lists(st.tuples(days, changes), max_size=12))
def test_spans_agree_with_the_list_of_changes(events: list[tuple[date, dict[str, str]]]) -> None:
    first = dict.fromkeys(COLUMNS, "A")
    slow = Slow(first)
    history = [Span(START, None, first)]
    for day, change in events:
        slow.events.append((day, change))
        history = changed_from(history, day, change)
        assert [span_on(history, START + timedelta(days=n)).values for n in range(DAYS)] == slow.days()
        assert history[0].valid_from == START
        assert history[-1].valid_to is None
        for earlier, later in itertools.pairwise(history):
            assert earlier.valid_to is not None
            assert later.valid_from == earlier.valid_to + timedelta(days=1)
            assert earlier.values != later.values
    assert joined(history) == history


def test_nothing_begins_before_the_beginning() -> None:
    history = [Span(START, None, {"name": "A"})]
    with pytest.raises(ValueError, match="before the history begins"):
        changed_from(history, START - timedelta(days=1), {"name": "B"})
    ended = [Span(START, START + timedelta(days=3), {"name": "A"})]
    with pytest.raises(ValueError, match="nothing would be left"):
        beginning_on(ended, START + timedelta(days=9))
    assert beginning_on(history, START - timedelta(days=9))[0].valid_from == START - timedelta(days=9)


NAMES = st.sampled_from(["甲药房", "乙药房", "丙药房"])
OPENED = date(2025, 1, 1)
offsets = st.integers(0, 500)
WHY = "依据变更材料"


class RegisterMachine(RuleBasedStateMachine):
    """Changes of one subject through the actions, beside a list of events replayed for the asked day."""

    by: Actor
    subject: Subject

    @initialize()
    def enter(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        load_divisions([("652325100", "奇台镇", "")])
        region = make_region()
        self.by = officer(region.qitai, "dengji", role=Role.REGISTRAR)
        entry = pharmacy(1, region.qitai, opened_on=OPENED, name="甲药房", address="")
        (self.subject,) = registered(entry)
        self.slow: list[tuple[date, str, Any]] = []

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def state(self, day: date) -> dict[str, Any]:
        """Name, address and opening of a day by the slow way, from day to day since the opening."""
        known: dict[date, dict[str, Any]] = {}
        last = OPENED + timedelta(days=520)
        span = [OPENED + timedelta(days=n) for n in range((last - OPENED).days)]
        for one in span:
            known[one] = {"name": "甲药房", "address": "", "in_production": True, "closed_on": None}
        for start, column, value in self.slow:
            before = {one: row[column] for one, row in known.items()}
            for one in span[(start - OPENED).days :]:
                if one > start and before[one] != before[one - timedelta(days=1)]:
                    break
                known[one][column] = value
        return known[day]

    @rule(offset=offsets, name=NAMES, address=st.sampled_from(["", "东街", "西街"]))
    def edit(self, offset: int, name: str, address: str) -> None:
        day = OPENED + timedelta(days=offset)
        actions.edit_subject(
            by=self.by,
            subject_id=self.subject.pk,
            changes={"name": name, "address": address},
            effective_on=day,
            reason=WHY,
        )
        known = self.state(day)
        for column, value in (("name", name), ("address", address)):
            if known[column] != value:
                self.slow.append((day, column, value))

    @rule(offset=offsets)
    def close_or_reopen(self, offset: int) -> None:
        day = OPENED + timedelta(days=offset)
        if self.state(day)["closed_on"] is None:
            actions.close_subject(by=self.by, subject_id=self.subject.pk, on=day, reason=WHY)
            self.slow.append((day, "closed_on", day))
        else:
            actions.reopen_subject(by=self.by, subject_id=self.subject.pk, on=day, reason=WHY)
            self.slow.append((day, "closed_on", None))

    @rule()
    def take_the_last_change_back(self) -> None:
        last = Act.objects.filter(subject_id=self.subject.pk).exclude(kind="subjects.registered").first()
        if last is None or last.kind == "subject.change_withdrawn" or not self.slow:
            return
        actions.withdraw_change(by=self.by, subject_id=self.subject.pk, act=last.uid, reason=WHY)
        day = date.fromisoformat(last.facts["effective_on"])
        while self.slow and self.slow[-1][0] == day and len(self.slow) > 0:
            column = self.slow[-1][1]
            told = last.facts.get("changed", ["closed_on"])
            if column not in told:
                break
            self.slow.pop()
            last.facts = {**last.facts, "changed": [name for name in told if name != column]}

    @rule(offset=offsets)
    def look_back(self, offset: int) -> None:
        day = OPENED + timedelta(days=offset)
        found = subject_as_it_was(self.subject, day)
        assert found is not None
        assert {column: getattr(found, column) for column in self.state(day)} == self.state(day)

    @invariant()
    def the_days_are_covered_once(self) -> None:
        if not hasattr(self, "subject"):
            return
        spans = list(SubjectVersion.objects.filter(CURRENT, subject=self.subject).order_by("valid_from"))
        assert spans[0].valid_from == OPENED
        assert spans[-1].valid_to is None
        for earlier, later in itertools.pairwise(spans):
            assert later.valid_from == (earlier.valid_to or OPENED) + timedelta(days=1)


@pytest.mark.django_db
def test_the_register_agrees_with_a_list_of_events() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        RegisterMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_an_unknown_batch_is_nowhere(db: None) -> None:
    region = make_region()
    registrar = officer(region.qitai, "dengji", role=Role.REGISTRAR)
    from yaojian.foundation.errors import NotFound

    with pytest.raises(NotFound):
        undo_registration(by=registrar, batch=uuid4())
