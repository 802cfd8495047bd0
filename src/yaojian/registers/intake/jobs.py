"""What the worker does with an import: reads, checks, enters, takes back; and what when it dies."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Actor, Permission, actor_in, postings_in_force
from yaojian.foundation.errors import DomainError, NotAllowed
from yaojian.foundation.privacy.facade import seal
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.intake import storage
from yaojian.registers.intake.actions import (
    advance,
    check_may_import,
    give_to_worker,
    import_ref,
    may_import,
    record,
    remembered,
)
from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.engine import Tally, in_words, take_in
from yaojian.registers.intake.mapping import known_names, missing_fields, proposed
from yaojian.registers.intake.models import Import, Progress, RowResult
from yaojian.registers.intake.previews import samples_of
from yaojian.registers.intake.progress import Stopped, Watch, is_held
from yaojian.registers.intake.rows import keep_rows, kept_rows, parse_rows
from yaojian.registers.intake.states import AT_WORK, IMPORT_STATES, OVER, ImportState
from yaojian.registers.intake.tables.reading import read_table
from yaojian.registers.intake.targets import target_named
from yaojian.registers.intake.words import SEALED_FIELD

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 2
FORGOTTEN_AFTER = timedelta(days=7)
"""A file that nobody confirmed or took up again is removed after a week."""


class _Rehearsed(Exception):
    """Rolls a rehearsal back."""


def work_on(job_id: int) -> None:
    """Take an import as far as it gets without a person. Safe to call twice, by any number of workers."""
    with Watch(job_id) as watch:
        if not watch.is_mine:
            return
        while (job := _begin(job_id)) is not None:
            with override(job.language):
                _step(job, watch)


def _begin(job_id: int) -> Import | None:
    """The import, marked as begun; None when there is nothing to do for the worker."""
    with transaction.atomic():
        job = (
            Import.objects.select_for_update(of=("self",))
            .select_related("created_by", "organ", "progress")
            .filter(pk=job_id)
            .first()
        )
        if job is not None and _is_cancelled(job):
            return None
        if job is None or ImportState(job.state) not in AT_WORK:
            return None
        job.started_at = now()
        job.save(update_fields=["started_at"])
        return job


def _is_cancelled(job: Import) -> bool:
    """End an import whose cancelling was asked for while a step came to its end."""
    if not job.progress.cancel_asked or not IMPORT_STATES.permits(ImportState(job.state), "cancel"):
        return False
    advance(job, "cancel")
    _settle(job)
    transaction.on_commit(lambda: storage.forget(job.uid))
    return True


def _step(job: Import, watch: Watch) -> None:
    steps: dict[ImportState, Callable[[Import, Actor, Watch], None]] = {
        ImportState.RECEIVED: _read,
        ImportState.CHECKING: _check,
        ImportState.RUNNING: _run,
        ImportState.UNDOING: _undo,
    }
    try:
        steps[ImportState(job.state)](job, _importer(job), watch)
    except Stopped:
        _end(job, "cancel")
    except DomainError as error:
        verb = "give_up_undoing" if job.state == ImportState.UNDOING else "refuse"
        _end(job, verb, str(error.detail), str(error.cure))
    except Exception as error:
        # The text of a database's error repeats values of rows: only its kind goes to the log.
        log.error("import %s failed while %s: %s", job.uid, job.state, type(error).__name__)
        verb = "give_up_undoing" if job.state == ImportState.UNDOING else "fail"
        _end(job, verb, _("The platform has a fault; nothing of this step was kept."), _("Try again."))


def _importer(job: Import) -> Actor:
    """Who imports, in the posting and with the rights the table was sent with.

    When that posting is over, another of the person's in the same organ serves, with the same limits. Raises
    NotAllowed when there is none with the right any more.
    """
    user, day = job.created_by, today()
    postings = postings_in_force(user, day).filter(organ_id=job.organ_id) if user.is_in_service(day) else ()
    kept = job.limited_to  # a right that this version no longer knows is no right
    limits = None if kept is None else frozenset(right for right in Permission if right.value in kept)
    actors = [actor_in(posting, user, limits) for posting in postings]
    actors.sort(key=lambda actor: (actor.posting_id != job.posting_id, not may_import(actor, job.target)))
    if not actors:
        raise NotAllowed(
            _("Whoever began this import does not act for the organ any more."),
            cure=_("Somebody of the organ imports the file again."),
        )
    check_may_import(actors[0], job.target)
    return actors[0]


def _end(job: Import, verb: str, refusal: str = "", cure: str = "") -> None:
    with transaction.atomic():
        fresh = Import.objects.select_for_update().get(pk=job.pk)
        advance(fresh, verb)
        fresh.refusal, fresh.cure = refusal[:500], cure[:500]
        _settle(fresh)
    if ImportState(fresh.state) in OVER:
        storage.forget(job.uid)


def _settle(job: Import) -> None:
    """Mark the end of a step."""
    job.started_at = None
    progress = Progress.objects.filter(job=job)
    if ImportState(job.state) in OVER or job.state == ImportState.FAILED:
        job.finished_at = now()
        progress.update(cancel_asked=False)
    job.save()
    progress.update(phase="", done=0, total=0)


def _read(job: Import, actor: Actor, watch: Watch) -> None:
    """Find sheet, header and mapping; a person is asked when the header does not say enough."""
    target = target_named(job.target)
    watch.begin("opening", 0)
    with storage.opened(storage.path_of(job.uid)) as path:
        shape, watch.rows = read_table(path, known_names(target), job.shape.get("wanted_sheet", ""))
    names = list(shape.header.names)
    mapping = remembered(job, names) or proposed(target, names)
    width = len(names)
    with transaction.atomic():
        job.shape = {
            "kind": shape.kind.value,
            "encoding": shape.encoding,
            "sheets": list(shape.sheets),
            "sheet": shape.sheet,
            "header_row": shape.header.row,
            "header": names,
            "above": list(shape.header.above),
            "rows": shape.rows,
            # Before the columns are known, any of them may hold personal data.
            "sample": []
            if target.has_personal_data
            else [[number, list(cells[:width])] for number, cells in shape.sample],
        }
        job.mapping = {"columns": dict(mapping.columns), "constants": dict(mapping.constants)}
        advance(job, "ask" if missing_fields(target, mapping) else "recognise")
        _settle(job)


def _check(job: Import, actor: Actor, watch: Watch) -> None:
    """Rehearse the import: everything is entered and rolled back, so that the preview is what will be."""
    target = target_named(job.target)
    rows, tally = parse_rows(job, target, actor, watch), Tally()
    keep_rows(job, target, rows)
    with suppress(_Rehearsed), transaction.atomic():
        tally = take_in(job, target, actor, watch, rows, rehearse=True)
        raise _Rehearsed
    with transaction.atomic():
        _keep_results(job, tally)
        job.samples = samples_of(target, tally, actor)
        advance(job, "check")
        if job.by_system:
            advance(job, "confirm")
        _settle(job)


def _run(job: Import, actor: Actor, watch: Watch) -> None:
    """Enter the rows, keep the result and write the act in one transaction: a crash leaves nothing."""
    target = target_named(job.target)
    rows = kept_rows(job, target, watch) or parse_rows(job, target, actor, watch)
    with transaction.atomic():
        tally = take_in(job, target, actor, watch, rows, rehearse=False)
        _keep_results(job, tally)
        advance(job, "finish")
        counts = {change.value: tally.counts[change] for change in RowChange}
        record(actor, job, "register.imported", rows=job.rows, **counts)
        job.samples = []
        _settle(job)
    storage.forget(job.uid)


def _undo(job: Import, actor: Actor, watch: Watch) -> None:
    """Take the batch back through the register's own door."""
    watch.begin("undoing", job.count(RowChange.NEW) + job.count(RowChange.CHANGED))
    with transaction.atomic():
        outcomes = target_named(job.target).undo(by=actor, batch=job.uid)
        kept = [outcome for outcome in outcomes if outcome.change == "refused"]
        undone = len(outcomes) - len(kept)
        job.kept_by_undo = [
            [outcome.code, " ".join(str(fault.detail) for fault in outcome.faults)] for outcome in kept
        ]
        job.counts = {**job.counts, "undone": undone, "kept": len(kept)}
        advance(job, "finish_undoing")
        record(actor, job, "register.import_undone", count=undone, kept=len(kept))
        _settle(job)


def _keep_results(job: Import, tally: Tally) -> None:
    job.counts = {change.value: tally.counts[change] for change in RowChange}
    job.results.all().delete()
    results = [in_words(job, result) for result in tally.kept]
    personal = target_named(job.target).has_personal_data
    if personal:
        cells = {result.row: result.cells for result in results}
        job.sealed_rows = seal(import_ref(job), SEALED_FIELD, json.dumps(cells, ensure_ascii=False))
    RowResult.objects.bulk_create(
        (
            RowResult(
                job=job,
                row=result.row,
                change=result.change.value,
                code="" if personal else result.code[:80],
                cells=[] if personal else result.cells,
                faults=[[fault.field, fault.detail, fault.cure] for fault in result.faults],
            )
            for result in results
        ),
        batch_size=2_000,
    )


def take_up_what_was_left() -> int:
    """Give imports whose worker has died to another, and clear away what nobody came back for.

    The dead worker's transaction was rolled back by the database: nothing of its step is in the register. A
    second death in the same import ends it, so that one file cannot fell every worker. Returns how many were
    given on.
    """
    given = 0
    for job in Import.objects.filter(state__in=AT_WORK, started_at__isnull=False):
        if is_held(job.pk):
            continue
        with transaction.atomic():
            fresh = Import.objects.select_for_update().get(pk=job.pk)
            if fresh.started_at != job.started_at or fresh.state != job.state:
                continue
            fresh.attempts += 1
            fresh.started_at = None
            fresh.save()
            if fresh.attempts <= MOST_ATTEMPTS:
                give_to_worker(fresh)
                given += 1
                continue
        with override(job.language):
            _end(
                fresh,
                "give_up_undoing" if fresh.state == ImportState.UNDOING else "fail",
                _("The worker was interrupted several times; nothing of this step was kept."),
                _("Try again, or split the table into smaller files."),
            )
    forgotten = Import.objects.filter(created_at__lt=now() - FORGOTTEN_AFTER).exclude(
        state__in=[*OVER, ImportState.UNDOING]
    )
    for job in forgotten:
        if not is_held(job.pk):
            with override(job.language):
                _end_forgotten(job)
    return given


def _end_forgotten(job: Import) -> None:
    _end(job, "cancel", _("Nobody confirmed the import within a week."), _("Import the file again."))
