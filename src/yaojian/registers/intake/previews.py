"""What an import would change, field by field, in the words of the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, organs_visible_to
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.intake.contracts import FieldKind, ImportField, RowChange, Target
from yaojian.registers.intake.engine import Tally

LONGEST = 120
NEW_SHOWN = 8


def samples_of(target: Target, tally: Tally, actor: Actor) -> list[dict[str, Any]]:
    """The first new and changed rows; call it when the rehearsal was rolled back."""
    codes = [target.key(entry) for _row, entry in tally.changed]
    held = target.current(actor, codes) if codes else {}
    if target.has_personal_data:
        return []
    shown_as = Shown(actor)
    samples = [
        _sample(target, row, entry, RowChange.CHANGED, held.get(target.key(entry), {}), shown_as)
        for row, entry in tally.changed
    ]
    new = tally.new[:NEW_SHOWN]
    return samples + [_sample(target, row, entry, RowChange.NEW, {}, shown_as) for row, entry in new]


def _sample(
    target: Target, row: int, entry: Any, change: RowChange, held: Mapping[str, Any], shown_as: Shown
) -> dict[str, Any]:
    cells = []
    for one in target.fields:
        after = target.value(entry, one.name)
        if after is None:
            continue
        before = held.get(one.name)
        if change is RowChange.CHANGED and _same(before, after):
            continue
        words = shown_as.words(one, after)
        if words or before:
            cells.append([one.name, shown_as.words(one, before), words])
    return {"row": row, "change": change.value, "code": target.key(entry), "cells": cells}


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return set(before) == set(after)
    return bool(before == after) or (before in (None, "") and after in (None, "", ()))


class Shown:
    """Values as people read them: codes of organs and places by their names."""

    def __init__(self, actor: Actor) -> None:
        self._organs = {organ.code: organ.label for organ in organs_visible_to(actor)}
        self._places: dict[str, str] = {}

    def words(self, one: ImportField, value: Any) -> str:
        """A value as people read it."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, date):
            return value.isoformat()
        match one.kind:
            case FieldKind.CHOICES | FieldKind.LIST:
                return _(", ").join(str(one.choices.get(part, part)) for part in value)
            case FieldKind.CHOICE:
                return str(one.choices.get(value, value))
            case FieldKind.ORGAN:
                return self._organs.get(value, value)
            case FieldKind.PLACE:
                return self._place(value)
        return str(value)[:LONGEST]

    def _place(self, code: str) -> str:
        if code not in self._places:
            names = division_names({code[:digits] for digits in (4, 6, 9)})
            self._places[code] = place_of(code, names) or code
        return self._places[code]
