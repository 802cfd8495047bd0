"""The rows of a table as entries and faults, kept from the check to the import that it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.registers.intake.contracts import RowChange, RowFault, Target
from yaojian.registers.intake.mapping import ColumnMapping
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.parsing import RowReader
from yaojian.registers.intake.places import area_names
from yaojian.registers.intake.progress import Watch
from yaojian.registers.intake.storage import opened, path_of, rows_path_of, write_sealed
from yaojian.registers.intake.tables.reading import Row, data_rows

AT_ONCE = 2_000
LENGTH_BYTES = 4
BROKEN, SOUND = b"B", b"S"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row; `cells` are the row's own."""

    row: int
    change: RowChange
    code: str
    cells: list[str]
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True, slots=True)
class SoundRow:
    """A row that is right by itself: what it says as an entry of the register."""

    row: int
    cells: list[str]
    entry: Any


@dataclass(slots=True)
class ParsedRows:
    """The rows that are right by themselves, and those that are broken already."""

    sound: list[SoundRow] = field(default_factory=list)
    broken: list[Result] = field(default_factory=list)


def mapping_of(job: Import) -> ColumnMapping:
    """The mapping chosen for an import."""
    return ColumnMapping(job.mapping.get("columns", {}), job.mapping.get("constants", {}))


def parse_rows(job: Import, target: Target, actor: Actor, watch: Watch) -> ParsedRows:
    """Parse every row of the table. Raises TableRefused and Stopped."""
    reader = RowReader(target, mapping_of(job), area_names(actor))
    first_of: dict[str, int] = {}
    parsed = ParsedRows()
    watch.begin("reading", job.rows)
    for count, (number, cells) in enumerate(_rows(job, watch), 1):
        if count % AT_ONCE == 0:
            watch.moved(count)
        values, faults = reader.read(cells)
        cells = [str(cell) for cell in cells]
        if not faults:
            entry = target.entry(**values)
            key = target.key(entry)
            first = first_of.setdefault(key, number)
            if first == number:
                parsed.sound.append(SoundRow(number, cells, entry))
                continue
            faults = [_twice(target, first)]
        parsed.broken.append(Result(number, RowChange.BROKEN, "", cells, tuple(faults)))
    return parsed


def _rows(job: Import, watch: Watch) -> Iterator[Row]:
    """The rows that reading has left, or those of the file once more."""
    left, watch.rows = watch.rows, None
    if left is not None:
        yield from left
        return
    with opened(path_of(job.uid)) as path:
        yield from data_rows(path, job.shape["sheet"], job.shape["header_row"])


def _twice(target: Target, first: int) -> RowFault:
    return RowFault(
        target.key_field,
        _("The same entry stands in row %(row)s already, and that one was taken.") % {"row": first},
        _("Keep one of the two rows, or correct the code of this one."),
    )


def keep_rows(job: Import, target: Target, parsed: ParsedRows) -> None:
    """Write parsed rows beside the file, so that what was checked is what will be entered."""
    if target.entry_type is None:
        return
    path = rows_path_of(job.uid)
    path.unlink(missing_ok=True)
    write_sealed(path, _blocks(parsed))


def _blocks(parsed: ParsedRows) -> Iterator[bytes]:
    encoder = msgspec.msgpack.Encoder()
    for mark, rows in ((BROKEN, parsed.broken), (SOUND, parsed.sound)):
        for start in range(0, len(rows), AT_ONCE):
            block = encoder.encode(rows[start : start + AT_ONCE])
            yield mark + len(block).to_bytes(LENGTH_BYTES, "big") + block


def kept_rows(job: Import, target: Target, watch: Watch) -> ParsedRows | None:
    """The rows that the check has parsed; None when they are gone. Raises Stopped."""
    path = rows_path_of(job.uid)
    if target.entry_type is None or not path.exists():
        return None
    broken = msgspec.msgpack.Decoder(list[Result])
    sound = msgspec.msgpack.Decoder(list[dict[str, msgspec.Raw]])
    texts, entry = msgspec.msgpack.Decoder(list[str]), msgspec.msgpack.Decoder(target.entry_type)
    parsed = ParsedRows()
    watch.begin("reading", job.rows)
    with opened(path) as memory, memory.open("rb") as file:
        while mark := file.read(1):
            block = file.read(int.from_bytes(file.read(LENGTH_BYTES), "big"))
            if mark == BROKEN:
                parsed.broken += broken.decode(block)
                continue
            for row in sound.decode(block):
                number = msgspec.msgpack.decode(row["row"], type=int)
                parsed.sound.append(SoundRow(number, texts.decode(row["cells"]), entry.decode(row["entry"])))
            watch.moved(len(parsed.sound))
    return parsed
