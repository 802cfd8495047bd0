"""Reads of documents, scoped through the room of the file they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.documents.file_kinds import visible_file
from yaojian.foundation.documents.models import Document, Preview
from yaojian.foundation.documents.states import DocumentState
from yaojian.foundation.documents.storage import read
from yaojian.foundation.errors import Conflict, Misconfigured, NotFound
from yaojian.foundation.ledger.facade import Ref


def documents_of(file: Ref) -> Iterable[Document]:
    """The documents of a file the caller has already been let see."""
    return Document.objects.filter(file_kind=file.kind, file_id=file.id)


def latest_documents(file: Ref) -> QuerySet[Document]:
    """The documents of a file, each in its first version only: how many there are."""
    return Document.objects.filter(file_kind=file.kind, file_id=file.id, version=1)


def listed_documents(file: Ref) -> QuerySet[Any]:
    """The documents of a file with who sent them and whether one has a preview, each latest version first."""
    return (
        Document.objects.filter(file_kind=file.kind, file_id=file.id)
        .select_related("uploaded_by", "organ")
        .annotate(has_preview=Exists(Preview.objects.filter(document=OuterRef("pk"))))
        .order_by("series", "-version")
    )


def document_visible_to(actor: Actor, document_id: int) -> Document:
    """One document of a file the actor may see. Raises NotAllowed; NotFound, whatever the cause."""
    document = Document.objects.select_related("uploaded_by", "organ").filter(pk=document_id).first()
    if document is not None:
        try:
            visible_file(actor, Ref(document.file_kind, document.file_id))
        except NotFound:
            document = None
    if document is None:
        raise NotFound(
            _("There is no such document in your area."), cure=_("Open it from the page of its file.")
        )
    return document


def versions_of(document: Document) -> list[Document]:
    """All versions of a document, the latest first."""
    same = Document.objects.filter(series=document.series).select_related("uploaded_by", "organ")
    return list(same.order_by("-version"))


def content_of(document: Document) -> bytes:
    """The bytes of a clean document.

    Raises Conflict while it waits or when it was refused, Misconfigured when its bytes are lost or damaged.
    """
    if document.state == DocumentState.WAITING.value:
        raise Conflict(
            _("The document has not been checked yet, so it is not given out."),
            cure=_("Try again in a minute."),
        )
    if document.state == DocumentState.REFUSED.value:
        raise Conflict(
            _("The document was refused by the check: %(reason)s") % {"reason": document.reason},
            cure=_("Send a clean copy as a new version."),
        )
    return stored_content(document.sha256)


def stored_content(sha256: str) -> bytes:
    """Bytes by their hash. Raises Misconfigured when they are lost or damaged."""
    try:
        return read(sha256)
    except (FileNotFoundError, ValueError) as damage:
        raise Misconfigured(
            _("The document is missing from the storage, or it is damaged."),
            cure=_("Tell the administrator: the documents must be restored from a backup."),
        ) from damage


def waiting_count() -> int:
    """How many documents wait for the check."""
    return Document.objects.filter(state=DocumentState.WAITING.value).count()
