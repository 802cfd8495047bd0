"""Matters, rules and answers of the jurisdiction table, as they cross the door."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.contracts import Level


class Matter(StrEnum):
    """What somebody is responsible for."""

    LICENSING = "licensing"
    DAILY_SUPERVISION = "daily_supervision"
    YEARLY_INSPECTION = "yearly_inspection"
    SPECIAL_CAMPAIGN = "special_campaign"
    SAMPLING = "sampling"
    CASE = "case"
    COMPLAINT = "complaint"
    REACTION_REVIEW = "reaction_review"
    EMERGENCY = "emergency"
    APPRAISAL = "appraisal"


MATTER_NAMES: dict[Matter, Promise] = {
    Matter.LICENSING: pgettext_lazy("matter", "Licensing and filing"),
    Matter.DAILY_SUPERVISION: pgettext_lazy("matter", "Daily supervision"),
    Matter.YEARLY_INSPECTION: pgettext_lazy("matter", "Planned inspection (yearly coverage)"),
    Matter.SPECIAL_CAMPAIGN: pgettext_lazy("matter", "Special campaigns"),
    Matter.SAMPLING: pgettext_lazy("matter", "Sampling"),
    Matter.CASE: pgettext_lazy("matter", "Cases and penalties"),
    Matter.COMPLAINT: pgettext_lazy("matter", "Complaints and reports"),
    Matter.REACTION_REVIEW: pgettext_lazy("matter", "Review of adverse reactions"),
    Matter.EMERGENCY: pgettext_lazy("matter", "Emergencies"),
    Matter.APPRAISAL: pgettext_lazy("matter", "Appraisal of lower governments"),
}
OF_SUBJECTS = tuple(matter for matter in Matter if matter is not Matter.APPRAISAL)
"""The matters that concern a single subject; appraisal is between governments."""


class Confidence(StrEnum):
    """How sure a rule is: H official text read, M secondary source or article unconfirmed, L verify first."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


CONFIDENCE_NAMES: dict[Confidence, Promise] = {
    Confidence.HIGH: pgettext_lazy("confidence", "Official text read"),
    Confidence.MEDIUM: pgettext_lazy("confidence", "Secondary source; check the article"),
    Confidence.LOW: pgettext_lazy("confidence", "Verify before use"),
}


@dataclass(frozen=True, slots=True)
class Assistance:
    """What another level does beside the responsible one."""

    level: Level
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: in a matter, for such subjects, a level is responsible.

    `region` is a prefix of division codes ("" for the whole country). Empty types, flags or grades do not
    restrict. `flags_all` must all be there, of `flags_any` one. The days are inclusive.
    """

    code: str
    matter: Matter
    level: Level
    region: str = ""
    types: frozenset[str] = frozenset()
    flags_all: frozenset[str] = frozenset()
    flags_any: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    priority: int = 0
    valid_from: date = date(1949, 10, 1)
    valid_to: date | None = None
    source: str = ""
    article: str = ""
    line: int | None = None
    quote: str = ""
    confidence: Confidence = Confidence.MEDIUM
    duty_zh: str = ""
    duty_en: str = ""
    assists: tuple[Assistance, ...] = ()
    key: int = 0

    def holds(self, on: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table asks about a subject; `tree` is that of the organ recorded as responsible."""

    subject_type: str
    division: str
    flags: frozenset[str] = frozenset()
    risk_grade: str = ""
    tree: str = "government"


@dataclass(frozen=True, slots=True)
class OrganPlace:
    """An organ that may be responsible, as it stands on the day asked about."""

    id: int
    name: str
    level: Level
    tree: str
    territories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A level that was tried for an organ on the subject's land: the organ, or none (`how` says why)."""

    level: Level
    organ: OrganPlace | None
    rivals: tuple[OrganPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """A rule that fits as well and did not decide; `same_rank`: nothing but its code put it second."""

    rule: Rule
    same_rank: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is responsible, by which rule, and what else was considered."""

    matter: Matter
    organ: OrganPlace | None
    rule: Rule | None
    steps: tuple[Step, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def is_disputed(self) -> bool:
        """Whether another rule of the same rank names another level: the table contradicts itself."""
        return self.rule is not None and any(
            other.same_rank and other.rule.level is not self.rule.level for other in self.alternatives
        )

    @property
    def organ_id(self) -> int | None:
        """The key of the responsible organ, if there is one."""
        return self.organ.id if self.organ else None
