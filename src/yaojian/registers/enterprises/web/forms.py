"""The forms of the register. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, organs_visible_to
from yaojian.foundation.errors import DomainError, Text
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.actions import organs_to_transfer_to
from yaojian.registers.enterprises.contracts import SubjectEntry
from yaojian.registers.enterprises.models import Subject
from yaojian.registers.enterprises.types import (
    FLAG_NAMES,
    HOSPITAL_LEVELS,
    LEVEL_FLAGS,
    TYPE_NAMES,
    SubjectType,
)

FIELD_OF_ERROR = {"responsible_organ": "organ", "effective_on": "on"}
"""Fields that actions name differently from some of our forms."""
CHOSEN_FLAGS = {flag: name for flag, name in FLAG_NAMES.items() if flag not in LEVEL_FLAGS.values()}


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: at its fields, or on top where the form has no such field."""
    if error.errors:
        for field, text in error.errors.items():
            _add(form, field, text)
        return
    words: Text = error.detail
    if error.cure:
        words = gettext("%(detail)s %(cure)s") % {"detail": error.detail, "cure": error.cure}
    _add(form, error.field or "", words)


def _add(form: forms.BaseForm, field: str, text: Text) -> None:
    name = field if field in form.fields else FIELD_OF_ERROR.get(field, "")
    form.add_error(name if name in form.fields else None, str(text))


def day_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    """A day, written as 2026-11-22."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2026-11-22.")},
    )


def reason_field(hint: Any = "", *, required: bool = True) -> forms.CharField:
    """Why something is done, in a few words."""
    return forms.CharField(
        label=_("Reason"),
        help_text=hint or _("What happened, and where it is documented. It is recorded in the journal."),
        required=required,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FieldsOfSubject(forms.Form):
    """What the register says of a subject."""

    code = forms.CharField(
        label=_("Unified social credit code or facility code"),
        max_length=60,
        help_text=_("For example 91652301MA7A1B2C3X. Full-width digits and spaces are made plain."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Registered name"), max_length=200)
    subject_type = forms.ChoiceField(
        label=pgettext_lazy("subject", "Type"), choices=[(t.value, TYPE_NAMES[t]) for t in SubjectType]
    )
    uscc = forms.CharField(
        label=_("Unified code of the legal entity"),
        max_length=60,
        required=False,
        help_text=_("Only where it is not the code above, as for a second business of the same company."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    parent = forms.CharField(
        label=_("Code of the superior subject"),
        max_length=60,
        required=False,
        help_text=_("For a chain's store the code of its headquarters."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    division_code = forms.CharField(
        label=_("Code of the place"),
        max_length=12,
        help_text=_("6 digits for a county, 9 for a township, 12 for a village, as 652301001."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, help_text=_("Degrees north (WGS-84), as 44.014500.")
    )
    longitude = forms.FloatField(
        label=_("Longitude"), required=False, help_text=_("Degrees east (WGS-84), as 87.308200.")
    )
    business_scope = forms.CharField(
        label=_("Business scope"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    hospital_level = forms.TypedChoiceField(
        label=_("Level of the hospital"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("no hospital, or no level")), *HOSPITAL_LEVELS.items()],
    )
    flags = forms.MultipleChoiceField(
        label=_("Marks"),
        required=False,
        choices=list(CHOSEN_FLAGS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Plans choose subjects by these marks."),
    )
    opened_on = day_field(_("In operation since"))


class NewSubjectForm(FieldsOfSubject):
    """A subject that is entered for the first time."""

    organ = forms.ChoiceField(label=_("Responsible organ"))
    legal_name = forms.CharField(
        label=_("Name on the business licence"),
        max_length=200,
        required=False,
        help_text=_("Only where it is not the name above."),
    )

    field_order = ("name", "code", "subject_type", "organ", "opened_on", "division_code", "address")

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = self.fields["subject_type"]
        kinds.choices = [("", "—"), *kinds.choices]  # type: ignore[attr-defined]
        organs = [(organ.code, organ.label) for organ in organs_visible_to(actor).order_by("path")]
        self.fields["organ"].choices = organs  # type: ignore[attr-defined]
        self.fields["organ"].initial = actor.organ_code

    def entry(self) -> SubjectEntry:
        """What the bulk door takes."""
        data = dict(self.cleaned_data)
        return SubjectEntry(
            responsible_organ=data.pop("organ"), flags=tuple(data.pop("flags")), **_empty_as_none(data)
        )


def _empty_as_none(data: dict[str, Any]) -> dict[str, Any]:
    """Optional texts left empty say nothing."""
    return {name: None if value == "" else value for name, value in data.items()}


class EditSubjectForm(FieldsOfSubject):
    """Changes of a subject in force from a day."""

    on = day_field(
        _("In force from"),
        _("Today, a day in the past (with a reason), or a day to come (applied that night)."),
    )
    reason = reason_field(required=False)

    def __init__(self, subject: Subject, data: Any = None) -> None:
        self._other_flags = [flag for flag in subject.flags if flag not in CHOSEN_FLAGS]
        super().__init__(data, initial=initial_of(subject))

    def changes(self) -> dict[str, Any]:
        """The fields that the form speaks of; marks that the form does not know stay."""
        data = dict(self.cleaned_data)
        for name in ("on", "reason"):
            data.pop(name)
        return {**data, "flags": [*data["flags"], *self._other_flags]}


def initial_of(subject: Subject) -> dict[str, Any]:
    """What the form of a subject starts with."""
    names = [name for name in FieldsOfSubject.base_fields if name not in ("uscc", "parent")]
    initial = {name: getattr(subject, name) for name in names}
    uscc = subject.enterprise.uscc if subject.enterprise else ""
    return {
        **initial,
        "uscc": "" if uscc == subject.code else uscc,
        "parent": subject.parent.code if subject.parent else "",
        "on": today(),
    }


class DayAndReasonForm(forms.Form):
    """From which day something holds, and why."""

    on = day_field(_("From which day"))
    reason = reason_field()

    def __init__(self, actor: Actor, subject: Subject, data: Any = None) -> None:
        super().__init__(data, initial={"on": today(), "division_code": subject.division_code})


class TransferForm(DayAndReasonForm):
    """To which organ a subject is handed."""

    organ = forms.ChoiceField(label=_("Organ that becomes responsible"))
    field_order = ("organ", "on", "reason")

    def __init__(self, actor: Actor, subject: Subject, data: Any = None) -> None:
        super().__init__(actor, subject, data)
        organs = organs_to_transfer_to(actor).exclude(pk=subject.responsible_organ_id)
        self.fields["organ"].choices = [("", "—"), *((o.code, o.label) for o in organs)]  # type: ignore[attr-defined]


class MoveForm(DayAndReasonForm):
    """Where a subject has moved."""

    division_code = forms.CharField(
        label=_("Code of the new place"),
        max_length=12,
        help_text=_("6 digits for a county, 9 for a township, 12 for a village, as 652301001."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    address = forms.CharField(label=_("New address"), max_length=200)
    latitude = forms.FloatField(
        label=_("Latitude"), required=False, help_text=_("Degrees north (WGS-84), as 44.014500.")
    )
    longitude = forms.FloatField(
        label=_("Longitude"), required=False, help_text=_("Degrees east (WGS-84), as 87.308200.")
    )
    field_order = ("division_code", "address", "latitude", "longitude", "on", "reason")
