"""The forms of drafts. They check shapes; what is allowed, the actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, organs_visible_to
from yaojian.foundation.errors import DomainError
from yaojian.oversight.drafting.actions import next_code
from yaojian.oversight.drafting.checking import definition_of, parse_definition
from yaojian.oversight.drafting.contracts import LARGEST_ROW
from yaojian.oversight.drafting.successor import next_titles
from yaojian.oversight.drafting.web.words import ROW_ID, words_of
from yaojian.oversight.plans.facade import Plan, plans

FIRST_YEAR, LAST_YEAR = 2016, 2099


def began_with(plan: Plan, actor: Actor) -> dict[str, str]:
    """What the form of a copy holds at first."""
    title, title_en = next_titles(plan.title, plan.title_en, plan.start_year, plan.end_year)
    organ = plan.organ.code if (plan.organ.path or "-").startswith(actor.organ_path) else actor.organ_code
    return {
        "plan": plan.code,
        "organ": organ,
        "title": title,
        "title_en": title_en,
        "code": next_code(plan),
    }


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Put what an action refused on the form: at its field, or on top where the form has no such field."""
    words = f"{error.detail} {error.cure}" if error.cure else str(error.detail)
    form.add_error(error.field if error.field in form.fields else None, words)


class CopyForm(forms.Form):
    """Which plan is copied, and what the new one is called."""

    plan = forms.ChoiceField(label=_("Plan to copy"))
    organ = forms.ChoiceField(label=_("Organ whose plan it is to be"))
    title = forms.CharField(
        label=pgettext_lazy("plan draft", "Title"),
        max_length=200,
        required=False,
        help_text=_("empty: that of the plan, moved on by a period"),
    )
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=300,
        required=False,
        help_text=_("empty: that of the plan, moved on by a period"),
    )
    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{1,39}$",
        label=pgettext_lazy("plan draft", "Short code"),
        required=False,
        help_text=_(
            "small letters, digits and underscores; it stands in addresses; empty: made from that of the plan"
        ),
        error_messages={"invalid": _("Write small letters, digits and underscores, a letter first.")},
    )

    def __init__(self, *args: Any, actor: Actor, **named: Any) -> None:
        super().__init__(*args, **named)
        self.organs = {organ.code: organ for organ in organs_visible_to(actor).order_by("path")}
        _choose(self.fields["plan"], [(plan.code, plan.label) for plan in plans()])
        _choose(self.fields["organ"], [(code, organ.label) for code, organ in self.organs.items()])


class HeaderForm(forms.Form):
    """What stands on a plan's first page."""

    title = forms.CharField(label=pgettext_lazy("plan draft", "Title"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=300)
    start = forms.IntegerField(label=_("First year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    end = forms.IntegerField(label=_("Last year"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    document_no = forms.CharField(label=_("Document number"), max_length=80, required=False)
    issuer = forms.CharField(label=pgettext_lazy("plan draft", "Issued by"), max_length=120, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def header(self) -> dict[str, Any]:
        """The header's values without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class RowForm(forms.Form):
    """A row of a draft: its words in fields, targets and formula as they stand in a pack."""

    id = forms.RegexField(
        ROW_ID,
        label=pgettext_lazy("plan draft", "Number of the row"),
        help_text=_("the plan's three digits, a hyphen and the row's own number"),
        error_messages={"invalid": _("Write it like 005-12.")},
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=300)
    quote = forms.CharField(
        label=_("Words of the plan"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    line = forms.IntegerField(label=_("Line in the text"), min_value=1, max_value=100_000)
    klass = forms.ChoiceField(label=pgettext_lazy("plan draft", "Class"))
    attribute = forms.ChoiceField(label=pgettext_lazy("plan draft", "Attribute"))
    unit = forms.ChoiceField(label=pgettext_lazy("plan draft", "Unit"))
    unit_zh = forms.CharField(label=_("Unit as it is printed"), max_length=80)
    definition = forms.CharField(
        label=_("Targets, formula and other particulars"),
        max_length=LARGEST_ROW,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18, "class": "code", "spellcheck": "false"}),
        help_text=_("in the form of a plan pack (YAML); what is wrong is named after saving"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name, kind in (("klass", "classes"), ("attribute", "attributes"), ("unit", "units")):
            _choose(self.fields[name], words_of(kind))

    def row(self) -> dict[str, Any]:
        """The row as a pack has it. Raises InvalidInput for a definition that cannot be read."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in ("version", "klass")}
        rest = parse_definition(given.pop("definition").replace("\r\n", "\n"))
        return {**given, "class": self.cleaned_data["klass"], **rest}


def initial_of(row: Mapping[str, Any], version: int) -> dict[str, Any]:
    """What the form of a row shows before anything is typed."""
    names = ("id", "title_zh", "title_en", "quote", "line", "attribute", "unit", "unit_zh")
    fields = {name: row.get(name, "") for name in names}
    return {**fields, "klass": row.get("class", ""), "definition": definition_of(row), "version": version}


NEW_ROW = {"kind": "正文", "value": "—", "period": "—", "targets": [], "waits_for": []}
"""What a new row's definition begins with."""


class ReasonForm(forms.Form):
    """Why a draft is returned or withdrawn."""

    reason = forms.CharField(
        label=pgettext_lazy("plan draft", "Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


def _choose(field: forms.Field, choices: list[tuple[str, Any]]) -> None:
    field.choices = choices  # type: ignore[attr-defined]
