"""What the columns of the officers' lists are when they are taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.doors.backoffice.act_words import facts_in_words, title_of
from yaojian.doors.backoffice.queries import subjects_of_acts
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.exports.facade import Column, Listing
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises.facade import RISK_NAMES, RiskGrade, Subject, type_name

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A subject with its place in words."""

    subject: Subject
    place: str


SUBJECT_LISTING = Listing(
    "subjects",
    _("Subjects"),
    (
        Column(_("Code"), lambda row: row.subject.code, 22),
        Column(_("Name"), lambda row: row.subject.name, 40),
        Column(pgettext_lazy("subject", "Type"), lambda row: type_name(row.subject.subject_type)),
        Column(_("State"), lambda row: row.subject.status[1], 12),
        Column(_("Responsible organ"), lambda row: row.subject.responsible_organ.label, 30),
        Column(pgettext_lazy("subject", "Place"), lambda row: row.place, 30),
        Column(_("Code of the place"), lambda row: row.subject.division_code, 14),
        Column(_("Address"), lambda row: row.subject.address, 40),
        Column(_("Licence number"), lambda row: row.subject.licence_no, 22),
        Column(
            _("Risk grade"),
            lambda row: RISK_NAMES[RiskGrade(row.subject.risk_grade)] if row.subject.risk_grade else "",
            12,
        ),
        Column(_("In operation since"), lambda row: row.subject.opened_on, 12),
        Column(_("Closed on"), lambda row: row.subject.closed_on, 12),
    ),
)


def subject_rows(subjects: QuerySet[Subject]) -> Iterator[SubjectRow]:
    """Subjects with their places, each name of a place asked for once."""
    names: dict[str, str] = {}
    asked: set[str] = set()
    for subject in subjects.iterator(chunk_size=AT_ONCE):
        code = subject.division_code
        if wanted := {code[:digits] for digits in (4, 6, 9)} - asked:
            asked |= wanted
            names |= division_names(wanted)
        yield SubjectRow(subject, place_of(code, names))


@dataclass(frozen=True, slots=True)
class ActRow:
    """An act with the subject it concerns, where the reader may see it."""

    act: Act
    subject: Subject | None


ACT_LISTING = Listing(
    "acts",
    _("Journal of acts"),
    (
        Column(_("Act"), lambda row: title_of(row.act), 30),
        Column(_("Subject"), lambda row: row.subject.name if row.subject else "", 40),
        Column(_("Code"), lambda row: row.subject.code if row.subject else "", 22),
        Column(_("Done by"), lambda row: row.act.actor_name, 14),
        Column(_("Organ"), lambda row: row.act.organ_name, 30),
        Column(_("Done at"), lambda row: row.act.claimed_at, 17),
        Column(_("Recorded at"), lambda row: row.act.recorded_at, 17),
        Column(_("Particulars"), lambda row: _in_words(row.act), 60),
        Column(_("Identifier"), lambda row: row.act.uid, 38),
    ),
)


def _in_words(act: Act) -> str:
    return "; ".join(f"{name}: {value}" for name, value in facts_in_words(act.facts))


def act_rows(actor: Actor, acts: QuerySet[Act]) -> Iterator[ActRow]:
    """Acts with their subjects, some hundred at a time."""
    rows: Iterator[Any] = acts.iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(rows, AT_ONCE)):
        subjects = subjects_of_acts(actor, chunk)
        for act in chunk:
            yield ActRow(act, subjects.get(act.subject_id or 0))
