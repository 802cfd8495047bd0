"""What the mandates room does on news from other rooms, and on its own."""

from __future__ import annotations

from yaojian.casework.inspections.events import InspectionConcluded
from yaojian.foundation.outbox.facade import subscriber
from yaojian.oversight.mandates.events import MandatesChanged, ScheduleAdopted
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.registers.enterprises.events import SubjectsChanged, SubjectsRegistered


@subscriber(InspectionConcluded, name="plans.refresh_subject")
def refresh_subject(event: InspectionConcluded) -> None:
    """A concluded inspection may meet several duties of its subject at once."""
    refresh_duties([event.subject_id])


@subscriber(SubjectsChanged, name="plans.refresh_changed_subjects")
def refresh_changed_subjects(event: SubjectsChanged) -> None:
    """A subject that closed, moved or was handed over has other duties, and at another organ."""
    refresh_duties(event.subject_ids)


@subscriber(SubjectsRegistered, name="mandates.refresh_registered")
def refresh_registered(event: SubjectsRegistered) -> None:
    """The subjects of an imported table have their duties at once; of one taken back the work ends."""
    refresh_duties(event.subject_ids)


@subscriber(MandatesChanged, name="mandates.refresh_changed")
def refresh_changed_mandates(event: MandatesChanged) -> None:
    """A mandate that was set, ended or drawn for binds others than before."""
    refresh_duties()


@subscriber(ScheduleAdopted, name="mandates.refresh_scheduled")
def refresh_scheduled(event: ScheduleAdopted) -> None:
    """The visits of the next weeks belong on the worklist."""
    refresh_duties()
