"""Reads of statements: what somebody may see, and what counts for an organ and a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
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
from yaojian.foundation.periods import ONE_DAY, Span, days_left
from yaojian.foundation.timekeeping import today
from yaojian.oversight.statistics.contracts import FILE_KIND, Gap, Record
from yaojian.oversight.statistics.data import catalogue
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
    below = [one.id for one in organs_within(organ.pk, last)]
    found = records_of([datum], below)[datum]
    return [record for record in found if first <= record.first_on and record.last_on <= last]


def records_of(data: Collection[str], organ_ids: Collection[int]) -> dict[str, list[Record]]:
    """All records of several data by some organs, by datum; a datum without any has an empty list."""
    rows = list(
        Statistic.objects.filter(
            datum__in=list(data), organ_id__in=list(organ_ids), state=StatisticState.CONFIRMED.value
        ).order_by("datum", "organ_id", "first_on", "pk")
    )
    found: dict[str, list[Record]] = {datum: [] for datum in data}
    for row in rows:
        found[row.datum].append(_record(row))
    return found


def _record(row: Statistic) -> Record:
    return Record(
        pk=row.pk,
        datum=row.datum,
        organ_id=row.organ_id,
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
    """The gaps of several data and dimensions at once, in their order; up to the last month that is over."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    tree = organs_within(organ.pk, min(last, today()))
    stated: dict[tuple[str, str], dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    rows = Statistic.objects.filter(
        datum__in={datum for datum, _dims in wanted},
        organ_id__in=[one.id for one in tree],
        state=StatisticState.CONFIRMED.value,
        last_on__gte=first,
        first_on__lte=last,
    )
    columns = ("datum", "dims_key", "organ_id", "first_on", "last_on")
    for row_datum, key, organ_id, *span in rows.order_by().values_list(*columns):
        stated[row_datum, key][organ_id].append((span[0], span[1]))
    over = min(last, today().replace(day=1) - ONE_DAY)
    return [_gaps(datum, dims, tree, stated[datum, dims_key(dims)], (first, over)) for datum, dims in wanted]


def _gaps(
    datum: str,
    dims: Mapping[str, str],
    tree: list[OrganAt],
    stated: Mapping[int, list[Span]],
    asked: Span,
) -> list[Gap]:
    known = catalogue().data.get(datum)
    adds_up = known is not None and known.measure_of(dims).is_flow
    below: dict[int | None, list[OrganAt]] = defaultdict(list)
    for one in tree:
        if one.kind == OrganKind.BUREAU.value:
            below[one.parent_id].append(one)

    def anything(one: OrganAt) -> bool:
        return bool(stated.get(one.id)) or any(anything(child) for child in below[one.id])

    def lacking(one: OrganAt, days: list[Span]) -> list[tuple[OrganAt, list[Span]]]:
        own = stated.get(one.id, [])
        left = days_left(days, own) if adds_up else ([] if own else days)
        if not left and (adds_up or own):
            return []
        if not any(anything(child) for child in below[one.id]):
            return [(one, left if own else [])]
        return [gap for child in below[one.id] for gap in lacking(child, left)]

    days = [asked] if asked[0] <= asked[1] else []
    found: list[Gap] = []
    for one, left in lacking(tree[0], days) if tree else []:
        gap = Gap(one.id, one.code, one.label, one.path, datum, asked[0].year, dims)
        found += [replace(gap, days=span) for span in left] or [gap]
    return found
