"""The pages on which a subject is entered and changed; each step is one form and one action."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError, InvalidInput
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.contracts import Change
from yaojian.registers.enterprises.models import Subject
from yaojian.registers.enterprises.permissions import user_can_edit
from yaojian.registers.enterprises.states import verbs_open
from yaojian.registers.enterprises.web.forms import (
    DayAndReasonForm,
    EditSubjectForm,
    MoveForm,
    NewSubjectForm,
    TransferForm,
    refuse,
)

FILE = "backoffice:subject"


@dataclass(frozen=True, slots=True)
class Step:
    """One verb upon a subject: its words, its form, and what it does."""

    title: Promise
    consequence: Promise
    button: Promise
    done: Promise
    form: type[DayAndReasonForm]
    act: Callable[[Actor, int, dict[str, Any]], object]
    icon: str
    fits: Callable[[Subject], bool]
    danger: bool = False


def _verbs(subject: Subject) -> tuple[str, ...]:
    return verbs_open(closed=not subject.is_open, running=subject.in_production)


STEPS: dict[str, Step] = {
    "close": Step(
        gettext_lazy("Close the subject"),
        gettext_lazy("From that day no inspection can be opened and mandates leave it out. Its file stays."),
        gettext_lazy("Close it"),
        gettext_lazy("The closing is recorded."),
        DayAndReasonForm,
        lambda by, key, data: actions.close_subject(by=by, subject_id=key, **data),
        "building-off",
        lambda subject: "close" in _verbs(subject),
        danger=True,
    ),
    "reopen": Step(
        gettext_lazy("Open the subject again"),
        gettext_lazy("From that day it is supervised again."),
        gettext_lazy("Open it again"),
        gettext_lazy("The subject is open again."),
        DayAndReasonForm,
        lambda by, key, data: actions.reopen_subject(by=by, subject_id=key, **data),
        "building-plus",
        lambda subject: "reopen" in _verbs(subject),
    ),
    "stop": Step(
        gettext_lazy("Production or business stops"),
        gettext_lazy(
            "Figures and mandates that only count subjects in production leave it out from that day."
        ),
        gettext_lazy("Record the stop"),
        gettext_lazy("The stop is recorded."),
        DayAndReasonForm,
        lambda by, key, data: actions.set_production(by=by, subject_id=key, running=False, **data),
        "player-stop",
        lambda subject: "stop" in _verbs(subject),
    ),
    "resume": Step(
        gettext_lazy("Production or business is resumed"),
        gettext_lazy("From that day it counts as in production again."),
        gettext_lazy("Record it"),
        gettext_lazy("The resumption is recorded."),
        DayAndReasonForm,
        lambda by, key, data: actions.set_production(by=by, subject_id=key, running=True, **data),
        "player-play",
        lambda subject: "resume" in _verbs(subject),
    ),
    "transfer": Step(
        gettext_lazy("Hand over to another organ"),
        gettext_lazy(
            "From that day the other organ is responsible and makes all further changes. The place stays."
        ),
        gettext_lazy("Hand over"),
        gettext_lazy("The hand-over is recorded."),
        TransferForm,
        lambda by, key, data: actions.transfer_subject(
            by=by, subject_id=key, organ_code=data["organ"], on=data["on"], reason=data["reason"]
        ),
        "transfer",
        lambda subject: subject.pk is not None,
    ),
    "move": Step(
        gettext_lazy("The subject has moved"),
        gettext_lazy("The organ responsible stays the same until you hand the subject over."),
        gettext_lazy("Record the new place"),
        gettext_lazy("The new place is recorded."),
        MoveForm,
        lambda by, key, data: actions.move_subject(
            by=by, subject_id=key, effective_on=data.pop("on"), reason=data.pop("reason"), place=data
        ),
        "map-pin",
        lambda subject: subject.is_open,
    ),
}


def steps_open_to(actor: Actor, subject: Subject) -> list[dict[str, Any]]:
    """The steps the actor may take upon a subject now: name, words, icon."""
    if not user_can_edit(actor, subject):
        return []
    return [
        {"verb": verb, "title": step.title, "icon": step.icon}
        for verb, step in STEPS.items()
        if step.fits(subject)
    ]


@requires(Permission.SUBJECT_EDIT)
def new(request: ActingRequest) -> HttpResponse:
    """Enter a subject."""
    form = NewSubjectForm(request.actor, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        outcome = actions.enter_subject(by=request.actor, entry=form.entry())
        if outcome.change is Change.NEW:
            messages.success(request, _("The subject is entered."))
            return redirect(FILE, outcome.subject_id)
        if outcome.change is not Change.REFUSED:
            messages.info(request, _("A subject with this code was there already; this is its file."))
            return redirect(FILE, outcome.subject_id)
        for fault in outcome.faults:
            refuse(form, InvalidInput(fault.detail, field=fault.field, cure=fault.cure))
    return render(request, "enterprises/new.html", {"form": form})


@requires(Permission.SUBJECT_EDIT)
def edit(request: ActingRequest, subject_id: int) -> HttpResponse:
    """Change what the register says of a subject."""
    subject = actions.editable_for_form(request.actor, subject_id, Permission.SUBJECT_EDIT)
    form = EditSubjectForm(subject, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit_subject(
                by=request.actor,
                subject_id=subject.pk,
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
            return redirect(FILE, subject.pk)
    context = {"form": form, "subject": subject, "steps": steps_open_to(request.actor, subject)}
    return render(request, "enterprises/edit.html", context)


@requires(Permission.SUBJECT_EDIT)
def change(request: ActingRequest, subject_id: int, verb: str) -> HttpResponse:
    """One step upon a subject: close, reopen, stop, resume, transfer, move."""
    step, subject = STEPS[verb], actions.editable_for_form(request.actor, subject_id, Permission.SUBJECT_EDIT)
    form: forms.Form = step.form(request.actor, subject, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            step.act(request.actor, subject.pk, dict(form.cleaned_data))
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, str(step.done))
            return redirect(FILE, subject.pk)
    return render(request, "enterprises/step.html", {"form": form, "subject": subject, "step": step})


@requires(Permission.SUBJECT_EDIT)
@require_POST
def withdraw(request: ActingRequest, subject_id: int, act: UUID) -> HttpResponse:
    """Take a change of the register back."""
    reason = request.POST.get("reason", "")
    actions.withdraw_change(by=request.actor, subject_id=subject_id, act=act, reason=reason)
    messages.success(request, _("The change is taken back; what was before holds again."))
    return redirect(f"{redirect(FILE, subject_id).url}?view=history")
