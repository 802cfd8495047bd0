"""All rows of all plans with what can be said of each: computed, entered, or which datum is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.oversight.plans.models import Figure, Plan, PlanRow
from yaojian.oversight.plans.queries import organ_of_figures, plans, values_of_figures
from yaojian.oversight.plans.sources import STANDING_NAMES, Standing, standing_of
from yaojian.oversight.plans.web import listings, presentation
from yaojian.oversight.plans.web.asked import asked_day

PAGE_SIZE = 50
JUDGED = {"met": True, "missed": False}
JUDGED_NAMES = {True: gettext_lazy("On target"), False: gettext_lazy("Below target")}


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure of a row with its line and standing."""

    plan: Plan
    row: PlanRow
    line: presentation.Line
    standing: Standing

    @property
    def met(self) -> bool | None:
        """Whether the target is met, this year or in the last that has a value; None where nobody can say."""
        value = self.line.value
        if value is None or self.line.figure.same_as:
            return None
        return (value.earlier or value).met

    @property
    def standing_name(self) -> str:
        """The standing in words."""
        return str(STANDING_NAMES[self.standing])

    @property
    def kind(self) -> str:
        """The meaning of the standing as a colour."""
        meanings = {Standing.COMPUTED: "done", Standing.ENTERED: "done", Standing.INCOMPLETE: "info"}
        meanings[Standing.MISSING] = "due_soon"
        return meanings.get(self.standing, "neutral")

    @property
    def lacking(self) -> str:
        """The missing data with their years, once each."""
        value = self.line.value
        if value is None or not value.outcome.lacks:
            return ""
        words = {(presentation.lack_in_words(lack), lack.year) for lack in value.outcome.lacks}
        return "；".join(f"{name}（{year}）" for name, year in sorted(words))


def entries(actor: Actor, day: date) -> list[Entry]:
    """Every figure of every plan as the actor may see it."""
    found = []
    found_plans = sorted(plans(), key=lambda plan: organ_of_figures(actor, plan) is None)
    for plan in found_plans:
        figures = list(
            Figure.objects.filter(row__plan=plan)
            .select_related("row", "version")
            .order_by("row__position", "position")
        )
        organ = organ_of_figures(actor, plan)
        values = values_of_figures(figures, organ, day) if organ is not None else {}
        for figure in figures:
            line = presentation.line_of(figure, organ, day, values.get(figure.key))
            found.append(Entry(plan, figure.row, line, standing_of(figure, values.get(figure.key))))
    return found


@requires(Permission.PLAN_VIEW)
def rows(request: ActingRequest) -> HttpResponseBase:
    """All rows, narrowed to a plan and a standing; exportable."""
    day = asked_day(request)
    everything = entries(request.actor, day)
    chosen_plan = request.GET.get("plan", "")
    if chosen_plan:
        everything = [entry for entry in everything if entry.plan.code == chosen_plan]
    counts = Counter(entry.standing for entry in everything)
    chosen = request.GET.get("standing", "")
    judged = JUDGED.get(request.GET.get("judged", ""))
    shown = [entry for entry in everything if not chosen or entry.standing.value == chosen]
    if judged is not None:
        shown = [entry for entry in shown if entry.met is judged]
    if exporting(request):
        return export_of(request, listings.ALL_ROWS, shown, len(shown))
    stated = {entry.row.row_id for entry in everything if not entry.row.supplementary}
    context = {
        "page": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "stated": len(stated),
        "tabs": _tabs(request, counts, chosen),
        "plans": plans(),
        "chosen_plan": chosen_plan,
        "shown": len(shown),
        "judged": JUDGED_NAMES[judged] if judged is not None else "",
        "as_of": day,
    }
    return render(request, "plans/rows.html", context)


def _tabs(request: ActingRequest, counts: Counter[Standing], chosen: str) -> list[dict[str, object]]:
    choices: list[tuple[str, object, int]] = [("", _("All"), sum(counts.values()))]
    choices += [
        (standing.value, STANDING_NAMES[standing], counts[standing])
        for standing in Standing
        if counts[standing]
    ]
    tabs: list[dict[str, object]] = []
    for code, label, count in choices:
        query = request.GET.copy()
        query.pop("page", None)
        query["standing"] = code
        tabs.append(
            {"url": f"?{query.urlencode()}", "label": label, "count": count, "active": code == chosen}
        )
    return tabs
