"""Takes the rows of a table through a register's bulk door and counts what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from yaojian.foundation.accounts.facade import Actor
from yaojian.registers.intake.contracts import FieldKind, RowChange, RowFault, Target
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.parsing import cut_off_fault, was_cut_off
from yaojian.registers.intake.progress import Watch
from yaojian.registers.intake.rows import ParsedRows, Result, SoundRow

AT_ONCE = 5_000
"""Rows that go through the door together: a second of work or less, after which a cancel is heard."""

SAMPLED = 20
"""How many new and how many changed rows the preview shows."""


@dataclass(slots=True)
class Tally:
    """What became of all rows. `kept` has the broken ones, and all where all are wanted."""

    counts: Counter[RowChange] = field(default_factory=Counter)
    kept: list[Result] = field(default_factory=list)
    new: list[tuple[int, Any]] = field(default_factory=list)
    changed: list[tuple[int, Any]] = field(default_factory=list)


def take_in(
    job: Import, target: Target, actor: Actor, watch: Watch, rows: ParsedRows, *, rehearse: bool
) -> Tally:
    """Put every row through the register's door, in the caller's transaction.

    A broken row is left out and told; all others are entered. In a rehearsal, which the caller rolls back,
    the door writes only what rows behind need. Raises NotAllowed and Stopped.
    """
    tally = Tally(Counter({RowChange.BROKEN: len(rows.broken)}), list(rows.broken))
    watch.begin("entering", len(rows.sound))
    done = 0
    for chunk, is_needed in _chunks(*_parents_first(rows.sound, target)):
        outcomes = target.register(
            [candidate.entry for candidate in chunk],
            by=actor,
            effective_on=job.effective_on,
            batch=job.uid,
            rehearse=rehearse and not is_needed,
        )
        for candidate, outcome in zip(chunk, outcomes, strict=True):
            _tell(tally, candidate, outcome, target, keep=job.by_system)
        done += len(chunk)
        watch.moved(done)
    tally.kept.sort(key=lambda result: result.row)
    return tally


def _parents_first(waiting: list[SoundRow], target: Target) -> tuple[list[SoundRow], list[SoundRow]]:
    """The rows that others belong to, in an order in which they can be entered, and all the others.

    A circle is left to the door to refuse.
    """
    if target.above is None:
        return [], waiting
    above = target.above
    named = {above(candidate.entry) for candidate in waiting}
    left = {key: one for one in waiting if (key := target.key(one.entry)) in named}
    others = [one for one in waiting if target.key(one.entry) not in named]
    ordered: list[SoundRow] = []
    while left:
        ready = [key for key, candidate in left.items() if (above(candidate.entry) or "") not in left]
        if not ready:
            return [*ordered, *left.values()], others
        ordered += [left.pop(key) for key in ready]
    return ordered, others


def _chunks(needed: list[SoundRow], others: list[SoundRow]) -> Iterator[tuple[list[SoundRow], bool]]:
    for rows, is_needed in ((needed, True), (others, False)):
        for start in range(0, len(rows), AT_ONCE):
            yield rows[start : start + AT_ONCE], is_needed


def _tell(tally: Tally, candidate: SoundRow, outcome: Any, target: Target, *, keep: bool) -> None:
    change = RowChange.BROKEN if outcome.change == "refused" else RowChange(str(outcome.change))
    tally.counts[change] += 1
    if change is RowChange.NEW and len(tally.new) < SAMPLED:
        tally.new.append((candidate.row, candidate.entry))
    elif change is RowChange.CHANGED and len(tally.changed) < SAMPLED:
        tally.changed.append((candidate.row, candidate.entry))
    if change is RowChange.BROKEN or keep:
        faults = tuple(_fault(fault, candidate.entry, target) for fault in outcome.faults)
        tally.kept.append(Result(candidate.row, change, outcome.code, candidate.cells, faults))


def _fault(fault: Any, entry: Any, target: Target) -> RowFault:
    """A register's fault in words, with what a spreadsheet did to the code where it shows."""
    one = target.field_named(fault.field)
    value = target.value(entry, fault.field)
    if one and one.kind is FieldKind.CODE and isinstance(value, str) and was_cut_off(value):
        return cut_off_fault(fault.field)
    return RowFault(fault.field, str(fault.detail), str(fault.cure))


def in_words(job: Import, result: Result) -> Result:
    """A result without trailing empty cells, as wide as the header."""
    width = len(job.shape["header"])
    cells = [str(cell) for cell in result.cells[:width]]
    return replace(result, cells=cells + [""] * (width - len(cells)))
