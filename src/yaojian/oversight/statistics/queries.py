"""Reads of statements: what somebody may see, and what counts for an organ and a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import (
    Actor,
    Organ,
    OrganAt,
    OrganKind,
    organs_within,
    subtree_q,
)
from yaojian.foundation.documents.facade import Document
from yaojian.foundation.errors import NotFound
from yaojian.oversight.statistics.contracts import FILE_KIND, Gap, Record
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.oversight.statistics.states import StatisticState
from yaojian.registers.intake.facade import Import


def statistics_visible_to(actor: Actor) -> QuerySet[Statistic]:
    """Statements about the actor's own organ and those below it."""
    return Statistic.objects.filter(subtree_q(actor, "organ")).select_related("organ")


def statistic_visible_to(actor: Actor, pk: int, *, for_update: bool = False) -> Statistic:
    """One statement, locked if asked. Raises NotFound, also for one out of scope."""
    found = statistics_visible_to(actor).filter(pk=pk)
    statistic = (found.select_for_update(of=("self",)) if for_update else found).first()
    if statistic is None:
        raise NotFound(
            _("There is no such statement in your area."), cure=_("Choose one in the list of statements.")
        )
    return statistic


def records(datum: str, organ: Organ, first: date, last: date) -> list[Record]:
    """Confirmed statements of a datum by an organ and those below it whose period lies within two days.

    The tree is that of `last`. What of them counts for the organ itself, the rule of roll-up says.
    """
    return records_of([datum], organ, first, last)[datum]


def records_of(data: Collection[str], organ: Organ, first: date, last: date) -> dict[str, list[Record]]:
    """The records of several data at once, by datum; a datum without any has an empty list."""
    paths = {below.id: below.path for below in organs_within(organ.pk, last)}
    rows = list(
        Statistic.objects.filter(
            datum__in=list(data),
            organ_id__in=list(paths),
            state=StatisticState.CONFIRMED.value,
            first_on__gte=first,
            last_on__lte=last,
        ).order_by("datum", "organ_id", "first_on", "pk")
    )
    found: dict[str, list[Record]] = {datum: [] for datum in data}
    for row in rows:
        found[row.datum].append(_record(row, paths[row.organ_id]))
    return found


def _record(row: Statistic, path: str) -> Record:
    return Record(
        pk=row.pk,
        datum=row.datum,
        organ_id=row.organ_id,
        organ_path=path,
        first_on=row.first_on,
        last_on=row.last_on,
        dims=row.dims,
        amount=row.amount,
        grade=row.grade,
        sample_size=row.sample_size,
    )


def evidence_counts(pks: Collection[int]) -> dict[int, int]:
    """How many documents each statement carries; one without any is left out."""
    rows = Document.objects.filter(file_kind=FILE_KIND, file_id__in=list(pks)).order_by()
    return dict(rows.values_list("file_id").annotate(n=Count("series", distinct=True)))


def with_evidence(found: QuerySet[Statistic]) -> QuerySet[Statistic]:
    """Statements with what they rest on: number of `documents`, and name and hash of the imported table."""
    attached = Document.objects.filter(file_kind=FILE_KIND, file_id=OuterRef("pk")).order_by()
    counted = attached.values("file_id").annotate(n=Count("series", distinct=True)).values("n")
    table = Import.objects.filter(uid=OuterRef("batch")).order_by()
    return found.annotate(
        documents=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        table_name=Subquery(table.values("file_name")),
        table_sha256=Subquery(table.values("file_sha256")),
    )


def sources(pks: Iterable[int]) -> QuerySet[Statistic]:
    """The statements behind a value, for a page that drills down to them; in the order of organs and days."""
    found = Statistic.objects.filter(pk__in=list(pks)).select_related("organ", "entered_by", "confirmed_by")
    return with_evidence(found).order_by("organ__code", "first_on", "pk")


def missing(datum: str, organ: Organ, year: int, dims: Mapping[str, str] | None = None) -> list[Gap]:
    """Who lacks a datum in a year: the organs, as low as any of their neighbours has stated it.

    An organ lacks it when it has confirmed nothing with these dimensions itself and one below it lacks it.
    """
    wanted = dict(dims or {})
    return gaps([(datum, wanted)], organ, year)[0]


def gaps(wanted: Collection[tuple[str, Mapping[str, str]]], organ: Organ, year: int) -> list[list[Gap]]:
    """The gaps of several data and dimensions at once, in their order."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    tree = organs_within(organ.pk, last)
    stated: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = Statistic.objects.filter(
        datum__in={datum for datum, _dims in wanted},
        organ_id__in=[one.id for one in tree],
        state=StatisticState.CONFIRMED.value,
        last_on__gte=first,
        first_on__lte=last,
    )
    for row_datum, key, organ_id in rows.order_by().values_list("datum", "dims_key", "organ_id"):
        stated[row_datum, key].add(organ_id)
    return [_gaps(datum, dims, tree, stated, year) for datum, dims in wanted]


def _gaps(
    datum: str,
    dims: Mapping[str, str],
    tree: list[OrganAt],
    stated: Mapping[tuple[str, str], set[int]],
    year: int,
) -> list[Gap]:
    have = stated.get((datum, dims_key(dims)), set())
    below: dict[int | None, list[OrganAt]] = defaultdict(list)
    for one in tree:
        if one.kind == OrganKind.BUREAU.value:
            below[one.parent_id].append(one)

    def anything(one: OrganAt) -> bool:
        return one.id in have or any(anything(child) for child in below[one.id])

    def lacking(one: OrganAt) -> list[OrganAt]:
        if one.id in have:
            return []
        if not any(anything(child) for child in below[one.id]):
            return [one]
        return [gap for child in below[one.id] for gap in lacking(child)]

    return [
        Gap(one.id, one.code, one.label, one.path, datum, year, dims)
        for one in (lacking(tree[0]) if tree else [])
    ]
