"""Pages of draws: committed seeds, the drawn and those left out, and how to recompute it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission, organ_by_code
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, RuleBroken
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates import actions, queries
from yaojian.oversight.mandates.drawing import INSPECTED, recomputed
from yaojian.oversight.mandates.models import Draw
from yaojian.oversight.mandates.offering import offers_to
from yaojian.oversight.mandates.replacing import gone_from, replace_gone
from yaojian.oversight.mandates.shares import METHOD
from yaojian.oversight.mandates.web import listings, presentation
from yaojian.oversight.mandates.wording import frequency_in_words, percent

PAGE_SIZE = 25


@requires(Permission.MANDATE_VIEW)
def draws(request: ActingRequest) -> HttpResponseBase:
    """The draws of the actor's line of organs, and the mandates that ask for a share."""
    found = queries.draws_visible_to(request.actor)
    if exporting(request):
        return export_of(request, listings.DRAWS, found.iterator(chunk_size=200), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    asking = [
        seen
        for seen in queries.mandates_visible_to(request.actor)
        if seen.mandate.share is not None and seen.mandate.enabled
    ]
    own = organ_by_code(request.actor.organ_code)
    offers = offers_to(own, [seen.mandate for seen in asking], today())
    shares = [
        {
            "mandate": seen.mandate,
            "frequency": frequency_in_words(seen.formula, seen.mandate.share),
            "basis": presentation.basis_of(seen.mandate),
            **presentation.offer_of(offers[seen.mandate.pk]),
        }
        for seen in asking
    ]
    context = {
        "page": page,
        "draws": [(one, presentation.DRAW_STATES[one.state_on(today())]) for one in page],
        "shares": shares,
        "may_draw": request.actor.may(Permission.MANDATE_MANAGE),
        "tabs": presentation.tabs("mandates:draws"),
    }
    return render(request, "mandates/draws.html", context)


@requires(Permission.MANDATE_VIEW)
def draw(request: ActingRequest, draw_id: int) -> HttpResponseBase:
    """One draw: what was committed, who was drawn or left out and why, and whether it comes out again."""
    found = queries.draw_visible_to(request.actor, draw_id)
    entries = queries.entries_visible_to(request.actor, found).order_by("stratum", "place", "code")
    counts = Counter(entries.order_by().values_list("outcome", flat=True))
    chosen = request.GET.get("outcome", "drawn")
    if chosen in presentation.OUTCOME_NAMES:
        entries = entries.filter(outcome=chosen)
    if exporting(request):
        return export_of(request, listings.ENTRIES, entries.iterator(chunk_size=500), entries.count())
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    is_open = found.state_on(today()) == "committed" and request.actor.may(Permission.MANDATE_MANAGE)
    context = {
        "draw": found,
        "mandate": found.mandate,
        "share": percent(found.share),
        "page": page,
        "entries": list(page),
        "groups": [
            {
                "url": presentation.keeping(request, outcome=outcome),
                "label": label,
                "count": counts[outcome],
                "active": outcome == chosen,
            }
            for outcome, label in presentation.OUTCOME_NAMES.items()
        ],
        "narrowed": not (found.organ.path or "-").startswith(request.actor.organ_path),
        "state": presentation.DRAW_STATES[found.state_on(today())],
        "counted": found.entries.filter(outcome=INSPECTED).count(),
        "checks": recomputed(found) if found.drawn_at is not None else None,
        "method": METHOD,
        "may_make": is_open and found.organ_id == request.actor.organ_id,
        "may_withdraw": is_open and (found.organ.path or "-").startswith(request.actor.organ_path),
    }
    return render(request, "mandates/draw.html", context | _gone(request, found))


def _gone(request: ActingRequest, found: Draw) -> dict[str, Any]:
    """Who of those drawn is bound no more, as far as the reader may see them, and what can be done."""
    if found.drawn_at is None or found.period_end < today():
        return {}
    gone = gone_from(found, queries.entries_visible_to(request.actor, found), today())
    is_own = found.organ_id == request.actor.organ_id and request.actor.may(Permission.MANDATE_MANAGE)
    return {"gone": gone, "may_replace": is_own and any(one.is_open for one in gone)}


@require_POST
@requires(Permission.MANDATE_MANAGE)
def commit(request: ActingRequest, key: str) -> HttpResponse:
    """Commit a seed for the share of a mandate."""
    try:
        found = actions.commit_draw(by=request.actor, code=key)
    except (Conflict, RuleBroken) as error:
        messages.error(request, str(error))
        return redirect("mandates:draws")
    messages.success(
        request, _("The seed is committed: its hash stands in the journal. Now the draw can be made.")
    )
    return redirect("mandates:draw", found.pk)


@require_POST
@requires(Permission.MANDATE_MANAGE)
def make(request: ActingRequest, draw_id: int) -> HttpResponse:
    """Make the draw."""
    actions.make_draw(by=request.actor, draw_id=draw_id)
    messages.success(request, _("The draw is made; those drawn appear on the worklist."))
    return redirect("mandates:draw", draw_id)


@require_POST
@requires(Permission.MANDATE_MANAGE)
def replace(request: ActingRequest, draw_id: int) -> HttpResponse:
    """Let the next in order stand in for those who are gone."""
    try:
        number = replace_gone(by=request.actor, draw_id=draw_id)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        words = ngettext("%(n)s subject stands in.", "%(n)s subjects stand in.", number)
        messages.success(request, words % {"n": number})
    return redirect("mandates:draw", draw_id)


@require_POST
@requires(Permission.MANDATE_MANAGE)
def withdraw(request: ActingRequest, draw_id: int) -> HttpResponse:
    """Withdraw a committed seed that has not been used."""
    try:
        actions.withdraw_draw(by=request.actor, draw_id=draw_id, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        messages.error(request, str(error))
        return redirect("mandates:draw", draw_id)
    messages.success(request, _("The draw is withdrawn; another one can be committed."))
    return redirect("mandates:draws")
