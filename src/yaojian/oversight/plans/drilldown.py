"""From a figure to the subjects it counts, and from each subject to the acts that made it count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Min, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.casework.inspections.facade import FILE_KIND
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import Act, acts_between
from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.plans.cells import part
from yaojian.oversight.plans.contracts import Duty, DutyState, FigureValue
from yaojian.oversight.plans.evaluation import (
    closure_rows,
    closures,
    formula_of,
    qualifying_acts,
    reached_q,
    scope_of,
    span_of,
    standing_of,
)
from yaojian.oversight.plans.mandates import HORIZON
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.registers import holding_q
from yaojian.registers.enterprises.facade import Subject

EARLIEST = date(1990, 1, 1)
"""No act of an installation is older."""

DUTY_TABS: dict[str, Promise] = {
    "overdue": _("Overdue"),
    "due": _("Due within 60 days"),
    "later": _("Due later"),
    "met": _("Met"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects behind a figure that stand alike."""

    code: str
    label: Promise
    subjects: QuerySet[Subject]
    known: int | None = None

    @property
    def count(self) -> int:
        """How many subjects stand so."""
        return self.subjects.count() if self.known is None else self.known


def groups(figure: Figure, organ: Organ, as_of: date, value: FigureValue | None = None) -> list[Group]:
    """The subjects behind a figure: not reached, reached, and not counted; none for one over other data.

    A coverage whose value is given is not counted again.
    """
    formula = formula_of(figure)
    if formula.scope is None or formula.shape not in ("coverage", "closure", "count"):
        return []
    if formula.shape == "closure":
        due = closure_rows(formula, organ, as_of)
        open_ones = due.filter(is_verified=False).values("subject_id")
        done = due.filter(is_verified=True).values("subject_id")
        subjects = scope_of(formula, organ, as_of).select_related("responsible_organ").order_by("name")
        return [
            Group("open", _("Rectification not verified"), subjects.filter(pk__in=open_ones)),
            Group(
                "reached",
                pgettext_lazy("subjects behind a figure", "Rectification verified"),
                subjects.filter(pk__in=done),
            ),
        ]
    rows = standing_of(formula, organ, as_of).select_related("responsible_organ").order_by("name")
    members, left_out = rows.filter(exclusion=""), rows.exclude(exclusion="")
    excluded = sum(value.excluded.values()) if value else None
    not_counted = Group("excluded", _("Not counted"), left_out, excluded)
    if formula.act is not None:
        reached = reached_q(formula, as_of)
    elif formula.shape == "coverage" and part(formula).is_registered:
        reached = holding_q(organ, part(formula), as_of)
    else:
        # What is reached was stated as a number: nobody knows which subjects they are.
        return [Group("members", _("In scope"), members), not_counted]
    known = (int(value.missing), int(value.numerator)) if value else (None, None)
    return [
        Group("open", _("Not reached"), members.exclude(reached), known[0]),
        Group("reached", _("Reached"), members.filter(reached), known[1]),
        not_counted,
    ]


@dataclass(frozen=True, slots=True)
class Behind:
    """A subject behind a figure with the acts that count for it, newest first."""

    subject: Subject
    acts: list[Act]


def with_acts(figure: Figure, subjects: list[Subject], as_of: date) -> list[Behind]:
    """The subjects of a page with the acts that count: in the period, or verifying what fell due in it."""
    formula = formula_of(figure)
    if formula.act is None:
        return [Behind(subject, []) for subject in subjects]
    if formula.shape == "closure":
        counted = closures(formula, as_of).filter(subject_id__in=[subject.pk for subject in subjects])
        acts = acts_between("rectification.verified", EARLIEST, as_of).filter(
            file_kind=FILE_KIND, file_id__in=list(counted.values_list("pk", flat=True))
        )
    else:
        acts = qualifying_acts(formula.act, *span_of(formula, as_of))
    by_subject: dict[int, list[Act]] = {subject.pk: [] for subject in subjects}
    for act in acts.filter(subject_id__in=list(by_subject)).order_by("-claimed_at"):
        by_subject[act.subject_id or 0].append(act)
    return [Behind(subject, by_subject[subject.pk]) for subject in subjects]


def records_begin(figure: Figure) -> date | None:
    """The day of the first recorded act that a figure could count; None when there is none."""
    formula = formula_of(figure)
    if formula.act is None:
        return None
    # Of any subject: whether acts were recorded at all in those days does not depend on whom they are about.
    first = qualifying_acts(formula.act, EARLIEST, date(2100, 1, 1)).aggregate(first=Min("claimed_at"))
    return local_date(first["first"]) if first["first"] else None


def _state_of(standing: Duty, as_of: date) -> str:
    if standing.state is DutyState.DUE and standing.due_on > as_of + HORIZON:
        return "later"
    return standing.state.value


def duty_counts(found: Mapping[int, Duty], as_of: date) -> Counter[str]:
    """How many standings are overdue, due within 60 days, due later, and met."""
    return Counter(_state_of(standing, as_of) for standing in found.values())


def duties_in_state(found: Mapping[int, Duty], as_of: date, state: str) -> list[int]:
    """The subjects whose duties are in one state, the most urgent first, then by name."""
    chosen = {pk: standing for pk, standing in found.items() if _state_of(standing, as_of) == state}
    names = dict(Subject.objects.filter(pk__in=list(chosen)).order_by().values_list("pk", "name"))
    return sorted(chosen, key=lambda pk: (chosen[pk].due_on, names[pk], pk))


def due_by_month(found: Mapping[int, Duty], as_of: date, months: int = 12) -> dict[str, int]:
    """How many duties fall due in each of the next months; what is overdue counts in the present one."""
    counts: dict[str, int] = {}
    month = as_of.replace(day=1)
    for _place in range(months):
        counts[month.strftime("%Y-%m")] = 0
        month = (month + timedelta(days=32)).replace(day=1)
    for standing in found.values():
        name = max(standing.due_on, as_of).strftime("%Y-%m")
        if standing.state is not DutyState.MET and name in counts:
            counts[name] += 1
    return counts
