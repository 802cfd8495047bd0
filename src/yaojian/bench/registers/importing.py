"""A register of any length as a workbook with known faults, taken in, taken in again, and taken back."""

from __future__ import annotations

import io
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import python_calamine
import xlsxwriter
from django.db import connection, transaction

from yaojian.bench.contracts import BenchFailed
from yaojian.bench.registers import province
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.intake.facade import (
    Import,
    ImportState,
    RowChange,
    confirm_import,
    error_workbook,
    receive_table,
    undo_import,
    work_on,
    work_with,
)

HEAD = (
    "统一社会信用代码",
    "企业名称",
    "主体类型",
    "监管机关",
    "行政区划",
    "成立日期",
    "注销日期",
    "经营地址",
    "风险等级",
    "纬度",
    "经度",
)
BROKEN_OF = 100
"""One row of so many is broken."""

PIECE = 1024 * 1024
Cells = list[str]


@dataclass(slots=True)
class Made:
    """A workbook that was made: its path, its rows, and the fault of each broken one by row."""

    path: Path
    rows: int = 0
    faults: dict[int, str] = field(default_factory=dict)


def _wrong_check_character(cells: Cells) -> str:
    cells[0] = cells[0][:-1] + ("1" if cells[0][-1] != "1" else "2")
    return "code"


def _no_name(cells: Cells) -> str:
    cells[1] = "\u200b "
    return "name"


def _unknown_type(cells: Cells) -> str:
    cells[2] = "杂货店"
    return "subject_type"


def _foreign_organ(cells: Cells) -> str:
    cells[3] = "某省药品监督管理局"
    return "responsible_organ"


def _foreign_place(cells: Cells) -> str:
    cells[4] = "440106"
    return "division_code"


def _unsure_day(cells: Cells) -> str:
    cells[5] = "05/06/2019"
    return "opened_on"


def _closed_before_opened(cells: Cells) -> str:
    cells[6] = "1999-01-01"
    return "closed_on"


def _formula(cells: Cells) -> str:
    cells[7] = '=CONCATENATE("人民路","1号")'
    return "address"


FAULTS = (
    _wrong_check_character,
    _no_name,
    _unknown_type,
    _foreign_organ,
    _foreign_place,
    _unsure_day,
    _closed_before_opened,
    _formula,
)


def make_workbook(path: Path, *, first: int, count: int, organ: str) -> Made:
    """Write subjects number `first` on as a workbook, every hundredth row broken in one of nine ways."""
    made = Made(path, count)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("监管对象")
    sheet.write_row(0, 0, HEAD)
    before = ""
    for number, cells in enumerate(_cells(first, count, organ), 1):
        if number % BROKEN_OF == 0:
            kind = number // BROKEN_OF % (len(FAULTS) + 1)
            if kind == len(FAULTS):
                cells[0] = before
                made.faults[number + 1] = "code"
            else:
                made.faults[number + 1] = FAULTS[kind](cells)
        before = cells[0]
        for column, cell in enumerate(cells):
            if cell.startswith("="):
                sheet.write_formula(number, column, cell, None, "人民路1号")
            elif cell:
                sheet.write_string(number, column, cell)
    book.close()
    return made


def _cells(first: int, count: int, organ: str) -> Iterator[Cells]:
    for row in province.rows(first, first + count):
        closed = row.closed_on.isoformat() if row.closed_on else ""
        yield [
            row.code,
            row.name,
            row.subject_type,
            organ,
            row.division[:6],
            f"{row.opened_on:%Y年%m月%d日}",
            closed,
            row.address,
            row.risk_grade,
            str(row.latitude),
            str(row.longitude),
        ]


def measure(*, by: Actor, count: int) -> dict[str, float]:
    """Import `count` subjects that the register lacks; rows per second and MiB.

    `plain` is the same workbook read by the same library, and as many rows copied by the database alone.

    End to end: from the arrival of the file to the commit, checking included. Raises BenchFailed when the
    good rows are not all in, when the sheet of errors is not exact, when a second import changes anything, or
    when undoing leaves something behind.
    """
    found: dict[str, float] = {}
    with TemporaryDirectory() as folder, _without_worker():
        made = make_workbook(
            Path(folder) / "register.xlsx", first=Subject.objects.count(), count=count, organ=by.organ_code
        )
        good = count - len(made.faults)
        found["plain"] = count / _plainly(made)
        before = _peak_mib()
        began = time.perf_counter()
        job = _imported(by, made)
        found["first"] = count / (time.perf_counter() - began)
        _expect(job, (good, 0, 0, len(made.faults)))
        _expect_exact_sheet(by, job, made)
        began = time.perf_counter()
        again = _imported(by, made)
        found["second"] = count / (time.perf_counter() - began)
        _expect(again, (0, 0, good, len(made.faults)))
        began = time.perf_counter()
        undo_import(by=by, uid=job.uid)
        undone = _worked(job)
        found["undo"] = good / (time.perf_counter() - began)
        if undone.state != ImportState.UNDONE or undone.counts["undone"] != good:
            raise BenchFailed(f"undoing left something behind: {undone.counts} {undone.refusal}")
        found["peak_mib"] = _peak_mib()
        found["grown_mib"] = found["peak_mib"] - before
    return found


class _Measured(Exception):
    """Rolls back what was entered to be measured."""


def _plainly(made: Made) -> float:
    """Seconds to read the workbook and to copy as many rows within the subjects' table, indexes included."""
    columns = {
        field.column: f'"{field.column}"'
        for field in Subject._meta.concrete_fields
        if not field.primary_key and not field.generated
    }
    chosen = columns | {"code": "'#' || id", "merged_into_id": "NULL"}
    began = time.perf_counter()
    python_calamine.CalamineWorkbook.from_path(made.path).get_sheet_by_index(0).to_python()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {Subject._meta.db_table} ({', '.join(columns.values())})"  # noqa: S608 — our names
                f" SELECT {', '.join(chosen.values())} FROM {Subject._meta.db_table} LIMIT %s",
                [made.rows],
            )
            if cursor.rowcount != made.rows:
                raise BenchFailed(f"the register holds {cursor.rowcount} subjects, too few to copy")
            raise _Measured
    except _Measured:
        return time.perf_counter() - began


@contextmanager
def _without_worker() -> Iterator[None]:
    """Work in this process: the installation's worker shall not take the import away from the clock."""
    before = work_with(None)
    try:
        yield
    finally:
        work_with(before)


def _imported(by: Actor, made: Made) -> Import:
    with made.path.open("rb") as file:
        pieces = iter(lambda: file.read(PIECE), b"")
        day = today() - timedelta(days=1)
        job = receive_table(by=by, target="subjects", name=made.path.name, pieces=pieces, effective_on=day)
    job = _worked(job)
    if job.state != ImportState.CHECKED:
        raise BenchFailed(f"the table was not taken: {job.state} {job.refusal} {job.cure}")
    confirm_import(by=by, uid=job.uid)
    return _worked(job)


def _worked(job: Import) -> Import:
    work_on(job.pk)
    return Import.objects.get(pk=job.pk)


def _expect(job: Import, wanted: Sequence[int]) -> None:
    counts = tuple(job.count(change) for change in RowChange)
    if job.state != ImportState.DONE or counts != tuple(wanted):
        raise BenchFailed(f"expected {wanted}, came to {counts} in state {job.state}: {job.refusal}")


def _expect_exact_sheet(by: Actor, job: Import, made: Made) -> None:
    """The sheet of errors names exactly the broken rows, and each one's field."""
    fields = {result.row: [fault[0] for fault in result.faults] for result in job.results.all()}
    wanted = {row: [name] for row, name in made.faults.items()}
    if fields != wanted:
        odd = [row for row in sorted({*fields, *wanted}) if fields.get(row) != wanted.get(row)][:5]
        raise BenchFailed(f"the broken rows are not the ones that were broken, for instance {odd}")
    content = io.BytesIO(b"".join(error_workbook(by, job)))
    rows = python_calamine.CalamineWorkbook.from_filelike(content).get_sheet_by_index(0).to_python()
    told = {row[len(HEAD)] for row in rows[1:]}
    if told != set(wanted):
        raise BenchFailed("the sheet of errors does not hold the broken rows")


def _peak_mib() -> float:
    """The most memory that this process has ever held (ru_maxrss: KiB on Linux, bytes on macOS)."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
