"""The bench `ledger`: what the public log costs, from the business transaction to who verifies."""

from __future__ import annotations

import json
from collections.abc import Iterator

from yaojian.bench import visitor
from yaojian.bench.contracts import Announce, Bench, Reading
from yaojian.bench.house.bench import officer_account
from yaojian.bench.quantiles import percentile
from yaojian.bench.scratch import Scratch, scratch_installation

P = 95
MS_PER_S = 1000
DEARER_BY_AT_MOST = 1.1


def run(announce: Announce) -> Iterator[Reading]:
    """Measure the log of one scratch installation, with its real sequencer at work."""
    with scratch_installation() as scratch:
        announce("启动 (含演示数据) / start, with demo data")
        scratch.start()
        if not scratch.wait_until_idle():
            announce("后台任务仍在运行 / the worker is still busy")
        announce("存证 / the log")
        found = json.loads(scratch.ask("bench_ledger", "measure"))
        yield from transaction_readings(found)
        yield from log_readings(found)
        announce("回执页面 / receipt pages")
        yield from page_readings(scratch, int(found["leaves"]))
        announce("停止并清理 / stopping and removing")


def transaction_readings(found: dict[str, float]) -> Iterator[Reading]:
    """What the log costs those who write acts."""
    for name, size in (("batch", 2000), ("single", 1)):
        plain = found[f"{name}_plain"]
        yield Reading.beside(
            f"insert.{name}", found[name], "µs", size=size, peer=plain, limit=plain * DEARER_BY_AT_MOST
        )
    yield Reading.beside("insert.clients", found["clients"], "acts/s", size=8, peer=found["clients_chain"])


def log_readings(found: dict[str, float]) -> Iterator[Reading]:
    """What sequencer, proofs and auditor do."""
    leaves = int(found["leaves"])
    yield Reading.beside(
        "sequencing", found["sequenced"], "acts/s", size=50_000, peer=found["peer_appends"], limit=20_000
    )
    for name in ("p95", "max"):
        yield Reading.beside(
            f"lag.{name}", found[f"lag_{name}"], "s", size=round(found["offered"]), peer=None, limit=2
        )
    yield Reading.beside(
        "proof.warm", found["proofs_warm"], "proofs/s", size=leaves, peer=found["peer_proofs"], limit=5_000
    )
    yield Reading.beside(
        "proof.cold", found["proofs_cold"], "proofs/s", size=leaves, peer=found["peer_proofs"]
    )
    yield Reading.beside("audit", found["audited"], "acts/s", size=leaves, peer=None, limit=50_000)
    for name in ("files", "database"):
        yield Reading.beside(
            f"bytes.{name}", found[f"bytes_{name}"], "bytes/act", size=leaves, peer=found["bytes_act"]
        )
    yield Reading.beside("sha256", found["hashes"], "hashes/s", size=int(found["entry_bytes"]), peer=None)


def page_readings(scratch: Scratch, leaves: int) -> Iterator[Reading]:
    """The p95 of the page of a receipt, and of a receipt as a file, beside that of /health."""
    officer = visitor.Visitor(scratch.port)
    name, password = officer_account(scratch)
    officer.sign_in(name, password)
    page = json.loads(scratch.ask("bench_ledger", "receipt-of", name))
    where = {
        "health": visitor.HEALTH,
        "receipt.page": page,
        "receipt.file": f"/log/receipts/{leaves // 2}/",
    }
    taken = visitor.seconds_per_page(officer, visitor.citizens(scratch.port), where)
    p95 = {one: percentile(seconds, P) * MS_PER_S for one, seconds in taken.items()}
    health = p95.pop("health")
    for one, value in p95.items():
        yield Reading.beside(f"{one}.p95", value, "ms", size=leaves, peer=health, limit=100)


LEDGER = Bench(
    name="ledger",
    title="存证日志：写入、存证、回执、核对 / the public log (about 5 min)",
    run=run,
    notes={
        "insert.": "size: acts per transaction; peer: the same INSERT into the same table without the "
        "trigger by which the sequencer sees writers; limit: 10 % more",
        "insert.clients": "size: clients, each commits every act; peer: with a hash chain on a locked row",
        "sequencing": "size: acts committed at once; peer: pymerkle's appends, in memory and unsigned",
        "lag.": "size: acts offered a second for 15 s; from commit to signed checkpoint",
        "proof.": "size: leaves; peer: pymerkle's inclusion proofs from memory, 50,000 leaves",
        "audit": "size: leaves; row, bytes, leaf, bundle, tile, checkpoint",
        "bytes.": "size: leaves; peer: the act itself with its indexes",
        "receipt.": "p95 of 50; size: leaves; peer: /health",
        "sha256": "size: bytes of an entry; one core: no tree can grow faster",
    },
    limits_are_goals=True,
)
