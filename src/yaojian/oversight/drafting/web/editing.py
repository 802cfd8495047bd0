"""Copying a plan, and editing the first page and the rows of a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.checking import definition_of, problems_in
from yaojian.oversight.drafting.queries import draft_visible_to
from yaojian.oversight.drafting.web.forms import (
    NEW_ROW,
    CopyForm,
    HeaderForm,
    RowForm,
    began_with,
    initial_of,
    refuse,
    words_to_use,
)
from yaojian.oversight.drafting.web.presentation import may_change, told
from yaojian.oversight.plans.facade import plans

REFUSALS = (InvalidInput, Conflict, NotAllowed, NotFound, RuleBroken)
UNPROCESSABLE = 422


@requires(Permission.PLAN_DRAFT)
def copy(request: ActingRequest) -> HttpResponse:
    """Copy a plan into a draft of the next period."""
    asked = plans().filter(code=request.GET.get("plan", "")[:40]).first()
    initial = {"organ": request.actor.organ_code, **(began_with(asked, request.actor) if asked else {})}
    form = CopyForm(request.POST or None, actor=request.actor, initial=initial, auto_id="copy_%s")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = actions.copy_plan(
                by=request.actor,
                plan_code=given["plan"],
                code=given["code"],
                organ=form.organs[given["organ"]],
                title=given["title"],
                title_en=given["title_en"],
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            messages.success(request, _("Copied. Years and windows have been moved on; look at each row."))
            return redirect("drafting:draft", found.pk)
    return _page(request, "drafting/copy.html", {"form": form})


@requires(Permission.PLAN_DRAFT)
def header(request: ActingRequest, draft_id: int) -> HttpResponse:
    """Change what stands on the plan's first page."""
    found = draft_visible_to(request.actor, draft_id)
    if not may_change(found):
        raise closed()
    initial = {**found.pack["plan"], "version": found.version}
    form = HeaderForm(request.POST or None, initial=initial, auto_id="header_%s")
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_header(
                by=request.actor,
                pk=draft_id,
                version=form.cleaned_data["version"],
                header=form.header(),
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            return redirect("drafting:draft", draft_id)
    return _page(request, "drafting/header.html", {"form": form, "draft": found})


@requires(Permission.PLAN_DRAFT)
def row(request: ActingRequest, draft_id: int, row_id: str = "") -> HttpResponse:
    """Change a row of a draft, or (without its number) add one."""
    found = draft_visible_to(request.actor, draft_id)
    if request.method == "POST" and not may_change(found):
        raise closed()
    rows = found.pack["rows"]
    present = next((known for known in rows if known["id"] == row_id), None)
    if row_id and present is None:
        raise NotFound(_("The draft has no such row."), cure=_("Choose one on the page of the draft."))
    shown = present or {**NEW_ROW, "id": f"{found.pack['plan']['seed']}-", "line": len(rows) + 1}
    initial = initial_of(shown, found.version)
    form = RowForm(request.POST or None, initial=initial, auto_id="row_%s")
    if request.method == "POST" and form.is_valid():
        try:
            changed = form.row()
            actions.change_row(
                by=request.actor,
                pk=draft_id,
                version=form.cleaned_data["version"],
                row_id=row_id or changed["id"],
                row=changed,
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            return redirect("drafting:row", draft_id, changed["id"])
    if present is None and not may_change(found):
        raise closed()
    problems = (
        [told(problem) for problem in problems_in(found.pack) if problem.row == row_id] if row_id else []
    )
    context = {
        "form": form,
        "draft": found,
        "row": present,
        "problems": problems,
        "may_change": may_change(found),
        "definition": definition_of(shown),
        "words": words_to_use(),
    }
    return _page(request, "drafting/row.html", context)


@requires(Permission.PLAN_DRAFT)
@require_POST
def remove(request: ActingRequest, draft_id: int, row_id: str) -> HttpResponse:
    """Remove a row of a draft."""
    draft_visible_to(request.actor, draft_id)
    version = int(text) if (text := request.POST.get("version", "")).isdecimal() and len(text) < 10 else 0
    try:
        actions.change_row(by=request.actor, pk=draft_id, version=version, row_id=row_id, row=None)
        messages.success(request, _("Row %(row)s has been removed.") % {"row": row_id})
    except (Conflict, NotFound, RuleBroken) as error:
        messages.error(request, str(error))
    return redirect("drafting:draft", draft_id)


def closed() -> Conflict:
    """A draft that was handed in, adopted or withdrawn is not edited."""
    return Conflict(_("The state of the draft does not allow this."), cure=_("Open the draft again."))


def _page(request: ActingRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, template, context, status=status)
