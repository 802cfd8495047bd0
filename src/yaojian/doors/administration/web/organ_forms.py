"""Forms of the organs' pages. Fields are named as the actions' arguments and errors name them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.foundation.accounts.facade import (
    LEVEL_NAMES,
    ORGAN_KIND_NAMES,
    SHARED_NAMES,
    Level,
    Organ,
    OrganAt,
    OrganKind,
    Shared,
    codes_of,
)
from yaojian.foundation.errors import DomainError
from yaojian.foundation.reference.facade import unknown_divisions
from yaojian.foundation.timekeeping import today


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, picked or typed as 2026-11-22."""
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options
    )


class OrganForm(forms.Form):
    """What an organ is from a day on."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=40, required=False)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=160, required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level"), choices=[(level.value, LEVEL_NAMES[level]) for level in Level]
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("organ", "Kind"), choices=[(k.value, ORGAN_KIND_NAMES[k]) for k in OrganKind]
    )
    territories = forms.CharField(
        label=gettext_lazy("Territory"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Division codes, separated by spaces or lines: 652325 for Qitai County."),
    )
    on = day_field(gettext_lazy("Takes effect on"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Needed for a day in the past. Name the decision and its number."),
    )

    def clean_territories(self) -> tuple[str, ...]:
        return division_codes(self.cleaned_data["territories"])


class NewOrganForm(OrganForm):
    """A new organ under one that exists."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=60,
        help_text=gettext_lazy("Small letters and digits, parts joined by dots; it never changes."),
    )
    field_order = ("code", "name")


class MoveForm(forms.Form):
    """Under which organ it stands from a day on."""

    parent = forms.TypedChoiceField(label=gettext_lazy("Superior organ"), coerce=int)
    on = day_field(gettext_lazy("Takes effect on"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, organs: list[OrganAt], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = min((organ.depth for organ in organs), default=0)
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            (organ.id, f"{'　' * (organ.depth - top)}{organ.label}") for organ in organs
        ]


class CloseForm(forms.Form):
    """The last day of an organ."""

    on = day_field(gettext_lazy("Last day"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class AgreementForm(forms.Form):
    """What an organ opens to another."""

    taker = forms.ChoiceField(label=gettext_lazy("Opened to"))
    shares = forms.MultipleChoiceField(
        label=gettext_lazy("What is shared"),
        choices=[(share.value, SHARED_NAMES[share]) for share in Shared],
        widget=forms.CheckboxSelectMultiple,
    )
    territories = forms.CharField(
        label=gettext_lazy("On this land only"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Division codes; empty: wherever it lies."),
    )
    document = forms.CharField(
        label=gettext_lazy("Document"), max_length=200, help_text=gettext_lazy("Title and number.")
    )
    valid_from = day_field(gettext_lazy("In force from"))
    valid_to = day_field(gettext_lazy("In force until"), required=False)

    def __init__(self, *args: Any, organs: list[Organ], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].choices = [(organ.code, organ.label) for organ in organs]  # type: ignore[attr-defined]

    def clean_territories(self) -> tuple[str, ...]:
        return division_codes(self.cleaned_data["territories"])


def division_codes(text: str) -> tuple[str, ...]:
    """The codes typed. Raises ValidationError naming those that are no divisions."""
    codes = codes_of(text)
    if unknown := unknown_divisions(codes):
        shown = ", ".join(code[:20] for code in unknown[:5])
        raise forms.ValidationError(_("No division has this code: %(codes)s.") % {"codes": shown})
    return codes


def refuse(form: forms.Form, error: DomainError) -> None:
    """Put what an action refused at its field, or on top of the form."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, f"{error.detail} {error.cure}".strip())


def from_today() -> dict[str, Any]:
    """What every form of a change begins with."""
    return {"on": today(), "valid_from": today()}
