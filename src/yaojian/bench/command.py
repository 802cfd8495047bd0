"""`yaojian bench`: run one bench and print its readings. Needs no Django and no running installation."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from types import FrameType

from yaojian.bench.contracts import Bench, BenchFailed, Reading
from yaojian.bench.registry import BENCHES, UnknownBench, bench_named
from yaojian.bench.report import json_line, table

UNKNOWN = 2
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """List the benches or run one; 0 measured, 1 it could not be, 2 unknown name, 130 stopped."""
    parser = argparse.ArgumentParser(prog="yaojian bench", description="性能测量 / measure speed")
    parser.add_argument("name", nargs="?", help="测量项目, 不填则列出全部 / which; without it: the list")
    parser.add_argument("--json", action="store_true", help="逐行输出 JSON / one JSON object a line")
    parser.add_argument(
        "--sizes",
        type=_size,
        nargs="+",
        metavar="N",
        help="其他规模, 从小到大 / other sizes, the smallest first",
    )
    options = parser.parse_args(arguments)
    if options.name is None:
        print(listing())
        return 0
    try:
        bench = bench_named(options.name)
    except UnknownBench:
        print(f"没有此测量项目 / there is no bench {options.name!r}\n{listing()}", file=sys.stderr)
        return UNKNOWN
    former = signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        return run(bench, as_json=options.json, sizes=options.sizes or ())
    except KeyboardInterrupt:
        print("已中止, 已清理 / stopped, nothing is left behind", file=sys.stderr)
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, former)


def _as_ctrl_c(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt  # so that what a bench has started is stopped and removed


def listing() -> str:
    """The benches, one a line."""
    return "\n".join(f"  {bench.name}  {bench.title}" for bench in BENCHES.values())


def _size(text: str) -> int:
    size = int(text)
    if size < 1:
        raise ValueError
    return size


def run(bench: Bench, *, as_json: bool, sizes: Sequence[int] = ()) -> int:
    """Run a bench: JSON lines as they come, or the table at the end; progress goes to stderr."""
    if sizes and (bench.run_at is None or sorted(set(sizes)) != list(sizes)):
        why = "规模须从小到大 / sizes rise" if bench.run_at else "此项目规模固定 / its sizes are fixed"
        print(f"✗ {bench.name}: {why}", file=sys.stderr)
        return UNKNOWN
    began = time.monotonic()

    def announce(line: str) -> None:
        print(f"[{time.monotonic() - began:5.1f} s] {line}", file=sys.stderr, flush=True)

    readings: list[Reading] = []
    try:
        for reading in bench.run_at(announce, sizes) if sizes and bench.run_at else bench.run(announce):
            readings.append(reading)
            if as_json:
                print(json_line(reading), flush=True)
    except BenchFailed as failure:
        print(f"✗ {failure}", file=sys.stderr)
        return 1
    if not as_json:
        print(table(bench, readings))
    return 0
