"""Checking what waits, and making previews of what is clean; run by the worker."""

from __future__ import annotations

import io
import logging

from django.db import transaction

from yaojian.foundation.accounts.facade import system_actor
from yaojian.foundation.documents import storage
from yaojian.foundation.documents.checkers import CheckerUnreachable, Verdict, checker_in_use
from yaojian.foundation.documents.models import Document, Preview
from yaojian.foundation.documents.pages import PagesNotDrawn, pages_of_pdf
from yaojian.foundation.documents.pictures import preview_of
from yaojian.foundation.documents.queries import stored_content
from yaojian.foundation.documents.states import DOCUMENT_STATES, DocumentState
from yaojian.foundation.errors import Misconfigured
from yaojian.foundation.ledger.facade import SUBJECT_KIND, Ref, record_act
from yaojian.foundation.timekeeping import now

log = logging.getLogger(__name__)
AT_ONCE = 50


def check_waiting() -> bool:
    """Check documents that wait, the least tried first; returns whether it is worth going on at once.

    When the checker does not answer, they keep waiting and the attempt is noted.
    """
    waiting = Document.objects.filter(state=DocumentState.WAITING.value).order_by("attempts", "pk")
    ids = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    for document_id in ids:
        try:
            _check(document_id)
        except CheckerUnreachable as error:
            log.warning("%s", error)
            return False
    return len(ids) == AT_ONCE


def _check(document_id: int) -> None:
    with transaction.atomic():
        document = (
            Document.objects.select_for_update(skip_locked=True)
            .filter(pk=document_id, state=DocumentState.WAITING.value)
            .first()
        )
        if document is None:
            return
        document.attempts, document.attempted_at = min(document.attempts + 1, 9999), now()
        unreachable = None
        try:
            _settle(document, checker_in_use().check(io.BytesIO(stored_content(document.sha256))))
        except Misconfigured as damage:
            _settle(document, Verdict(False, "storage", str(damage.detail)))
        except CheckerUnreachable as error:
            unreachable = error
        document.save()
    if unreachable is not None:
        raise unreachable
    if document.is_clean:
        draw_previews(document)


def _settle(document: Document, verdict: Verdict) -> None:
    verb = "pass" if verdict.clean else "refuse"
    document.state = DOCUMENT_STATES.next(DocumentState(document.state), verb).value
    document.reason, document.checker = verdict.reason[:300], verdict.checker[:60]
    document.checked_at = now()
    if verdict.clean:
        return
    file = Ref(document.file_kind, document.file_id)
    record_act(
        by=system_actor(document.organ),
        kind="document.refused",
        file=file,
        subject=file if file.kind == SUBJECT_KIND else None,
        evidence=[document.sha256],
        facts={"document": document.pk, "version": document.version, "reason": verdict.reason[:300]},
    )


def draw_previews(document: Document) -> int:
    """Make the pictures of a clean document's first pages; returns how many, none where that fails."""
    content = stored_content(document.sha256)
    try:
        if document.media_type.startswith("image/"):
            pages = [preview_of(content)]
        elif document.media_type == "application/pdf":
            pages = pages_of_pdf(content)
        else:
            pages = []
    except (PagesNotDrawn, OSError, ValueError) as error:
        log.warning("no preview of document %s: %s", document.pk, error)
        return 0
    Preview.objects.bulk_create(
        [
            Preview(document=document, page=number, sha256=storage.keep(page))
            for number, page in enumerate(pages, start=1)
        ],
        ignore_conflicts=True,
    )
    return len(pages)
