"""The truth of a loaded province on the disk: JSON lines, in place once the data are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from django.db import transaction

from yaojian.simulator.provinces.lives import Life
from yaojian.simulator.provinces.statements import Said

if TYPE_CHECKING:
    from yaojian.simulator.provinces.loading import Simulation

PARTS = ("figures", "faults", "statistics", "head")


class TruthFile:
    """The files of one run: `<name>.jsonl`, `<name>.faults.jsonl` and `<name>.statistics.jsonl`.

    The first has a head and then the figures.

    They are written beside their place and moved there when the transaction has been committed.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.jsonl"
        self.faults = folder / f"{name}.faults.jsonl"
        self.statistics = folder / f"{name}.statistics.jsonl"
        self._open: dict[str, IO[str]] = {}
        self._waits = False

    def _partial(self, part: str) -> Path:
        return self.path.with_suffix(f".{part}.new")

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._open = {part: self._partial(part).open("w", encoding="utf-8") for part in PARTS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._open.values():
            file.close()
        if not self._waits:
            for part in PARTS:
                self._partial(part).unlink(missing_ok=True)

    def _write(self, part: str, line: Mapping[str, Any]) -> None:
        self._open[part].write(json.dumps(line, ensure_ascii=False) + "\n")

    def write_head(self, simulation: Simulation, counts: Mapping[str, int]) -> None:
        """The first line: what was simulated and how much of it there is."""
        province = simulation.province
        head = {
            "province": province.code,
            "plan": province.plan,
            "seed": province.seed,
            "share": province.share,
            "until": province.until.isoformat(),
            "counts": dict(counts),
        }
        self._write("head", head)

    def write_lines(self, lines: Iterable[Mapping[str, Any]]) -> int:
        """The figures; returns how many."""
        count = 0
        for line in lines:
            self._write("figures", line)
            count += 1
        return count

    def write_statements(self, said: Iterable[Said]) -> int:
        """What organs have stated; returns how many statements."""
        count = 0
        for one in said:
            self._write("statistics", one.as_json())
            count += 1
        return count

    def write_faults(self, life: Life) -> None:
        """What is wrong with the data of a life, a line for each fault."""
        for fault in life.faults:
            kind, _colon, visit = fault.partition(":")
            line: dict[str, Any] = {"fault": kind, "code": life.code}
            if visit:
                line["at"] = life.visits[int(visit) - 1].at.isoformat()
            self._write("faults", line)

    def write_faults_of_statements(self, faults: Iterable[tuple[str, Said]]) -> None:
        """What is wrong with statements, a line for each."""
        for fault, said in faults:
            self._write("faults", {"fault": fault, "code": said.organ, **said.as_json()})

    def keep_on_commit(self) -> None:
        """Have the files moved to their places when the transaction is committed."""
        for file in self._open.values():
            file.flush()
        self._waits = True
        transaction.on_commit(self._keep)

    def _keep(self) -> None:
        head, figures = self._partial("head"), self._partial("figures")
        with head.open("a", encoding="utf-8") as whole, figures.open(encoding="utf-8") as lines:
            whole.writelines(lines)
        self._partial("faults").replace(self.faults)
        self._partial("statistics").replace(self.statistics)
        self._partial("head").replace(self.path)


def simulated_before(folder: Path) -> bool:
    """Whether anything simulated has been loaded into this installation."""
    return any(folder.glob("*.json")) or any(folder.glob("*.jsonl"))


def read_truth(path: Path) -> tuple[Mapping[str, Any], Iterator[Mapping[str, Any]]]:
    """The head of a truth file, and its figures one after the other."""
    with path.open(encoding="utf-8") as file:
        head = json.loads(file.readline())
    return head, _figures(path)


def _figures(path: Path) -> Iterator[Mapping[str, Any]]:
    with path.open(encoding="utf-8") as file:
        file.readline()
        for line in file:
            yield json.loads(line)


def truth_files(folder: Path, province: str) -> list[Path]:
    """The truth files of a province in a folder, the newest last."""
    beside = (".faults.jsonl", ".statistics.jsonl")
    found = [path for path in folder.glob(f"{province}-*.jsonl") if not path.name.endswith(beside)]
    return sorted(found, key=lambda path: path.stat().st_mtime)
