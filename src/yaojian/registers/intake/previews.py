"""What an import would change, field by field, in the words of the register."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.registers.intake.contracts import FieldKind, ImportField, RowChange, Target
from yaojian.registers.intake.engine import Tally

LONGEST = 120


def samples_of(target: Target, tally: Tally, actor: Actor) -> list[dict[str, Any]]:
    """The first new and changed rows; call it when the rehearsal was rolled back."""
    codes = [target.key(entry) for _row, entry in tally.changed]
    held = target.current(actor, codes) if codes else {}
    samples = [
        _sample(target, row, entry, RowChange.CHANGED, held.get(target.key(entry), {}))
        for row, entry in tally.changed
    ]
    samples += [_sample(target, row, entry, RowChange.NEW, {}) for row, entry in tally.new]
    return samples


def _sample(
    target: Target, row: int, entry: Any, change: RowChange, held: Mapping[str, Any]
) -> dict[str, Any]:
    cells = []
    for one in target.fields:
        after = target.value(entry, one.name)
        if after is None:
            continue
        before = held.get(one.name)
        if change is RowChange.CHANGED and _same(before, after):
            continue
        if one.personal:
            cells.append([one.name, "", _("(personal data, not shown)")])
        elif shown(one, after) or before:
            cells.append([one.name, shown(one, before), shown(one, after)])
    return {"row": row, "change": change.value, "code": target.key(entry), "cells": cells}


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, list | tuple) and isinstance(after, list | tuple):
        return set(before) == set(after)
    return bool(before == after) or (before in (None, "") and after in (None, "", ()))


def shown(one: ImportField, value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return value.isoformat()
    if one.kind in (FieldKind.CHOICES, FieldKind.LIST):
        return _(", ").join(str(one.choices.get(part, part)) for part in value)
    if one.kind is FieldKind.CHOICE:
        return str(one.choices.get(value, value))
    return str(value)[:LONGEST]
