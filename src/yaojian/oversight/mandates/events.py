"""News of the mandates room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MandatesChanged:
    """Mandates were set, ended or drawn for: the duties under them are to be counted anew."""

    codes: list[str]


@dataclass(frozen=True, slots=True)
class ScheduleAdopted:
    """A year schedule has been adopted: its visits appear on the worklist in time."""

    schedule_id: int
