"""The worker process: procrastinate's queue in our own PostgreSQL, with the jobs of all rooms."""

from __future__ import annotations

import asyncio

from django.db import close_old_connections
from procrastinate import App, exceptions
from procrastinate.contrib.django import app
from procrastinate.jobs import DeleteJobCondition
from procrastinate.tasks import Task

from yaojian.foundation.accounts.facade import apply_due_changes
from yaojian.foundation.notices import facade as notices
from yaojian.foundation.outbox.facade import deliver_pending, wake_with
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.facade import ring_alarms
from yaojian.oversight.plans.facade import refresh_duties
from yaojian.registers.people.facade import refresh_people_duties

OUTBOX_LOCK = "outbox"


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


@app.periodic(cron="10 18 * * *")
@app.task(name="plans.refresh_duties", queueing_lock="plans.refresh_duties")
def refresh_all_duties(timestamp: int) -> None:
    """Each night (02:10 in Beijing) bring the due work of all mandates up to the new day."""
    refresh_duties()


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


def ask_for(task: Task, **arguments: int) -> None:
    """Put a job in the queue, unless the same one is waiting already: one serves any number of askers."""
    try:
        task.defer(**arguments)
    except exceptions.AlreadyEnqueued:
        return


def ring() -> None:
    """Ask for a delivery of events."""
    ask_for(drain_outbox)


def ring_for_notices() -> None:
    """Ask for a delivery of messages."""
    ask_for(send_notices)


def install() -> None:
    """Connect the outbox and the notices with the queue; called once when the apps are ready."""
    wake_with(ring)
    notices.wake_with(ring_for_notices)


def run() -> None:
    """Work until told to stop. A machine that was off first brings its duties and alarms up to date."""
    ask_for(apply_changes_of_organs, timestamp=int(now().timestamp()))
    ask_for(refresh_all_duties, timestamp=int(now().timestamp()))
    ask_for(refresh_duties_about_people, timestamp=int(now().timestamp()))
    ask_for(ring_all_alarms, timestamp=int(now().timestamp()))
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        asyncio.run(_serve(worker_app))


async def _serve(worker_app: App) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=2, install_signal_handlers=True, delete_jobs=DeleteJobCondition.SUCCESSFUL
        )
