"""The list of a file's documents, for the page of any file: `{% include "documents/_documents.html" %}`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.documents.file_kinds import may_add_to
from yaojian.foundation.documents.media import ACCEPTED, MEDIA
from yaojian.foundation.documents.models import Document
from yaojian.foundation.documents.queries import listed_documents
from yaojian.foundation.documents.states import DocumentState
from yaojian.foundation.ledger.facade import Ref

STATES: dict[str, tuple[str, Promise]] = {
    DocumentState.WAITING.value: ("info", pgettext_lazy("document", "Being checked")),
    DocumentState.CLEAN.value: ("done", pgettext_lazy("document", "Checked")),
    DocumentState.REFUSED.value: ("overdue", pgettext_lazy("document", "Refused")),
}


CHECKERS: dict[str, Promise] = {
    "structure": pgettext_lazy("checker", "structure"),
    "decoder": pgettext_lazy("checker", "decoded as a picture"),
    "clamd": pgettext_lazy("checker", "virus scanner"),
    "platform": pgettext_lazy("checker", "made by the platform"),
    "storage": pgettext_lazy("checker", "storage"),
}


def documents_context(
    actor: Actor, file: Ref, *, may_change: bool = True, answers: bool | None = None
) -> dict[str, Any]:
    """What the part shows; the caller's page has let the actor see the file. One query.

    `answers`: whether the actor may add to the file, from a page that knows it; else its room is asked.
    """
    may_add = actor.may(Permission.DOCUMENT_ADD) and answers if answers is not None else None
    series: dict[object, list[Any]] = {}
    for document in listed_documents(file) if actor.may(Permission.DOCUMENT_VIEW) else ():
        series.setdefault(document.series, []).append(document)
    rows = [row_of(versions, has_preview=versions[0].has_preview) for versions in series.values()]
    rows.sort(key=lambda row: row["document"].uploaded_at, reverse=True)
    return {
        "document_rows": rows,
        "may_see_documents": actor.may(Permission.DOCUMENT_VIEW),
        "may_add_documents": may_change and (may_add_to(actor, file) if may_add is None else may_add),
        "add_document_url": reverse("documents:add", args=[file.kind, file.id]),
        "accepted_documents": ACCEPTED,
    }


def row_of(versions: list[Document], *, has_preview: bool = False) -> dict[str, Any]:
    """A document with its versions as a row; `versions` latest first."""
    latest = versions[0]
    media = MEDIA.get(latest.media_type)
    return {
        "document": latest,
        "kind": media.name if media else latest.media_type,
        "icon": media.icon if media else "file",
        "state": STATES[latest.state],
        "checkers": [CHECKERS.get(name, name) for name in latest.checker.split(", ") if name],
        "tried": latest.attempts if latest.state == DocumentState.WAITING.value else 0,
        "url": reverse("documents:document", args=[latest.pk]),
        "download_url": reverse("documents:content", args=[latest.pk]) if latest.is_clean else "",
        "thumb_url": reverse("documents:page", args=[latest.pk, 1])
        if latest.is_clean and has_preview
        else "",
        "older": len(versions) - 1,
    }
