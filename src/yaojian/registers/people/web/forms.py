"""The forms of the register of people. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, organs_visible_to
from yaojian.foundation.errors import DomainError
from yaojian.foundation.search import plain
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import subjects_visible_to
from yaojian.registers.people.contracts import (
    CATEGORY_NAMES,
    DOMAIN_NAMES,
    GRADE_NAMES,
    POSITION_NAMES,
    PRACTICE_NAMES,
    SEQUENCE_NAMES,
    SEX_NAMES,
    TIER_NAMES,
    Category,
    Domain,
    Grade,
    PositionKind,
    Practice,
    RoleKind,
    Sequence,
    Tier,
)

FIELD_OF_ERROR = {"subject_id": "subject", "subject_code": "subject", "organ_id": "organ"}
"""Fields that actions name differently from our forms."""


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: at its field, or on top when the form has no such field."""
    field = FIELD_OF_ERROR.get(error.field or "", error.field)
    words = (
        gettext("%(detail)s %(cure)s") % {"detail": error.detail, "cure": error.cure}
        if error.cure
        else str(error.detail)
    )
    form.add_error(field if field in form.fields else None, words)


def _day(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as 2026-11-22.")},
    )


class PersonForm(forms.Form):
    """A person's own entry."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    sex = forms.ChoiceField(
        label=pgettext_lazy("person", "Sex"),
        required=False,
        choices=[("", _("by the identity number")), *SEX_NAMES.items()],
    )
    identity_number = forms.CharField(
        label=_("Identity number"),
        required=False,
        max_length=40,
        help_text=_("18 characters. It is sealed; pages show it masked."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=40,
        help_text=_("Sealed like the identity number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def __init__(self, *args: Any, correcting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if correcting:
            for name in ("identity_number", "phone"):
                self.fields[name].help_text = gettext("Leave it empty to keep what is sealed.")


class AccountForm(forms.Form):
    """Which account is this person's."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        required=False,
        help_text=_("Empty: no account. An inspector with an account is full-time as the posting says."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


PURPOSES = (
    _("Check of identity during an inspection"),
    _("Contact about a file of this organ"),
    _("Verification of a registration or certificate"),
    _("Investigation of a suspected lent certificate"),
)


class RevealForm(forms.Form):
    """For what purpose personal data is looked at."""

    purpose = forms.ChoiceField(
        label=_("Purpose"), choices=[("", _("Choose the purpose")), *((p, p) for p in PURPOSES)]
    )
    detail = forms.CharField(
        label=_("File number or remark"),
        required=False,
        max_length=100,
        help_text=_("It is kept in the journal: write no personal data."),
    )

    def words(self) -> str:
        """The purpose with its remark."""
        chosen, detail = self.cleaned_data["purpose"], self.cleaned_data["detail"].strip()
        return f"{chosen} · {detail}" if detail else str(chosen)


class ReasonForm(forms.Form):
    """Why something is done that cannot be undone."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It is kept with the act."))


class EndForm(forms.Form):
    """The last day of a role and why."""

    on = _day(_("Last day"), _("The role holds on this day and no longer on the next."))
    reason = forms.CharField(label=_("Reason"), max_length=300)


class RoleForm(forms.Form):
    """What forms of all roles share; `values` are the columns of the role."""

    valid_from = _day(pgettext_lazy("role of a person", "From"))

    def __init__(self, *args: Any, actor: Actor, changing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor, self.changing = actor, changing
        if changing:
            self.fields["valid_from"].label = gettext("The change holds from")
            self.fields["valid_from"].help_text = gettext(
                "What was before stays in the history. The first day of the entry itself corrects an error."
            )
        elif not self.is_bound:
            self.initial.setdefault("valid_from", today())

    def values(self) -> dict[str, Any]:
        """The role's columns as the action takes them."""
        names = {"valid_from", "valid_to", "subject", "organ"}
        return {name: value for name, value in self.cleaned_data.items() if name not in names}


class SubjectField(forms.CharField):
    """A subject by its code."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            max_length=40,
            help_text=_("Its code: the unified social credit code or facility code."),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )


def subject_with_code(form: RoleForm) -> int:
    """The key of the subject that was typed. Raises ValidationError; one out of scope does not exist."""
    code = plain(form.cleaned_data["subject"]).strip()
    found = subjects_visible_to(form.actor).filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise forms.ValidationError(
            gettext("No subject of your area has this code. Copy it from the subject's page.")
        )
    return found


class PharmacistForm(RoleForm):
    """A pharmacist's registration."""

    subject = SubjectField(_("Registered at"))
    registration_no = forms.CharField(
        label=_("Registration number"), max_length=30, help_text=_("12 digits, for instance 652224001234.")
    )
    certificate_no = forms.CharField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("ZZ and 8 digits, or the number of 7 to 24 digits."),
    )
    category = forms.ChoiceField(
        label=_("Practice category"), choices=[(c.value, CATEGORY_NAMES[c]) for c in Category]
    )
    practice = forms.ChoiceField(
        label=_("Practice scope"),
        choices=[(p.value, PRACTICE_NAMES[p]) for p in Practice],
        initial=Practice.TRADE.value,
    )
    expires_on = _day(_("Expires on"), _("At most five years after the first day."))

    clean_subject = subject_with_code

    def values(self) -> dict[str, Any]:
        """The role's columns as the action takes them."""
        return {**super().values(), "subject_id": self.cleaned_data["subject"]}


class InspectorForm(RoleForm):
    """An inspector's qualification."""

    valid_to = _day(_("Certificate valid until"), required=False)
    organ = forms.ModelChoiceField(label=_("Organ"), queryset=Organ.objects.none(), empty_label=None)
    sequence = forms.ChoiceField(
        label=_("Sequence"), choices=[(s.value, SEQUENCE_NAMES[s]) for s in Sequence]
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=[(t.value, TIER_NAMES[t]) for t in reversed(Tier)])
    grade = forms.ChoiceField(label=_("Grade"), choices=[(g.value, GRADE_NAMES[g]) for g in Grade])
    certificate_no = forms.CharField(label=_("Certificate number"), max_length=40, required=False)
    full_time = forms.BooleanField(
        label=_("Full-time"),
        required=False,
        help_text=_("For a person with an account, the posting decides."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organs = self.fields["organ"]
        if isinstance(organs, forms.ModelChoiceField):
            organs.queryset = organs_visible_to(self.actor).order_by("path")
        self.initial.setdefault("organ", self.actor.organ_id)

    def values(self) -> dict[str, Any]:
        """The role's columns as the action takes them."""
        return {**super().values(), "organ_id": self.cleaned_data["organ"].pk}


class ExpertForm(RoleForm):
    """An expert's appointment."""

    valid_to = _day(_("Appointed until"), required=False)
    domain = forms.ChoiceField(label=_("Domain"), choices=[(d.value, DOMAIN_NAMES[d]) for d in Domain])
    institution = forms.CharField(label=_("Institution"), max_length=120)
    title = forms.CharField(label=_("Professional title"), max_length=60, required=False)


class PositionForm(RoleForm):
    """A responsible person's position."""

    valid_to = _day(pgettext_lazy("role of a person", "Until"), required=False)
    subject = SubjectField(_("Subject"))
    position = forms.ChoiceField(
        label=_("Position"), choices=[(p.value, POSITION_NAMES[p]) for p in PositionKind]
    )

    clean_subject = subject_with_code

    def values(self) -> dict[str, Any]:
        """The role's columns as the action takes them."""
        return {**super().values(), "subject_id": self.cleaned_data["subject"]}


ROLE_FORMS: dict[RoleKind, type[RoleForm]] = {
    RoleKind.PHARMACIST: PharmacistForm,
    RoleKind.INSPECTOR: InspectorForm,
    RoleKind.EXPERT: ExpertForm,
    RoleKind.POSITION: PositionForm,
}
