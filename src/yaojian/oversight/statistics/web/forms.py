"""The forms of statements. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, organs_visible_to
from yaojian.foundation.documents.web.panel import ACCEPTED
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import today
from yaojian.oversight.statistics.contracts import ANY_YEAR, STATE_NAMES
from yaojian.oversight.statistics.data import ITEM, Datum, Kind, catalogue
from yaojian.oversight.statistics.rules import Content, language, number_of, unit_of

FIRST_YEAR = 2015
SPANS: dict[str, Any] = {
    "year": _("Whole year"),
    "h1": _("First half-year"),
    "h2": _("Second half-year"),
    **{f"q{n}": _("Quarter %(n)s") for n in range(1, 5)},
    **{f"m{n}": _("Month %(n)s") for n in range(1, 13)},
    "day": _("A single day"),
}
MONTHS = {"h1": (1, 6), "h2": (7, 12), "year": (1, 12)}
MINE = "mine"


def span_choices() -> list[tuple[str, str]]:
    """The spans of a statement in the reader's language."""
    return [
        (code, str(name) % {"n": code[1:]} if code[1:].isdigit() and code[0] in "qm" else str(name))
        for code, name in SPANS.items()
    ]


def days_of(year: int, span: str, day: date | None) -> tuple[date, date]:
    """First and last day of a span of a year; a single day is `day`."""
    if span == "day" and day is not None:
        return day, day
    first, last = MONTHS.get(span, (1, 12))
    if span[0] == "q":
        first, last = int(span[1:]) * 3 - 2, int(span[1:]) * 3
    elif span[0] == "m":
        first = last = int(span[1:])
    after = date(year + 1, 1, 1) if last == 12 else date(year, last + 1, 1)
    return date(year, first, 1), after - timedelta(days=1)


def span_of(first: date, last: date) -> str:
    """The span that two days are; "day" for anything that is none of them."""
    for code in SPANS:
        if code != "day" and days_of(first.year, code, None) == (first, last):
            return code
    return "day"


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: at its fields, or on top where the form has no such field."""
    faults: Mapping[str, Any] = error.errors or {
        error.field or "": f"{error.detail} {error.cure}" if error.cure else error.detail
    }
    for name, words in faults.items():
        place = {"first_on": "span", "last_on": "span"}.get(name, name)
        form.add_error(place if place in form.fields else None, str(words))


def _offer(form: forms.Form, name: str, choices: list[tuple[Any, Any]]) -> None:
    """Give a choice field of a form its choices."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def label_of(form: forms.Form, name: str, value: str) -> str:
    """The label of a choice of a form's field; the value itself where it is none."""
    field = form.fields[name]
    choices: Any = field.choices if isinstance(field, forms.ChoiceField) else ()
    return str(dict(choices).get(value, value))


class FilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; the cleaned value is a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        one = super().clean
        files = data if isinstance(data, list | tuple) else [data]
        return [one(file, initial) for file in files if file]


class ListForm(forms.Form):
    """What the list is narrowed to; unknown values narrow nothing."""

    datum = forms.ChoiceField(label=_("Datum"), required=False)
    organ = forms.ChoiceField(label=_("Organ"), required=False)
    year = forms.ChoiceField(label=pgettext_lazy("statement", "Year"), required=False)
    state = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "datum", [("", gettext("All data")), *datum_choices()])
        organs = organs_visible_to(actor).order_by("code")
        _offer(self, "organ", [("", gettext("All organs")), *((o.code, o.label) for o in organs)])
        _offer(self, "year", [("", ANY_YEAR), *((str(y), str(y)) for y in years())])
        states = [(state.value, name) for state, name in STATE_NAMES.items()]
        _offer(self, "state", [("", ""), (MINE, MINE), *states])

    def chosen(self, name: str) -> str:
        """The value of a filter; empty for one that is none of the choices."""
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


def years() -> list[int]:
    """The years that can be chosen, the present one first."""
    return list(range(today().year, FIRST_YEAR - 1, -1))


def datum_choices() -> list[tuple[str, str]]:
    """The data that can be entered, in the order of the catalogue."""
    return [
        (key, datum.label.text(language())) for key, datum in catalogue().data.items() if datum.is_entered
    ]


class DatumForm(forms.Form):
    """Which datum is stated."""

    datum = forms.ChoiceField(label=_("Datum"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "datum", [("", gettext("Choose a datum")), *datum_choices()])


class StatementForm(forms.Form):
    """A statement of one datum: the datum decides which fields there are, and in what unit."""

    def __init__(self, *args: Any, actor: Actor, datum: Datum, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.datum = datum
        organs = list(organs_visible_to(actor).order_by("code"))
        self.organs: dict[str, Organ] = {organ.code: organ for organ in organs}
        if not fixed:
            self.fields["organ"] = forms.ChoiceField(
                label=pgettext_lazy("statement", "Organ described"),
                choices=[(organ.code, organ.label) for organ in organs],
            )
            self._add_period()
            self._add_dimensions()
        self._add_value()
        self.fields["note"] = forms.CharField(
            label=_("Remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
        )
        self.fields["evidence"] = FilesField(
            label=pgettext_lazy("statement", "Evidence"),
            required=False,
            help_text=_("The report, table or letter that the number is taken from. Several at once."),
            widget=FilesInput(attrs={"accept": ACCEPTED}),
        )

    def _add_period(self) -> None:
        self.fields["year"] = forms.TypedChoiceField(
            label=pgettext_lazy("statement", "Year"),
            coerce=int,
            choices=[(year, str(year)) for year in years()],
        )
        self.fields["span"] = forms.ChoiceField(
            label=pgettext_lazy("statement", "Period"), choices=span_choices()
        )
        self.fields["day"] = forms.DateField(
            label=_("Day"),
            required=False,
            help_text=_("Only for a single day: what there was on that day."),
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _("Write the day as 2026-11-22.")},
        )

    def _add_dimensions(self) -> None:
        words = catalogue()
        for name, values in self.datum.dimensions.items():
            empty = gettext("Choose one") if name == ITEM else gettext("The whole")
            labels = [(value, self._value_label(name, value)) for value in values]
            self.fields[name] = forms.ChoiceField(
                label=words.dimensions[name].text(language()),
                required=name == ITEM,
                choices=[("", empty), *labels],
            )

    def _value_label(self, name: str, value: str) -> str:
        text = catalogue().value_label(self.datum, name, value).text(language())
        if name != ITEM:
            return text
        measure = self.datum.items[value]
        return gettext("%(series)s (%(unit)s)") % {"series": text, "unit": unit_of(measure)}

    def _add_value(self) -> None:
        measures = [self.datum.measure, *self.datum.items.values()]
        if any(measure.kind is Kind.GRADE for measure in measures):
            self.fields["grade"] = forms.ChoiceField(
                label=pgettext_lazy("statement", "Grade"),
                choices=[("", gettext("Choose one")), *((g, g) for g in catalogue().grades)],
            )
            return
        units = {unit_of(measure) for measure in self.datum.items.values()} or {unit_of(self.datum.measure)}
        unit = next(iter(units)) if len(units) == 1 else gettext("the unit of the series")
        self.fields["amount"] = forms.CharField(
            label=gettext("Number (%(unit)s)") % {"unit": unit},
            max_length=40,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
        if self.datum.measure.kind is Kind.SURVEY:
            self.fields["sample_size"] = forms.IntegerField(
                label=_("Sample size"),
                min_value=1,
                max_value=2_000_000_000,
                required=False,
                help_text=_("How many people answered."),
            )
        surveyed = self.datum.measure.kind is Kind.SURVEY
        self.fields["method"] = forms.CharField(
            label=_("Method") if surveyed else pgettext_lazy("statement", "Source"),
            required=False,
            max_length=2000,
            help_text=_("Who asked whom, when and how.")
            if surveyed
            else _("Where the number is taken from."),
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean_amount(self) -> Any:
        """The number, as people write numbers."""
        try:
            return number_of(self.cleaned_data["amount"])
        except ValueError:
            raise forms.ValidationError(
                gettext("This is no number. Enter digits only, without the unit.")
            ) from None

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("span") == "day" and data.get("day") is None and "day" not in self.errors:
            self.add_error("day", gettext("Say which day."))
        return data

    def content(self, replaced: Any = None) -> Content:
        """What the form says; a correction takes period and dimensions from what it replaces."""
        data = self.cleaned_data
        if replaced is not None:
            first, last, dims = replaced.first_on, replaced.last_on, dict(replaced.dims)
        else:
            first, last = days_of(data["year"], data["span"], data.get("day"))
            dims = {name: data[name] for name in self.datum.dimensions if data.get(name)}
        return Content(
            datum=self.datum.key,
            first_on=first,
            last_on=last,
            dims=dims,
            amount=data.get("amount"),
            grade=data.get("grade", ""),
            sample_size=data.get("sample_size"),
            method=data.get("method", "").strip(),
            note=data.get("note", "").strip(),
        )


class ReasonForm(forms.Form):
    """Why something is returned, withdrawn or corrected."""

    reason = forms.CharField(
        label=pgettext_lazy("statement", "Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class CorrectionForm(StatementForm):
    """What replaces a confirmed statement, and why."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, fixed=True, **kwargs)
        self.fields["reason"] = forms.CharField(
            label=_("Why it is corrected"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
        )


def initial_of(statistic: Any) -> dict[str, Any]:
    """What a form starts with that changes or corrects a statement."""
    span = span_of(statistic.first_on, statistic.last_on)
    return {
        "organ": statistic.organ.code,
        "year": statistic.first_on.year,
        "span": span,
        "day": statistic.last_on if span == "day" else None,
        "amount": "" if statistic.amount is None else f"{statistic.amount.normalize():f}",
        "grade": statistic.grade,
        "sample_size": statistic.sample_size,
        "method": statistic.method,
        "note": statistic.note,
        **statistic.dims,
    }
