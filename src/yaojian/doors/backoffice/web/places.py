"""Subjects by where they are: the map, and those near the phone in the officer's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yaojian.doors.backoffice.web.subjects import (
    division_digits,
    filters_in_force,
    subjects_asked_for,
    wanted_of,
)
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.paging import address
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import next_due_days
from yaojian.registers.enterprises.facade import (
    Box,
    Cluster,
    Subject,
    clusters,
    matching,
    nearest,
    spread,
    subjects_visible_to,
    type_name,
)

RADII_M = (500, 1000, 2000, 5000, 20_000)
DEFAULT_RADIUS_M = 1000
MOST_NEAR = 100
MARGIN = 0.04


@requires(Permission.SUBJECT_VIEW)
def subject_map(request: ActingRequest) -> HttpResponse:
    """The subjects of the list as points on a map, close ones drawn together; a table of places beside it."""
    wanted, day = wanted_of(request.GET), as_of(request)
    found = matching(subjects_asked_for(request.actor, request.GET), wanted)
    over = spread(found, division_digits(request.actor))
    counts = over.counts
    names = division_names([*counts, *(code[:4] for code in counts), wanted.division])
    total = sum(counts.values())
    located = found.filter(latitude__isnull=False)
    box = _with_margin(over.box)
    shown = clusters(located, box) if box else []
    drawn = sum(cluster.count for cluster in shown)
    context = {
        "as_of": day,
        "total": total,
        "without": total - drawn,
        "filters": filters_in_force(wanted, request.GET, names),
        "clear_url": address(QueryDict(day.parameter)),
        "list_url": reverse("backoffice:subjects") + address(request.GET),
        "places": [
            {
                "name": place_of(code, names) or code,
                "count": count,
                "url": reverse("backoffice:subjects") + address(request.GET, place=code),
            }
            for code, count in sorted(counts.items(), key=lambda pair: -pair[1])
        ],
        "data": {
            "box": _corners(box) if box else None,
            "points_url": reverse("backoffice:subject_points") + address(request.GET),
            "clusters": _points(shown, found, day),
        },
    }
    return render(request, "backoffice/subject_map.html", context)


@requires(Permission.SUBJECT_VIEW)
def subject_points(request: ActingRequest) -> JsonResponse:
    """The clusters in the box `?box=west,south,east,north` of a map, as JSON."""
    box = _box_of(request.GET)
    found = matching(subjects_asked_for(request.actor, request.GET), wanted_of(request.GET))
    shown = clusters(found.filter(latitude__isnull=False), box)
    return JsonResponse({"clusters": _points(shown, found, as_of(request))})


def _points(shown: list[Cluster], found: QuerySet[Subject], day: AsOf) -> list[dict[str, Any]]:
    """Clusters as the script draws them; a single subject carries its name on the day, and its address."""
    singles = dict(
        found.filter(pk__in=[c.subject_id for c in shown if c.subject_id])
        .order_by()
        .values_list("pk", "name")
    )
    then = f"?{day.parameter}" if day.parameter else ""
    return [
        {
            "at": [round(cluster.longitude, 6), round(cluster.latitude, 6)],
            "count": cluster.count,
            "name": singles.get(cluster.subject_id, "") if cluster.subject_id else "",
            "url": reverse("backoffice:subject", args=[cluster.subject_id]) + then
            if cluster.subject_id
            else "",
        }
        for cluster in shown
    ]


def _box_of(query: QueryDict) -> Box:
    parts = query.get("box", "").split(",")
    try:
        west, south, east, north = (float(part) for part in parts)
    except ValueError:
        west = south = east = north = float("nan")
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInput(
            _("The piece of the map is malformed."),
            field="box",
            cure=_("Give west, south, east and north in degrees, separated by commas."),
        )
    return Box(west, south, east, north)


def _corners(box: Box) -> list[float]:
    return [box.west, box.south, box.east, box.north]


def _with_margin(box: Box | None) -> Box | None:
    """A little more than the box: no point lies on the edge, and a single one has land around it."""
    if box is None:
        return None
    wide = max((box.east - box.west) * MARGIN, 0.01)
    high = max((box.north - box.south) * MARGIN, 0.01)
    return Box(box.west - wide, box.south - high, box.east + wide, box.north + high)


@dataclass(frozen=True, slots=True)
class Here:
    """Where the officer stands, and how far to look."""

    latitude: float
    longitude: float
    radius_m: int


def here_of(query: QueryDict) -> Here | None:
    """The place that an address names; None when it names none. Raises InvalidInput for one off the earth."""
    if not query.get("lat") and not query.get("lon"):
        return None
    try:
        latitude, longitude = float(query.get("lat", "")), float(query.get("lon", ""))
    except ValueError:
        latitude = longitude = float("nan")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise InvalidInput(
            _("The place is malformed."),
            field="lat",
            cure=_("Give latitude and longitude in degrees, such as 44.0114 and 87.3082."),
        )
    radius = query.get("radius", "")
    chosen = int(radius) if radius.isdecimal() and int(radius) in RADII_M else DEFAULT_RADIUS_M
    return Here(latitude, longitude, chosen)


@requires(Permission.SUBJECT_VIEW)
def near(request: ActingRequest) -> HttpResponse:
    """The open subjects around a place, the nearest first; the page asks the phone where it is."""
    here = here_of(request.GET)
    rows = _near_rows(request.actor, here) if here else []
    context = {
        "here": here,
        "rows": rows[:MOST_NEAR],
        "is_cut": len(rows) > MOST_NEAR,
        "most": MOST_NEAR,
        "radii": [(radius, _distance(radius)) for radius in RADII_M],
        "radius": here.radius_m if here else DEFAULT_RADIUS_M,
    }
    return render(request, "backoffice/near.html", context)


def _near_rows(actor: Actor, here: Here) -> list[dict[str, Any]]:
    around: QuerySet[Subject] = nearest(
        subjects_visible_to(actor).filter(closed_on__isnull=True, latitude__isnull=False),
        here.latitude,
        here.longitude,
        here.radius_m,
    )
    found = list(around[: MOST_NEAR + 1])
    due = next_due_days([subject.pk for subject in found])
    return [
        {
            "subject": subject,
            "type": type_name(subject.subject_type),
            "distance": _distance(subject.distance),  # type: ignore[attr-defined]
            "due": due.get(subject.pk),
            "is_overdue": bool((day := due.get(subject.pk)) and day < today()),
        }
        for subject in found
    ]


def _distance(metres: float) -> str:
    """A distance in words."""
    if metres < 1000:
        return _("%(metres)d m") % {"metres": round(metres, -1) if metres > 100 else round(metres)}
    return _("%(kilometres)s km") % {"kilometres": f"{metres / 1000:.1f}".removesuffix(".0")}
