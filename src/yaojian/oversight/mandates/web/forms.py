"""Forms of the mandates room."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.casework.inspections.facade import KIND_NAMES
from yaojian.foundation.accounts.facade import LEVEL_NAMES, Level
from yaojian.oversight.mandates.models import Mandate
from yaojian.registers.enterprises.facade import FLAG_NAMES, RISK_NAMES, TYPE_NAMES, RiskGrade, SubjectType

PERIODS = (
    ("month", _("each month")),
    ("quarter", _("each quarter")),
    ("half_year", _("each half-year")),
    ("year", _("each year")),
    ("rolling_years", _("within a number of years")),
    ("window", _("until a day")),
)
BETWEEN = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2100, 12, 31)))
"""No mandate begins earlier or ends later."""
ASKED_LEVELS = (Level.NATIONAL, Level.PROVINCE, Level.BRANCH, Level.PREFECTURE, Level.COUNTY, Level.TOWNSHIP)


class DayInput(forms.DateInput):
    """A day, picked or typed as 2026-11-22."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MandateForm(forms.Form):
    """A mandate as people think it up: whom, which inspections, how often or what share, by when."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    types = forms.MultipleChoiceField(
        label=_("Types of subjects"),
        required=False,
        choices=[(t.value, TYPE_NAMES[t]) for t in SubjectType],
        widget=forms.CheckboxSelectMultiple,
    )
    flags_any = forms.MultipleChoiceField(
        label=_("With one of these marks"),
        required=False,
        choices=list(FLAG_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    flags_all = forms.MultipleChoiceField(
        label=_("With all of these marks"),
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
    in_production = forms.ChoiceField(
        label=pgettext_lazy("mandate", "Production"),
        required=False,
        choices=[
            ("", _("Whether or not in production")),
            ("yes", _("In production only")),
            ("no", _("Standing still only")),
        ],
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of inspection that count"),
        required=False,
        choices=[(kind.value, name) for kind, name in KIND_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all kinds."),
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels of organs whose inspections count"),
        required=False,
        choices=[(level.value, LEVEL_NAMES[level]) for level in ASKED_LEVELS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick none for all levels."),
    )
    minimum = forms.IntegerField(label=_("How many times"), min_value=1, max_value=366, initial=1)
    unit = forms.ChoiceField(label=pgettext_lazy("mandate", "Period"), choices=PERIODS, initial="year")
    years = forms.IntegerField(
        label=_("Number of years"),
        required=False,
        min_value=1,
        max_value=50,
        help_text=_("For “within a number of years”."),
    )
    start = forms.DateField(
        label=_("First day"),
        required=False,
        validators=BETWEEN,
        widget=DayInput(),
        help_text=_("For “until a day”; today when empty."),
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        validators=BETWEEN,
        widget=DayInput(),
        help_text=_("For “until a day”."),
    )
    share = forms.DecimalField(
        label=_("Share in percent"),
        required=False,
        max_digits=6,
        decimal_places=2,
        help_text=_("Leave empty to ask for everyone."),
    )
    stratified_by = forms.ChoiceField(
        label=_("Strata of the draw"),
        required=False,
        choices=[("", pgettext_lazy("strata", "None")), ("division", _("By county")), ("type", _("By type"))],
        help_text=_("For a share."),
    )

    def definition(self, today: date) -> dict[str, Any]:
        """What was typed, as a pack would write it; its rules are checked where it is read."""
        data = self.cleaned_data
        scope: dict[str, Any] = {
            "types": data["types"],
            "flags_any": data["flags_any"],
            "flags_all": data["flags_all"],
            "risk_grades": data["grades"],
        }
        if data["in_production"]:
            scope["in_production"] = data["in_production"] == "yes"
        period: dict[str, Any] = {"unit": data["unit"]}
        if data["unit"] == "rolling_years":
            period["n"] = data["years"]
        if data["unit"] == "window":
            period |= {"start": (data["start"] or today).isoformat(), "end": data["until"]}
        act: dict[str, Any] = {"kind": "inspection.concluded"}
        if data["kinds"]:
            act["inspection_kinds"] = data["kinds"]
        if data["levels"]:
            act["organ_levels"] = data["levels"]
        return {
            "scope": {name: words for name, words in scope.items() if words != []},
            "act": act,
            "period": period,
            "minimum": data["minimum"],
            "share": data["share"],
            "stratified_by": data["stratified_by"],
        }


class EndForm(forms.Form):
    """Why a mandate ends."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


FIELD_OF = {
    "levels": "levels",
    "scope": "types",
    "types": "types",
    "scope.types": "types",
    "scope.flags_any": "flags_any",
    "scope.flags_all": "flags_all",
    "scope.risk_grades": "grades",
    "period": "unit",
    "period.n": "years",
    "period.start": "start",
    "period.end": "until",
    "period.unit": "unit",
    "share": "share",
    "minimum": "minimum",
    "title": "title",
}
"""Where on the form an error of the definition belongs."""


def initial_of(mandate: Mandate) -> dict[str, Any]:
    """What the form starts with to change a mandate."""
    formula = mandate.formula
    scope, act, period = formula["scope"], formula.get("act", {}), formula["period"]
    return {
        "title": mandate.title_zh,
        "types": scope.get("types", []),
        "flags_any": scope.get("flags_any", []),
        "flags_all": scope.get("flags_all", []),
        "grades": scope.get("risk_grades", []),
        "kinds": act.get("inspection_kinds", []),
        "levels": act.get("organ_levels", []),
        "minimum": formula.get("minimum", 1),
        "unit": period["unit"],
        "years": period.get("n"),
        "start": period.get("start"),
        "until": period.get("end"),
        "share": mandate.share,
        "in_production": {True: "yes", False: "no"}.get(scope.get("in_production"), ""),
        "stratified_by": mandate.stratified_by,
    }
