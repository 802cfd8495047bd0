"""Holds the duties that the mandates room counts against the truth of a simulated province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from yaojian.oversight.mandates.facade import Standing, load_mandates, recount
from yaojian.registers.enterprises.facade import Subject, as_they_were
from yaojian.simulator.provinces.loading import Simulation

Lines = Sequence[Mapping[str, Any]]
Counts = Mapping[tuple[str, str], Counter[str]]
NO_TRUTH: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class DutiesFound:
    """What the truth says of a mandate for an organ on a day, and what the installation counts."""

    mandate: str
    organ: str
    as_of: str
    expected: Mapping[str, int]
    counted: Mapping[str, int]


def duties_found(lines: Lines, simulation: Simulation, *, all_mandates: bool) -> Iterator[DutiesFound]:
    """Each line of the truth that knows duties, with what the installation counts on its day.

    With `all_mandates`, also every mandate that binds somebody of the province and is not in the truth. The
    duties of a day are counted and rolled back: an installation keeps those of today.
    """
    known = {_mandate(line) for line in lines}
    for day in sorted({line["as_of"] for line in lines}):
        counts = _counted(date.fromisoformat(day), simulation)
        for line in lines:
            if line["as_of"] == day:
                expected = line.get("duties") or line["asked"]
                found = counts.get((_mandate(line), line["organ"]), Counter())
                yield DutiesFound(
                    _mandate(line), line["organ"], day, expected, {name: found[name] for name in expected}
                )
        if all_mandates:
            for code in sorted({code for code, _organ in counts} - known):
                top = simulation.province.organ
                yield DutiesFound(code, top, day, NO_TRUTH, counts[code, top])


def _mandate(line: Mapping[str, Any]) -> str:
    return str(line.get("mandate") or line["key"])


def _counted(day: date, simulation: Simulation) -> Counts:
    """By mandate and organ: duties met, due and overdue, who can be drawn for a share and was inspected."""
    here = Subject.objects.filter(division_code__startswith=simulation.province.region)
    places = dict(as_they_were(here, day).order_by().values_list("pk", "division_code"))
    counts: dict[tuple[str, str], Counter[str]] = {}
    with transaction.atomic():
        load_mandates(on=day)
        recount(day)
        rows = Standing.objects.order_by().values_list(
            "mandate__code", "mandate__share", "subject_id", "met", "due_on", "done"
        )
        for code, share, subject, met, due_on, done in rows.iterator(5_000):
            state = "met" if met else "overdue" if due_on < day else "due"
            words = _of_share(done) if share is not None else (state,)
            for organ in simulation.land.around(places.get(subject, "")):
                counts.setdefault((code, organ), Counter()).update(words)
        transaction.set_rollback(True)
    return counts


def _of_share(done: int) -> Collection[str]:
    return ("population", "inspected") if done else ("population",)
