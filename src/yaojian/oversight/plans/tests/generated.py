"""Random definitions: over acts, over data and registers, growth, composites and milestones."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.timekeeping import now
from yaojian.oversight.evaluations.models import Task
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.models import (
    CompositeWeights,
    Figure,
    Indicator,
    IndicatorVersion,
    Plan,
    PlanRow,
)
from yaojian.oversight.plans.packs import load_all
from yaojian.oversight.plans.reference import world as plain

TYPES = ["single_pharmacy", "chain_store", "drug_producer", "hospital"]
KINDS = ["routine", "full_item", "flight"]
LEVELS = ["province", "prefecture", "county"]
GROUPS = [
    "in_production",
    "essential_or_procured",
    "essential_or_equivalent",
    "special_cosmetic",
    "local_cosmetic",
    "local_essential",
    "recently_approved",
    "high_risk_cosmetic",
]
COMPONENTS = ["enterprise", "regulator", "industry"]


def over_acts(chance: random.Random) -> dict[str, Any]:
    """A definition over subjects and their inspections."""
    scope: dict[str, Any] = {"types": chance.sample(TYPES, chance.randint(1, 3))}
    if chance.random() < 0.3:
        scope["risk_grades"] = chance.sample(["II", "III", "IV"], 2)
    if chance.random() < 0.3:
        scope["flags_any"] = ["high_risk"]
    if chance.random() < 0.2:
        scope["in_production"] = chance.random() < 0.8
    act: dict[str, Any] = {"kind": "inspection.concluded"}
    if chance.random() < 0.5:
        act["inspection_kinds"] = chance.sample(KINDS, chance.randint(1, 2))
    if chance.random() < 0.5:
        act["organ_levels"] = chance.sample(LEVELS, chance.randint(1, 2))
    return {
        "shape": chance.choice(["coverage", "coverage", "closure", "count_acts"]),
        "scope": scope,
        "within": chance.choice(["territory", "responsibility"]),
        "act": act,
        "period": some_period(chance),
        "minimum": chance.choice([1, 1, 2]),
    }


def some_period(chance: random.Random) -> dict[str, Any]:
    """A calendar unit, the last years, or a window."""
    unit = chance.choice(["month", "quarter", "half_year", "year", "year", "rolling_years", "window"])
    if unit == "rolling_years":
        return {"unit": unit, "n": chance.randint(1, 3)}
    if unit == "window":
        return {"unit": unit, "start": f"202{chance.randint(1, 4)}-01-01", "end": "2025-12-31"}
    return {"unit": unit}


def over_registers(chance: random.Random) -> dict[str, Any]:
    """A definition over products, approvals, pharmacists, inspectors or teams: a number, share or growth."""
    measure, select = chance.choice(
        [
            ("products", {}),
            ("products", {"group": [chance.choice(GROUPS)]}),
            ("products", {"group": [chance.choice(GROUPS)]}),
            ("equivalence_approvals", {}),
            ("licensed_pharmacists", {}),
            ("inspector_registry", {"level": [chance.choice(["national", "province"])]}),
            ("inspector_registry", {"field": chance.sample(["drug", "device", "cosmetic"], 2)}),
            ("inspection_teams", {}),
            ("inspection_teams", {"employment": ["full_time"]}),
        ]
    )
    period = {"period": some_period(chance)} if chance.random() < 0.6 else {}
    yearly = period or {"period": {"unit": "year"}}
    written = {"measure": measure, "select": select, **period}
    match chance.choice(["count", "count", "growth", "per_head", "share", "sampled"]):
        case "growth":
            return {"shape": "growth", **written, "base_year": chance.choice([2022, 2023, 2024])}
        case "per_head":
            return {"shape": "rate_per_population", **written, "over": "population", "per": 10_000}
        case "share":
            having = {"employment": ["full_time"]}
            return {"shape": "structure_share", "measure": "inspection_teams", "having": having, **yearly}
        case "sampled":
            group = {"group": [chance.choice(GROUPS)], "counted": ["products"]}
            return {"shape": "coverage", "measure": "samples", "over": "products", "select": group, **yearly}
    return {"shape": "count", **written}


def over_statements(chance: random.Random) -> dict[str, Any]:
    """A definition over what organs state, with any period: an amount, what each organ has, a growth."""
    item = chance.choice(["drug_output", "device_output"])
    written = {"measure": "industry_statistics", "select": {"item": [item]}}
    if chance.random() < 0.7:
        written["period"] = some_period(chance)
    match chance.choice(["amount", "growth", "each", "share_of_organs"]):
        case "growth":
            return {"shape": "growth", **written, "base_year": chance.choice([2020, 2023, 2024])}
        case "each":
            return {"shape": "count", "measure": "drills", "each": chance.choice(LEVELS)}
        case "share_of_organs":
            level = {"each": chance.choice(LEVELS), "minimum": chance.choice([1, 40, 80])}
            return {"shape": "coverage", "measure": "drills", **level, "period": some_period(chance)}
    return {"shape": "amount", **written}


def from_packs() -> list[tuple[Formula, str]]:
    """Every definition of the five plans that does not count acts, with its unit, once."""
    found = {}
    for pack in load_all():
        for part in pack.parts:
            if part.formula is not None and part.formula.act is None:
                found[part.formula.digest, part.unit] = (part.formula, part.unit)
    return list(found.values())


@dataclass(frozen=True)
class Asked:
    """A definition under a figure's key, in a unit."""

    key: str
    formula: Formula
    unit: str


class Figures:
    """Figures that others refer to: composites of figures and entered scores, weights and milestones."""

    def __init__(self, chance: random.Random, organs: list[Organ], by: int, other: int) -> None:
        self.chance, self.organs, self.by, self.other = chance, organs, by, other
        self.plain: dict[str, tuple[Formula, str]] = {}
        self.weights: list[plain.Weights] = []
        self.milestones: list[plain.Milestone] = []
        plan = Plan.objects.create(
            code="g",
            seed="901",
            organ=organs[0],
            start_year=2021,
            end_year=2025,
            fingerprint="0",
            loaded_at=now(),
        )
        self._row = PlanRow.objects.create(plan=plan, row_id="901-01", position=0, line=1)

    def write(self, parts: list[Formula]) -> list[Asked]:
        """Two composites, the second of which is made of the first, and two milestones."""
        asked = [self._figure(f"901-0{number}", part, "percent") for number, part in enumerate(parts)]
        inner = self._composite("901-C1", [one.key for one in asked])
        return [inner, self._composite("901-C2", ["901-C1"]), *(self._milestone(f"901-M{n}") for n in (1, 2))]

    def _figure(self, key: str, formula: Formula, unit: str) -> Asked:
        Figure.objects.create(
            row=self._row, key=key, position=0, klass="indicator", unit=unit, formula=formula.to_dict()
        )
        self.plain[key] = (formula, unit)
        return Asked(key, formula, unit)

    def _composite(self, key: str, of: list[str]) -> Asked:
        codes = [*of, *self.chance.sample(COMPONENTS, 1)]
        weighted = self.chance.random() < 0.5
        components = [
            {"code": code, "zh": code, "en": code}
            | ({"weight": self.chance.choice([10, 25.5, 40])} if weighted else {})
            | ({"of": code} if code in of else {})
            for code in codes
        ]
        asked = self._figure(
            key, Formula.from_dict({"shape": "composite", "components": components}), "percent"
        )
        if not weighted:
            self._decide(asked, codes)
        return asked

    def _decide(self, asked: Asked, codes: list[str]) -> None:
        indicator = Indicator.objects.create(title_zh=asked.key, title_en=asked.key, shape="composite")
        digest = asked.formula.digest
        IndicatorVersion.objects.create(
            indicator=indicator, number=1, digest=digest, formula=asked.formula.to_dict(), defined_at=now()
        )
        for number in range(1, self.chance.randint(1, 3)):
            since = date(self.chance.randint(2022, 2026), self.chance.randint(1, 12), 1)
            parts = {code: Fraction(self.chance.randint(1, 60)) for code in codes}
            self.weights.append(plain.Weights(asked.key, since, parts))
            CompositeWeights.objects.create(
                indicator=indicator,
                number=number,
                weights={code: str(part) for code, part in parts.items()},
                valid_from=since,
                reason="…",
                proposed_in=self.organs[0],
                proposed_by_id=self.by,
                proposed_at=now(),
                state="approved",
            )

    def _milestone(self, key: str) -> Asked:
        for organ in self.chance.sample(self.organs, self.chance.randint(0, 3)):
            day = date(self.chance.randint(2022, 2025), self.chance.randint(1, 12), 5)
            done, confirmed, cancelled = (self.chance.random() < often for often in (0.9, 0.9, 0.1))
            giver = self.chance.choice((self.organs[0], organ))
            by_owner = giver == self.organs[0]
            self.milestones.append(
                plain.Milestone(key, organ.pk, day if done else None, confirmed, cancelled, by_owner)
            )
            Task.objects.create(
                kind="milestone",
                figure_key=key,
                plan_code="g",
                organ=organ,
                assigned_in=giver,
                assigned_by_id=self.by,
                assigned_at=now(),
                starts_on=date(2021, 1, 1),
                ends_on=date(2025, 12, 31),
                state="cancelled" if cancelled else "open",
                done_on=day if done else None,
                reported_by_id=self.by,
                confirmed_by_id=self.other if confirmed else None,
            )
        return Asked(key, Formula.from_dict({"shape": "milestone"}), "milestone")
