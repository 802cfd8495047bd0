"""All forms of a row, or of one part of it, as one: read together, written together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms

from yaojian.oversight.drafting.figures import following, formula_with
from yaojian.oversight.drafting.web.fields import quiet, quiet_lines
from yaojian.oversight.drafting.web.line_forms import Lines, components_form, targets_form
from yaojian.oversight.drafting.web.placing import part_of, place
from yaojian.oversight.drafting.web.presentation import told_in_words
from yaojian.oversight.drafting.web.row_forms import FormulaForm, PartForm, WordsForm
from yaojian.oversight.plans.errors import Problem

SELDOM = frozenset(
    {
        *("kind", "value", "period", "unit_source", "law", "supplementary"),
        *("notes_zh", "notes_en", "same_as", "waits_for"),
    }
)
"""Fields of a row that are seldom touched."""


class Editor:
    """The forms of a row (`letter` empty) or of its part; one whose row is divided has words alone."""

    def __init__(self, data: Any, row: Mapping[str, Any], letter: str = "") -> None:
        self.row, self.letter = row, letter
        self.figure: Mapping[str, Any] = row
        if letter:
            self.figure = next(part for part in row["parts"] if part.get("id") == letter)
        self.divided = not letter and "parts" in row
        self.words = (
            PartForm(data, self.figure) if letter else WordsForm(data, self.figure, divided=self.divided)
        )
        self.formula = None if self.divided else FormulaForm(data, self.figure)
        self.targets = None if self.divided else targets_form(data, self.figure)
        indexed = self.formula is not None and self.formula.has_components
        self.components = components_form(data, self.figure) if indexed else None

    def foremost(self) -> list[forms.BoundField]:
        """What everybody fills in."""
        return [bound for bound in self.words if bound.name not in SELDOM]

    def seldom(self) -> list[forms.BoundField]:
        """What stands folded below."""
        return [bound for bound in self.words if bound.name in SELDOM]

    def unfold(self) -> bool:
        """Whether something below is wrong and must be seen."""
        return any(bound.errors for bound in self.seldom())

    def singles(self) -> list[forms.BaseForm]:
        """The forms that are no lists."""
        return [self.words, *([self.formula] if self.formula is not None else [])]

    def lists(self) -> dict[str, Lines]:
        """The lists of lines, by the name that a row gives them."""
        both = {"targets": self.targets, "components": self.components}
        return {name: lines for name, lines in both.items() if lines is not None}

    def is_valid(self) -> bool:
        """Whether every field can be read; what it says, the loader of packs judges."""
        every: list[Any] = [*self.singles(), *self.lists().values()]
        # Each is asked, so that all that is wrong stands on the page at once.
        return [form.is_valid() for form in every].count(False) == 0

    def written(self) -> dict[str, Any]:
        """The row with what was changed in the forms."""
        figure = self.words.written(self.figure)
        if self.formula is not None and self.targets is not None:
            figure = self._counted(figure, self.formula)
            goals = self.targets.written(list(self.figure.get("targets", [])))
            if goals != self.figure.get("targets", []):
                figure["targets"] = goals
        if not self.letter:
            return figure
        parts = [figure if part.get("id") == self.letter else part for part in self.row["parts"]]
        return {**self.row, "parts": parts}

    def _counted(self, figure: dict[str, Any], form: FormulaForm) -> dict[str, Any]:
        before = form.formula
        if not form.chosen:
            figure.pop("formula", None)
            return figure
        after = formula_with(before, form.chosen, form.changes())
        if self.components is not None:
            after["components"] = self.components.written(list(before.get("components", [])))
        if after != before:
            figure["formula"] = after
            waits_for = following(figure.get("waits_for", []), before, after)
            if waits_for != figure.get("waits_for", []):
                figure["waits_for"] = waits_for
        return figure

    def show(self, problems: Iterable[Problem] = ()) -> list[dict[str, str]]:
        """Put problems at their fields; the answer are those that have no field here."""
        for form in self._every():
            quiet(form)
        left = []
        for problem in problems:
            letter, field = part_of(problem, self.row)
            if letter != self.letter or not place(problem, field, self.singles(), self.lists()):
                left.append(told_in_words(problem))
        return left

    def _every(self) -> Iterator[Any]:
        yield from self.singles()
        for lines in self.lists().values():
            yield from lines.forms
            quiet_lines(lines)
