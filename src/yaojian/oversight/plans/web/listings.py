"""The lists of plans, and figures as they are taken out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.exports.facade import Column, Listing, in_chunks
from yaojian.oversight.plans import drilldown
from yaojian.oversight.plans.models import Figure
from yaojian.oversight.plans.vocabulary import vocabulary
from yaojian.oversight.plans.web.presentation import Line
from yaojian.oversight.statistics.facade import evidence_in_words
from yaojian.registers.enterprises.facade import type_name

AT_ONCE = 500


def _as_of(line: Line) -> date | None:
    """The data date of a value."""
    return line.value.as_of if line.value else None


def _definition(line: Line) -> str:
    """Number and hash of the definition that a value was counted with; empty where another row carries it."""
    version = line.figure.version
    return f"{version.number} {version.digest[:12]}" if version and line.value else ""


ROWS = Listing(
    "plan-rows",
    _("Rows of the plan"),
    (
        Column(_("Number"), lambda row: row[1].figure.key, 18),
        Column(_("Line"), lambda row: row[0].row.line, 8),
        Column(_("Target or duty"), lambda row: row[1].figure.title, 44),
        Column(_("Class"), lambda row: row[1].figure.get_klass_display(), 14),
        Column(_("Binding force"), lambda row: row[0].row.get_attribute_display(), 14),
        Column(_("Target"), lambda row: row[1].target, 24),
        Column(_("Value"), lambda row: row[1].plain, 14),
        Column(_("Unit"), lambda row: row[1].unit, 10),
        Column(_("Data date"), lambda row: _as_of(row[1]), 12),
        Column(_("Definition"), lambda row: _definition(row[1]), 24),
        Column(_("State"), lambda row: row[1].status, 18),
        Column(_("Waits for"), lambda row: "、".join(row[1].waits_for), 30),
        Column(_("Text of the plan"), lambda row: row[0].row.quote, 60),
    ),
)
BEHIND = Listing(
    "figure-subjects",
    _("Subjects behind the figure"),
    (
        Column(_("Code"), lambda row: row.subject.code, 22),
        Column(_("Subject"), lambda row: row.subject.name, 40),
        Column(pgettext_lazy("subject", "Type"), lambda row: type_name(row.subject.subject_type)),
        Column(_("Responsible organ"), lambda row: row.subject.responsible_organ.label, 30),
        Column(_("Acts that count"), lambda row: len(row.acts), 10),
        Column(_("Last act"), lambda row: row.acts[0].claimed_at if row.acts else None, 17),
    ),
)
INDICATORS = Listing(
    "indicators",
    _("Indicators"),
    (
        Column(_("Indicator"), lambda row: row.title, 44),
        Column(_("Shape"), lambda row: shape_name(row.shape), 18),
        Column(_("Plans"), lambda row: row.plans, 8),
        Column(_("Figures"), lambda row: row.figures, 8),
    ),
)
COMPARED = Listing(
    "indicator-plans",
    _("Targets of the plans"),
    (
        Column(_("Plan"), lambda row: row["plan"].label, 44),
        Column(_("Number"), lambda row: row["figure"].key, 12),
        Column(_("Line"), lambda row: row["row"].line, 8),
        Column(_("Target or duty"), lambda row: row["figure"].title, 40),
        Column(_("Binding force"), lambda row: row["row"].get_attribute_display(), 14),
        Column(_("Targets"), lambda row: "；".join(row["targets"]), 40),
        Column(_("Value"), lambda row: row["line"].plain, 14),
        Column(_("Unit"), lambda row: row["line"].unit, 10),
        Column(_("Data date"), lambda row: _as_of(row["line"]), 12),
        Column(_("Definition"), lambda row: _definition(row["line"]), 24),
        Column(_("State"), lambda row: row["line"].status, 18),
    ),
)


STATED = Listing(
    "figure-statements",
    _("Statements behind the figure"),
    (
        Column(_("Organ"), lambda row: row.organ.label, 36),
        Column(_("From"), lambda row: row.first_on, 12),
        Column(_("Until"), lambda row: row.last_on, 12),
        Column(_("Value"), lambda row: row.grade or row.amount, 14),
        Column(_("People asked"), lambda row: row.sample_size, 12),
        Column(_("Method"), lambda row: row.method, 30),
        Column(pgettext_lazy("statement", "Evidence"), evidence_in_words, 30),
        Column(_("Entered by"), lambda row: row.entered_by.display_name, 14),
        Column(_("Entered at"), lambda row: row.entered_at, 17),
        Column(_("Confirmed by"), lambda row: row.confirmed_by.display_name, 14),
        Column(_("Confirmed at"), lambda row: row.confirmed_at, 17),
    ),
)
ENTRIES = Listing(
    "figure-entries",
    _("Entries of the register behind the figure"),
    (
        Column(_("Entry"), lambda row: row.title, 40),
        Column(_("Details"), lambda row: row.hint, 40),
        Column(pgettext_lazy("register entry", "Where"), lambda row: row.place, 40),
        Column(pgettext_lazy("register entry", "Since"), lambda row: row.since, 12),
    ),
)
ALL_ROWS = Listing(
    "all-plan-rows",
    _("All rows of the plans"),
    (
        Column(_("Plan"), lambda row: row.plan.label, 40),
        Column(_("Number"), lambda row: row.line.figure.key, 12),
        Column(_("Line"), lambda row: row.row.line, 8),
        Column(_("Target or duty"), lambda row: row.line.figure.title, 44),
        Column(_("Class"), lambda row: row.line.figure.get_klass_display(), 14),
        Column(_("Binding force"), lambda row: row.row.get_attribute_display(), 14),
        Column(_("Target"), lambda row: row.line.target, 24),
        Column(_("Value"), lambda row: row.line.plain, 14),
        Column(_("Unit"), lambda row: row.line.unit, 10),
        Column(_("Data date"), lambda row: _as_of(row.line), 12),
        Column(_("Definition"), lambda row: _definition(row.line), 24),
        Column(_("Standing"), lambda row: row.standing_name, 14),
        Column(_("Missing data"), lambda row: row.lacking, 40),
        Column(_("Needs"), lambda row: "、".join(row.line.waits_for), 40),
    ),
)
REGIONS = Listing(
    "figure-regions",
    _("Regions compared"),
    (
        Column(_("Organ"), lambda row: row.organ.label, 36),
        Column(_("Value"), lambda row: row.line.plain, 14),
        Column(_("Unit"), lambda row: row.line.unit, 10),
        Column(_("Data date"), lambda row: _as_of(row.line), 12),
        Column(_("Definition"), lambda row: _definition(row.line), 24),
        Column(_("Numerator"), lambda row: row.line.value.numerator if row.line.value else None, 12),
        Column(_("Denominator"), lambda row: row.line.value.denominator if row.line.value else None, 12),
        Column(_("Target"), lambda row: row.line.target, 24),
        Column(_("State"), lambda row: row.line.status, 18),
    ),
)


def shape_name(shape: str) -> str:
    """The name of a form of formula in the reader's language."""
    return vocabulary().label("shapes", shape, get_language() or "zh-hans")


def rows_behind(figure: Figure, group: drilldown.Group, day: date) -> Iterator[drilldown.Behind]:
    """The subjects of a group with the acts that count, some hundred at a time."""
    for chunk in in_chunks(group.subjects):
        yield from drilldown.with_acts(figure, chunk, day)
