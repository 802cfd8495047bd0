"""Kept values: what a definition came to for an organ on a data date, counted again when something happened.

A value knows the newest act of the journal when it was counted; every change of data writes an act. As long
as no act came after it, it is exact. Later it is counted anew: at once where that is quick, else it may
stand for some minutes, and the page says when it was counted.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import newest_act_key, nobody_is_writing
from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.engine import Reading
from yaojian.oversight.plans.evaluation import target_for
from yaojian.oversight.plans.models import Figure, KeptValue
from yaojian.oversight.plans.outcomes import Exclusion, Lack, Outcome, Score, ValueState

QUICK = 400
"""Milliseconds of counting that a page waits for when its values are behind the journal."""
MAY_STAND = timedelta(minutes=15)
"""How long values that take longer may stand behind the journal."""
_COLUMNS = [
    "period_start",
    "period_end",
    "state",
    "number",
    "outcome",
    "journal",
    "milliseconds",
    "computed_at",
]


def values_of(
    figures: Sequence[Figure], organ: Organ, as_of: date, *, fresh: bool = False, exact: bool = False
) -> dict[str, FigureValue]:
    """The values of figures for an organ on a day, by key: kept ones where they hold, else counted and kept.

    `fresh` counts everything anew; `exact` lets nothing stand that is behind the journal. A figure without
    a definition (a baseline, a milestone) is never kept.
    """
    return values_at(figures, [(organ, as_of)], fresh=fresh, exact=exact)[organ.pk, as_of]


def values_at(
    figures: Sequence[Figure],
    places: Sequence[tuple[Organ, date]],
    *,
    fresh: bool = False,
    exact: bool = False,
) -> dict[tuple[int, date], dict[str, FigureValue]]:
    """The same for several organs and days; the first place is at or above all others."""
    journal = newest_act_key()
    kept = {} if fresh else _kept(figures, places, journal, exact=exact)
    found: dict[tuple[int, date], dict[str, FigureValue]] = {}
    wanted: list[tuple[Organ, date, list[Figure]]] = []
    for organ, day in places:
        here = found.setdefault((organ.pk, day), {})
        new = []
        for figure in figures:
            row = kept.get((figure.version_id, organ.pk, day, figure.unit))
            if row is None or figure.version_id is None:
                new.append(figure)
            else:
                here[figure.key] = _value(figure, organ, row)
        if new:
            wanted.append((organ, day, new))
    for organ, day, values in _count(wanted, places[0], journal):
        found[organ.pk, day] |= values
    return found


def _count(
    wanted: Sequence[tuple[Organ, date, list[Figure]]], first: tuple[Organ, date], journal: int
) -> Iterable[tuple[Organ, date, dict[str, FigureValue]]]:
    if not wanted:
        return
    started, moment = time.monotonic(), now()
    kept = any(figure.version_id is not None for _organ, _day, figures in wanted for figure in figures)
    # What was counted while somebody wrote acts is behind from the start.
    journal = journal if kept and nobody_is_writing() else 0
    top = Reading(*first)
    readings = [(top.at(organ, day), figures) for organ, day, figures in wanted]
    top.prepare_all(readings)
    counted = [
        (reading, {figure.key: (figure, reading.value(figure)) for figure in figures})
        for reading, figures in readings
    ]
    spent = 1000 * (time.monotonic() - started)
    share = int(spent / max(sum(len(values) for _reading, values in counted), 1))
    rows = [
        _row(figure, value, journal, share, moment)
        for _reading, values in counted
        for figure, value in values.values()
        if figure.version_id is not None
    ]
    unique = {(row.organ_id, row.as_of, row.version_id, row.unit): row for row in rows}
    if unique:
        KeptValue.objects.bulk_create(
            unique.values(),
            update_conflicts=True,
            unique_fields=["organ", "as_of", "version", "unit"],
            update_fields=_COLUMNS,
        )
    for reading, values in counted:
        yield (
            reading.organ,
            reading.as_of,
            {key: replace(value, computed_at=moment) for key, (_figure, value) in values.items()},
        )


def _kept(
    figures: Sequence[Figure], places: Sequence[tuple[Organ, date]], journal: int, *, exact: bool
) -> dict[tuple[int | None, int, date, str], KeptValue]:
    """Kept rows that still hold: up to the newest act, or too costly to count at every change."""
    rows = list(
        KeptValue.objects.filter(
            version_id__in={figure.version_id for figure in figures if figure.version_id},
            organ_id__in={organ.pk for organ, _day in places},
            as_of__in={day for _organ, day in places},
        )
    )
    may_stand = not exact and sum(row.milliseconds for row in rows) > QUICK
    oldest = now() - MAY_STAND
    holding = [row for row in rows if row.journal >= journal or (may_stand and row.computed_at >= oldest)]
    return {(row.version_id, row.organ_id, row.as_of, row.unit): row for row in holding}


def _row(figure: Figure, value: FigureValue, journal: int, spent: int, moment: Any) -> KeptValue:
    number = value.outcome.number
    assert figure.version_id is not None
    return KeptValue(
        version_id=figure.version_id,
        organ_id=value.organ_id,
        as_of=value.as_of,
        unit=figure.unit,
        period_start=value.period_start,
        period_end=value.period_end,
        state=value.state.value,
        number=None if number is None else Decimal(number.numerator) / number.denominator,
        outcome=written(value.outcome),
        journal=journal,
        milliseconds=spent,
        computed_at=moment,
    )


def _value(figure: Figure, organ: Organ, row: KeptValue) -> FigureValue:
    return FigureValue(
        key=figure.key,
        organ_id=organ.pk,
        as_of=row.as_of,
        outcome=read(row.outcome),
        unit=figure.unit,
        period_start=row.period_start,
        period_end=row.period_end,
        target=target_for(figure, row.as_of.year, row.as_of),
        computed_at=row.computed_at,
    )


def written(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON, exact: fractions as text; the inverse of `read`."""
    return {
        "state": outcome.state.value,
        "number": None if outcome.number is None else str(outcome.number),
        "numerator": str(outcome.numerator),
        "denominator": str(outcome.denominator),
        "excluded": {reason.value: number for reason, number in outcome.excluded.items()},
        "lacks": [
            [lack.datum, lack.organ_id, lack.year, [day.isoformat() for day in lack.days], lack.dims]
            for lack in outcome.lacks
        ],
        "grade": outcome.grade,
        "done_on": outcome.done_on.isoformat() if outcome.done_on else None,
        "late": str(outcome.late),
        "sample_size": outcome.sample_size,
        "met_share": None if outcome.met_share is None else str(outcome.met_share),
        "scores": [[score.code, str(score.weight), str(score.score)] for score in outcome.scores],
    }


def read(data: Mapping[str, Any]) -> Outcome:
    """An outcome from JSON."""
    return Outcome(
        state=ValueState(data["state"]),
        number=None if data["number"] is None else Fraction(data["number"]),
        numerator=Fraction(data["numerator"]),
        denominator=Fraction(data["denominator"]),
        excluded={Exclusion(reason): number for reason, number in data["excluded"].items()},
        lacks=tuple(
            Lack(
                datum,
                organ_id,
                year,
                tuple(date.fromisoformat(day) for day in days),
                tuple((name, tuple(values)) for name, values in dims),
            )
            for datum, organ_id, year, days, dims in data["lacks"]
        ),
        grade=data["grade"],
        done_on=date.fromisoformat(data["done_on"]) if data["done_on"] else None,
        late=Fraction(data["late"]),
        sample_size=data["sample_size"],
        met_share=None if data["met_share"] is None else Fraction(data["met_share"]),
        scores=tuple(
            Score(code, Fraction(weight), Fraction(score)) for code, weight, score in data["scores"]
        ),
    )


def forget_values() -> int:
    """Forget all kept values, so that the next reader counts them; how many there were."""
    return KeptValue.objects.all().delete()[0]


def refresh_values(figures: Sequence[Figure], places: Sequence[tuple[Organ, date]]) -> int:
    """Count the values of some places anew where something has happened since; how many figures there are."""
    journal = newest_act_key()
    rows = KeptValue.objects.filter(organ_id__in={organ.pk for organ, _day in places}, journal__lt=journal)
    rows.update(computed_at=now() - 2 * MAY_STAND)
    return sum(len(values) for values in values_at(figures, places).values())
