"""The pages of indicators: one formula, the targets of all plans that measure it, its definitions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import today
from yaojian.oversight.plans.contracts import WeightsState
from yaojian.oversight.plans.definitions import Formula, describe
from yaojian.oversight.plans.kept import values_of
from yaojian.oversight.plans.models import Figure, Indicator
from yaojian.oversight.plans.queries import beside_own_target, organ_of_figures
from yaojian.oversight.plans.web import listings, presentation
from yaojian.oversight.plans.web.asked import asked_day
from yaojian.oversight.plans.weights import answers_for_all, decide_weights, propose_weights


@requires(Permission.PLAN_VIEW)
def indicators(request: ActingRequest) -> HttpResponseBase:
    """All indicators: what they measure and how many plans share each."""
    found = list(_in_use())
    if exporting(request):
        return export_of(request, listings.INDICATORS, found, len(found))
    return render(request, "plans/indicators.html", {"indicators": found})


def _in_use() -> QuerySet[Indicator]:
    plans = Count("versions__figures__row__plan", distinct=True)
    figures = Count("versions__figures", distinct=True)
    counted = Indicator.objects.annotate(plans=plans, figures=figures).filter(figures__gt=0)
    return counted.order_by("-plans", "title_zh")


def _indicator(key: str) -> Indicator:
    """An indicator by its number, or by the key of a figure that is measured by it. Raises NotFound."""
    wanted = Q(pk=int(key)) if key.isdecimal() and len(key) < 9 else Q(versions__figures__key=key)
    found = Indicator.objects.filter(wanted).distinct().first()
    if found is None:
        raise NotFound(_("There is no such indicator."), cure=_("Choose one in the list of indicators."))
    return found


@requires(Permission.PLAN_VIEW)
def indicator(request: ActingRequest, key: str) -> HttpResponseBase:
    """One indicator: its formula in words, its versions, and the plans' targets and values side by side."""
    found = _indicator(key)
    day = asked_day(request)
    versions = list(found.versions.order_by("-number"))
    figures = list(
        Figure.objects.filter(version__indicator=found)
        .select_related("row__plan__organ", "version")
        .order_by("row__plan__seed", "row__position", "position")
    )
    rows = [_compared(request, figure, day) for figure in figures]
    if exporting(request):
        return export_of(request, listings.COMPARED, rows, len(rows))
    context = {
        "indicator": found,
        "versions": [
            (one, describe(Formula.from_dict(one.formula), presentation.language())) for one in versions
        ],
        "rows": rows,
        "as_of": day,
        "proposal": _proposal(request, found),
        "may_weigh": found.shape == "composite"
        and request.actor.may(Permission.PLAN_WEIGH)
        and answers_for_all(request.actor, found),
    }
    return render(request, "plans/indicator.html", context)


def _proposal(request: ActingRequest, found: Indicator) -> dict[str, Any] | None:
    """Weights that wait for a decision, and whether the actor may take it; None when none wait."""
    waiting = found.weights.filter(state=WeightsState.PROPOSED.value).select_related("proposed_by").first()
    if waiting is None:
        return None
    second = waiting.proposed_by_id != request.actor.user_id and answers_for_all(request.actor, found)
    formula = Formula.from_dict(found.versions.order_by("-number")[0].formula)
    names = {component.code: component for component in formula.components}
    zh = presentation.language().startswith("zh")
    parts = [
        (names[code].zh if zh else names[code].en, part)
        for code, part in waiting.weights.items()
        if code in names
    ]
    return {
        "weights": waiting,
        "parts": parts,
        "may_decide": second and request.actor.may(Permission.EVALUATION_DECIDE),
    }


@requires(Permission.EVALUATION_DECIDE)
@require_POST
def decide(request: ActingRequest, key: str) -> HttpResponseBase:
    """Approve or reject the weights that wait."""
    found = _indicator(key)
    waiting = found.weights.filter(state=WeightsState.PROPOSED.value).first()
    approve = request.POST.get("decision") == "approve"
    try:
        decide_weights(
            by=request.actor,
            pk=waiting.pk if waiting is not None else 0,
            approve=approve,
            verdict=request.POST.get("reason", ""),
        )
    except (InvalidInput, Conflict, NotFound) as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, _("The weights have been decided.") if approve else _("Rejected."))
    return redirect("plans:indicator", key=found.pk)


def _compared(request: ActingRequest, figure: Figure, day: date) -> dict[str, Any]:
    organ = organ_of_figures(request.actor, figure.row.plan)
    value = None
    if organ is not None:
        value = beside_own_target(figure, values_of([figure], organ, day)[figure.key], day)
    return {
        "figure": figure,
        "row": figure.row,
        "plan": figure.row.plan,
        "line": presentation.line_of(figure, organ, day, value),
        "targets": presentation.targets_in_words(figure),
    }


class WeightsForm(forms.Form):
    """The weights of a composite, a day from which they hold, and why."""

    valid_from = forms.DateField(
        label=_lazy("Holds from"), widget=forms.DateInput(attrs={"type": "date"}), initial=today
    )
    reason = forms.CharField(label=_lazy("Decision or document"), max_length=300)

    def __init__(self, formula: Formula, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chinese = presentation.language().startswith("zh")
        for component in formula.components:
            self.fields[component.code] = forms.CharField(
                label=component.zh if chinese else component.en,
                max_length=8,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        self.order_fields([component.code for component in formula.components])


@requires(Permission.PLAN_WEIGH)
def weigh(request: ActingRequest, key: str) -> HttpResponseBase:
    """Enter the weights of a composite index: they hold from a day on and stay as a version."""
    found = _indicator(key)
    if found.shape != "composite":
        raise NotFound(_("Only an index has weights."), cure=_("Choose a composite index."))
    formula = Formula.from_dict(found.versions.order_by("-number")[0].formula)
    form = WeightsForm(formula, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            propose_weights(
                by=request.actor,
                indicator=found,
                formula=formula,
                weights={c.code: form.cleaned_data[c.code] for c in formula.components},
                valid_from=form.cleaned_data["valid_from"],
                reason=form.cleaned_data["reason"],
            )
        except (InvalidInput, Conflict) as wrong:
            form.add_error(wrong.field if wrong.field in form.fields else None, str(wrong))
        else:
            messages.success(request, _("Proposed. A second person decides."))
            return redirect("plans:indicator", key=found.pk)
    decisions = found.weights.select_related("proposed_in", "proposed_by")
    context = {"indicator": found, "form": form, "decisions": decisions}
    return render(request, "plans/weights.html", context)
