"""Fields that keep what a row has, and forms that say problems without having been sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict


class Text(forms.CharField):
    """Words as they were typed, whatever a browser does to the ends of lines."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\r\n", "\n")) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)


class Choice(forms.ChoiceField):
    """One of some words; a word that the row has already stays among them, so that nothing is lost unseen."""

    def offer(self, choices: list[tuple[str, str]], present: Any) -> None:
        known = {word for word, _label in choices}
        present = str(present or "")
        self.choices = [
            ("", "—"),
            *choices,
            *([(present, present)] if present and present not in known else []),
        ]


class Choices(forms.MultipleChoiceField):
    """Some of some words; those that are offered no longer fall away."""

    def __init__(self, **named: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **named)

    def offer(self, choices: list[tuple[str, str]], present: Any) -> None:
        known = {word for word, _label in choices}
        self._offered = [*choices, *((word, word) for word in present or () if word not in known)]
        self.choices = self._offered

    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or ()) != set(self.to_python(data))

    def to_python(self, value: Any) -> list[str]:
        offered = {str(word) for word, _label in self._offered}
        return [str(word) for word in value or () if str(word) in offered]


def quiet(form: Any) -> None:
    """Show what was typed without a word about it; errors may be put at its fields."""
    form._errors = ErrorDict()
    form.cleaned_data = {}


def quiet_lines(lines: Any) -> None:
    """The same for a list of lines as a whole."""
    lines._errors = []
    lines._non_form_errors = lines.error_class()
