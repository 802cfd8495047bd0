"""The forms of this room. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, User, organs_visible_to
from yaojian.foundation.documents.web.panel import ACCEPTED
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import today
from yaojian.oversight.evaluations.contracts import (
    EVALUATION_NAMES,
    PROGRESS_NAMES,
    EvaluationKind,
    Progress,
    TaskKind,
)
from yaojian.oversight.plans.facade import Figure, Plan
from yaojian.oversight.statistics.web.forms import FilesField, FilesInput

STEP = re.compile(r"\s*(\d{4}-\d{2}-\d{2})(?:\s*[:：,，\s]\s*(-?[\d.]+))?\s*")


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: at its field, or on top where there is none."""
    words = f"{error.detail} {error.cure}" if error.cure else str(error.detail)
    form.add_error(error.field if error.field in form.fields else None, words)


def offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Give a choice field of a form its choices."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)


def day_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2026-11-22.")},
    )


def files_field(label: Any, hint: Any = "") -> FilesField:
    """Several documents."""
    return FilesField(
        label=label, help_text=hint, required=False, widget=FilesInput(attrs={"accept": ACCEPTED})
    )


class TaskForm(forms.Form):
    """A milestone, or a share of a target, given to an organ."""

    organ = forms.ChoiceField(label=pgettext_lazy("task", "Responsible organ"))
    owner = forms.CharField(
        label=_("Person in charge"),
        required=False,
        max_length=60,
        help_text=_("User name; leave it empty to let the organ decide."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    title = forms.CharField(label=pgettext_lazy("task", "What is to be done"), required=False, max_length=200)
    starts_on = day_field(pgettext_lazy("task", "First day"))
    ends_on = day_field(pgettext_lazy("task", "Last day"))

    def __init__(self, *args: Any, actor: Actor, figure: Figure, kind: TaskKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organs = list(organs_visible_to(actor).order_by("code"))
        self.organs: dict[str, Organ] = {organ.code: organ for organ in organs}
        offer(self, "organ", [(organ.code, organ.label) for organ in organs])
        if kind is TaskKind.SHARE:
            self.fields["goal"] = forms.DecimalField(
                label=_("Goal of this organ"), max_digits=20, decimal_places=4
            )
            self.fields["progress_from"] = forms.ChoiceField(
                label=_("Progress"),
                choices=[(one.value, PROGRESS_NAMES[one]) for one in Progress],
                initial=Progress.REPORTED.value,
            )
        self.fields["steps"] = forms.CharField(
            label=pgettext_lazy("task", "Schedule"),
            required=False,
            max_length=2000,
            help_text=_("One day on each line, with the value to be reached by then: 2025-06-30 60"),
            widget=forms.Textarea(attrs={"rows": 4}),
        )

    def clean_owner(self) -> int | None:
        """The key of the person."""
        name = self.cleaned_data["owner"].strip()
        if not name:
            return None
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise forms.ValidationError(gettext("There is nobody of this user name."))
        return user.pk

    def clean_steps(self) -> list[tuple[date, Decimal | None]]:
        """The days and values of the schedule."""
        steps = []
        for number, line in enumerate(self.cleaned_data["steps"].splitlines(), 1):
            if not line.strip():
                continue
            found = STEP.fullmatch(line)
            try:
                if found is None:
                    raise ValueError(line)
                day = date.fromisoformat(found[1])
                steps.append((day, Decimal(found[2]) if found[2] else None))
            except (ValueError, InvalidOperation):
                raise forms.ValidationError(
                    gettext("Line %(n)s is no day with a value. Write it as 2025-06-30 60.") % {"n": number}
                ) from None
        return steps


class ReportForm(forms.Form):
    """How far a task is."""

    on = day_field(pgettext_lazy("task", "As of"))
    share_done = forms.IntegerField(label=_("Progress in percent"), min_value=0, max_value=100)
    note = forms.CharField(
        label=_("What was done, what comes next"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = files_field(
        pgettext_lazy("task", "Evidence"), _("Records of acceptance, decisions, photos. Several at once.")
    )
    done = forms.BooleanField(label=_("The task is done: hand it in for confirmation"), required=False)

    def __init__(self, *args: Any, kind: TaskKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today()
        if kind is TaskKind.SHARE:
            self.fields["value"] = forms.DecimalField(
                label=_("Value reached"), max_digits=20, decimal_places=4, required=False, min_value=0
            )


class ReasonForm(forms.Form):
    """Why something is returned, cancelled or rejected."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class DraftForm(forms.Form):
    """An evaluation to begin."""

    plan = forms.ChoiceField(label=_("Plan"))
    organ = forms.ChoiceField(label=_("Organ"))
    kind = forms.ChoiceField(
        label=_("Kind of evaluation"), choices=[(k.value, EVALUATION_NAMES[k]) for k in EvaluationKind]
    )
    as_of = day_field(_("Data of"), _("Figures are those of this day."))
    title = forms.CharField(label=_("Title"), required=False, max_length=200)

    def __init__(self, *args: Any, actor: Actor, plans: Sequence[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organs = list(organs_visible_to(actor).order_by("code"))
        self.organs: dict[str, Organ] = {organ.code: organ for organ in organs}
        offer(self, "plan", [(plan.code, plan.label) for plan in plans])
        offer(self, "organ", [(organ.code, organ.label) for organ in organs])


class AdjustmentForm(forms.Form):
    """Another target for a figure."""

    year = forms.TypedChoiceField(label=_("Target of the year"), coerce=int)
    value = forms.CharField(
        label=_("New target"), max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    effective_on = day_field(_("Holds from"), _("Values of earlier days keep the target of the plan."))
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    papers = files_field(_("Papers"), _("The request, the decision of a meeting. Several at once."))

    def __init__(self, *args: Any, figure: Figure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = figure.row.plan
        offer(self, "year", [(year, str(year)) for year in range(plan.start_year, plan.end_year + 1)])
        self.is_grade = figure.unit == "grade"

    def clean_value(self) -> float | str:
        """A number, or a grade where the figure is one."""
        text: str = self.cleaned_data["value"].strip()
        if self.is_grade:
            return text.upper()
        try:
            number = float(text.replace(",", "").removesuffix("%"))
        except ValueError:
            raise forms.ValidationError(gettext("This is no number.")) from None
        return int(number) if number.is_integer() and abs(number) < 10**15 else number


def texts_in(data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """The texts that a posted draft holds under names with a prefix, by what follows it."""
    return {str(name).removeprefix(prefix): str(data[name]) for name in data if str(name).startswith(prefix)}
