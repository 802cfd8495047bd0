"""The bench `house`: everything that is measured about one installation, in the order of its life."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yaojian.bench import memory, visitor
from yaojian.bench.contracts import Announce, Bench, BenchFailed, Reading
from yaojian.bench.house.bare import BarePostgres, bare_python_mib, bare_web_mib
from yaojian.bench.house.pages import PAGES
from yaojian.bench.quantiles import percentile
from yaojian.bench.scratch import Scratch, scratch_installation

OFFICER_ROLE, OFFICER = "inspector", "changji"
STARTS = 3
P = 95
MS_PER_S = 1000


@dataclass(frozen=True)
class DatabaseStarts:
    """The bare database: seconds of a first and of a later start, and its memory in MiB when nobody asks."""

    first_s: float
    later_s: float
    idle_mib: float


def run(announce: Announce) -> Iterator[Reading]:
    """Measure one scratch installation from its first start to its removal."""
    with scratch_installation() as scratch:
        announce("首次启动 (含演示数据) / first start, with demo data")
        first = scratch.start()
        sizes = json.loads(scratch.ask("bench_house", "sizes"))
        if not sizes["subjects"]:
            raise BenchFailed("the first start loaded no demo data")
        if not scratch.wait_until_idle():
            announce("后台任务仍在运行, 页面数值偏高 / the worker is still busy; pages will look slower")
        yield from page_readings(scratch, sizes["subjects"], announce)
        announce("内存 / memory")
        postgres = memory.family(scratch.postmaster())
        postgres_mib = memory.total_mib(postgres)
        yield from memory_readings(scratch)
        announce("监管行为写入 / recording acts")
        yield from act_readings(json.loads(scratch.ask("bench_house", "acts")))
        database = BarePostgres.like(scratch.postmaster())
        prepared = scratch.prepared_state()
        scratch.stop()
        announce("仅数据库 / the database alone")
        bare = database_starts(database, scratch.database_home)
        yield Reading.beside("memory.postgres", postgres_mib, "MiB", size=len(postgres), peer=bare.idle_mib)
        announce("再次启动 / later starts")
        later = later_starts(scratch)
        if scratch.prepared_state() != prepared:
            raise BenchFailed("the program was changed while it was measured; measure again")
        yield Reading.beside("start.first", first, "s", size=sizes["subjects"], peer=bare.first_s)
        yield Reading.beside("start.second", later, "s", size=sizes["subjects"], peer=bare.later_s)
        announce("停止并清理 / stopping and removing")


def later_starts(scratch: Scratch) -> float:
    """The median of starts on the data that are there; the installation is stopped before and after."""
    taken = []
    for _ in range(STARTS):
        taken.append(scratch.start())
        scratch.stop()
    return statistics.median(taken)


def database_starts(database: BarePostgres, home: Path) -> DatabaseStarts:
    """Start the same PostgreSQL bare: new clusters for the first start, the measured one for the later."""
    first, idle = [], 0.0
    for number in range(STARTS):
        cluster = home / f"bare-{number}"
        created = database.create(cluster)
        with database.running(cluster) as (seconds, server):
            first.append(created + seconds)
            idle = memory.total_mib(memory.family(server))
    later = [database.start_seconds(database.cluster) for _ in range(STARTS)]
    return DatabaseStarts(statistics.median(first), statistics.median(later), idle)


def officer_account(scratch: Scratch) -> tuple[str, str]:
    """Name and password of the demo account that the pages are opened with."""
    accounts = json.loads(scratch.ask("demo_accounts", "--json"))
    known = {account["username"]: account for account in accounts}
    if OFFICER not in known:
        raise BenchFailed(f"the demo data have no account {OFFICER}, only {', '.join(known) or 'none'}")
    return OFFICER, known[OFFICER]["password"]


def page_readings(scratch: Scratch, subjects: int, announce: Announce) -> Iterator[Reading]:
    """The p95 of every page beside that of /health."""
    officer = visitor.Visitor(scratch.port)
    officer.sign_in(*officer_account(scratch))
    where = {"health": visitor.HEALTH} | visitor.addresses(officer, PAGES)
    announce(
        f"{len(where)} 个页面, 各 {visitor.REQUESTS} 次 / "
        f"{len(where)} pages, {visitor.REQUESTS} requests each"
    )
    taken = {
        name: percentile(seconds, P) * MS_PER_S
        for name, seconds in visitor.seconds_per_page(officer, visitor.citizens(scratch.port), where).items()
    }
    health = taken.pop("health")
    for name, p95 in taken.items():
        yield Reading.beside(f"page.{name}.p95", p95, "ms", size=subjects, peer=health)


def memory_readings(scratch: Scratch) -> Iterator[Reading]:
    """The memory of web server and worker after the pages were opened."""
    web, worker = scratch.service("web"), scratch.service("worker")
    for name, service in (("web", web), ("worker", worker)):
        processes = memory.members(service.pid)
        used = memory.total_mib(processes)
        if name == "web":
            peer = bare_web_mib(web.cmdline(), scratch.port, scratch.environment)
        else:
            peer = bare_python_mib(scratch.environment)
        yield Reading.beside(f"memory.{name}", used, "MiB", size=len(processes), peer=peer)


def act_readings(costs: dict[str, float]) -> Iterator[Reading]:
    """The cost of an act in a big transaction and in one of its own."""
    yield Reading.beside(
        "act.insert", costs["batch"], "µs", size=int(costs["acts_per_batch"]), peer=costs["batch_peer"]
    )
    yield Reading.beside(
        "act.insert.single",
        costs["single"],
        "µs",
        size=1,
        peer=costs["single_peer"],
        limit=costs["single_limit"],
    )


HOUSE = Bench(
    name="house",
    title="启动、页面、行为写入、内存 / start, pages, recording acts, memory (< 5 min)",
    run=run,
    notes={
        "start.first": "size: subjects loaded; peer: initdb and start of the same PostgreSQL alone",
        "start.second": f"median of {STARTS}; size: subjects there; "
        "peer: start of the same PostgreSQL alone on the same data",
        "page.": f"p95 of {visitor.REQUESTS} requests after {visitor.WARM_UPS}; size: subjects there; "
        f"peer: p95 of {visitor.HEALTH}",
        "act.insert": "size: acts per transaction; peer: prepared INSERT of the same rows; "
        "limit: a durable commit of a transaction that changes nothing",
        "memory.": "PSS after the pages; size: processes; peer: the same web server with an empty site, "
        "a Python that only waits, the same PostgreSQL without clients",
    },
)
