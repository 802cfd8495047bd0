"""How the public log does: size, rate, what waits, the sequencer's own word, the last audit."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from yaojian.doors.backoffice.log_alarms import LONGEST_FINDING, open_alarms, settle_alarm
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import RuleBroken
from yaojian.foundation.ledger.facade import (
    entered_since,
    last_audit,
    log_standing,
    waiting_acts,
)
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.facade import WorkItem, item_kind

LATE = timedelta(minutes=1)
STATES = {
    "working": ("done", _("Working")),
    "waiting": ("due_soon", pgettext_lazy("sequencer", "Waiting")),
    "unwitnessed": ("overdue", _("Waits for witnesses")),
    "refused": ("overdue", _("Refuses to sign")),
    "stopped": ("neutral", pgettext_lazy("sequencer", "Stopped")),
}
NEVER_STARTED = ("neutral", _("Not started yet"))
LAYERS = {
    "row": (_("Row of the act"), _("It no longer says what was recorded.")),
    "record": (_("Kept record"), _("The act was changed or removed; the log says otherwise.")),
    "leaf": (_("Leaf in the database"), _("It is gone, or differs from what was published.")),
    "bundle": (_("Published entries"), _("A file is missing or damaged.")),
    "tile": (_("Published hashes"), _("A file does not follow from the entries below it.")),
    "checkpoint": (_("Signed checkpoint"), _("What was signed does not fit database or files.")),
    "history": (_("Earlier checkpoint"), _("The log was rewritten or cut back since then.")),
    "waiting": (_("Act without an entry"), _("The sequencer has not taken it in.")),
    "promise": (_("Broken promise"), _("The act is not in the log, and the promised time is over.")),
    "time": (pgettext_lazy("audit", "Times"), _("It was entered later than it says.")),
}


class FindingForm(forms.Form):
    """What was found about an alarm, and done."""

    found = forms.CharField(
        label=_("What was found and done"),
        help_text=_("It stands in the journal and cannot be changed afterwards."),
        max_length=LONGEST_FINDING,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@require_safe
@requires(Permission.JOURNAL_VIEW)
def log_monitor(request: ActingRequest) -> HttpResponse:
    """The standing of the public log, for those who read the journal."""
    return _page(request)


@require_POST
@requires(Permission.LOG_ATTEND)
def settle(request: ActingRequest, item_id: int) -> HttpResponse:
    """Settle an alarm with what was found."""
    form = FindingForm(request.POST, auto_id=f"alarm_{item_id}_%s")
    if not form.is_valid():
        return _page(request, item_id, form)
    try:
        settle_alarm(by=request.actor, item_id=item_id, found=form.cleaned_data["found"])
    except RuleBroken as refused:
        form.add_error("found", f"{refused.detail} {refused.cure}")
        return _page(request, item_id, form)
    messages.success(request, gettext("The alarm is settled; it stands in the journal."))
    return redirect("backoffice:log_monitor")


def _page(request: ActingRequest, sent_for: int = 0, sent: FindingForm | None = None) -> HttpResponse:
    standing, waiting, audit = log_standing(), waiting_acts(), last_audit()
    is_late = waiting.since is not None and now() - waiting.since > LATE
    context = {
        "standing": standing,
        "state": STATES.get(standing.state.get("state", ""), NEVER_STARTED),
        "waiting": waiting,
        "is_late": is_late,
        "alarms": [
            (item, item_kind(item.kind).name, sent if item.pk == sent_for else _form_for(item))
            for item in open_alarms()
        ],
        "may_settle": request.actor.may(Permission.LOG_ATTEND),
        "in_hour": entered_since(now() - timedelta(hours=1)),
        "in_day": entered_since(now() - timedelta(days=1)),
        "audit": audit,
        "differences": [(*LAYERS[one.layer], one.where) for one in (audit.told if audit else ())],
    }
    return render(request, "backoffice/log_monitor.html", context, status=422 if sent else 200)


def _form_for(item: WorkItem) -> FindingForm:
    return FindingForm(auto_id=f"alarm_{item.pk}_%s")
