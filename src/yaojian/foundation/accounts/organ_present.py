"""Brings the organs' present rows up to the periods in force: at once after a change, and each night."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from yaojian.foundation.accounts import events
from yaojian.foundation.accounts.models import Organ, OrganPeriod
from yaojian.foundation.accounts.organ_tree import from_the_root
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.timekeeping import today

HELD = ("name", "name_en", "short_name", "level", "kind", "parent_id", "territories")
"""What a period and the present row have in common."""


@transaction.atomic
def bring_to_present(on: date | None = None) -> list[Organ]:
    """Let the present rows say what the periods in force on a day (today) say; returns the organs changed.

    Each organ is put in its place after the one above it, so that even two organs changing places never
    stand in a cycle; everything below a moved organ gets its new path in the same transaction.
    """
    periods = {
        period.organ_id: period
        for period in OrganPeriod.objects.filter(in_force_q(on or today())).order_by("organ_id")
    }
    organs = Organ.objects.in_bulk(list(periods))
    changed = []
    for key in from_the_root({key: period.parent_id for key, period in periods.items()}):
        organ, period = organs[key], periods[key]
        different = [name for name in HELD if getattr(organ, name) != getattr(period, name)]
        if different:
            for name in different:
                setattr(organ, name, getattr(period, name))
            organ.save(update_fields=different)
            changed.append(organ)
        if "parent_id" in different:
            _rewrite_paths(organ)
    return changed


def _rewrite_paths(organ: Organ) -> None:
    """Give an organ that has moved, and all below it, their paths and tree under the organ now above it."""
    parent = None if organ.parent_id is None else Organ.objects.get(pk=organ.parent_id)
    old = Organ.objects.values_list("path", flat=True).get(pk=organ.pk) or ""
    new = f"{parent.path if parent else ''}{organ.pk}."
    if old == new:
        return
    Organ.objects.filter(path__startswith=old).update(
        path=Concat(Value(new), Substr(F("path"), len(old) + 1)),
        tree=parent.tree if parent else organ.tree,
    )


@transaction.atomic
def apply_due_changes() -> int:
    """Let planned changes take effect whose day has come; returns how many organs changed.

    Each is recorded as an act of the platform. Safe to repeat.
    """
    changed = bring_to_present()
    for organ in changed:
        present = Organ.objects.get(pk=organ.pk)
        events.announce(events.PlannedChangeApplied(present))
    return len(changed)
