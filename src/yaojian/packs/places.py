"""Reads the organs and the divisions that the packs speak of. Pure: files in, frozen rows out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

# libyaml, where it is built in, reads the packs ten times faster; the result is the same.
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class OrganEntry:
    """An organ as `organs.yaml` describes it; `territories` are prefixes of division codes."""

    code: str
    name: str
    name_en: str
    short_name: str
    level: str
    parent: str
    territories: tuple[str, ...]
    kind: str = "bureau"
    tree: str = "government"
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class AgreementEntry:
    """A sharing agreement as `organs.yaml` describes it; giver and taker are codes of organs."""

    giver: str
    taker: str
    shares: tuple[str, ...]
    document: str
    valid_from: date
    territories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DivisionEntry:
    """A division as `divisions.yaml` describes it; `name_en` may be empty."""

    code: str
    name: str
    name_en: str


def _read(name: str) -> Any:
    text = (files("yaojian.packs") / name).read_text(encoding="utf-8")
    return yaml.load(text, _Loader)  # noqa: S506 — a safe loader either way


@cache
def read_organs() -> tuple[OrganEntry, ...]:
    """The organs, parents before children. Raises ValueError for a parent that does not stand before."""
    organs: dict[str, OrganEntry] = {}
    for row in _read("organs.yaml")["organs"]:
        parent = row.get("parent", "")
        if (parent and parent not in organs) or row["code"] in organs:
            raise ValueError(f"organs.yaml: {row['code']}: a parent stands before it, a code only once")
        organs[row["code"]] = OrganEntry(
            code=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            short_name=row["short_name"],
            level=row["level"],
            parent=parent,
            territories=tuple(row.get("territories", ())),
            kind=row.get("kind", "team" if row["level"] == "township" else "bureau"),
            tree=row.get("tree", "government"),
            note=row.get("note", ""),
            note_en=row.get("note_en", ""),
        )
    return tuple(organs.values())


@cache
def read_agreements() -> tuple[AgreementEntry, ...]:
    """The sharing agreements. Raises ValueError for an organ that the file does not have."""
    known = {organ.code for organ in read_organs()}
    agreements = []
    for row in _read("organs.yaml")["agreements"]:
        if strangers := {row["giver"], row["taker"]} - known:
            raise ValueError(f"organs.yaml: agreements: no organ has the code {', '.join(sorted(strangers))}")
        agreements.append(
            AgreementEntry(
                giver=row["giver"],
                taker=row["taker"],
                shares=tuple(row["shares"]),
                document=row["document"],
                valid_from=row["valid_from"],
                territories=tuple(row.get("territories", ())),
            )
        )
    return tuple(agreements)


@cache
def read_divisions() -> tuple[DivisionEntry, ...]:
    """The divisions in order of their codes."""
    rows = _read("divisions.yaml")["divisions"]
    return tuple(
        DivisionEntry(code, names[0], names[1] if len(names) > 1 else "")
        for code, names in sorted(rows.items())
    )
