"""Who must be asked before an organ closes: rooms above hold what would be orphaned, and say so here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.models import Organ, OrganPeriod, Posting, SharingAgreement
from yaojian.foundation.errors import Text


@dataclass(frozen=True, slots=True)
class Hindrance:
    """What an organ still holds after a day, and how much of it."""

    what: Text
    count: int


Check = Callable[[Organ, date], Iterable[Hindrance]]
_checks: list[Check] = []


def ask_before_closing(check: Check) -> None:
    """Have `check` asked before any organ closes; called once when the apps are ready."""
    _checks.append(check)


def hindrances(organ: Organ, on: date) -> list[Hindrance]:
    """Everything that speaks against the organ's closing with the end of a day."""
    afterwards = Q(valid_to__isnull=True) | Q(valid_to__gt=on)
    agreements = SharingAgreement.objects.filter(Q(giver=organ) | Q(taker=organ))
    found = [
        Hindrance(
            _("organs below it"),
            OrganPeriod.objects.filter(afterwards, parent=organ).values("organ").distinct().count(),
        ),
        Hindrance(_("people in office"), Posting.objects.filter(afterwards, organ=organ).count()),
        Hindrance(_("sharing agreements"), agreements.filter(afterwards).count()),
    ]
    for check in _checks:
        found += check(organ, on)
    return [hindrance for hindrance in found if hindrance.count]
