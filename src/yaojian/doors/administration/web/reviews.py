"""The yearly reviews of rights: the list, one review with every posting, decisions, conclusion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.contracts import ROLE_NAMES, Permission, Role
from yaojian.foundation.accounts.facade import Posting
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.addresses import safe_next
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting, in_chunks
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
REVIEWS = Listing(
    "rights-reviews",
    gettext_lazy("Reviews of rights"),
    (
        Column(gettext_lazy("Organ"), lambda row: row.organ.label, 36),
        Column(gettext_lazy("Year"), lambda row: row.year, 8),
        Column(gettext_lazy("Due"), lambda row: row.due_on, 12),
        Column(gettext_lazy("Confirmed"), lambda row: row.confirmed, 12),
        Column(gettext_lazy("Ended"), lambda row: row.ended, 12),
        Column(gettext_lazy("Concluded by"), lambda row: _name(row.concluded_by), 14),
        Column(gettext_lazy("Concluded at"), lambda row: row.concluded_at, 17),
    ),
)
POSTINGS = Listing(
    "rights-review",
    gettext_lazy("Postings under review"),
    (
        Column(pgettext_lazy("person", "Name"), lambda row: row["entry"].posting.user.display_name, 14),
        Column(gettext_lazy("User name"), lambda row: row["entry"].posting.user.username, 18),
        Column(gettext_lazy("Organ"), lambda row: row["entry"].posting.organ.label, 36),
        Column(gettext_lazy("Role"), lambda row: ROLE_NAMES[Role(row["entry"].posting.role)], 18),
        Column(gettext_lazy("Valid from"), lambda row: row["entry"].posting.valid_from, 12),
        Column(gettext_lazy("Valid until"), lambda row: row["entry"].posting.valid_to, 12),
        Column(gettext_lazy("Last sign-in"), lambda row: row["entry"].posting.user.last_login, 17),
        Column(gettext_lazy("Last act"), lambda row: row["entry"].last_act, 17),
        Column(gettext_lazy("Second factor"), lambda row: row["entry"].has_factor, 12),
        Column(gettext_lazy("Deputy"), lambda row: row["entry"].deputy, 14),
        Column(gettext_lazy("Decision"), lambda row: row["decision"][1] if row["decision"] else "", 12),
        Column(
            gettext_lazy("Decided by"),
            lambda row: row["entry"].decision.decided_by.display_name if row["decision"] else "",
            14,
        ),
        Column(
            gettext_lazy("Reason"), lambda row: row["entry"].decision.reason if row["decision"] else "", 40
        ),
    ),
)


def _name(user: Any) -> str:
    return user.display_name if user else ""


@requires(Permission.RIGHTS_REVIEW)
def reviews(request: ActingRequest) -> HttpResponseBase:
    """The reviews of the organ and those below."""
    found = reviews_visible_to(request.actor)
    if exporting(request):
        return export_of(request, REVIEWS, found.iterator(chunk_size=500), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "administration/reviews.html", {"page": page})


def _decision_words(value: str) -> tuple[str, str]:
    return ("done", _("confirmed")) if value == Decision.CONFIRMED.value else ("neutral", _("ended"))


def _all_rows(request: ActingRequest, review: RightsReview, postings: Any) -> Iterator[dict[str, Any]]:
    for chunk in in_chunks(postings):
        yield from _rows(request, review, chunk)


def _rows(request: ActingRequest, review: RightsReview, page: Iterable[Posting]) -> list[dict[str, Any]]:
    return [
        {
            "entry": entry,
            "decision": _decision_words(entry.decision.decision) if entry.decision else None,
            "is_own": entry.posting.user_id == request.actor.user_id,
        }
        for entry in reviewed(review, list(page))
    ]


@requires(Permission.RIGHTS_REVIEW)
def review(request: ActingRequest, review_id: int) -> HttpResponseBase:
    """One review: every posting, with what speaks for or against it."""
    one = review_visible_to(request.actor, review_id)
    postings = postings_under(one)
    total = postings.count()
    decided = one.decisions.count()
    only_open = request.GET.get("show") == "open" and one.concluded_at is None
    shown = postings.exclude(pk__in=one.decisions.values("posting_id")) if only_open else postings
    if exporting(request):
        return export_of(request, POSTINGS, _all_rows(request, one, shown), shown.count())
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
