"""The forms of a running clock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.wording import GROUND_NAMES, amount_in_words
from yaojian.foundation.errors import DomainError
from yaojian.foundation.reference.facade import rule_of
from yaojian.foundation.timekeeping import CHINA
from yaojian.foundation.workflow.clocks import Ground

MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


def moment_field(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateTimeField:
    """A field for a moment in Beijing time."""
    return forms.DateTimeField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=MOMENT_FORMATS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class PauseForm(forms.Form):
    """The clock stands still."""

    ground = forms.TypedChoiceField(
        label=_("On what ground"), coerce=Ground, error_messages={"required": _("Choose the ground.")}
    )
    at = moment_field(_("Since when"), _("Leave empty when it stands still from now on."))
    reason = forms.CharField(
        label=_("Remark"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, clock: RunningClock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = rule_of(clock.rule).pauses
        self.fields["ground"].choices = [(g.value, GROUND_NAMES[g]) for g in grounds]  # type: ignore[attr-defined]


class ResumeForm(forms.Form):
    """The clock goes on."""

    at = moment_field(_("It goes on at"), _("Leave empty when it goes on from now on."))


class ExtendForm(forms.Form):
    """More time, approved by the person who sends the form."""

    amount = forms.IntegerField(label=_("How much longer"), min_value=1, max_value=3650)
    collective = forms.BooleanField(label=_("By collective decision"), required=False)
    reason = forms.CharField(
        label=_("Reason of the extension"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the time does not suffice.")},
    )

    def __init__(self, *args: Any, clock: RunningClock, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = rule_of(clock.rule).extension
        if allowed is None:
            return
        most = amount_in_words(allowed.amount, clock.rule.unit).strip()
        self.fields["amount"].help_text = str(_("At most %(most)s by the rule.") % {"most": most})
        if not allowed.then_collective:
            del self.fields["collective"]


def refuse(form: forms.Form, error: DomainError) -> None:
    """Put what was refused beside its field, or on top."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, str(error))


def aware(form: forms.Form) -> dict[str, Any]:
    """The cleaned data; moments are Beijing time."""
    return {
        name: value.replace(tzinfo=CHINA) if getattr(value, "tzinfo", True) is None else value
        for name, value in form.cleaned_data.items()
    }
