"""What the plans room does on news from other rooms."""

from __future__ import annotations

from yaojian.casework.inspections.events import InspectionConcluded
from yaojian.foundation.outbox.facade import subscriber
from yaojian.oversight.plans.mandates import refresh_duties


@subscriber(InspectionConcluded, name="plans.refresh_subject")
def refresh_subject(event: InspectionConcluded) -> None:
    """A concluded inspection may meet several duties of its subject at once."""
    refresh_duties([event.subject_id])
