"""The bench `plans`: the five plans computed for a province of 10,000 and of 140,000 subjects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from yaojian.bench import visitor
from yaojian.bench.contracts import Announce, Bench, Reading
from yaojian.bench.quantiles import percentile
from yaojian.bench.registers.sizes import LEADER, PASSWORD, SIZES
from yaojian.bench.scratch import Scratch, scratch_installation

P, REQUESTS, MS_PER_S = 95, 25, 1000
COLD_MS, KEPT_MS, COCKPIT_MS = 5_000.0, 200.0, 200.0
"""The goals: all figures of a plan cold and kept, and the cockpit's p95."""
PAGES = (visitor.Page("cockpit", "/plans/"), visitor.Page("plan", "/plans/neimenggu/"))
Measure = Callable[[Scratch, int], Iterator[Reading]]


def figures(scratch: Scratch, size: int) -> Iterator[Reading]:
    """All figures of each plan, cold and kept; one of them beside a count written by hand."""
    found = json.loads(scratch.ask("bench_plans", "values"))
    for plan, taken in found["values"].items():
        yield Reading.beside(f"cold.{plan}", taken["cold"], "ms", size=size, peer=None, limit=COLD_MS)
        yield Reading.beside(f"kept.{plan}", taken["kept"], "ms", size=size, peer=None, limit=KEPT_MS)
    compared = found["by_hand"]
    yield Reading.beside("figure.000-03", compared["engine"], "ms", size=size, peer=compared["by_hand"])


def pages(scratch: Scratch, size: int) -> Iterator[Reading]:
    """The p95 of the leader's pages, values kept."""
    leader = visitor.Visitor(scratch.port)
    leader.sign_in(LEADER, PASSWORD)
    where = {"health": visitor.HEALTH} | visitor.addresses(leader, list(PAGES))
    seconds = visitor.seconds_per_page(leader, [leader], where, REQUESTS)
    taken = {name: percentile(values, P) * MS_PER_S for name, values in seconds.items()}
    for page in PAGES:
        limit = COCKPIT_MS if page.name == "cockpit" else None
        peer = taken["health"]
        yield Reading.beside(
            f"page.{page.name}.p95", taken[page.name], "ms", size=size, peer=peer, limit=limit
        )


MEASURES: list[Measure] = [figures, pages]
"""What is measured at each size; the readings of the mandates stand here beside those of the figures."""


def run(announce: Announce) -> Iterator[Reading]:
    """Fill, measure, fill more, measure again; the growth between the sizes comes last."""
    with scratch_installation() as scratch:
        announce("启动空的安装 / starting an empty installation")
        scratch.start(demo=False)
        taken: dict[int, dict[str, Reading]] = {}
        for size in SIZES:
            announce(f"写入 {size:,} 个主体 / filling to {size:,} subjects")
            scratch.ask("bench_registers", "fill", "--subjects", str(size))
            scratch.wait_until_idle()
            scratch.ask("bench_registers", "settle")
            announce("规划指标 / figures of the plans")
            taken[size] = {}
            for measure in MEASURES:
                for reading in measure(scratch, size):
                    taken[size][reading.name] = reading
                    yield reading
        small, large = SIZES
        for name, reading in taken[large].items():
            before = taken[small][name].value
            yield Reading.beside(f"growth.{name}", reading.value, reading.unit, size=large, peer=before)
        announce("停止并清理 / stopping and removing")


PLANS = Bench(
    name="plans",
    title="14 万主体、百万行为下的规划指标 / figures of the plans at 140,000 subjects and 1,000,000 acts",
    run=run,
    notes={
        "cold.": "all figures of a plan for the province, nothing kept; size: subjects; limit: the goal",
        "kept.": "the same read again, nothing having happened since; median of 11; limit: the goal",
        "figure.": "one figure by the engine, median of 5; peer: hand-written SQL for the same numbers",
        "page.": f"p95 of {REQUESTS} requests of a leader; peer: p95 of {visitor.HEALTH}; limit: the goal",
        "growth.": "the reading at the larger size; peer: at the smaller size",
    },
    limits_are_goals=True,
)
