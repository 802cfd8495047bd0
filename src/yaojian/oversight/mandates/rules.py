"""A mandate as the engine reads it: whom it binds, what it asks, what it counts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from yaojian.oversight.mandates.contracts import Source, WhyNot
from yaojian.oversight.mandates.duties import per_year
from yaojian.oversight.plans.definitions import Formula, Scope
from yaojian.oversight.plans.errors import DefinitionError, said


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether a mandate binds a subject, as it held from a day until a day (both inclusive)."""

    subject_type: str
    flags: frozenset[str]
    risk_grade: str
    in_production: bool
    division_code: str
    organ_path: str
    organ_tree: str
    closed: bool = False
    valid_from: date = date.min
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The land or the organs in whose reach a mandate binds; a national rule binds everywhere."""

    path: str
    tree: str
    territories: tuple[str, ...]

    def covers(self, division_code: str, organ_path: str, organ_tree: str, *, by_territory: bool) -> bool:
        """Whether a subject at a place, in an organ's charge, lies in the reach."""
        if by_territory:
            return organ_tree == self.tree and any(division_code.startswith(t) for t in self.territories)
        return organ_path.startswith(self.path)


@dataclass(frozen=True, slots=True)
class DoneAct:
    """An act about a subject: its Beijing day, the kind of inspection and the level of the organ."""

    day: date
    inspection_kind: str
    organ_level: str
    act_id: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A mandate, ready to be judged by."""

    key: int
    code: str
    source: Source
    formula: Formula
    reach: Reach | None
    valid_from: date
    valid_to: date | None
    share: Fraction | None = None
    responsible_level: str = ""

    def ended_on(self, day: date) -> date | None:
        """The last day of a mandate that is over on a day; None while it binds."""
        return self.valid_to if self.valid_to is not None and self.valid_to < day else None

    @property
    def per_year(self) -> float:
        """How many acts a year it comes to for each subject."""
        assert self.formula.period is not None
        return per_year(self.formula.period, self.formula.minimum)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of inspection that count; none named means all."""
        return self.formula.act.inspection_kinds if self.formula.act else ()

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of organs whose inspections count; none named means all."""
        return self.formula.act.organ_levels if self.formula.act else ()

    def binds(self, facts: Facts) -> bool:
        """Whether the mandate binds a subject of these facts, wherever in time."""
        assert self.formula.scope is not None
        return (
            not facts.closed
            and in_scope(
                self.formula.scope, facts.subject_type, facts.flags, facts.risk_grade, facts.in_production
            )
            and self.reaches(facts.division_code, facts.organ_path, facts.organ_tree)
        )

    def reaches(self, division_code: str, organ_path: str, organ_tree: str) -> bool:
        """Whether the mandate's organ reaches a place."""
        if self.reach is None:
            return True
        by_territory = self.formula.within == "territory"
        return self.reach.covers(division_code, organ_path, organ_tree, by_territory=by_territory)

    def counts(self, inspection_kind: str, organ_level: str) -> bool:
        """Whether an inspection of a kind by an organ of a level counts, whenever it was."""
        return (not self.kinds or inspection_kind in self.kinds) and (
            not self.levels or organ_level in self.levels
        )

    def served_by(self, other: Rule) -> bool:
        """Whether every act that counts for the other mandate counts for this one."""
        return _holds(self.kinds, other.kinds) and _holds(self.levels, other.levels)

    def why_not(self, act: DoneAct, opened_on: date, as_of: date, *, late: bool = False) -> WhyNot | None:
        """Why an act does not count for this mandate on a day; None when it does.

        With `late` an act after a window counts too: it was missed, and acts since make up its number; so
        do those after the end of a mandate that is over.
        """
        assert self.formula.period is not None
        over = self.ended_on(as_of)
        start, end = self.formula.period.bounds(over or as_of)
        if over or (late and self.formula.period.unit == "window"):
            end = max(end, as_of)
        if act.day < opened_on:
            return WhyNot.BEFORE_OPENING
        if self.kinds and act.inspection_kind not in self.kinds:
            return WhyNot.KIND
        if self.levels and act.organ_level not in self.levels:
            return WhyNot.LEVEL
        return None if start <= act.day <= end else WhyNot.PERIOD


def _holds(wide: Collection[str], narrow: Collection[str]) -> bool:
    """Whether a filter lets everything pass that another does; an empty one lets all pass."""
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def in_scope(
    scope: Scope, subject_type: str, flags: Collection[str], risk_grade: str, in_production: bool
) -> bool:
    """Whether a scope speaks of a subject of this type, with these flags and this grade."""
    return (
        (not scope.types or subject_type in scope.types)
        and all(flag in flags for flag in scope.flags_all)
        and (not scope.flags_any or any(flag in flags for flag in scope.flags_any))
        and (not scope.risk_grades or risk_grade in scope.risk_grades)
        and (scope.in_production is None or in_production == scope.in_production)
    )


def formula_of_mandate(
    scope: Mapping[str, object],
    act: Mapping[str, object],
    period: Mapping[str, object],
    minimum: object = 1,
    within: str = "territory",
) -> Formula:
    """The formula of a mandate from what a pack or a form writes. Raises DefinitionError."""
    formula = Formula.from_dict(
        {
            "shape": "coverage",
            "scope": scope,
            "within": within,
            "act": act,
            "period": period,
            "minimum": minimum,
        }
    )
    assert formula.period is not None
    if formula.period.unit in ("day", "week"):
        raise DefinitionError(
            "period.unit",
            said("nobody is inspected %(unit)s by %(unit)s", unit=formula.period.unit),
            said("use month, quarter, half_year, year, rolling_years or window"),
        )
    return formula


def checked_share(value: object) -> Fraction | None:
    """A share in percent as an exact fraction of one; None and 100 mean everyone. Raises DefinitionError."""
    if value is None or value == "":
        return None
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise DefinitionError(
            "share", said("%(value)r is no number", value=value), said("write percent, e.g. 25")
        ) from None
    if not 0 < share <= 100:
        raise DefinitionError(
            "share",
            said("%(value)s percent is no share", value=value),
            said("write more than 0 and at most 100 percent"),
        )
    return None if share == 100 else share / 100


@dataclass(frozen=True, slots=True)
class Precedence:
    """The mandates that bind one subject in one matter, the governing one first, and why it governs."""

    matter: str
    rules: tuple[Rule, ...]
    reason: str

    @property
    def governing(self) -> Rule:
        """The mandate whose number the others follow."""
        return self.rules[0]


def by_precedence(rules: Iterable[Rule]) -> list[Rule]:
    """Mandates of one matter, the governing one first.

    The stricter number first; of equal numbers a national rule before the text of a plan, a plan before
    what an organ has set itself; then the later one.
    """
    rank = {Source.LAW: 0, Source.PLAN: 1, Source.OWN: 2}
    everyone_first = sorted(rules, key=lambda rule: rule.code)
    return sorted(
        everyone_first,
        key=lambda rule: (
            rule.share is not None,
            -rule.per_year,
            rank[rule.source],
            -rule.valid_from.toordinal(),
        ),
    )


def reason_of(rules: list[Rule]) -> str:
    """Why the first of some mandates governs: only, stricter, national, later."""
    if len(rules) == 1:
        return "only"
    first, second = rules[0], rules[1]
    if (first.share is None) != (second.share is None) or first.per_year != second.per_year:
        overrules = first.source is Source.LAW and any(rule.source is Source.PLAN for rule in rules[1:])
        return "stricter_national" if overrules else "stricter"
    if first.source is not second.source:
        return "national" if first.source is Source.LAW else "plan"
    return "later"
