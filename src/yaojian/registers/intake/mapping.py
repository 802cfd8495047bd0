"""Which column of a table is which field. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import override, pgettext_lazy

from yaojian.registers.intake.contracts import ImportField, Target
from yaojian.registers.intake.tables.header import name_key

LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns by field (counted from 0), and texts that hold for every row of fields without a column."""

    columns: Mapping[str, int] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


ADDED = (
    pgettext_lazy("errors", "Row in the file"),
    pgettext_lazy("errors", "Field"),
    pgettext_lazy("errors", "What is wrong"),
    pgettext_lazy("errors", "What to do"),
)
"""The columns by which a sheet of broken rows is longer than the table that the rows come from."""


def signature_of(names: Sequence[str]) -> str:
    """What makes two headers the same: their names in their order, less those of a sheet of broken rows."""
    keys = [name_key(name) for name in names]
    for language in LANGUAGES:
        with override(language):
            added = [name_key(str(name)) for name in ADDED]
        if keys[-len(added) :] == added:
            keys = keys[: -len(added)]
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def names_of(field: ImportField) -> set[str]:
    """Every name a column of this field may have, as keys."""
    found = {name_key(name) for name in (field.name, *field.synonyms)}
    for language in LANGUAGES:
        with override(language):
            found.add(name_key(str(field.label)))
    return found


def known_names(target: Target) -> frozenset[str]:
    """Every name that a header of the target may have, as keys."""
    return frozenset().union(*(names_of(one) for one in target.fields))


def proposed(target: Target, names: Sequence[str]) -> ColumnMapping:
    """The mapping that the names of the columns themselves suggest: equal names first, then parts of them."""
    keys = [name_key(name) for name in names]
    columns: dict[str, int] = {}
    for one in target.fields:
        wanted = names_of(one)
        place = next((n for n, key in enumerate(keys) if key in wanted and n not in columns.values()), None)
        if place is not None:
            columns[one.name] = place
    for one in target.fields:
        if one.name in columns:
            continue
        # 经营企业名称 ends like 企业名称; of a longer name the end says what it is.
        ends = tuple(name for name in names_of(one) if len(name) >= 4)
        place = next(
            (n for n, key in enumerate(keys) if n not in columns.values() and ends and key.endswith(ends)),
            None,
        )
        if place is not None:
            columns[one.name] = place
    return ColumnMapping(columns)


def missing_fields(target: Target, mapping: ColumnMapping) -> list[ImportField]:
    """The required fields that have neither a column nor a text for all rows."""
    return [
        one
        for one in target.fields
        if one.required and one.name not in mapping.columns and not mapping.constants.get(one.name)
    ]


def fits(mapping: ColumnMapping, target: Target, width: int) -> bool:
    """Whether a mapping speaks of known fields and of columns that are there, each once."""
    names = {one.name for one in target.fields}
    places: Iterable[int] = mapping.columns.values()
    return (
        set(mapping.columns) | set(mapping.constants) <= names
        and all(0 <= place < width for place in places)
        and len(set(places)) == len(mapping.columns)
    )
