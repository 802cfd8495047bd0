"""The forms of the inspections room. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.casework.inspections.contracts import (
    CONCLUSION_NAMES,
    KIND_NAMES,
    SEVERITY_NAMES,
    STATE_NAMES,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.queries import InspectionFilter
from yaojian.casework.inspections.rules import conclusion_is_allowed
from yaojian.casework.inspections.web.controls import Card, CardSelect, PhotosField
from yaojian.foundation.errors import DomainError

FIELD_OF_ERROR = {"photo": "photos"}
"""Fields that lower rooms name differently from our forms."""

SEVERITY_CARDS = {
    Severity.CRITICAL.value: Card(
        _("A serious departure from the rules that may harm users of the product, or a suspected offence."),
        icon="alert-circle",
        meaning="overdue",
    ),
    Severity.MAJOR.value: Card(
        _("A considerable departure from the rules."), icon="alert-triangle", meaning="due_soon"
    ),
    Severity.GENERAL.value: Card(
        _("A departure from the rules that is neither critical nor major."),
        icon="info-circle",
        meaning="info",
    ),
}


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: at its field, or on top when the form has no such field."""
    field = FIELD_OF_ERROR.get(error.field or "", error.field)
    form.add_error(field if field in form.fields else None, in_one_line(error))


def in_one_line(error: DomainError) -> str:
    """What happened and what to do; Chinese sentences follow each other without a space."""
    if not error.cure:
        return str(error.detail)
    return gettext("%(detail)s %(cure)s") % {"detail": error.detail, "cure": error.cure}


class ListForm(forms.Form):
    """What the list of inspections is narrowed to; unknown values narrow nothing."""

    q = forms.CharField(
        label=_("Number or subject"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "enterkeyhint": "search"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of inspection"),
        required=False,
        choices=[("", _("All kinds")), *((k.value, KIND_NAMES[k]) for k in InspectionKind)],
    )
    mine = forms.BooleanField(label=_("With me in the team"), required=False)
    state = forms.ChoiceField(
        required=False, choices=[("", ""), *((s.value, name) for s, name in STATE_NAMES.items())]
    )
    overdue = forms.BooleanField(required=False)

    def wanted(self) -> InspectionFilter:
        """The filter the address asks for."""
        self.is_valid()
        data = self.cleaned_data
        return InspectionFilter(
            text=data.get("q", ""),
            state=data.get("state", ""),
            kind=data.get("kind", ""),
            overdue=bool(data.get("overdue")),
            mine=bool(data.get("mine")),
        )


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer who may join the team, as the form shows them."""

    user_id: int
    name: str
    organ: str
    full_time: bool
    qualification: str = ""


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One line of the team's choice: an officer, the box that takes them along, the button for the lead."""

    officer: Officer
    box: BoundWidget
    button: BoundWidget


class OpenForm(forms.Form):
    """Kind, team and basis of a new inspection."""

    beside = forms.BooleanField(label=_("This is another matter: open a second inspection"), required=False)

    kind = forms.ChoiceField(
        label=_("Kind of inspection"), choices=[(kind.value, KIND_NAMES[kind]) for kind in InspectionKind]
    )
    officers = forms.TypedMultipleChoiceField(
        label=pgettext_lazy("inspection", "Team"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose at least two officers.")},
    )
    lead = forms.TypedChoiceField(
        label=_("Team lead"),
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose who leads the team.")},
    )
    basis = forms.CharField(
        label=pgettext_lazy("inspection", "Basis"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The plan, mandate or assignment that asks for this inspection."),
    )

    def __init__(self, *args: Any, eligible: Iterable[Officer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.eligible: Sequence[Officer] = list(eligible)
        choices = [(str(officer.user_id), officer.name) for officer in self.eligible]
        for name in ("officers", "lead"):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def rows(self) -> list[OfficerRow]:
        """The lines of the team's choice, in the order of `eligible`."""
        return [
            OfficerRow(officer, box, button)
            for officer, box, button in zip(self.eligible, self["officers"], self["lead"], strict=True)
        ]


class StartForm(forms.Form):
    """Arriving on site is one press; a visit entered afterwards says when it began."""

    started_at = forms.DateTimeField(
        label=_("The inspection began at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("Leave empty when it begins now. It can be entered up to three days later."),
    )


class FindingForm(forms.Form):
    """One finding with its photos."""

    severity = forms.TypedChoiceField(
        coerce=Severity,
        label=_("Severity"),
        choices=[(severity.value, SEVERITY_NAMES[severity]) for severity in Severity],
        widget=CardSelect(SEVERITY_CARDS),
        error_messages={"required": _("Choose how grave the finding is.")},
    )
    description = forms.CharField(
        label=_("What was found"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What, where, how many. For example: 3 boxes of amoxicillin past their date on shelf 2."),
        error_messages={"required": _("Say what was found, where.")},
    )
    clause = forms.CharField(
        label=_("Clause not met"),
        required=False,
        max_length=120,
        help_text=_("For example: 药品经营质量管理规范 第一百六十一条"),
    )
    photos = PhotosField()


def conclusion_cards(severities: Collection[Severity]) -> dict[str, Card]:
    """The three conclusions; one that the findings do not allow says why it cannot be chosen."""
    if not severities:
        reason: Promise = _("Without a finding the conclusion is “compliant”.")
    elif Severity.CRITICAL in severities:
        reason = _("There is a critical finding.")
    else:
        reason = _("There are findings that must be rectified.")
    texts: dict[Conclusion, tuple[Promise, str, str]] = {
        Conclusion.COMPLIANT: (
            _("No finding; the file is closed with this conclusion."),
            "circle-check",
            "done",
        ),
        Conclusion.RECTIFY: (
            _("The subject rectifies by the deadline; you then verify."),
            "clock",
            "due_soon",
        ),
        Conclusion.NON_COMPLIANT: (
            _("The subject is ordered to correct by the deadline; you then verify."),
            "circle-x",
            "overdue",
        ),
    }
    return {
        conclusion.value: Card(text, icon=icon, meaning=meaning)
        if conclusion_is_allowed(conclusion, severities)
        else Card(_("Not possible: %(why)s") % {"why": reason}, barred=True, icon="ban")
        for conclusion, (text, icon, meaning) in texts.items()
    }


class ConcludeForm(forms.Form):
    """The conclusion on site."""

    conclusion = forms.TypedChoiceField(
        coerce=Conclusion,
        label=pgettext_lazy("inspection", "Conclusion"),
        choices=[(conclusion.value, CONCLUSION_NAMES[conclusion]) for conclusion in Conclusion],
        error_messages={"required": _("Choose the conclusion.")},
    )
    rectify_by = forms.DateField(
        label=_("Rectification deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    summary = forms.CharField(
        label=_("Summary of the inspection"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What was looked at and how the subject cooperated."),
    )
    concluded_at = forms.DateTimeField(
        label=_("The inspection ended at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("Leave empty when it ends now. It can be entered up to three days later."),
    )

    def __init__(
        self, *args: Any, severities: Collection[Severity], hint: object = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["conclusion"].widget = CardSelect(conclusion_cards(severities))
        self.fields["conclusion"].widget.choices = self.fields["conclusion"].choices  # type: ignore[attr-defined]
        if severities:
            self.fields["rectify_by"].help_text = str(hint)
        else:
            del self.fields["rectify_by"]


class SubmitForm(forms.Form):
    """The subject's rectification report, as handed in."""

    report = forms.CharField(
        label=_("Rectification report"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the subject has done about each finding."),
        error_messages={"required": _("Say what was done about each finding.")},
    )
    photos = PhotosField(label=_("Photos after rectification"))


class VerifyForm(forms.Form):
    """The rectification is sufficient."""

    note = forms.CharField(
        label=_("Verification note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How it was verified: on site or from documents and photos."),
    )


class ReturnForm(forms.Form):
    """The rectification is not sufficient."""

    reason = forms.CharField(
        label=_("What is still missing"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Name what is still missing.")},
    )
    rectify_by = forms.DateField(
        label=_("New rectification deadline"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, hint: object = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rectify_by"].help_text = str(hint)


class CancelForm(forms.Form):
    """The inspection will not take place."""

    reason = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why it is cancelled.")},
    )
