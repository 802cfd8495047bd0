"""The yearly reviews of rights: the list, one review with every posting, decisions, conclusion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.addresses import safe_next
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.foundation.staffing.facade import (
    Decision,
    RightsReview,
    conclude,
    decide,
    postings_under,
    review_visible_to,
    reviewed,
    reviews_visible_to,
)

PAGE_SIZE = 25


@requires(Permission.RIGHTS_REVIEW)
def reviews(request: ActingRequest) -> HttpResponse:
    """The reviews of the organ and those below."""
    page = Paginator(reviews_visible_to(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "administration/reviews.html", {"page": page})


def _decision_words(value: str) -> tuple[str, str]:
    return ("done", _("confirmed")) if value == Decision.CONFIRMED.value else ("neutral", _("ended"))


def _rows(request: ActingRequest, review: RightsReview, page: Any) -> list[dict[str, Any]]:
    return [
        {
            "entry": entry,
            "decision": _decision_words(entry.decision.decision) if entry.decision else None,
            "is_own": entry.posting.user_id == request.actor.user_id,
        }
        for entry in reviewed(review, list(page))
    ]


@requires(Permission.RIGHTS_REVIEW)
def review(request: ActingRequest, review_id: int) -> HttpResponse:
    """One review: every posting, with what speaks for or against it."""
    one = review_visible_to(request.actor, review_id)
    postings = postings_under(one)
    total = postings.count()
    decided = one.decisions.count()
    only_open = request.GET.get("show") == "open" and one.concluded_at is None
    shown = postings.exclude(pk__in=one.decisions.values("posting_id")) if only_open else postings
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "review": one,
        "page": page,
        "rows": _rows(request, one, page),
        "total": total,
        "decided": decided,
        "left": total - decided,
        "only_open": only_open,
        "here": request.get_full_path(),
    }
    return render(request, "administration/review.html", context)


@require_POST
@requires(Permission.RIGHTS_REVIEW)
def decide_posting(request: ActingRequest, review_id: int) -> HttpResponse:
    """Confirm or end one posting."""
    posting, decision = request.POST.get("posting", ""), request.POST.get("decision", "")
    if not posting.isdigit() or decision not in set(Decision):
        raise InvalidInput(
            _("The posting and the decision are needed."), cure=_("Use the buttons of the list.")
        )
    try:
        decide(
            by=request.actor,
            review_id=review_id,
            posting_id=int(posting),
            decision=Decision(decision),
            reason=request.POST.get("reason", ""),
        )
    except DomainError as error:
        if error.status in (403, 404):
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("The decision is entered."))
    return redirect(safe_next(request, reverse("administration:review", args=[review_id])))


@require_POST
@requires(Permission.RIGHTS_REVIEW)
def conclude_review(request: ActingRequest, review_id: int) -> HttpResponse:
    """Conclude a review."""
    try:
        conclude(by=request.actor, review_id=review_id)
    except DomainError as error:
        if error.status == 404:
            raise
        messages.error(request, str(error))
    else:
        messages.success(request, _("The review is concluded."))
    return redirect("administration:review", review_id)
