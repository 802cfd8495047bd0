"""What registers and inspection files hold, counted one by one: people, teams, products. Pure.

Whose they are is settled by where a subject stood on the day: a pharmacist's by the one she is registered
at, a product's by its holder or one of its producers. Inspectors and teams are those of an organ and all
below it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from ..cells import Cell
from ..definitions import Period
from .world import Organ, Product, Registration, Subject, World

SINCE_EVER = date(1990, 1, 1)
FLAGS_OF_GROUPS = {
    "essential_or_procured": {"essential", "centrally_procured"},
    "essential_or_equivalent": {"essential", "consistency_passed"},
    "equivalent": {"consistency_passed"},
    "special_cosmetic": {"special_cosmetic"},
    "local_essential": {"essential"},
    "high_risk_cosmetic": {"high_risk"},
}


def held(world: World, organ: Organ, cell: Cell, period: Period | None, as_of: date) -> int:
    """How many there are on the data date or a period's last day; in a window, how many more than before it.

    Members of teams are those of the inspections concluded in the period.
    """
    start, end = period.bounds(as_of) if period is not None else (SINCE_EVER, as_of)
    end = min(end, as_of)
    if cell.datum == "inspection_teams":
        return _team_members(world, organ, cell, start, end)
    there = _held_on(world, organ, cell, end)
    if period is not None and period.unit == "window":
        there -= _held_on(world, organ, cell, start - timedelta(days=1))
    return there


def _held_on(world: World, organ: Organ, cell: Cell, day: date) -> int:
    match cell.datum:
        case "licensed_pharmacists":
            return sum(pharmacists_of_subjects(world, organ, day).values())
        case "inspector_registry":
            return _inspectors(world, organ, cell, day)
        case "equivalence_approvals":
            return sum(_counts(world, organ, one, "equivalent", day) for one in world.products)
        case "products":
            groups = dict(cell.dims).get("group", ("",))
            return sum(_counts(world, organ, one, groups[0], day) for one in world.products)
    raise KeyError(cell.datum)


def is_on_land(world: World, organ: Organ, subject: Subject) -> bool:
    """Whether a subject, as some days had it, stands on an organ's land and its organ is of the same tree."""
    on_land = any(subject.division.startswith(land) for land in organ.territories)
    return on_land and world.organ(subject.organ_id).tree == organ.tree


def _subjects_on_land(world: World, organ: Organ, day: date) -> set[int]:
    return {
        one.id
        for one in world.subjects
        if _holds(one.valid_from, one.valid_to, day) and is_on_land(world, organ, one)
    }


def _holds(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


def pharmacists_of_subjects(world: World, organ: Organ, day: date) -> Counter[int]:
    """How many pharmacists are registered at each subject on an organ's land on a day."""
    here = _subjects_on_land(world, organ, day)
    return Counter(
        one.subject_id
        for one in world.pharmacists
        if one.subject_id in here and _holds(one.valid_from, one.valid_to, day)
    )


def _inspectors(world: World, organ: Organ, cell: Cell, day: date) -> int:
    own = {one.id for one in world.below(organ.id)}
    dims = dict(cell.dims)
    return sum(
        one.organ_id in own
        and one.level in dims.get("level", (one.level,))
        and one.field in dims.get("field", (one.field,))
        and _holds(one.valid_from, one.valid_to, day)
        for one in world.inspectors
    )


def _team_members(world: World, organ: Organ, cell: Cell, first: date, last: date) -> int:
    own = {one.id for one in world.below(organ.id)}
    only_full_time = bool(cell.dims)
    return sum(
        one.organ_id in own and first <= one.day <= last and (one.full_time or not only_full_time)
        for one in world.team_members
    )


def _counts(world: World, organ: Organ, product: Product, group: str, day: date) -> bool:
    """Whether a product is valid on a day, of somebody on the land, and of a group."""
    if product.approved_on > day:
        return False
    said = next(one for one in product.said if _holds(one.valid_from, one.valid_to, day))
    makers = _makers(product, day)
    here = _subjects_on_land(world, organ, day)
    if said.holder_id not in here and not here & {one.subject_id for one in makers}:
        return False
    states = [one.state for one in product.states if _holds(one.valid_from, one.valid_to, day)]
    if "cancelled" in states or "suspended" in states:
        return False
    if said.expires_on is not None and said.expires_on < day:
        return False
    return not group or _belongs(world, product, set(said.flags), group, day)


def _makers(product: Product, day: date) -> list[Registration]:
    return [one for one in product.sites if _holds(one.valid_from, one.valid_to, day)]


def _belongs(world: World, product: Product, flags: set[str], group: str, day: date) -> bool:
    if group == "recently_approved":
        last_day = 28 if (day.month, day.day) == (2, 29) else day.day
        return product.approved_on > date(day.year - 2, day.month, last_day)
    if group == "in_production":
        working = {
            one.id
            for one in world.subjects
            if _holds(one.valid_from, one.valid_to, day)
            and one.in_production
            and one.opened_on <= day
            and one.closed_on is None
        }
        return bool(working & {one.subject_id for one in _makers(product, day)})
    if group in ("special_cosmetic", "local_cosmetic", "high_risk_cosmetic") and product.kind != "cosmetic":
        return False
    return group == "local_cosmetic" or bool(flags & FLAGS_OF_GROUPS[group])
