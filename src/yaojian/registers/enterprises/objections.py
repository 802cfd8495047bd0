"""Why two subjects must not be merged: rooms above the register enter what they know against it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise

Objection = str | Promise
Check = Callable[[int, int], Objection | None]
"""Takes the subject that would be kept and the one that would end in it; returns the objection or None."""

_checks: list[Check] = []


def object_to_merges_with(check: Check) -> None:
    """Ask `check` before each merge; entering it twice asks it once."""
    if check not in _checks:
        _checks.append(check)


def merge_objections(kept_id: int, ended_id: int) -> list[Objection]:
    """What stands against merging a subject into another, in the order in which rooms have entered it."""
    found = (check(kept_id, ended_id) for check in _checks)
    return [objection for objection in found if objection]
