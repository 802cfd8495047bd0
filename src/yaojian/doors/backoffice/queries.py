"""Reads that join several rooms for the officers' pages, scoped to the asking person."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.facade import (
    InspectionState,
    counts_by_state,
    inspections_of,
    inspections_within,
)
from yaojian.foundation.accounts.facade import Actor, Permission, Shared, Width, subtree_q
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import SUBJECT_KIND, Act
from yaojian.foundation.outbox.facade import pending_count
from yaojian.foundation.timekeeping import CHINA, now
from yaojian.registers.enterprises.facade import Subject, subjects_visible_to

WAYS_IN = ("session.", "access.", "second_factor.", "token.")
"""Kinds of act about how people get in: for administrators and security officers, not for colleagues."""


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What the journal is narrowed to: recorded from `since` to `until`, both days included."""

    kind: str = ""
    organ_id: int | None = None
    since: date | None = None
    until: date | None = None


def journal_of(actor: Actor) -> QuerySet[Act]:
    """The acts that `actor` may read.

    Those of the actor's organ and below, and those about subjects the actor may see; signing in and out is
    not among them. Who has no business in the files sees what concerns no subject: sessions and packs.
    """
    acts = Act.objects.defer("canonical", "salt")
    if not actor.may(Permission.SUBJECT_VIEW):
        return acts.filter(subtree_q(actor, "organ"), subject_id__isnull=True)
    return acts.filter(subtree_q(actor, "organ") | _about_visible_q(actor)).exclude(_ways_in_q())


def journal_in_parts(actor: Actor) -> list[QuerySet[Act]]:
    """The same acts as two lists without a common one: those of the own organs, and those of others.

    Each is found by an index of its own; with an "or" between them a million acts would be read.
    """
    if not actor.may(Permission.SUBJECT_VIEW):
        return [journal_of(actor)]
    own = subtree_q(actor, "organ")
    acts = Act.objects.defer("canonical", "salt").exclude(_ways_in_q())
    return [acts.filter(own), acts.filter(_about_visible_q(actor)).exclude(own)]


def _ways_in_q() -> Q:
    ways_in = Q()
    for beginning in WAYS_IN:
        ways_in |= Q(kind__startswith=beginning)
    return ways_in


def _about_visible_q(actor: Actor) -> Q:
    visible = subjects_visible_to(actor, Shared.FILES).order_by().values("pk")
    return Q(subject_kind=SUBJECT_KIND, subject_id__in=visible)


def matching_acts(acts: QuerySet[Act], wanted: JournalFilter) -> QuerySet[Act]:
    """`acts` narrowed by the filter, the latest recorded first."""
    if wanted.kind:
        acts = acts.filter(kind=wanted.kind)
    if wanted.organ_id is not None:
        acts = acts.filter(organ_id=wanted.organ_id)
    if wanted.since:
        acts = acts.filter(recorded_at__gte=_begin_of(wanted.since))
    if wanted.until:
        acts = acts.filter(recorded_at__lte=_end_of(wanted.until))
    return acts.order_by("-recorded_at", "-id")


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _end_of(day: date) -> datetime:
    """The day's last microsecond: the next day may be beyond the calendar."""
    return datetime.combine(day, time.max, CHINA)


def act_visible_to(actor: Actor, uid: UUID) -> Act:
    """One act with all its columns. Raises NotFound when it is not there or not the actor's to read."""
    act = journal_of(actor).defer(None).filter(uid=uid).first()
    if act is None:
        raise NotFound(
            _("There is no such act in your area."),
            cure=_("Look for it in the journal or in the subject's file."),
        )
    return act


def subjects_of_acts(actor: Actor, acts: list[Act]) -> dict[int, Subject]:
    """The subjects of some acts, by key, as far as the actor may see them."""
    keys = {act.subject_id for act in acts if act.subject_kind == SUBJECT_KIND and act.subject_id}
    if not keys or not actor.may(Permission.SUBJECT_VIEW):
        return {}
    return {subject.pk: subject for subject in subjects_visible_to(actor).filter(pk__in=keys)}


def inspections_under_way(
    actor: Actor, width: Width, principals: Collection[int], *, team: bool
) -> dict[InspectionState, int]:
    """How many inspections within a width are on site, and how many rectifications wait for verification.

    With `team`, only those with the actor in the team.
    """
    states = (InspectionState.ON_SITE, InspectionState.SUBMITTED)
    inspections = inspections_of(actor) if team else inspections_within(actor, width, principals)
    counts = counts_by_state(inspections.filter(state__in=[state.value for state in states]))
    return {state: counts.get(state.value, 0) for state in states}


@dataclass(frozen=True, slots=True)
class SystemStatus:
    """What keeps an administrator calm: sizes in bytes, counts, moments."""

    database_bytes: int
    free_bytes: int
    pending_events: int
    acts: int
    acts_of_a_day: int
    acts_of_a_week: int
    last_act_at: datetime | None
    postgres: str


def system_status() -> SystemStatus:
    """The state of the installation as the web process sees it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), current_setting('server_version')")
        database_bytes, postgres = cursor.fetchone()
    moment = now()
    acts = Act.objects.aggregate(
        acts=Count("pk"),
        day=Count("pk", filter=Q(recorded_at__gte=moment - timedelta(days=1))),
        week=Count("pk", filter=Q(recorded_at__gte=moment - timedelta(days=7))),
        last=Max("recorded_at"),
    )
    return SystemStatus(
        database_bytes=database_bytes,
        free_bytes=shutil.disk_usage(_nearest_existing(Path(settings.DOCUMENTS_FOLDER))).free,
        pending_events=pending_count(),
        acts=acts["acts"],
        acts_of_a_day=acts["day"],
        acts_of_a_week=acts["week"],
        last_act_at=acts["last"],
        postgres=str(postgres),
    )


def _nearest_existing(folder: Path) -> Path:
    """The folder or the nearest above it: the documents' folder appears with the first photo."""
    return next(path for path in (folder, *folder.resolve().parents) if path.exists())
