"""What a plan pack holds once read: the plan, its rows with their parts, and the findings about its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import MappingProxyType

from .definitions import Formula
from .targets import Target
from .vocabulary import Law, language_of


@dataclass(frozen=True, slots=True)
class Plan:
    """The document a pack encodes; ``organ`` is the code of the organ that owns it."""

    code: str
    seed: str
    title: str
    title_en: str
    level: str
    organ: str
    start: int
    end: int
    source_file: str
    document_no: str = ""
    issuer: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong or open in the plan's own text, and how the platform treats it."""

    id: str
    kind: str
    rows: tuple[str, ...]
    text: str
    text_zh: str
    treatment: str
    treatment_zh: str


@dataclass(frozen=True, slots=True)
class Part:
    """One figure of a row: its unit, targets and formula, or what it waits for.

    ``key`` is unique in all packs: the row's id, followed by the part's letter when a row bundles
    several figures. ``same_as`` names the row or part that carries the formula instead.
    """

    key: str
    id: str
    title_zh: str
    title_en: str
    klass: str
    unit: str
    unit_zh: str
    targets: tuple[Target, ...] = ()
    formula: Formula | None = None
    waits_for: tuple[str, ...] = ()
    same_as: str = ""
    responsible_level: str = ""

    @property
    def computable(self) -> bool:
        """Whether registers and inspections, which exist today, give this figure."""
        return self.formula is not None and self.formula.computable and not self.waits_for

    @property
    def baseline(self) -> Target | None:
        """The figure the plan starts from, when it states one."""
        return next((target for target in self.targets if target.baseline), None)

    def target_in(self, year: int) -> Target | None:
        """The goal that holds in a year: that year's own, a recurring one, or else the next on the path."""
        goals = [target for target in self.targets if not target.baseline]
        now = [t for t in goals if t.applies_in(year)]
        if now:
            return min(now, key=lambda t: t.every is not None)
        ahead = [t for t in goals if (t.year or t.since or 0) > year]
        return min(ahead, key=lambda t: t.year or t.since or 0, default=None)

    def title(self, language: str) -> str:
        """The short title in the language of the given code."""
        return self.title_zh if language_of(language) == "zh" else self.title_en


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plan: the quote, where it stands, its class, and one or several parts."""

    id: str
    line: int
    quote: str
    title_zh: str
    title_en: str
    klass: str
    attribute: str
    kind: str
    unit: str
    unit_zh: str
    unit_source: str
    value: str
    period: str
    parts: tuple[Part, ...]
    same_as: str = ""
    responsible_level: str = ""
    law: tuple[Law, ...] = ()
    notes_zh: str = ""
    notes_en: str = ""
    supplementary: bool = False

    @property
    def computable(self) -> bool:
        """Whether at least one part is computed from registers and inspections today."""
        return any(part.computable for part in self.parts)

    def title(self, language: str) -> str:
        """The short title in the language of the given code."""
        return self.title_zh if language_of(language) == "zh" else self.title_en

    def notes(self, language: str) -> str:
        """The note in the language of the given code."""
        return self.notes_zh if language_of(language) == "zh" else self.notes_en


@dataclass(frozen=True, slots=True)
class Pack:
    """One plan as data."""

    path: Path
    plan: Plan
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    _parts: Mapping[str, Part] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts = {part.key: part for row in self.rows for part in row.parts}
        object.__setattr__(self, "_parts", MappingProxyType(parts))

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every part of every row, in the order of the plan."""
        return tuple(self._parts.values())

    def row(self, row_id: str) -> Row:
        """The row with that id; KeyError when the plan has none."""
        for row in self.rows:
            if row.id == row_id:
                return row
        raise KeyError(row_id)

    def findings_about(self, row_id: str) -> tuple[Finding, ...]:
        """Findings that name the row."""
        return tuple(finding for finding in self.findings if row_id in finding.rows)
