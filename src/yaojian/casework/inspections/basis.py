"""What an inspection rests on (依据): read from the law pack, by the type of the subject. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

import yaml

from yaojian.registers.enterprises.facade import SubjectType

FILE = "law/inspection_basis.yaml"
GROUP_FIELDS = frozenset({"types", "basis", "rectification"})
CITATION_FIELDS = frozenset({"instrument", "article", "confidence", "by_analogy"})


class LawPackRefused(ValueError):
    """The law pack is wrong; the message names file and field."""


class Confidence(StrEnum):
    """How sure a citation is: H official text read, M secondary or article unconfirmed, L verify first."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"


@dataclass(frozen=True, slots=True)
class Citation:
    """An instrument, with the article where that is confirmed."""

    name: str
    valid_from: date
    confidence: Confidence
    article: str = ""
    by_analogy: bool = False

    def __str__(self) -> str:
        return f"{'参照' if self.by_analogy else ''}{self.name}{' ' if self.article else ''}{self.article}"

    @property
    def is_certain(self) -> bool:
        """Whether it can stand without its confidence mark."""
        return self.confidence is Confidence.HIGH


@dataclass(frozen=True, slots=True)
class Basis:
    """What inspections of one group of subjects rest on, and what the term of rectification does."""

    instruments: tuple[Citation, ...]
    rectification: Citation

    def on(self, day: date) -> tuple[Citation, ...]:
        """The instruments in force on a Beijing day."""
        return tuple(citation for citation in self.instruments if citation.valid_from <= day)


@dataclass(frozen=True, slots=True)
class InspectionLaw:
    """The whole pack: a basis for every type of subject, and how many officers go on site."""

    by_type: Mapping[str, Basis]
    officers: int
    officers_basis: Citation


def _refuse(field: str, problem: str) -> NoReturn:
    raise LawPackRefused(f"{FILE}: {field}: {problem}")


def _part(data: object, field: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        _refuse(field, "must be a mapping of names to values")
    return data


def _count(data: Mapping[str, Any], name: str, field: str) -> int:
    number = data.get(name)
    if type(number) is not int or number < 1:
        _refuse(f"{field}.{name}", f"must be a whole number above zero, not {number!r}")
    return number


def _citation(
    data: object, field: str, instruments: Mapping[str, Any], also: Collection[str] = ()
) -> Citation:
    part = _part(data, field)
    if unknown := sorted(set(part) - CITATION_FIELDS - set(also)):
        _refuse(f"{field}.{unknown[0]}", f"is not a field; known are {', '.join(sorted(CITATION_FIELDS))}")
    key = part.get("instrument")
    if not isinstance(key, str) or key not in instruments:
        _refuse(f"{field}.instrument", f"{key!r} does not stand under instruments")
    if part.get("confidence") not in set(Confidence):
        _refuse(f"{field}.confidence", f"must be H, M or L, not {part.get('confidence')!r}")
    instrument = _part(instruments[key], f"instruments.{key}")
    name, since = instrument.get("name"), instrument.get("valid_from")
    if not isinstance(name, str) or not name.strip():
        _refuse(f"instruments.{key}.name", "is missing")
    if type(since) is not date:
        _refuse(f"instruments.{key}.valid_from", f"must be a day (YYYY-MM-DD), not {since!r}")
    confidence = Confidence(part["confidence"])
    return Citation(name, since, confidence, part.get("article", ""), bool(part.get("by_analogy", False)))


def _basis(data: Mapping[str, Any], field: str, instruments: Mapping[str, Any]) -> Basis:
    if unknown := sorted(set(data) - GROUP_FIELDS):
        _refuse(f"{field}.{unknown[0]}", f"is not a field; known are {', '.join(sorted(GROUP_FIELDS))}")
    cited = data.get("basis")
    if not isinstance(cited, list) or not cited:
        _refuse(f"{field}.basis", "names no instrument")
    term = _part(data.get("rectification"), f"{field}.rectification")
    return Basis(
        tuple(_citation(one, f"{field}.basis[{n}]", instruments) for n, one in enumerate(cited)),
        _citation(term, f"{field}.rectification", instruments),
    )


def _types(group: Mapping[str, Any], field: str, known: Collection[str]) -> Iterator[str]:
    types = group.get("types")
    if not isinstance(types, list) or not types:
        _refuse(f"{field}.types", "names no type of subject")
    for code in types:
        if code not in known:
            _refuse(f"{field}.types", f"{code!r} is no type of subject; known are {', '.join(sorted(known))}")
        yield code


def parse_law(text: str, known: Collection[str]) -> InspectionLaw:
    """The law pack in `text`, with a basis for each of the `known` types.

    Raises LawPackRefused for an unknown or missing type, instrument, field or value.
    """
    data = _part(yaml.safe_load(text), "the file")
    instruments = _part(data.get("instruments"), "instruments")
    by_type: dict[str, Basis] = {}
    for name, group in _part(data.get("groups"), "groups").items():
        field = f"groups.{name}"
        basis = _basis(_part(group, field), field, instruments)
        for code in _types(group, field, known):
            if code in by_type:
                _refuse(f"{field}.types", f"{code!r} already stands in another group")
            by_type[code] = basis
    if missing := sorted(set(known) - set(by_type)):
        _refuse("groups", f"no group holds {', '.join(missing)}")
    team = _part(data.get("team"), "team")
    return InspectionLaw(
        by_type, _count(team, "officers", "team"), _citation(team, "team", instruments, {"officers"})
    )


@cache
def inspection_law() -> InspectionLaw:
    """The law pack of this installation, read once. Raises LawPackRefused."""
    text = (files("yaojian.packs") / FILE).read_text(encoding="utf-8")
    return parse_law(text, {subject_type.value for subject_type in SubjectType})


def basis_of(subject_type: str) -> Basis:
    """What inspections of a type of subject rest on."""
    return inspection_law().by_type[subject_type]
