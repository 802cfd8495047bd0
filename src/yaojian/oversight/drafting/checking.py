"""What is still wrong with a draft, and rows as text that people edit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.errors import InvalidInput
from yaojian.oversight.drafting.contracts import DEEPEST_ROW, LARGEST_NUMBER, LARGEST_ROW
from yaojian.oversight.plans.errors import PackError, Problem, said
from yaojian.oversight.plans.packs import read
from yaojian.oversight.plans.rows import Pack
from yaojian.oversight.plans.vocabulary import DoubledKey, StrictLoader

SHOWN_APART = ("id", "line", "quote", "title_zh", "title_en", "class", "attribute", "unit", "unit_zh")
"""What the form of a row has fields for; the rest is its definition."""

WRITTEN = (
    *("id", "title_zh", "title_en", "class", "unit", "unit_zh", "kind", "value", "period"),
    *("responsible_level", "law", "supplementary", "same_as"),
    *("targets", "year", "every", "since", "op", "low", "high"),
    *("formula", "shape", "scope", "types", "within", "act", "n", "start", "end", "minimum"),
    *("measure", "over", "select", "having", "whole", "per", "each", "base_year", "components"),
    *("parts", "waits_for", "notes_zh", "notes_en"),
)
"""The order of keys; what is not named stands first."""


def name_of(pack: Mapping[str, Any]) -> Path:
    """The name by which problems call a draft."""
    return Path(f"{pack['plan']['code']}.yaml")


def read_draft(pack: Mapping[str, Any]) -> Pack:
    """The pack as the loader reads it. Raises PackError with every problem."""
    return read(pack, name_of(pack))


def problems_in(pack: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a draft, with its cure; none when it can be adopted."""
    try:
        found = read_draft(pack)
    except PackError as error:
        return list(error.problems)
    if not Organ.objects.filter(code=found.plan.organ).exists():
        name = name_of(pack).name
        return [
            Problem(
                name,
                "",
                "plan.organ",
                said("there is no organ %(organ)r", organ=found.plan.organ),
                said("write the code of an organ"),
            )
        ]
    return []


def definition_of(row: Mapping[str, Any]) -> str:
    """The part of a row that has no fields of its own, as YAML."""
    rest = _in_order({name: value for name, value in row.items() if name not in SHOWN_APART})
    return yaml.safe_dump(rest, allow_unicode=True, sort_keys=False, width=100)


def _in_order(value: Any) -> Any:
    """The same, its keys in the order in which packs are written; the database keeps none."""
    if isinstance(value, list):
        return [_in_order(one) for one in value]
    if not isinstance(value, dict):
        return value
    places = {name: place for place, name in enumerate(WRITTEN)}
    return {name: _in_order(value[name]) for name in sorted(value, key=lambda name: places.get(name, -1))}


def parse_definition(text: str) -> dict[str, Any]:
    """What was typed as a row's definition. Raises InvalidInput for anything but a mapping.

    Anchors and aliases are refused: a few lines of them can stand for gigabytes.
    """
    if len(text) > LARGEST_ROW:
        raise _wrong(_("It is longer than %(most)s characters.") % {"most": LARGEST_ROW})
    try:
        _look_through(text)
        found = yaml.load(text, Loader=StrictLoader)  # noqa: S506 — a safe loader of our own
    except DoubledKey as error:
        raise _wrong(_("%(name)s is written twice.") % {"name": error.key}) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise _wrong(_("Line %(line)s cannot be read.") % {"line": line}) from error
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise _wrong(_("It must consist of lines such as “targets:”."))
    if not _is_plain(found):
        raise _wrong(_("It may hold text, numbers, yes and no, lists and lines with names; nothing else."))
    if strange := [name for name in SHOWN_APART if name in found]:
        raise _wrong(_("%(name)s has a field of its own above.") % {"name": strange[0]})
    return found


def _is_plain(value: Any) -> bool:
    """Whether a value can be kept: what JSON knows, text that can be written, numbers of some size."""
    if isinstance(value, dict):
        return all(isinstance(name, str) and _is_plain(name) for name in value) and all(
            map(_is_plain, value.values())
        )
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, bool) or value is None:
        return True
    return isinstance(value, int | float) and abs(value) <= LARGEST_NUMBER


def _look_through(text: str) -> None:
    """Refuse what would take the parser long; reading on ends at the first of it."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _wrong(_("References (&, *) are not allowed here."))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST_ROW:
            raise _wrong(_("It is nested too deeply."))


def _wrong(detail: Any) -> InvalidInput:
    return InvalidInput(
        detail, field="definition", cure=_("Correct it; the other rows of the draft show the form.")
    )
