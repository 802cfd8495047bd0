"""Loads what every installation needs before any plan: organs, divisions and the working-day calendar."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yaojian.foundation.accounts.facade import (
    Level,
    OrganKind,
    Shared,
    Tree,
    register_agreement,
    register_organ,
)
from yaojian.foundation.reference.facade import load_divisions, seed_calendar
from yaojian.packs.places import read_agreements, read_divisions, read_organs

# The years for which the State Council's holiday notices are known (package chinesecalendar).
FIRST_YEAR, LAST_YEAR = 2021, 2026


@transaction.atomic
def load_reference_packs() -> dict[str, int]:
    """Enter the packs' organs and divisions and the calendar, or bring them up to date.

    Safe to repeat; returns how many organs, divisions and calendar days the packs hold.
    """
    organs: dict[str, Any] = {}
    for entry in read_organs():
        organs[entry.code] = register_organ(
            code=entry.code,
            name=entry.name,
            name_en=entry.name_en,
            short_name=entry.short_name,
            level=Level(entry.level),
            parent=organs[entry.parent] if entry.parent else None,
            territories=entry.territories,
            kind=OrganKind(entry.kind),
            tree=Tree(entry.tree),
            note=entry.note,
            note_en=entry.note_en,
        )
    for agreement in read_agreements():
        register_agreement(
            giver=organs[agreement.giver],
            taker=organs[agreement.taker],
            shares=[Shared(share) for share in agreement.shares],
            document=agreement.document,
            valid_from=agreement.valid_from,
            territories=agreement.territories,
        )
    divisions = load_divisions((d.code, d.name, d.name_en) for d in read_divisions())
    return {"organs": len(organs), "divisions": divisions, "days": seed_calendar(FIRST_YEAR, LAST_YEAR)}
