"""Days of the log: every entry is counted once, for subject and organ; the audit finds false counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from yaojian.foundation.ledger.actions import compose_act
from yaojian.foundation.ledger.audit_days import compare_days
from yaojian.foundation.ledger.audit_report import AuditReport
from yaojian.foundation.ledger.closing import close_days
from yaojian.foundation.ledger.models import ClosedDay
from yaojian.foundation.ledger.models import Leaf as StoredLeaf
from yaojian.foundation.ledger.tests.office import Office, at, office
from yaojian.foundation.ledger.transparency.days import (
    BLOCK,
    Closing,
    Statement,
    block_of,
    blocks_of,
    check_statement,
    closing_in,
    path_in_day,
    places_for,
    root_of_blocks,
    salt_of,
)
from yaojian.foundation.ledger.transparency.hashing import leaf_hash, root_of, root_of_hashes
from yaojian.foundation.ledger.transparency.leaves import commitment_of, parse_leaf
from yaojian.foundation.ledger.transparency.tiles import split_hashes
from yaojian.foundation.timekeeping import held_at

DAY = date(2026, 11, 20)
__all__ = ["office"]
pytestmark = pytest.mark.django_db


def closings() -> list[Closing]:
    return [closing_in(bytes(one.act.canonical)) for one in ClosedDay.objects.order_by("day")]


def audited() -> AuditReport:
    report = AuditReport()
    compare_days(connection.connection, report)
    return report


def test_a_day_is_closed_once_and_counts_every_entry(office: Office) -> None:
    for subject in (17, None, 300, 17):
        office.act(subject, at(20, 10))
    office.sequence()
    with held_at(at(21, 0, 12)):
        assert (close_days(), close_days()) == (1, 0)
    (closing,) = closings()
    assert (closing.day, closing.number, closing.begin, closing.end) == ("2026-11-20", 1, 0, 4)
    assert closing.subjects == 2
    entries = office.log.files.entries(0, 4)
    assert {code: n for code, (n, _root) in closing.organs.items()} == {parse_leaf(entries[0]).organ: 4}
    closed = ClosedDay.objects.get()
    blocks = split_hashes(bytes(closed.blocks), closing.places // BLOCK)
    counted = {17: (2, root_of([entries[0], entries[3]])), 300: (1, root_of([entries[2]]))}
    seed = bytes(closed.seed)
    for subject in (17, 300, 0, 511):
        n, root = counted.get(subject, (0, root_of([])))
        path = path_in_day(subject, block_of(seed, "2026-11-20", subject // BLOCK, counted), blocks)
        said = Statement(subject, "2026-11-20", n, root)
        assert check_statement(said, salt_of(seed, subject), path, closing)
        for lie in (
            Statement(subject, "2026-11-20", n + 1, root),
            Statement(subject + 1, "2026-11-20", n, root),
            Statement(subject, "2026-11-21", n, root),
            Statement(subject, "2026-11-20", n, leaf_hash(b"")),
        ):
            assert not check_statement(lie, salt_of(seed, subject), path, closing)
    assert check_statement(Statement(512, "2026-11-20"), b"", [], closing)
    assert (audited().told, audited().days) == ([], 1)


def test_late_entries_belong_to_the_next_day(office: Office) -> None:
    office.act(17, at(20, 10))
    office.sequence()
    waiting = office.act(17, at(20, 23, 59))
    with held_at(at(21, 0, 12)):
        assert close_days() == 0  # it was recorded before midnight and has no entry yet
        office.sequence()
        assert close_days() == 1
    office.act(17, at(20, 23, 58))  # its transaction ended long after
    office.sequence()
    with held_at(at(22, 0, 12)):
        assert close_days() == 1
    first, second = closings()
    assert first.end == StoredLeaf.objects.get(act=waiting).index + 1 == second.begin
    assert second.end == 4  # with the act that closed the first day
    assert audited().told == []


def test_days_that_were_missed_are_closed_one_by_one(office: Office) -> None:
    office.act(17, at(18, 10))
    office.sequence()
    with held_at(at(19, 1)):
        close_days()
    office.sequence()
    office.act(17, at(21, 10))
    office.sequence()
    with held_at(at(23, 9)):
        assert close_days() == 4
    assert [(one.day, one.begin, one.end) for one in closings()] == [
        ("2026-11-18", 0, 1),
        ("2026-11-19", 1, 2),
        ("2026-11-20", 2, 2),
        ("2026-11-21", 2, 3),
        ("2026-11-22", 3, 3),
    ]
    assert (audited().told, audited().days) == ([], 5)


def test_an_empty_log_has_no_days(office: Office) -> None:
    with held_at(at(21, 1)):
        assert close_days() == 0


def test_the_public_entry_names_no_subject(office: Office) -> None:
    office.act(170017, at(20, 10))
    office.sequence()
    with held_at(at(21, 1)):
        close_days()
    office.sequence()
    assert all(b"170017" not in entry and b"subject" not in entry for entry in office.log.files.entries(0, 2))
    assert b"170017" not in bytes(ClosedDay.objects.get().act.canonical)


def lie(office: Office, day: date, number: int, begin: int, end: int, subjects: Any, organs: Any) -> None:
    """Close a day with other counts than the log's."""
    seed, places = bytes(32), places_for(300)
    blocks = blocks_of(seed, day.isoformat(), places, subjects)
    closing = Closing(
        day.isoformat(), number, begin, end, len(subjects), places, root_of_blocks(blocks), organs
    )
    act = compose_act(by=office.actor, kind="journal.day_closed", facts=closing.facts)
    act.save(force_insert=True)
    ClosedDay.objects.create(
        day=day, number=number, begin=begin, end=end, act=act, seed=seed, blocks=b"".join(blocks)
    )


def test_the_audit_finds_false_counts(office: Office) -> None:
    for subject in (17, 17, 300):
        office.act(subject, at(20, 10))
    office.sequence()
    hashes = [leaf_hash(entry) for entry in office.log.files.entries(0, 3)]
    organ = parse_leaf(office.log.files.entries(0, 1)[0]).organ
    own = {17: (1, hashes[0]), 300: (1, hashes[2])}  # one is kept back
    lie(office, DAY, 1, 0, 3, own, {organ: (2, root_of_hashes([hashes[0], hashes[2]]))})
    told = audited().told
    assert {one.layer for one in told} == {"day"}
    assert {one.where for one in told} == {"day 2026-11-20"}
    assert "the entries of an organ are not those that were counted" in [one.text for one in told]
    assert "the entries of a subject between 0 and 255 are not those counted" in [one.text for one in told]
    assert len(told) == 2


def test_the_audit_finds_entries_between_days(office: Office) -> None:
    office.act(17, at(20, 10))
    office.act(17, at(20, 11))
    office.sequence()
    hashed = leaf_hash(office.log.files.entries(0, 1)[0])
    organ = parse_leaf(office.log.files.entries(0, 1)[0]).organ
    lie(office, DAY, 1, 0, 1, {17: (1, hashed)}, {organ: (1, hashed)})
    lie(office, DAY + timedelta(days=1), 2, 2, 2, {}, {})
    assert [(one.where, one.text) for one in audited().told] == [
        ("day 2026-11-21", "it does not go on from number 1, entry 1")
    ]


def test_commitments_of_statements_are_salted() -> None:
    said = Statement(17, "2026-11-20")
    assert said.hash(salt_of(bytes(32), 17)) != said.hash(salt_of(bytes([1] * 32), 17))
    assert commitment_of(bytes(said), salt_of(bytes(32), 17)) != commitment_of(
        bytes(said), salt_of(bytes(32), 18)
    )
