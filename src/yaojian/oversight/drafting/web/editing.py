"""Copying a plan, and editing the first page of a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.oversight.drafting import actions
from yaojian.oversight.drafting.queries import draft_visible_to
from yaojian.oversight.drafting.web.forms import (
    CopyForm,
    HeaderForm,
    began_with,
    refuse,
)
from yaojian.oversight.drafting.web.presentation import may_change
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


def closed() -> Conflict:
    """A draft that was handed in, adopted or withdrawn is not edited."""
    return Conflict(_("The state of the draft does not allow this."), cure=_("Open the draft again."))


def _page(request: ActingRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, template, context, status=status)
