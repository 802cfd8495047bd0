"""The forms of one row of a draft or of one of its parts: words, formula."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.oversight.drafting.figures import (
    FORMULA_FIELDS,
    NARROWINGS,
    values_of,
)
from yaojian.oversight.drafting.shapes import CLASSES, WAYS, way_of
from yaojian.oversight.drafting.web.fields import Choice, Choices, Text
from yaojian.oversight.drafting.web.words import ROW_ID, words_of
from yaojian.oversight.plans.vocabulary import vocabulary

FIRST_YEAR, LAST_YEAR = 1990, 2100


class WordsForm(forms.Form):
    """What a row says: its words in the plan and what kind of figure it is."""

    KEYS: ClassVar = {"klass": "class"}
    WORDS: ClassVar = {
        "attribute": "attributes",
        "unit": "units",
        "responsible_level": "organ_levels",
        "law": "laws",
        "waits_for": "data_keys",
    }

    id = forms.RegexField(
        ROW_ID,
        label=pgettext_lazy("plan draft", "Number of the row"),
        help_text=_("the plan's three digits, a hyphen and the row's own number"),
        error_messages={"invalid": _("Write it like 005-12.")},
    )
    title_zh = Text(label=_("Title in Chinese"), max_length=200)
    title_en = Text(label=_("Title in English"), max_length=300)
    quote = Text(label=_("Words of the plan"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    line = forms.IntegerField(label=_("Line in the text"), min_value=1, max_value=100_000)
    klass = Choice(label=pgettext_lazy("plan draft", "Class"))
    attribute = Choice(label=pgettext_lazy("plan draft", "Attribute"))
    unit = Choice(label=pgettext_lazy("plan draft", "Unit"), help_text=_("in which the figure is computed"))
    unit_zh = Text(label=_("Unit as it is printed"), max_length=80)
    responsible_level = Choice(
        label=_("Who has to do it"), required=False, help_text=_("the level of organs; needed for duties")
    )
    kind = Text(label=_("Kind as the plan's table has it"), max_length=80)
    value = Text(label=_("Value as it is printed"), max_length=200)
    period = Text(label=_("Period as it is printed"), max_length=80)
    unit_source = Text(
        label=_("Unit in the plan's table"), max_length=80, required=False, help_text=_("where it is another")
    )
    law = Choices(label=_("National rules on the matter"))
    supplementary = forms.BooleanField(label=_("Beyond the plan's table of targets"), required=False)
    notes_zh = Text(
        label=_("Note in Chinese"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    notes_en = Text(
        label=_("Note in English"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    same_as = Text(
        label=_("Repeats the figure of"),
        max_length=16,
        required=False,
        help_text=_("the number of another row; its formula counts, this one has none"),
    )
    waits_for = Choices(
        label=_("Data it waits for"), help_text=_("the data that the formula names are added by themselves")
    )

    def __init__(self, data: Any, row: Mapping[str, Any], *, divided: bool = False) -> None:
        initial = {name: row.get(self.KEYS.get(name, name)) for name in self.base_fields}
        super().__init__(data, initial=initial, auto_id="row_%s")
        if divided:
            for name in ("same_as", "waits_for"):
                del self.fields[name]
        for name, kind in self.WORDS.items():
            if name in self.fields:
                self.fields[name].offer(words_of(kind), initial[name])  # type: ignore[attr-defined]
        self.fields["klass"].offer(  # type: ignore[attr-defined]
            [(word, _explained(label, CLASSES[word])) for word, label in words_of("classes")],
            initial["klass"],
        )

    def written(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The row with what was changed in it."""
        found = dict(row)
        for name in self.changed_data:
            value, key = self.cleaned_data[name], self.KEYS.get(name, name)
            if value in ("", None, [], False):
                found.pop(key, None)
            else:
                found[key] = value
        return found


class PartForm(WordsForm):
    """What a part of a row says where it differs from the row."""

    id = None  # type: ignore[assignment]
    quote = line = attribute = kind = value = period = None  # type: ignore[assignment]
    unit_source = law = supplementary = notes_zh = notes_en = None  # type: ignore[assignment]
    klass = Choice(
        label=pgettext_lazy("plan draft", "Class"), required=False, help_text=_("empty: that of the row")
    )
    unit = Choice(
        label=pgettext_lazy("plan draft", "Unit"), required=False, help_text=_("empty: that of the row")
    )
    unit_zh = Text(
        label=_("Unit as it is printed"), max_length=80, required=False, help_text=_("empty: that of the row")
    )


class FormulaForm(forms.Form):
    """How the figure comes about: the way it is counted, and what that way must be told."""

    WORDS: ClassVar = {
        "scope_types": "types",
        "scope_flags_all": "flags",
        "scope_flags_any": "flags",
        "scope_risk_grades": "risk_grades",
        "within": "withins",
        "act_kind": "act_kinds",
        "act_inspection_kinds": "inspection_kinds",
        "act_organ_levels": "organ_levels",
        "period_unit": "period_units",
        "measure": "data_keys",
        "over": "data_keys",
        "each": "organ_levels",
    }

    way = Choice(
        label=_("How it is counted"),
        required=False,
        help_text=_("after another choice press “Show its fields”"),
    )
    measure = Choice(label=_("What is counted"), required=False)
    over = Choice(label=_("Out of what"), required=False, help_text=_("empty: out of the same data"))
    select = Choices(label=_("Only those that are"), help_text=_("narrows numerator and denominator"))
    having = Choices(label=_("Of these, those that are"), help_text=_("narrows the numerator alone"))
    whole = Choices(label=_("The whole is"), help_text=_("where the denominator is another series"))
    scope_types = Choices(label=_("Subjects: types"))
    scope_flags_all = Choices(label=_("Subjects that carry all these marks"))
    scope_flags_any = Choices(label=_("Subjects that carry any of these marks"))
    scope_risk_grades = Choices(label=_("Subjects of these risk grades"))
    scope_in_production = Choice(label=_("Subjects that produce"), required=False)
    within = Choice(label=_("Where the subjects are"), required=False)
    act_kind = Choice(label=_("Which acts count"), required=False)
    act_inspection_kinds = Choices(
        label=_("Kinds of inspection that count"), help_text=_("none chosen: all of them")
    )
    act_organ_levels = Choices(
        label=pgettext_lazy("plan draft", "Levels of organs whose inspections count"),
        help_text=_("none chosen: all of them"),
    )
    minimum = forms.IntegerField(
        label=_("How many times in the period"), required=False, min_value=1, help_text=_("empty: once")
    )
    period_unit = Choice(label=_("How often, or in which stretch of time"), required=False)
    period_n = forms.IntegerField(
        label=_("Number of years"), required=False, min_value=1, help_text=_("for rolling years only")
    )
    period_start = Text(
        label=_("First day"),
        required=False,
        max_length=10,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("for a fixed stretch of time only"),
    )
    period_end = Text(
        label=_("Last day"),
        required=False,
        max_length=10,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("for a fixed stretch of time only"),
    )
    per = forms.IntegerField(
        label=_("For how many inhabitants"), required=False, min_value=1, help_text=_("such as 1000000")
    )
    each = Choice(
        label=_("Organ by organ of the level"), required=False, help_text=_("empty: all of them together")
    )
    base_year = forms.IntegerField(
        label=_("Year that growth starts from"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR
    )

    def __init__(self, data: Any, figure: Mapping[str, Any]) -> None:
        self.formula: Mapping[str, Any] = figure.get("formula", {})
        was = way_of(self.formula)
        initial = {**values_of(self.formula), "way": was}
        super().__init__(data, initial=initial, auto_id="row_%s")
        self.chosen = was if data is None else str(data.get("way", ""))
        asked = set(WAYS[self.chosen].parts) if self.chosen in WAYS else set()
        asked |= set(self.formula) if self.chosen == was else set()
        self.has_components = "components" in asked
        for name, path in FORMULA_FIELDS.items():
            if path[0] not in asked:
                del self.fields[name]
        self.fields["way"].offer(_ways(), was)  # type: ignore[attr-defined]
        for name, kind in self.WORDS.items():
            if name in self.fields:
                self.fields[name].offer(words_of(kind), initial[name])  # type: ignore[attr-defined]
        if "scope_in_production" in self.fields:
            produces = [("yes", str(_("those that produce"))), ("no", str(_("those that do not")))]
            self.fields["scope_in_production"].offer(produces, "")  # type: ignore[attr-defined]
        self._offer_narrowings(data)

    def _offer_narrowings(self, data: Any) -> None:
        """By what the chosen data can be narrowed; a field without anything to choose is left out."""
        chosen = {
            name: str((self.formula if data is None else data).get(name) or "")
            for name in ("measure", "over")
        }
        same = all(chosen[name] == str(self.formula.get(name) or "") for name in chosen)
        for name in NARROWINGS:
            if name not in self.fields:
                continue
            keys = [chosen["over"] or chosen["measure"]] if name == "whole" else [chosen["measure"]]
            keys = [*chosen.values()] if name == "select" else keys
            present = self.initial[name] if same else ()
            field: Any = self.fields[name]
            field.offer(_narrowings(keys), present)
            if not field.choices and not self.initial[name]:
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """The values of the fields of the formula that were changed."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in FORMULA_FIELDS}


def _ways() -> list[tuple[str, str]]:
    labels = dict(words_of("shapes"))
    return [(code, _explained(labels[way.shape], way.meaning)) for code, way in WAYS.items()]


def _explained(label: Any, meaning: Any) -> str:
    return f"{label}{_(': ')}{meaning}"


def _narrowings(keys: list[str]) -> list[tuple[str, str]]:
    known, language = vocabulary(), get_language() or "zh"
    found: dict[str, str] = {}
    for key in keys:
        for dimension, values in known.data_keys[key].select.items() if key in known.data_keys else ():
            name = known.label("dimensions", dimension, language)
            for value in values:
                label = known.value_label(key, dimension, value, language)
                found.setdefault(f"{dimension}={value}", f"{name}{_(': ')}{label}")
    return list(found.items())
