"""When work is reminded of and escalated, by kind of work; the administrator sets it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yaojian.doors.administration.web.rules_forms import refuse
from yaojian.doors.administration.web.rules_pages import tabs_of
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.worklist.facade import (
    AlarmPlan,
    alarm_plans,
    item_kinds,
    kind_to_set,
    set_alarm_plan,
)

UNPROCESSABLE = 422


class AlarmForm(forms.Form):
    """When a kind of work is reminded of and escalated, in working days."""

    remind = forms.CharField(
        label=gettext_lazy("Reminders to who has the work: working days before the due day"),
        help_text=gettext_lazy("Numbers with commas, 0 for the due day itself, such as 3, 0. Empty: none."),
        required=False,
        max_length=60,
    )
    chief_after = forms.IntegerField(
        label=gettext_lazy("Put before the section chief: working days after the due day"),
        help_text=gettext_lazy("1 to 60. Empty: never."),
        required=False,
    )
    leader_after = forms.IntegerField(
        label=gettext_lazy("Put before the bureau leader: working days after the due day"),
        help_text=gettext_lazy("Later than the section chief. Empty: never."),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Who decided it, and why. It stands in the journal."),
        max_length=300,
    )

    def clean_remind(self) -> tuple[int, ...]:
        """The numbers; commas of every script and spaces part them."""
        text: str = self.cleaned_data["remind"]
        parts = text.replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
        days = [part for part in parts if part]
        if any(not (part.isascii() and part.isdecimal() and len(part) <= 3) for part in days):
            raise forms.ValidationError(_("Write whole numbers with commas, such as 3, 0."))
        return tuple(int(part) for part in days)


def in_words(plan: AlarmPlan) -> dict[str, Any]:
    """A plan for a row of the table."""
    reminders = [
        ngettext("%(n)s working day before", "%(n)s working days before", day) % {"n": day}
        if day
        else _("on the due day")
        for day in sorted(plan.remind, reverse=True)
    ]
    return {
        "remind": _(", ").join(reminders),
        "chief": _after(plan.chief_after),
        "leader": _after(plan.leader_after),
    }


def _after(days: int | None) -> str:
    if days is None:
        return ""
    return ngettext("%(n)s working day overdue", "%(n)s working days overdue", days) % {"n": days}


@requires(Permission.RULES_VIEW)
def alarms(request: ActingRequest) -> HttpResponse:
    """Every kind of work with its alarms."""
    plans = alarm_plans()
    context = {
        "tabs": tabs_of("alarms"),
        "rows": [
            {"kind": kind, "is_own": plans[kind.code] != kind.alarms, **in_words(plans[kind.code])}
            for kind in item_kinds()
        ],
        "may_edit": request.actor.may(Permission.RULES_MANAGE),
    }
    return render(request, "administration/alarms.html", context)


@requires(Permission.RULES_MANAGE)
def edit(request: ActingRequest, work_kind: str) -> HttpResponse:
    """Set the alarms of one kind of work."""
    kind = kind_to_set(work_kind)
    present, status = alarm_plans()[kind.code], 200
    initial = {
        "remind": ", ".join(map(str, present.remind)),
        "chief_after": present.chief_after,
        "leader_after": present.leader_after,
    }
    form = AlarmForm(request.POST or None, initial=initial)
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                set_alarm_plan(by=request.actor, kind=kind.code, **form.cleaned_data)
            except InvalidInput as error:
                refuse(form, error)
            else:
                messages.success(request, _("The alarms are set. They ring so from the next hour on."))
                return redirect("administration:alarms")
    context = {"tabs": tabs_of("alarms"), "kind": kind, "form": form, "usual": in_words(kind.alarms)}
    return render(request, "administration/alarm_edit.html", context, status=status)
