"""Days on which rights may begin and end: not in a past in which the person has acted already."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import User
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.timekeeping import local_date, today

ONE_DAY = timedelta(days=1)
FURTHEST = timedelta(days=3 * 366)


def not_over_q(on: date, prefix: str = "") -> Q:
    """Postings that hold on a day or later."""
    return Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": on})


def day_of_latest_act(user: User) -> date | None:
    """The Beijing day of the last thing a person did; None when they have done nothing yet."""
    latest = Act.objects.filter(actor_id=user.pk).aggregate(at=Max("claimed_at"))["at"]
    return local_date(latest) if latest else None


def check_begin(user: User | None, day: date, reason: str) -> None:
    """Raise InvalidInput unless a right may begin on a day.

    Today or later is always right. An earlier day needs a special reason, and lies not before the person's
    latest act: what was done was done with the rights of that day.
    """
    if day > today() + FURTHEST:
        raise InvalidInput(
            _("This day is too far ahead."), field="valid_from", cure=_("Enter it when the time comes.")
        )
    if day >= today():
        return
    if not reason.strip():
        raise InvalidInput(
            _("The day lies in the past: rights begin today or later."),
            field="valid_from",
            cure=_("Choose today or a later day, or give the special reason for an earlier one."),
        )
    latest = day_of_latest_act(user) if user else None
    if latest and day < latest:
        raise InvalidInput(
            _("This person has acted as late as %(day)s; rights cannot change before that.")
            % {"day": latest.isoformat()},
            field="valid_from",
            cure=_("Choose that day or a later one."),
        )


def check_end(user: User, day: date) -> None:
    """Raise InvalidInput unless a right may have a day as its last: not before the latest act."""
    latest = day_of_latest_act(user)
    if day < today() - ONE_DAY or (latest and day < latest):
        earliest = max(filter(None, (latest, today() - ONE_DAY)))
        raise InvalidInput(
            _("The last day cannot be before %(day)s.") % {"day": earliest.isoformat()},
            field="last_day",
            cure=_("Choose that day or a later one."),
        )
    if day > today() + FURTHEST:
        raise InvalidInput(
            _("This day is too far ahead."), field="last_day", cure=_("Enter it when the time comes.")
        )
