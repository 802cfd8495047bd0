"""The list of imports, the beginning of one, and its page from arrival to undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import DomainError, InvalidInput, NotFound
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.registers.intake.actions import (
    cancel_import,
    confirm_import,
    receive_table,
    retry_import,
    undo_import,
)
from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.models import Import
from yaojian.registers.intake.queries import import_visible_to, imports_visible_to
from yaojian.registers.intake.targets import all_targets, target_named
from yaojian.registers.intake.web.forms import UploadForm, targets_for
from yaojian.registers.intake.web.import_page import import_context
from yaojian.registers.intake.web.wording import badge

PAGE_SIZE = 25
LISTING = Listing(
    "imports",
    gettext_lazy("Imports"),
    (
        Column(gettext_lazy("File"), lambda job: job.file_name, 40),
        Column(pgettext_lazy("import", "Register"), lambda job: target_named(job.target).name, 14),
        Column(gettext_lazy("State"), lambda job: badge(job)[1], 14),
        Column(pgettext_lazy("table", "Rows"), lambda job: job.rows, 10),
        Column(pgettext_lazy("rows", "New"), lambda job: job.count(RowChange.NEW), 10),
        Column(pgettext_lazy("rows", "Changed"), lambda job: job.count(RowChange.CHANGED), 10),
        Column(pgettext_lazy("rows", "Unchanged"), lambda job: job.count(RowChange.UNCHANGED), 10),
        Column(pgettext_lazy("rows", "Broken"), lambda job: job.count(RowChange.BROKEN), 10),
        Column(gettext_lazy("Imported by"), lambda job: job.created_by.display_name, 14),
        Column(gettext_lazy("Organ"), lambda job: job.organ.label, 30),
        Column(gettext_lazy("Begun"), lambda job: job.created_at, 17),
        Column(gettext_lazy("Effective from"), lambda job: job.effective_on, 12),
        Column(gettext_lazy("SHA-256 of the file"), lambda job: job.file_sha256, 66),
    ),
)


@requires(Permission.REGISTER_IMPORT)
def list_imports(request: ActingRequest) -> HttpResponseBase:
    """Which tables were taken in, by whom, and what came of it."""
    target = request.GET.get("register", "")
    jobs = imports_visible_to(request.actor)
    if target:
        jobs = jobs.filter(target=target)
    if exporting(request):
        return export_of(request, LISTING, jobs.iterator(chunk_size=500), jobs.count())
    page = Paginator(jobs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row_of(job) for job in page],
        "targets": all_targets(),
        "chosen": target,
        "may_import": bool(targets_for(request.actor)),
    }
    return render(request, "intake/list.html", context)


def row_of(job: Import) -> dict[str, Any]:
    """One import as a row."""
    return {
        "job": job,
        "register": target_named(job.target).name,
        "badge": badge(job),
        "counts": [job.count(change) for change in RowChange] if job.counts else None,
    }


@requires(Permission.REGISTER_IMPORT)
def new_import(request: ActingRequest) -> HttpResponse:
    """Choose a register and a file."""
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        actor=request.actor,
        initial={"target": request.GET.get("register", "")},
    )
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            job = receive_table(
                by=request.actor,
                target=form.cleaned_data["target"],
                name=upload.name or "",
                pieces=upload.chunks(),
                effective_on=form.cleaned_data["effective_on"],
            )
        except (InvalidInput, NotFound) as error:
            form.add_error(error.field if error.field in form.fields else None, in_one_line(error))
        else:
            return redirect("intake:import", job.uid)
    context = {"form": form, "targets": targets_for(request.actor)}
    return render(request, "intake/new.html", context, status=422 if form.errors else 200)


def in_one_line(error: DomainError) -> str:
    """What happened and what to do; Chinese sentences follow each other without a space."""
    return _("%(detail)s %(cure)s") % {"detail": error.detail, "cure": error.cure}


@requires(Permission.REGISTER_IMPORT)
def one_import(request: ActingRequest, uid: UUID) -> HttpResponse:
    """Where an import stands, what it would change or has changed, and the next step."""
    job = import_visible_to(request.actor, uid)
    return render(request, "intake/import.html", import_context(request.actor, job))


def _step(action: Callable[..., Import]) -> Any:
    @require_POST
    @requires(Permission.REGISTER_IMPORT)
    def step(request: ActingRequest, uid: UUID) -> HttpResponse:
        action(by=request.actor, uid=uid)
        return redirect("intake:import", uid)

    return step


confirm = _step(confirm_import)
cancel = _step(cancel_import)
retry = _step(retry_import)
undo = _step(undo_import)
