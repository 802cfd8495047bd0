"""Forms of the registers of licences and products. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import today
from yaojian.registers.licences.facade import LicenceEntry, LicenceKind
from yaojian.registers.products.facade import (
    CODE_NAMES,
    DEVICE_CLASSES,
    FLAGS,
    KIND_NAMES,
    CodeKind,
    ProductEntry,
    ProductKind,
)

FIELD_OF_ERROR = {"subject": "subject_code", "holder": "holder_code"}
"""Fields that the registers name differently from our forms."""


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: each error at its field, else on top."""
    errors = error.errors or {error.field or "": _with_cure(error)}
    for name, words in errors.items():
        field = FIELD_OF_ERROR.get(name, name)
        form.add_error(field if field in form.fields else None, str(words))


def _with_cure(error: DomainError) -> str:
    if not error.cure:
        return str(error.detail)
    return gettext("%(detail)s %(cure)s") % {"detail": error.detail, "cure": error.cure}


def lines_of(text: str) -> tuple[str, ...]:
    """What stands in a text box, one entry a line; Chinese and other list commas divide entries too."""
    parts = text.replace("；", "\n").replace("、", "\n").replace(";", "\n").splitlines()
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def day_field(label: Any, *, required: bool = True) -> forms.DateField:
    """A day, chosen or typed as 2026-11-22."""
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class ReasonMixin(forms.Form):
    """With effect from which day, and why."""

    effective_on = day_field(_("With effect from"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The decision or application, with its number."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"effective_on": today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class MoveForm(ReasonMixin):
    """Another state for a licence or a product."""


class TermForm(forms.Form):
    """The days of a licence's term."""

    number = forms.CharField(label=pgettext_lazy("licence", "Number"), max_length=80)
    issued_on = day_field(_("Issued on"))
    valid_from = day_field(_("Valid from"))
    expires_on = day_field(_("Valid until"), required=False)


class IssueForm(TermForm):
    """A new licence or filing."""

    subject_code = forms.CharField(
        label=_("Code of the subject"),
        max_length=40,
        help_text=_("Unified social credit code, or facility code."),
    )
    kind = forms.ChoiceField(label=_("Kind of licence"))
    issuer = forms.CharField(label=_("Issued by"), max_length=120, required=False)
    scope = forms.CharField(
        label=_("Scope of business"),
        required=False,
        help_text=_("One item a line."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    premises = forms.CharField(label=_("Premises"), max_length=300, required=False)
    field_order = ("subject_code", "kind", "number", "issuer", "issued_on", "valid_from", "expires_on")

    def __init__(self, *args: Any, kinds: list[LicenceKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.code, kind.name) for kind in kinds]
        self.fields["number"].help_text = "; ".join(
            f"{kind.name}: {kind.number_forms[0].example}" for kind in kinds[:3]
        )

    def entry(self) -> LicenceEntry:
        """What was typed, as the register takes it."""
        data = self.cleaned_data
        return LicenceEntry(
            kind=data["kind"],
            number=data["number"],
            subject=data["subject_code"],
            issued_on=data["issued_on"],
            valid_from=data["valid_from"],
            expires_on=data["expires_on"],
            scope=lines_of(data["scope"]),
            premises=data["premises"],
            issuer=data["issuer"],
        )


class RenewForm(TermForm):
    """The next term of a licence."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class ChangeForm(ReasonMixin):
    """What a licence says within its term."""

    holder_name = forms.CharField(label=_("Name of the holder"), max_length=200)
    scope = forms.CharField(
        label=_("Scope of business"),
        required=False,
        help_text=_("One item a line."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    premises = forms.CharField(label=_("Premises"), max_length=300, required=False)
    field_order = ("effective_on", "holder_name", "scope", "premises", "reason")


class ProductForm(forms.Form):
    """A product: new, or what is said about it from a day on."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("product", "Kind"), choices=[(k.value, KIND_NAMES[k]) for k in ProductKind]
    )
    approval_no = forms.CharField(
        label=_("Approval, registration or filing number"),
        max_length=80,
        help_text=_("For example 国药准字H20210001, 国械注准20213010001, 国妆特字20210001."),
    )
    approved_on = day_field(_("Approved on"))
    effective_on = day_field(_("With effect from"))
    name = forms.CharField(label=_("Generic name"), max_length=200)
    brand = forms.CharField(label=_("Brand name"), max_length=120, required=False)
    dosage_form = forms.CharField(label=_("Dosage form"), max_length=60, required=False)
    specification = forms.CharField(label=_("Specification or model"), max_length=500, required=False)
    standard = forms.CharField(label=_("Standard or technical requirements"), max_length=120, required=False)
    device_class = forms.ChoiceField(
        label=_("Device class"), required=False, choices=[("", "—"), *DEVICE_CLASSES.items()]
    )
    holder_code = forms.CharField(
        label=_("Code of the holder"),
        max_length=40,
        required=False,
        help_text=_("Empty for a holder outside the register; then give the name."),
    )
    holder_name = forms.CharField(label=_("Name of the holder"), max_length=200, required=False)
    producers = forms.CharField(
        label=_("Codes of the producers"),
        required=False,
        help_text=_("One item a line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    expires_on = day_field(_("Valid until"), required=False)
    flags = forms.MultipleChoiceField(
        label=_("Marks"),
        required=False,
        choices=[(code, flag.name) for code, flag in FLAGS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CodeKind:
            self.fields[f"code_{kind.value}"] = forms.CharField(
                label=str(CODE_NAMES[kind]),
                required=False,
                help_text=_("One item a line."),
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        unused = ["effective_on", "reason"] if is_new else ["kind", "approval_no", "approved_on"]
        for name in unused:
            del self.fields[name]

    def entry(self, kind: str = "", approval_no: str = "") -> ProductEntry:
        """What was typed, as the register takes it; kind and number are given for a change."""
        data = self.cleaned_data
        return ProductEntry(
            kind=data.get("kind", kind),
            approval_no=data.get("approval_no", approval_no),
            name=data["name"],
            approved_on=data.get("approved_on", today()),
            expires_on=data["expires_on"],
            holder=data["holder_code"].strip(),
            holder_name=data["holder_name"],
            brand=data["brand"],
            dosage_form=data["dosage_form"],
            specification=data["specification"],
            standard=data["standard"],
            device_class=data["device_class"],
            flags=tuple(data["flags"]),
            producers=lines_of(data["producers"]),
            codes=tuple(
                (code.value, text) for code in CodeKind for text in lines_of(data[f"code_{code.value}"])
            ),
            reason=data.get("reason", ""),
        )
