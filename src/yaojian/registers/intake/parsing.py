"""A row's cells become an entry, or faults that name field and cure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.registers.intake.contracts import FieldKind, ImportField, RowFault, Target
from yaojian.registers.intake.mapping import LANGUAGES, ColumnMapping
from yaojian.registers.intake.places import AreaNames
from yaojian.registers.intake.tables.cells import (
    EXACT_DIGITS,
    Computed,
    Covered,
    Marked,
    code_like,
    is_spread_number,
    plain,
)
from yaojian.registers.intake.tables.days import day_of, is_open_ended
from yaojian.registers.intake.tables.header import name_key

Parse = Callable[[str], Any]
YES = frozenset({"是", "有", "在产", "正常", "在营", "YES", "Y", "TRUE", "1", "√", "✓"})
NO = frozenset({"否", "无", "停产", "停业", "NO", "N", "FALSE", "0", "×", "✗"})
_PARTED = str.maketrans(dict.fromkeys(",，;；|\n", "、"))
"""What parts the items of one cell."""

_SELDOM_REPEATED = frozenset({FieldKind.TEXT, FieldKind.CODE, FieldKind.DEGREES})
MOST_REMEMBERED = 20_000
SHOWN = 40
"""How much of a wrong value an error repeats."""


class Wrong(Exception):
    """A cell cannot be taken; what is wrong, and the cure."""

    def __init__(self, detail: str, cure: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.cure = cure


@dataclass(slots=True)
class _Column:
    field: ImportField
    place: int | None
    constant: str
    parse: Parse
    seen: dict[str, Any]


class RowReader:
    """Reads rows of one import; values that repeat (types, places, days) are worked out once."""

    def __init__(self, target: Target, mapping: ColumnMapping, area: AreaNames) -> None:
        self.target = target
        self.columns = [
            _Column(
                one,
                mapping.columns.get(one.name),
                mapping.constants.get(one.name, ""),
                _parser(one, area),
                {},
            )
            for one in target.fields
            if one.name in mapping.columns or mapping.constants.get(one.name)
        ]

    def read(self, cells: Sequence[str]) -> tuple[dict[str, Any], list[RowFault]]:
        """The values by field, and what is wrong."""
        values: dict[str, Any] = {}
        faults: list[RowFault] = []
        width = len(cells)
        for column in self.columns:
            place = column.place
            cell = column.constant if place is None else cells[place] if place < width else ""
            try:
                values[column.field.name] = _value(column, cell)
            except Wrong as wrong:
                faults.append(RowFault(column.field.name, wrong.detail, wrong.cure))
        return values, faults


def _parser(one: ImportField, area: AreaNames) -> Parse:
    match one.kind:
        case FieldKind.CHOICE:
            return _choice(one)
        case FieldKind.CHOICES:
            return _choices(one)
        case FieldKind.ORGAN:
            return _among(area.organs, _no_organ)
        case FieldKind.PLACE:
            return _place(area)
        case kind:
            return _SIMPLE[kind]


def _value(column: _Column, cell: str) -> Any:
    seen = column.seen
    if cell in seen and cell.__class__ is str:
        return seen[cell]
    if isinstance(cell, Marked):
        raise _marked(cell)
    if not cell or not plain(cell):
        if column.field.required:
            raise Wrong(_("This is missing."), _("Fill in the cell."))
        return column.field.blank
    value = column.parse(cell)
    if column.field.kind not in _SELDOM_REPEATED and len(seen) < MOST_REMEMBERED:
        seen[cell] = value
    return value


def _marked(cell: Marked) -> Wrong:
    if isinstance(cell, Computed):
        return Wrong(
            _("The cell holds a formula, not a value."),
            _("Copy the column and paste it as values over itself."),
        )
    if isinstance(cell, Covered):
        return Wrong(_("The cell lies under a merged one."), _("Unmerge the cells and fill in every row."))
    return _damaged()


def _damaged() -> Wrong:
    return Wrong(
        _("The spreadsheet took this for a number and kept the first 15 digits only; the rest is lost."),
        _("Format the column as text and enter the whole number again."),
    )


def _code(cell: str) -> str:
    text = code_like(cell)
    if is_spread_number(text):
        raise _damaged()
    return text


def was_cut_off(text: str) -> bool:
    """Whether a refused code looks as if a spreadsheet had replaced all after its 15th digit by zeros."""
    return len(text) > EXACT_DIGITS and text.isdecimal() and not text[EXACT_DIGITS:].strip("0")


def cut_off_fault(field: str) -> RowFault:
    """The fault of such a code."""
    wrong = _damaged()
    return RowFault(field, wrong.detail, wrong.cure)


def _day(cell: str) -> date:
    found = day_of(cell)
    if found is None:
        raise Wrong(
            _("“%(text)s” is not a day that is sure.") % {"text": cell[:SHOWN]},
            _("Write it as 2026-11-22, with the year in four digits."),
        )
    return found


def _last_day(cell: str) -> date | None:
    return None if is_open_ended(cell) else _day(cell)


def _yes_no(cell: str) -> bool:
    text = code_like(cell)
    if text in YES:
        return True
    if text in NO:
        return False
    raise Wrong(_("“%(text)s” is neither yes nor no.") % {"text": cell[:SHOWN]}, _("Enter 是 or 否."))


def _whole(cell: str) -> int:
    text = code_like(cell)
    if not text.isdecimal() or len(text) > 9:
        raise Wrong(_("“%(text)s” is not a whole number.") % {"text": cell[:SHOWN]}, _("Enter digits only."))
    return int(text)


def _degrees(cell: str) -> float:
    text = code_like(cell).rstrip("°")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -180 <= value <= 180:
        raise Wrong(
            _("“%(text)s” is not a number of degrees.") % {"text": cell[:SHOWN]},
            _("Enter decimal degrees, such as 87.3164."),
        )
    return value


def _names_of_choices(one: ImportField) -> dict[str, Any]:
    known: dict[str, Any] = {name_key(word): code for word, code in one.aliases.items()}
    for code, name in one.choices.items():
        known[name_key(str(code))] = code
        for language in LANGUAGES:
            with override(language):
                known[name_key(str(name))] = code
    return known


def _choice(one: ImportField) -> Parse:
    known = _names_of_choices(one)

    def parse(cell: str) -> Any:
        try:
            return known[name_key(cell)]
        except KeyError:
            raise _no_choice(cell) from None

    return parse


def _choices(one: ImportField) -> Parse:
    known = _names_of_choices(one)

    def parse(cell: str) -> tuple[Any, ...]:
        found = []
        for word in cell.translate(_PARTED).split("、"):
            if not plain(word):
                continue
            if (key := name_key(word)) not in known:
                raise _no_choice(word)
            found.append(known[key])
        return tuple(found)

    return parse


def _list(cell: str) -> tuple[str, ...]:
    parts = (plain(part) for part in cell.translate(_PARTED).split("、"))
    return tuple(dict.fromkeys(part for part in parts if part))


def _no_choice(cell: str) -> Wrong:
    return Wrong(
        _("“%(text)s” is none of the values allowed here.") % {"text": cell[:SHOWN]},
        _("Choose one from the second sheet of the template."),
    )


def _among(known: Mapping[str, str], refusal: Callable[[str], Wrong]) -> Parse:
    def parse(cell: str) -> str:
        try:
            return known[name_key(cell)]
        except KeyError:
            raise refusal(cell) from None

    return parse


def _no_organ(cell: str) -> Wrong:
    return Wrong(
        _("“%(text)s” is no organ within your area.") % {"text": cell[:SHOWN]},
        _("Enter the name or the code of your organ or of one below it."),
    )


def _place(area: AreaNames) -> Parse:
    def parse(cell: str) -> str:
        text = code_like(cell)
        if text.isdecimal():
            return text
        found = area.places.get(name_key(cell), ())
        if len(found) == 1:
            return found[0]
        if found:
            raise Wrong(
                _("“%(text)s” is the name of several places.") % {"text": cell[:SHOWN]},
                _("Put the names of county and prefecture before it, or enter the code of the place."),
            )
        raise Wrong(
            _("“%(text)s” is no known place within your area.") % {"text": cell[:SHOWN]},
            _("Enter the code of the place, or its name as the division tables have it."),
        )

    return parse


_SIMPLE: dict[FieldKind, Parse] = {
    FieldKind.TEXT: plain,
    FieldKind.CODE: _code,
    FieldKind.DAY: _day,
    FieldKind.LAST_DAY: _last_day,
    FieldKind.YES_NO: _yes_no,
    FieldKind.WHOLE: _whole,
    FieldKind.DEGREES: _degrees,
    FieldKind.LIST: _list,
}
