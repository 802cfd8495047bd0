"""Holds the duties that the mandates room counts against the truth of a simulated province."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from yaojian.oversight.mandates.facade import Standing, load_mandates, recount
from yaojian.registers.enterprises.facade import Subject, as_they_were
from yaojian.simulator.provinces.loading import Simulation

Lines = Sequence[Mapping[str, Any]]


def duties_found(
    lines: Lines, simulation: Simulation
) -> Iterator[tuple[Mapping[str, Any], Mapping[str, int]]]:
    """Each line of the truth that knows duties, with what the installation counts on its day.

    The duties of a day are counted and rolled back: an installation keeps those of today.
    """
    wanted = [line for line in lines if "duties" in line]
    for day in sorted({line["as_of"] for line in wanted}):
        found = _counted(date.fromisoformat(day), simulation, {line["key"] for line in wanted})
        for line in wanted:
            if line["as_of"] == day:
                counts = found[line["key"], line["organ"]]
                yield line, {state: counts[state] for state in ("met", "due", "overdue")}


def _counted(
    day: date, simulation: Simulation, keys: Collection[str]
) -> Mapping[tuple[str, str], Counter[str]]:
    here = Subject.objects.filter(division_code__startswith=simulation.province.region)
    places = dict(as_they_were(here, day).order_by().values_list("pk", "division_code"))
    counts: dict[tuple[str, str], Counter[str]] = {
        (key, organ): Counter() for key in keys for organ in simulation.land.figure_organs
    }
    with transaction.atomic():
        load_mandates(on=day)
        recount(day)
        rows = Standing.objects.filter(mandate__code__in=keys).order_by()
        for key, subject, met, due_on in rows.values_list(
            "mandate__code", "subject_id", "met", "due_on"
        ).iterator(5_000):
            state = "met" if met else "overdue" if due_on < day else "due"
            for organ in simulation.land.around(places.get(subject, "")):
                counts[key, organ][state] += 1
        transaction.set_rollback(True)
    return counts
