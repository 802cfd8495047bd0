"""From a figure to the subjects it counts, and from each subject to the acts that made it count."""

from __future__ import annotations

from collections import Counter
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
from yaojian.oversight.plans.contracts import Duty, DutyState
from yaojian.oversight.plans.evaluation import (
    closure_rows,
    closures,
    coverage_rows,
    formula_of,
    qualifying_acts,
    scope_of,
    span_of,
)
from yaojian.oversight.plans.mandates import HORIZON, SubjectDuty, standings, with_subjects
from yaojian.oversight.plans.models import Figure
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

    @property
    def count(self) -> int:
        """How many subjects stand so."""
        return self.subjects.count()


def groups(figure: Figure, organ: Organ, as_of: date) -> list[Group]:
    """The subjects behind a figure: not reached, reached, and not counted."""
    formula = formula_of(figure)
    if formula.shape == "closure":
        due = closure_rows(formula, organ, as_of)
        open_ones = due.filter(is_verified=False).values("subject_id")
        done = due.filter(is_verified=True).values("subject_id")
        subjects = scope_of(formula, organ).select_related("responsible_organ").order_by("name")
        return [
            Group("open", _("Rectification not verified"), subjects.filter(pk__in=open_ones)),
            Group(
                "reached",
                pgettext_lazy("subjects behind a figure", "Rectification verified"),
                subjects.filter(pk__in=done),
            ),
        ]
    rows = coverage_rows(formula, organ, as_of).select_related("responsible_organ").order_by("name")
    members = rows.filter(exclusion="")
    return [
        Group("open", _("Not reached"), members.filter(acts_in_period__lt=formula.minimum)),
        Group("reached", _("Reached"), members.filter(acts_in_period__gte=formula.minimum)),
        Group("excluded", _("Not counted"), rows.exclude(exclusion="")),
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
        raise ValueError("a figure that drills down counts acts")
    if formula.shape == "closure":
        counted = closures(formula, as_of).filter(is_verified=True, subject__in=subjects)
        acts = acts_between("rectification.verified", EARLIEST, as_of).filter(
            file_kind=FILE_KIND, file_id__in=list(counted.values_list("pk", flat=True))
        )
    else:
        acts = qualifying_acts(formula.act, *span_of(formula, as_of))
    by_subject: dict[int, list[Act]] = {subject.pk: [] for subject in subjects}
    for act in acts.filter(subject_id__in=list(by_subject)).order_by("-claimed_at"):
        by_subject[act.subject_id or 0].append(act)
    return [Behind(subject, by_subject[subject.pk]) for subject in subjects]


def records_begin(figure: Figure, organ: Organ) -> date | None:
    """The day of the first recorded act that a figure could count; None when there is none."""
    formula = formula_of(figure)
    if formula.act is None:
        return None
    acts = qualifying_acts(formula.act, EARLIEST, date(2100, 1, 1))
    first = acts.filter(subject_id__in=scope_of(formula, organ).values("pk")).aggregate(
        first=Min("claimed_at")
    )["first"]
    return local_date(first) if first else None


def _state_of(standing: Duty, as_of: date) -> str:
    if standing.state is DutyState.DUE and standing.due_on > as_of + HORIZON:
        return "later"
    return standing.state.value


def duty_counts(figure: Figure, organ: Organ, as_of: date) -> Counter[str]:
    """How many subjects in an organ's reach are overdue, due within 60 days, due later, and met."""
    return Counter(_state_of(standing, as_of) for standing in standings(figure, as_of, organ=organ).values())


def duties_in_state(figure: Figure, organ: Organ, as_of: date, state: str) -> list[SubjectDuty]:
    """The duties in one state, the most urgent first."""
    found = standings(figure, as_of, organ=organ)
    chosen = {pk: standing for pk, standing in found.items() if _state_of(standing, as_of) == state}
    return sorted(with_subjects(figure, chosen), key=lambda due: (due.duty.due_on, due.subject.name))


def due_by_month(figure: Figure, organ: Organ, as_of: date, months: int = 12) -> dict[str, int]:
    """How many duties fall due in each of the next months; what is overdue counts in the present one."""
    counts: dict[str, int] = {}
    month = as_of.replace(day=1)
    for _place in range(months):
        counts[month.strftime("%Y-%m")] = 0
        month = (month + timedelta(days=32)).replace(day=1)
    for standing in standings(figure, as_of, organ=organ).values():
        name = max(standing.due_on, as_of).strftime("%Y-%m")
        if standing.state is not DutyState.MET and name in counts:
            counts[name] += 1
    return counts
