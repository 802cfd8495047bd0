"""What has been stated, added up for an organ: the rule of roll-up over records that are read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from yaojian.foundation.accounts.facade import Organ, OrganAt, organs_within
from yaojian.oversight.plans.cells import Cell
from yaojian.oversight.plans.definitions import Period
from yaojian.oversight.plans.outcomes import ZERO, Lack
from yaojian.oversight.statistics.facade import Record, dims_key, records_of

LEVELS_THAT_STATE = frozenset({"province", "prefecture", "county", "park"})
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True, slots=True)
class Stated:
    """The records that count, what they add up to, and the organs that have stated nothing."""

    records: Sequence[Record]
    total: Fraction
    lacks: tuple[Lack, ...]
    registered: bool = False

    @property
    def any_stated(self) -> bool:
        """Whether anybody has stated anything."""
        return self.registered or bool(self.records)


class Tree:
    """The organs below one on a day, for walks."""

    def __init__(self, organs: Iterable[OrganAt]) -> None:
        self.organs = {organ.id: organ for organ in organs}
        self.children: dict[int | None, list[OrganAt]] = defaultdict(list)
        for organ in self.organs.values():
            self.children[organ.parent_id].append(organ)

    def below(self, organ_id: int) -> list[OrganAt]:
        """An organ and all below it."""
        path = self.organs[organ_id].path
        return [organ for organ in self.organs.values() if organ.path.startswith(path)]

    def with_land(self, organ_id: int, level: str) -> list[OrganAt]:
        """An organ and those below it that are of a level, of its tree, and have land of their own."""
        tree = self.organs[organ_id].tree
        return [
            organ
            for organ in self.below(organ_id)
            if organ.level == level and organ.territories and organ.tree == tree
        ]

    def expected(self, organ: OrganAt) -> list[OrganAt]:
        """The organs directly below one that are expected to state."""
        return [
            child
            for child in self.children[organ.id]
            if child.level in LEVELS_THAT_STATE and child.territories and child.tree == organ.tree
        ]

    def silent(self, organ_id: int, stating: Iterable[int]) -> list[int]:
        """Who has stated nothing; where nobody below has either, the organ above stands for all."""
        heard: set[int] = set()
        own = set(stating)
        for one in own:
            heard.update(int(step) for step in self.organs[one].path.split(".") if step)
        missing: list[int] = []
        stack = [self.organs[organ_id]]
        while stack:
            organ = stack.pop()
            if organ.id not in heard:
                missing.append(organ.id)
            elif organ.id not in own:
                stack += self.expected(organ)
        return missing


Read = Callable[[Sequence[str]], dict[str, list[Record]]]


class Book:
    """All statements of an organ and those below it, read datum by datum when first asked for."""

    def __init__(self, organ: Organ, as_of: date, tree: Tree | None = None) -> None:
        self.organ = organ
        self.tree = tree or Tree(organs_within(organ.pk, as_of))
        self._records: dict[str, dict[str, list[Record]]] = {}

    def read(self, data: Iterable[str]) -> None:
        """Read several data at once, so that a plan asks a few queries and not one for each figure."""
        new = sorted({datum for datum in data if datum not in self._records})
        if not new:
            return
        for datum, found in records_of(new, self.organ, EARLIEST, LATEST).items():
            by_dims: dict[str, list[Record]] = defaultdict(list)
            for record in found:
                if record.organ_id in self.tree.organs:
                    by_dims[dims_key(record.dims)].append(record)
            self._records[datum] = by_dims

    def stated(
        self, cell: Cell, period: Period | None, as_of: date, organ_id: int, *, alone: bool = False
    ) -> Stated:
        """What an organ and those below it have stated of a cell by a day; `alone` looks at itself only."""
        self.read([cell.datum])
        path = self.tree.organs[organ_id].path
        counted: list[Record] = []
        for dims in cell.exact():
            found = [
                record
                for record in self._records[cell.datum].get(dims_key(dims), ())
                if _in_time(record, period, as_of)
                and (
                    record.organ_id == organ_id
                    if alone
                    else self.tree.organs[record.organ_id].path.startswith(path)
                )
            ]
            counted += self._unanswered(found, len(path), newest=period is None)
        total = sum((Fraction(record.amount) for record in counted if record.amount is not None), ZERO)
        stating = {record.organ_id for record in counted}
        missing = ([] if counted else [organ_id]) if alone else self.tree.silent(organ_id, stating)
        lacks = tuple(Lack(cell.datum, one, as_of.year) for one in missing)
        return Stated(counted, total, lacks)

    def _unanswered(self, found: Sequence[Record], depth: int, *, newest: bool) -> list[Record]:
        """Records of equal dimensions without those for whose days an organ above has spoken."""
        by_organ: dict[int, list[Record]] = defaultdict(list)
        for record in found:
            if newest and by_organ[record.organ_id]:
                if by_organ[record.organ_id][0].last_on >= record.last_on:
                    continue
                by_organ[record.organ_id].clear()
            by_organ[record.organ_id].append(record)
        kept = []
        for organ_id, own in by_organ.items():
            inside = self.tree.organs[organ_id].path[depth:]
            start = self.tree.organs[organ_id].path[:depth].rstrip(".").rsplit(".", 1)[-1]
            line = [int(step) for step in (start, *inside.split(".")) if step]
            above = [record for one in line if one != organ_id for record in by_organ.get(one, ())]
            kept += [
                record
                for record in own
                if not any(
                    newest or (other.first_on <= record.last_on and record.first_on <= other.last_on)
                    for other in above
                )
            ]
        return kept


def _in_time(record: Record, period: Period | None, as_of: date) -> bool:
    if record.datum == "population":
        return record.first_on.year == as_of.year == record.last_on.year
    if period is None:
        return record.last_on <= as_of
    start, end = period.bounds(as_of)
    return start <= record.first_on and record.last_on <= min(end, as_of)
