"""How often national rules ask for inspections: packs/law/mandates.yaml, read strictly. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from yaojian.oversight.mandates.rules import checked_share, formula_of_mandate
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.errors import DefinitionError, PackError, Problem
from yaojian.oversight.plans.vocabulary import Label, read_yaml, vocabulary

FILE = Path(str(files("yaojian.packs"))) / "law" / "mandates.yaml"
CONFIDENCES = ("H", "M", "L")
INSTRUMENT_FIELDS = {"zh", "en", "valid_from", "valid_to"}
FIELDS = {
    "code",
    "instrument",
    "article",
    "confidence",
    "article_confidence",
    "title_zh",
    "title_en",
    "scope",
    "act",
    "period",
    "minimum",
    "share",
    "stratified_by",
    "responsible_level",
}
STRATA = ("division", "type")
"""What a draw may be stratified by: the county, or the type of subject."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """A national rule: its name and from which day (until which) it asks."""

    name: Label
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class LawMandate:
    """One frequency or share that a national rule asks for."""

    code: str
    instrument: Instrument
    title: Label
    formula: Formula
    confidence: str
    responsible_level: str
    article: str = ""
    article_confidence: str = ""
    share: Fraction | None = None
    stratified_by: str = ""

    @property
    def enabled(self) -> bool:
        """Whether it opens work: what is still to be verified is only shown."""
        return self.confidence != "L"


@dataclass(frozen=True, slots=True)
class LawPack:
    """The whole file: matters with the matter of each type, and the mandates."""

    matters: Mapping[str, Label]
    matter_of_type: Mapping[str, str]
    mandates: tuple[LawMandate, ...]


def load_law_pack(path: Path = FILE) -> LawPack:
    """Read and check the file. Raises PackError with mandate, field and cure of every problem."""
    try:
        data = read_yaml(path)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise PackError(
            [Problem(path.name, "", "file", problem, "correct the YAML at that place")]
        ) from error
    return read_law_pack(data, path.name)


@cache
def law_pack() -> LawPack:
    """The installed file, read once."""
    return load_law_pack()


def read_law_pack(data: Any, name: str) -> LawPack:
    """Check an already parsed file. Raises PackError with every problem."""
    problems: list[Problem] = []
    if not isinstance(data, Mapping) or set(data) != {"matters", "instruments", "mandates"}:
        raise PackError([Problem(name, "", "file", "wrong head", "write matters, instruments and mandates")])
    matter_of_type = _matters(data["matters"], name, problems)
    instruments = dict(_instruments(data["instruments"], name, problems))
    mandates = []
    for place, entry in enumerate(data["mandates"]):
        code = str(entry.get("code") or f"#{place + 1}") if isinstance(entry, Mapping) else f"#{place + 1}"
        try:
            mandates.append(_mandate(entry, instruments))
        except DefinitionError as error:
            problems.append(Problem.of(error, pack=name, row=code))
    doubles = [code for code, times in Counter(m.code for m in mandates).items() if times > 1]
    problems += [
        Problem(name, code, "code", "the code stands twice", "give each its own") for code in doubles
    ]
    if problems:
        raise PackError(problems)
    matters = {key: Label(entry["zh"], entry["en"]) for key, entry in data["matters"].items()}
    return LawPack(matters, matter_of_type, tuple(mandates))


def _matters(entries: Any, name: str, problems: list[Problem]) -> dict[str, str]:
    of_type: dict[str, str] = {}
    known = vocabulary().words("types")
    for matter, entry in entries.items():
        if not isinstance(entry, Mapping) or set(entry) != {"zh", "en", "types"}:
            problems.append(Problem(name, matter, "matters", "incomplete", "write zh, en and types"))
            continue
        for subject_type in entry["types"]:
            if subject_type not in known:
                cure = f"use one of {', '.join(known)}"
                problems.append(Problem(name, matter, "types", f"unknown type {subject_type!r}", cure))
            elif subject_type in of_type:
                problem = f"{subject_type} stands in {of_type[subject_type]} too"
                problems.append(Problem(name, matter, "types", problem, "keep it in one matter"))
            of_type[subject_type] = matter
    problems += [
        Problem(name, "", "matters", f"{subject_type} is in no matter", "put it into one")
        for subject_type in known
        if subject_type not in of_type
    ]
    return of_type


def _instruments(entries: Any, name: str, problems: list[Problem]) -> Iterator[tuple[str, Instrument]]:
    for key, entry in entries.items():
        try:
            _refuse_unknown(entry, INSTRUMENT_FIELDS)
            label = Label(_text(entry, "zh"), _text(entry, "en"))
            valid_from, valid_to = _day(entry, "valid_from"), _day(entry, "valid_to", optional=True)
            assert valid_from is not None
            if valid_to is not None and valid_to < valid_from:
                raise DefinitionError("valid_to", "the rule ends before it begins", "write a later day")
            yield key, Instrument(label, valid_from, valid_to)
        except DefinitionError as error:
            problems.append(Problem.of(error, pack=name, row=key))


def _mandate(entry: Any, instruments: Mapping[str, Instrument]) -> LawMandate:
    _refuse_unknown(entry, FIELDS)
    if entry.get("instrument") not in instruments:
        raise DefinitionError(
            "instrument",
            f"unknown instrument {entry.get('instrument')!r}",
            f"use one of {', '.join(instruments)}",
        )
    for field_name in ("scope", "period"):
        if not isinstance(entry.get(field_name), Mapping):
            raise DefinitionError(field_name, "missing", f"write {field_name}")
    levels = vocabulary().words("organ_levels")
    return LawMandate(
        code=_code(entry),
        instrument=instruments[entry["instrument"]],
        title=Label(_text(entry, "title_zh"), _text(entry, "title_en")),
        formula=formula_of_mandate(
            entry["scope"],
            entry.get("act", {"kind": "inspection.concluded"}),
            entry["period"],
            entry.get("minimum", 1),
        ),
        confidence=_one_of(entry, "confidence", CONFIDENCES),
        responsible_level=_one_of(entry, "responsible_level", tuple(levels)),
        article=str(entry.get("article", "")),
        article_confidence=_one_of(entry, "article_confidence", CONFIDENCES)
        if "article_confidence" in entry
        else "",
        share=checked_share(entry.get("share")),
        stratified_by=_one_of(entry, "stratified_by", STRATA) if "stratified_by" in entry else "",
    )


def _code(entry: Mapping[str, Any]) -> str:
    code = _text(entry, "code")
    if not code.startswith("law.") or len(code) > 60:
        raise DefinitionError("code", f"{code!r} is no code", "begin it with `law.`, at most 60 characters")
    return code


def _refuse_unknown(entry: Any, known: set[str]) -> None:
    if not isinstance(entry, Mapping):
        raise DefinitionError("", f"{entry!r} is no mapping", "write `key: value` pairs")
    for field_name in entry:
        if field_name not in known:
            raise DefinitionError(str(field_name), "unknown field", f"use one of {', '.join(sorted(known))}")


def _text(entry: Mapping[str, Any], field_name: str) -> str:
    value = entry.get(field_name)
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError(field_name, "missing", f"write {field_name}")
    return value


def _one_of(entry: Mapping[str, Any], field_name: str, words: tuple[str, ...]) -> str:
    value = entry.get(field_name)
    if value not in words:
        raise DefinitionError(field_name, f"{value!r} is not known", f"use one of {', '.join(words)}")
    return str(value)


def _day(entry: Mapping[str, Any], field_name: str, *, optional: bool = False) -> date | None:
    value = entry.get(field_name)
    if value is None and optional:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise DefinitionError(
            field_name, f"{value!r} is no date", f"write {field_name}: YYYY-MM-DD"
        ) from None
