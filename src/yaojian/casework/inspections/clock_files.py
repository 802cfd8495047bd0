"""Inspections as files that statutory clocks run for."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.clocks import due_day_moved
from yaojian.casework.inspections.contracts import FILE_KIND
from yaojian.foundation.deadlines.facade import ClockFile, register_file


def _page(inspection_id: int) -> str:
    return reverse("inspections:file", args=[inspection_id])


def register() -> None:
    """Make inspections known to the room of the clocks."""
    register_file(ClockFile(FILE_KIND, _("Inspection"), _page, due_day_moved))
