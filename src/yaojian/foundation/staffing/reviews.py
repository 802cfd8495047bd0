"""The yearly review of rights: opened by the night, decided posting by posting, concluded by a reviewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.foundation.accounts.absences import delegations_in_force
from yaojian.foundation.accounts.contracts import roles_with
from yaojian.foundation.accounts.facade import (
    Actor,
    Organ,
    Permission,
    Posting,
    Role,
    check_may,
    system_actor,
)
from yaojian.foundation.accounts.models import SecondFactor
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import Act, Ref, record_act
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.staffing.burdens import burdens_of
from yaojian.foundation.staffing.contracts import Decision
from yaojian.foundation.staffing.dating import ONE_DAY
from yaojian.foundation.staffing.models import RightsDecision, RightsReview
from yaojian.foundation.staffing.permissions import check_is_not_self
from yaojian.foundation.staffing.postings import end_at, has_another_posting
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem, complete_items_of_file, open_item

REVIEW_KIND = "rights.review"
REVIEW_FILE = "staffing.review"
OPENS, DUE = (11, 1), (12, 20)
"""Month and day on which each year's reviews open, and by which they must be concluded."""
REVIEWING_ROLES = roles_with(Permission.RIGHTS_REVIEW)


def review_ref(review: RightsReview) -> Ref:
    """The pointer to a review."""
    return Ref(REVIEW_FILE, review.pk)


def reviewing_organs(on: date) -> dict[int, list[Organ]]:
    """Which organs each reviewing organ covers: itself and those below without a reviewer of their own."""
    with_reviewer = set(
        Posting.objects.filter(in_force_q(on), role__in=REVIEWING_ROLES, user__is_active=True)
        .order_by()
        .values_list("organ_id", flat=True)
    )
    staffed = Organ.objects.filter(
        Exists(Posting.objects.filter(in_force_q(on), organ=OuterRef("pk")))
    ).order_by("path")
    covered: dict[int, list[Organ]] = {}
    for organ in staffed:
        line = [int(key) for key in (organ.path or "").split(".") if key]
        nearest = next((key for key in reversed(line) if key in with_reviewer), None)
        if nearest is not None:
            covered.setdefault(nearest, []).append(organ)
    return covered


def open_due_reviews() -> int:
    """Open this year's reviews that are due to be opened and are not; returns how many. For the night."""
    day = today()
    if (day.month, day.day) < OPENS:
        return 0
    organs = Organ.objects.in_bulk(list(reviewing_organs(day)))
    known = set(
        RightsReview.objects.filter(year=day.year, organ_id__in=organs).values_list("organ_id", flat=True)
    )
    missing = [organ for key, organ in organs.items() if key not in known]
    for organ in missing:
        _open(organ, day)
    return len(missing)


@transaction.atomic
def _open(organ: Organ, day: date) -> None:
    due = max(date(day.year, *DUE), day)
    review, is_new = RightsReview.objects.get_or_create(
        organ=organ, year=day.year, defaults={"opened_at": now(), "due_on": due}
    )
    if not is_new:
        return
    with override(settings.LANGUAGE_CODE):
        reason = str(_("Yearly review of rights %(year)s") % {"year": day.year})
    open_item(
        WorkItem(
            kind=REVIEW_KIND,
            organ=organ,
            assignee_id=_reviewer(organ, day),
            file_kind=REVIEW_FILE,
            file_id=review.pk,
            due_on=due,
            reason=reason,
            source="GB/T 22239-2019",
            origin_kind=REVIEW_FILE,
            origin_key=str(review.pk),
            opened_at=now(),
        )
    )
    facts = {"year": day.year, "organ": organ.code}
    record_act(by=system_actor(organ), kind="rights_review.opened", file=review_ref(review), facts=facts)


def _reviewer(organ: Organ, day: date) -> int | None:
    """The security officer of an organ, else its chief."""
    postings = Posting.objects.filter(
        in_force_q(day), organ=organ, role__in=REVIEWING_ROLES, user__is_active=True
    ).order_by("pk")
    found = sorted(postings, key=lambda posting: posting.role != Role.SECURITY_OFFICER.value)
    return found[0].user_id if found else None


def reviews_visible_to(actor: Actor) -> QuerySet[RightsReview]:
    """The reviews of the actor's organ and those below, the latest first."""
    check_may(actor, Permission.RIGHTS_REVIEW)
    return (
        RightsReview.objects.filter(organ__path__startswith=actor.organ_path)
        .select_related("organ", "concluded_by")
        .order_by("-year", "organ__path")
        .annotate(
            confirmed=Count("decisions", filter=Q(decisions__decision=Decision.CONFIRMED.value)),
            ended=Count("decisions", filter=Q(decisions__decision=Decision.ENDED.value)),
        )
        .order_by("-year", "organ__path")  # a grouped query forgets the table's own order
    )


def review_visible_to(actor: Actor, review_id: int) -> RightsReview:
    """One review. Raises NotFound when it is not there or lies elsewhere."""
    review = reviews_visible_to(actor).filter(pk=review_id).first()
    if review is None:
        raise NotFound(_("There is no such review in your area."))
    return review


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A posting under review, and what speaks for or against it."""

    posting: Posting
    has_factor: bool
    last_act: datetime | None
    deputy: str
    decision: RightsDecision | None


def postings_under(review: RightsReview) -> QuerySet[Posting]:
    """The postings that a review is about: those in force now, and those it has decided about."""
    organs = reviewing_organs(today()).get(review.organ_id, [])
    decided = review.decisions.values("posting_id")
    in_force = Q(in_force_q(today()), organ__in=organs)
    if review.concluded_at is not None:
        in_force = Q(pk__in=[])
    return (
        Posting.objects.filter(in_force | Q(pk__in=decided))
        .select_related("user", "organ")
        .order_by("organ__path", "user__display_name", "pk")
    )


def reviewed(review: RightsReview, postings: list[Posting]) -> list[Reviewed]:
    """Some postings of a review with last sign-in, last act, deputy and second factor of their people."""
    people = [posting.user_id for posting in postings]
    factors = set(
        SecondFactor.objects.filter(user_id__in=people, confirmed_at__isnull=False).values_list(
            "user_id", flat=True
        )
    )
    acts = dict(
        Act.objects.filter(actor_id__in=people)
        .order_by()
        .values_list("actor_id")
        .annotate(at=Max("claimed_at"))
    )
    deputies = _deputies(people)
    decisions = {decision.posting_id: decision for decision in review.decisions.select_related("decided_by")}
    return [
        Reviewed(
            posting,
            posting.user_id in factors,
            acts.get(posting.user_id),
            deputies.get(posting.user_id, ""),
            decisions.get(posting.pk),
        )
        for posting in postings
    ]


def _deputies(people: list[int]) -> dict[int, str]:
    held = delegations_in_force(today()).filter(principal_id__in=people).select_related("deputy")
    return {delegation.principal_id: delegation.deputy.display_name for delegation in held}


@transaction.atomic
def decide(
    *, by: Actor, review_id: int, posting_id: int, decision: Decision, reason: str = ""
) -> RightsDecision:
    """Confirm a posting, or end it with today and a reason.

    Raises NotFound, NotAllowed (one's own posting), Conflict (concluded, or decided already), InvalidInput
    (no reason), RuleBroken (ending would orphan work).
    """
    review = review_visible_to(by, review_id)
    RightsReview.objects.select_for_update().get(pk=review.pk)
    posting = postings_under(review).filter(pk=posting_id).first()
    if posting is None:
        raise NotFound(_("This posting is not part of the review."))
    check_is_not_self(by, posting.user)
    if review.concluded_at is not None:
        raise Conflict(_("This review is concluded."))
    if review.decisions.filter(posting=posting).exists():
        raise Conflict(_("This posting has been decided about already."), cure=_("Reload the page."))
    made = RightsDecision.objects.create(
        review=review,
        posting=posting,
        decision=decision.value,
        reason=_reason_for(decision, reason),
        decided_by_id=by.user_id,
        decided_at=now(),
    )
    if decision is Decision.ENDED:
        _end(by, posting, made.reason)
    else:
        facts = {
            "username": posting.user.username,
            "organ": posting.organ.code,
            "role": posting.role,
            "year": review.year,
        }
        record_act(by=by, kind="rights_review.confirmed", file=review_ref(review), facts=facts)
    return made


def _reason_for(decision: Decision, reason: str) -> str:
    words = " ".join(reason.split())[:200]
    if decision is Decision.ENDED and not words:
        raise InvalidInput(
            _("Say why the posting ends."),
            field="reason",
            cure=_("The person and the auditors will read it."),
        )
    return words


def _end(by: Actor, posting: Posting, reason: str) -> None:
    user, day = posting.user, today()
    if not has_another_posting(user, posting, day + ONE_DAY) and burdens_of(user.pk):
        raise RuleBroken(
            _("This person still has open work, which would be left without anybody."),
            cure=_("Have the administrator hand it over first; then end the posting here."),
        )
    end_at(by, user, posting, day, reason)


@transaction.atomic
def conclude(*, by: Actor, review_id: int) -> RightsReview:
    """Conclude a review in which every posting has been decided about; an act says how many of each.

    Raises NotFound, Conflict (concluded already), RuleBroken (postings are left).
    """
    review = review_visible_to(by, review_id)
    RightsReview.objects.select_for_update().get(pk=review.pk)
    if review.concluded_at is not None:
        raise Conflict(_("This review is concluded."))
    left = postings_under(review).exclude(pk__in=review.decisions.values("posting_id")).count()
    if left:
        raise RuleBroken(
            _("%(n)s postings have not been decided about.") % {"n": left},
            cure=_("Your own posting is decided by another reviewer, of your organ or of the one above."),
        )
    review.concluded_at, review.concluded_by_id = now(), by.user_id
    review.save(update_fields=["concluded_at", "concluded_by"])
    counts = dict(review.decisions.order_by().values_list("decision").annotate(n=Count("pk")))
    facts = {
        "year": review.year,
        "organ": review.organ.code,
        "confirmed": counts.get(Decision.CONFIRMED.value, 0),
        "ended": counts.get(Decision.ENDED.value, 0),
    }
    record_act(by=by, kind="rights_review.concluded", file=review_ref(review), facts=facts)
    complete_items_of_file(review_ref(review))
    return review
