"""Warns the administrators of a calendar year that is missing, before deadlines reach into it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Posting, Role
from yaojian.foundation.deadlines.facade import undated_clocks
from yaojian.foundation.notices.facade import NoticeKind, ParamKey, notify, register_notice_kind
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.reference.facade import years_held
from yaojian.foundation.timekeeping import today

YEAR_MISSING = "calendar.year_missing"
NEEDED_FROM_MONTH = 11
"""The State Council's notice comes in November; the longest common periods then reach into the next year."""


def register() -> None:
    """Enter the kind of notice."""
    register_notice_kind(
        NoticeKind(
            YEAR_MISSING,
            _("Calendar year missing"),
            _("The working-day calendar is incomplete"),
            _(
                "It has no entry for %(day)s and later. Deadlines that reach there have no due day "
                "(%(count)s clocks wait). Enter the year."
            ),
            statutory=True,
        )
    )


def missing_year(on: date) -> int | None:
    """The year that must be entered now: the present one, or from November on the next."""
    held = set(years_held())
    wanted = [on.year] if on.month < NEEDED_FROM_MONTH else [on.year, on.year + 1]
    return next((year for year in wanted if year not in held), None)


@transaction.atomic
def watch_calendar() -> int:
    """Tell every administrator of a missing year, once a week; returns how many were told."""
    day = today()
    year = missing_year(day)
    if year is None:
        return 0
    postings = Posting.objects.filter(in_force_q(day), role=Role.ADMINISTRATOR.value)
    told = notify(
        to=list(postings.values_list("user_id", flat=True)),
        kind=YEAR_MISSING,
        link=reverse("administration:calendar_year", args=[year]),
        params={ParamKey.DAY.value: f"{year}-01-01", ParamKey.COUNT.value: str(undated_clocks())},
        dedup=f"{YEAR_MISSING}:{year}:{day.strftime('%G-%V')}",
    )
    return len(told)
