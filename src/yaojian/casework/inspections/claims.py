"""Times that officers claim: when a visit began and ended, and by when the subject rectifies."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.models import Inspection
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.timekeeping import now, today

LATEST_CLAIM = timedelta(days=3)


def _minute(moment: datetime) -> datetime:
    """What a clock on the wall shows: forms give no seconds."""
    return moment.replace(second=0, microsecond=0)


def claimed_start(given: datetime | None) -> datetime:
    """When the visit began: now, or a moment given within the last three days. Raises InvalidInput."""
    moment = given or now()
    if moment > now():
        raise InvalidInput(
            _("The time of the start lies in the future."),
            field="started_at",
            cure=_("Give the time it began."),
        )
    if moment < now() - LATEST_CLAIM:
        raise InvalidInput(
            _("An inspection is entered in the system within three days of its start."),
            field="started_at",
            cure=_("Give a time within the last three days."),
        )
    return moment


def claimed_end(inspection: Inspection, given: datetime | None) -> datetime:
    """When the visit ended: now, or a moment given since its start, at most three days ago.

    The minute in which it began counts as after the start. Raises InvalidInput.
    """
    moment, started = given or now(), inspection.started_at
    if started and _minute(moment) < _minute(started):
        raise InvalidInput(
            _("The inspection cannot end before it began."),
            field="concluded_at",
            cure=_("Give a later time."),
        )
    if moment > now():
        raise InvalidInput(
            _("The time of conclusion lies in the future."),
            field="concluded_at",
            cure=_("Give the time it ended."),
        )
    if moment < now() - LATEST_CLAIM:
        raise InvalidInput(
            _("An inspection is concluded in the system within three days of its end."),
            field="concluded_at",
            cure=_("Give a time within the last three days."),
        )
    return max(moment, started) if started else moment


def not_passed(rectify_by: date | None) -> date | None:
    """The day by which the subject rectifies, if one was set. Raises InvalidInput when it has passed."""
    if rectify_by is not None and rectify_by < today():
        raise InvalidInput(
            _("The deadline for rectification has already passed."),
            field="rectify_by",
            cure=_("Give a later day."),
        )
    return rectify_by
