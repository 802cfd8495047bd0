"""What other rooms hand to the journal and get back from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer to a row of another room: its kind ("enterprises.subject") and its key."""

    kind: str
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


SUBJECT_KIND = "enterprises.subject"


def subject_ref(subject_id: int) -> Ref:
    """The pointer to a subject of supervision (监管对象)."""
    return Ref(SUBJECT_KIND, subject_id)
