"""Pairs of subjects that may be one, side by side; merging them, keeping them apart, undoing a merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError, NotFound
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting, in_chunks
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.duplicate_models import APART, MERGED, OPEN
from yaojian.registers.enterprises.duplicate_queries import merges_of, pairs_of
from yaojian.registers.enterprises.duplicates.likeness import Reason
from yaojian.registers.enterprises.licence_numbers import licence_numbers_of
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
PAIRS = Listing(
    "duplicates",
    gettext_lazy("Possible duplicates"),
    (
        Column(gettext_lazy("Code of the one"), lambda row: row["pair"].first.code, 22),
        Column(gettext_lazy("One"), lambda row: row["pair"].first.name, 36),
        Column(gettext_lazy("Place of the one"), lambda row: row["places"][0], 24),
        Column(gettext_lazy("Code of the other"), lambda row: row["pair"].second.code, 22),
        Column(gettext_lazy("The other"), lambda row: row["pair"].second.name, 36),
        Column(gettext_lazy("Place of the other"), lambda row: row["places"][1], 24),
        Column(pgettext_lazy("subject", "Type"), lambda row: row["type"], 18),
        Column(gettext_lazy("Why they look alike"), lambda row: row["why"], 40),
        Column(gettext_lazy("Likeness"), lambda row: row["pair"].score, 10),
        Column(gettext_lazy("State"), lambda row: STATES[row["pair"].state], 12),
        Column(gettext_lazy("Decided by"), lambda row: row["pair"].decided_by, 14),
        Column(gettext_lazy("Reason"), lambda row: row["pair"].note, 40),
    ),
)
MERGES = Listing(
    "merges",
    gettext_lazy("Merges"),
    (
        Column(gettext_lazy("Code of the ended one"), lambda row: row.ended.code, 22),
        Column(gettext_lazy("Ended one"), lambda row: row.ended.name, 36),
        Column(gettext_lazy("Code of the kept one"), lambda row: row.kept.code, 22),
        Column(gettext_lazy("Kept one"), lambda row: row.kept.name, 36),
        Column(gettext_lazy("Merged by"), lambda row: row.merged_by, 14),
        Column(gettext_lazy("Merged at"), lambda row: row.merged_at, 17),
        Column(gettext_lazy("Reason"), lambda row: row.reason, 40),
        Column(gettext_lazy("Undone by"), lambda row: row.undone_by, 14),
        Column(gettext_lazy("Undone at"), lambda row: row.undone_at, 17),
    ),
)


@requires(Permission.SUBJECT_VIEW)
def duplicates(request: ActingRequest) -> HttpResponseBase:
    """The pairs of which the actor's organ answers for both, the most alike first."""
    state = request.GET.get("state", OPEN)
    state = state if state in STATES else OPEN
    found = pairs_of(request.actor).filter(state=state).order_by("-score", "id")
    if exporting(request):
        return export_of(request, PAIRS, all_pair_rows(found), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "register_tabs": register_tabs(request.actor, "duplicates"),
        "page": page,
        "rows": pair_rows(page),
        "state": state,
        "states": list(STATES.items()),
    }
    return render(request, "enterprises/duplicates.html", context)


def pair_rows(pairs: Iterable[DuplicatePair]) -> list[dict[str, Any]]:
    """Pairs with what is said of them in words."""
    shown = list(pairs)
    names = division_names(
        {s.division_code[:n] for pair in shown for s in (pair.first, pair.second) for n in (6, 9)}
    )
    return [
        {
            "pair": pair,
            "type": type_name(pair.first.subject_type),
            "why": reasons_in_words(pair),
            "places": [place_of(s.division_code, names) for s in (pair.first, pair.second)],
        }
        for pair in shown
    ]


def all_pair_rows(pairs: Any) -> Iterator[dict[str, Any]]:
    """Every row of a list of pairs, some hundred at a time."""
    for chunk in in_chunks(pairs):
        yield from pair_rows(chunk)


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

    # Where licences give a number, they decide about it.
    by_licence = bool(licence_numbers_of([first, second]))

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
        line("licence_no", _("Licence number"), lambda s: s.licence_no, fixed=by_licence),
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
def merges(request: ActingRequest) -> HttpResponseBase:
    """The merges of subjects that the actor's organ answers for, the latest first."""
    if exporting(request):
        found = merges_of(request.actor)
        return export_of(request, MERGES, found.iterator(chunk_size=500), found.count())
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
