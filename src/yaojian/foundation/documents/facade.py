"""The door of the documents room."""

from __future__ import annotations

from collections.abc import Iterable

from yaojian.foundation.documents.actions import preview_of, store_photo
from yaojian.foundation.documents.models import Document
from yaojian.foundation.documents.storage import read
from yaojian.foundation.ledger.facade import Ref


def documents_of(file: Ref) -> Iterable[Document]:
    """The documents of a file the caller has already been let see."""
    return Document.objects.filter(file_kind=file.kind, file_id=file.id)


__all__ = ["Document", "documents_of", "preview_of", "read", "store_photo"]
