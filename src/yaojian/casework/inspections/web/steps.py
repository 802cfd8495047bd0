"""The steps of an inspection: each posts to its action and comes back to the file."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.casework.inspections import actions
from yaojian.casework.inspections.queries import inspection_visible_to
from yaojian.casework.inspections.web.deadlines import proposed_deadline
from yaojian.casework.inspections.web.file_page import file_context, severities_of
from yaojian.casework.inspections.web.forms import (
    CancelForm,
    ConcludeForm,
    FindingForm,
    ReturnForm,
    StartForm,
    SubmitForm,
    VerifyForm,
    refuse,
)
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, View, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, RuleBroken

UNPROCESSABLE = 422


def _take(
    request: ActingRequest,
    inspection_id: int,
    step: str,
    form: forms.Form,
    act: Callable[..., object],
    done: Promise,
) -> HttpResponse:
    """Perform a step: back to the file with a message, or the file again with the form as it was typed.

    The form's fields are named as the action's arguments.
    """
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            act(by=request.actor, inspection_id=inspection_id, **form.cleaned_data)
        except (InvalidInput, RuleBroken, Conflict, NotAllowed) as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, str(done))
            return redirect("inspections:file", inspection_id)
    if request.FILES and "photos" in form.fields:
        form.add_error("photos", _("The browser does not keep chosen photos: choose them again."))
    inspection = inspection_visible_to(request.actor, inspection_id)
    return render(
        request, "inspections/file.html", file_context(request.actor, inspection, {step: form}), status=status
    )


def _posted(step: View) -> View:
    """A step's address merely looked at, for instance after signing in again, leads back to the file."""

    @wraps(step)
    def guarded(request: HttpRequest, inspection_id: int) -> HttpResponseBase:
        if request.method != "POST":
            return redirect("inspections:file", inspection_id)
        return step(request, inspection_id)

    return guarded


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def start(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The team is on site."""
    form = StartForm(request.POST, auto_id="start_%s")
    done = gettext_lazy("The inspection has begun. Record each finding as you come upon it.")
    return _take(request, inspection_id, "start", form, actions.start_inspection, done)


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def finding(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """A finding with its photos."""
    form = FindingForm(request.POST, request.FILES, auto_id="finding_%s")
    done = gettext_lazy("The finding is recorded.")
    return _take(request, inspection_id, "finding", form, actions.record_finding, done)


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def conclude(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The conclusion."""
    inspection = inspection_visible_to(request.actor, inspection_id)
    severities, hint = severities_of(inspection), proposed_deadline(inspection.subject).words
    form = ConcludeForm(request.POST, auto_id="conclude_%s", severities=severities, hint=hint)
    done = gettext_lazy("The inspection is concluded.")
    return _take(request, inspection_id, "conclude", form, actions.conclude_inspection, done)


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def submit(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The subject's rectification report."""
    form = SubmitForm(request.POST, request.FILES, auto_id="submit_%s")
    done = gettext_lazy("The rectification report is entered and waits for verification.")
    return _take(request, inspection_id, "submit", form, actions.submit_rectification, done)


@requires(Permission.INSPECTION_VERIFY)
@_posted
def verify(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The rectification is sufficient."""
    form = VerifyForm(request.POST, auto_id="verify_%s")
    done = gettext_lazy("The rectification is verified and the file is closed.")
    return _take(request, inspection_id, "verify", form, actions.verify_rectification, done)


@requires(Permission.INSPECTION_VERIFY)
@_posted
def send_back(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The rectification is not sufficient."""
    inspection = inspection_visible_to(request.actor, inspection_id)
    hint = proposed_deadline(inspection.subject).words
    form = ReturnForm(request.POST, auto_id="return_%s", hint=hint)
    done = gettext_lazy("The rectification is returned with a new deadline.")
    return _take(request, inspection_id, "return", form, actions.return_rectification, done)


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def cancel(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The inspection will not take place."""
    form = CancelForm(request.POST, auto_id="cancel_%s")
    done = gettext_lazy("The inspection is cancelled; the reason is in its file.")
    return _take(request, inspection_id, "cancel", form, actions.cancel_inspection, done)
