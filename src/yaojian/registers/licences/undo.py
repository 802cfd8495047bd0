"""Taking a whole list back: what it added goes, what it changed is as before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.worklist.facade import cancel_items_of_origin
from yaojian.registers.licences.bulk import ended_span
from yaojian.registers.licences.contracts import EXPIRED, EXPIRES_SOON, FILE_KIND, RENEWAL_DUE
from yaojian.registers.licences.models import Licence, LicenceStatus, LicenceVersion
from yaojian.registers.licences.push import push_numbers
from yaojian.registers.licences.states import ENDED, LicenceState


@dataclass(frozen=True, slots=True)
class Undone:
    """How many licences went, how many are as before, and which stay because they were changed since."""

    removed: int
    restored: int
    kept: tuple[str, ...]


@transaction.atomic
def undo_licences(*, by: Actor, batch: UUID) -> Undone:
    """Take back what one list has entered and changed, except what somebody has changed since.

    Doing it twice changes nothing more. Writes one act when anything went back. Raises NotAllowed.
    """
    check_may(by, Permission.LICENCE_EDIT)
    own = (
        Licence.objects.select_for_update(of=("self",))
        .select_related("subject")
        .filter(subject__responsible_organ__path__startswith=by.organ_path)
    )
    added = list(own.filter(batch=batch))
    touched = Q(pk__in=LicenceVersion.objects.filter(batch=batch).values("licence_id")) | Q(
        pk__in=LicenceStatus.objects.filter(batch=batch).values("licence_id")
    )
    changed = list(own.filter(touched).exclude(pk__in=[licence.pk for licence in added]))
    busy = _changed_since([*added, *changed], batch)
    gone = [licence for licence in added if licence.pk not in busy]
    back = [licence for licence in changed if licence.pk not in busy]
    types = {licence.subject_id: licence.subject.subject_type for licence in (*gone, *back)}
    for licence in back:
        _restore(licence, batch)
    pairs = [(licence.subject_id, str(licence.pk)) for licence in gone]
    for kind in (RENEWAL_DUE, EXPIRES_SOON, EXPIRED):
        cancel_items_of_origin(kind, FILE_KIND, pairs)
    Licence.objects.filter(pk__in=[licence.pk for licence in gone]).delete()
    push_numbers(types)
    kept = tuple(sorted(licence.number for licence in (*added, *changed) if licence.pk in busy))
    if gone or back:
        facts = {"batch": str(batch), "removed": len(gone), "restored": len(back), "kept": len(kept)}
        record_act(by=by, kind="licences.undone", facts=facts)
    return Undone(len(gone), len(back), kept)


def _changed_since(licences: list[Licence], batch: UUID) -> set[int]:
    """Those of which the newest version or state, or a renewal, is not the list's own."""
    ids = [licence.pk for licence in licences]
    others = ~Q(batch=batch) | Q(batch__isnull=True)
    busy: set[int] = set()
    for table in (LicenceVersion, LicenceStatus):
        of_list = table.objects.filter(batch=batch, licence_id__in=ids).values_list("licence_id", flat=True)
        newest = table.objects.filter(others, licence_id__in=list(of_list), valid_to__isnull=True)
        busy |= set(newest.values_list("licence_id", flat=True))
    later = Licence.objects.filter(renews_id__in=ids).exclude(batch=batch)
    busy |= {key for key in later.values_list("renews_id", flat=True) if key is not None}
    return busy


def _restore(licence: Licence, batch: UUID) -> None:
    """Take the list's version and state away from a licence, and put back what stood before them."""
    for version in LicenceVersion.objects.filter(licence=licence, batch=batch):
        _restore_version(licence, version)
    status = LicenceStatus.objects.filter(licence=licence, batch=batch).first()
    if status is not None:
        status.delete()
        before = licence.history.order_by("-valid_from").first()
        licence.state, licence.state_since = LicenceState.IN_FORCE.value, licence.known_since
        if before is not None:
            LicenceStatus.objects.filter(pk=before.pk).update(valid_to=None)
            licence.state, licence.state_since = before.state, before.valid_from
    licence.valid_to = licence.expires_on
    if LicenceState(licence.state) in ENDED:
        licence.valid_to = ended_span(licence.valid_from, licence.expires_on, licence.state_since)
    licence.save()


def _restore_version(licence: Licence, version: LicenceVersion) -> None:
    replaced: dict[str, Any] = version.replaced or {}
    version.delete()
    before = licence.versions.order_by("-valid_from").first()
    if content := replaced.get("version"):
        before = LicenceVersion.objects.create(
            licence=licence, **{**content, "valid_from": date.fromisoformat(content["valid_from"])}
        )
    elif before is not None:
        LicenceVersion.objects.filter(pk=before.pk).update(valid_to=None)
    if before is not None:
        licence.holder_name, licence.issuer = before.holder_name, before.issuer
    for name, value in replaced.get("columns", {}).items():
        setattr(licence, name, date.fromisoformat(value) if value else None)
