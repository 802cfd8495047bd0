"""The door of the documents room."""

from yaojian.foundation.documents.actions import (
    add_document,
    keep_made_document,
    store_photo,
    wake_with,
)
from yaojian.foundation.documents.checkers import Checker, CheckerUnreachable, Verdict
from yaojian.foundation.documents.checking import check_waiting
from yaojian.foundation.documents.file_kinds import FileKind, register_file_kind
from yaojian.foundation.documents.models import Document
from yaojian.foundation.documents.pictures import preview_of
from yaojian.foundation.documents.queries import content_of, documents_of, latest_documents, waiting_count
from yaojian.foundation.documents.states import DOCUMENT_STATES, DocumentState
from yaojian.foundation.documents.storage import read

__all__ = [
    "DOCUMENT_STATES",
    "Checker",
    "CheckerUnreachable",
    "Document",
    "DocumentState",
    "FileKind",
    "Verdict",
    "add_document",
    "check_waiting",
    "content_of",
    "documents_of",
    "keep_made_document",
    "latest_documents",
    "preview_of",
    "read",
    "register_file_kind",
    "store_photo",
    "waiting_count",
    "wake_with",
]
