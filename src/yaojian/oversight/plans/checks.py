"""Checks over a read pack that no single row can make: references, contradictions, doubles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from .errors import Problem, said
from .rows import Pack, Part, Row

FORMULA_CLASSES = ("indicator", "mandate")


def problems_of(pack: Pack) -> list[Problem]:
    """Everything that is wrong between the rows of a pack, and inside rows and parts."""
    name = pack.path.name
    problems = list(_doubles(pack, name))
    for row in pack.rows:
        problems += [Problem(name, row.id, *found) for found in _row(row, pack)]
        for part in row.parts:
            prefix = f"parts.{part.id}." if part.id else ""
            problems += [
                Problem(name, row.id, prefix + field, problem, cure)
                for field, problem, cure in (
                    *_part(part, row),
                    *_targets(part, pack),
                    *_reference(part, row, pack),
                )
            ]
    problems += [
        Problem(name, row_id, *found)
        for row_id, found in (*_composites(pack), *_weights(pack), *_findings(pack))
    ]
    return problems


Found = tuple[str, str, str]


def _doubles(pack: Pack, name: str) -> Iterator[Problem]:
    for row_id, times in Counter(row.id for row in pack.rows).items():
        if times > 1:
            yield Problem(
                name,
                row_id,
                "id",
                said("the id stands %(times)s times", times=times),
                said("give each row its own id"),
            )
    for finding_id, times in Counter(finding.id for finding in pack.findings).items():
        if times > 1:
            yield Problem(
                name,
                "",
                f"findings.{finding_id}",
                said("the id stands %(times)s times", times=times),
                said("give each finding its own id"),
            )


def _row(row: Row, pack: Pack) -> Iterator[Found]:
    if not row.id.startswith(f"{pack.plan.seed}-"):
        yield (
            "id",
            said("the id does not begin with the plan's number %(seed)s", seed=pack.plan.seed),
            said("write %(seed)s-NN", seed=pack.plan.seed),
        )
    for part_id, times in Counter(part.id for part in row.parts).items():
        if times > 1:
            yield (
                f"parts.{part_id}",
                said("the part stands %(times)s times", times=times),
                said("give each part its own letter"),
            )


def _part(part: Part, row: Row) -> Iterator[Found]:
    if part.same_as:
        if part.formula is not None or part.waits_for:
            yield (
                "same_as",
                said("a repetition carries a formula or data of its own"),
                said("remove formula and waits_for"),
            )
        return
    if part.klass in FORMULA_CLASSES and part.formula is None:
        yield (
            "formula",
            said("a part of class %(klass)s has no formula", klass=part.klass),
            said("write formula, or change the class"),
        )
    if part.klass == "baseline" and (part.formula is not None or part.waits_for):
        yield (
            "class",
            said("a baseline is history and carries no formula"),
            said("remove formula and waits_for"),
        )
    if part.klass == "mandate" and not part.responsible_level:
        yield (
            "responsible_level",
            said("a mandate without a responsible level"),
            said("write who must do it, e.g. county"),
        )
    if part.klass in ("entered", "milestone") and part.formula is not None and part.formula.computable:
        yield (
            "class",
            said("a part of class %(klass)s has a formula that computes", klass=part.klass),
            said("use indicator or mandate"),
        )
    if row.klass == "baseline" and part.klass != "baseline":
        yield (
            "class",
            said("a part of class %(klass)s in a baseline row", klass=part.klass),
            said("change the class of the row"),
        )
    period = part.formula.period if part.formula is not None and _is_duty(part) else None
    if period is not None and period.unit in ("day", "week"):
        yield (
            "formula.period.unit",
            said("nobody is inspected each day or each week"),
            said("use month, quarter, half_year, year, rolling_years or window"),
        )
    yield from _waiting(part)


def _waiting(part: Part) -> Iterator[Found]:
    if part.klass in (*FORMULA_CLASSES, "entered") and not part.computable and not part.waits_for:
        yield (
            "waits_for",
            said("the figure neither computes nor says what it waits for"),
            said("name the missing data keys"),
        )
    missing = [key for key in part.formula.data_keys() if key not in part.waits_for] if part.formula else []
    if missing:
        yield (
            "waits_for",
            said("the formula needs %(words)s", words=", ".join(missing)),
            said("add them to waits_for"),
        )


def _targets(part: Part, pack: Pack) -> Iterator[Found]:
    times = Counter(target.year if target.every is None else target.every for target in part.targets)
    for when, count in times.items():
        if count > 1:
            yield (
                "targets",
                said("%(count)s targets for %(when)s", count=count, when=when),
                said("keep one target for each year"),
            )
    for target in part.targets:
        if target.baseline:
            continue
        if _is_duty(part) and _no_share(target.value):
            yield (
                "targets",
                said("a duty asks for more than 0 and at most 100 percent"),
                said("write a value such as 35 or 100"),
            )
        if part.klass == "baseline":
            yield (
                "targets",
                said("a baseline row has a goal"),
                said("mark the figure `baseline: true` or change the class"),
            )
        if target.year is not None and not pack.plan.start <= target.year <= pack.plan.end:
            yield (
                "targets",
                said("%(year)s lies outside the plan", year=target.year),
                said("use a year from %(start)s to %(end)s", start=pack.plan.start, end=pack.plan.end),
            )


def _is_duty(part: Part) -> bool:
    """Whether inspections of subjects are due under it, in percent of the subjects."""
    formula = part.formula
    return (
        formula is not None
        and formula.shape == "coverage"
        and formula.act is not None
        and part.unit == "percent"
    )


def _no_share(value: object) -> bool:
    return isinstance(value, int | float) and not 0 < round(value, 2) <= 100


def _reference(part: Part, row: Row, pack: Pack) -> Iterator[Found]:
    if not part.same_as:
        return
    originals = [p for r in pack.rows for p in r.parts if part.same_as in (p.key, r.id)]
    if not originals or part.same_as == row.id:
        yield (
            "same_as",
            said("%(same_as)r is no other row or part of this pack", same_as=part.same_as),
            said("name an existing row"),
        )
    elif any(original.same_as for original in originals):
        yield (
            "same_as",
            said("%(same_as)s is itself a repetition", same_as=part.same_as),
            said("name the row that carries the formula"),
        )
    elif part.klass not in {original.klass for original in originals}:
        yield (
            "class",
            said("the class differs from %(same_as)s", same_as=part.same_as),
            said("write class: %(klass)s", klass=originals[0].klass),
        )


def _composites(pack: Pack) -> Iterator[tuple[str, Found]]:
    """Components that name no figure of the pack, and composites that are part of themselves."""
    parts = {part.key: part for part in pack.parts}
    inside = {
        part.key: [component.of for component in part.formula.components if component.of]
        for part in pack.parts
        if part.formula is not None
    }
    for key, others in inside.items():
        for other in others:
            if other not in parts or parts[other].formula is None:
                yield (
                    key,
                    (
                        "components",
                        said("there is no figure %(other)s with a formula", other=other),
                        said("name one of this pack"),
                    ),
                )
        if key in _reachable(key, inside):
            yield (
                key,
                (
                    "components",
                    said("the index is part of itself"),
                    said("remove it from its own components"),
                ),
            )


def _weights(pack: Pack) -> Iterator[tuple[str, Found]]:
    """Weights of an index that the plan gives: of all components, and 100 together."""
    for part in pack.parts:
        components = part.formula.components if part.formula is not None else ()
        given = [Fraction(str(one.weight)) for one in components if one.weight is not None]
        if given and len(given) < len(components):
            yield (
                part.key,
                (
                    "components",
                    said("some components have a weight and others have none"),
                    said("write the weight of each, or of none"),
                ),
            )
        elif given and sum(given) != 100:
            yield (
                part.key,
                (
                    "components",
                    said("the weights add up to %(sum)s, not to 100", sum=f"{float(sum(given)):g}"),
                    said("change them so that they add up to 100"),
                ),
            )


def _reachable(key: str, inside: dict[str, list[str]]) -> set[str]:
    """Every figure that is part of one, directly or through others."""
    found: set[str] = set()
    waiting = list(inside.get(key, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += inside.get(one, [])
    return found


def _findings(pack: Pack) -> Iterator[tuple[str, Found]]:
    known = {row.id for row in pack.rows}
    for finding in pack.findings:
        for row_id in finding.rows:
            if row_id not in known:
                yield (
                    "",
                    (
                        f"findings.{finding.id}.rows",
                        said("there is no row %(row_id)s", row_id=row_id),
                        said("name rows of this pack"),
                    ),
                )
    explained = {row_id for finding in pack.findings for row_id in finding.rows}
    for row in pack.rows:
        without = [p for p in row.parts if p.klass in FORMULA_CLASSES and not p.targets and not p.same_as]
        if without and row.id not in explained:
            yield (
                row.id,
                (
                    "targets",
                    said("no target and no finding that says why"),
                    said("write targets, or record a finding"),
                ),
            )
