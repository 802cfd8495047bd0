"""The next plan's pack out of an existing one. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
OF_THE_TEXT = ("document_no", "issued_on")
"""What only a plan that was issued has."""
OF_THE_ROW = ("unit_source", "notes_zh", "notes_en")
"""What only speaks of the lines of the old text."""
UNREADABLE = "unknown"
"""The attribute of a row whose cells could not be read in the old text."""


LEVELS = ("province", "prefecture", "county")
"""The levels of plans; that of an organ of another level stays as the old plan has it."""
PERIODS = ("十三五", "十四五", "十五五", "十六五", "十七五", "十八五", "十九五", "二十五", "二十一五")
"""The thirteenth Five-Year period and those that follow; it began in 2016."""
FIRST_PERIOD, PERIOD_YEARS = 2016, 5


def next_titles(title: str, title_en: str, start: int, end: int) -> tuple[str, str]:
    """The titles of the plan that follows one of some years: its period and its years moved on."""
    shift = end - start + 1

    def moved(text: str) -> str:
        return YEAR.sub(lambda year: str(int(year.group()) + shift), text)

    place, further = divmod(start - FIRST_PERIOD, PERIOD_YEARS)
    if further or shift != PERIOD_YEARS or not 0 <= place < len(PERIODS) - 1:
        return moved(title), moved(title_en)
    old, new = place + 13, place + 14
    return (
        moved(title).replace(PERIODS[place], PERIODS[place + 1]),
        moved(title_en).replace(f"{old}{_ending(old)} Five-Year", f"{new}{_ending(new)} Five-Year"),
    )


def _ending(number: int) -> str:
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number > 20 else "th"


def successor_of(
    pack: Mapping[str, Any], *, code: str, seed: str, organ: str, level: str, title: str, title_en: str
) -> dict[str, Any]:
    """The pack moved by the plan's own length: years of targets and windows, ids under the new number.

    Figures the old plan started from (baselines) and flaws of its text are left out. As nothing is issued
    yet, a row's words are its title, and its line its place.
    """
    plan = pack["plan"]
    shift = int(plan["end"]) - int(plan["start"]) + 1
    kept = [row for row in pack["rows"] if row["class"] != "baseline"]
    header = {name: value for name, value in plan.items() if name not in OF_THE_TEXT}
    header |= {
        "code": code,
        "seed": seed,
        "organ": organ,
        "level": level if level in LEVELS else plan["level"],
        "title": title,
        "title_en": title_en,
        "start": plan["start"] + shift,
        "end": plan["end"] + shift,
        "source_file": f"{code}.txt",
    }
    mover = _Mover(str(plan["seed"]), seed, shift)
    rows = [mover.row(row, place) for place, row in enumerate(kept, start=1)]
    return {"plan": header, "rows": rows}


class _Mover:
    """Moves rows from one plan's number and years to another's."""

    def __init__(self, old: str, new: str, shift: int) -> None:
        self._old, self._new, self._shift = f"{old}-", f"{new}-", shift

    def row(self, row: Mapping[str, Any], place: int) -> dict[str, Any]:
        moved = self._part(row) | {"id": self._id(row["id"]), "line": place, "quote": row["title_zh"]}
        moved["period"] = self._years(str(row["period"]))
        if "parts" in row:
            moved["parts"] = [self._part(part) for part in row["parts"]]
        for name in OF_THE_ROW:
            moved.pop(name, None)
        if row["attribute"] == UNREADABLE:
            moved |= {"attribute": "text", "kind": "正文", "value": "—"}
        return moved

    def _part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        moved = dict(part)
        if "targets" in part:
            goals = [target for target in part["targets"] if not target.get("baseline")]
            moved["targets"] = [self._target(target) for target in goals]
        if "formula" in part:
            moved["formula"] = self._formula(part["formula"])
        if "same_as" in part:
            moved["same_as"] = self._id(part["same_as"])
        return moved

    def _target(self, target: Mapping[str, Any]) -> dict[str, Any]:
        moved = dict(target)
        for name in ("year", "since"):
            if moved.get(name) is not None:
                moved[name] += self._shift
        return moved

    def _formula(self, formula: Mapping[str, Any]) -> dict[str, Any]:
        moved = dict(formula)
        period = moved.get("period")
        if isinstance(period, Mapping):
            days = {name: self._day(str(period[name])) for name in ("start", "end") if name in period}
            moved["period"] = {**period, **days}
        return moved

    def _day(self, text: str) -> str:
        day = date.fromisoformat(text)
        if day.year + self._shift > date.max.year:
            return text
        try:
            return day.replace(year=day.year + self._shift).isoformat()
        except ValueError:
            return day.replace(year=day.year + self._shift, day=28).isoformat()

    def _id(self, text: str) -> str:
        return self._new + text.removeprefix(self._old) if text.startswith(self._old) else text

    def _years(self, text: str) -> str:
        return YEAR.sub(lambda year: str(int(year.group()) + self._shift), text)
