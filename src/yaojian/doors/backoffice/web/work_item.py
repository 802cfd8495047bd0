"""The page of one work item: what, why, by when, who had it, and what can be done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.doors.backoffice.timelines import timeline_items
from yaojian.doors.backoffice.web.officers import picker
from yaojian.doors.backoffice.web.work_rows import row_of
from yaojian.foundation.accounts.facade import Actor, Permission, principals_of
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.deadlines.facade import Explanation, clocks_by_id, explanation
from yaojian.foundation.design.templatetags.design import datetime_cn
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.ledger.facade import acts_of_file
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import (
    Firing,
    ItemState,
    WorkItem,
    assign_item,
    hand_over,
    item_ref,
    item_visible_to,
    remaining_working_days,
    return_item,
    urgency_of,
)

STATES = {
    ItemState.OPEN.value: ("info", pgettext_lazy("work item", "Open")),
    ItemState.RETURNED.value: ("due_soon", pgettext_lazy("work item", "Returned")),
    ItemState.DONE.value: ("done", pgettext_lazy("work item", "Done")),
    ItemState.CANCELLED.value: ("neutral", pgettext_lazy("work item", "Withdrawn")),
}


class GiveForm(forms.Form):
    """To whom an item goes, with a word to them."""

    officer = forms.ChoiceField(label=gettext_lazy("Officer"))
    note = forms.CharField(
        label=gettext_lazy("Note to the colleague"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any, people: list[dict[str, Any]]) -> None:
        super().__init__(data, auto_id="give_%s")
        choices = [("", _("Choose an officer")), *((str(p["key"]), p["label"]) for p in people)]
        self.fields["officer"].choices = choices  # type: ignore[attr-defined]
        self.fields["officer"].error_messages["invalid_choice"] = _("Choose an officer from the list.")


class ReturnForm(forms.Form):
    """Why an item is sent back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Who gave you the work will read it."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="return_%s")


@requires(Permission.WORKLIST_VIEW)
def work_item(request: ActingRequest, item_id: int) -> HttpResponse:
    """One work item."""
    item = item_visible_to(request.actor, item_id)
    return render(request, "backoffice/work_item.html", item_context(request, item))


@require_POST
@requires(Permission.WORKLIST_VIEW)
def give(request: ActingRequest, item_id: int) -> HttpResponse:
    """Hand an item over or, where nobody has it or it came back, assign it."""
    item = item_visible_to(request.actor, item_id)
    chosen = request.POST.get("officer", "")
    people = picker(request.actor, [item.kind], "", chosen)["people"]
    form = GiveForm(request.POST, people)
    if form.is_valid():
        user_id, note = int(form.cleaned_data["officer"]), form.cleaned_data["note"]
        try:
            if request.POST.get("step") == "assign":
                assign_item(by=request.actor, item_id=item_id, user_id=user_id)
            else:
                hand_over(by=request.actor, item_id=item_id, user_id=user_id, note=note)
        except InvalidInput as error:
            form.add_error("note" if error.field == "note" else "officer", str(error))
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The work item has been given on."))
            return after(request, item_id)
    item = item_visible_to(request.actor, item_id)
    return render(request, "backoffice/work_item.html", item_context(request, item, give=form), status=422)


@require_POST
@requires(Permission.WORKLIST_VIEW)
def send_back(request: ActingRequest, item_id: int) -> HttpResponse:
    """Return an item with a reason."""
    form = ReturnForm(request.POST)
    item = item_visible_to(request.actor, item_id)
    if form.is_valid():
        try:
            return_item(by=request.actor, item_id=item_id, reason=form.cleaned_data["reason"])
        except InvalidInput as error:
            form.add_error("reason", str(error))
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The work item has been returned."))
            return after(request, item_id)
    return render(
        request, "backoffice/work_item.html", item_context(request, item, returning=form), status=422
    )


def after(request: ActingRequest, item_id: int) -> HttpResponse:
    """The item's page, or the workbench when the item is no longer the actor's to see."""
    try:
        item_visible_to(request.actor, item_id)
    except NotFound:
        return redirect("backoffice:workbench")
    return redirect("backoffice:work_item", item_id)


def item_context(
    request: ActingRequest,
    item: WorkItem,
    *,
    give: GiveForm | None = None,
    returning: ReturnForm | None = None,
) -> dict[str, Any]:
    """The context of the page; a refused form keeps what was typed."""
    actor = request.actor
    left = remaining_working_days([item]).get(item.pk)
    row = row_of(actor, item, urgency_of(item, today()), principals=principals_of(actor), left=left)
    steps = row["steps"]
    chosen = str(give.data.get("officer", "")) if give else ""
    officers = (
        picker(actor, [item.kind], request.GET.get("officer_q", "")[:60], chosen)
        if steps["assign"] or steps["hand_over"] or steps["reassign"]
        else None
    )
    return {
        "row": row,
        "item": item,
        "steps": steps,
        "state": STATES[item.state],
        "picker": officers,
        "give": give or (GiveForm(None, officers["people"]) if officers else None),
        "give_step": "hand_over" if steps["hand_over"] and not steps["reassign"] else "assign",
        "returning": returning or ReturnForm(),
        "refused": [form for form in (give, returning) if form is not None],
        "facts": facts_of(item, row),
        "why": why_of(item),
        "clock": explained(item),
        "timeline": history_of(actor, item),
    }


def facts_of(item: WorkItem, row: dict[str, Any]) -> list[dict[str, Any]]:
    """Who has it, since when and from whom."""
    assignee = item.assignee.display_name if item.assignee else _("not assigned")
    giver = item.assigned_by.display_name if item.assigned_by_id and item.assigned_by else ""
    since = datetime_cn(item.assigned_at) if item.assigned_at else ""
    return [
        {"label": _("Subject"), "value": item.subject_name, "href": row["subject_url"], "wide": True},
        {"label": _("Who has it"), "value": assignee, "hint": item.organ.label},
        {"label": _("Given by"), "value": giver, "hint": since},
        {"label": _("Due"), "value": item.due_on.isoformat() if item.due_on else _("Without a deadline")},
        {"label": _("Came up on"), "value": datetime_cn(item.opened_at)},
    ]


def explained(item: WorkItem) -> Explanation | None:
    """The item's clock in words, where it has one."""
    if item.clock_id is None:
        return None
    return explanation(clocks_by_id([item.clock_id])[item.clock_id])


def why_of(item: WorkItem) -> list[dict[str, Any]]:
    """Why the work must be done."""
    return [
        {"label": _("Reason"), "value": item.reason},
        {"label": _("Basis"), "value": item.source},
    ]


def history_of(actor: Actor, item: WorkItem) -> list[dict[str, Any]]:
    """What happened to the item: its acts and the reminders of the platform, the newest first."""
    may_open = actor.may(Permission.JOURNAL_VIEW)
    entries = timeline_items(acts_of_file(item_ref(item)))
    if not may_open:
        entries = [{**entry, "href": ""} for entry in entries]
    reminders = Firing.objects.filter(item=item, step__startswith="remind")
    entries += [
        {
            "at": firing.fired_at,
            "recorded_at": firing.fired_at,
            "title": pgettext("work", "Reminded of the due day %(day)s") % {"day": firing.due_on},
            "kind": "neutral",
            "icon": "bell",
            "actor": _("the platform"),
        }
        for firing in reminders
    ]
    entries.append(
        {"at": item.opened_at, "title": _("Work came up"), "kind": "neutral", "icon": "circle-plus"}
    )
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)
