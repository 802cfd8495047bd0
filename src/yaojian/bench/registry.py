"""The benches by name. A new one is entered here."""

from __future__ import annotations

from collections.abc import Iterable

from yaojian.bench.contracts import Bench
from yaojian.bench.house.bench import HOUSE
from yaojian.bench.ledger.bench import LEDGER
from yaojian.bench.plans.bench import PLANS
from yaojian.bench.registers.bench import REGISTERS


class UnknownBench(LookupError):
    """There is no bench of this name."""


def by_name(benches: Iterable[Bench]) -> dict[str, Bench]:
    """Benches by name. Raises ValueError when two have the same one."""
    found: dict[str, Bench] = {}
    for bench in benches:
        if bench.name in found:
            raise ValueError(f"two benches are called {bench.name!r}")
        found[bench.name] = bench
    return found


BENCHES = by_name([HOUSE, REGISTERS, PLANS, LEDGER])


def bench_named(name: str) -> Bench:
    """The bench of this name. Raises UnknownBench."""
    try:
        return BENCHES[name]
    except KeyError:
        raise UnknownBench(name) from None
