"""Imports, scoped to who asks."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, subtree_q
from yaojian.foundation.errors import NotFound
from yaojian.registers.intake.models import Import, Progress, RowResult


def imports_visible_to(actor: Actor) -> QuerySet[Import]:
    """The imports of the actor's organ and of those below it, the latest first."""
    return Import.objects.filter(subtree_q(actor, "organ")).select_related("organ", "created_by", "progress")


def import_visible_to(actor: Actor, uid: UUID) -> Import:
    """One import. Raises NotFound when it is not there or not the actor's to see."""
    job = imports_visible_to(actor).filter(uid=uid).first()
    if job is None:
        raise NotFound(
            _("There is no such import in your area."), cure=_("Look for it in the list of imports.")
        )
    return job


def broken_rows(job: Import) -> QuerySet[RowResult]:
    """The rows of an import that were not taken, in the order of the file."""
    return job.results.filter(change="broken").order_by("row")


def progress_of(job: Import) -> Progress:
    """How far the worker is."""
    return Progress.objects.get(job=job)


def import_of_key(actor: Actor, key: str) -> Import | None:
    """The import that the actor's person has sent with an idempotency key."""
    return imports_visible_to(actor).filter(created_by_id=actor.user_id, idempotency_key=key).first()
