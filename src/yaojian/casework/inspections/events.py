"""News of the inspections room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InspectionConcluded:
    """An inspection of a subject has been concluded; `concluded_on` is the Beijing date."""

    inspection_id: int
    subject_id: int
    concluded_on: str
