"""The pages of a row: its fields, its parts, and the text that stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, NotFound, RuleBroken
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.checking import definition_of, problems_in
from yaojian.oversight.drafting.figures import divided, is_formed, without_part
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.queries import draft_visible_to
from yaojian.oversight.drafting.web.editing import REFUSALS, UNPROCESSABLE, closed
from yaojian.oversight.drafting.web.editor import Editor
from yaojian.oversight.drafting.web.forms import NEW_ROW, RowForm, initial_of, refuse
from yaojian.oversight.drafting.web.placing import of_row, part_of
from yaojian.oversight.drafting.web.presentation import may_change, row_of, told
from yaojian.oversight.drafting.web.words import words_to_use


@requires(Permission.PLAN_DRAFT)
def row(request: ActingRequest, draft_id: int, row_id: str = "") -> HttpResponse:
    """A row of a draft in fields, or (without its number) a new one."""
    found = draft_visible_to(request.actor, draft_id)
    present = _row_of(found, row_id) if row_id else None
    if not may_change(found):
        return _read_only(request, found, present)
    shown = present or _new_row(found)
    if present is not None and not is_formed(present):
        return redirect("drafting:row_text", draft_id, row_id)
    return _edited(request, found, Editor(request.POST or None, shown), row_id)


@requires(Permission.PLAN_DRAFT)
def part(request: ActingRequest, draft_id: int, row_id: str, letter: str) -> HttpResponse:
    """One part of a row in fields."""
    found = draft_visible_to(request.actor, draft_id)
    present = _row_of(found, row_id)
    known = _part_of(present, letter)
    if not may_change(found):
        return _read_only(request, found, present)
    if not is_formed(known) or not is_formed(present):
        return redirect("drafting:row_text", draft_id, row_id)
    return _edited(request, found, Editor(request.POST or None, present, letter), row_id)


def _edited(request: ActingRequest, found: PlanDraft, editor: Editor, row_id: str) -> HttpResponse:
    """The page of an editor; after a change that is taken, the same page anew."""
    left: list[dict[str, str]] = []
    status = 200
    problems = of_row(problems_in(found.pack), row_id) if row_id else []
    if request.method != "POST":
        left = editor.show(
            problem for problem in problems if part_of(problem, editor.row)[0] == editor.letter
        )
    elif "choose" in request.POST:
        editor.show()
    else:
        status = UNPROCESSABLE
        if editor.is_valid():
            changed = editor.written()
            try:
                if changed != editor.row or not row_id:
                    actions.change_row(
                        by=request.actor, pk=found.pk, version=_version(request), row_id=row_id, row=changed
                    )
            except REFUSALS as error:
                refuse(editor.words, error)
            else:
                return redirect(_address(found, changed["id"], editor.letter))
    context = {
        "draft": found,
        "row": editor.row if row_id else None,
        "letter": editor.letter,
        "editor": editor,
        "left": left,
        "sound": not problems,
        "version": request.POST.get("version", found.version),
        "parts": _parts(editor.row, problems) if editor.divided else [],
    }
    return render(request, "drafting/row.html", context, status=status)


@requires(Permission.PLAN_DRAFT)
def text(request: ActingRequest, draft_id: int, row_id: str) -> HttpResponse:
    """A row as the text of a pack, for those who know the form."""
    found = draft_visible_to(request.actor, draft_id)
    present = _row_of(found, row_id)
    if not may_change(found):
        return _read_only(request, found, present)
    form = RowForm(request.POST or None, initial=initial_of(present, found.version), auto_id="row_%s")
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                changed = form.row()
                version = form.cleaned_data["version"]
                actions.change_row(by=request.actor, pk=draft_id, version=version, row_id=row_id, row=changed)
            except REFUSALS as error:
                refuse(form, error)
            else:
                return redirect("drafting:row_text", draft_id, changed["id"])
    problems = [told(problem) for problem in of_row(problems_in(found.pack), row_id)]
    context = {"form": form, "draft": found, "row": present, "problems": problems, "words": words_to_use()}
    return render(request, "drafting/text.html", context, status=status)


@requires(Permission.PLAN_DRAFT)
@require_POST
def divide(request: ActingRequest, draft_id: int, row_id: str) -> HttpResponse:
    """Give a row one part more."""
    return _rebuilt(request, draft_id, row_id, divided)


@requires(Permission.PLAN_DRAFT)
@require_POST
def remove_part(request: ActingRequest, draft_id: int, row_id: str, letter: str) -> HttpResponse:
    """Take a part out of a row."""

    def changed(row: Mapping[str, Any]) -> dict[str, Any]:
        _part_of(row, letter)
        return without_part(row, letter)

    return _rebuilt(request, draft_id, row_id, changed)


@requires(Permission.PLAN_DRAFT)
@require_POST
def remove(request: ActingRequest, draft_id: int, row_id: str) -> HttpResponse:
    """Remove a row of a draft."""
    draft_visible_to(request.actor, draft_id)
    try:
        actions.change_row(by=request.actor, pk=draft_id, version=_version(request), row_id=row_id, row=None)
        messages.success(request, _("Row %(row)s has been removed.") % {"row": row_id})
    except (Conflict, NotFound, RuleBroken) as error:
        messages.error(request, str(error))
    return redirect("drafting:draft", draft_id)


def _rebuilt(
    request: ActingRequest,
    draft_id: int,
    row_id: str,
    change: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> HttpResponse:
    found = draft_visible_to(request.actor, draft_id)
    present = _row_of(found, row_id)
    if not is_formed(present):
        return redirect("drafting:row_text", draft_id, row_id)
    try:
        actions.change_row(
            by=request.actor, pk=draft_id, version=_version(request), row_id=row_id, row=change(present)
        )
    except (Conflict, NotFound, RuleBroken) as error:
        messages.error(request, str(error))
    return redirect("drafting:row", draft_id, row_id)


def _read_only(request: ActingRequest, found: PlanDraft, present: Mapping[str, Any] | None) -> HttpResponse:
    if present is None or request.method == "POST":
        raise closed()
    context = {"draft": found, "row": present, "definition": definition_of(present)}
    return render(request, "drafting/read.html", context)


def _row_of(found: PlanDraft, row_id: str) -> dict[str, Any]:
    for known in found.pack["rows"]:
        if known["id"] == row_id:
            return dict(known)
    raise NotFound(_("The draft has no such row."), cure=_("Choose one on the page of the draft."))


def _part_of(row: Mapping[str, Any], letter: str) -> dict[str, Any]:
    parts = row.get("parts", [])
    for known in parts if isinstance(parts, list) else []:
        if isinstance(known, dict) and known.get("id") == letter:
            return known
    raise NotFound(_("The row has no such part."), cure=_("Choose one on the page of the row."))


def _new_row(found: PlanDraft) -> dict[str, Any]:
    """What a new row begins with: the next free number, the next line."""
    seed, rows = found.pack["plan"]["seed"], found.pack["rows"]
    used = [int(number) for row in rows if (number := str(row["id"])[4:]).isdecimal()]
    return {**NEW_ROW, "id": f"{seed}-{max(used, default=0) + 1:02}", "line": len(rows) + 1}


def _parts(row: Mapping[str, Any], problems: list[Any]) -> list[dict[str, Any]]:
    """The parts of a row as lines of a table, each with its problems."""
    of_parts: dict[str, list[Any]] = {}
    for problem in problems:
        of_parts.setdefault(part_of(problem, row)[0], []).append(told(problem))
    return [
        row_of(
            {"unit": row.get("unit"), "class": row.get("class"), **one}, of_parts.get(str(one.get("id")), [])
        )
        for one in row["parts"]
    ]


def _version(request: ActingRequest) -> int:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _address(found: PlanDraft, row_id: str, letter: str) -> str:
    if letter:
        return reverse("drafting:part", args=[found.pk, row_id, letter])
    return reverse("drafting:row", args=[found.pk, row_id])
