"""Enters what the organs of a province have stated: by the planner, and confirmed by the leader."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from yaojian.oversight.statistics.facade import Content, Entry, enter_past_statistics
from yaojian.simulator.provinces.staff import Staff
from yaojian.simulator.provinces.statements import Said
from yaojian.simulator.provinces.writing import Refused

AT_ONCE = 1_000


def enter_statements(said: Iterable[Said], staff: Staff, progress: Callable[[int], None]) -> int:
    """Enter and confirm statements; returns how many. Raises Refused."""
    rest, done = iter(said), 0
    while chunk := list(islice(rest, AT_ONCE)):
        entries = map(_entry, chunk)
        for outcome in enter_past_statistics(entries, by=staff.planner, confirmed_by=staff.leader):
            if outcome.change != "new":
                raise Refused(f"{outcome.code}: {outcome.change} {outcome.faults}")
        done += len(chunk)
        progress(done)
    return done


def _entry(said: Said) -> Entry:
    return Entry(
        said.organ,
        Content(
            datum=said.datum,
            first_on=said.first_on,
            last_on=said.last_on,
            dims=dict(said.dims),
            amount=said.amount,
            grade=said.grade,
            sample_size=said.sample_size,
            method=said.method,
        ),
    )
