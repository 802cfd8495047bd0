"""Placing the visits of one organ in the weeks of a year, by min-cost flow. Pure.

Visits alike in span and length form a group. Groups of the longest visits come first; for each length one
flow is solved: from groups to the weeks of their spans, from each week to the end over arcs whose cost grows
with the week's load, so that weeks fill evenly. Where a span has no room, visits stay unplaced: that costs
more than any week. The flow is whole and the best for its length; between lengths it is a rule of thumb
(the long ones are the hardest to place). The same input gives the same weeks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 20
"""Into how many parts a week's capacity is cut for the growing cost."""
UNPLACED = 1_000_000


@dataclass(frozen=True, slots=True)
class Task:
    """A visit to be placed: its weeks (places in the year, inclusive), its length, its order among equals."""

    first: int
    last: int
    half_days: int
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """The week of each task (None: no room), and what is left of each week."""

    weeks: tuple[int | None, ...]
    left: tuple[int, ...]


def place(tasks: Sequence[Task], capacity: Sequence[int]) -> Placement:
    """Place tasks into weeks of given capacity (half days of a team). Raises ValueError for a wrong span."""
    left = list(capacity)
    weeks: list[int | None] = [None] * len(tasks)
    by_length: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, task in enumerate(tasks):
        if not 0 <= task.first <= task.last < len(capacity):
            raise ValueError("a visit's span lies within the weeks of the schedule")
        by_length[task.half_days][task.first, task.last].append(number)
    for length in sorted(by_length, reverse=True):
        groups = sorted(by_length[length].items())
        shares = _flow([(span, len(members)) for span, members in groups], length, capacity, left)
        for (_span, members), placed in zip(groups, shares, strict=True):
            waiting = sorted(members, key=lambda number: tasks[number].order)
            for week, number in sorted(placed.items()):
                for member in waiting[:number]:
                    weeks[member] = week
                waiting = waiting[number:]
                left[week] -= number * length
    return Placement(tuple(weeks), tuple(left))


def _flow(
    groups: Sequence[tuple[tuple[int, int], int]], length: int, capacity: Sequence[int], left: Sequence[int]
) -> list[dict[int, int]]:
    """How many of each group go into which week."""
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    end = len(groups) + len(capacity)
    arcs: dict[int, tuple[int, int]] = {}
    for place_, ((first, last), number) in enumerate(groups):
        flow.set_node_supply(place_, number)
        for week in range(first, last + 1):
            if left[week] >= length:
                arc = flow.add_arc_with_capacity_and_unit_cost(place_, len(groups) + week, number, 0)
                arcs[arc] = (place_, week)
        flow.add_arc_with_capacity_and_unit_cost(place_, end, number, UNPLACED)
    for week in range(len(capacity)):
        _week_arcs(flow, len(groups) + week, end, length, capacity[week], left[week])
    flow.set_node_supply(end, -sum(number for _span, number in groups))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("the flow has no solution although every visit may stay unplaced")
    shares: list[dict[int, int]] = [{} for _group in groups]
    for arc, (group, week) in arcs.items():
        if amount := int(flow.flow(arc)):
            shares[group][week] = amount
    return shares


def _week_arcs(flow: object, week: int, end: int, length: int, capacity: int, left: int) -> None:
    """Arcs out of a week, dearer the fuller it is: what is fullest for its size gives way first."""
    room = left // length
    if room <= 0:
        return
    step = max(1, -(-room // STEPS))
    used = capacity - left
    for start in range(0, room, step):
        amount = min(step, room - start)
        share = (used + (start + amount) * length) / capacity
        flow.add_arc_with_capacity_and_unit_cost(week, end, amount, int(10_000 * share))  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Teams:
    """Visits of one week shared out among teams of two: the least loaded team takes the next."""

    loads: list[int]

    @classmethod
    def of(cls, number: int) -> Teams:
        """So many teams without work."""
        return cls([0] * number)

    def take(self, half_days: int) -> int:
        """The number of the team (from 1 on) that takes a visit."""
        team = min(range(len(self.loads)), key=lambda n: (self.loads[n], n))
        self.loads[team] += half_days
        return team + 1


def more_teams(tasks: Sequence[Task], capacity: Sequence[int], per_team: Sequence[int]) -> int:
    """How many teams more each stretch of weeks would have room for its work; 0 where it has."""
    weeks = len(capacity)
    work = [[0] * weeks for _week in range(weeks)]
    for task in tasks:
        work[task.first][task.last] += task.half_days
    most = 0
    for last in range(weeks):
        inside = room = each = 0
        for first in range(last, -1, -1):
            inside += sum(work[first][: last + 1])
            room += capacity[first]
            each += per_team[first]
            if inside > room:
                most = max(most, -(-(inside - room) // each) if each else 0)
    return most
