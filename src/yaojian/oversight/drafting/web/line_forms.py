"""Goals and components of a row: one form a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.drafting.figures import component_of, shown, target_of, target_values
from yaojian.oversight.drafting.shapes import OPERATORS
from yaojian.oversight.drafting.web.fields import Choice, Text
from yaojian.oversight.plans.targets import RECURRENCE_WORDS
from yaojian.oversight.plans.vocabulary import language_of

if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[Any]
else:
    _FormSet = forms.BaseFormSet

MOST_LINES = 40
FIRST_YEAR, LAST_YEAR = 1990, 2100


class TargetForm(forms.Form):
    """One goal, or the figure the plan starts from."""

    when = Choice(label=_("For when"), required=False)
    year = forms.IntegerField(
        label=pgettext_lazy("plan draft", "Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text=_("for a recurring goal: from when on"),
    )
    op = Choice(label=pgettext_lazy("target", "Comparison"), required=False)
    value = Text(label=_("Goal"), max_length=30, required=False)
    high = Text(label=_("Up to"), max_length=30, required=False, help_text=_("for a range only"))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        zh = language_of(get_language() or "zh") == "zh"
        when = [
            ("year", pgettext("target", "in the year")),
            *((word, words[0 if zh else 1]) for word, words in RECURRENCE_WORDS.items()),
            ("baseline", pgettext("target", "where the plan starts")),
        ]
        self.fields["when"].offer(when, self.initial.get("when"))  # type: ignore[attr-defined]
        comparisons = [(word, str(label)) for word, label in OPERATORS.items()]
        self.fields["op"].offer(comparisons, self.initial.get("op"))  # type: ignore[attr-defined]


class ComponentForm(forms.Form):
    """One score of an index."""

    code = Text(label=pgettext_lazy("plan draft", "Code"), max_length=40, required=False)
    zh = Text(label=_("Name in Chinese"), max_length=120, required=False)
    en = Text(label=_("Name in English"), max_length=200, required=False)
    weight = Text(
        label=pgettext_lazy("plan draft", "Weight"),
        max_length=12,
        required=False,
        help_text=_("100 together; empty: decided later"),
    )
    of = Text(label=_("Score is the figure of"), max_length=16, required=False)


class Lines(_FormSet):
    """The lines of a list: those a row has, and two more to fill in."""

    def written(self, present: list[Any]) -> list[Any]:
        """The list after the change: a line nobody touched stays as it is, one that was emptied goes."""
        made = target_of if self.form is TargetForm else component_of
        found = []
        for place, form in enumerate(self.forms):
            if form.has_changed():
                if (line := made(form.cleaned_data)) is not None:
                    found.append(line)
            elif place < len(present):
                found.append(present[place])
        return found


def _lines(form: type[forms.Form]) -> Any:
    return forms.formset_factory(
        form, formset=Lines, extra=2, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
    )


Targets, Components = _lines(TargetForm), _lines(ComponentForm)


def targets_form(data: Any, figure: Mapping[str, Any]) -> Lines:
    """The goals of a figure, one a line."""
    initial = [target_values(target) for target in figure.get("targets", [])]
    lines: Lines = Targets(data, initial=initial, prefix="targets")
    return lines


def components_form(data: Any, figure: Mapping[str, Any]) -> Lines:
    """The components of a figure, one a line."""
    initial = [
        {**one, "weight": shown(one.get("weight"))} for one in figure.get("formula", {}).get("components", [])
    ]
    lines: Lines = Components(data, initial=initial, prefix="components")
    return lines
