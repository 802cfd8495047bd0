"""Where subjects are: the nearest ones, and clusters of points for a map. Coordinates are WGS-84 degrees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, F, FloatField, Max, Min, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Floor, Least, Power, Radians, Sin, Sqrt, Substr

from yaojian.foundation.kept.facade import kept_rows
from yaojian.registers.enterprises.models import Subject

EARTH_RADIUS_M = 6_371_008.8
"""The mean radius (IUGG); the error against the ellipsoid stays below 0.6 %."""
M_PER_DEGREE = EARTH_RADIUS_M * math.pi / 180
CELLS_ACROSS = 28


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of the map, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle."""
        return (self.south + self.north) / 2, (self.west + self.east) / 2


@dataclass(frozen=True, slots=True)
class Cluster:
    """Subjects that lie close to each other on the map; `subject_id` when it is a single one."""

    latitude: float
    longitude: float
    count: int
    subject_id: int | None


def box_around(latitude: float, longitude: float, radius_m: float) -> Box:
    """A box that holds every point within `radius_m` metres of a place."""
    high = radius_m / M_PER_DEGREE
    wide = high / max(math.cos(math.radians(min(abs(latitude) + high, 89.9))), 1e-6)
    return Box(longitude - wide, latitude - high, longitude + wide, latitude + high)


def in_box(subjects: QuerySet[Subject], box: Box) -> QuerySet[Subject]:
    """The subjects that lie in a box."""
    return subjects.filter(
        latitude__gte=box.south,
        latitude__lte=box.north,
        longitude__gte=box.west,
        longitude__lte=box.east,
    )


def nearest(
    subjects: QuerySet[Subject], latitude: float, longitude: float, radius_m: float
) -> QuerySet[Subject]:
    """Subjects within `radius_m` metres of a place, the nearest first, each with its `distance` in metres.

    Great-circle distance by the haversine formula.
    """
    half_lat = (Radians(F("latitude")) - math.radians(latitude)) / 2
    half_lon = (Radians(F("longitude")) - math.radians(longitude)) / 2
    haversine = Power(Sin(half_lat), 2) + Value(math.cos(math.radians(latitude))) * Cos(
        Radians(F("latitude"))
    ) * Power(Sin(half_lon), 2)
    distance = 2 * EARTH_RADIUS_M * ASin(Sqrt(Least(haversine, Value(1.0))))
    return (
        in_box(subjects, box_around(latitude, longitude, radius_m))
        .annotate(distance=Cast(distance, FloatField()))
        .filter(distance__lte=radius_m)
        .order_by("distance", "id")
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """How subjects are spread: how many lie in each place, and the smallest box that holds the located."""

    counts: dict[str, int]
    box: Box | None


def spread(subjects: QuerySet[Subject], digits: int) -> Spread:
    """The spread of subjects over places, which are the first `digits` of their division's code."""
    rows = (
        subjects.order_by()
        .annotate(place=Substr("division_code", 1, digits))
        .values_list("place")
        .annotate(
            n=Count("pk"),
            west=Min("longitude"),
            south=Min("latitude"),
            east=Max("longitude"),
            north=Max("latitude"),
        )
    )
    counts, boxes = dict[str, int](), list[Box]()
    for place, n, west, south, east, north in kept_rows(rows):
        counts[place] = n
        if west is not None:
            boxes.append(Box(west, south, east, north))
    return Spread(dict(sorted(counts.items())), _around(boxes))


def _around(boxes: Sequence[Box]) -> Box | None:
    if not boxes:
        return None
    return Box(
        min(box.west for box in boxes),
        min(box.south for box in boxes),
        max(box.east for box in boxes),
        max(box.north for box in boxes),
    )


def clusters(subjects: QuerySet[Subject], box: Box) -> list[Cluster]:
    """The subjects in a box, those in one cell of a grid drawn together; the largest clusters first.

    The cells are squares on the ground, `CELLS_ACROSS` from west to east.
    """
    wide = max((box.east - box.west) / CELLS_ACROSS, 1e-5)
    high = wide * max(math.cos(math.radians(box.middle[0])), 1e-3)
    rows = (
        in_box(subjects, box)
        .order_by()
        .annotate(
            column=Floor((F("longitude") - box.west) / wide), line=Floor((F("latitude") - box.south) / high)
        )
        .values("column", "line")
        .annotate(
            count=Count("pk"), latitude_mean=Avg("latitude"), longitude_mean=Avg("longitude"), one=Min("pk")
        )
        .order_by("-count", "one")
    )
    return [
        Cluster(
            row["latitude_mean"],
            row["longitude_mean"],
            row["count"],
            row["one"] if row["count"] == 1 else None,
        )
        for row in kept_rows(rows)
    ]
