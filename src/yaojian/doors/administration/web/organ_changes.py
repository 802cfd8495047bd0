"""Changing the tree of organs: set up, change, move, close, and agreements. Each form posts to its action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.doors.administration.web.organ_forms import (
    AgreementForm,
    CloseForm,
    MoveForm,
    NewOrganForm,
    OrganForm,
    from_today,
    refuse,
)
from yaojian.foundation.accounts.facade import (
    Actor,
    Level,
    Organ,
    OrganFields,
    OrganKind,
    Permission,
    Shared,
    agree_sharing,
    agreement_in_charge,
    change_organ,
    close_organ,
    end_sharing,
    hindrances,
    open_organ,
    organ_in_charge,
    organs_within,
)
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, RuleBroken
from yaojian.foundation.timekeeping import today

UNPROCESSABLE = 422
FORM = "administration/organ_form.html"


def _take(
    request: ActingRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Organ],
    done: Promise,
    words: dict[str, Any],
) -> HttpResponse:
    """Perform a change and go to the organ's page, or show the form again as it was typed."""
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                organ = act(form.cleaned_data)
            except (InvalidInput, RuleBroken, Conflict) as error:
                refuse(form, error)
            else:
                messages.success(request, str(done))
                return redirect("administration:organ", organ.pk)
    return render(request, FORM, {"form": form, **words}, status=status)


@requires(Permission.ORGAN_MANAGE)
def organ_new(request: ActingRequest, organ_id: int) -> HttpResponse:
    """A new organ below one."""
    above = organ_in_charge(request.actor, organ_id)
    form = NewOrganForm(request.POST or None, initial=from_today())

    def act(data: dict[str, Any]) -> Organ:
        fields = OrganFields(
            name=data["name"],
            short_name=data["short_name"],
            name_en=data["name_en"],
            level=Level(data["level"]),
            kind=OrganKind(data["kind"]),
            territories=data["territories"],
            parent_id=above.pk,
        )
        return open_organ(
            by=request.actor, code=data["code"], fields=fields, on=data["on"], reason=data["reason"]
        )

    words = {"title": _("Set up an organ"), "organ": above, "verb": _("Set up"), "below": True}
    return _take(request, form, act, _("The organ has been set up."), words)


@requires(Permission.ORGAN_MANAGE)
def organ_change(request: ActingRequest, organ_id: int) -> HttpResponse:
    """Name, level, kind and territory from a day on."""
    organ = organ_in_charge(request.actor, organ_id)
    initial = {
        **from_today(),
        "name": organ.name,
        "short_name": organ.short_name,
        "name_en": organ.name_en,
        "level": organ.level,
        "kind": organ.kind,
        "territories": "\n".join(organ.territories),
    }
    form = OrganForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> Organ:
        changes = {name: data[name] for name in data if name not in ("on", "reason")}
        return change_organ(
            by=request.actor, organ_id=organ.pk, on=data["on"], reason=data["reason"], changes=changes
        )

    words = {"title": _("Change the organ"), "organ": organ, "verb": _("Save the change")}
    return _take(request, form, act, _("The change has been entered."), words)


@requires(Permission.ORGAN_MANAGE)
def organ_move(request: ActingRequest, organ_id: int) -> HttpResponse:
    """Under another organ, with all below it, from a day on."""
    organ = organ_in_charge(request.actor, organ_id)
    choices = [row for row in organs_within(request.actor.organ_id, today()) if row.id != organ.pk]
    initial = {**from_today(), "parent": organ.parent_id}
    form = MoveForm(request.POST or None, initial=initial, organs=choices)

    def act(data: dict[str, Any]) -> Organ:
        return change_organ(
            by=request.actor,
            organ_id=organ.pk,
            on=data["on"],
            reason=data["reason"],
            changes={"parent_id": data["parent"]},
        )

    below = len(organs_within(organ.pk, today())) - 1
    words = {
        "title": _("Move the organ"),
        "organ": organ,
        "verb": pgettext_lazy("organ", "Move"),
        "moves": below,
    }
    return _take(request, form, act, _("The move has been entered."), words)


@requires(Permission.ORGAN_MANAGE)
def organ_close(request: ActingRequest, organ_id: int) -> HttpResponse:
    """The end of an organ; says beforehand what still hinders it."""
    organ = organ_in_charge(request.actor, organ_id)
    form = CloseForm(request.POST or None, initial=from_today())

    def act(data: dict[str, Any]) -> Organ:
        return close_organ(by=request.actor, organ_id=organ.pk, on=data["on"], reason=data["reason"])

    words = {
        "title": _("Close the organ"),
        "organ": organ,
        "verb": pgettext_lazy("organ", "Close"),
        "hindrances": hindrances(organ, today()),
        "dangerous": True,
    }
    return _take(request, form, act, _("The organ has been closed."), words)


@requires(Permission.ORGAN_MANAGE)
def agreement_new(request: ActingRequest, organ_id: int) -> HttpResponse:
    """An agreement by which an organ opens what it answers for."""
    giver = organ_in_charge(request.actor, organ_id)
    form = AgreementForm(request.POST or None, initial=from_today(), organs=takers_for(giver))

    def act(data: dict[str, Any]) -> Organ:
        agree_sharing(
            by=request.actor,
            giver_id=giver.pk,
            taker_code=data["taker"],
            shares=[Shared(share) for share in data["shares"]],
            territories=data["territories"],
            document=data["document"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )
        return giver

    words = {"title": _("Enter a sharing agreement"), "organ": giver, "verb": _("Enter the agreement")}
    return _take(request, form, act, _("The agreement has been entered."), words)


def takers_for(giver: Organ) -> list[Organ]:
    """Organs that do not see the giver's subjects anyway; that they exist is public."""
    path = giver.path or ""
    steps = path.split(".")[:-1]
    above = [int(step) for step in steps]
    takers = Organ.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=today()))
    return list(takers.exclude(pk__in=above).exclude(path__startswith=path).order_by("tree", "code"))


@requires(Permission.ORGAN_MANAGE)
def agreement_end(request: ActingRequest, agreement_id: int) -> HttpResponse:
    """The end of an agreement."""
    actor: Actor = request.actor
    agreement = agreement_in_charge(actor, agreement_id)
    own = agreement.giver if (agreement.giver.path or "").startswith(actor.organ_path) else agreement.taker
    form = CloseForm(request.POST or None, initial=from_today())

    def act(data: dict[str, Any]) -> Organ:
        end_sharing(by=actor, agreement_id=agreement_id, on=data["on"], reason=data["reason"])
        return own

    words = {"title": _("End the agreement"), "organ": own, "verb": _("End it"), "agreement": agreement}
    return _take(request, form, act, _("The agreement has been ended."), words)
