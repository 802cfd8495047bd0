"""Reads of the tree of organs on any day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

from yaojian.foundation.accounts.models import OrganPeriod, Posting
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
