"""What the engine reads: mandates as rules, organs, subjects and their history, acts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from django.db.models import QuerySet

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.ledger.facade import acts_between
from yaojian.foundation.timekeeping import local_date
from yaojian.oversight.mandates.contracts import Source
from yaojian.oversight.mandates.models import DrawEntry, Mandate
from yaojian.oversight.mandates.rules import DoneAct, Facts, Reach, Rule
from yaojian.oversight.mandates.versions import mandates_on
from yaojian.oversight.plans.definitions import Formula
from yaojian.registers.enterprises.facade import Subject, versions_ended_before

DRAWN = "drawn"
"""The outcome of an entry that has been drawn."""
STAND_IN = "stand_in"
"""The outcome of one that stands in for one drawn who is bound no more."""


def rules_on(
    day: date, mandates: QuerySet[Mandate] | None = None, *, with_arrears: bool = False
) -> list[Rule]:
    """The mandates in force on a day, as rules; `with_arrears`: and those of plans that were followed.

    What was overdue under such a plan is still to be done.
    """
    return [
        rule_of(mandate)
        for mandate in mandates_on(day, mandates)
        if mandate.enabled and mandate.valid_from <= day and stands(mandate, day, with_arrears=with_arrears)
    ]


def stands(mandate: Mandate, day: date, *, with_arrears: bool) -> bool:
    """Whether a mandate has not ended before a day, or (with arrears) leaves what was overdue to be done."""
    left = with_arrears and mandate.source == Source.PLAN.value
    return mandate.valid_to is None or mandate.valid_to >= day or left


@lru_cache(maxsize=1024)
def _formula(written: str) -> Formula:
    """A definition, read and checked once: every act asks for those of all mandates."""
    return Formula.from_dict(json.loads(written))


def rule_of(mandate: Mandate) -> Rule:
    """A mandate as the engine reads it."""
    organ = mandate.organ
    return Rule(
        key=mandate.pk or 0,
        code=mandate.code,
        source=Source(mandate.source),
        formula=_formula(json.dumps(mandate.formula, sort_keys=True)),
        reach=None if organ is None else Reach(organ.path or "-", organ.tree, tuple(organ.territories)),
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
        share=None if mandate.share is None else Fraction(mandate.share) / 100,
        responsible_level=mandate.responsible_level,
    )


@dataclass(frozen=True, slots=True)
class OrganFacts:
    """What the engine needs of an organ."""

    key: int
    path: str
    tree: str
    level: str


class Organs:
    """All organs, and which of them carries out a mandate for a subject."""

    def __init__(self, known: Iterable[Organ] = ()) -> None:
        """Those known already are not asked for; all are, when another one is met."""
        self.by_key = {
            organ.pk: OrganFacts(organ.pk, organ.path or "-", organ.tree, organ.level) for organ in known
        }
        self._by_path: dict[str, OrganFacts] = {}
        if not self.by_key:
            self._read_all()

    def _read_all(self) -> None:
        rows = Organ.objects.order_by("pk").values_list("pk", "path", "tree", "level")
        self.by_key = {pk: OrganFacts(pk, path or "-", tree, level) for pk, path, tree, level in rows}
        self._by_path = {organ.path: organ for organ in self.by_key.values()}

    def executing(self, responsible: int, levels: Collection[str]) -> tuple[int, bool]:
        """Who carries a mandate out: the responsible organ, or the nearest above it of a level asked for.

        Where there is none it stays with the responsible organ and is nobody's (True): organs below it may
        not inspect what it answers for.
        """
        organ = self.by_key[responsible]
        if not levels or organ.level in levels:
            return responsible, False
        if not self._by_path:
            self._read_all()
        steps = organ.path.rstrip(".").split(".")
        for length in range(len(steps) - 1, 0, -1):
            above = self._by_path.get(".".join(steps[:length]) + ".")
            if above is not None and above.level in levels:
                return above.key, False
        return responsible, True

    def facts_of(self, row: Mapping[str, object] | Subject) -> Facts:
        """What a subject, or what held of it from a day until a day, is judged by."""
        value = row.get if isinstance(row, Mapping) else lambda name: getattr(row, name, None)
        key = int(str(value("responsible_organ_id")))
        if key not in self.by_key:
            self._read_all()
        organ = self.by_key[key]
        valid_from, valid_to = value("valid_from"), value("valid_to")
        flags = value("flags")
        assert isinstance(flags, list | tuple | set | frozenset)
        return Facts(
            subject_type=str(value("subject_type")),
            flags=frozenset(flags),
            risk_grade=str(value("risk_grade")),
            in_production=bool(value("in_production")),
            division_code=str(value("division_code")),
            organ_path=organ.path,
            organ_tree=organ.tree,
            closed=value("closed_on") is not None,
            valid_from=valid_from if isinstance(valid_from, date) else date.min,
            valid_to=valid_to if isinstance(valid_to, date) else None,
        )


def histories(organs: Organs, subject_ids: Collection[int], day: date) -> dict[int, list[Facts]]:
    """By subject, what held of it before what holds on a day, in order; only spans that have ended."""
    found: dict[int, list[Facts]] = defaultdict(list)
    for row in versions_ended_before(day).filter(subject_id__in=subject_ids).values():
        found[row["subject_id"]].append(organs.facts_of(row))
    for spans in found.values():
        spans.sort(key=lambda facts: facts.valid_from)
    return found


def acts_about(subject_ids: Collection[int], first: date, last: date) -> dict[int, list[DoneAct]]:
    """By subject, the concluded inspections claimed between two days, the oldest first."""
    rows = acts_between("inspection.concluded", first, last).filter(subject_id__in=subject_ids)
    found: dict[int, list[DoneAct]] = defaultdict(list)
    for subject_id, claimed_at, facts, pk in rows.order_by("claimed_at").values_list(
        "subject_id", "claimed_at", "facts", "pk"
    ):
        if subject_id is not None:
            act = DoneAct(
                local_date(claimed_at), facts.get("inspection_kind", ""), facts.get("organ_level", ""), pk
            )
            found[subject_id].append(act)
    return found


def first_day_read(rules: Iterable[Rule], day: date) -> date:
    """The earliest day whose acts can matter for any of some mandates on a day."""
    first = day
    for rule in rules:
        period = rule.formula.period
        assert period is not None
        start = period.bounds(rule.ended_on(day) or day)[0]
        first = min(first, rule.valid_from, start)
        if period.unit not in ("rolling_years", "window"):
            first = min(first, period.bounds(date.fromordinal(start.toordinal() - 1))[0])
    return first


def drawn_subjects(
    rules: Iterable[Rule], day: date, subject_ids: Collection[int] | None = None
) -> set[tuple[int, int]]:
    """Mandate and subject of everybody drawn for the period that contains a day, or the end of a mandate."""
    drawn: set[tuple[int, int]] = set()
    by_day: dict[date, list[int]] = defaultdict(list)
    for rule in rules:
        if rule.share is not None:
            by_day[rule.ended_on(day) or day].append(rule.key)
    for on, keys in by_day.items():
        entries = DrawEntry.objects.filter(
            outcome__in=[DRAWN, STAND_IN],
            draw__period_start__lte=on,
            draw__period_end__gte=on,
            draw__mandate__in=keys,
        ).order_by()
        if subject_ids is not None:
            entries = entries.filter(subject_id__in=subject_ids)
        drawn |= set(entries.values_list("draw__mandate_id", "subject_id"))
    return drawn
