"""Where the simulated subjects stand: scattered around the seats of their counties. Pure.

The seats are those of the counties' governments, WGS-84 degrees to two decimals; the scatter is ours.
"""

from __future__ import annotations

import hashlib
import math

SEATS = {
    "650521": (43.60, 93.01),
    "652301": (44.01, 87.31),
    "652302": (44.16, 87.99),
    "652323": (44.19, 86.90),
    "652324": (44.31, 86.21),
    "652325": (44.02, 89.59),
    "652327": (44.00, 89.18),
    "652328": (43.83, 90.29),
}
SPREAD = 0.05
"""Degrees of latitude within which two thirds of a county's subjects lie."""
WITHOUT_PER_100 = 8
"""So many have no coordinates yet, as in real registers."""


def position_of(code: str, division_code: str) -> tuple[float, float] | None:
    """Latitude and longitude of the subject with a code, the same every time; None where none is known."""
    seat = SEATS.get(division_code[:6])
    draw = hashlib.sha256(code.encode()).digest()
    if seat is None or draw[0] * 100 < WITHOUT_PER_100 * 256:
        return None
    first, angle, town = (int.from_bytes(draw[i : i + 4], "big") / 2**32 for i in (1, 5, 9))
    distance = SPREAD * math.sqrt(-2 * math.log(max(first, 1e-9))) / 1.5
    latitude = seat[0] + distance * math.sin(2 * math.pi * angle) + 0.02 * (town - 0.5)
    longitude = seat[1] + distance * math.cos(2 * math.pi * angle) / math.cos(math.radians(seat[0]))
    return round(latitude, 6), round(longitude, 6)
