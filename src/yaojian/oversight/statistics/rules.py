"""What a statement must be before it may be made: fault, field and cure of each thing that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from yaojian.oversight.statistics.data import DECIMALS, ITEM, Datum, Kind, Measure, catalogue

EARLIEST = date(2000, 1, 1)
LONGEST_METHOD = 2000
LONGEST_NUMBER = 60
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Content:
    """What a statement says; `dims` by dimension, days inclusive."""

    datum: str
    first_on: date
    last_on: date
    dims: Mapping[str, str] = field(default_factory=dict)
    amount: Decimal | None = None
    grade: str = ""
    sample_size: int | None = None
    method: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a statement."""

    field: str
    detail: str
    cure: str


def language() -> str:
    """The reader's language code."""
    return get_language() or "zh-hans"


def unit_of(measure: Measure) -> str:
    """The unit of a measure in the reader's language."""
    return catalogue().units[measure.unit].text(language())


def dims_in_words(datum: Datum, dims: Mapping[str, str]) -> str:
    """Dimensions in the reader's language, in the order of the datum."""
    words = [
        catalogue().value_label(datum, name, dims[name]).text(language())
        for name in datum.dimensions
        if name in dims
    ]
    return _(", ").join(words)


def number_of(text: str) -> Decimal:
    """A number as people write it: full-width digits, separators, a percent sign. Raises ValueError."""
    plain = normalize("NFKC", text[:LONGEST_NUMBER]).replace(" ", "").replace(",", "").removesuffix("%")
    if len(text) > LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise ValueError("not a number")
    return Decimal(plain)


def faults_of(content: Content, today: date) -> list[Fault]:
    """Everything that is wrong with a statement by itself; empty for a sound one."""
    datum = catalogue().data.get(content.datum)
    if datum is None:
        return [Fault("datum", _("There is no such datum."), _("Choose one from the list."))]
    if not datum.is_entered:
        return [_not_entered(datum)]
    return [
        *_days(content, today),
        *_dimensions(datum, content.dims),
        *_value(datum.measure_of(content.dims), content),
    ]


def _not_entered(datum: Datum) -> Fault:
    name = {"name": datum.label.text(language())}
    if datum.source == "register":
        return Fault(
            "datum",
            _("%(name)s comes from a register of the platform and is not entered by hand.") % name,
            _("Enter or import what is missing in that register."),
        )
    return Fault(
        "datum",
        _("%(name)s is shown by milestones and is not entered as a number.") % name,
        _("Report it on the board of milestones."),
    )


def _days(content: Content, today: date) -> Iterator[Fault]:
    if content.last_on < content.first_on:
        yield Fault("last_on", _("The period ends before it begins."), _("Enter a later last day."))
    elif content.first_on < EARLIEST:
        yield Fault("first_on", _("The period lies before 2000."), _("Enter a later period."))
    elif content.first_on.year != content.last_on.year:
        yield Fault(
            "last_on",
            _("The period reaches over the turn of a year."),
            _("Enter one statement for each year."),
        )
    elif content.last_on > today:
        yield Fault(
            "last_on",
            _("The period is not over yet."),
            _("Enter it once the period has ended, or state a period that has."),
        )


def _dimensions(datum: Datum, dims: Mapping[str, str]) -> Iterator[Fault]:
    for name, value in dims.items():
        if name not in datum.dimensions:
            yield Fault(
                name, _("The datum is not broken down by this."), _("Leave it out, or choose another datum.")
            )
        elif value not in datum.dimensions[name]:
            yield Fault(name, _("This value is not in the list."), _("Choose one from the list."))
    if datum.items and not dims.get(ITEM):
        yield Fault(ITEM, _("Say which series is stated."), _("Choose one from the list."))


def evidence_in_words(row: Any) -> str:
    """What a statement of `queries.with_evidence` rests on: documents, a table, or an earlier record."""
    if row.documents:
        return ngettext("%(n)s document", "%(n)s documents", row.documents) % {"n": row.documents}
    if row.table_name:
        return _("Table import “%(name)s”") % {"name": row.table_name}
    return _("Taken over in bulk, without a file") if row.batch else pgettext("evidence", "none")


def _value(measure: Measure, content: Content) -> Iterator[Fault]:
    if measure.kind is Kind.GRADE:
        grades = catalogue().grades
        if content.amount is not None:
            yield Fault("amount", _("A grade is stated, not a number."), _("Leave the number empty."))
        if content.grade not in grades:
            cure = _("Enter one of %(grades)s.") % {"grades": _(", ").join(grades)}
            yield Fault("grade", _("This is no grade."), cure)
        return
    if content.grade:
        yield Fault("grade", _("A number is stated, not a grade."), _("Leave the grade empty."))
    yield from _amount(measure, content.amount)
    if measure.kind is Kind.SURVEY:
        if not content.sample_size:
            yield Fault(
                "sample_size",
                _("A survey needs its sample size."),
                _("Enter how many people answered."),
            )
        if not content.method.strip():
            yield Fault(
                "method",
                _("A survey needs its method."),
                _("Say who asked whom, when and how."),
            )
    if len(content.method) > LONGEST_METHOD:
        yield Fault("method", _("The method is too long."), _("Keep it under 2,000 characters."))


def _amount(measure: Measure, amount: Decimal | None) -> Iterator[Fault]:
    unit = unit_of(measure)
    if amount is None:
        yield Fault("amount", _("The number is missing."), _("Enter it in %(unit)s.") % {"unit": unit})
    elif not amount.is_finite():
        yield Fault("amount", _("This is no number."), _("Enter digits only."))
    elif measure.is_whole and amount != amount.to_integral_value():
        yield Fault(
            "amount",
            _("%(unit)s are counted in whole numbers.") % {"unit": unit},
            _("Enter a whole number."),
        )
    elif amount.as_tuple().exponent < -DECIMALS:  # type: ignore[operator]
        yield Fault("amount", _("There are more than four decimals."), _("Round it to four decimals."))
    elif (measure.least is not None and amount < measure.least) or (
        measure.most is not None and amount > measure.most
    ):
        yield Fault("amount", *_bounds(measure, unit))


def _bounds(measure: Measure, unit: str) -> tuple[str, str]:
    if measure.kind in (Kind.SHARE, Kind.SURVEY):
        return (
            _("A share lies between 0 and 100 percent."),
            _("Enter 96.5 for 96.5 %; check whether a number of something else was meant."),
        )
    words = {"least": measure.least, "unit": unit}
    return (
        _("The number lies outside what the datum allows, from %(least)s %(unit)s on.") % words,
        _("Check the number and its unit: it is stated in %(unit)s.") % words,
    )
