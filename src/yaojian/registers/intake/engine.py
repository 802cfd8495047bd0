"""Takes the rows of a table through a register's bulk door and counts what becomes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.registers.intake.contracts import FieldKind, RowChange, RowFault, Target
from yaojian.registers.intake.mapping import ColumnMapping
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.parsing import RowReader, cut_off_fault, was_cut_off
from yaojian.registers.intake.places import area_names
from yaojian.registers.intake.progress import Watch
from yaojian.registers.intake.storage import path_of
from yaojian.registers.intake.tables.reading import data_rows

AT_ONCE = 5_000
"""Rows that go through the door together: a second of work or less, after which a cancel is heard."""

SAMPLED = 20
"""How many new and how many changed rows the preview shows."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row; `cells` are the row's own."""

    row: int
    change: RowChange
    code: str
    cells: list[str]
    faults: tuple[RowFault, ...] = ()


@dataclass(slots=True)
class Tally:
    """What became of all rows. `kept` has the broken ones, and all where all are wanted."""

    counts: Counter[RowChange] = field(default_factory=Counter)
    kept: list[Result] = field(default_factory=list)
    new: list[tuple[int, Any]] = field(default_factory=list)
    changed: list[tuple[int, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Candidate:
    row: int
    cells: list[str]
    entry: Any


def mapping_of(job: Import) -> ColumnMapping:
    """The mapping chosen for an import."""
    return ColumnMapping(job.mapping.get("columns", {}), job.mapping.get("constants", {}))


def take_in(job: Import, target: Target, actor: Actor, watch: Watch) -> Tally:
    """Put every row through the register's door, in the caller's transaction.

    A broken row is left out and told; all others are entered. Raises TableRefused, NotAllowed and Stopped.
    """
    tally = Tally()
    waiting = _read(job, target, actor, watch, tally)
    watch.begin("entering", len(waiting))
    done = 0
    for chunk in _chunks(_parents_first(waiting, target)):
        outcomes = target.register(
            [candidate.entry for candidate in chunk], by=actor, effective_on=job.effective_on, batch=job.uid
        )
        for candidate, outcome in zip(chunk, outcomes, strict=True):
            _tell(tally, candidate, outcome, target, keep=job.by_system)
        done += len(chunk)
        watch.moved(done)
    tally.kept.sort(key=lambda result: result.row)
    return tally


def _read(job: Import, target: Target, actor: Actor, watch: Watch, tally: Tally) -> list[_Candidate]:
    """The rows that are right by themselves; the others go to the tally."""
    reader = RowReader(target, mapping_of(job), area_names(actor))
    first_of: dict[str, int] = {}
    waiting: list[_Candidate] = []
    watch.begin("reading", job.rows)
    rows = data_rows(path_of(job.uid), job.shape["sheet"], job.shape["header_row"])
    for count, (number, cells) in enumerate(rows, 1):
        if count % 2_000 == 0:
            watch.moved(count)
        values, faults = reader.read(cells)
        if not faults:
            entry = target.entry(**values)
            key = target.key(entry)
            first = first_of.setdefault(key, number)
            if first == number:
                waiting.append(_Candidate(number, cells, entry))
                continue
            faults = [twice(target, first)]
        tally.counts[RowChange.BROKEN] += 1
        tally.kept.append(Result(number, RowChange.BROKEN, "", cells, tuple(faults)))
    return waiting


def twice(target: Target, first: int) -> RowFault:
    """The fault of a row that says again what an earlier one has said."""
    return RowFault(
        target.fields[0].name,
        _("The same entry stands in row %(row)s already, and that one was taken.") % {"row": first},
        _("Keep one of the two rows, or correct the code of this one."),
    )


def _parents_first(waiting: list[_Candidate], target: Target) -> list[_Candidate]:
    """The rows so that what others belong to comes before them; a circle is left to the door to refuse."""
    if target.above is None:
        return waiting
    above = target.above
    left = {target.key(candidate.entry): candidate for candidate in waiting}
    ordered: list[_Candidate] = []
    while left:
        ready = [key for key, candidate in left.items() if (above(candidate.entry) or "") not in left]
        if not ready:
            return [*ordered, *left.values()]
        ordered += [left.pop(key) for key in ready]
    return ordered


def _chunks(rows: list[_Candidate]) -> Iterator[list[_Candidate]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]


def _tell(tally: Tally, candidate: _Candidate, outcome: Any, target: Target, *, keep: bool) -> None:
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
