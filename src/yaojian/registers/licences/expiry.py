"""What the calendar asks of an officer: windows that open, licences about to end, ended ones in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.deadlines.facade import (
    LOOK_AHEAD,
    Countdown,
    Stage,
    Window,
    Windows,
    keep_countdowns,
    stage_on,
)
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import Kept, WorkItem, keep_items
from yaojian.registers.licences.contracts import EXPIRED, EXPIRES_SOON, FILE_KIND, RENEWAL_DUE
from yaojian.registers.licences.kinds import KINDS, kind_name
from yaojian.registers.licences.models import Licence
from yaojian.registers.licences.push import push_numbers
from yaojian.registers.licences.states import LicenceState

FRESH = timedelta(days=7)
"""A machine that was off for some nights still notices terms that began meanwhile."""
KIND_OF_STAGE = {Stage.RENEWAL: RENEWAL_DUE, Stage.SOON: EXPIRES_SOON, Stage.ENDED: EXPIRED}


def window_of(licence: Licence, ends: date, windows: Windows) -> Window:
    """When a renewal of a licence that ends on a day is applied for."""
    return windows.of(licence.kind_of.opens, licence.kind_of.closes, ends)


def renewal_window(licence: Licence) -> Window | None:
    """When a renewal of a licence is applied for; None for one without a printed last day."""
    if licence.expires_on is None or not licence.kind_of.expires:
        return None
    return window_of(licence, licence.expires_on, Windows())


@transaction.atomic
def refresh_expiry(day: date | None = None) -> Kept:
    """Bring the work and the clocks that ending licences cause up to a day (today).

    Running it again changes nothing. A calendar year that is missing does not stop it: the items concerned
    say so and fall due on the last day.
    """
    day = day or today()
    push_numbers(_just_begun(day))
    with override(settings.LANGUAGE_CODE):
        found = list(_items(day))
    clocks = keep_countdowns(FILE_KIND, [countdown for _item, countdown in found if countdown is not None])
    for item, _countdown in found:
        if item.kind == RENEWAL_DUE and item.file_id in clocks:
            item.clock = clocks[item.file_id]
    return keep_items(list(KIND_OF_STAGE.values()), FILE_KIND, [item for item, _countdown in found])


def _just_begun(day: date) -> dict[int, str]:
    begun = Licence.objects.filter(valid_from__range=(day - FRESH, day))
    return dict(begun.values_list("subject_id", "subject__subject_type"))


def _ending(day: date) -> QuerySet[Licence]:
    """Licences of open subjects that end soon or have ended, without a later term of the same kind."""
    later = Licence.objects.filter(
        subject=OuterRef("subject"), kind=OuterRef("kind"), valid_from__gt=OuterRef("valid_from")
    )
    kinds = [kind.code for kind in KINDS.values() if kind.expires and kind.abolished_on is None]
    return (
        Licence.objects.filter(
            Q(subject__closed_on__isnull=True) | Q(subject__closed_on__gt=day),
            kind__in=kinds,
            state__in=[LicenceState.IN_FORCE.value, LicenceState.SUSPENDED.value],
            valid_from__lte=day,
            expires_on__lte=day + LOOK_AHEAD,
        )
        .filter(~Exists(later))
        .select_related("subject")
    )


def _items(day: date) -> Iterator[tuple[WorkItem, Countdown | None]]:
    """The work that licences cause on a day, each with the clock that runs for it, if one does.

    The clock of a renewal goes on after its last day, overdue, until the licence has ended.
    """
    windows = Windows()
    for licence in _ending(day).iterator(2_000):
        ends = licence.expires_on
        if ends is None:
            continue
        window = window_of(licence, ends, windows)
        stage, due_on = stage_on(day, ends, window)
        if stage is None:
            continue
        runs = stage is not Stage.ENDED and window.is_verified
        clock = _countdown(licence, ends, starts=stage is Stage.RENEWAL) if runs else None
        yield _item(licence, stage, due_on, window), clock


def _item(licence: Licence, stage: Stage, due_on: date, window: Window) -> WorkItem:
    subject = licence.subject
    reason = _("%(kind)s %(number)s, valid until %(day)s. %(window)s") % {
        "kind": kind_name(licence.kind),
        "number": licence.number,
        "day": licence.expires_on,
        "window": _("The subject is still open.") if stage is Stage.ENDED else window.words,
    }
    return WorkItem(
        kind=KIND_OF_STAGE[stage],
        organ_id=subject.responsible_organ_id,
        subject_id=subject.pk,
        subject_name=subject.name,
        division_code=subject.division_code,
        file_kind=FILE_KIND,
        file_id=licence.pk,
        due_on=due_on,
        reason=reason[:300],
        source=window.source[:200],
        origin_kind=FILE_KIND,
        origin_key=str(licence.pk),
        opened_at=now(),
    )


def _countdown(licence: Licence, ends: date, *, starts: bool) -> Countdown:
    return Countdown(
        rule=licence.kind_of.closes,
        file=Ref(FILE_KIND, licence.pk),
        subject_id=licence.subject_id,
        organ_id=licence.subject.responsible_organ_id,
        before=ends,
        starts=starts,
    )
