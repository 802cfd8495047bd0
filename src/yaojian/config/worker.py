"""The worker process: procrastinate's queue in our own PostgreSQL, with the jobs of all rooms."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from django.db import close_old_connections, transaction
from procrastinate import App, exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import DeleteJobCondition
from procrastinate.tasks import Task

from yaojian.doors.administration.calendar_watch import watch_calendar
from yaojian.doors.backoffice.log_watch import audit_log, watch_log
from yaojian.foundation.accounts.facade import apply_due_changes
from yaojian.foundation.accounts.sessions import sweep_sessions
from yaojian.foundation.documents import facade as documents
from yaojian.foundation.kept.facade import sweep_changes
from yaojian.foundation.ledger.facade import close_days
from yaojian.foundation.notices import facade as notices
from yaojian.foundation.outbox.facade import deliver_pending, wake_with
from yaojian.foundation.staffing.facade import (
    hand_over_leftovers,
    open_due_reviews,
    tell_of_stranded_files,
)
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.facade import return_orphaned, ring_alarms
from yaojian.oversight.evaluations import facade as evaluations
from yaojian.oversight.mandates import facade as mandates
from yaojian.oversight.plans.facade import refresh_kept_values
from yaojian.registers.enterprises.facade import (
    find_all_duplicates,
    refresh_proposals,
    show_subjects_of_today,
)
from yaojian.registers.intake import facade as intake
from yaojian.registers.licences.facade import refresh_expiry
from yaojian.registers.people.facade import refresh_people_duties
from yaojian.registers.products.facade import refresh_product_expiry

OUTBOX_LOCK = "outbox"
SESSIONS_KEPT = timedelta(days=90)
"""How long ended sessions stay in the database; the acts about them stay for good."""
LOG = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="outbox.sweep", queueing_lock="outbox.sweep")
def sweep_outbox(timestamp: int) -> None:
    """Deliver what a crash between commit and wake-up, or a failed handler, has left behind."""
    drain_outbox()


@app.task(name="outbox.deliver", queueing_lock=OUTBOX_LOCK)
def drain_outbox() -> None:
    """Deliver all waiting events."""
    while deliver_pending():
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="notices.sweep", queueing_lock="notices.sweep")
def sweep_notices(timestamp: int) -> None:
    """Send messages that are due for another attempt, or that a crash has left behind."""
    send_notices()


@app.task(name="notices.deliver", queueing_lock="notices.deliver")
def send_notices() -> None:
    """Send all messages whose time has come."""
    while notices.deliver_due():
        close_old_connections()


@app.task(name="intake.work")
def work_on_import(job_id: int) -> None:
    """Take an import as far as it gets without a person."""
    intake.work_on(job_id)


@app.periodic(cron="* * * * *")
@app.task(name="intake.sweep", queueing_lock="intake.sweep")
def sweep_imports(timestamp: int) -> None:
    """Take up imports whose worker has died, and clear away those that nobody came back for."""
    intake.take_up_what_was_left()


@app.periodic(cron="* * * * *")
@app.task(name="documents.sweep", queueing_lock="documents.sweep")
def sweep_documents(timestamp: int) -> None:
    """Check documents again that a checker without answer, or a crash, has left waiting."""
    check_documents()


@app.task(name="documents.check", queueing_lock="documents.check")
def check_documents() -> None:
    """Check all waiting documents and draw their previews."""
    while documents.check_waiting():
        close_old_connections()


@app.periodic(cron="10 18 * * *")
@app.task(name="plans.refresh_duties", queueing_lock="plans.refresh_duties")
def refresh_all_duties(timestamp: int) -> None:
    """Each night (02:10 in Beijing) bring the due work of all mandates up to the new day."""
    mandates.refresh_duties()


@app.task(name="mandates.schedule")
def work_on_schedule(schedule_id: int) -> None:
    """Draw up a year schedule, organ by organ."""
    mandates.run_schedule(schedule_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="mandates.sweep", queueing_lock="mandates.sweep")
def sweep_schedules(timestamp: int) -> None:
    """Take up schedules whose worker has died."""
    mandates.take_up_what_was_left()


@app.periodic(cron="*/10 * * * *")
@app.task(name="plans.refresh_values", queueing_lock="plans.refresh_values")
def refresh_values_of_plans(timestamp: int) -> None:
    """Every ten minutes count the plans' figures for which something has happened, ahead of their readers."""
    refresh_kept_values()


@app.periodic(cron="15 18 * * *")
@app.task(name="evaluations.refresh_tasks", queueing_lock="evaluations.refresh_tasks")
def refresh_tasks_of_plans(timestamp: int) -> None:
    """Each night (02:15 in Beijing) put milestones and shares of targets that come due on the lists."""
    evaluations.refresh_tasks()


@app.task(name="evaluations.print")
def work_on_printing(printing_id: int) -> None:
    """Make the document of an evaluation."""
    evaluations.make_printing(printing_id)


@app.periodic(cron="20 18 * * *")
@app.task(name="licences.refresh_expiry", queueing_lock="licences.refresh_expiry")
def refresh_all_expiry(timestamp: int) -> None:
    """Each night (02:20 in Beijing) bring the work that ending licences cause up to the new day."""
    refresh_expiry()


@app.periodic(cron="22 18 * * *")
@app.task(name="products.refresh_expiry", queueing_lock="products.refresh_expiry")
def refresh_all_products(timestamp: int) -> None:
    """Each night (02:22 in Beijing) bring the work that ending approvals cause up to the new day."""
    refresh_product_expiry()


@app.periodic(cron="2 16 * * *")
@app.task(name="accounts.apply_changes", queueing_lock="accounts.apply_changes")
def apply_changes_of_organs(timestamp: int) -> None:
    """Just after midnight in Beijing let changes of organs take effect whose day has come."""
    apply_due_changes()


@app.periodic(cron="25 18 * * *")
@app.task(name="people.refresh_duties", queueing_lock="people.refresh_duties")
def refresh_duties_about_people(timestamp: int) -> None:
    """Each night (02:25 in Beijing) bring the work about registrations and certificates up to the new day."""
    refresh_people_duties()


@app.periodic(cron="5 * * * *")
@app.task(name="worklist.ring_alarms", queueing_lock="worklist.ring_alarms")
def ring_all_alarms(timestamp: int) -> None:
    """Each hour remind of what falls due and escalate what is overdue; each alarm rings once."""
    ring_alarms()


@app.periodic(cron="25 17 * * *")
@app.task(name="staffing.night", queueing_lock="staffing.night")
def keep_rights_in_order(timestamp: int) -> None:
    """Each night (01:25 in Beijing) open due reviews, see to work left behind, forget old sessions."""
    open_due_reviews()
    _handed, stuck = hand_over_leftovers()
    if stuck:
        LOG.warning("work of leavers that their successors could not take: %d people", len(stuck))
    return_orphaned()
    tell_of_stranded_files()
    sweep_sessions(before=now() - SESSIONS_KEPT)


@app.periodic(cron="* * * * *")
@app.task(name="kept.sweep", queueing_lock="kept.sweep")
def sweep_notes_of_changes(timestamp: int) -> None:
    """Keep the notes about changed tables short."""
    sweep_changes()


@app.periodic(cron="4 16 * * *")
@app.task(name="subjects.show_today", queueing_lock="subjects.show_today")
def show_subjects_as_of_the_new_day(timestamp: int) -> None:
    """Just after midnight in Beijing let announced changes of subjects take effect."""
    show_subjects_of_today()


@app.periodic(cron="30 0 * * *")
@app.task(name="calendar.watch", queueing_lock="calendar.watch")
def watch_over_the_calendar(timestamp: int) -> None:
    """Each morning (08:30 in Beijing) warn the administrators of a calendar year that is missing."""
    watch_calendar()


@app.periodic(cron="*/10 * * * *")
@app.task(name="public_log.watch", queueing_lock="public_log.watch")
def watch_over_the_log(timestamp: int) -> None:
    """Every ten minutes raise what is wrong with the public log."""
    watch_log()


@app.periodic(cron="12 * * * *")
@app.task(name="public_log.close_days", queueing_lock="public_log.close_days")
def close_ended_days(timestamp: int) -> None:
    """Soon after midnight in Beijing, and each hour until it could be done, close the day that ended."""
    close_days()


@app.periodic(cron="45 18 * * *")
@app.task(name="public_log.audit", queueing_lock="public_log.audit")
def audit_the_log(timestamp: int) -> None:
    """Each night (02:45 in Beijing) compare journal and public log."""
    audit_log()


@app.periodic(cron="30 17 * * *")
@app.task(name="subjects.compare", queueing_lock="subjects.compare")
def look_after_the_register(timestamp: int) -> None:
    """Each night (01:30 in Beijing) look for duplicates and compute what grades the scheme proposes."""
    find_all_duplicates()
    refresh_proposals()


def ask_for(task: Task, **arguments: int) -> None:
    """Put a job in the queue, unless the same one is waiting already: one serves any number of askers."""
    try:
        with transaction.atomic():  # a job refused takes nothing else with it
            task.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return


def ring() -> None:
    """Ask for a delivery of events."""
    ask_for(drain_outbox)


def ring_for_notices() -> None:
    """Ask for a delivery of messages."""
    ask_for(send_notices)


def give_import(job_id: int) -> None:
    """Ask for an import to be gone on with."""
    work_on_import.defer(job_id=job_id)


def give_schedule(schedule_id: int) -> None:
    """Ask for a schedule to be drawn up."""
    work_on_schedule.defer(schedule_id=schedule_id)


def give_printing(printing_id: int) -> None:
    """Ask for the document of an evaluation to be made."""
    work_on_printing.defer(printing_id=printing_id)


def ring_for_documents() -> None:
    """Ask for a check of documents."""
    ask_for(check_documents)


def install() -> None:
    """Connect outbox, notices, documents, imports, schedules and papers with the queue; called once."""
    intake.work_with(give_import)
    mandates.work_with(give_schedule)
    evaluations.work_with(give_printing)
    wake_with(ring)
    notices.wake_with(ring_for_notices)
    documents.wake_with(ring_for_documents)


def run() -> None:
    """Work until told to stop. A machine that was off first brings its duties and alarms up to date."""
    ask_for(apply_changes_of_organs, timestamp=int(now().timestamp()))
    ask_for(show_subjects_as_of_the_new_day, timestamp=int(now().timestamp()))
    ask_for(look_after_the_register, timestamp=int(now().timestamp()))
    ask_for(refresh_all_duties, timestamp=int(now().timestamp()))
    ask_for(watch_over_the_calendar, timestamp=int(now().timestamp()))
    ask_for(refresh_all_expiry, timestamp=int(now().timestamp()))
    ask_for(refresh_all_products, timestamp=int(now().timestamp()))
    ask_for(keep_rights_in_order, timestamp=int(now().timestamp()))
    ask_for(refresh_duties_about_people, timestamp=int(now().timestamp()))
    ask_for(ring_all_alarms, timestamp=int(now().timestamp()))
    ask_for(sweep_imports, timestamp=int(now().timestamp()))
    ask_for(close_ended_days, timestamp=int(now().timestamp()))
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        asyncio.run(_serve(worker_app))


async def _serve(worker_app: App) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=2, install_signal_handlers=True, delete_jobs=DeleteJobCondition.SUCCESSFUL
        )
