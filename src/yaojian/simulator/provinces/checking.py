"""Holds an installation's figures against the truth file of a simulated province, and names who differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from yaojian.foundation.accounts.facade import Organ, organ_by_code, organs_within
from yaojian.oversight.plans.facade import (
    FigureValue,
    figures_in_plan,
    groups,
    plan_by_code,
    values_at,
)
from yaojian.simulator.provinces.checking_duties import DutiesFound, duties_found
from yaojian.simulator.provinces.counting import is_meant, period_of, qualifies
from yaojian.simulator.provinces.facts import province
from yaojian.simulator.provinces.lives import Life
from yaojian.simulator.provinces.loading import Simulation
from yaojian.simulator.provinces.plan_text import Wanted, figures
from yaojian.simulator.provinces.truth_file import read_truth
from yaojian.simulator.working_time import BEIJING

NAMED = 10
"""So many subjects are named for a difference."""


@dataclass(slots=True)
class Difference:
    """A figure that is not what the truth says: for which organ and day, what was expected and found.

    `missing` and `surplus` are codes of subjects that the truth counts and the installation does not, and
    the other way round, by group ("members", "reached").
    """

    plan: str
    key: str
    organ: str
    as_of: str
    what: str
    expected: Any
    found: Any
    missing: dict[str, list[str]] = field(default_factory=dict)
    surplus: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checked:
    """How many values were compared, and those that differ."""

    compared: int
    differences: Sequence[Difference]


def check_truth(
    path: Path,
    *,
    levels: Collection[str] = ("province", "branch", "prefecture"),
    keys: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
) -> Checked:
    """Compare what the installation computes with a truth file; all levels of organs, or some.

    The plan's own organ is always compared. `keys` narrows to some figures. For each coverage that differs,
    the lives are made again and the subjects that differ are named.
    """
    head, lines = read_truth(path)
    simulation = Simulation(
        province(
            head["province"], seed=head["seed"], share=head["share"], until=date.fromisoformat(head["until"])
        )
    )
    top = simulation.province.organ
    chosen = {organ.code for organ in simulation.land.organs if organ.level in levels} | {top}
    expected: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    mandates: list[Mapping[str, Any]] = []
    for line in lines:
        if line["organ"] in chosen and (not keys or line.get("key", line.get("mandate")) in keys):
            if "mandate" in line:
                mandates.append(line)
            else:
                expected[line["organ"]].append(line)
    differences: list[Difference] = []
    compared = 0
    for code, wanted in expected.items():
        differences += _differences(wanted, organ_by_code(code), simulation)
        compared += len(wanted)
        if progress:
            progress(compared)
    asking = [line for own in expected.values() for line in own if "duties" in line]
    for duty in duties_found([*asking, *mandates], simulation, all_mandates=not keys):
        compared += 1
        if duty.expected != duty.counted:
            differences.append(_of_duty(simulation.province.plan, duty))
    _name_subjects(simulation, [d for d in differences if d.what == "value"])
    return Checked(compared, differences)


def _of_duty(plan: str, duty: DutiesFound) -> Difference:
    return Difference(
        plan, duty.mandate, duty.organ, duty.as_of, "duties", dict(duty.expected), dict(duty.counted)
    )


def _differences(
    lines: Sequence[Mapping[str, Any]], organ: Organ, simulation: Simulation
) -> Iterator[Difference]:
    """What an organ's figures are not as they should be, on all days."""
    plan = simulation.province.plan
    packed = {one.key: one.digest for one in figures(plan)}
    wanted = {line["key"] for line in lines}
    known = {figure.key: figure for figure in figures_in_plan(plan_by_code(plan)) if figure.key in wanted}
    days = sorted({date.fromisoformat(line["as_of"]) for line in lines})
    values = values_at(list(known.values()), [(organ, day) for day in days], fresh=True)
    codes = {one.id: one.code for one in organs_within(organ.pk, days[-1])}
    for line in lines:
        found: Mapping[str, Any]
        if line["key"] not in known or packed.get(line["key"]) != line["formula"]:
            what, found = "formula", {"formula": packed.get(line["key"])}
        else:
            value = values[organ.pk, date.fromisoformat(line["as_of"])][line["key"]]
            what, found = "value", _found(line, value, codes)
        expected = {name: line[name] for name in found}
        if expected != found:
            yield Difference(plan, line["key"], line["organ"], line["as_of"], what, expected, dict(found))


def _found(line: Mapping[str, Any], value: FigureValue, codes: Mapping[int, str]) -> Mapping[str, Any]:
    """What the installation says, in the words of the truth file and as far as that speaks of it."""
    outcome = value.outcome
    said = {
        "state": outcome.state.value,
        "number": None if outcome.number is None else str(outcome.number),
        "numerator": str(outcome.numerator),
        "denominator": str(outcome.denominator),
        "excluded": {reason.value: number for reason, number in outcome.excluded.items() if number},
        "late": int(outcome.late),
        "grade": outcome.grade,
        "sample_size": outcome.sample_size,
        "missing": sorted(
            {
                f"{lack.datum} {codes.get(lack.organ_id, lack.organ_id)}{_days(lack.days)}"
                for lack in outcome.lacks
            }
        ),
    }
    # Parts that have no meaning for a figure stand as null in the truth.
    silent = {name for name in ("numerator", "denominator") if line[name] is None}
    return {name: value for name, value in said.items() if name in line and name not in silent}


def _days(days: Sequence[date]) -> str:
    return f" {days[0]}/{days[1]}" if days else ""


def _name_subjects(simulation: Simulation, differences: Sequence[Difference]) -> None:
    """Add to each coverage by inspections that differs the subjects on which truth and installation part."""
    wanted = {one.key: one for one in figures(simulation.province.plan)}
    asked = [
        d
        for d in differences
        if wanted[d.key].formula["shape"] == "coverage" and "act" in wanted[d.key].formula
    ]
    if not asked:
        return
    truth: dict[int, dict[str, set[str]]] = defaultdict(lambda: {"members": set(), "reached": set()})
    for life in simulation.lives():
        for number, difference in enumerate(asked):
            for group in _groups_of(life, wanted[difference.key], difference, simulation):
                truth[number][group].add(life.code)
    for number, difference in enumerate(asked):
        held = _held(difference, organ_by_code(difference.organ))
        for group in ("members", "reached"):
            missing, surplus = truth[number][group] - held[group], held[group] - truth[number][group]
            if missing:
                difference.missing[group] = sorted(missing)[:NAMED]
            if surplus:
                difference.surplus[group] = sorted(surplus)[:NAMED]


def _groups_of(life: Life, wanted: Wanted, difference: Difference, simulation: Simulation) -> Iterable[str]:
    """Whether a life is a member of a figure on a day for an organ, and whether it is reached."""
    day = date.fromisoformat(difference.as_of)
    state = life.state_on(day)
    formula = wanted.formula
    if state is None or not is_meant(formula["scope"], state):
        return ()
    if difference.organ not in simulation.land.around(state.place):
        return ()
    start, end = period_of(formula["period"], day)
    if life.is_closed_on(day) or life.opened_on > start:
        return ()
    days = [visit.at.astimezone(BEIJING).date() for visit in life.visits if qualifies(formula["act"], visit)]
    seen = sum(1 for on in days if start <= on <= min(end, day))
    return ("members", "reached") if seen >= formula.get("minimum", 1) else ("members",)


def _held(difference: Difference, organ: Organ) -> Mapping[str, set[str]]:
    """The codes that the installation counts as members and as reached."""
    plan = plan_by_code(difference.plan)
    figure = next(one for one in figures_in_plan(plan) if one.key == difference.key)
    found = groups(figure, organ, date.fromisoformat(difference.as_of))
    codes = {group.code: set(group.subjects.values_list("code", flat=True)) for group in found}
    return {"members": codes["open"] | codes["reached"], "reached": codes["reached"]}
