"""How the public log does: size, rate, what waits, the sequencer's own word, the last audit."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.ledger.facade import (
    PROMISED_WITHIN,
    entered_since,
    last_audit,
    log_standing,
    waiting_acts,
)
from yaojian.foundation.timekeeping import now

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


@require_safe
@requires(Permission.JOURNAL_VIEW)
def log_monitor(request: ActingRequest) -> HttpResponse:
    """The standing of the public log, for those who read the journal."""
    standing, waiting, audit = log_standing(), waiting_acts(), last_audit()
    is_late = waiting.since is not None and now() - waiting.since > LATE
    context = {
        "standing": standing,
        "state": STATES.get(standing.state.get("state", ""), NEVER_STARTED),
        "waiting": waiting,
        "is_late": is_late,
        "is_broken": waiting.since is not None and now() - waiting.since > PROMISED_WITHIN,
        "in_hour": entered_since(now() - timedelta(hours=1)),
        "in_day": entered_since(now() - timedelta(days=1)),
        "audit": audit,
        "differences": [(*LAYERS[one.layer], one.where) for one in (audit.told if audit else ())],
    }
    return render(request, "backoffice/log_monitor.html", context)
