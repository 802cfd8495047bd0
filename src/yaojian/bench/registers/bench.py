"""The bench `registers`: an installation filled to 10,000 and then to 140,000 subjects, measured at both."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from yaojian.bench import memory, visitor
from yaojian.bench.contracts import Announce, Bench, Reading
from yaojian.bench.quantiles import percentile
from yaojian.bench.registers.pages import COUNTED, MEASURED
from yaojian.bench.registers.sizes import LEADER, OFFICER, PASSWORD, SIZES
from yaojian.bench.scratch import Scratch, scratch_installation

P = 95
REQUESTS = 25
MS_PER_S = 1000
MOST_QUERIES = 15
PAGE_MS, ROWS_PER_S, WEB_MIB = 150.0, 2_000.0, 300.0
SCOPE_SHARE = 0.1
"""The goals: a page's p95, an import's speed, the memory of a web process, what the scope adds to a page."""


def run(announce: Announce) -> Iterator[Reading]:
    """Fill, measure, fill more, measure again; then import; the growth between the sizes comes last."""
    with scratch_installation() as scratch:
        announce("启动空的安装 / starting an empty installation")
        scratch.start(demo=False)
        p95: dict[int, dict[str, float]] = {}
        for size in SIZES:
            announce(f"写入 {size:,} 个主体 / filling to {size:,} subjects")
            rates = json.loads(scratch.ask("bench_registers", "fill", "--subjects", str(size)))
            for name, rate in rates.items():
                yield Reading.beside(f"fill.{name}", rate, "rows/s", size=size, peer=None)
            scratch.wait_until_idle()
            scratch.ask("bench_registers", "settle")
            announce(f"{len(MEASURED)} 个页面 / {len(MEASURED)} pages")
            p95[size] = page_p95(scratch)
            health = p95[size].pop("health")
            for name, value in p95[size].items():
                yield Reading.beside(f"page.{name}.p95", value, "ms", size=size, peer=health, limit=PAGE_MS)
            announce(f"{len(COUNTED)} 个页面，登记同时变动 / pages while the registers change")
            with scratch.beside("bench_registers", "change"):
                changing = page_p95(scratch, COUNTED)
            for name in sorted(COUNTED):
                peer = p95[size][name]
                yield Reading.beside(f"changing.{name}.p95", changing[name], "ms", size=size, peer=peer)
            yield from inner_readings(scratch, size, announce)
        web = memory.members(scratch.service("web").pid)
        held = max(memory.total_mib([pid]) for pid in web)
        yield Reading.beside("memory.web.process", held, "MiB", size=1, peer=None, limit=WEB_MIB)
        yield Reading.beside("memory.web", memory.total_mib(web), "MiB", size=len(web), peer=None)
        small, large = SIZES
        yield from import_readings(scratch, large, announce)
        for name, value in p95[large].items():
            yield Reading.beside(f"growth.{name}", value, "ms", size=large, peer=p95[small][name])
        announce("停止并清理 / stopping and removing")


def page_p95(scratch: Scratch, names: Collection[str] = ()) -> dict[str, float]:
    """The p95 of every page, or of some, in ms, opened by whom it is for, and of /health."""
    taken: dict[str, float] = {}
    for username in (LEADER, OFFICER):
        person = visitor.Visitor(scratch.port)
        person.sign_in(username, PASSWORD)
        pages = [measured.page for measured in MEASURED if measured.username == username]
        pages = [page for page in pages if not names or page.name in names]
        where = {"health": visitor.HEALTH} | visitor.addresses(person, pages)
        seconds = visitor.seconds_per_page(person, [person], where, REQUESTS)
        taken |= {name: percentile(values, P) * MS_PER_S for name, values in seconds.items()}
    return taken


def import_readings(scratch: Scratch, size: int, announce: Announce) -> Iterator[Reading]:
    """A register as long as the present one, one row in a hundred broken: in, in again, and taken back."""
    announce(f"导入 {size:,} 行 / importing {size:,} rows")
    found = json.loads(scratch.ask("bench_registers", "import", "--subjects", str(size)))
    for name in ("first", "second", "undo"):
        goal = ROWS_PER_S if name == "first" else None
        plain = found["plain"]
        yield Reading.beside(f"import.{name}", found[name], "rows/s", size=size, peer=plain, limit=goal)
    yield Reading.beside("import.memory", found["grown_mib"], "MiB", size=size, peer=None)


def inner_readings(scratch: Scratch, size: int, announce: Announce) -> Iterator[Reading]:
    """What only the inside knows: the number of queries of each page, and the cost of the scope."""
    announce("查询次数与权限范围 / queries and scope")
    found = json.loads(scratch.ask("bench_registers", "inside"))
    for name, count in found["queries"].items():
        yield Reading(f"queries.{name}", count, "queries", size, None, MOST_QUERIES, None)
    for name, (scoped, free) in found["requests"].items():
        most = free * (1 + SCOPE_SHARE)
        yield Reading.beside(f"scope.request.{name}", scoped, "ms", size=size, peer=free, limit=most)
    for name, (scoped, free) in found["scope"].items():
        yield Reading.beside(f"scope.query.{name}", scoped, "ms", size=size, peer=free)


REGISTERS = Bench(
    name="registers",
    title="14 万主体下的列表、档案、检索与权限 / lists, files, search, scope at 140,000 subjects",
    run=run,
    notes={
        "fill.": "size: subjects after it; through the registers' bulk doors, history included",
        "page.": f"p95 of {REQUESTS} requests after {visitor.WARM_UPS}; size: subjects there; "
        f"peer: p95 of {visitor.HEALTH}; limit: the goal; county.*: an inspector's county, the "
        "others: a leader's province",
        "queries.": "database queries of one request; limit: what the page may need",
        "changing.": "the same page while one row of each register is written ten times a second, so that "
        "every page counts anew; peer: the page with the counts kept",
        "scope.request.": "median of a whole request; peer: the same with plain filters for the same rows "
        "(the leader: none) in place of the scope; .anew: nothing kept; limit: the goal",
        "scope.query.": "median of a bare query; peer: a plain filter for the same rows",
        "import.": "a workbook of so many subjects that the register lacks, 1 % of them broken, from the "
        "file to the commit, checking included, in the process that measures, without web server and worker; "
        "limit: the goal; peer: the workbook read by the same library and as many rows copied "
        "by the database alone within the table of subjects",
        "memory.": "PSS after the pages, of the largest process and of all; size: processes; limit: the goal",
        "growth.": "the page at the larger size; peer: the same page at the smaller size",
    },
    limits_are_goals=True,
)
