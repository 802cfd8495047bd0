"""News of the room. A moved due day is told at once to the room of the file, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from yaojian.foundation.ledger.contracts import Ref


@dataclass(frozen=True, slots=True)
class DueDayMoved:
    """The due day of a clock of a file is another one than before; None while it is not known."""

    file: Ref
    rule: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """A rule or the calendar changed, by a person for an organ: the due days of open clocks follow."""

    user_id: int
    organ_id: int


@dataclass(frozen=True, slots=True)
class ClockFile:
    """A kind of file that clocks run for: its name, its page, who is told that a due day moved."""

    kind: str
    name: Promise
    url: Callable[[int], str]
    due_day_moved: Callable[[DueDayMoved], None] | None = None


_files: dict[str, ClockFile] = {}
_listeners: list[Callable[[DueDayMoved], None]] = []


def listen(listener: Callable[[DueDayMoved], None]) -> None:
    """Tell a room above of every due day that moves, whose file it may be; safe to repeat."""
    if listener not in _listeners:
        _listeners.append(listener)


def register_file(file: ClockFile) -> None:
    """Make a kind of file known. Raises ValueError when the kind is taken by another."""
    if _files.get(file.kind, file) != file:
        raise ValueError(f"files of kind {file.kind} are registered twice")
    _files[file.kind] = file


def file_kind(kind: str) -> ClockFile | None:
    """A registered kind of file, or None."""
    return _files.get(kind)


def announce(news: DueDayMoved) -> None:
    """Tell those who listen, then the room of the file."""
    for listener in _listeners:
        listener(news)
    file = _files.get(news.file.kind)
    if file is not None and file.due_day_moved is not None:
        file.due_day_moved(news)
