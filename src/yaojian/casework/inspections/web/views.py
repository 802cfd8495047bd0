"""Pages of the inspections room: the list, the opening, the file, its print and its photos."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from yaojian.casework.inspections.actions import open_inspection
from yaojian.casework.inspections.bookkeeping import file_ref
from yaojian.casework.inspections.contracts import InspectionKind
from yaojian.casework.inspections.queries import inspection_visible_to
from yaojian.casework.inspections.web.file_page import file_context, record_context
from yaojian.casework.inspections.web.forms import OpenForm, refuse
from yaojian.casework.inspections.web.listing import LISTING, list_context, rows_wanted
from yaojian.casework.inspections.web.opening import (
    beginning,
    choice_context,
    eligible_officers,
    item_behind,
    open_context,
)
from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.documents.facade import content_of, documents_of, preview_of, read
from yaojian.foundation.errors import Conflict, InvalidInput, Misconfigured, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import now
from yaojian.registers.enterprises.facade import subject_visible_to

LONGEST_SIDE = {"thumb": 400, "preview": 1600}


@requires(Permission.INSPECTION_VIEW)
def list_inspections(request: ActingRequest) -> HttpResponseBase:
    """The inspections the actor may see."""
    if exporting(request):
        rows = rows_wanted(request.actor, request.GET)
        return export_of(request, LISTING, rows.iterator(chunk_size=500), rows.count())
    return render(request, "inspections/list.html", list_context(request.actor, request.GET))


@requires(Permission.INSPECTION_CONDUCT)
def open_one(request: ActingRequest) -> HttpResponse:
    """Choose a subject, then kind, team and basis."""
    wanted = request.GET.get("subject", "")
    if not wanted:
        context = choice_context(request.actor, request.GET.get("q", ""), request.GET.get("page"))
        return render(request, "inspections/choose_subject.html", context)
    subject = subject_visible_to(request.actor, _key(wanted))
    item = item_behind(request.actor, subject, request.GET.get("item", ""))
    eligible = eligible_officers(request.actor)
    status = 200
    if request.method == "POST":
        form = OpenForm(request.POST, eligible=eligible, auto_id="open_%s")
        status = 422
        if form.is_valid():
            try:
                inspection = open_inspection(
                    by=request.actor,
                    subject_id=subject.pk,
                    kind=InspectionKind(form.cleaned_data["kind"]),
                    officer_ids=form.cleaned_data["officers"],
                    lead_id=form.cleaned_data["lead"],
                    basis=form.cleaned_data["basis"],
                    beside=form.cleaned_data["beside"],
                )
            except (InvalidInput, RuleBroken, Conflict, NotAllowed) as error:
                refuse(form, error)
                status = error.status
            else:
                messages.success(request, _("Inspection %(n)s is opened.") % {"n": inspection.number})
                return redirect("inspections:file", inspection.pk)
    else:
        form = OpenForm(eligible=eligible, auto_id="open_%s", initial=beginning(request.actor, item))
    return render(
        request, "inspections/open.html", open_context(request.actor, subject, item, form), status=status
    )


def _key(text: str) -> int:
    """A row's key from an address. Raises NotFound for anything that is none."""
    if not text.isdecimal() or len(text) > 18:
        raise NotFound(_("There is no such subject in your area."))
    return int(text)


@requires(Permission.INSPECTION_VIEW)
def file(request: ActingRequest, inspection_id: int) -> HttpResponse:
    """The file of one inspection; with ?print=1 the record of the visit for paper."""
    inspection = inspection_visible_to(request.actor, inspection_id)
    context = file_context(request.actor, inspection, {})
    if request.GET.get("print") == "1":
        return render(
            request, "inspections/record.html", {**context, **record_context(context), "printed_at": now()}
        )
    return render(request, "inspections/file.html", context)


@requires(Permission.DOCUMENT_VIEW)
def photo(request: HttpRequest, inspection_id: int, document_id: int) -> HttpResponse:
    """A photo of an inspection: re-encoded for looking at, or the original for keeping."""
    inspection = inspection_visible_to(request.actor, inspection_id)  # type: ignore[attr-defined]
    document = next((d for d in documents_of(file_ref(inspection)) if d.pk == document_id), None)
    if document is None:
        raise NotFound(_("This inspection has no such photo."))
    size = request.GET.get("size", "preview")
    try:
        content = content_of(document) if size == "original" else read(document.sha256)
    except (FileNotFoundError, ValueError) as damage:
        raise Misconfigured(
            _("The photo is missing from the storage of documents, or it is damaged."),
            cure=_("Tell the administrator: the documents must be restored from a backup."),
        ) from damage
    if size == "original":
        response = HttpResponse(content, content_type=document.media_type)
        response["Content-Disposition"] = (
            content_disposition_header(True, document.original_name) or "attachment"
        )
    else:
        side = LONGEST_SIDE.get(size, LONGEST_SIDE["preview"])
        response = HttpResponse(preview_of(content, side), content_type="image/jpeg")
        response["Content-Disposition"] = "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
