"""What is behind a figure but subjects and acts: statements, rows of registers, and what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Organ
from yaojian.oversight.plans.cells import QUOTIENTS, Cell, left_out, needed, part, whole
from yaojian.oversight.plans.definitions import Formula, Period
from yaojian.oversight.plans.registers import Rows, counted_rows
from yaojian.oversight.plans.statements import Book
from yaojian.oversight.statistics.facade import Statistic, sources


@dataclass(frozen=True, slots=True)
class Side:
    """Statements that stand on one side of a figure, or the rows of a register."""

    code: str
    label: Promise
    pks: tuple[int, ...] = ()
    rows: Rows | None = None

    @property
    def count(self) -> int:
        """How many statements or rows of a register there are."""
        return len(self.pks) if self.rows is None else self.rows.count()

    @property
    def statements(self) -> QuerySet[Statistic]:
        """The statements with organs and people, in the order of organs and days."""
        return sources(self.pks)


def sides(formula: Formula, organ: Organ, as_of: date) -> list[Side]:
    """What was stated for a figure, or held in a register; empty for one over subjects and acts alone."""
    cells = needed(formula)
    if not cells:
        return []
    entered = [cell for cell in cells if not cell.is_registered]
    book = Book(organ)
    book.read({cell.datum for cell in entered})
    if formula.shape == "composite":
        yearly = replace(formula, period=Period("year"))
        return [Side("numerator", _("Scores"), _counted(book, entered, yearly, as_of))]
    found = _side("numerator", _("Numerator"), part(formula), book, formula, as_of)
    if formula.shape in QUOTIENTS or (formula.shape == "coverage" and formula.over):
        found += _side("denominator", _("Denominator"), whole(formula), book, formula, as_of)
    if not entered:
        return found
    excluded = _counted(book, left_out(formula).values(), formula, as_of)
    return [*found, Side("excluded", _("Not counted"), excluded)] if excluded else found


def _side(code: str, label: Promise, cell: Cell, book: Book, formula: Formula, as_of: date) -> list[Side]:
    """One side of a figure; in a window followed by what was held before it, which does not count."""
    if not cell.is_registered:
        return [Side(code, label, _counted(book, [cell], formula, as_of))]
    held, *before = counted_rows(book.organ, cell, formula.period, as_of)
    found = [Side(code, label, rows=held)]
    return [*found, *(Side(f"{code}_before", _("Held before the period"), rows=rows) for rows in before)]


def _counted(book: Book, cells: Iterable[Cell], formula: Formula, as_of: date) -> tuple[int, ...]:
    """The keys of the statements that count, of each organ by itself where the formula looks at them so."""
    pks: list[int] = []
    for cell in cells:
        if cell.is_registered:
            continue
        if formula.each is None:
            pks += [record.pk for record in book.stated(cell, formula.period, as_of, book.organ.pk).records]
            continue
        for organ in book.tree(as_of).with_land(book.organ.pk, formula.each):
            own = book.stated(cell, formula.period, as_of, organ.id, alone=True)
            pks += [record.pk for record in own.records]
    return tuple(pks)
