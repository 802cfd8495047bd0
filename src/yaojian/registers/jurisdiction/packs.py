"""Reads the jurisdiction tables of the packs. Pure: files in, frozen rules out.

A wrong pack is refused whole; the message names file, rule, field and the cure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

import yaml

from yaojian.foundation.accounts.contracts import Level
from yaojian.registers.enterprises.facade import FLAG_NAMES, RiskGrade, SubjectType
from yaojian.registers.jurisdiction.contracts import Assistance, Confidence, Matter, Rule
from yaojian.registers.jurisdiction.rules import conflicts

FOLDER = "jurisdiction"
Word = TypeVar("Word", bound=StrEnum)
RULE_FIELDS = frozenset(
    {
        *("id", "matter", "level", "region", "types", "flags_all", "flags_any", "grades", "priority"),
        *("valid_from", "valid_to", "document", "source", "article", "line", "quote", "confidence"),
        *("duty", "assists"),
    }
)
TABLE_FIELDS = frozenset({"table", "region", "title", "document", "basis", "types", "defaults", "rules"})


class JurisdictionPackRefused(ValueError):
    """A jurisdiction table is wrong; the message names file, rule, field and cure."""


@dataclass(frozen=True, slots=True)
class Table:
    """One file: the rules of a region and the document they come from."""

    code: str
    region: str
    title_zh: str
    title_en: str
    basis_line: int | None
    basis_quote: str
    rules: tuple[Rule, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file something stands."""

    file: str
    rule: str = ""

    def refuse(self, field: str, problem: str, cure: str) -> JurisdictionPackRefused:
        parts = [f"{FOLDER}/{self.file}", *([f"rule {self.rule}"] if self.rule else []), field]
        return JurisdictionPackRefused(f"{': '.join(parts)}: {problem} {cure}")


@cache
def read_tables() -> tuple[Table, ...]:
    """The tables of all packs, the national one first. Raises JurisdictionPackRefused."""
    folder = files("yaojian.packs") / FOLDER
    tables = [
        parse_table(entry.name, entry.read_bytes())
        for entry in folder.iterdir()
        if entry.name.endswith(".yaml")
    ]
    tables.sort(key=lambda table: (table.region, table.code))
    check_together(tables)
    return tuple(tables)


def check_together(tables: Collection[Table]) -> None:
    """Raise JurisdictionPackRefused for a code that stands twice, and for rules that nothing ranks."""
    owner: dict[str, Table] = {}
    for table in tables:
        for rule in table.rules:
            if rule.code in owner:
                raise _Place(f"{table.code}.yaml", rule.code).refuse(
                    "id",
                    f"stands in {owner[rule.code].code}.yaml as well.",
                    "Give the rule a code of its own.",
                )
            owner[rule.code] = table
    for one, other in conflicts(rule for table in tables for rule in table.rules):
        raise _Place(f"{owner[other.code].code}.yaml", other.code).refuse(
            "level",
            f"{other.level.value} contradicts {one.level.value} of rule {one.code} for the same subjects.",
            "Give one of the two a higher priority, or conditions that keep them apart.",
        )


def parse_table(file: str, content: bytes) -> Table:
    """One file as a table. Raises JurisdictionPackRefused."""
    place = _Place(file)
    try:
        data = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise place.refuse(
            "file", f"is no YAML ({error}).", "Correct the indentation or the quotes."
        ) from None
    if not isinstance(data, Mapping) or not isinstance(data.get("rules"), list):
        raise place.refuse("rules", "are missing.", "List the rules of the table.")
    _check_fields(place, data, TABLE_FIELDS, {"table", "region", "title"})
    region = _region(place, "region", data["region"])
    title, basis = data["title"], data.get("basis") or {}
    if not isinstance(title, Mapping) or not {"zh", "en"} <= set(title):
        raise place.refuse("title", "lacks a language.", "Give zh and en.")
    defaults = {"region": region, **(data.get("defaults") or {})}
    if "document" in data:
        defaults = {"document": data["document"], **defaults}
    return Table(
        code=str(data["table"]),
        region=region,
        title_zh=title["zh"],
        title_en=title["en"],
        basis_line=basis.get("line"),
        basis_quote=basis.get("quote", ""),
        rules=tuple(_rule(file, region, defaults, row) for row in data["rules"]),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _rule(file: str, table_region: str, defaults: Mapping[str, Any], row: Any) -> Rule:
    if not isinstance(row, Mapping):
        raise _Place(file).refuse("rules", f"{row!r} is no rule.", "Write id, matter and level.")
    place = _Place(file, str(row.get("id", "?")))
    data = {**defaults, **row}
    _check_fields(place, data, RULE_FIELDS, {"id", "matter", "level", "valid_from", "confidence"})
    region = _region(place, "region", data["region"])
    if not region.startswith(table_region):
        raise place.refuse(
            "region", f"{region} lies outside the table's region {table_region}.", "Move the rule."
        )
    source = str(data.get("source") or data.get("document") or "")
    if not source:
        raise place.refuse("source", "is missing.", "Name the instrument, or document, line and quote.")
    if not data.get("source") and not (isinstance(data.get("line"), int) and data.get("quote")):
        raise place.refuse("line", "is missing.", "A rule from a document has its line and quote.")
    duty = data.get("duty") or {}
    valid_from, valid_to = _day(place, data, "valid_from"), _day(place, data, "valid_to")
    if valid_to is not None and valid_from is not None and valid_to < valid_from:
        raise place.refuse("valid_to", "lies before valid_from.", "Correct one of the two.")
    return Rule(
        code=place.rule,
        matter=_member(place, "matter", data["matter"], Matter),
        level=_member(place, "level", data["level"], Level),
        region=region,
        types=_words(place, "types", data, set(SubjectType)),
        flags_all=_words(place, "flags_all", data, set(FLAG_NAMES)),
        flags_any=_words(place, "flags_any", data, set(FLAG_NAMES)),
        grades=_words(place, "grades", data, set(RiskGrade)),
        priority=int(data.get("priority", 0)),
        valid_from=valid_from or date.min,
        valid_to=valid_to,
        source=source,
        article=str(data.get("article", "")),
        line=data.get("line"),
        quote=str(data.get("quote", "")),
        confidence=_member(place, "confidence", data["confidence"], Confidence),
        duty_zh=str(duty.get("zh", "")),
        duty_en=str(duty.get("en", "")),
        assists=tuple(_assistance(place, entry) for entry in data.get("assists", ())),
    )


def _check_fields(place: _Place, data: Mapping[str, Any], known: Collection[str], needed: set[str]) -> None:
    for name in data:
        if name not in known:
            raise place.refuse(str(name), "is not known here.", f"Use one of {', '.join(sorted(known))}.")
    for name in sorted(needed - set(data)):
        raise place.refuse(name, "is missing.", "Enter it.")


def _region(place: _Place, field: str, value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"|\d{2}|\d{4}|\d{6}|\d{9}", value):
        raise place.refuse(field, f"{value!r} is no division code.", "Write it in quotes: '6523'.")
    return value


def _day(place: _Place, data: Mapping[str, Any], field: str) -> date | None:
    value = data.get(field)
    if value is not None and not isinstance(value, date):
        raise place.refuse(field, f"{value!r} is no date.", "Write it as 2026-11-22.")
    return value


def _member(place: _Place, field: str, value: Any, words: type[Word]) -> Word:
    try:
        return words(value)
    except ValueError:
        known = ", ".join(word.value for word in words)
        raise place.refuse(field, f"{value!r} is not known.", f"Use one of {known}.") from None


def _words(place: _Place, field: str, data: Mapping[str, Any], known: Collection[str]) -> frozenset[str]:
    words = data.get(field, [])
    if not isinstance(words, list):
        raise place.refuse(field, f"{words!r} is no list.", "Write [one, two].")
    for word in words:
        if word not in known:
            raise place.refuse(field, f"{word!r} is not known.", f"Use one of {', '.join(sorted(known))}.")
    return frozenset(words)


def _assistance(place: _Place, entry: Any) -> Assistance:
    if not isinstance(entry, Mapping) or set(entry) != {"level", "zh", "en"}:
        raise place.refuse("assists", f"{entry!r} is incomplete.", "Give level, zh and en.")
    return Assistance(_member(place, "assists", entry["level"], Level), str(entry["zh"]), str(entry["en"]))
