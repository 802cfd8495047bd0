"""Tells the administrators when the public log stands still, or when an audit has found a difference."""

from __future__ import annotations

import logging

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Posting, Role
from yaojian.foundation.ledger.facade import PROMISED_WITHIN, Standing, log_standing, run_audit, waiting_acts
from yaojian.foundation.notices.facade import NoticeKind, ParamKey, notify, register_notice_kind
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import now, today

STANDS_STILL, DIFFERS = "public_log.stands_still", "public_log.differs"
OBJECTS = "public_log.witness_objects"
WATCHERS = (Role.ADMINISTRATOR.value, Role.SECURITY_OFFICER.value)
LOG = logging.getLogger(__name__)


def register() -> None:
    """Enter the kinds of notice."""
    register_notice_kind(
        NoticeKind(
            STANDS_STILL,
            _("Public log stands still"),
            _("The public log stands still"),
            _(
                "%(count)s acts wait for their entry, some past the time that was promised. "
                "The page of the log says why, and how to go on."
            ),
            statutory=True,
        )
    )
    register_notice_kind(
        NoticeKind(
            DIFFERS,
            _("Audit found differences"),
            _("Journal and public log differ"),
            _(
                "The audit found %(count)s differences. Somebody may have changed the record: "
                "see the page of the log."
            ),
            statutory=True,
        )
    )
    register_notice_kind(
        NoticeKind(
            OBJECTS,
            _("Witness objects"),
            _("A witness has seen another public log"),
            _(
                "%(count)s witnesses outside refuse the log: it does not continue what they have seen. "
                "Somebody may have rewritten it: see the page of the log."
            ),
            statutory=True,
        )
    )


def watch_log() -> int:
    """Tell, once a day, of a log that stands still and of witnesses that object; how many were told."""
    standing = log_standing()
    objecting = sum(one.trouble == "objects" for one in standing.witnesses)
    told = _tell(OBJECTS, objecting) if objecting else 0
    return told + _watch_waiting(standing)


def _watch_waiting(standing: Standing) -> int:
    waiting = waiting_acts()
    refuses = standing.state.get("state") in ("refused", "unwitnessed")
    if not refuses and (waiting.since is None or now() - waiting.since < PROMISED_WITHIN):
        return 0
    return _tell(STANDS_STILL, waiting.count)


def audit_log() -> int:
    """Audit the whole log, and tell of differences; how many were found."""
    report, seconds = run_audit()
    LOG.info("audited %d leaves in %.1f s: %d differences", report.size, seconds, report.found)
    if report.found:
        _tell(DIFFERS, report.found)
    return report.found


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
