"""Adjustments of targets: the list, one of them, proposing and deciding."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.ledger.facade import acts_of_file, timeline_of_acts
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations import adjustments as actions
from yaojian.oversight.evaluations.contracts import ADJUSTMENT_STATE_NAMES
from yaojian.oversight.evaluations.models import Adjustment
from yaojian.oversight.evaluations.permissions import adjustment_verbs
from yaojian.oversight.evaluations.queries import adjustment_visible_to, adjustments_visible_to
from yaojian.oversight.evaluations.states import AdjustmentState
from yaojian.oversight.evaluations.web.forms import AdjustmentForm, ReasonForm, refuse
from yaojian.oversight.evaluations.web.listings import ADJUSTMENTS
from yaojian.oversight.evaluations.web.wording import language, said_of_act, tabs, target_words
from yaojian.oversight.plans.facade import Figure, figure_by_key, target_for

PAGE_SIZE = 25
REFUSALS = (InvalidInput, RuleBroken, Conflict, NotAllowed)
UNPROCESSABLE = 422


def rows_of(found: list[Adjustment]) -> list[dict[str, Any]]:
    """Adjustments as rows, with the targets in words."""
    figures = {f.key: f for f in Figure.objects.filter(key__in={one.figure_key for one in found})}
    rows = []
    for one in found:
        figure = figures.get(one.figure_key)
        unit = figure.unit if figure else "pieces"
        rows.append(
            {
                "adjustment": one,
                "figure": figure,
                "title": figure.title if figure else one.figure_key,
                "before": target_words(one.before, unit),
                "after": target_words(one.after, unit),
                "badge": ADJUSTMENT_STATE_NAMES[AdjustmentState(one.state)],
            }
        )
    return rows


@requires(Permission.EVALUATION_VIEW)
def adjustments(request: ActingRequest) -> HttpResponseBase:
    """Adjustments of the plans of the actor's line of organs."""
    found = adjustments_visible_to(request.actor)
    if exporting(request):
        return export_of(request, ADJUSTMENTS, rows_of(list(found)), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"tabs": tabs("evaluations:adjustments"), "page": page, "rows": rows_of(list(page))}
    return render(request, "evaluations/adjustments.html", context)


@requires(Permission.EVALUATION_PREPARE)
def propose(request: ActingRequest, key: str) -> HttpResponse:
    """Propose another target for a figure."""
    figure = figure_by_key(key)
    data = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    plan = figure.row.plan
    initial = {"year": min(max(today().year, plan.start_year), plan.end_year), "effective_on": today()}
    form = AdjustmentForm(*data, figure=figure, initial=initial, auto_id="adjustment_%s")
    if data[0] is not None and form.is_valid():
        said = form.cleaned_data
        try:
            found = actions.propose_adjustment(by=request.actor, figure_key=figure.key, **said)
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, _("Proposed. The target of the plan holds until it is approved."))
            return redirect("evaluations:adjustment", found.pk)
    target = target_for(figure, today().year, today())
    context = {
        "form": form,
        "figure": figure,
        "target": target.describe(figure.unit, language()) if target else "",
        "back_url": reverse("plans:figure", args=[figure.key]),
    }
    return render(request, "evaluations/propose.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(Permission.EVALUATION_VIEW)
def adjustment(request: ActingRequest, adjustment_id: int) -> HttpResponse:
    """One adjustment with its reason, papers and history."""
    found = adjustment_visible_to(request.actor, adjustment_id)
    verbs = adjustment_verbs(request.actor, found)
    file = actions.file_ref(found)
    context = {
        **rows_of([found])[0],
        "verbs": verbs,
        "form": ReasonForm(auto_id="decision_%s"),
        "own": found.proposed_by_id == request.actor.user_id,
        "timeline": timeline_of_acts(acts_of_file(file).order_by("-recorded_at", "-id")[:30], said_of_act),
        **documents_context(request.actor, file, answers="withdraw" in verbs),
    }
    return render(request, "evaluations/adjustment.html", context)


@requires(Permission.EVALUATION_VIEW)
@require_POST
def adjustment_step(request: ActingRequest, adjustment_id: int, verb: str) -> HttpResponse:
    """Approve, reject or withdraw; the action asks for the right that the step needs."""
    adjustment_visible_to(request.actor, adjustment_id)
    form = ReasonForm(request.POST)
    note = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        if verb == "withdraw":
            actions.withdraw_adjustment(by=request.actor, pk=adjustment_id)
        elif verb in ("approve", "reject"):
            approve = verb == "approve"
            actions.decide_adjustment(by=request.actor, pk=adjustment_id, approve=approve, note=note)
        else:
            raise NotFound(_("There is no such step."))
    except (InvalidInput, Conflict, RuleBroken) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The decision is recorded."))
    return redirect("evaluations:adjustment", adjustment_id)
