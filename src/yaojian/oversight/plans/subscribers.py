"""What the plans room does on news from other rooms."""

from __future__ import annotations

from yaojian.casework.inspections.events import InspectionConcluded
from yaojian.foundation.outbox.facade import subscriber
from yaojian.oversight.plans.mandates import refresh_duties
from yaojian.registers.enterprises.events import SubjectsChanged


@subscriber(InspectionConcluded, name="plans.refresh_subject")
def refresh_subject(event: InspectionConcluded) -> None:
    """A concluded inspection may meet several duties of its subject at once."""
    refresh_duties([event.subject_id])


@subscriber(SubjectsChanged, name="plans.refresh_changed_subjects")
def refresh_changed_subjects(event: SubjectsChanged) -> None:
    """A subject that closed, moved or was handed over has other duties, and at another organ."""
    refresh_duties(event.subject_ids)
