"""A figure on many days, or for many organs below one, from one reading of subjects and acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.evaluation import act_days, evaluate, formula_of, scope_of, span_of, value_with
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.tally import Entry, coverage_count


@dataclass(frozen=True, slots=True)
class Series:
    """What a figure needs to be counted on any of the days for which it was read."""

    figure: Figure
    formula: Formula
    organ: Organ
    entries: Sequence[Entry]

    def on(self, as_of: date) -> FigureValue:
        """The value on a day; the same as `evaluate` gives."""
        return self._value(self.organ, self.entries, as_of)

    def of(self, below: Organ, as_of: date) -> FigureValue:
        """The value of an organ below, whose land and charge are part of those of the series' organ."""
        if self.formula.shape != "coverage":
            return evaluate(self.figure, below, as_of)
        if self.formula.within == "territory":
            prefixes = tuple(below.territories)
            entries = [entry for entry in self.entries if entry.division_code.startswith(prefixes)]
        else:
            entries = [entry for entry in self.entries if entry.organ_path.startswith(below.path or "")]
        return self._value(below, entries, as_of)

    def _value(self, organ: Organ, entries: Sequence[Entry], as_of: date) -> FigureValue:
        if self.formula.shape != "coverage" or self.formula.period is None:
            return evaluate(self.figure, organ, as_of)
        count = coverage_count(entries, self.formula.period, self.formula.minimum, as_of)
        return value_with(self.figure, self.formula, organ, as_of, count)


def series_of(figure: Figure, organ: Organ, days: Sequence[date]) -> Series:
    """Read what a computable figure needs on some days: two queries for a coverage, none for a closure.

    A closure has few rows behind it and is counted in the database day by day.
    """
    formula = formula_of(figure)
    if formula.shape != "coverage" or formula.act is None:
        return Series(figure, formula, organ, ())
    subjects = scope_of(formula, organ)
    first = min(span_of(formula, day)[0] for day in days)
    acts = act_days(formula.act, Q(subject_id__in=subjects.order_by().values("pk")), first, max(days))
    rows = subjects.order_by().values_list(
        "pk", "opened_on", "closed_on", "division_code", "responsible_organ__path"
    )
    entries = [
        Entry(opened, closed, division, path or "", acts.get(pk, ()))
        for pk, opened, closed, division, path in rows
    ]
    return Series(figure, formula, organ, entries)
