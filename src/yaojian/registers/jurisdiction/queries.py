"""Reads of the jurisdiction tables. The tables themselves are public law; subjects are scoped to who asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Level, OrganKind
from yaojian.foundation.accounts.facade import Actor, Organ, organs_as_of
from yaojian.foundation.errors import NotFound
from yaojian.foundation.periods import in_force_q
from yaojian.registers.enterprises.facade import Subject, facts_counted
from yaojian.registers.jurisdiction.contracts import OF_SUBJECTS, Answer, Facts, Matter, OrganPlace, Rule
from yaojian.registers.jurisdiction.models import JurisdictionRule
from yaojian.registers.jurisdiction.rules import Offices, overlap, rank, responsible_for

SUPERVISING = (OrganKind.BUREAU.value, OrganKind.TEAM.value)


def rules_of(region: str, on: date | None = None) -> QuerySet[JurisdictionRule]:
    """The rules that a region's table has of its own (finer regions within it too), on a day or at all."""
    rules = (
        JurisdictionRule.objects.filter(region__startswith=region)
        if region
        else (JurisdictionRule.objects.filter(region=""))
    )
    return rules.filter(in_force_q(on)) if on else rules


def rules_for(division: str) -> list[Rule]:
    """All rules, of whatever day, that could speak of a place."""
    reaching = [division[:length] for length in range(len(division) + 1)]
    return [row.as_rule() for row in JurisdictionRule.objects.filter(region__in=reaching)]


def regions() -> list[str]:
    """The regions that have a table, by province; the whole country first."""
    codes = JurisdictionRule.objects.order_by().values_list("region", flat=True).distinct()
    return sorted({code[:2] for code in codes} | {""})


def rule_by_key(key: int) -> JurisdictionRule:
    """One rule. Raises NotFound."""
    rule = JurisdictionRule.objects.filter(pk=key).first()
    if rule is None:
        raise NotFound(_("There is no such rule."), cure=_("Choose it in the table of jurisdiction."))
    return rule


def offices_on(on: date) -> Offices:
    """The organs that may be responsible on a day, with their land of that day."""
    return Offices(
        [
            OrganPlace(organ.id, organ.label, Level(organ.level), organ.tree, organ.territories)
            for organ in organs_as_of(on)
            if organ.kind in SUPERVISING
        ]
    )


def facts_of(subject: Subject, tree: str) -> Facts:
    """What the table asks about a subject; `tree` is that of its responsible organ."""
    return Facts(
        subject_type=subject.subject_type,
        division=subject.division_code,
        flags=frozenset(subject.flags),
        risk_grade=subject.risk_grade,
        tree=tree,
    )


def answers_about(subject: Subject, on: date) -> list[Answer]:
    """Who is responsible for a subject in each matter on a day; the caller has been let see the subject."""
    rules, offices = rules_for(subject.division_code), offices_on(on)
    facts = facts_of(subject, subject.responsible_organ.tree)
    return [responsible_for(facts, matter, on, rules, offices) for matter in OF_SUBJECTS]


def responsible_organ_for(facts: Facts, matter: Matter, on: date) -> Answer:
    """Who is responsible for such a subject in a matter on a day."""
    return responsible_for(facts, matter, on, rules_for(facts.division), offices_on(on))


@dataclass(frozen=True, slots=True)
class Shift:
    """How many open subjects go from one organ to another (None: nobody) when a rule changes."""

    before: OrganPlace | None
    after: OrganPlace | None
    count: int


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of the table does to the open subjects of its region."""

    subjects: int
    touched: int
    shifts: tuple[Shift, ...]

    @property
    def moved(self) -> int:
        """How many subjects get another organ."""
        return sum(shift.count for shift in self.shifts)


def impact_of(
    *, added: Iterable[Rule] = (), removed: Collection[str] = (), region: str, matter: Matter, on: date
) -> Impact:
    """What adding rules, or taking out those with some codes, does in a region in one matter on a day."""
    before = [row.as_rule() for row in JurisdictionRule.objects.filter(matter=matter.value)]
    after = [*(rule for rule in before if rule.code not in removed), *added]
    changed = {*removed, *(rule.code for rule in added)}
    offices = offices_on(on)
    trees = dict(Organ.objects.values_list("pk", "tree"))
    total = touched = 0
    shifts: Counter[tuple[OrganPlace | None, OrganPlace | None]] = Counter()
    for counted in facts_counted(region):
        facts = Facts(
            subject_type=counted.subject_type,
            division=counted.division_code,
            flags=frozenset(counted.flags),
            risk_grade=counted.risk_grade,
            tree=trees[counted.organ_id],
        )
        old = responsible_for(facts, matter, on, before, offices)
        new = responsible_for(facts, matter, on, after, offices)
        total += counted.count
        if {answer.rule.code for answer in (old, new) if answer.rule} & changed:
            touched += counted.count
        if old.organ_id != new.organ_id:
            shifts[old.organ, new.organ] += counted.count
    ranked = sorted(shifts.items(), key=lambda item: -item[1])
    return Impact(total, touched, tuple(Shift(a, b, n) for (a, b), n in ranked))


def may_edit(actor: Actor, region: str) -> bool:
    """Whether a region lies on the actor's land, so that its table may be theirs to edit."""
    if actor.organ_level is Level.NATIONAL:
        return True
    return bool(region) and any(region.startswith(code) for code in actor.territories)


def rules_in_conflict(rule: Rule) -> list[JurisdictionRule]:
    """The rules of the same rank that name another level for subjects that fit both."""
    rivals = JurisdictionRule.objects.filter(matter=rule.matter.value, region=rule.region)
    return [
        row
        for row in rivals.exclude(code=rule.code).exclude(level=rule.level.value)
        if rank(row.as_rule()) == rank(rule) and overlap(row.as_rule(), rule)
    ]
