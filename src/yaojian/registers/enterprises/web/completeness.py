"""What the register does not know yet (底数清), by responsible organ, with links to the rows."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.models import Count
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.foundation.accounts.facade import Organ, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.foundation.kept.facade import kept_rows
from yaojian.registers.enterprises.queries import GAP_NAMES, GAPS, as_they_were, subjects_visible_to
from yaojian.registers.enterprises.web.tabs import register_tabs


def listing() -> Listing:
    """The table as it is taken out: a column for each thing that may be missing."""
    gaps = (Column(name, partial(_missing, place), 16) for place, name in enumerate(GAP_NAMES.values()))
    organ = Column(gettext_lazy("Responsible organ"), lambda row: row["name"], 36)
    subjects = Column(gettext_lazy("Open subjects"), lambda row: row["count"], 12)
    return Listing("completeness", gettext_lazy("Completeness"), (organ, subjects, *gaps))


def _missing(place: int, row: dict[str, Any]) -> int:
    return int(row["cells"][place]["count"])


@requires(Permission.SUBORDINATES_VIEW)
def completeness(request: ActingRequest) -> HttpResponseBase:
    """Of the open subjects that each organ answers for, how many lack what; as of any day."""
    day, subjects = as_of(request), subjects_visible_to(request.actor)
    counted: Any = (
        (subjects if day.is_today else as_they_were(subjects, day.day))
        .filter(closed_on=None)
        .order_by()
        .values("responsible_organ")
        .annotate(n=Count("pk"), **{code: Count("pk", filter=gap) for code, gap in GAPS.items()})
    )
    found: dict[int, dict[str, int]] = {row["responsible_organ"]: {**row} for row in kept_rows(counted)}
    organs = Organ.objects.filter(pk__in=found).order_by("path")
    rows = [_row(organ.label, found[organ.pk], organ.code, day) for organ in organs]
    if len(rows) > 1:
        total = {name: sum(row[name] for row in found.values()) for name in ("n", *GAPS)}
        rows.insert(0, {**_row(_("All together"), total, "", day), "is_sum": True})
    if exporting(request):
        return export_of(request, listing(), rows, len(rows))
    context = {
        "as_of": day,
        "register_tabs": register_tabs(request.actor, "completeness"),
        "rows": rows,
        "gaps": list(GAP_NAMES.items()),
    }
    return render(request, "enterprises/completeness.html", context)


def _row(name: str, counts: dict[str, int], organ: str, day: AsOf) -> dict[str, Any]:
    """One organ: how many subjects, and how many lack what."""
    address = reverse("backoffice:subjects")
    place = f"&organ={organ}" if organ else ""
    then = f"&{day.parameter}" if day.parameter else ""
    return {
        "name": name,
        "count": counts["n"],
        "cells": [
            {
                "name": gap,
                "count": counts[code],
                "share": 100 * counts[code] / counts["n"],
                "url": f"{address}?whose=area&missing={code}{place}{then}",
            }
            for code, gap in GAP_NAMES.items()
        ],
    }
