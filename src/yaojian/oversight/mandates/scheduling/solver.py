"""Placing the visits of one organ in the weeks of a year, by min-cost flow. Pure.

A week's room is that of its teams one by one: a visit is one team's, and half days left over with several
teams are not added up. Visits alike in span and length form a group. Groups of the longest visits come
first; for each length one flow is solved: from groups to the weeks of their spans, from each week to the end
over arcs whose cost grows with the week's load, so that weeks fill evenly. Where a span has no room, visits
stay unplaced: that costs more than any week. The flow is whole and the best for its length; between lengths
it is a rule of thumb (the long ones are the hardest to place). The same input gives the same weeks and teams.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 20
"""Into how many parts a week's room is cut for the growing cost."""
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
    """The week and the team (from 1 on) of each task (None: no room), and what each team has left by week."""

    weeks: tuple[int | None, ...]
    teams: tuple[int | None, ...]
    left: tuple[tuple[int, ...], ...]

    def has_room(self, week: int, half_days: int) -> bool:
        """Whether some team could take one more visit in a week."""
        return max(self.left[week], default=0) >= half_days


def place(tasks: Sequence[Task], per_team: Sequence[int], teams: int) -> Placement:
    """Place tasks into weeks in which each team has so many half days. Raises ValueError for a wrong span."""
    left = [[half_days] * teams for half_days in per_team]
    weeks: list[int | None] = [None] * len(tasks)
    crews: list[int | None] = [None] * len(tasks)
    by_length: dict[int, dict[tuple[int, int], list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, task in enumerate(tasks):
        if not 0 <= task.first <= task.last < len(per_team):
            raise ValueError("a visit's span lies within the weeks of the schedule")
        by_length[task.half_days][task.first, task.last].append(number)
    for length in sorted(by_length, reverse=True):
        groups = sorted(by_length[length].items())
        shares = _flow([(span, len(members)) for span, members in groups], length, per_team, left)
        for (_span, members), placed in zip(groups, shares, strict=True):
            waiting = iter(sorted(members, key=lambda number: tasks[number].order))
            for week, number in sorted(placed.items()):
                for _n in range(number):
                    member = next(waiting)
                    weeks[member], crews[member] = week, _take(left[week], length)
    return Placement(tuple(weeks), tuple(crews), tuple(map(tuple, left)))


def _take(left: list[int], half_days: int) -> int:
    """Give a visit to the team with the most left; its number (from 1 on)."""
    team = max(range(len(left)), key=lambda n: (left[n], -n))
    left[team] -= half_days
    return team + 1


def _flow(
    groups: Sequence[tuple[tuple[int, int], int]],
    length: int,
    per_team: Sequence[int],
    left: Sequence[Sequence[int]],
) -> list[dict[int, int]]:
    """How many of each group go into which week."""
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    end = len(groups) + len(per_team)
    room = [sum(half_days // length for half_days in teams) for teams in left]
    arcs: dict[int, tuple[int, int]] = {}
    for place_, ((first, last), number) in enumerate(groups):
        flow.set_node_supply(place_, number)
        for week in range(first, last + 1):
            if room[week]:
                arc = flow.add_arc_with_capacity_and_unit_cost(place_, len(groups) + week, number, 0)
                arcs[arc] = (place_, week)
        flow.add_arc_with_capacity_and_unit_cost(place_, end, number, UNPLACED)
    for week, half_days in enumerate(per_team):
        if room[week]:
            capacity = half_days * len(left[week])
            used = capacity - sum(left[week])
            _week_arcs(flow, (len(groups) + week, end), length, room[week], used, capacity)
    flow.set_node_supply(end, -sum(number for _span, number in groups))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("the flow has no solution although every visit may stay unplaced")
    shares: list[dict[int, int]] = [{} for _group in groups]
    for arc, (group, week) in arcs.items():
        if amount := int(flow.flow(arc)):
            shares[group][week] = amount
    return shares


def _week_arcs(flow: object, arc: tuple[int, int], length: int, room: int, used: int, capacity: int) -> None:
    """Arcs out of a week, dearer the fuller it is: what is fullest for its size gives way first."""
    step = max(1, -(-room // STEPS))
    for start in range(0, room, step):
        amount = min(step, room - start)
        share = (used + (start + amount) * length) / capacity
        flow.add_arc_with_capacity_and_unit_cost(*arc, amount, int(10_000 * share))  # type: ignore[attr-defined]


def too_long(task: Task, per_team: Sequence[int]) -> bool:
    """Whether a visit takes longer than a team has in any week of its span: more teams would not help."""
    return task.half_days > max(per_team[task.first : task.last + 1])


def more_teams(tasks: Sequence[Task], per_team: Sequence[int], teams: int) -> int:
    """How many teams more place all that is not too long: the fewest, or up to an eighth more than those."""
    asked = [task for task in tasks if not too_long(task, per_team)]
    more = _at_least(asked, per_team, teams)
    while None in place(asked, per_team, teams + more).weeks:
        more += max(1, more // 8)
    return more


def _at_least(tasks: Sequence[Task], per_team: Sequence[int], teams: int) -> int:
    """Without how many teams more some stretch of weeks has fewer half days than its work."""
    weeks = len(per_team)
    work = [[0] * weeks for _week in range(weeks)]
    for task in tasks:
        work[task.first][task.last] += task.half_days
    most = 0
    for last in range(weeks):
        inside = each = 0
        for first in range(last, -1, -1):
            inside += sum(work[first][: last + 1])
            each += per_team[first]
            if inside > teams * each:
                most = max(most, -(-inside // each) - teams)
    return most
