"""Problems of a row at the fields they speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from yaojian.oversight.drafting.figures import FORMULA_FIELDS
from yaojian.oversight.drafting.web.presentation import told_in_words
from yaojian.oversight.plans.errors import Problem

_STEP = re.compile(r"[^.\[\]]+")
_OF_TARGETS = {"year": "year", "since": "year", "every": "when", "baseline": "when", "low": "value"}
_FIELDS = {"class": "klass", "formula.shape": "way", "formula": "way"}


def of_row(problems: Iterable[Problem], row_id: str) -> list[Problem]:
    """The problems of a row and of its parts, each with the field seen from the row."""
    found = []
    for problem in problems:
        letter = problem.row[len(row_id) :]
        if problem.row == row_id:
            found.append(problem)
        elif problem.row.startswith(row_id) and letter.isalpha():
            # Problems between figures name the figure: the row's number with the letter of its part.
            field = f"parts.{letter}.{problem.field}"
            found.append(Problem(problem.pack, row_id, field, problem.problem, problem.cure))
    return found


def part_of(problem: Problem, row: Mapping[str, Any]) -> tuple[str, str]:
    """The letter of the part a problem lies in (empty: in none), and its field seen from there."""
    steps = _STEP.findall(problem.field)
    if len(steps) < 2 or steps[0] != "parts":
        return "", problem.field
    parts = row.get("parts", [])
    letter = steps[1]
    if letter.isdecimal() and int(letter) < len(parts):
        letter = str(parts[int(letter)].get("id", ""))
    return letter, ".".join(steps[2:])


def place(
    problem: Problem,
    field: str,
    singles: Iterable[forms.BaseForm],
    lists: Mapping[str, Any],
) -> bool:
    """Put a problem at its field; False where the forms have none for it."""
    words = told_in_words(problem)
    text = "；".join(filter(None, (words["problem"], words["cure"])))
    steps = _STEP.findall(field)
    steps = steps[1:] if steps[:2] == ["formula", "components"] else steps
    if steps and steps[0] in lists and lists[steps[0]].forms:
        number = int(steps[1]) if len(steps) > 1 and steps[1].isdecimal() else 0
        form = lists[steps[0]].forms[min(number, len(lists[steps[0]].forms) - 1)]
        wanted = _OF_TARGETS.get(steps[-1], steps[-1])
        form.add_error(wanted if wanted in form.fields else next(iter(form.fields)), text)
        return True
    names = [_FIELDS.get(field, field)]
    if steps and steps[0] == "formula":
        path = tuple(steps[1:])
        names = [name for name, known in FORMULA_FIELDS.items() if known[: len(path)] == path[: len(known)]]
        names = [*names, "way"]
    for form in singles:
        for name in names:
            if name in form.fields:
                form.add_error(name, text)
                return True
    return False
