"""Every step of an import that a person or a system takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.intake import storage
from yaojian.registers.intake.mapping import ColumnMapping, fits, missing_fields, signature_of
from yaojian.registers.intake.models import Import, Progress, RememberedMapping
from yaojian.registers.intake.queries import import_visible_to
from yaojian.registers.intake.states import AT_WORK, IMPORT_STATES, ImportState
from yaojian.registers.intake.tables.kinds import FileKind, kind_of
from yaojian.registers.intake.tables.workbook import sheets_of
from yaojian.registers.intake.targets import target_named

FILE_KIND = "intake.import"
EARLIEST = date(1949, 10, 1)
LONGEST_CONSTANT = 200

_ask_worker: Callable[[int], None] | None = None


def work_with(ask: Callable[[int], None] | None) -> Callable[[int], None] | None:
    """Tell the room how to give an import to the worker; gives back how it was done before.

    Set once by the composition root. With None nobody is asked: the caller does the work itself.
    """
    global _ask_worker
    before, _ask_worker = _ask_worker, ask
    return before


def give_to_worker(job: Import) -> None:
    """Ask the worker to go on with an import, once this transaction has ended well."""
    if _ask_worker is not None:
        ask, key = _ask_worker, job.pk
        transaction.on_commit(lambda: ask(key))


def import_ref(job: Import) -> Ref:
    """What acts about an import point to."""
    return Ref(FILE_KIND, job.pk)


def check_may_import(actor: Actor, target_code: str) -> None:
    """Raise NotAllowed unless the actor may take tables into this register."""
    check_may(actor, Permission.REGISTER_IMPORT)
    check_may(actor, target_named(target_code).permission)


def may_import(actor: Actor, target_code: str) -> bool:
    """The twin of check_may_import that answers."""
    return actor.may(Permission.REGISTER_IMPORT) and actor.may(target_named(target_code).permission)


def receive_table(
    *,
    by: Actor,
    target: str,
    name: str,
    pieces: Iterable[bytes],
    effective_on: date | None = None,
    by_system: bool = False,
    idempotency_key: str = "",
) -> Import:
    """Keep a file and have it read; nothing of it is in the register before it is confirmed.

    Raises NotAllowed, NotFound (no such register), InvalidInput (the day), TableRefused (what can be seen
    without reading it through: kind, size, a bomb, macros, a password).
    """
    check_may_import(by, target)
    day = _checked_day(effective_on or today())
    uid = uuid4()
    try:
        kept = storage.keep(uid, pieces)
        with storage.opened(storage.path_of(uid)) as path:
            if kind_of(path) is FileKind.WORKBOOK:
                sheets_of(path)
        with transaction.atomic():
            job = Import.objects.create(
                uid=uid,
                target=target,
                organ_id=by.organ_id,
                created_by_id=by.user_id,
                posting_id=by.posting_id,
                limited_to=None if by.limited_to is None else sorted(by.limited_to),
                created_at=now(),
                language=get_language() or "zh-hans",
                by_system=by_system,
                idempotency_key=idempotency_key,
                file_name=name[-200:],
                file_sha256=kept.sha256,
                file_bytes=kept.size_bytes,
                effective_on=day,
            )
            Progress.objects.create(job=job)
            give_to_worker(job)
    except BaseException:
        storage.forget(uid)
        raise
    return job


def _checked_day(day: date) -> date:
    if not EARLIEST <= day <= today():
        raise InvalidInput(
            _("What is imported must hold from a day between 1949 and today."),
            field="effective_on",
            cure=_("Enter the day from which the table is right, usually its date or today."),
        )
    return day


def _own(by: Actor, uid: UUID, verb: str) -> Import:
    """The import, locked, when `verb` is open to it and to the actor."""
    seen = import_visible_to(by, uid)
    check_may_import(by, seen.target)
    job = Import.objects.select_for_update().get(pk=seen.pk)
    if not IMPORT_STATES.permits(ImportState(job.state), verb):
        raise Conflict(
            _("The import has moved on in the meantime."), cure=_("Reload the page to see where it stands.")
        )
    return job


def advance(job: Import, verb: str) -> None:
    """Move an import along its table of states."""
    job.state = IMPORT_STATES.next(ImportState(job.state), verb).value


@transaction.atomic
def choose_sheet(*, by: Actor, uid: UUID, sheet: str) -> Import:
    """Read another sheet of the workbook. Raises NotFound, NotAllowed, Conflict, InvalidInput."""
    job = _own(by, uid, "choose_sheet")
    if sheet not in job.shape.get("sheets", []):
        raise InvalidInput(
            _("The workbook has no such sheet."), field="sheet", cure=_("Choose one of its sheets.")
        )
    advance(job, "choose_sheet")
    job.shape = {"wanted_sheet": sheet}
    job.mapping, job.counts, job.samples = {}, {}, []
    job.results.all().delete()
    job.save()
    give_to_worker(job)
    return job


@transaction.atomic
def choose_mapping(
    *, by: Actor, uid: UUID, columns: Mapping[str, int], constants: Mapping[str, str], effective_on: date
) -> Import:
    """Say which column is which field; it is remembered for the organ and this header, and checked anew.

    Raises NotFound, NotAllowed, Conflict, InvalidInput (a required field left out, a column used twice).
    """
    job = _own(by, uid, "map")
    target = target_named(job.target)
    texts = {name: text.strip()[:LONGEST_CONSTANT] for name, text in constants.items() if text.strip()}
    chosen = ColumnMapping(dict(columns), {name: text for name, text in texts.items() if name not in columns})
    if not fits(chosen, target, len(job.shape["header"])):
        raise InvalidInput(
            _("A column was chosen for two fields."), cure=_("Choose each column for one field only.")
        )
    if missing := missing_fields(target, chosen):
        raise InvalidInput(
            _("Some fields that every entry needs have no column."),
            cure=_("Choose a column for them, or a value that holds for all rows."),
            errors={one.name: _("Choose a column, or enter a value for all rows.") for one in missing},
        )
    job.mapping = {"columns": dict(chosen.columns), "constants": dict(chosen.constants)}
    job.effective_on = _checked_day(effective_on)
    job.language = get_language() or job.language
    advance(job, "map")
    job.save()
    remember(job, chosen)
    give_to_worker(job)
    return job


def remember(job: Import, mapping: ColumnMapping) -> None:
    """Keep a mapping for the next table of the organ with the same header."""
    RememberedMapping.objects.update_or_create(
        organ_id=job.organ_id,
        target=job.target,
        signature=signature_of(job.shape["header"]),
        defaults={
            "columns": dict(mapping.columns),
            "constants": dict(mapping.constants),
            "used_at": now(),
        },
    )


def remembered(job: Import, names: list[str]) -> ColumnMapping | None:
    """The mapping of the organ's last table with this header, if it still fits."""
    found = RememberedMapping.objects.filter(
        organ_id=job.organ_id, target=job.target, signature=signature_of(names)
    ).first()
    if found is None:
        return None
    mapping = ColumnMapping(found.columns, found.constants)
    return mapping if fits(mapping, target_named(job.target), len(names)) else None


@transaction.atomic
def confirm_import(*, by: Actor, uid: UUID) -> Import:
    """Enter the rows that the check has found right. Raises NotFound, NotAllowed, Conflict."""
    job = _own(by, uid, "confirm")
    advance(job, "confirm")
    job.save()
    give_to_worker(job)
    return job


@transaction.atomic
def cancel_import(*, by: Actor, uid: UUID) -> Import:
    """Give an import up; nothing of it stays in the register.

    When the worker is at it, it stops within a second or so and takes back what it has begun. Raises
    NotFound, NotAllowed, Conflict.
    """
    job = _own(by, uid, "cancel")
    if ImportState(job.state) in AT_WORK and job.started_at is not None:
        Progress.objects.filter(job=job).update(cancel_asked=True)
        return job
    advance(job, "cancel")
    job.finished_at = now()
    job.save()
    storage.forget(job.uid)
    return job


@transaction.atomic
def retry_import(*, by: Actor, uid: UUID) -> Import:
    """Begin anew with an import that a fault has ended. Raises NotFound, NotAllowed, Conflict."""
    job = _own(by, uid, "retry")
    advance(job, "retry")
    job.refusal = job.cure = ""
    job.attempts = 0
    job.shape = {"wanted_sheet": job.shape.get("sheet", "")}
    job.save()
    give_to_worker(job)
    return job


@transaction.atomic
def undo_import(*, by: Actor, uid: UUID) -> Import:
    """Take a whole import back. Rows that were changed since stay as they are, and are named.

    Raises NotFound, NotAllowed, Conflict.
    """
    job = _own(by, uid, "undo")
    advance(job, "undo")
    job.refusal = job.cure = ""
    job.save()
    give_to_worker(job)
    return job


def record(by: Actor, job: Import, kind: str, **facts: Any) -> None:
    """Write the act of an import."""
    record_act(
        by=by,
        kind=kind,
        file=import_ref(job),
        facts={"register": job.target, "sha256": job.file_sha256, "batch": str(job.uid), **facts},
    )
