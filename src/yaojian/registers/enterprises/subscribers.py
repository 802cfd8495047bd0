"""What the register does on its own news."""

from __future__ import annotations

from yaojian.foundation.outbox.facade import subscriber
from yaojian.registers.enterprises.duplicates.finding import find_duplicates_of
from yaojian.registers.enterprises.events import SubjectsChanged


@subscriber(SubjectsChanged, name="enterprises.find_duplicates")
def find_duplicates(event: SubjectsChanged) -> None:
    """A subject that was entered or changed may look like another now, or no more."""
    find_duplicates_of(event.subject_ids)
