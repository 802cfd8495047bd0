"""Reads of the tree of organs on any day."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from yaojian.foundation.accounts.models import OrganPeriod, Posting
from yaojian.foundation.accounts.organ_tree import from_the_root
from yaojian.foundation.periods import ONE_DAY, in_force_q


@dataclass(frozen=True, slots=True)
class OrganAt:
    """An organ as it was, is or will be on a day; `path` is made of the keys from the root down ("1.4.")."""

    id: int
    code: str
    name: str
    name_en: str
    short_name: str
    level: str
    kind: str
    tree: str
    parent_id: int | None
    territories: tuple[str, ...]
    path: str
    depth: int
    since: date

    @property
    def label(self) -> str:
        """The organ's name on that day, in the reader's language."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


def organs_as_of(on: date) -> list[OrganAt]:
    """All organs that exist on a day, each after the one above it, with names and places of that day."""
    rows = OrganPeriod.objects.filter(in_force_q(on)).select_related("organ").order_by("organ__code")
    return _tree({period.organ_id: period for period in rows})


class OrganHistory:
    """The tree of organs on every day, from one read. Days before the first known one are like it."""

    def __init__(self) -> None:
        self._periods = list(OrganPeriod.objects.select_related("organ").order_by("organ__code"))
        begun = {period.valid_from for period in self._periods}
        ended = {period.valid_to + ONE_DAY for period in self._periods if period.valid_to is not None}
        self._changes = sorted(begun | ended)
        self._trees: dict[int, dict[int, OrganAt]] = {}
        self._known: dict[int, list[OrganPeriod]] = {}
        for period in self._periods:
            self._known.setdefault(period.organ_id, []).append(period)

    def on(self, day: date) -> Mapping[int, OrganAt]:
        """The organs of a day by key, each after the one above it."""
        if not self._changes:
            return {}
        place = max(bisect_right(self._changes, day) - 1, 0)
        if place not in self._trees:
            day = self._changes[place]
            there = {p.organ_id: p for p in self._periods if _holds(p, day)}
            self._trees[place] = {organ.id: organ for organ in _tree(there)}
        return self._trees[place]

    def stretches(self, first: date, last: date) -> Iterator[tuple[date, date, Mapping[int, OrganAt]]]:
        """The days from one to another in stretches without a change, each with its tree.

        The first tree known is also that of the days before it.
        """
        starts = [first, *(day for day in self._changes[1:] if first < day <= last)]
        for start, following in zip(starts, [*starts[1:], last + ONE_DAY], strict=True):
            yield start, following - ONE_DAY, self.on(start)

    def line(self, organ_id: int, day: date) -> tuple[int, ...]:
        """An organ and all above it on a day, from the root down; on the nearest day that knows it."""
        known = self._known.get(organ_id, [])
        if not any(_holds(period, day) for period in known):
            later = [period.valid_from for period in known if period.valid_from > day]
            ended = [period.valid_to for period in known if period.valid_to is not None]
            day = min(later) if later else max(ended, default=day)
        organ = self.on(day).get(organ_id)
        return _steps(organ) if organ is not None else (organ_id,)

    def ever_below(self, organ_id: int) -> set[int]:
        """The organs that have stood, stand or will stand at or below one."""
        return {
            organ.id for day in self._changes for organ in self.on(day).values() if organ_id in _steps(organ)
        } | {organ_id}


def _holds(period: OrganPeriod, day: date) -> bool:
    return period.valid_from <= day and (period.valid_to is None or day <= period.valid_to)


def _steps(organ: OrganAt) -> tuple[int, ...]:
    return tuple(int(step) for step in organ.path.split(".") if step)


def _tree(periods: Mapping[int, OrganPeriod]) -> list[OrganAt]:
    """Organs of one day, each after the one above it."""
    found: dict[int, OrganAt] = {}
    for key in from_the_root({key: period.parent_id for key, period in periods.items()}):
        period = periods[key]
        above = found.get(period.parent_id) if period.parent_id is not None else None
        found[key] = OrganAt(
            id=key,
            code=period.organ.code,
            name=period.name,
            name_en=period.name_en,
            short_name=period.short_name or period.name,
            level=period.level,
            kind=period.kind,
            tree=above.tree if above else period.organ.tree,
            parent_id=period.parent_id,
            territories=tuple(period.territories),
            path=f"{above.path if above else ''}{key}.",
            depth=above.depth + 1 if above else 0,
            since=period.valid_from,
        )
    return list(found.values())


def organs_within(organ_id: int, on: date) -> list[OrganAt]:
    """An organ and those below it on a day, each followed by those below it, by code."""
    everything = {organ.id: organ for organ in organs_as_of(on)}
    below: dict[int | None, list[OrganAt]] = {}
    for organ in sorted(everything.values(), key=lambda organ: organ.code):
        below.setdefault(organ.parent_id, []).append(organ)

    def walk(organ: OrganAt) -> list[OrganAt]:
        return [organ, *(deeper for child in below.get(organ.id, []) for deeper in walk(child))]

    return walk(everything[organ_id]) if organ_id in everything else []


def people_in_office(organ_id: int, on: date) -> QuerySet[Posting]:
    """The postings in an organ that hold on a day, with people and the home organs of guests."""
    postings = Posting.objects.filter(in_force_q(on), organ_id=organ_id, user__is_active=True)
    return postings.select_related("user", "seconded_from").order_by("role", "user__display_name")


def counts_in_office(organ_ids: Collection[int], on: date) -> dict[int, int]:
    """How many people are in office in each organ on a day."""
    postings = Posting.objects.filter(in_force_q(on), organ_id__in=organ_ids, user__is_active=True)
    rows = postings.order_by().values_list("organ_id").annotate(n=Count("user_id", distinct=True))
    return dict(rows)


def periods_of(organ_id: int) -> QuerySet[OrganPeriod]:
    """What an organ was, is and is planned to be, the latest first."""
    return OrganPeriod.objects.filter(organ_id=organ_id).select_related("parent").order_by("-valid_from")
