"""Reads of the tree of organs on any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import get_language

from yaojian.foundation.accounts.models import Organ, OrganPeriod
from yaojian.foundation.accounts.organ_tree import from_the_root
from yaojian.foundation.periods import in_force_q


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
    periods = {
        period.organ_id: period
        for period in OrganPeriod.objects.filter(in_force_q(on))
        .select_related("organ")
        .order_by("organ__code")
    }
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


def open_organs(on: date) -> QuerySet[Organ]:
    """The organs that exist on a day."""
    return Organ.objects.filter(pk__in=OrganPeriod.objects.filter(in_force_q(on)).order_by().values("organ"))
