"""Forms of rules and calendar: try a rule, enter a new version, edit a day, enter a year."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.deadlines.facade import (
    CONFIDENCE_NAMES,
    GROUND_NAMES,
    Confidence,
    Ground,
    Pause,
    RuleEdit,
    Unit,
)
from yaojian.foundation.errors import DomainError
from yaojian.foundation.reference.facade import ClockRuleVersion
from yaojian.foundation.timekeeping import CHINA

MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
PAUSES = 2


def moment_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateTimeField:
    """A field for a moment in Beijing time."""
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=MOMENT_FORMATS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


def day_field(label: Any, help_text: Any = "") -> forms.DateField:
    """A field for a day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


def in_beijing(moment: datetime) -> datetime:
    """What a form gave, as a moment in Beijing."""
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def refuse(form: forms.Form, error: DomainError) -> None:
    """Put what was refused beside its field, or on top."""
    form.add_error(error.field if error.field in form.fields else None, str(error))


class TryForm(forms.Form):
    """A trigger and up to two pauses."""

    triggered_at = moment_field(_("Day and time of the trigger"), _("Beijing time."))

    def __init__(self, data: Any = None, *, version: ClockRuleVersion) -> None:
        super().__init__(data, auto_id="try_%s")
        self.numbers = range(1, PAUSES + 1) if version.pauses else range(0)
        grounds = [(code, GROUND_NAMES[Ground(code)]) for code in version.pauses]
        for n in self.numbers:
            self.fields[f"ground_{n}"] = forms.ChoiceField(
                label=_("Pause %(n)s: ground") % {"n": n}, required=False, choices=[("", "—"), *grounds]
            )
            self.fields[f"from_{n}"] = moment_field(_("Pause %(n)s: from") % {"n": n}, required=False)
            self.fields[f"until_{n}"] = moment_field(_("Pause %(n)s: until") % {"n": n}, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("triggered_at"):
            data["triggered_at"] = in_beijing(data["triggered_at"])
        data["pauses"] = []
        for n in self.numbers:
            ground, start, end = (data.get(f"{name}_{n}") for name in ("ground", "from", "until"))
            if not (ground or start or end):
                continue
            if not (ground and start):
                self.add_error(f"ground_{n}", _("A pause has a ground and a beginning."))
                continue
            data["pauses"].append(Pause(Ground(ground), in_beijing(start), in_beijing(end) if end else None))
        return data


class EditForm(forms.Form):
    """What the new version of a rule says differently, with an example that must come out."""

    valid_from = day_field(_("In force from"), _("The version before ends the day before."))
    amount = forms.IntegerField(label=_("Amount"), min_value=1, max_value=9999)
    last_day_moves = forms.BooleanField(
        label=_("A last day that is not worked moves to the next working day"), required=False
    )
    pauses = forms.MultipleChoiceField(
        label=_("It may stand still for"),
        required=False,
        choices=[(ground.value, name) for ground, name in GROUND_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    extension_amount = forms.IntegerField(
        label=_("It may be extended by"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("Empty: no extension."),
    )
    instrument = forms.CharField(label=_("Instrument"), max_length=120)
    article = forms.CharField(label=_("Article"), max_length=60, required=False)
    confidence = forms.ChoiceField(
        label=_("Confidence"),
        choices=[(c.value, name) for c, name in CONFIDENCE_NAMES.items()],
        help_text=_("“To be verified” lets no clock run on it."),
    )
    example_triggered_at = moment_field(
        _("Example: trigger"), _("Work one example out by hand from the text; it is checked and kept.")
    )
    example_due = forms.CharField(
        label=_("Example: due"),
        max_length=16,
        help_text=_("For instance 2026-11-22; hours: 2026-11-22 14:05."),
    )
    reason = forms.CharField(
        label=_("Reason and document"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None, *, version: ClockRuleVersion) -> None:
        extension = version.extension
        initial = {
            "amount": version.amount,
            "last_day_moves": version.last_day_moves,
            "pauses": version.pauses,
            "extension_amount": extension["amount"] if extension else None,
            "instrument": version.instrument,
            "article": version.article,
            "confidence": version.confidence,
        }
        super().__init__(data, initial=initial, auto_id="rule_%s")
        self.unit = Unit(version.unit)
        if extension is None:
            del self.fields["extension_amount"]

    def clean_example_due(self) -> date | datetime:
        text = self.cleaned_data["example_due"].strip().replace("T", " ")
        try:
            if self.unit is Unit.HOUR:
                return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
            return date.fromisoformat(text)
        except ValueError:
            raise forms.ValidationError(
                _("Write a day as 2026-11-22, a moment as 2026-11-22 14:05.")
            ) from None

    def as_edit(self) -> RuleEdit:
        """The checked form as the action takes it."""
        data = self.cleaned_data
        return RuleEdit(
            valid_from=data["valid_from"],
            amount=data["amount"],
            confidence=Confidence(data["confidence"]),
            instrument=data["instrument"],
            article=data["article"],
            last_day_moves=data["last_day_moves"],
            pauses=[Ground(code) for code in data["pauses"]],
            extension_amount=data.get("extension_amount"),
            example_triggered_at=in_beijing(data["example_triggered_at"]),
            example_due=data["example_due"],
            reason=data["reason"],
        )


class DayForm(forms.Form):
    """A day of the calendar with the reason of the change."""

    is_working = forms.TypedChoiceField(
        label=_("The day is"),
        choices=[("1", _("a working day")), ("0", _("free"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Name of the day"), max_length=60, required=False, help_text=_("For instance 古尔邦节.")
    )
    reason = forms.CharField(
        label=_("Reason and document"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class YearForm(forms.Form):
    """The exceptions of a year, as text or as a file."""

    text = forms.CharField(
        label=_("Holidays and worked weekends"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("First line date,working,note; then one line for each exception: 2027-01-01,0,元旦"),
    )
    file = forms.FileField(label=_("or a CSV file"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload:
            content = upload.read(40_001)
            for encoding in ("utf-8-sig", "gb18030"):
                try:
                    data["text"] = content.decode(encoding)
                    break
                except UnicodeDecodeError:
                    continue
            else:
                self.add_error("file", _("The file is neither UTF-8 nor GB 18030 text."))
        if not self.errors and not (data.get("text") or "").strip():
            self.add_error("text", _("Paste the exceptions of the year, or choose a file."))
        return data
