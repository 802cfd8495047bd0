"""What crosses the door of the register: entries to be registered, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yaojian.foundation.errors import Text

ENTITY_KIND = "enterprises.enterprise"
"""How the journal points to the file of a legal entity."""


@dataclass(frozen=True, slots=True)
class SubjectEntry:
    """A subject as somebody enters it. Where `None` is possible it means: leave what the register holds.

    `responsible_organ` and `parent` are codes (an empty `parent` means: belongs to none); `uscc` is the
    legal entity's unified code, taken from `code` where that is one. Coordinates are degrees, WGS-84.
    `licence_no` counts where no number is known: later ones come from the register of licences.
    """

    code: str
    name: str
    subject_type: str
    responsible_organ: str
    division_code: str
    opened_on: date
    closed_on: date | None = None
    uscc: str | None = None
    legal_name: str | None = None
    parent: str | None = None
    address: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    licence_no: str | None = None
    business_scope: str | None = None
    hospital_level: int | None = None
    in_production: bool | None = None
    flags: tuple[str, ...] | None = None
    risk_grade: str | None = None


class Change(StrEnum):
    """What became of an entry."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an entry is refused: which field, what is wrong, what to do."""

    field: str
    detail: Text
    cure: Text = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry, in the order of the entries; `subject_id` is None when it was refused."""

    code: str
    change: Change
    subject_id: int | None
    faults: tuple[Fault, ...] = ()
