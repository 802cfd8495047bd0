"""Forms of the jurisdiction tables."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import LEVEL_NAMES, Level
from yaojian.registers.enterprises.facade import FLAG_NAMES, RISK_NAMES, TYPE_NAMES, RiskGrade, SubjectType
from yaojian.registers.jurisdiction.contracts import (
    CONFIDENCE_NAMES,
    MATTER_NAMES,
    Confidence,
    Matter,
    Rule,
)


class DayInput(forms.DateInput):
    """A day, picked or typed as 2026-11-22."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RuleForm(forms.Form):
    """A rule as people enter it."""

    matter = forms.ChoiceField(
        label=pgettext_lazy("jurisdiction", "Matter"), choices=[(m.value, MATTER_NAMES[m]) for m in Matter]
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=9,
        help_text=_("A division code: 65 for the whole region, 6523 for a prefecture, 650521 for a county."),
    )
    types = forms.MultipleChoiceField(
        label=_("Types of subjects"),
        required=False,
        choices=[(t.value, TYPE_NAMES[t]) for t in SubjectType],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all types."),
    )
    flags_any = forms.MultipleChoiceField(
        label=_("With one of these marks"),
        required=False,
        choices=list(FLAG_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    grades = forms.MultipleChoiceField(
        label=_("Risk grades"),
        required=False,
        choices=[(g.value, RISK_NAMES[g]) for g in RiskGrade if g.value],
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.ChoiceField(
        label=_("Responsible level"), choices=[(level.value, LEVEL_NAMES[level]) for level in Level]
    )
    duty_zh = forms.CharField(
        label=_("What is to be done"),
        required=False,
        max_length=200,
        help_text=_("For instance: twice a year."),
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        initial=0,
        min_value=0,
        max_value=9,
        help_text=_("Only where two rules of one region meet: the higher decides."),
    )
    source = forms.CharField(
        label=_("Source"), max_length=200, help_text=_("Document and number the rule comes from.")
    )
    article = forms.CharField(label=_("Article"), required=False, max_length=60)
    quote = forms.CharField(
        label=_("Words of the source"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    confidence = forms.ChoiceField(
        label=_("How sure it is"), choices=[(c.value, CONFIDENCE_NAMES[c]) for c in Confidence]
    )
    valid_from = forms.DateField(label=pgettext_lazy("rule", "Valid from"), widget=DayInput())
    valid_to = forms.DateField(label=pgettext_lazy("rule", "Valid until"), required=False, widget=DayInput())

    def clean_region(self) -> str:
        region: str = self.cleaned_data["region"].strip()
        if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}", region):
            raise forms.ValidationError(_("A region is a division code of 2, 4, 6 or 9 digits."))
        return region

    def rule(self) -> Rule:
        """The rule as typed; its code comes with the saving."""
        data: dict[str, Any] = self.cleaned_data
        return Rule(
            code="",
            matter=Matter(data["matter"]),
            level=Level(data["level"]),
            region=data["region"],
            types=frozenset(data["types"]),
            flags_any=frozenset(data["flags_any"]),
            grades=frozenset(data["grades"]),
            priority=data["priority"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            source=data["source"],
            article=data["article"],
            quote=data["quote"],
            confidence=Confidence(data["confidence"]),
            duty_zh=data["duty_zh"],
        )


class EndForm(forms.Form):
    """From when on a rule holds no more."""

    on = forms.DateField(label=_("Last day"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), max_length=200)


def initial_rule(region: str, on: date) -> dict[str, Any]:
    """What an empty form starts with."""
    return {"region": region, "valid_from": on, "confidence": Confidence.HIGH.value, "priority": 0}
