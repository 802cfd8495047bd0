"""What the worklist tells people, entered in the register of notices when the app starts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.notices.facade import (
    Channel,
    NoticeKind,
    ParamKey,
    register_names,
    register_notice_kind,
)
from yaojian.foundation.worklist.kinds import kind_names

ASSIGNED = "work.assigned"
HANDED_OVER = "work.handed_over"
HANDED_AWAY = "work.handed_away"
RETURNED = "work.returned"
ORPHANED = "work.orphaned"
REMINDED = "work.reminded"
DUE_SOON = "work.due_soon"
DUE_TODAY = "work.due_today"
ESCALATED = "work.escalated"


OUT = frozenset({Channel.SMS})

KINDS = (
    NoticeKind(
        ASSIGNED,
        _("Work assigned"),
        _("Work assigned to you"),
        _("“%(work_kind)s” was assigned to you: %(count)s in all."),
    ),
    NoticeKind(
        HANDED_OVER,
        _("Work handed over"),
        _("Work handed over to you"),
        _("“%(work_kind)s” was handed over to you: %(count)s in all."),
    ),
    NoticeKind(
        HANDED_AWAY,
        _("Work taken off you"),
        _("Work taken off you"),
        _("“%(work_kind)s” was handed on to a colleague: %(count)s in all."),
    ),
    NoticeKind(
        RETURNED,
        _("Work returned"),
        _("Work returned to you"),
        _("“%(work_kind)s” was returned with a reason: decide who does it."),
    ),
    NoticeKind(
        ORPHANED,
        _("Work without its officer"),
        _("Work went back to your organ's pool"),
        _("Who had “%(work_kind)s” serves there no more: %(count)s in all. Decide who does it."),
    ),
    NoticeKind(
        REMINDED,
        _("Reminder by a colleague"),
        _("Please see to this work"),
        _("Somebody asks you to see to “%(work_kind)s”."),
    ),
    NoticeKind(
        DUE_SOON,
        _("Work due soon"),
        _("Work due soon"),
        _("“%(work_kind)s” falls due within %(days)s working days: %(count)s in all."),
        statutory=True,
    ),
    NoticeKind(
        DUE_TODAY,
        _("Work due today"),
        _("Work due today"),
        _("“%(work_kind)s” must be done today: %(count)s in all."),
        OUT,
        statutory=True,
    ),
    NoticeKind(
        ESCALATED,
        _("Overdue work escalated"),
        _("Overdue work escalated to you"),
        _("“%(work_kind)s” of %(organ)s is overdue by %(days)s working days or more: %(count)s in all."),
        OUT,
        statutory=True,
    ),
)


def register() -> None:
    """Enter the kinds and say how kinds of work are named."""
    register_names(ParamKey.WORK_KIND, kind_names)
    for kind in KINDS:
        register_notice_kind(kind)
