"""The data that can be stated: labels, units, kinds, bounds, dimensions; read from the pack folder. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ITEM = "item"
"""The dimension that names one of the series that stand under a datum."""

LARGEST = Decimal("9999999999999999.9999")
DECIMALS = 4


class Kind(StrEnum):
    """What a statement of a datum is; it decides the bounds."""

    COUNT = "count"
    AMOUNT = "amount"
    SHARE = "share"
    GRADE = "grade"
    POPULATION = "population"
    SURVEY = "survey"
    HOURS = "hours"
    MILESTONE = "milestone"


_BOUNDS: dict[Kind, tuple[Decimal | None, Decimal | None]] = {
    Kind.COUNT: (Decimal(0), LARGEST),
    Kind.AMOUNT: (Decimal(0), LARGEST),
    Kind.HOURS: (Decimal(0), LARGEST),
    Kind.POPULATION: (Decimal(1), Decimal("2000000000")),
    Kind.SHARE: (Decimal(0), Decimal(100)),
    Kind.SURVEY: (Decimal(0), Decimal(100)),
    Kind.GRADE: (None, None),
    Kind.MILESTONE: (None, None),
}
WHOLE = frozenset({Kind.COUNT, Kind.POPULATION})


@dataclass(frozen=True, slots=True)
class Words:
    """A label in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """The label in the language of the given code."""
        return self.zh if language.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Measure:
    """In what something is stated: its unit, kind and bounds."""

    label: Words
    unit: str
    kind: Kind
    least: Decimal | None
    most: Decimal | None
    is_stock: bool = False

    @property
    def is_flow(self) -> bool:
        """Whether it says what was done in some days, and so is added over time."""
        return not self.is_stock and self.kind in (Kind.COUNT, Kind.AMOUNT, Kind.HOURS)

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.kind in WHOLE


@dataclass(frozen=True, slots=True)
class Within:
    """A datum of which another is a part, when that is narrowed so; dimensions that both have are equal."""

    of: str
    when: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Datum:
    """A datum: what is stated when no series is named, the series under it, and its dimensions.

    `source` is "entered", "register" (a register of the platform gives it) or "milestone".
    """

    key: str
    measure: Measure
    source: str
    dimensions: Mapping[str, tuple[str, ...]]
    items: Mapping[str, Measure] = field(default_factory=dict)
    within: tuple[Within, ...] = ()

    @property
    def label(self) -> Words:
        """The datum's name."""
        return self.measure.label

    @property
    def is_entered(self) -> bool:
        """Whether people state it."""
        return self.source == "entered"

    def measure_of(self, dims: Mapping[str, str]) -> Measure:
        """In what a statement with these dimensions is made; the datum's own where it has no series."""
        return self.items.get(dims.get(ITEM, ""), self.measure)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every datum, and the labels of units, dimensions and their values."""

    data: Mapping[str, Datum]
    units: Mapping[str, Words]
    dimensions: Mapping[str, Words]
    values: Mapping[str, Words]
    grades: tuple[str, ...]

    def value_label(self, datum: Datum, dimension: str, value: str) -> Words:
        """The label of one value of a dimension."""
        if dimension == ITEM and value in datum.items:
            return datum.items[value].label
        return self.values[value]


def _words(entry: Mapping[str, Any]) -> Words:
    return Words(entry["zh"], entry["en"])


def _measure(entry: Mapping[str, Any], default: Mapping[str, Any]) -> Measure:
    kind = Kind(entry.get("kind", default.get("kind")))
    least, most = _BOUNDS[kind]
    bounds = [Decimal(str(entry[name])) if name in entry else None for name in ("min", "max")]
    return Measure(
        label=_words(entry),
        unit=entry.get("unit", default.get("unit")),
        kind=kind,
        least=least if bounds[0] is None else bounds[0],
        most=most if bounds[1] is None else bounds[1],
        is_stock=entry.get("stock", default.get("stock", False)),
    )


def _datum(key: str, entry: Mapping[str, Any]) -> Datum:
    items = {code: _measure(item, entry) for code, item in entry.get("items", {}).items()}
    dimensions = {ITEM: tuple(items)} if items else {}
    dimensions |= {name: tuple(values) for name, values in entry.get("select", {}).items()}
    within = tuple(Within(one["of"], one.get("when", {})) for one in entry.get("within", ()))
    return Datum(key, _measure(entry, entry), entry.get("source", "entered"), dimensions, items, within)


def _incomplete(place: str, name: str, words: Iterable[str]) -> ValueError:
    return ValueError(
        f"data_keys.yaml, {place}: missing or unknown {name}. Cure: write {name}: one of {', '.join(words)}."
    )


def _read(path: Traversable) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 — a safe loader


@cache
def catalogue() -> Catalogue:
    """The data of the installed pack folder, read once. Raises ValueError for one without unit or kind."""
    folder = files("yaojian.packs") / "plans"
    data, words = (_read(folder / name) for name in ("data_keys.yaml", "vocabulary.yaml"))
    return catalogue_of(data, words)


def catalogue_of(data: Mapping[str, Any], words: Mapping[str, Any]) -> Catalogue:
    """The catalogue of two parsed files. Raises ValueError naming a datum without unit or kind, with cure."""
    units = {word: _words(entry) for word, entry in words["units"].items()}
    for key, entry in data.items():
        for name, one in {"": entry, **entry.get("items", {})}.items():
            place = f"{key}.items.{name}" if name else key
            if one.get("unit", entry.get("unit")) not in units:
                raise ValueError(
                    f"{place}: missing or unknown unit. Cure: write unit: one of {', '.join(units)}."
                )
            if one.get("kind", entry.get("kind")) not in set(Kind):
                raise ValueError(
                    f"{place}: missing or unknown kind. Cure: write kind: one of {', '.join(Kind)}."
                )
    return Catalogue(
        data={key: _datum(key, entry) for key, entry in data.items()},
        units=units,
        dimensions={word: _words(entry) for word, entry in words["dimensions"].items()},
        values={word: _words(entry) for word, entry in words["dimension_values"].items()},
        grades=tuple(words["grades"]),
    )
