"""The lists of this room as they are taken out."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.exports.facade import Column, Listing
from yaojian.oversight.evaluations.content import Line
from yaojian.oversight.plans.web.presentation import unit_of


def as_number(text: str) -> Decimal | str:
    """A number that was kept as text; what is none stays as it is."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def plain_value(line: Line) -> Decimal | str:
    """The value of a line as a number where it is shown as one; a grade or a day in words."""
    number = as_number(line.number)
    if isinstance(number, str):
        return line.value
    return number if line.value.startswith(f"{number:,}".removesuffix(".00")) else line.value


TASKS = Listing(
    "plan-tasks",
    _("Tasks"),
    (
        Column(_("Number of the figure"), lambda row: row["task"].figure_key, 12),
        Column(pgettext_lazy("task", "What is to be done"), lambda row: row["task"].title, 44),
        Column(pgettext_lazy("task", "Responsible organ"), lambda row: row["task"].organ.label, 30),
        Column(
            _("Person in charge"),
            lambda row: row["task"].owner.display_name if row["task"].owner else "",
            14,
        ),
        Column(pgettext_lazy("task", "First day"), lambda row: row["task"].starts_on, 12),
        Column(pgettext_lazy("task", "Last day"), lambda row: row["task"].ends_on, 12),
        Column(_("Next day of the schedule"), lambda row: row["due_on"], 12),
        Column(_("Goal of this organ"), lambda row: row["task"].goal, 14),
        Column(_("Value reached"), lambda row: row["number"], 14),
        Column(_("Unit"), lambda row: unit_of(row["figure"]).strip() if row["figure"] else "", 10),
        Column(_("Progress in percent"), lambda row: round(row["share"]), 10),
        Column(pgettext_lazy("task", "State"), lambda row: row["badge"][1], 14),
    ),
)
LINES = Listing(
    "evaluation-lines",
    _("Figures of the evaluation"),
    (
        Column(_("Number"), lambda line: line.key, 12),
        Column(_("Line of the plan"), lambda line: line.line, 8),
        Column(_("Figure"), lambda line: line.title, 40),
        Column(_("Binding force"), lambda line: line.attribute, 12),
        Column(_("Target"), lambda line: line.target, 24),
        Column(_("Value"), lambda line: plain_value(line), 14),
        Column(_("Unit"), lambda line: "" if isinstance(plain_value(line), str) else line.unit, 10),
        Column(_("Numerator"), lambda line: as_number(line.numerator), 12),
        Column(_("Denominator"), lambda line: as_number(line.denominator), 12),
        Column(pgettext_lazy("evaluation", "Judgement"), lambda line: line.status, 20),
        Column(_("Waits for"), lambda line: "" if line.value else "、".join(line.waits_for), 30),
        Column(_("Comment"), lambda line: line.comment, 50),
    ),
)
EVALUATIONS = Listing(
    "evaluations",
    _("Evaluations"),
    (
        Column(_("Title"), lambda row: row.title, 50),
        Column(_("Kind of evaluation"), lambda row: row.get_kind_display(), 14),
        Column(_("Organ"), lambda row: row.organ.label, 30),
        Column(_("Data of"), lambda row: row.as_of, 12),
        Column(_("Prepared by"), lambda row: row.prepared_by.display_name, 14),
        Column(_("SHA-256"), lambda row: row.snapshot.sha256 if hasattr(row, "snapshot") else "", 66),
    ),
)
ADJUSTMENTS = Listing(
    "target-adjustments",
    _("Adjustments of targets"),
    (
        Column(_("Number of the figure"), lambda row: row["adjustment"].figure_key, 12),
        Column(_("Figure"), lambda row: row["title"], 40),
        Column(_("Target before"), lambda row: row["before"], 24),
        Column(_("Target after"), lambda row: row["after"], 24),
        Column(_("Holds from"), lambda row: row["adjustment"].effective_on, 12),
        Column(_("Reason"), lambda row: row["adjustment"].reason, 50),
        Column(_("Proposed by"), lambda row: row["adjustment"].proposed_by.display_name, 14),
        Column(pgettext_lazy("adjustment", "State"), lambda row: row["badge"][1], 14),
    ),
)
LEVELS = Listing(
    "levels",
    _("Levels side by side"),
    (
        Column(_("Indicator"), lambda row: row["title"], 44),
        Column(_("Organ"), lambda row: row["column"], 24),
        Column(_("Number of the figure"), lambda row: row["figure"].key, 12),
        Column(_("Value"), lambda row: row["line"].plain, 16),
        Column(_("Unit"), lambda row: row["line"].unit, 10),
        Column(_("Target"), lambda row: row["line"].target, 24),
        Column(pgettext_lazy("evaluation", "Judgement"), lambda row: row["badge"][1], 18),
    ),
)
GAPS = Listing(
    "missing-data",
    _("Data gaps"),
    (
        Column(_("Datum"), lambda row: row["datum"], 34),
        Column(_("Breakdown"), lambda row: row["breakdown"], 34),
        Column(_("Year"), lambda row: row["year"], 8),
        Column(_("Figures that wait"), lambda row: "、".join(f.key for f in row["figures"]), 30),
        Column(_("Organs that lack it"), lambda row: "、".join(g.organ_label for g in row["gaps"]), 50),
    ),
)
