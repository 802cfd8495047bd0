"""Who is responsible for a subject in a matter: the table's rules applied. Pure.

Which rule decides. Of all rules that are in force and fit the subject, the first by this order:

1. the narrower region: a county's rule before its province's, a province's before the national one;
2. the higher `priority`, which an author sets where two rules of one region meet;
3. more kinds of condition (types, all of some flags, any of some flags, grades);
4. more flags that must all be there;
5. the code, so that the answer never depends on chance. Rules equal in 1-4 that name different levels are a
   conflict: packs with one are refused, and an answer that rests on one says so.

Which organ that is. The organ of the rule's level, in the subject's own tree, whose land holds the place; of
several the one with the narrowest land (a park before its county). Where there is none, the next level up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from yaojian.foundation.accounts.contracts import Level
from yaojian.registers.jurisdiction.contracts import (
    Alternative,
    Answer,
    Facts,
    Matter,
    OrganPlace,
    Rule,
    Step,
)

UPWARDS: dict[Level, tuple[Level, ...]] = {
    Level.TOWNSHIP: (Level.TOWNSHIP, Level.COUNTY, Level.PREFECTURE, Level.PROVINCE, Level.NATIONAL),
    Level.COUNTY: (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE, Level.NATIONAL),
    Level.PARK: (Level.PARK, Level.COUNTY, Level.PREFECTURE, Level.PROVINCE, Level.NATIONAL),
    Level.PREFECTURE: (Level.PREFECTURE, Level.PROVINCE, Level.NATIONAL),
    Level.BRANCH: (Level.BRANCH, Level.PROVINCE, Level.NATIONAL),
    Level.PROVINCE: (Level.PROVINCE, Level.NATIONAL),
    Level.NATIONAL: (Level.NATIONAL,),
}
"""Where to look next when there is no organ of a level on the land."""

Rank = tuple[int, int, int, int]


def rank(rule: Rule) -> Rank:
    """How strongly a rule claims a subject it fits; the higher decides."""
    kinds = sum(map(bool, (rule.types, rule.flags_all, rule.flags_any, rule.grades)))
    return len(rule.region), rule.priority, kinds, len(rule.flags_all)


def fits(rule: Rule, facts: Facts) -> bool:
    """Whether a rule speaks of such a subject at such a place."""
    return (
        facts.division.startswith(rule.region)
        and (not rule.types or facts.subject_type in rule.types)
        and rule.flags_all <= facts.flags
        and (not rule.flags_any or bool(rule.flags_any & facts.flags))
        and (not rule.grades or facts.risk_grade in rule.grades)
    )


@dataclass
class Offices:
    """The organs of a day, found by place and level; looked up once per place."""

    organs: Sequence[OrganPlace]
    _found: dict[tuple[str, str, Level], tuple[OrganPlace, ...]] = field(default_factory=dict)

    def at(self, facts: Facts, level: Level) -> tuple[OrganPlace, ...]:
        """The organs of a level in the subject's tree whose land holds the place, the narrowest land only."""
        key = (facts.tree, facts.division, level)
        if key not in self._found:
            self._found[key] = self._look_up(*key)
        return self._found[key]

    def _look_up(self, tree: str, division: str, level: Level) -> tuple[OrganPlace, ...]:
        levels = (Level.COUNTY, Level.PARK) if level is Level.COUNTY else (level,)
        claims: dict[int, list[OrganPlace]] = {}
        for organ in self.organs:
            if organ.tree == tree and organ.level in levels:
                held = [len(code) for code in organ.territories if division.startswith(code)]
                if held:
                    claims.setdefault(max(held), []).append(organ)
        return tuple(claims[max(claims)]) if claims else ()


def organ_for(level: Level, facts: Facts, offices: Offices) -> tuple[OrganPlace | None, tuple[Step, ...]]:
    """The organ responsible on a level, and the levels tried; a park's land goes before its county's."""
    steps = []
    for tried in UPWARDS[level]:
        found = offices.at(facts, tried)
        steps.append(Step(tried, found[0] if found else None, found[1:]))
        if found:
            return found[0], tuple(steps)
    return None, tuple(steps)


def responsible_for(
    facts: Facts, matter: Matter, on: date, rules: Iterable[Rule], organs: Sequence[OrganPlace] | Offices
) -> Answer:
    """Who is responsible for a subject in a matter on a day, by which rule, and what else was considered.

    `organs` are those of that day. Without a fitting rule, or without an organ on the land, the answer has
    none and says which of the two it was.
    """
    offices = organs if isinstance(organs, Offices) else Offices(organs)
    fitting = sorted(
        (rule for rule in rules if rule.matter is matter and rule.holds(on) and fits(rule, facts)),
        key=lambda rule: (*(-part for part in rank(rule)), rule.code),
    )
    if not fitting:
        return Answer(matter, None, None)
    first, *others = fitting
    organ, steps = organ_for(first.level, facts, offices)
    alternatives = tuple(Alternative(other, rank(other) == rank(first)) for other in others)
    return Answer(matter, organ, first, steps, alternatives)


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or not other or bool(one & other)


def overlap(one: Rule, other: Rule) -> bool:
    """Whether some subject on some day could fit both rules, which have the same region."""
    return (
        one.matter is other.matter
        and one.region == other.region
        and (one.valid_to is None or other.valid_from <= one.valid_to)
        and (other.valid_to is None or one.valid_from <= other.valid_to)
        and _meet(one.types, other.types)
        and _meet(one.grades, other.grades)
    )


def conflicts(rules: Iterable[Rule]) -> list[tuple[Rule, Rule]]:
    """Pairs of rules that nothing ranks and that name different levels for the same subjects."""
    return [
        (one, other)
        for one, other in combinations(sorted(rules, key=lambda rule: rule.code), 2)
        if one.level is not other.level and rank(one) == rank(other) and overlap(one, other)
    ]
