"""Evaluations as PDF: made by the worker, found again by what they say, kept for good once frozen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents.facade import keep_made_document, read
from yaojian.foundation.errors import DomainError
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now
from yaojian.oversight.evaluations.content import Line, digest_of_draft, lines_in, lines_of
from yaojian.oversight.evaluations.contracts import EVALUATION_KIND
from yaojian.oversight.evaluations.evaluation_actions import frozen_content
from yaojian.oversight.evaluations.models import Evaluation, Printing, Snapshot
from yaojian.oversight.evaluations.web.printing import pdf_of
from yaojian.oversight.plans.facade import plan_by_code

STEPS = 3
"""Counted, set, kept."""
STALLED = timedelta(minutes=10)
LOG = logging.getLogger(__name__)
_ask_worker: Callable[[int], None] | None = None


def work_with(ask: Callable[[int], None] | None) -> Callable[[int], None] | None:
    """Tell the room how to give a document to the worker; gives back how it was done before.

    Set once by the composition root. With None nobody is asked: the caller does the work itself.
    """
    global _ask_worker
    before, _ask_worker = _ask_worker, ask
    return before


def lines_shown(evaluation: Evaluation, snapshot: Snapshot | None) -> list[Line]:
    """The lines as frozen, or as they come to now."""
    return lines_of(evaluation) if snapshot is None else lines_in(frozen_content(snapshot))


def digest_of(evaluation: Evaluation, snapshot: Snapshot | None, lines: list[Line]) -> str:
    """The SHA-256 of what a document says: of the snapshot, or of the draft as it is now."""
    if snapshot is not None:
        return snapshot.sha256
    return digest_of_draft(evaluation, plan_by_code(evaluation.plan_code), lines)


def printing_of(evaluation: Evaluation, digest: str) -> Printing | None:
    """The document that says this, made or being made; None when nobody asked for it."""
    return Printing.objects.filter(evaluation=evaluation, digest=digest).first()


def ask_printing(*, by: Actor, evaluation: Evaluation, digest: str) -> Printing:
    """Ask for a document; one that is there or being made is given back. Raises NotAllowed."""
    check_may(by, Permission.EVALUATION_VIEW)
    with transaction.atomic():
        printing, created = Printing.objects.select_for_update().get_or_create(
            evaluation=evaluation,
            digest=digest,
            defaults={"asked_by_id": by.user_id, "asked_at": now()},
        )
        if not created and not may_ask_again(printing):
            return printing
        printing.asked_at, printing.step, printing.refusal = now(), 0, ""
        printing.save()
        transaction.on_commit(lambda: _give(printing.pk))
    printing.refresh_from_db()
    return printing


def may_ask_again(printing: Printing) -> bool:
    """Whether a document was refused, or its worker has died."""
    return bool(printing.refusal) or (printing.made_at is None and printing.asked_at < now() - STALLED)


def _give(printing_id: int) -> None:
    if _ask_worker is None:
        make_printing(printing_id)
    else:
        _ask_worker(printing_id)


def make_printing(printing_id: int) -> None:
    """Make a document that was asked for: count, set, keep; a refusal of the machine is written down."""
    printing = Printing.objects.select_related("evaluation__organ", "evaluation__prepared_by").get(
        pk=printing_id
    )
    if printing.made_at is not None:
        return
    with override(settings.LANGUAGE_CODE):
        try:
            _make(printing)
        except DomainError as error:
            LOG.warning("an evaluation could not be set: %s", error)
            _note(printing, refusal=f"{error} {error.cure}".strip()[:300])
        except Exception:
            _note(printing, refusal=str(_("The document could not be made.")))
            raise


def _make(printing: Printing) -> None:
    evaluation = printing.evaluation
    snapshot = Snapshot.objects.select_related("frozen_by").filter(evaluation=evaluation).first()
    lines = lines_shown(evaluation, snapshot)
    _note(printing, step=1)
    content, pages = pdf_of(evaluation, plan_by_code(evaluation.plan_code), lines, snapshot)
    _note(printing, step=2)
    document = keep_made_document(
        file=Ref(EVALUATION_KIND, evaluation.pk),
        content=content,
        name=file_name(evaluation),
        organ_id=evaluation.organ_id,
        user_id=printing.asked_by_id,
    )
    _note(printing, step=STEPS, document=document, pages=pages, made_at=now())


def _note(printing: Printing, **values: object) -> None:
    for name, value in values.items():
        setattr(printing, name, value)
    printing.save(update_fields=list(values))


def file_name(evaluation: Evaluation) -> str:
    """The name under which a document is saved."""
    return f"{evaluation.title[:80]}-{evaluation.as_of:%Y-%m-%d}.pdf".replace("/", "-")


def bytes_made(printing: Printing) -> bytes:
    """The document itself."""
    assert printing.document is not None
    return read(printing.document.sha256)
