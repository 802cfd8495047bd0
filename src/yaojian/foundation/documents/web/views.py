"""Adding, looking at and fetching documents."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.documents.actions import add_document
from yaojian.foundation.documents.file_kinds import may_add_to, visible_file
from yaojian.foundation.documents.media import ACCEPTED, plain_file_name
from yaojian.foundation.documents.models import Preview
from yaojian.foundation.documents.queries import (
    content_of,
    document_visible_to,
    stored_content,
    versions_of,
)
from yaojian.foundation.documents.web.panel import row_of
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.ledger.facade import Ref

MOST_AT_ONCE = 20
SANDBOX = "default-src 'none'; style-src 'none'; sandbox"


@requires(Permission.DOCUMENT_ADD)
def add(request: ActingRequest, kind: str, file_id: int) -> HttpResponse:
    """Take in the files that were sent: the good ones are kept, each refused one is named with its cure."""
    file = Ref(kind, file_id)
    back = visible_file(request.actor, file).url(file_id)
    if request.method != "POST":
        return redirect(back)
    uploads = request.FILES.getlist("files")
    replaces = request.POST.get("replaces", "")
    number = int(replaces) if replaces.isdecimal() and len(replaces) <= 18 else None
    if not uploads:
        messages.error(
            request, _("No file was chosen, so nothing was added. Choose one or more files first.")
        )
    if len(uploads) > MOST_AT_ONCE or (number is not None and len(uploads) > 1):
        messages.error(request, _("Too many files at once: send at most 20, and one file for a new version."))
        uploads = []
    kept = 0
    for upload in uploads:
        try:
            add_document(by=request.actor, file=file, upload=upload, replaces=number)
        except (InvalidInput, Conflict) as error:
            name = plain_file_name(upload.name or "")
            messages.error(
                request,
                _("“%(name)s” was not added. %(detail)s %(cure)s")
                % {"name": name, "detail": error.detail, "cure": error.cure},
            )
        else:
            kept += 1
    if kept:
        words = ngettext(
            "%(n)s document was added. It can be opened once it has been checked.",
            "%(n)s documents were added. They can be opened once they have been checked.",
            kept,
        )
        messages.success(request, words % {"n": kept})
    return redirect(back)


@requires(Permission.DOCUMENT_VIEW)
def document(request: ActingRequest, document_id: int) -> HttpResponse:
    """One document: what it is, its pages as pictures, its versions."""
    found = document_visible_to(request.actor, document_id)
    file = Ref(found.file_kind, found.file_id)
    context = {
        "document": found,
        "row": row_of([found]),
        "pages": list(found.previews.all()) if found.is_clean else [],
        "versions": [row_of([version]) for version in versions_of(found)],
        "back_url": visible_file(request.actor, file).url(file.id),
        "may_add": may_add_to(request.actor, file),
        "add_url": reverse("documents:add", args=[file.kind, file.id]),
        "accepted": ACCEPTED,
    }
    return render(request, "documents/document.html", context)


@requires(Permission.DOCUMENT_VIEW)
def content(request: ActingRequest, document_id: int) -> HttpResponse:
    """The bytes of a clean document, always to be saved, never shown inside a page."""
    found = document_visible_to(request.actor, document_id)
    response = HttpResponse(content_of(found), content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(True, found.original_name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@requires(Permission.DOCUMENT_VIEW)
def page(request: ActingRequest, document_id: int, number: int) -> HttpResponse:
    """A page of a clean document as a picture drawn by us."""
    found = document_visible_to(request.actor, document_id)
    preview = Preview.objects.filter(document=found, page=number).first() if found.is_clean else None
    if preview is None:
        raise NotFound(_("There is no picture of this page."), cure=_("Download the document instead."))
    response = HttpResponse(stored_content(preview.sha256), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response
