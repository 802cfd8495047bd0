"""The words plan packs may use, with their Chinese and English labels, read from the pack folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]

PACK_FOLDER = Path(str(files("yaojian.packs"))) / "plans"


def language_of(code: str) -> Language:
    """Reduce a language code such as ``zh-hans`` or ``en-gb`` to the two languages of the packs."""
    return "zh" if code.lower().startswith("zh") else "en"


@dataclass(frozen=True, slots=True)
class Label:
    """A word in both languages."""

    zh: str
    en: str

    def text(self, language: str) -> str:
        """The word in the language of the given code."""
        return self.zh if language_of(language) == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark a subject may carry; ``types`` empty means any subject."""

    label: Label
    types: tuple[str, ...]

    def fits(self, subject_type: str) -> bool:
        return not self.types or subject_type in self.types


@dataclass(frozen=True, slots=True)
class Shape:
    """A form of formula; ``computable`` when registers and inspections suffice for it."""

    label: Label
    computable: bool
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataKey:
    """A datum a formula may name: its dimensions, its unit and those of its series, and where it comes from.

    `source` is "entered", "register" (counted in registers and inspection files) or "milestone". `flows` are
    the series (the datum itself: "") that say what was done in some days, and so are added over time.
    """

    label: Label
    select: Mapping[str, tuple[str, ...]]
    unit: str = ""
    source: str = "entered"
    units: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, Label] = field(default_factory=dict)
    kind: str = ""
    flows: frozenset[str] = frozenset()

    def unit_of(self, dims: Mapping[str, tuple[str, ...]]) -> str:
        """The unit of the series that dimensions name, or of the datum itself."""
        return self.units.get(next(iter(dims.get("item", ("",))), ""), self.unit)

    def is_flow(self, dims: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether the series that dimensions name, or the datum itself, is added over time."""
        return next(iter(dims.get("item", ("",))), "") in self.flows


@dataclass(frozen=True, slots=True)
class Law:
    """A national rule on the same matter as a row, in our own words, with its confidence mark."""

    key: str
    label: Label
    confidence: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every allowed word, by kind."""

    labels: Mapping[str, Mapping[str, Label]]
    flags: Mapping[str, Flag]
    shapes: Mapping[str, Shape]
    data_keys: Mapping[str, DataKey]
    laws: Mapping[str, Law]
    grades: tuple[str, ...]

    def words(self, kind: str) -> Mapping[str, Label]:
        """Labels of one kind: types, flags, shapes, units, act_kinds, organ_levels, data_keys, …"""
        return self.labels[kind]

    def label(self, kind: str, word: str, language: str) -> str:
        """The label of one word in one language."""
        return self.labels[kind][word].text(language)

    def value_label(self, datum: str, dimension: str, value: str, language: str) -> str:
        """The label of a value of a datum's dimension: that of its series, or the general one."""
        series = self.data_keys[datum].items.get(value) if dimension == "item" else None
        return (series or self.labels["dimension_values"][value]).text(language)


def read_yaml(path: Path) -> Any:
    """Parse a YAML file with the safe loader; dates stay text and a repeated key is an error."""
    with path.open(encoding="utf-8") as stream:
        loader = StrictLoader(stream)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()


class DoubledKey(yaml.constructor.ConstructorError):
    """A mapping in which a key is written twice."""

    def __init__(self, key: Any, mapping: yaml.Mark, place: yaml.Mark) -> None:
        super().__init__("while reading a mapping", mapping, f"the key {key!r} is written twice", place)
        self.key = key


class StrictLoader(yaml.SafeLoader):
    """A safe loader which keeps dates as text and refuses a key written twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise DoubledKey(key, node.start_mark, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary of the installed pack folder, read once."""
    words = read_yaml(PACK_FOLDER / "vocabulary.yaml")
    data = read_yaml(PACK_FOLDER / "data_keys.yaml")
    laws = read_yaml(PACK_FOLDER / "law.yaml")
    labels = {
        kind: {word: _label(entry) for word, entry in entries.items()}
        for kind, entries in words.items()
        if isinstance(entries, dict)
    }
    labels["data_keys"] = {key: _label(entry) for key, entry in data.items()}
    return Vocabulary(
        labels=labels,
        flags={
            word: Flag(_label(entry), tuple(entry.get("types", ()))) for word, entry in words["flags"].items()
        },
        shapes={
            word: Shape(_label(entry), entry["computable"], tuple(entry["required"]))
            for word, entry in words["shapes"].items()
        },
        data_keys={key: _data_key(entry) for key, entry in data.items()},
        laws={key: Law(key, _label(entry), entry["confidence"]) for key, entry in laws.items()},
        grades=tuple(words["grades"]),
    )


def _data_key(entry: Mapping[str, Any]) -> DataKey:
    units = {code: item["unit"] for code, item in entry.get("items", {}).items() if "unit" in item}
    items = {code: _label(item) for code, item in entry.get("items", {}).items()}
    source = entry.get("source", "entered")
    flows = frozenset(
        code
        for code, series in {"": {}, **entry.get("items", {})}.items()
        if not series.get("stock", entry.get("stock", False))
        and series.get("kind", entry["kind"]) in ("count", "amount", "hours")
    )
    dimensions = _dimensions(entry)
    return DataKey(_label(entry), dimensions, entry["unit"], source, units, items, entry["kind"], flows)


def _dimensions(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What a datum may be narrowed by; the series that stand under it are one dimension more."""
    items = {"item": tuple(entry["items"])} if "items" in entry else {}
    return {**items, **{name: tuple(values) for name, values in entry.get("select", {}).items()}}


def _label(entry: Mapping[str, Any]) -> Label:
    return Label(entry["zh"], entry["en"])
