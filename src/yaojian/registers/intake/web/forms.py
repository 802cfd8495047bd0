"""The forms of imports. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.timekeeping import today
from yaojian.registers.intake.contracts import ImportField, Target
from yaojian.registers.intake.tables.limits import MAX_FILE_BYTES
from yaojian.registers.intake.targets import all_targets

ACCEPTED = ".xlsx,.csv,.txt,.tsv"
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
NO_COLUMN = ""


def targets_for(actor: Actor) -> list[Target]:
    """The registers that the actor may take tables into."""
    return [target for target in all_targets() if actor.may(target.permission)]


class UploadForm(forms.Form):
    """Which register, which file, from which day."""

    target = forms.ChoiceField(label=pgettext_lazy("import", "Register"))
    file = forms.FileField(
        label=_("Table"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )
    effective_on = forms.DateField(
        label=_("Effective from"),
        widget=DAY,
        help_text=_("Changes hold in the register from this day, usually the date of the table."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("effective_on", today())
        super().__init__(*args, **kwargs)
        # Put together for each request: at import it would stay in the language of the start.
        self.fields["file"].help_text = _(
            "Workbook (.xlsx) or text with commas, semicolons or tabs (UTF-8 or GB 18030), at most %(mb)s MB."
        ) % {"mb": MAX_FILE_BYTES // 1024**2}
        choices = [(target.code, target.name) for target in targets_for(actor)]
        self.fields["target"].choices = choices  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """For each field of the register a column of the table, or a value for all rows."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        target: Target,
        names: Sequence[str],
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial=initial, auto_id="map_%s")
        self.target = target
        unnamed = _("Column %(letter)s (without a name)")
        choices: list[tuple[str, Any]] = [(NO_COLUMN, _("— not in the table —"))]
        for number, name in enumerate(names):
            label = name or unnamed % {"letter": letters(number)}
            choices.append((str(number), f"{letters(number)} · {label}"))
        for one in target.fields:
            self.fields[f"column-{one.name}"] = forms.ChoiceField(
                label=str(one.label),
                choices=choices,
                required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )
            self.fields[f"value-{one.name}"] = forms.CharField(
                label=_("Value for all rows"),
                max_length=200,
                required=False,
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )
        self.fields["effective_on"] = forms.DateField(label=_("Effective from"), widget=DAY)

    def chosen(self) -> tuple[dict[str, int], dict[str, str]]:
        """Columns and values for all rows, by field."""
        columns, constants = {}, {}
        for one in self.target.fields:
            if column := self.cleaned_data[f"column-{one.name}"]:
                columns[one.name] = int(column)
            elif text := self.cleaned_data[f"value-{one.name}"]:
                constants[one.name] = text
        return columns, constants

    def rows(self) -> list[dict[str, Any]]:
        """The fields with their two controls, as the page lays them out."""
        return [self._row(one) for one in self.target.fields]

    def _row(self, one: ImportField) -> dict[str, Any]:
        return {"field": one, "column": self[f"column-{one.name}"], "value": self[f"value-{one.name}"]}


def letters(number: int) -> str:
    """The letters of a column, as the spreadsheet shows them."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
