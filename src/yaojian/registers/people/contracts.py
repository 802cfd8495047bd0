"""What the register of people shares with other rooms: roles, their words, and entries for imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.ledger.facade import Ref

FILE_KIND = "people.person"


def person_ref(person_id: int) -> Ref:
    """The pointer to a person's file, which is also the owner of the person's sealed data."""
    return Ref(FILE_KIND, person_id)


class RoleKind(StrEnum):
    """In which capacity somebody is in the register."""

    INSPECTOR = "inspector"
    PHARMACIST = "pharmacist"
    EXPERT = "expert"
    POSITION = "position"


ROLE_KIND_NAMES: dict[RoleKind, Promise] = {
    RoleKind.INSPECTOR: pgettext_lazy("register of people", "Inspector"),
    RoleKind.PHARMACIST: _("Licensed pharmacist"),
    RoleKind.EXPERT: pgettext_lazy("register of people", "Expert"),
    RoleKind.POSITION: _("Responsible person"),
}


class Sequence(StrEnum):
    """The three sequences of professional inspectors (国办发〔2019〕36号)."""

    DRUG = "drug"
    DEVICE = "device"
    COSMETIC = "cosmetic"


SEQUENCE_NAMES: dict[Sequence, Promise] = {
    Sequence.DRUG: pgettext_lazy("inspector sequence", "Drugs"),
    Sequence.DEVICE: pgettext_lazy("inspector sequence", "Devices"),
    Sequence.COSMETIC: pgettext_lazy("inspector sequence", "Cosmetics"),
}


class Tier(StrEnum):
    """By whom an inspector is appointed."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    LOCAL = "local"


TIER_NAMES: dict[Tier, Promise] = {
    Tier.NATIONAL: pgettext_lazy("inspector tier", "National"),
    Tier.PROVINCIAL: pgettext_lazy("inspector tier", "Provincial"),
    Tier.LOCAL: pgettext_lazy("inspector tier", "City and county"),
}


class Grade(StrEnum):
    """The four grades of inspectors."""

    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"
    EXPERT = "expert"


GRADE_NAMES: dict[Grade, Promise] = {
    Grade.JUNIOR: pgettext_lazy("inspector grade", "Junior"),
    Grade.INTERMEDIATE: pgettext_lazy("inspector grade", "Intermediate"),
    Grade.SENIOR: pgettext_lazy("inspector grade", "Senior"),
    Grade.EXPERT: pgettext_lazy("inspector grade", "Expert grade"),
}


class Category(StrEnum):
    """Practice category of a pharmacist (执业类别)."""

    PHARMACY = "pharmacy"
    TCM = "tcm"
    BOTH = "both"


CATEGORY_NAMES: dict[Category, Promise] = {
    Category.PHARMACY: pgettext_lazy("pharmacist category", "Pharmacy"),
    Category.TCM: pgettext_lazy("pharmacist category", "Chinese materia medica"),
    Category.BOTH: pgettext_lazy("pharmacist category", "Pharmacy and Chinese materia medica"),
}


class Practice(StrEnum):
    """Practice scope of a pharmacist (执业范围)."""

    PRODUCTION = "production"
    TRADE = "trade"
    USE = "use"


PRACTICE_NAMES: dict[Practice, Promise] = {
    Practice.PRODUCTION: pgettext_lazy("practice scope", "Drug production"),
    Practice.TRADE: pgettext_lazy("practice scope", "Drug trade"),
    Practice.USE: pgettext_lazy("practice scope", "Drug use"),
}


class PositionKind(StrEnum):
    """What somebody is at a subject."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    ENTERPRISE_HEAD = "enterprise_head"
    QUALITY_HEAD = "quality_head"
    QUALIFIED_PERSON = "qualified_person"
    EMPLOYEE = "employee"


POSITION_NAMES: dict[PositionKind, Promise] = {
    PositionKind.LEGAL_REPRESENTATIVE: _("Legal representative"),
    PositionKind.ENTERPRISE_HEAD: _("Head of the enterprise"),
    PositionKind.QUALITY_HEAD: _("Head of quality"),
    PositionKind.QUALIFIED_PERSON: _("Qualified person"),
    PositionKind.EMPLOYEE: _("Other employment"),
}
SOLE_POSITIONS = (PositionKind.LEGAL_REPRESENTATIVE, PositionKind.ENTERPRISE_HEAD, PositionKind.QUALITY_HEAD)
"""Positions that one person holds at a subject at a time."""
ATTENDED_POSITIONS = (
    PositionKind.ENTERPRISE_HEAD,
    PositionKind.QUALITY_HEAD,
    PositionKind.QUALIFIED_PERSON,
    PositionKind.EMPLOYEE,
)
"""Positions that need presence: held elsewhere than where a pharmacist is registered, they are suspicious."""


class Domain(StrEnum):
    """What an expert is asked about."""

    DRUG = "drug"
    DEVICE = "device"
    COSMETIC = "cosmetic"
    REACTIONS = "reactions"
    EMERGENCY = "emergency"
    SCIENCE = "science"


DOMAIN_NAMES: dict[Domain, Promise] = {
    Domain.DRUG: pgettext_lazy("expert domain", "Drugs"),
    Domain.DEVICE: pgettext_lazy("expert domain", "Devices"),
    Domain.COSMETIC: pgettext_lazy("expert domain", "Cosmetics"),
    Domain.REACTIONS: pgettext_lazy("expert domain", "Adverse reactions"),
    Domain.EMERGENCY: pgettext_lazy("expert domain", "Emergency response"),
    Domain.SCIENCE: pgettext_lazy("expert domain", "Public education"),
}

SEX_NAMES: dict[str, Promise] = {"m": pgettext_lazy("sex", "male"), "f": pgettext_lazy("sex", "female")}


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """A role of an imported person.

    `values` by column of the role (`ROLE_FIELDS`); a subject as `subject_code`, an organ as `organ_code`.
    """

    kind: RoleKind
    valid_from: date
    valid_to: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """One imported person; recognised again by identity number, else by a certificate number of a role.

    `key` is the importer's own reference, for instance the row of its sheet; it comes back in the outcome.
    """

    key: str
    name: str
    sex: str = ""
    identity_number: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    roles: tuple[RoleEntry, ...] = ()


class Change(StrEnum):
    """What became of an entry."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry; for a refused one the field, the reason and the cure."""

    code: str
    change: Change
    person_id: int | None = None
    field: str = ""
    reason: str = ""
    cure: str = ""
