"""What a bench yields, and what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Announce = Callable[[str], None]
"""Tells the waiting person what is being measured."""


class BenchFailed(Exception):
    """The measurement could not be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One speed figure.

    `size` is how much there was to do (its meaning is the name's, see the room's README), `peer` what
    something else took for the same in the same run, `limit` what the machine itself needs at least or, in
    a bench whose limits are goals, what was to be reached, both in `unit`; `ratio` is value / peer.
    """

    name: str
    value: float
    unit: str
    size: int | None
    peer: float | None
    limit: float | None
    ratio: float | None

    @classmethod
    def beside(
        cls,
        name: str,
        value: float,
        unit: str,
        *,
        size: int | None,
        peer: float | None,
        limit: float | None = None,
    ) -> Reading:
        """A reading with its ratio to the peer."""
        return cls(name, value, unit, size, peer, limit, value / peer if peer else None)


@dataclass(frozen=True, slots=True)
class Bench:
    """A named measurement; `notes` says, per beginning of a reading's name, what its columns mean.

    Where `limits_are_goals`, a rate must reach its limit and anything else must stay within it. `run_at` does
    the same at other sizes than those that the goals speak of, for a bench that has any.
    """

    name: str
    title: str
    run: Callable[[Announce], Iterator[Reading]]
    notes: Mapping[str, str]
    limits_are_goals: bool = False
    run_at: Callable[[Announce, Sequence[int]], Iterator[Reading]] | None = None
