"""Who may see what, slow and obvious: no paths, no sets of keys, no SQL. The judge of `scope`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Office:
    """An organ: who stands above it, and the land it covers."""

    parent: str | None
    tree: str
    territories: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """An agreement in force."""

    giver: str
    taker: str
    shares: tuple[str, ...]
    territories: tuple[str, ...]


@dataclass(frozen=True)
class Shop:
    """A subject: who answers for it, where it lies."""

    organ: str
    division: str


def is_below(offices: Mapping[str, Office], one: str, other: str) -> bool:
    """Whether `one` is `other` or stands below it."""
    here: str | None = one
    while here is not None:
        if here == other:
            return True
        here = offices[here].parent
    return False


def tree_of(offices: Mapping[str, Office], one: str) -> str:
    """The tree of the root above an organ."""
    while (above := offices[one].parent) is not None:
        one = above
    return offices[one].tree


def lies_on(shop: Shop, land: Sequence[str]) -> bool:
    """Whether a subject lies on some land."""
    return any(shop.division.startswith(code) for code in land)


def may_see(
    offices: Mapping[str, Office], papers: Sequence[Paper], me: str, shop: Shop, wanted: str, takes: bool
) -> bool:
    """Whether somebody of the organ `me` may read a subject (`wanted`: register or files)."""
    if is_below(offices, shop.organ, me):
        return True
    if lies_on(shop, offices[me].territories) and tree_of(offices, shop.organ) == tree_of(offices, me):
        return True
    for paper in papers:
        if not takes or wanted not in paper.shares or not is_below(offices, me, paper.taker):
            continue
        if not is_below(offices, shop.organ, paper.giver):
            continue
        if paper.territories and not lies_on(shop, paper.territories):
            continue
        # Below the organ that takes, what is shared is seen on one's own land.
        if me == paper.taker or lies_on(shop, offices[me].territories):
            return True
    return False
