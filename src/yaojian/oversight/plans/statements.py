"""What has been stated, added up for an organ: the rule of roll-up over records that are read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from yaojian.foundation.accounts.facade import Organ, OrganAt, OrganHistory
from yaojian.foundation.periods import ONE_DAY, Span, days_left
from yaojian.oversight.plans.cells import Cell
from yaojian.oversight.plans.definitions import Period
from yaojian.oversight.plans.outcomes import ZERO, Lack
from yaojian.oversight.statistics.facade import Record, dims_key, records_of

LEVELS_THAT_STATE = frozenset({"province", "prefecture", "county", "park"})


@dataclass(frozen=True, slots=True)
class Stated:
    """The records that count, what they add up to, and what organs have not stated."""

    records: Sequence[Record]
    total: Fraction
    lacks: tuple[Lack, ...]
    registered: bool = False

    @property
    def any_stated(self) -> bool:
        """Whether anybody has stated anything."""
        return self.registered or bool(self.records)


@dataclass(frozen=True, slots=True)
class Entry:
    """A record with the line of organs, from the root down to its own, that it counts for."""

    record: Record
    line: tuple[int, ...]

    @property
    def span(self) -> Span:
        """The days it speaks of."""
        return self.record.first_on, self.record.last_on


class Tree:
    """The organs of a day, for walks; one that does not exist then has nobody below it."""

    def __init__(self, organs: Mapping[int, OrganAt]) -> None:
        self.organs = organs
        self.children: dict[int | None, list[OrganAt]] = defaultdict(list)
        for organ in organs.values():
            self.children[organ.parent_id].append(organ)

    def line(self, organ_id: int) -> tuple[int, ...]:
        """An organ and all above it, from the root down; empty for one that does not exist."""
        organ = self.organs.get(organ_id)
        return tuple(int(step) for step in organ.path.split(".") if step) if organ is not None else ()

    def with_land(self, organ_id: int, level: str) -> list[OrganAt]:
        """An organ and those below it that are of a level, of its tree, and have land of their own."""
        top = self.organs.get(organ_id)
        return [
            organ
            for organ in (self.organs.values() if top is not None else ())
            if top is not None
            and organ.path.startswith(top.path)
            and organ.level == level
            and organ.territories
            and organ.tree == top.tree
        ]

    def expected(self, organ: OrganAt) -> list[OrganAt]:
        """The organs directly below one that are expected to state."""
        return [
            child
            for child in self.children[organ.id]
            if child.level in LEVELS_THAT_STATE and child.territories and child.tree == organ.tree
        ]

    def silent(self, organ_id: int, stating: Iterable[Entry]) -> list[int]:
        """Who has stated nothing; where nobody below has either, the organ above stands for all."""
        own = {entry.record.organ_id for entry in stating}
        heard = {step for entry in stating for step in entry.line}
        if organ_id not in self.organs:
            return [] if own else [organ_id]
        missing: list[int] = []
        stack = [self.organs[organ_id]]
        while stack:
            organ = stack.pop()
            if organ.id not in heard:
                missing.append(organ.id)
            elif organ.id not in own:
                stack += self.expected(organ)
        return missing


class Book:
    """All statements of an organ and of whoever has ever stood below it, read datum by datum."""

    def __init__(self, organ: Organ, history: OrganHistory | None = None) -> None:
        self.organ = organ
        self._history = history
        self._trees: dict[int, Tree] = {}
        self._entries: dict[str, dict[str, list[Entry]]] = {}

    @cached_property
    def history(self) -> OrganHistory:
        """Where organs have stood; not read where nothing that was stated is asked for."""
        return self._history or OrganHistory()

    def read(self, data: Iterable[str]) -> None:
        """Read several data at once, so that a plan asks a few queries and not one for each figure."""
        new = sorted({datum for datum in data if datum not in self._entries})
        if not new:
            return
        for datum, found in records_of(new, self.history.ever_below(self.organ.pk)).items():
            by_dims: dict[str, list[Entry]] = defaultdict(list)
            for record in found:
                line = self.history.line(record.organ_id, record.last_on)
                by_dims[dims_key(record.dims)].append(Entry(record, line))
            self._entries[datum] = by_dims

    def tree(self, day: date) -> Tree:
        """The tree of organs on a day."""
        return self._tree(self.history.on(day))

    def _tree(self, organs: Mapping[int, OrganAt]) -> Tree:
        if id(organs) not in self._trees:
            self._trees[id(organs)] = Tree(organs)
        return self._trees[id(organs)]

    def stated(
        self, cell: Cell, period: Period | None, as_of: date, organ_id: int, *, alone: bool = False
    ) -> Stated:
        """What an organ and those below it have stated of a cell by a day; `alone` looks at itself only.

        What was done counts where its organ stood on the last day of the statement; what there is (and the
        newest, without a period), where it stands on `as_of`.
        """
        self.read([cell.datum])
        newest = period is None or not (cell.is_flow or cell.is_survey)
        counted: list[Entry] = []
        for dims in cell.exact():
            found = [
                entry
                for entry in self._entries[cell.datum].get(dims_key(dims), ())
                if _in_time(entry.record, period, as_of)
            ]
            if alone:
                found = [Entry(e.record, (organ_id,)) for e in found if e.record.organ_id == organ_id]
            elif newest:
                found = [Entry(e.record, self.tree(as_of).line(e.record.organ_id)) for e in found]
            found = [entry for entry in found if organ_id in entry.line]
            counted += _newest(found, organ_id) if newest else _rolled(found, organ_id)
        total = sum((Fraction(e.record.amount) for e in counted if e.record.amount is not None), ZERO)
        if period is not None and cell.is_flow:
            lacks = self._unstated(cell, counted, period, as_of, organ_id, alone=alone)
        elif alone:
            lacks = () if counted else (Lack(cell.datum, organ_id, as_of.year, dims=cell.dims),)
        else:
            silent = self.tree(as_of).silent(organ_id, counted)
            lacks = tuple(Lack(cell.datum, one, as_of.year, dims=cell.dims) for one in silent)
        return Stated([entry.record for entry in counted], total, lacks)

    def _unstated(
        self,
        cell: Cell,
        counted: Sequence[Entry],
        period: Period,
        as_of: date,
        organ_id: int,
        *,
        alone: bool,
    ) -> tuple[Lack, ...]:
        """Who has not stated which days of a period that have passed, asked in the tree of those days."""
        first, last = period.bounds(as_of)
        own, below = defaultdict[int, list[Span]](list), defaultdict[int, list[Span]](list)
        for entry in counted:
            own[entry.record.organ_id].append(entry.span)
            for step in entry.line[:-1]:
                below[step].append(entry.span)
        missing: dict[int, list[Span]] = defaultdict(list)

        def walk(tree: Tree, organ: OrganAt, days: Sequence[Span]) -> None:
            left = days_left(days, own.get(organ.id, ()))
            expected = [] if alone else tree.expected(organ)
            if expected and days_left(left, below.get(organ.id, ())) != left:
                for child in expected:
                    walk(tree, child, left)
            elif left := days_left(left, below.get(organ.id, ())):
                missing[organ.id] += left

        for start, end, organs in self.history.stretches(first, min(last, as_of)):
            if organ_id in organs:
                walk(self._tree(organs), organs[organ_id], [(start, end)])
        if not missing and not counted:
            return (Lack(cell.datum, organ_id, as_of.year, dims=cell.dims),)
        return tuple(
            Lack(cell.datum, one, as_of.year, days, cell.dims)
            for one, spans in missing.items()
            for days in (_joined(spans) if one in own or one in below else [()])
        )


def _joined(spans: Iterable[Span]) -> list[tuple[date, ...]]:
    """Spans in order, those that follow each other as one."""
    joined: list[tuple[date, ...]] = []
    for first, last in sorted(spans):
        if joined and joined[-1][1] + ONE_DAY == first:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return joined


def _newest(found: Sequence[Entry], organ_id: int) -> list[Entry]:
    """The newest record of each organ for which none above it has one."""
    newest: dict[int, Entry] = {}
    for entry in found:
        one = newest.get(entry.record.organ_id)
        if one is None or one.record.last_on < entry.record.last_on:
            newest[entry.record.organ_id] = entry
    return [
        entry
        for entry in newest.values()
        if not any(step in newest for step in entry.line[entry.line.index(organ_id) : -1])
    ]


def _rolled(found: Sequence[Entry], organ_id: int) -> list[Entry]:
    """An organ's own records, and for the days they leave those below it, each found the same way.

    A longer record below wins over own ones inside its days that do not cover them together.
    """
    own = [entry for entry in found if entry.record.organ_id == organ_id]
    deeper: dict[int, list[Entry]] = defaultdict(list)
    for entry in found:
        if entry.record.organ_id != organ_id:
            deeper[entry.line[entry.line.index(organ_id) + 1]].append(entry)
    below = [entry for child, entries in deeper.items() for entry in _rolled(entries, child)]
    spans = [entry.span for entry in own]
    longer = [entry.span for entry in below if days_left([entry.span], spans)]
    own = [e for e in own if not any(a <= e.span[0] and e.span[1] <= z for a, z in longer)]
    taken = [entry.span for entry in own]
    return own + [e for e in below if not any(a <= e.span[1] and e.span[0] <= z for a, z in taken)]


def _in_time(record: Record, period: Period | None, as_of: date) -> bool:
    if record.datum == "population":
        return record.first_on.year == as_of.year == record.last_on.year
    if period is None:
        return record.last_on <= as_of
    start, end = period.bounds(as_of)
    return start <= record.first_on and record.last_on <= min(end, as_of)
