"""Quantiles of a handful of measured values. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile: the smallest value that at least `percent` % of all do not exceed.

    Always one of the measured values, never an average of two. Raises ValueError without values or when
    `percent` is not in 1..100.
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    if not 1 <= percent <= 100:
        raise ValueError(f"{percent} is not a percentage from 1 to 100")
    return sorted(values)[math.ceil(percent * len(values) / 100) - 1]
