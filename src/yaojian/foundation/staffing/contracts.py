"""What crosses the door: things a person holds that somebody must take over, and decisions about rights."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise

from yaojian.foundation.accounts.contracts import Actor


class Decision(StrEnum):
    """What a review of rights says about a posting."""

    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Burden:
    """One thing that a person is responsible for: open work, a file they lead."""

    kind: str
    key: int
    title: str
    url: str
    due_on: date | None = None

    @property
    def handle(self) -> str:
        """Its name in a form."""
        return f"{self.kind}-{self.key}"


@dataclass(frozen=True, slots=True)
class BurdenKind:
    """How a room finds what a person holds, and hands some of it to somebody else.

    `hand_over(by, keys, from_user, to_user, reason)` runs inside the caller's transaction and raises a
    DomainError when the heir may not take it; the caller has checked that `by` manages both people.
    """

    code: str
    name: Promise
    held_by: Callable[[int], list[Burden]]
    hand_over: Callable[[Actor, Collection[int], int, int, str], int]
