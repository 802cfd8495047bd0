"""Pairs of subjects that may be one, side by side; merging them, keeping them apart, undoing a merge."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError, NotFound
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.duplicate_models import APART, MERGED, OPEN
from yaojian.registers.enterprises.duplicate_queries import merges_of, pairs_of
from yaojian.registers.enterprises.duplicates.likeness import Reason
from yaojian.registers.enterprises.models import DuplicatePair, Subject
from yaojian.registers.enterprises.objections import merge_objections
from yaojian.registers.enterprises.permissions import answers_for
from yaojian.registers.enterprises.states import PAIR_STATES, PairState
from yaojian.registers.enterprises.types import RISK_NAMES, RiskGrade, flag_name, type_name
from yaojian.registers.enterprises.web.tabs import register_tabs

PAGE_SIZE = 25
FILE = "backoffice:subject"
REASONS = {
    Reason.SAME_ENTITY: gettext_lazy("the same legal entity"),
    Reason.SAME_LICENCE: gettext_lazy("the same licence number"),
    Reason.SAME_NAME: gettext_lazy("the same name"),
    Reason.ALIKE_NAME: gettext_lazy("similar names"),
    Reason.SAME_ADDRESS: gettext_lazy("the same address"),
    Reason.SAME_PLACE: gettext_lazy("the same coordinates"),
    Reason.SAME_TOWNSHIP: gettext_lazy("the same township"),
}
STATES = {
    OPEN: pgettext_lazy("pair", "Undecided"),
    APART: pgettext_lazy("pair", "Two subjects"),
    MERGED: pgettext_lazy("pair", "Merged"),
}


@requires(Permission.SUBJECT_VIEW)
def duplicates(request: ActingRequest) -> HttpResponse:
    """The pairs of which the actor's organ answers for both, the most alike first."""
    state = request.GET.get("state", OPEN)
    state = state if state in STATES else OPEN
    found = pairs_of(request.actor).filter(state=state)
    page = Paginator(found.order_by("-score", "id"), PAGE_SIZE).get_page(request.GET.get("page"))
    names = division_names(
        {s.division_code[:n] for pair in page for s in (pair.first, pair.second) for n in (6, 9)}
    )
    rows = [
        {
            "pair": pair,
            "type": type_name(pair.first.subject_type),
            "why": reasons_in_words(pair),
            "places": [place_of(s.division_code, names) for s in (pair.first, pair.second)],
        }
        for pair in page
    ]
    context = {
        "register_tabs": register_tabs(request.actor, "duplicates"),
        "page": page,
        "rows": rows,
        "state": state,
        "states": list(STATES.items()),
    }
    return render(request, "enterprises/duplicates.html", context)


def reasons_in_words(pair: DuplicatePair) -> str:
    """Why the two look like one."""
    return _(", ").join(str(REASONS[Reason(reason)]) for reason in pair.reasons)


@requires(Permission.SUBJECT_VIEW)
def pair(request: ActingRequest, pair_id: int) -> HttpResponse:
    """Two subjects side by side, and what can be done about them."""
    found = _pair(request.actor, pair_id)
    return render(request, "enterprises/pair.html", pair_context(request, found))


def _pair(actor: Actor, pair_id: int) -> DuplicatePair:
    found: DuplicatePair | None = pairs_of(actor).filter(pk=pair_id).first()
    if found is None:
        raise NotFound(_("There is no such pair in your area."))
    return found


def pair_context(request: ActingRequest, found: DuplicatePair) -> dict[str, Any]:
    """The comparison, column by column, and why the pair cannot be merged where it cannot."""
    chosen = request.POST.get("kept", "")
    kept_first = chosen != str(found.second_id)
    undecided = PAIR_STATES.permits(PairState(found.state), "merge")
    may_decide = (
        request.actor.may(Permission.SUBJECT_MERGE)
        and answers_for(request.actor, found.first)
        and answers_for(request.actor, found.second)
    )
    return {
        "pair": found,
        "why": reasons_in_words(found),
        "state": STATES[found.state],
        "lines": lines_of(found.first, found.second, set(request.POST.getlist("second_value"))),
        "kept_first": kept_first,
        "reason": request.POST.get("reason", ""),
        "objections": merge_objections(found.first_id, found.second_id) if undecided else [],
        "may_merge": undecided and may_decide,
        "may_keep_apart": may_decide and PAIR_STATES.permits(PairState(found.state), "keep_apart"),
        "note": request.POST.get("note", ""),
    }


def lines_of(first: Subject, second: Subject, chosen: set[str]) -> list[dict[str, Any]]:
    """What the register says of both, a line a column; `taken` marks those whose second value is chosen."""
    names = division_names({s.division_code[:n] for s in (first, second) for n in (4, 6, 9)})

    def line(column: str, label: object, of: Any, *, fixed: bool = False) -> dict[str, Any]:
        left, right = of(first), of(second)
        return {
            "column": column,
            "label": label,
            "left": left,
            "right": right,
            "differs": left != right,
            "choice": left != right and not fixed,
            "taken": column in chosen or (not left and bool(right)),
        }

    return [
        line("code", _("Code"), lambda s: s.code, fixed=True),
        line("name", _("Name"), lambda s: s.name),
        line("enterprise_id", _("Legal entity"), lambda s: s.enterprise.name if s.enterprise else ""),
        line("parent_id", _("Belongs to"), lambda s: s.parent.name if s.parent else ""),
        line("organ", _("Responsible organ"), lambda s: s.responsible_organ.label, fixed=True),
        line("division_code", _("Place"), lambda s: place_of(s.division_code, names)),
        line("address", _("Address"), lambda s: s.address),
        line("position", _("Coordinates"), _position),
        line("licence_no", _("Licence number"), lambda s: s.licence_no),
        line("business_scope", _("Business scope"), lambda s: s.business_scope),
        line("flags", _("Marks"), lambda s: _(", ").join(flag_name(flag) for flag in s.flags)),
        line("risk_grade", _("Risk grade"), lambda s: str(RISK_NAMES[RiskGrade(s.risk_grade)])),
        line("opened_on", _("In operation since"), lambda s: s.opened_on.isoformat(), fixed=True),
        line("status", _("State"), lambda s: str(s.status[1]), fixed=True),
    ]


def _position(subject: Subject) -> str:
    if subject.latitude is None or subject.longitude is None:
        return ""
    return f"{subject.latitude:.6f}, {subject.longitude:.6f}"


@requires(Permission.SUBJECT_MERGE)
@require_POST
def merge(request: ActingRequest, pair_id: int) -> HttpResponse:
    """Merge the pair: which is kept, and whose values."""
    found = _pair(request.actor, pair_id)
    keeps_second = request.POST.get("kept") == str(found.second_id)
    kept, ended = (found.second, found.first) if keeps_second else (found.first, found.second)
    lines = lines_of(found.first, found.second, set())
    of_second = set(request.POST.getlist("second_value"))
    choices = {line["column"] for line in lines if line["choice"]}
    taken = choices - of_second if keeps_second else choices & of_second
    try:
        actions.merge_subjects(
            by=request.actor,
            kept_id=kept.pk,
            ended_id=ended.pk,
            taken=sorted(taken),
            reason=request.POST.get("reason", ""),
        )
    except DomainError as error:
        context = pair_context(request, found)
        return render(request, "enterprises/pair.html", {**context, "error": error}, status=error.status)
    messages.success(request, _("The two are one subject now. The merge can be undone."))
    return redirect(FILE, kept.pk)


@requires(Permission.SUBJECT_MERGE)
@require_POST
def apart(request: ActingRequest, pair_id: int) -> HttpResponse:
    """Remember that the two are two."""
    try:
        actions.keep_apart(by=request.actor, pair_id=pair_id, note=request.POST.get("note", ""))
    except DomainError as error:
        if error.field != "note":
            raise
        found = _pair(request.actor, pair_id)
        context = {**pair_context(request, found), "error": error}
        return render(request, "enterprises/pair.html", context, status=error.status)
    messages.success(request, _("The pair is not shown again."))
    return redirect("enterprises:duplicates")


@requires(Permission.SUBJECT_VIEW)
def merges(request: ActingRequest) -> HttpResponse:
    """The merges of subjects that the actor's organ answers for, the latest first."""
    return render(request, "enterprises/merges.html", merges_context(request))


def merges_context(request: ActingRequest) -> dict[str, Any]:
    """The context of the page of merges."""
    page = Paginator(merges_of(request.actor), PAGE_SIZE).get_page(request.GET.get("page"))
    return {
        "register_tabs": register_tabs(request.actor, "merges"),
        "page": page,
        "may_undo": request.actor.may(Permission.SUBJECT_MERGE),
    }


@requires(Permission.SUBJECT_MERGE)
@require_POST
def undo(request: ActingRequest, merge_id: int) -> HttpResponse:
    """Let the two subjects be two again."""
    reason = request.POST.get("reason", "")
    try:
        actions.undo_merge(by=request.actor, merge_id=merge_id, reason=reason)
    except DomainError as error:
        if isinstance(error, NotFound):
            raise
        typed = {"error": error, "refused": merge_id, "reason": reason}
        context = {**merges_context(request), **typed}
        return render(request, "enterprises/merges.html", context, status=error.status)
    messages.success(request, _("The two are two subjects again, as they were."))
    return redirect("enterprises:merges")
