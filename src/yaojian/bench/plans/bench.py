"""The bench `plans`: figures, mandates and schedule for a province of 10,000 and of 140,000 subjects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence

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


def duties(scratch: Scratch, size: int) -> Iterator[Reading]:
    """Mandates counted anew, the update after one act, and the schedule of a year with its inspectors."""
    scratch.ask("bench_plans", "inspectors", "--subjects", str(size))
    for reading in json.loads(scratch.ask("bench_plans", "mandates")):
        yield Reading(**reading)


MEASURES: list[tuple[str, Measure]] = [
    ("规划指标 / figures of the plans", figures),
    ("检查任务和年度计划 / mandates and the year schedule", duties),
    ("页面 / pages", pages),
]
"""What is measured at each size. Pages come last: duties and kept values are there, as in daily work."""


def run(announce: Announce) -> Iterator[Reading]:
    """The bench at the sizes that the goals speak of."""
    return run_at(announce, SIZES)


def run_at(announce: Announce, sizes: Sequence[int]) -> Iterator[Reading]:
    """Fill, measure, fill more, measure again; the growth between the first and the last size comes last."""
    with scratch_installation() as scratch:
        announce("启动空的安装 / starting an empty installation")
        scratch.start(demo=False)
        taken: dict[int, dict[str, Reading]] = {}
        for size in sizes:
            announce(f"写入 {size:,} 个主体 / filling to {size:,} subjects")
            scratch.ask("bench_registers", "fill", "--subjects", str(size))
            scratch.wait_until_idle()
            scratch.ask("bench_registers", "settle")
            taken[size] = {}
            for what, measure in MEASURES:
                announce(what)
                for reading in measure(scratch, size):
                    taken[size][reading.name] = reading
                    yield reading
        small, large = sizes[0], sizes[-1]
        grown = [one for one in taken[large].values() if one.unit in ("ms", "s") and small != large]
        for reading in grown:
            name, before = reading.name, taken[small][reading.name].value
            yield Reading.beside(f"growth.{name}", reading.value, reading.unit, size=large, peer=before)
        announce("停止并清理 / stopping and removing")


PLANS = Bench(
    name="plans",
    title="14 万主体、百万行为下的规划指标 / figures of the plans at 140,000 subjects and 1,000,000 acts",
    run=run,
    run_at=run_at,
    notes={
        "cold.": "all figures of a plan for the province, nothing kept; size: subjects; limit: the goal",
        "kept.": "the same read again, nothing having happened since; median of 11; limit: the goal",
        "figure.": "one figure by the engine, median of 5; peer: hand-written SQL for the same numbers",
        "mandates.first": "all duties counted for the first time, none there before; size: duties",
        "mandates.full": "all duties of all mandates counted again, median of 3; size: duties; peer: one "
        "yearly coverage by hand; limit: the goal",
        "mandates.one_act": "duties and work after one more act, median of 30; size: subjects with duties; "
        "peer: the acts of its subject counted by hand; limit: the goal",
        "schedule.inspectors": "inspectors in the register, one for 70 subjects",
        "schedule.year": "a whole year; size: visits; peer: open duties counted by hand; limit: the goal",
        "page.": f"p95 of {REQUESTS} requests of a leader; peer: p95 of {visitor.HEALTH}; limit: the goal",
        "growth.": "the reading at the larger size; peer: at the smaller size",
    },
    limits_are_goals=True,
)
