"""Which row names the columns. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from yaojian.registers.intake.tables.cells import plain

LOOKED_AT_ROWS = 30
_ADDITION = re.compile(r"[(\[【].*?[)\]】]|[*:：＊\s_\-/、.]")


@dataclass(frozen=True, slots=True)
class Header:
    """The row that names the columns, and the texts of the rows above it (a title, a date, a note)."""

    row: int
    names: tuple[str, ...]
    above: tuple[str, ...] = ()


def name_key(name: str) -> str:
    """What is compared of a column's name: no spaces, marks of duty, units in brackets; letters small."""
    text = unicodedata.normalize("NFKC", plain(name)).lower()
    return _ADDITION.sub("", text) or text


def find_header(rows: Iterable[tuple[int, Sequence[str]]], known: Collection[str]) -> Header | None:
    """The header among the first thirty rows, or None when there is no row at all.

    It is the row with the most names in `known` (keys by `name_key`); where no row has one, the first row as
    wide as the widest, for a title takes one cell and a header takes them all.
    """
    seen = [(number, [plain(cell) for cell in cells]) for number, cells in _first(rows)]
    if not seen:
        return None
    recognised = [len({name_key(cell) for cell in cells if cell} & set(known)) for _number, cells in seen]
    filled = [sum(1 for cell in cells if cell) for _number, cells in seen]
    best = recognised if any(recognised) else filled
    place = best.index(max(best))
    above = tuple(" ".join(cell for cell in cells if cell) for _number, cells in seen[:place])
    number, cells = seen[place]
    while cells and not cells[-1]:
        cells.pop()
    return Header(number, tuple(cells), above)


def _first(rows: Iterable[tuple[int, Sequence[str]]]) -> list[tuple[int, Sequence[str]]]:
    found = []
    for row in rows:
        found.append(row)
        if len(found) == LOOKED_AT_ROWS:
            break
    return found
