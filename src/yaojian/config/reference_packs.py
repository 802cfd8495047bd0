"""Loads what every installation needs before any plan: organs, divisions, the calendar, the law's clocks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from django.db import transaction

from yaojian.foundation.accounts.facade import (
    Level,
    OrganKind,
    Role,
    Shared,
    Tree,
    register_agreement,
    register_organ,
    system_actor,
)
from yaojian.foundation.deadlines.facade import load_rules
from yaojian.foundation.reference.facade import ClockPack, load_divisions, read_clock_pack, seed_calendar
from yaojian.packs.places import read_agreements, read_divisions, read_organs

# The years for which the State Council's holiday notices are known (package chinesecalendar).
FIRST_YEAR, LAST_YEAR = 2020, 2026
CLOCKS = "law/clocks.yaml"


@cache
def clock_pack() -> ClockPack:
    """The rule pack of statutory clocks. Raises ClockPackRefused with every problem."""
    text = (files("yaojian.packs") / CLOCKS).read_text(encoding="utf-8")
    return read_clock_pack(text, CLOCKS, roles=list(Role), levels=list(Level))


@transaction.atomic
def load_reference_packs() -> dict[str, int]:
    """Enter the packs' organs and divisions, the calendar and the statutory clocks, or bring them up to date.

    Safe to repeat; returns how many organs, divisions, calendar days and versions of clocks the packs hold.
    Raises ClockPackRefused and RuleBroken for a wrong pack of clocks.
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
    days = seed_calendar(FIRST_YEAR, LAST_YEAR)
    pack = clock_pack()
    highest = next(organ for organ in organs.values() if organ.parent_id is None)
    load_rules(by=system_actor(highest), pack=pack)
    return {"organs": len(organs), "divisions": divisions, "days": days, "clocks": len(pack.rules)}
