"""The form on which what the register says of a legal entity is changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.actions.entities import EDITABLE
from yaojian.registers.enterprises.models import Enterprise
from yaojian.registers.enterprises.types import STATUS_NAMES, EnterpriseStatus
from yaojian.registers.enterprises.web.forms import day_field, reason_field, refuse


class EntityForm(forms.Form):
    """Changes of a legal entity in force from a day."""

    name = forms.CharField(label=gettext_lazy("Name on the business licence"), max_length=200)
    uscc = forms.CharField(
        label=gettext_lazy("Unified social credit code"),
        max_length=60,
        help_text=gettext_lazy(
            "For example 91652301MA7A1B2C3X. Full-width digits and spaces are made plain."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    registered_address = forms.CharField(
        label=gettext_lazy("Registered address"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("As on the business licence; each facility has an address of its own."),
    )
    established_on = day_field(gettext_lazy("Established on"), required=False)
    status = forms.ChoiceField(
        label=gettext_lazy("Registration status"),
        choices=[(s.value, STATUS_NAMES[s]) for s in EnterpriseStatus],
    )
    dissolved_on = day_field(
        gettext_lazy("Deregistered on"),
        gettext_lazy("Only where the status is “deregistered”."),
        required=False,
    )
    on = day_field(
        gettext_lazy("In force from"),
        gettext_lazy("Today, a day in the past, or a day to come (applied that night)."),
    )
    reason = reason_field()

    def changes(self) -> dict[str, Any]:
        """The fields that the form speaks of."""
        return {name: self.cleaned_data[name] for name in EDITABLE}


@requires(Permission.SUBJECT_EDIT)
def edit_entity(request: ActingRequest, enterprise_id: int) -> HttpResponse:
    """Change what the register says of a legal entity."""
    enterprise = actions.editable_enterprise(request.actor, enterprise_id)
    form = EntityForm(request.POST if request.method == "POST" else None, initial=_initial(enterprise))
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit_enterprise(
                by=request.actor,
                enterprise_id=enterprise.pk,
                changes=form.changes(),
                effective_on=form.cleaned_data["on"],
                reason=form.cleaned_data["reason"],
            )
        except DomainError as error:
            refuse(form, error)
        else:
            said = (
                _("The change is recorded.") if changed else _("Nothing was different; nothing is recorded.")
            )
            messages.success(request, said)
            return redirect("backoffice:entity", enterprise.pk)
    return render(request, "enterprises/entity_edit.html", {"form": form, "entity": enterprise})


def _initial(enterprise: Enterprise) -> dict[str, Any]:
    return {**{name: getattr(enterprise, name) for name in EDITABLE}, "on": today()}
