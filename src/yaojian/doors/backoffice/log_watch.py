"""Watches the public log: what is wrong is told at once, and becomes work that somebody must settle."""

from __future__ import annotations

import logging

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.doors.backoffice import log_alarms
from yaojian.doors.backoffice.log_alarms import DIFFERS, OBJECTS, PROMISE_BROKEN, raise_alarm
from yaojian.foundation.accounts.facade import Posting, Role
from yaojian.foundation.ledger.facade import log_standing, run_audit, waiting_acts
from yaojian.foundation.notices.facade import NoticeKind, ParamKey, notify, register_notice_kind
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today

STANDS_STILL = "public_log.stands_still"
WATCHERS = (Role.ADMINISTRATOR.value, Role.SECURITY_OFFICER.value)
LOG = logging.getLogger(__name__)


NOTICES = (
    NoticeKind(
        STANDS_STILL,
        _("Public log stands still"),
        _("The public log stands still"),
        _(
            "The sequencer refuses to sign; %(count)s acts wait for their entry. "
            "The page of the log says why, and how to go on."
        ),
        statutory=True,
    ),
    NoticeKind(
        PROMISE_BROKEN,
        _("Promise of the public log broken"),
        _("A promise of the public log is broken"),
        _(
            "%(count)s acts have no entry although the time that was promised for it is over. "
            "Whoever holds the promise can show it. See what keeps the sequencer, and settle the alarm."
        ),
        statutory=True,
    ),
    NoticeKind(
        DIFFERS,
        _("Audit found differences"),
        _("Journal and public log differ"),
        _(
            "The audit found %(count)s differences. Somebody may have changed the record: "
            "see the page of the log."
        ),
        statutory=True,
    ),
    NoticeKind(
        OBJECTS,
        _("Witness objects"),
        _("A witness has seen another public log"),
        _(
            "%(count)s witnesses outside refuse the log: it does not continue what they have seen. "
            "Somebody may have rewritten it: see the page of the log."
        ),
        statutory=True,
    ),
)


def register() -> None:
    """Enter the kinds of notice and of work."""
    log_alarms.register()
    for kind in NOTICES:
        register_notice_kind(kind)


def watch_log() -> int:
    """Raise broken promises and witnesses that object as alarms, and tell of them and of a log that
    stands still, each once a day; how many people were told.
    """
    standing, waiting, told = log_standing(), waiting_acts(), 0
    objecting = [one for one in standing.witnesses if one.trouble == "objects"]
    if objecting:
        names = ", ".join(f"{one.name} {one.size}" for one in objecting)
        raise_alarm(OBJECTS, _("A witness outside refuses the log: it may have been rewritten."), names)
        told += _tell(OBJECTS, len(objecting))
    if waiting.overdue:
        told += _promise_broken(waiting.overdue)
    if standing.state.get("state") in ("refused", "unwitnessed"):
        told += _tell(STANDS_STILL, waiting.count)
    return told


def audit_log() -> int:
    """Audit the whole log; differences and broken promises become alarms. How many were found."""
    report, seconds = run_audit()
    LOG.info("audited %d leaves in %.1f s: %d differences", report.size, seconds, report.found)
    if report.overdue:
        _promise_broken(report.overdue)
    if report.differences:
        reason = _("The nightly audit found differences: somebody may have changed the record.")
        raise_alarm(DIFFERS, reason, report.fingerprint)
        _tell(DIFFERS, report.differences)
    return report.found


def _promise_broken(count: int) -> int:
    reason = _("Acts are not in the public log although the time promised for it is over.")
    raise_alarm(PROMISE_BROKEN, reason)
    return _tell(PROMISE_BROKEN, count)


@transaction.atomic
def _tell(kind: str, count: int) -> int:
    postings = Posting.objects.filter(in_force_q(today()), role__in=WATCHERS)
    told = notify(
        to=sorted(set(postings.values_list("user_id", flat=True))),
        kind=kind,
        link=reverse("backoffice:log_monitor"),
        params={ParamKey.COUNT.value: str(count)},
        dedup=f"{kind}:{today().isoformat()}",
    )
    return len(told)
