"""The forms about people: a posting, a new person, an end, a departure, a deputy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.contracts import ROLE_NAMES, Role
from yaojian.foundation.accounts.facade import Actor, Organ, Posting, organs_visible_to
from yaojian.foundation.staffing.facade import NewPosting
from yaojian.foundation.timekeeping import today


def day_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day, chosen in the browser's own calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


def organ_choices(actor: Actor) -> list[tuple[str, str]]:
    """The organs in the actor's area as a tree, each below the one above it."""
    organs = list(organs_visible_to(actor).order_by("path"))
    top = min((depth(organ) for organ in organs), default=0)
    return [(str(organ.pk), "　" * (depth(organ) - top) + organ.label) for organ in organs]


def depth(organ: Organ) -> int:
    """How many organs stand above and including this one."""
    return (organ.path or "").count(".")


class PostingForm(forms.Form):
    """Organ, role and days of a posting."""

    organ = forms.ChoiceField(label=_("Organ"))
    role = forms.ChoiceField(
        label=_("Role"),
        help_text=_("Township teams give the roles of township officer, partner and guest only."),
        choices=[("", "—"), *((role.value, ROLE_NAMES[role]) for role in Role)],
    )
    full_time = forms.BooleanField(label=_("Full-time"), required=False, initial=True)
    valid_from = day_field(
        _("First day"), hint=_("Today or later. The rights change on this day by themselves.")
    )
    valid_to = day_field(
        _("Last day"), required=False, hint=_("Empty: until further notice. Guests need a last day.")
    )
    reason = forms.CharField(
        label=_("Special reason"),
        required=False,
        max_length=200,
        help_text=_("Only needed for a first day in the past."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"valid_from": today(), "organ": str(actor.organ_id), **self.initial}
        self.fields["organ"].choices = organ_choices(actor)  # type: ignore[attr-defined]

    def posting(self) -> NewPosting:
        """What was entered, once it is valid."""
        data = self.cleaned_data
        return NewPosting(
            organ_id=int(data["organ"]),
            role=Role(data["role"]),
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            full_time=data["full_time"],
            reason=data["reason"],
        )


class PersonForm(PostingForm):
    """A new person with the first posting."""

    display_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=60)
    username = forms.CharField(
        label=_("User name"),
        max_length=40,
        help_text=_("Small letters and digits; it is never given to anybody else."),
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    field_order = (
        "display_name",
        "username",
        "organ",
        "role",
        "full_time",
        "valid_from",
        "valid_to",
        "reason",
    )


class EndForm(forms.Form):
    """The last day of a posting, and why."""

    last_day = day_field(_("Last day"), hint=_("The rights end with this day by themselves."))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class HeirForm(forms.Form):
    """Who takes over what, and why; `to_…` of single items are read beside it."""

    successor = forms.ChoiceField(label=_("Successor for all"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, colleagues: list[Posting], needs_successor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {posting.user_id: person_label(posting) for posting in reversed(colleagues)}
        choices = [(str(key), label) for key, label in reversed(people.items())]
        self.fields["successor"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        self.fields["successor"].help_text = (
            _("Takes over everything for which nobody else is named below.")
            if needs_successor
            else _("Takes over what still comes until the last day; nothing is open now.")
        )


class LeaveForm(HeirForm):
    """A departure."""

    last_day = day_field(_("Last day in service"))
    field_order = ("last_day", "reason", "successor")


def person_label(posting: Posting) -> str:
    """A person in a list of choices: name, user name, organ and role."""
    organ = posting.organ.short_name or posting.organ.label
    return f"{posting.user.display_name}（{posting.user.username}）· {organ} · {posting.get_role_display()}"


class DeputyForm(forms.Form):
    """Who stands in, from when until when, and why."""

    deputy = forms.ChoiceField(
        label=_("Deputy"),
        help_text=_("Colleagues of your organ and those below whose role can do your work."),
    )
    valid_from = day_field(_("First day"))
    valid_to = day_field(_("Last day"), hint=_("The delegation ends by itself; half a year at most."))
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For instance: annual leave, training, secondment.")
    )

    def __init__(self, *args: Any, colleagues: list[Posting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {posting.user_id: person_label(posting) for posting in reversed(colleagues)}
        choices = [(str(key), label) for key, label in reversed(people.items())]
        self.fields["deputy"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
