"""Where subjects are: the nearest ones, and clusters of points for a map. Coordinates are WGS-84 degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db.models import Avg, Count, F, FloatField, Max, Min, QuerySet, Value
from django.db.models.functions import ASin, Cast, Cos, Floor, Least, Power, Radians, Sin, Sqrt

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


def extent(subjects: QuerySet[Subject]) -> Box | None:
    """The smallest box that holds all subjects with coordinates; None when none has any."""
    row = subjects.order_by().aggregate(
        west=Min("longitude"), south=Min("latitude"), east=Max("longitude"), north=Max("latitude")
    )
    return None if row["west"] is None else Box(**row)


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
        for row in rows
    ]
