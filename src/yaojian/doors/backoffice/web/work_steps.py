"""The steps on work items from a list: assign, take, hand over, remind; then back to the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.accounts.web.addresses import safe_next
from yaojian.foundation.errors import Conflict, InvalidInput, RuleBroken
from yaojian.foundation.worklist.facade import (
    Outcome,
    WorkItem,
    assign_items,
    delete_view,
    hand_over_items,
    remind_item,
    save_view,
    take_item,
)

LONGEST_KEY = 18


def keys_in(values: list[str]) -> list[int]:
    """The row keys among what a form sent; anything else is left out."""
    return [int(value) for value in values if value.isdecimal() and len(value) <= LONGEST_KEY]


def back(request: ActingRequest) -> HttpResponse:
    """Back to the list from which a step was taken."""
    return redirect(safe_next(request, reverse("backoffice:workbench")))


def tell_refusals(request: ActingRequest, outcome: Outcome) -> None:
    """Say how many items were left as they were, by reason."""
    for reason, n in Counter(str(error) for error in outcome.refused.values()).items():
        words = ngettext(
            "%(n)s item was left as it was: %(reason)s", "%(n)s items were left as they were: %(reason)s", n
        )
        messages.error(request, words % {"n": n, "reason": reason})


def officer_in(request: ActingRequest) -> int:
    """The officer that a form names. Raises InvalidInput when it names none."""
    officers = keys_in(request.POST.getlist("officer"))
    if not officers:
        raise InvalidInput(
            _("No officer was chosen, so nothing was changed."), cure=_("Choose the officer first.")
        )
    return officers[0]


@require_POST
@requires(Permission.WORKLIST_ASSIGN)
def assign(request: ActingRequest) -> HttpResponse:
    """Give the ticked work items to an officer."""
    try:
        outcome = assign_items(
            by=request.actor,
            item_ids=keys_in(request.POST.getlist("item")),
            user_id=officer_in(request),
        )
    except InvalidInput as error:
        messages.error(request, str(error))
        return back(request)
    if outcome.done:
        words = ngettext(
            "%(n)s item assigned to %(name)s.", "%(n)s items assigned to %(name)s.", len(outcome.done)
        )
        messages.success(request, words % {"n": len(outcome.done), "name": name_of(outcome.done[0])})
    tell_refusals(request, outcome)
    return back(request)


@require_POST
@requires(Permission.WORKLIST_VIEW)
def hand_over(request: ActingRequest) -> HttpResponse:
    """Hand the ticked work items to a colleague."""
    try:
        outcome = hand_over_items(
            by=request.actor,
            item_ids=keys_in(request.POST.getlist("item")),
            user_id=officer_in(request),
            note=request.POST.get("note", ""),
        )
    except InvalidInput as error:
        messages.error(request, str(error))
        return back(request)
    if outcome.done:
        words = ngettext(
            "%(n)s item handed over to %(name)s.", "%(n)s items handed over to %(name)s.", len(outcome.done)
        )
        messages.success(request, words % {"n": len(outcome.done), "name": name_of(outcome.done[0])})
    tell_refusals(request, outcome)
    return back(request)


def name_of(item: WorkItem) -> str:
    """Who has an item now."""
    return item.assignee.display_name if item.assignee else ""


def _one(request: ActingRequest, step: Callable[[], WorkItem], done: str) -> HttpResponse:
    """Take one step on one item and say how it went; what is hidden from the actor stays hidden."""
    try:
        step()
    except (Conflict, RuleBroken, InvalidInput) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return back(request)


@require_POST
@requires(Permission.WORKLIST_VIEW)
def take(request: ActingRequest, item_id: int) -> HttpResponse:
    """Take an item that nobody has."""
    return _one(
        request, lambda: take_item(by=request.actor, item_id=item_id), _("The work item is yours now.")
    )


@require_POST
@requires(Permission.WORKLIST_VIEW)
def remind(request: ActingRequest, item_id: int) -> HttpResponse:
    """Ask whoever has an item to see to it."""
    return _one(
        request,
        lambda: remind_item(by=request.actor, item_id=item_id),
        _("The person responsible has been reminded."),
    )


@require_POST
@requires(Permission.WORKLIST_VIEW)
def keep_view(request: ActingRequest) -> HttpResponse:
    """Keep the list's present filters under a name."""
    try:
        view = save_view(
            by=request.actor, name=request.POST.get("name", ""), query=request.POST.get("query", "")
        )
    except InvalidInput as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The view “%(name)s” has been saved.") % {"name": view.name})
    return back(request)


@require_POST
@requires(Permission.WORKLIST_VIEW)
def forget_view(request: ActingRequest, view_id: int) -> HttpResponse:
    """Forget one of the actor's saved views."""
    delete_view(by=request.actor, view_id=view_id)
    messages.success(request, _("The view has been deleted."))
    return back(request)
