"""The list of drafts, one draft with its problems, rows and cost, and the steps of its way."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import yaml
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.checking import problems_in
from yaojian.oversight.drafting.contracts import STATE_NAMES
from yaojian.oversight.drafting.costing import overdue_before
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.queries import draft_visible_to, drafts_visible_to
from yaojian.oversight.drafting.states import DraftState
from yaojian.oversight.drafting.web.forms import ReasonForm
from yaojian.oversight.drafting.web.presentation import badge_of, row_of, tabs_of, told, verbs_open_to
from yaojian.oversight.plans.errors import Problem

PAGE_SIZE = 25
VERBS = ("submit", "adopt", "return", "withdraw")
DRAFTS = Listing(
    "plan-drafts",
    gettext_lazy("Drafts of plans"),
    (
        Column(pgettext_lazy("plan draft", "Title"), lambda draft: draft.title, 50),
        Column(gettext_lazy("Organ"), lambda draft: draft.organ.label, 30),
        Column(pgettext_lazy("plan draft", "Years"), lambda draft: "–".join(map(str, draft.years)), 12),
        Column(gettext_lazy("Rows"), lambda draft: len(draft.pack["rows"]), 8),
        Column(
            pgettext_lazy("plan draft", "State"), lambda draft: str(STATE_NAMES[DraftState(draft.state)]), 14
        ),
        Column(gettext_lazy("Drafted by"), lambda draft: draft.drafted_by.display_name, 16),
        Column(gettext_lazy("Last changed"), lambda draft: draft.changed_at, 18),
    ),
)
ROWS = Listing(
    "plan-draft-rows",
    gettext_lazy("Rows of the draft"),
    (
        Column(pgettext_lazy("plan draft", "Number of the row"), lambda row: row["id"], 12),
        Column(gettext_lazy("Target or duty"), lambda row: row["title"], 50),
        Column(pgettext_lazy("plan draft", "Class"), lambda row: row["klass"], 14),
        Column(pgettext_lazy("plan draft", "Attribute"), lambda row: row["attribute"], 14),
        Column(gettext_lazy("Targets"), lambda row: row["targets"], 40),
        Column(
            pgettext_lazy("plan draft", "Problems"),
            lambda row: "; ".join(f"{p['field']}: {p['problem']} → {p['cure']}" for p in row["problems"]),
            60,
        ),
    ),
)


@requires(Permission.PLAN_DRAFT)
def drafts(request: ActingRequest) -> HttpResponseBase:
    """The drafts for the actor's organ and those below it."""
    found = drafts_visible_to(request.actor)
    if exporting(request):
        return export_of(request, DRAFTS, found.iterator(100), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [{"draft": draft, "state": badge_of(draft)} for draft in page]
    return render(request, "drafting/list.html", {"page": page, "rows": rows})


@requires(Permission.PLAN_DRAFT)
def draft(request: ActingRequest, draft_id: int) -> HttpResponseBase:
    """One draft: what is wrong with it, its rows, and what can be done."""
    found = draft_visible_to(request.actor, draft_id)
    if exporting(request):
        return export_of(request, ROWS, _rows(found, problems_in(found.pack)), len(found.pack["rows"]))
    return draft_page(request, found)


def _rows(found: PlanDraft, problems: list[Problem]) -> list[dict[str, Any]]:
    of_rows = defaultdict(list)
    for problem in problems:
        of_rows[problem.row].append(told(problem))
    return [row_of(row, of_rows.get(str(row.get("id")), [])) for row in found.pack["rows"]]


def draft_page(
    request: ActingRequest, found: PlanDraft, refused: ReasonForm | None = None, verb: str = ""
) -> HttpResponse:
    """The page of a draft; `refused` is the form of a step that lacked its reason."""
    problems = problems_in(found.pack)
    verbs = verbs_open_to(request.actor, found)
    context = {
        "draft": found,
        "header": found.pack["plan"],
        "state": badge_of(found),
        "tabs": tabs_of(found, "draft"),
        "problems": [told(problem) for problem in problems],
        "rows": _rows(found, problems),
        "verbs": verbs,
        "may_change": "change" in verbs,
        "arrears": overdue_before(found) if found.plan is None else [],
        "own": found.submitted_by_id == request.actor.user_id and found.state == DraftState.SUBMITTED.value,
        "reasons": {
            name: refused if refused is not None and name == verb else ReasonForm(auto_id=f"{name}_%s")
            for name in ("return", "withdraw")
        },
        "refused": refused,
    }
    return render(request, "drafting/draft.html", context, status=422 if refused is not None else 200)


@requires(Permission.PLAN_DRAFT)
@require_POST
def step(request: ActingRequest, draft_id: int, verb: str) -> HttpResponse:
    """Hand in, adopt, return or withdraw; the action asks for the right that the step needs."""
    found = draft_visible_to(request.actor, draft_id)
    if verb not in VERBS:
        raise NotFound(_("There is no such step."), cure=_("Choose one on the page of the draft."))
    form = ReasonForm(request.POST, auto_id=f"{verb}_%s")
    try:
        if verb == "submit":
            actions.submit_draft(by=request.actor, pk=draft_id)
            messages.success(request, _("Handed in. A leader of the organ decides."))
        elif verb == "adopt":
            actions.adopt_draft(by=request.actor, pk=draft_id)
            messages.success(request, _("Adopted. It computes now, and its due work opens within a minute."))
        elif not form.is_valid():
            return draft_page(request, found, form, verb)
        elif verb == "return":
            actions.return_draft(by=request.actor, pk=draft_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Returned to the person who handed it in."))
        else:
            actions.withdraw_draft(by=request.actor, pk=draft_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Withdrawn. It stays in the list."))
    except (InvalidInput, Conflict, RuleBroken) as error:
        messages.error(request, str(error))
    return redirect("drafting:draft", draft_id)


@requires(Permission.PLAN_DRAFT)
def download(request: ActingRequest, draft_id: int) -> HttpResponse:
    """The draft as a plan pack."""
    found = draft_visible_to(request.actor, draft_id)
    text = yaml.safe_dump(found.pack, allow_unicode=True, sort_keys=False, width=100)
    answer = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.code}.yaml"'
    return answer
