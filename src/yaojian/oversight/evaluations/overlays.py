"""Approved adjustments as the plans room shows them beside what the pack says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yaojian.oversight.evaluations.queries import approved_adjustments


def overlays_of(keys: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By figure key, the adjusted targets: each with its day of effect and the number of the adjustment."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in approved_adjustments(keys):
        target = {**one.after, "adjustment": one.pk, "effective_on": one.effective_on.isoformat()}
        found.setdefault(one.figure_key, []).append(target)
    return found
