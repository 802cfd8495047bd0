"""Reads of inspections, scoped to the asking person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import BooleanField, Case, Count, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.models import Inspection, TeamMember
from yaojian.casework.inspections.rules import typed_file_number
from yaojian.casework.inspections.states import InspectionState
from yaojian.foundation.accounts.facade import (
    Actor,
    Hindrance,
    Organ,
    Shared,
    Width,
    mine_q,
    principals_of,
    subtree_q,
    visible_q,
)
from yaojian.foundation.errors import NotFound
from yaojian.foundation.kept.facade import kept_rows
from yaojian.foundation.timekeeping import CHINA, today
from yaojian.registers.enterprises.facade import Subject

AWAITING_RECTIFICATION = (InspectionState.RECTIFYING.value, InspectionState.SUBMITTED.value)


@dataclass(frozen=True, slots=True)
class InspectionFilter:
    """What the list is narrowed to; empty fields do not narrow."""

    text: str = ""
    state: str = ""
    kind: str = ""
    overdue: bool = False
    mine: bool = False


def inspections_visible_to(actor: Actor) -> QuerySet[Inspection]:
    """Inspections by the actor's organ or one below, of subjects they may see, or with them in the team."""
    return Inspection.objects.filter(_width_q(actor, Width.AREA))


def inspections_within(
    actor: Actor, width: Width, principals: Collection[int] | None = None
) -> QuerySet[Inspection]:
    """Visible inspections by the actor's own organ, by those below it too, or of the whole area.

    Those with the actor in the team are their own in any case, and those of their `principals`, which are
    looked up unless the caller has.
    """
    return Inspection.objects.filter(_width_q(actor, width, principals))


def inspections_of(actor: Actor) -> QuerySet[Inspection]:
    """Inspections with the actor in the team: these are visible in any case."""
    return Inspection.objects.filter(team__officer_id=actor.user_id)


def held_by(organ: Organ, on: date) -> list[Hindrance]:
    """The inspections of an organ that are not at an end: somebody must finish them when it closes."""
    ended = (InspectionState.CLOSED.value, InspectionState.CANCELLED.value)
    held = Inspection.objects.filter(organ=organ).exclude(state__in=ended)
    return [Hindrance(_("inspections that are not closed"), held.count())]


def _width_q(actor: Actor, width: Width, principals: Collection[int] | None = None) -> Q:
    """The organ is looked at first: only rows of other organs cost a look at team and subject."""
    absent = principals_of(actor) if principals is None else principals
    of_mine = _with_officer_q({actor.user_id, *absent})
    match width:
        case Width.MINE:
            return mine_q(actor, "organ") | of_mine
        case Width.BELOW:
            return subtree_q(actor, "organ") | of_mine
        case Width.AREA:
            # A set of keys, not a join: counting then looks at subjects once instead of once a row.
            subjects = Subject.objects.filter(visible_q(actor, shared=Shared.FILES)).order_by().values("pk")
            return subtree_q(actor, "organ") | of_mine | Q(subject__in=subjects)


def _with_officer_q(user_ids: Collection[int]) -> Q:
    return Q(pk__in=TeamMember.objects.filter(officer_id__in=user_ids).values("inspection_id"))


def matching(
    inspections: QuerySet[Inspection], wanted: InspectionFilter, actor: Actor
) -> QuerySet[Inspection]:
    """`inspections` narrowed by a part of number or subject (name, code, pinyin initials), and by facets."""
    if text := wanted.text.strip():
        inspections = inspections.filter(
            Q(number__icontains=typed_file_number(text) or text)
            | Q(subject__name__icontains=text)
            | Q(subject__code__istartswith=text)
            | Q(subject__pinyin__icontains=text)
        )
    if wanted.state:
        inspections = inspections.filter(state=wanted.state)
    if wanted.kind:
        inspections = inspections.filter(kind=wanted.kind)
    if wanted.overdue:
        inspections = overdue(inspections)
    if wanted.mine:
        inspections = inspections.filter(_with_officer_q([actor.user_id]))
    return inspections


def overdue(inspections: QuerySet[Inspection]) -> QuerySet[Inspection]:
    """Those whose rectification is not verified although its deadline has passed."""
    return inspections.filter(state__in=AWAITING_RECTIFICATION, rectify_by__lt=today())


def inspection_visible_to(actor: Actor, inspection_id: int, *, for_update: bool = False) -> Inspection:
    """One inspection with subject and organ. Raises NotFound when it is not there or out of scope."""
    inspections = inspections_visible_to(actor).select_related("subject__responsible_organ", "organ")
    if for_update:
        inspections = inspections.select_for_update(of=("self",))
    inspection = inspections.filter(pk=inspection_id).first()
    if inspection is None:
        raise NotFound(
            _("There is no such inspection in your area."), cure=_("Look for it in the list of inspections.")
        )
    return inspection


def inspection_with_number(actor: Actor, text: str) -> Inspection | None:
    """The inspection whose file number was typed, with its subject, if the actor may see it."""
    number = typed_file_number(text)
    if not number:
        return None
    return inspections_visible_to(actor).select_related("subject").filter(number=number).first()


def inspections_of_subject(subject_id: int) -> QuerySet[Inspection]:
    """The inspections of a subject the caller has already been let see, newest first."""
    return (
        Inspection.objects.filter(subject_id=subject_id)
        .select_related("organ")
        .annotate(finding_count=Count("findings"))
        .order_by("-opened_at")
    )


def latest_of_subjects(subject_ids: Collection[int], most: int) -> QuerySet[Inspection]:
    """The latest inspections, up to `most` of each, of subjects whose files the caller has been let see."""
    place = Window(RowNumber(), partition_by="subject_id", order_by="-opened_at")
    found = Inspection.objects.filter(subject_id__in=list(subject_ids)).annotate(place=place)
    return found.filter(place__lte=most).order_by("subject_id", "-opened_at")


def counts_by_state(inspections: QuerySet[Inspection]) -> dict[str, int]:
    """How many inspections stand in each state."""
    return dict(kept_rows(inspections.order_by().values_list("state").annotate(n=Count("pk"))))


def rectifications_due(
    first: date,
    last: date,
    *,
    kinds: Collection[str] = (),
    organ_levels: Collection[str] = (),
    verified_by: date,
) -> QuerySet[Inspection]:
    """Inspections whose rectification fell due between two days, with `is_verified` as of a Beijing day.

    Of some kinds, or by inspecting organs of some levels, when given.
    """
    due = Inspection.objects.filter(rectify_by__range=(first, last), concluded_at__isnull=False)
    if kinds:
        due = due.filter(kind__in=list(kinds))
    if organ_levels:
        due = due.filter(organ__level__in=list(organ_levels))
    end = datetime.combine(verified_by + timedelta(days=1), time.min, tzinfo=CHINA)
    return due.annotate(
        is_verified=Case(
            When(verified_at__lt=end, then=Value(True)), default=Value(False), output_field=BooleanField()
        )
    )
