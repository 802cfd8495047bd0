"""The lists of mandates, duties, draws and visits as they are taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.exports.facade import Column, Listing
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.queries import STORED, Seen, SubjectDuty, duties_of
from yaojian.oversight.mandates.web.presentation import DRAW_STATES, OUTCOME_NAMES, REASON_NAMES, basis_of
from yaojian.registers.enterprises.facade import type_name

AT_ONCE = 500

MANDATES = Listing(
    "mandates",
    _("Mandates"),
    (
        Column(_("Number"), lambda row: row["mandate"].code, 18),
        Column(_("Mandate"), lambda row: row["mandate"].title, 44),
        Column(pgettext_lazy("mandate", "Source"), lambda row: row["source"], 14),
        Column(_("Basis"), lambda row: basis_of(row["mandate"]), 40),
        Column(_("Organ"), lambda row: row["organ"].label, 30),
        Column(_("How often"), lambda row: row["frequency"], 30),
        Column(_("Coverage"), lambda row: None if row["coverage"] is None else round(row["coverage"], 2), 10),
        Column(_("Target"), lambda row: row["target"], 10),
        Column(_("Overdue"), lambda row: row["tally"].overdue, 10),
        Column(_("Due within 60 days"), lambda row: row["tally"].due, 10),
        Column(_("Due later"), lambda row: row["tally"].later, 10),
        Column(_("Met"), lambda row: row["tally"].met, 10),
    ),
)
DUTIES = Listing(
    "mandate-duties",
    _("Subjects under the mandate"),
    (
        Column(_("Code"), lambda row: row.subject.code, 22),
        Column(_("Subject"), lambda row: row.subject.name, 40),
        Column(pgettext_lazy("subject", "Type"), lambda row: type_name(row.subject.subject_type)),
        Column(_("Carried out by"), lambda row: row.organ.label, 30),
        Column(_("Bound since"), lambda row: row.since, 12),
        Column(_("Last inspected"), lambda row: row.last_on, 12),
        Column(_("Done"), lambda row: row.done, 8),
        Column(_("Needed"), lambda row: row.needed, 8),
        Column(_("Due"), lambda row: row.due_on, 12),
    ),
)
ENTRIES = Listing(
    "draw",
    _("Draw"),
    (
        Column(pgettext_lazy("draw", "Place"), lambda row: row.place, 8),
        Column(_("Code"), lambda row: row.code, 22),
        Column(_("Subject"), lambda row: row.subject.name, 40),
        Column(_("Stratum"), lambda row: row.stratum, 12),
        Column(_("Digest"), lambda row: row.digest, 66),
        Column(_("Outcome"), lambda row: OUTCOME_NAMES[row.outcome], 30),
    ),
)
VISITS = Listing(
    "schedule-visits",
    _("Visits"),
    (
        Column(_("Week of"), lambda row: row.week, 12),
        Column(pgettext_lazy("schedule", "Team"), lambda row: row.team, 8),
        Column(_("Organ"), lambda row: row.organ.label, 30),
        Column(_("Code"), lambda row: row.subject.code, 22),
        Column(_("Subject"), lambda row: row.subject.name, 40),
        Column(_("Half days"), lambda row: row.half_days, 8),
        Column(_("Due"), lambda row: row.due_on, 12),
        Column(_("Mandates served"), lambda row: "、".join(row.mandates), 40),
        Column(_("Why it has no week"), lambda row: REASON_NAMES[row.reason] if row.reason else None, 34),
        Column(_("First week with room"), lambda row: row.would_fit, 12),
    ),
)
CALENDAR = Listing(
    "mandate-calendar",
    _("Calendar of duties"),
    (
        Column(_("Organ"), lambda row: row["organ"].label, 34),
        Column(pgettext_lazy("calendar", "Period"), lambda row: row["period"], 12),
        Column(_("Subjects falling due"), lambda row: row["due"], 12),
        Column(_("Planned visits"), lambda row: row["planned"], 12),
    ),
)
LOADS = Listing(
    "capacity",
    _("Load and capacity"),
    (
        Column(_("Organ"), lambda row: row["load"].organ.label, 34),
        Column(_("Inspectors"), lambda row: row["inspectors"], 10),
        Column(_("Visits asked for"), lambda row: row["load"].asked, 10),
        Column(
            _("Placed"),
            lambda row: None if row["unplaced"] is None else row["load"].asked - row["unplaced"],
            10,
        ),
        Column(_("Without a week"), lambda row: row["unplaced"], 10),
        Column(_("Placed late"), lambda row: None if "supposed" in row else row["load"].late, 10),
        Column(_("Load (half days)"), lambda row: row["work"], 12),
        Column(_("Capacity (half days)"), lambda row: row["room"], 12),
        Column(_("Visits still to be drawn"), lambda row: row["load"].to_draw or None, 12),
        Column(
            _("Inspectors missing"),
            lambda row: None if "supposed" in row else row["load"].more_inspectors or None,
            12,
        ),
    ),
)
TRIED = Listing(
    "dry-run",
    _("Dry run"),
    (
        Column(_("Organ"), lambda row: row.organ.label, 34),
        Column(_("Subjects before"), lambda row: row.before.subjects, 12),
        Column(_("Subjects after"), lambda row: row.after.subjects, 12),
        Column(_("Inspections a year before"), lambda row: row.before.inspections, 12),
        Column(_("Inspections a year after"), lambda row: row.after.inspections, 12),
        Column(_("Difference"), lambda row: row.difference, 12),
    ),
)
DRAWS = Listing(
    "draws",
    _("Draws"),
    (
        Column(_("Mandate"), lambda row: row.mandate.title, 44),
        Column(_("Organ"), lambda row: row.organ.label, 30),
        Column(_("First day"), lambda row: row.period_start, 12),
        Column(_("Last day"), lambda row: row.period_end, 12),
        Column(_("Seed hash (SHA-256)"), lambda row: row.seed_hash, 66),
        Column(_("Members"), lambda row: row.members, 10),
        Column(_("Drawn"), lambda row: row.drawn if row.drawn_at else None, 10),
        Column(_("State"), lambda row: DRAW_STATES[row.state_on(today())][1], 24),
    ),
)


def duty_rows(seen: Seen, chosen: Sequence[int], table: str = STORED) -> Iterator[SubjectDuty]:
    """Subjects with their duties in the order given, some hundred at a time."""
    left: Any = iter(chosen)
    while chunk := list(islice(left, AT_ONCE)):
        yield from duties_of(seen, chunk, table)
