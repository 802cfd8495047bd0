"""From a figure to the subjects it counts, and from each subject to the acts that made it count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Min, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.casework.inspections.facade import FILE_KIND
from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import Act, acts_between
from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.plans.cells import part
from yaojian.oversight.plans.contracts import FigureValue
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
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.registers import holding_q
from yaojian.registers.enterprises.facade import Subject

EARLIEST = date(1990, 1, 1)
"""No act of an installation is older."""


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
            Group("members", _("All of them"), subjects.filter(pk__in=due.values("subject_id"))),
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
        Group("members", _("All of them"), members, int(value.denominator) if value else None),
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
