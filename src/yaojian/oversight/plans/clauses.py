"""The clauses of a formula: whom it means, which acts count, in which stretch of time, its parts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .errors import DefinitionError, said
from .vocabulary import vocabulary

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years that windows may lie in."""
MOST_YEARS, MOST_ACTS, MOST_PEOPLE = 50, 366, 10**9
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True, slots=True)
class Scope:
    """Which subjects are meant: all conditions hold together; an empty condition does not restrict."""

    types: tuple[str, ...] = ()
    flags_all: tuple[str, ...] = ()
    flags_any: tuple[str, ...] = ()
    risk_grades: tuple[str, ...] = ()
    in_production: bool | None = None

    def to_dict(self) -> dict[str, Any]:
        """The mapping a pack writes; the inverse of ``from_dict``."""
        lists = {
            name: list(getattr(self, name))
            for name in ("types", "flags_all", "flags_any", "risk_grades")
            if getattr(self, name)
        }
        return lists if self.in_production is None else {**lists, "in_production": self.in_production}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Scope:
        """Read a scope; raises DefinitionError for unknown words and for a scope nobody can be in."""
        refuse_unknown(data, cls.__dataclass_fields__, "")
        in_production = data.get("in_production")
        if in_production is not None and not isinstance(in_production, bool):
            raise DefinitionError(
                "in_production",
                said("%(in_production)r is neither true nor false", in_production=in_production),
                said("write true"),
            )
        scope = cls(
            types=words(data, "types", "types"),
            flags_all=words(data, "flags_all", "flags"),
            flags_any=words(data, "flags_any", "flags"),
            risk_grades=words(data, "risk_grades", "risk_grades"),
            in_production=in_production,
        )
        if scope == cls():
            raise DefinitionError(
                "types", said("the scope names nobody"), said("list at least one subject type or flag")
            )
        scope._refuse_impossible()
        return scope

    def _refuse_impossible(self) -> None:
        flags = vocabulary().flags
        for subject_type in self.types:
            for flag in self.flags_all:
                if not flags[flag].fits(subject_type):
                    raise DefinitionError(
                        "flags_all",
                        said(
                            "impossible scope: %(subject_type)s never carries %(flag)s",
                            subject_type=subject_type,
                            flag=flag,
                        ),
                        said(
                            "remove %(subject_type)s from types or %(flag)s from flags_all",
                            subject_type=subject_type,
                            flag=flag,
                        ),
                    )
            if self.flags_any and not any(flags[flag].fits(subject_type) for flag in self.flags_any):
                raise DefinitionError(
                    "flags_any",
                    said(
                        "impossible scope: %(subject_type)s carries none of %(words)s",
                        subject_type=subject_type,
                        words=", ".join(self.flags_any),
                    ),
                    said(
                        "give %(subject_type)s its own part, or add a flag it can carry",
                        subject_type=subject_type,
                    ),
                )


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts count: one kind, narrowed to inspection kinds and organ levels when given."""

    kind: str
    inspection_kinds: tuple[str, ...] = ()
    organ_levels: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The mapping a pack writes; the inverse of ``from_dict``."""
        written: dict[str, Any] = {"kind": self.kind}
        for name in ("inspection_kinds", "organ_levels"):
            if getattr(self, name):
                written[name] = list(getattr(self, name))
        return written

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ActFilter:
        """Read an act filter; raises DefinitionError for unknown words."""
        refuse_unknown(data, cls.__dataclass_fields__, "")
        return cls(
            kind=word(data.get("kind"), "kind", "act_kinds"),
            inspection_kinds=words(data, "inspection_kinds", "inspection_kinds"),
            organ_levels=words(data, "organ_levels", "organ_levels"),
        )


@dataclass(frozen=True, slots=True)
class Period:
    """The stretch of time a formula looks at: a calendar unit, the last n years, or a fixed window."""

    unit: str
    n: int | None = None
    start: date | None = None
    end: date | None = None

    def bounds(self, as_of: date) -> tuple[date, date]:
        """First and last day (both inclusive) of the period that ``as_of`` looks at.

        Calendar units: the one that contains ``as_of``, to its last day. A window: its own two
        days, wherever ``as_of`` lies. Rolling: from the day after ``as_of`` minus n years to ``as_of``.
        """
        if self.unit == "window":
            assert self.start is not None
            assert self.end is not None
            return self.start, self.end
        if self.unit == "rolling_years":
            assert self.n is not None
            return _years_before(as_of, self.n) + timedelta(days=1), as_of
        if self.unit == "day":
            return as_of, as_of
        if self.unit == "week":
            monday = as_of - timedelta(days=as_of.weekday())
            return monday, monday + timedelta(days=6)
        months = _MONTHS[self.unit]
        start = date(as_of.year, (as_of.month - 1) // months * months + 1, 1)
        return start, _add_months(start, months) - timedelta(days=1)

    def to_dict(self) -> dict[str, Any]:
        """The mapping a pack writes; the inverse of ``from_dict``."""
        written: dict[str, Any] = {"unit": self.unit}
        if self.n is not None:
            written["n"] = self.n
        if self.start is not None and self.end is not None:
            written |= {"start": self.start.isoformat(), "end": self.end.isoformat()}
        return written

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Period:
        """Read a period; raises DefinitionError for an open window or a rolling period of no years."""
        refuse_unknown(data, cls.__dataclass_fields__, "")
        unit = word(data.get("unit"), "unit", "period_units")
        if unit == "rolling_years":
            return cls(
                unit,
                n=positive(data.get("n"), "n", said("write the number of years, e.g. n: 3"), most=MOST_YEARS),
            )
        if "n" in data:
            raise DefinitionError(
                "n",
                said("n does not go with the unit %(unit)r", unit=unit),
                said("remove n or use rolling_years"),
            )
        if unit != "window":
            if "start" in data or "end" in data:
                raise DefinitionError(
                    "start",
                    said("start and end do not go with the unit %(unit)r", unit=unit),
                    said("remove them or use unit: window"),
                )
            return cls(unit)
        start, end = _day(data, "start"), _day(data, "end")
        if end < start:
            raise DefinitionError(
                "end", said("the window ends before it starts"), said("write an end after the start")
            )
        return cls(unit, start=start, end=end)


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a composite index.

    Its score is that of the figure ``of``, or else an entered one of the component's code. ``weight`` is None
    while the plan leaves it open; then an organ decides it.
    """

    code: str
    zh: str
    en: str
    weight: float | None = None
    of: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The mapping a pack writes; the inverse of ``from_dict``."""
        written: dict[str, Any] = {"code": self.code, "zh": self.zh, "en": self.en}
        if self.weight is not None:
            written["weight"] = self.weight
        return {**written, "of": self.of} if self.of else written

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Component:
        """Read a component; raises DefinitionError when its names are missing."""
        refuse_unknown(data, cls.__dataclass_fields__, "")
        for name in ("code", "zh", "en"):
            if not isinstance(data.get(name), str) or not data[name]:
                raise DefinitionError(
                    name, said("a component needs a code and both names"), said("write %(name)s", name=name)
                )
        weight = data.get("weight")
        if weight is not None and (
            isinstance(weight, bool) or not isinstance(weight, int | float) or weight <= 0
        ):
            raise DefinitionError(
                "weight",
                said("%(weight)r is no weight", weight=weight),
                said("write a number above 0 or leave it out"),
            )
        return cls(data["code"], data["zh"], data["en"], weight, str(data.get("of", "")))


def refuse_unknown(data: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    if not isinstance(data, Mapping):
        raise DefinitionError(
            where, said("%(data)r is no mapping", data=data), said("write `key: value` pairs")
        )
    for name in data:
        if name not in known:
            raise DefinitionError(
                str(name), said("unknown field"), said("use one of %(words)s", words=", ".join(known))
            )


def word(value: Any, field_name: str, kind: str) -> str:
    known = vocabulary().words(kind)
    if not isinstance(value, str) or value not in known:
        problem = (
            said("missing")
            if value is None
            else said("%(value)r is not in the vocabulary of %(kind)s", value=value, kind=kind)
        )
        raise DefinitionError(field_name, problem, said("use one of %(words)s", words=", ".join(known)))
    return value


def words(data: Mapping[str, Any], field_name: str, kind: str) -> tuple[str, ...]:
    values = data.get(field_name, ())
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DefinitionError(
            field_name, said("%(values)r is no list", values=values), said("write a list such as [a, b]")
        )
    found = tuple(word(value, field_name, kind) for value in values)
    if len(set(found)) != len(found):
        raise DefinitionError(
            field_name, said("a word stands twice in the list"), said("write each word once")
        )
    return found


def positive(value: Any, field_name: str, cure: str, *, most: int) -> int:
    if type(value) is not int or value < 1:
        raise DefinitionError(
            field_name, said("%(value)r is not a whole number of at least 1", value=value), cure
        )
    if value > most:
        raise DefinitionError(
            field_name, said("the number is too large"), said("write at most %(most)s", most=most)
        )
    return value


def _day(data: Mapping[str, Any], name: str) -> date:
    value = data.get(name)
    if value is None:
        raise DefinitionError(
            name, said("the window has no %(name)s", name=name), said("write %(name)s: YYYY-MM-DD", name=name)
        )
    try:
        day = value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise DefinitionError(
            name, said("%(value)r is no date", value=value), said("write %(name)s: YYYY-MM-DD", name=name)
        ) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise DefinitionError(
            name,
            said("%(value)s lies too far away", value=day.isoformat()),
            said("use a year from %(start)s to %(end)s", start=FIRST_YEAR, end=LAST_YEAR),
        )
    return day


def _years_before(day: date, years: int) -> date:
    """The same day n years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _add_months(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)
