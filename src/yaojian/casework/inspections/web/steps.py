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
from yaojian.casework.inspections.contracts import Conclusion, Severity
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
    act: Callable[[], object],
    done: Promise,
) -> HttpResponse:
    """Perform a step: back to the file with a message, or the file again with the form as it was typed."""
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            act()
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
    return _take(
        request,
        inspection_id,
        "start",
        form,
        lambda: actions.start_inspection(
            by=request.actor, inspection_id=inspection_id, started_at=form.cleaned_data["started_at"]
        ),
        gettext_lazy("The inspection has begun. Record each finding as you come upon it."),
    )


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def finding(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """A finding with its photos."""
    form = FindingForm(request.POST, request.FILES, auto_id="finding_%s")
    return _take(
        request,
        inspection_id,
        "finding",
        form,
        lambda: actions.record_finding(
            by=request.actor,
            inspection_id=inspection_id,
            severity=Severity(form.cleaned_data["severity"]),
            description=form.cleaned_data["description"],
            clause=form.cleaned_data["clause"],
            photos=form.cleaned_data["photos"],
        ),
        gettext_lazy("The finding is recorded."),
    )


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def conclude(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The conclusion."""
    inspection = inspection_visible_to(request.actor, inspection_id)
    form = ConcludeForm(
        request.POST,
        auto_id="conclude_%s",
        severities=severities_of(inspection),
        hint=proposed_deadline(inspection.subject).words,
    )
    return _take(
        request,
        inspection_id,
        "conclude",
        form,
        lambda: actions.conclude_inspection(
            by=request.actor,
            inspection_id=inspection_id,
            conclusion=Conclusion(form.cleaned_data["conclusion"]),
            summary=form.cleaned_data["summary"],
            rectify_by=form.cleaned_data.get("rectify_by"),
            concluded_at=form.cleaned_data["concluded_at"],
        ),
        gettext_lazy("The inspection is concluded."),
    )


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def submit(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The subject's rectification report."""
    form = SubmitForm(request.POST, request.FILES, auto_id="submit_%s")
    return _take(
        request,
        inspection_id,
        "submit",
        form,
        lambda: actions.submit_rectification(
            by=request.actor,
            inspection_id=inspection_id,
            report=form.cleaned_data["report"],
            photos=form.cleaned_data["photos"],
        ),
        gettext_lazy("The rectification report is entered and waits for verification."),
    )


@requires(Permission.INSPECTION_VERIFY)
@_posted
def verify(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The rectification is sufficient."""
    form = VerifyForm(request.POST, auto_id="verify_%s")
    return _take(
        request,
        inspection_id,
        "verify",
        form,
        lambda: actions.verify_rectification(
            by=request.actor, inspection_id=inspection_id, note=form.cleaned_data["note"]
        ),
        gettext_lazy("The rectification is verified and the file is closed."),
    )


@requires(Permission.INSPECTION_VERIFY)
@_posted
def send_back(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The rectification is not sufficient."""
    inspection = inspection_visible_to(request.actor, inspection_id)
    hint = proposed_deadline(inspection.subject).words
    form = ReturnForm(request.POST, auto_id="return_%s", hint=hint)
    return _take(
        request,
        inspection_id,
        "return",
        form,
        lambda: actions.return_rectification(
            by=request.actor,
            inspection_id=inspection_id,
            reason=form.cleaned_data["reason"],
            rectify_by=form.cleaned_data["rectify_by"],
        ),
        gettext_lazy("The rectification is returned with a new deadline."),
    )


@requires(Permission.INSPECTION_CONDUCT)
@_posted
def cancel(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The inspection will not take place."""
    form = CancelForm(request.POST, auto_id="cancel_%s")
    return _take(
        request,
        inspection_id,
        "cancel",
        form,
        lambda: actions.cancel_inspection(
            by=request.actor, inspection_id=inspection_id, reason=form.cleaned_data["reason"]
        ),
        gettext_lazy("The inspection is cancelled; the reason is in its file."),
    )
