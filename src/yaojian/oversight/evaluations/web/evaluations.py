"""The list of evaluations, one of them as a draft or frozen, and what is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.ledger.facade import acts_of_file, timeline_of_acts
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations import evaluation_actions as actions
from yaojian.oversight.evaluations import printings
from yaojian.oversight.evaluations.content import Line, tally_of
from yaojian.oversight.evaluations.contracts import EVALUATION_STATE_NAMES, EvaluationKind
from yaojian.oversight.evaluations.models import Evaluation, Snapshot
from yaojian.oversight.evaluations.permissions import evaluation_verbs
from yaojian.oversight.evaluations.queries import evaluation_visible_to, evaluations_visible_to
from yaojian.oversight.evaluations.states import EvaluationState
from yaojian.oversight.evaluations.web.forms import DraftForm, refuse, texts_in
from yaojian.oversight.evaluations.web.listings import EVALUATIONS, LINES
from yaojian.oversight.evaluations.web.wording import said_of_act, tabs
from yaojian.oversight.plans.facade import organ_of_figures, plan_by_code, plans

PAGE_SIZE = 25
REFUSALS = (InvalidInput, RuleBroken, Conflict, NotAllowed)
UNPROCESSABLE = 422


@requires(Permission.EVALUATION_VIEW)
def evaluations(request: ActingRequest) -> HttpResponseBase:
    """The evaluations of the actor's organ and of those below it."""
    found = evaluations_visible_to(request.actor).select_related("snapshot")
    found = found.exclude(state=EvaluationState.DISCARDED.value)
    if exporting(request):
        return export_of(request, EVALUATIONS, found.iterator(500), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "tabs": tabs("evaluations:list"),
        "page": page,
        "rows": [
            {"evaluation": one, "badge": EVALUATION_STATE_NAMES[EvaluationState(one.state)]} for one in page
        ],
        "may_prepare": request.actor.may(Permission.EVALUATION_PREPARE),
    }
    return render(request, "evaluations/list.html", context)


@requires(Permission.EVALUATION_PREPARE)
def draft(request: ActingRequest) -> HttpResponse:
    """Begin an evaluation."""
    own = [plan for plan in plans() if organ_of_figures(request.actor, plan) is not None]
    data = request.POST if request.method == "POST" else None
    initial = {"organ": request.actor.organ_code, "as_of": today(), "plan": request.GET.get("plan", "")}
    form = DraftForm(data, actor=request.actor, plans=own, initial=initial, auto_id="draft_%s")
    if data is not None and form.is_valid():
        said = form.cleaned_data
        try:
            evaluation = actions.draft_evaluation(
                by=request.actor,
                plan_code=said["plan"],
                organ=form.organs[said["organ"]],
                kind=EvaluationKind(said["kind"]),
                as_of=said["as_of"],
                title=said["title"],
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            return redirect("evaluations:evaluation", evaluation.pk)
    return render(
        request, "evaluations/draft.html", {"form": form}, status=UNPROCESSABLE if form.errors else 200
    )


def frozen_of(found: Evaluation) -> Snapshot | None:
    """The snapshot of an evaluation; None while it is a draft."""
    return Snapshot.objects.select_related("frozen_by").filter(evaluation=found).first()


@requires(Permission.EVALUATION_VIEW)
def evaluation(request: ActingRequest, evaluation_id: int) -> HttpResponseBase:
    """One evaluation: the draft to comment, or what was frozen with its hash."""
    found = evaluation_visible_to(request.actor, evaluation_id)
    if found.state == EvaluationState.DISCARDED.value:
        raise NotFound(_("This draft was discarded."), cure=_("Choose one in the list of evaluations."))
    snapshot = frozen_of(found)
    lines = printings.lines_shown(found, snapshot)
    if exporting(request):
        return export_of(request, LINES, lines, len(lines))
    return evaluation_page(request, found, snapshot, lines)


@dataclass(frozen=True, slots=True)
class Typed:
    """Texts that were not kept, by figure or `summary`, and what others wrote at the same places."""

    texts: Mapping[str, str]
    others: Mapping[str, str]


def evaluation_page(
    request: ActingRequest,
    found: Evaluation,
    snapshot: Snapshot | None,
    lines: list[Line],
    typed: Typed | None = None,
) -> HttpResponse:
    """The page of an evaluation; with what was typed when it could not be kept."""
    kept = typed or Typed({}, {})
    plan = plan_by_code(found.plan_code)
    verbs = evaluation_verbs(request.actor, found)
    digest = printings.digest_of(found, snapshot, lines)
    context = {
        "evaluation": found,
        "plan": plan,
        "digest": digest,
        "badge": EVALUATION_STATE_NAMES[EvaluationState(found.state)],
        "lines": lines,
        "rows": [_written(line, kept) for line in lines],
        "summary": _place("summary", found.summary, kept),
        "others": kept.others,
        "tally": tally_of(lines),
        "snapshot": snapshot,
        "printing": printings.printing_of(found, digest),
        "verdict": actions.verify_snapshot(snapshot) if snapshot else None,
        "verbs": verbs,
        "own": "freeze" not in verbs,
        "may_decide": request.actor.may(Permission.EVALUATION_DECIDE),
        "timeline": timeline_of_acts(
            acts_of_file(actions.file_ref(found)).order_by("-recorded_at", "-id")[:30], said_of_act
        ),
    }
    status = 200 if typed is None else UNPROCESSABLE
    return render(request, "evaluations/evaluation.html", context, status=status)


def _place(name: str, present: str, typed: Typed) -> dict[str, Any]:
    """A text to write: what stands in the field, what it is held against, and another's text beside it."""
    return {
        "text": typed.texts.get(name, present),
        "was": present,
        "other": typed.others.get(name),
        "differs": name in typed.others,
    }


def _written(line: Line, typed: Typed) -> dict[str, Any]:
    return {"line": line, **_place(line.key, line.comment, typed)}


@requires(Permission.EVALUATION_PREPARE)
@require_POST
def comment(request: ActingRequest, evaluation_id: int) -> HttpResponse:
    """Keep the conclusion and the comments of a draft."""
    found = evaluation_visible_to(request.actor, evaluation_id)
    summary, comments = request.POST.get("summary", ""), texts_in(request.POST, "comment-")
    try:
        actions.comment_evaluation(
            by=request.actor,
            pk=found.pk,
            summary=summary,
            comments=comments,
            seen=texts_in(request.POST, "was-"),
        )
    except actions.TextsDiffer as error:
        messages.error(request, str(error))
        typed = Typed({"summary": summary, **comments}, error.others)
        found = evaluation_visible_to(request.actor, evaluation_id)
        return evaluation_page(request, found, None, printings.lines_shown(found, None), typed)
    except (InvalidInput, Conflict, RuleBroken) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The draft is kept."))
    return redirect("evaluations:evaluation", evaluation_id)


@requires(Permission.EVALUATION_VIEW)
@require_POST
def step(request: ActingRequest, evaluation_id: int, verb: str) -> HttpResponse:
    """Hand an evaluation in, or give it back; the action asks for the right that the step needs."""
    if verb == "submit":
        _take(
            request,
            lambda: actions.submit_evaluation(by=request.actor, pk=evaluation_id),
            _("Handed in. Who may freeze it finds it on the list of work."),
        )
    elif verb == "return":
        reason = request.POST.get("reason", "")
        _take(
            request,
            lambda: actions.return_evaluation(by=request.actor, pk=evaluation_id, reason=reason),
            _("Given back; it can be written on."),
        )
    else:
        raise NotFound(_("There is no such step."), cure=_("Choose one on the page of the evaluation."))
    return redirect("evaluations:evaluation", evaluation_id)


@requires(Permission.EVALUATION_DECIDE)
@require_POST
def freeze(request: ActingRequest, evaluation_id: int) -> HttpResponse:
    """Freeze an evaluation."""
    if _take(
        request,
        lambda: actions.freeze_evaluation(
            by=request.actor, pk=evaluation_id, shown=request.POST.get("shown", "")
        ),
        _("Frozen. Its hash is in the journal; nothing of it can be changed any more."),
    ):
        found, digest = _to_print(request, evaluation_id)
        printings.ask_printing(by=request.actor, evaluation=found, digest=digest)
    return redirect("evaluations:evaluation", evaluation_id)


@requires(Permission.EVALUATION_PREPARE)
@require_POST
def discard(request: ActingRequest, evaluation_id: int) -> HttpResponse:
    """Give up a draft."""
    if _take(
        request,
        lambda: actions.discard_evaluation(by=request.actor, pk=evaluation_id),
        _("The draft is discarded."),
    ):
        return redirect("evaluations:list")
    return redirect("evaluations:evaluation", evaluation_id)


def _take(request: ActingRequest, act: Any, done: str) -> bool:
    try:
        act()
    except (InvalidInput, Conflict, RuleBroken) as error:
        messages.error(request, str(error))
        return False
    messages.success(request, done)
    return True


def _to_print(request: ActingRequest, evaluation_id: int) -> tuple[Evaluation, str]:
    """An evaluation with the hash of what its document says."""
    found = evaluation_visible_to(request.actor, evaluation_id)
    if found.state == EvaluationState.DISCARDED.value:
        raise NotFound(_("This draft was discarded."), cure=_("Choose one in the list of evaluations."))
    snapshot = frozen_of(found)
    return found, printings.digest_of(found, snapshot, printings.lines_shown(found, snapshot))


@requires(Permission.EVALUATION_VIEW)
def pdf(request: ActingRequest, evaluation_id: int) -> HttpResponse:
    """The evaluation as a document to print or send; the page of its making while there is none."""
    found, digest = _to_print(request, evaluation_id)
    printing = printings.printing_of(found, digest)
    if printing is None or printing.made_at is None:
        again = printing is None or printings.may_ask_again(printing)
        names = [_("Figures are counted"), _("Pages are set"), _("The document is kept")]
        context = {
            "evaluation": found,
            "printing": printing,
            "at_work": not again,
            "steps": printings.STEPS,
            "step_name": "" if printing is None else names[min(printing.step, printings.STEPS - 1)],
        }
        return render(request, "evaluations/printing.html", context)
    answer = HttpResponse(printings.bytes_made(printing), content_type="application/pdf")
    answer["Content-Disposition"] = content_disposition_header(True, printings.file_name(found))
    return answer


@requires(Permission.EVALUATION_VIEW)
@require_POST
def make_pdf(request: ActingRequest, evaluation_id: int) -> HttpResponse:
    """Ask for the document; the worker makes it."""
    found, digest = _to_print(request, evaluation_id)
    printings.ask_printing(by=request.actor, evaluation=found, digest=digest)
    return redirect("evaluations:pdf", evaluation_id)
