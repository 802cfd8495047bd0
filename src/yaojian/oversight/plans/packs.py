"""Loads plan packs: strict YAML, the JSON Schema, then every word and reference checked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from .checks import problems_of
from .definitions import Formula
from .errors import DefinitionError, PackError, Problem, Said, said
from .rows import Finding, Pack, Part, Plan, Row
from .targets import Target
from .vocabulary import PACK_FOLDER, Label, read_yaml, vocabulary

__all__ = ["Finding", "Pack", "PackError", "Part", "Plan", "Problem", "Row", "counts", "load", "load_all"]

LONGEST_SHOWN = 60
WORD_FILES = ("vocabulary.yaml", "data_keys.yaml", "law.yaml")


def load_all(folder: Path = PACK_FOLDER) -> list[Pack]:
    """Every pack of a folder in the order of the plans' numbers; raises PackError with all problems."""
    packs: list[Pack] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name in WORD_FILES:
            continue
        try:
            packs.append(load(path))
        except PackError as error:
            problems += error.problems
    for name in ("code", "seed"):
        values = [getattr(pack.plan, name) for pack in packs]
        problems += [
            Problem(
                pack.path.name,
                "",
                f"plan.{name}",
                said("another pack has %(name)s %(value)r", name=name, value=value),
                said("choose another %(name)s", name=name),
            )
            for pack, value in zip(packs, values, strict=True)
            if values.count(value) > 1
        ]
    if problems:
        raise PackError(problems)
    return sorted(packs, key=lambda pack: pack.plan.seed)


def load(path: Path) -> Pack:
    """Read and check one pack; raises PackError naming pack, row, field and cure of every problem."""
    try:
        data = read_yaml(path)
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise PackError(
            [Problem(path.name, "", "file", problem, said("correct the YAML at that place"))]
        ) from error
    return read(data, path)


def read(data: Any, path: Path) -> Pack:
    """Check an already parsed pack, for drafts that are not yet a file; raises PackError."""
    problems = [_schema_problem(error, data, path.name) for error in _validator().iter_errors(data)]
    if problems:
        raise PackError(problems)
    rows = [row for row in (_read_row(entry, path.name, problems) for entry in data["rows"]) if row]
    findings = tuple(_finding(entry) for entry in data.get("findings", ()))
    problems += [
        Problem(
            path.name,
            "",
            f"findings.{finding.id}.kind",
            said("unknown kind %(kind)r", kind=finding.kind),
            said("use one of %(words)s", words=", ".join(vocabulary().words("finding_kinds"))),
        )
        for finding in findings
        if finding.kind not in vocabulary().words("finding_kinds")
    ]
    plan = {**data["plan"], "issued_on": _date(data["plan"].get("issued_on"))}
    pack = Pack(path, Plan(**plan), tuple(rows), findings)
    if pack.plan.start > pack.plan.end:
        problems.append(
            Problem(
                path.name, "", "plan.end", said("the plan ends before it starts"), said("write a later end")
            )
        )
    if not problems:
        problems = problems_of(pack)
    if problems:
        raise PackError(problems)
    return pack


def counts(packs: Iterable[Pack]) -> dict[str, dict[str, int]]:
    """Rows per plan and class, ``{plan code: {class: n}}``; supplementary rows are not counted."""
    return {
        pack.plan.code: {
            klass: sum(row.klass == klass and not row.supplementary for row in pack.rows)
            for klass in vocabulary().words("classes")
        }
        for pack in packs
    }


def _read_row(entry: Mapping[str, Any], pack: str, problems: list[Problem]) -> Row | None:
    try:
        return _row(entry)
    except DefinitionError as error:
        problems.append(Problem.of(error, pack=pack, row=entry["id"]))
        return None


def _row(entry: Mapping[str, Any]) -> Row:
    for name, kind in (("class", "classes"), ("attribute", "attributes"), ("unit", "units")):
        _known(entry[name], name, kind)
    for name in ("formula", "targets", "waits_for", "same_as"):
        if "parts" in entry and name in entry:
            raise DefinitionError(
                name,
                said("%(name)s stands beside parts", name=name),
                said("move %(name)s into the parts", name=name),
            )
    known = vocabulary().laws
    for key in entry.get("law", ()):
        if key not in known:
            raise DefinitionError(
                "law",
                said("unknown rule %(key)r", key=key),
                said("use one of %(words)s", words=", ".join(known)),
            )
    return Row(
        **{
            name: entry[name]
            for name in (
                "id",
                "line",
                "quote",
                "title_zh",
                "title_en",
                "attribute",
                "kind",
                "unit",
                "unit_zh",
                "value",
                "period",
            )
        },
        klass=entry["class"],
        unit_source=entry.get("unit_source", entry["unit_zh"]),
        parts=tuple(_parts(entry)),
        same_as=entry.get("same_as", ""),
        responsible_level=_level(entry, ""),
        law=tuple(known[key] for key in entry.get("law", ())),
        notes_zh=entry.get("notes_zh", ""),
        notes_en=entry.get("notes_en", ""),
        supplementary=entry.get("supplementary", False),
    )


def _parts(entry: Mapping[str, Any]) -> Iterable[Part]:
    if "parts" not in entry:
        yield _part(entry, entry, "")
        return
    for part in entry["parts"]:
        try:
            yield _part({"id": part["id"], **part}, entry, part["id"])
        except DefinitionError as error:
            raise error.under(f"parts.{part['id']}") from None


def _part(part: Mapping[str, Any], row: Mapping[str, Any], part_id: str) -> Part:
    unit = _known(part.get("unit", row["unit"]), "unit", "units")
    for key in part.get("waits_for", ()):
        _known(key, "waits_for", "data_keys")
    try:
        formula = Formula.from_dict(part["formula"]) if "formula" in part else None
    except DefinitionError as error:
        raise error.under("formula") from None
    return Part(
        key=row["id"] + part_id,
        id=part_id,
        title_zh=part["title_zh"],
        title_en=part["title_en"],
        klass=_known(part.get("class", row["class"]), "class", "classes"),
        unit=unit,
        unit_zh=part.get("unit_zh")
        or (row["unit_zh"] if unit == row["unit"] else vocabulary().label("units", unit, "zh")),
        targets=tuple(_targets(part.get("targets", ()), unit)),
        formula=formula,
        waits_for=tuple(part.get("waits_for", ())),
        same_as=part.get("same_as", ""),
        responsible_level=_level(part, row.get("responsible_level", "")),
    )


def _targets(entries: Iterable[Mapping[str, Any]], unit: str) -> Iterable[Target]:
    for place, entry in enumerate(entries):
        try:
            yield Target.from_dict(entry, unit=unit)
        except DefinitionError as error:
            raise error.under(f"targets[{place}]") from None


def _finding(entry: Mapping[str, Any]) -> Finding:
    return Finding(**{**entry, "rows": tuple(entry["rows"])})


def _level(entry: Mapping[str, Any], inherited: str) -> str:
    level = entry.get("responsible_level", inherited)
    return _known(level, "responsible_level", "organ_levels") if level else ""


def _known(word: str, field: str, kind: str) -> str:
    known = vocabulary().words(kind)
    if word not in known:
        raise DefinitionError(
            field,
            said("unknown word %(word)r", word=word),
            said("use one of %(words)s", words=", ".join(known)),
        )
    return word


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((PACK_FOLDER / "schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


def _schema_problem(error: ValidationError, data: Any, pack: str) -> Problem:
    """A schema violation said as pack, row, field and cure; the schema's descriptions are the cures."""
    path = list(error.absolute_path)
    row = ""
    if len(path) >= 2 and path[0] == "rows" and isinstance(path[1], int):
        entry = data["rows"][path[1]]
        row = str(entry.get("id", f"#{path[1] + 1}")) if isinstance(entry, Mapping) else f"#{path[1] + 1}"
        path = path[2:]
    place = ".".join(str(step) for step in path)
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    if error.validator == "required":
        missing = next(name for name in error.validator_value if name not in error.instance)
        hint = _hint(schema.get("properties", {}).get(missing, {})) or Label("它的值", "its value")
        field = f"{place}.{missing}" if place else missing
        return Problem(
            pack, row, field, said("missing"), said("add `%(missing)s`: %(hint)s", missing=missing, hint=hint)
        )
    if error.validator == "additionalProperties":
        known = schema.get("properties", {})
        strange = next(name for name in error.instance if name not in known)
        field = f"{place}.{strange}" if place else str(strange)
        return Problem(
            pack,
            row,
            field,
            said("unknown field"),
            said("remove it or use one of %(words)s", words=", ".join(known)),
        )
    wanted = _hint(schema)
    cure = said("write %(hint)s", hint=wanted) if wanted else said("follow the form of a plan pack")
    return Problem(pack, row, place or "file", _misfit(error), cure)


def _misfit(error: ValidationError) -> Said:
    """What does not fit the schema; a long value is cut."""
    if error.validator in ("minItems", "minLength"):
        return said("nothing is written there") if not error.instance else said("too few entries")
    if error.validator == "maxLength":
        return said("longer than %(most)s characters", most=error.validator_value)
    value = repr(error.instance)
    value = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    if error.validator == "type":
        return said("%(value)s is of another kind than expected", value=value)
    return said("%(value)s is not allowed here", value=value)


def _hint(schema: Any) -> Label | None:
    """What the schema says about a field, in both languages."""
    if not isinstance(schema, Mapping) or "description" not in schema:
        return None
    return Label(schema.get("description_zh", schema["description"]), schema["description"])
