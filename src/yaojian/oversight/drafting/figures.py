"""A row of a draft read into single values for fields, and what was changed in them written back. Pure.

A row stays what a pack has. Only what somebody changed is written: opening and saving changes nothing.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from string import ascii_lowercase
from typing import Any

from django.utils.translation import gettext as _

from yaojian.foundation.errors import RuleBroken
from yaojian.oversight.drafting.shapes import WAYS

FORMULA_FIELDS: dict[str, tuple[str, ...]] = {
    "scope_types": ("scope", "types"),
    "scope_flags_all": ("scope", "flags_all"),
    "scope_flags_any": ("scope", "flags_any"),
    "scope_risk_grades": ("scope", "risk_grades"),
    "scope_in_production": ("scope", "in_production"),
    "within": ("within",),
    "act_kind": ("act", "kind"),
    "act_inspection_kinds": ("act", "inspection_kinds"),
    "act_organ_levels": ("act", "organ_levels"),
    "period_unit": ("period", "unit"),
    "period_n": ("period", "n"),
    "period_start": ("period", "start"),
    "period_end": ("period", "end"),
    "minimum": ("minimum",),
    "measure": ("measure",),
    "over": ("over",),
    "select": ("select",),
    "having": ("having",),
    "whole": ("whole",),
    "per": ("per",),
    "each": ("each",),
    "base_year": ("base_year",),
}
"""Where the value of a field stands in a formula."""
NARROWINGS = ("select", "having", "whole")
FIGURE_KEYS = ("targets", "formula", "waits_for", "same_as")
"""What a row gives to its first part when it is divided."""
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?")
_KINDS = {
    **dict.fromkeys(("scope", "act", "period", *NARROWINGS), dict),
    "components": list,
}


def is_formed(figure: Mapping[str, Any]) -> bool:
    """Whether a row or part is built the way fields can show; what else it is, only its text says."""
    formula = figure.get("formula", {})
    lists = [figure.get(name, []) for name in ("targets", "waits_for", "law", "parts")]
    if not isinstance(formula, dict) or not all(isinstance(one, list) for one in lists):
        return False
    if not all(isinstance(formula.get(name, kind()), kind) for name, kind in _KINDS.items()):
        return False
    lines = [*figure.get("targets", []), *formula.get("components", []), *figure.get("parts", [])]
    named = [*figure.get("waits_for", []), *figure.get("law", [])]
    listed = [formula.get(name, {}) for name in (*NARROWINGS, "scope", "act")]
    values = [value for mapping in listed for name, value in mapping.items() if _is_list(mapping, name)]
    plain = all(isinstance(value, list) and all(isinstance(v, str) for v in value) for value in values)
    known = set(formula) <= {"shape", "components", *(path[0] for path in FORMULA_FIELDS.values())}
    return known and plain and all(isinstance(line, dict) for line in lines) and all(map(_is_word, named))


def _is_list(mapping: Mapping[str, Any], name: str) -> bool:
    return name not in ("kind", "in_production")


def _is_word(value: Any) -> bool:
    return isinstance(value, str)


def values_of(formula: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of a formula show: {field: value}; narrowings as ["dimension=value"]."""
    found: dict[str, Any] = {}
    for name, path in FORMULA_FIELDS.items():
        value: Any = formula
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        found[name] = value
    for name in NARROWINGS:
        found[name] = [
            f"{dimension}={value}" for dimension, values in formula.get(name, {}).items() for value in values
        ]
    produced = found["scope_in_production"]
    found["scope_in_production"] = "" if produced is None else "yes" if produced else "no"
    return found


def formula_with(formula: Mapping[str, Any], way: str, changed: Mapping[str, Any]) -> dict[str, Any]:
    """A formula after its fields were changed; on another way it keeps what that way asks for as well."""
    known = WAYS.get(way)
    shape = known.shape if known is not None else way
    kept = copy.deepcopy(dict(formula))
    if known is not None and (kept.get("shape") != shape or ("act" in kept) != known.acts):
        kept = {name: value for name, value in kept.items() if name in known.parts}
    if known is not None and known.acts:
        kept.setdefault("act", {"kind": "inspection.concluded"})
    kept["shape"] = shape
    for name, value in changed.items():
        _put(kept, FORMULA_FIELDS[name], _written(name, value))
    return kept


def _written(name: str, value: Any) -> Any:
    if name in NARROWINGS:
        narrowing: dict[str, list[str]] = {}
        for entry in value or ():
            dimension, _, chosen = entry.partition("=")
            narrowing.setdefault(dimension, []).append(chosen)
        return narrowing
    return {"yes": True, "no": False}.get(value) if name == "scope_in_production" else value


def _put(formula: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Write a value; an empty one, and the clause that it leaves empty, is taken out."""
    if len(path) == 1:
        if value in (None, "", [], {}):
            formula.pop(path[0], None)
        else:
            formula[path[0]] = value
        return
    clause = dict(formula.get(path[0], {}))
    _put(clause, path[1:], value)
    _put(formula, path[:1], clause)


def following(waits_for: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What a figure waits for, after its formula changed: the data a formula names stand there."""
    was, now = ([one[name] for name in ("measure", "over") if one.get(name)] for one in (before, after))
    kept = [key for key in waits_for if key not in was or key in now]
    return [*kept, *(key for key in dict.fromkeys(now) if key not in kept)]


def target_values(target: Mapping[str, Any]) -> dict[str, Any]:
    """What the fields of one target show."""
    if target.get("baseline"):
        when = "baseline"
    else:
        when = "year" if "year" in target else str(target.get("every", ""))
    return {
        "when": when,
        "year": target.get("year", target.get("since")),
        "op": str(target.get("op", "")),
        "value": shown(target.get("value", target.get("low"))),
        "high": shown(target.get("high")),
    }


def target_of(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """One target out of its fields; None for a line that was emptied."""
    when, year, op, value = given["when"], given["year"], given["op"], number(given["value"])
    if not when and year is None and not op and value is None:
        return None
    if when == "baseline":
        written = {"year": year, "baseline": True, "value": value}
    else:
        written = {"year": year} if when in ("year", "") else {"every": when, "since": year}
        written["op"] = op
        amounts = {"low": value, "high": number(given["high"])} if op == "between" else {"value": value}
        written |= amounts if op != "done" or value is not None else {}
    return {name: amount for name, amount in written.items() if amount not in (None, "")}


def component_of(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """One component of an index out of its fields; None for a line that was emptied."""
    written = {**given, "weight": number(given["weight"])}
    return {name: value for name, value in written.items() if value not in (None, "")} or None


def number(text: str | None) -> Any:
    """What was typed as a number where it is one, as text otherwise; None where nothing was."""
    text = (text or "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


def shown(value: Any) -> str:
    """A value as a field shows it."""
    if value is None:
        return ""
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def divided(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with one part more; a row without parts becomes the first of two."""
    own = {name: row[name] for name in FIGURE_KEYS if name in row}
    titles = {name: row.get(name, "") for name in ("title_zh", "title_en")}
    first = {"id": "a", **titles, **own}
    parts = list(row["parts"]) if "parts" in row else [first]
    used = {str(part.get("id")) for part in parts}
    letter = next((letter for letter in ascii_lowercase if letter not in used), None)
    if letter is None:
        raise RuleBroken(_("The row has as many parts as there are letters."), cure=_("Remove one of them."))
    new = {"id": letter, **titles, "targets": []}
    rest = {name: value for name, value in row.items() if name not in FIGURE_KEYS}
    return {**rest, "parts": [*parts, {**new, "waits_for": []}]}


def without_part(row: Mapping[str, Any], letter: str) -> dict[str, Any]:
    """A row without one of its parts; the last one that is left becomes the row's own figure again."""
    left = [part for part in row["parts"] if part.get("id") != letter]
    rest = {name: value for name, value in row.items() if name != "parts"}
    if len(left) != 1:
        return {**rest, "parts": left}
    (last,) = left
    return {
        **rest,
        **{name: value for name, value in last.items() if name not in ("id", "title_zh", "title_en")},
    }
