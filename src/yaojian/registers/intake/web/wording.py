"""States, phases and times of imports in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from yaojian.foundation.timekeeping import now
from yaojian.registers.intake.contracts import RowChange
from yaojian.registers.intake.models import Import, Progress
from yaojian.registers.intake.states import ImportState

_S = ImportState
STATE_NAMES: dict[ImportState, Promise] = {
    _S.RECEIVED: pgettext_lazy("import", "Being read"),
    _S.MAPPING: pgettext_lazy("import", "Columns to be chosen"),
    _S.CHECKING: pgettext_lazy("import", "Being checked"),
    _S.CHECKED: pgettext_lazy("import", "To be confirmed"),
    _S.RUNNING: pgettext_lazy("import", "Being entered"),
    _S.DONE: pgettext_lazy("import", "Entered"),
    _S.REFUSED: pgettext_lazy("import", "Refused"),
    _S.CANCELLED: pgettext_lazy("import", "Cancelled"),
    _S.FAILED: pgettext_lazy("import", "Interrupted"),
    _S.UNDOING: pgettext_lazy("import", "Being taken back"),
    _S.UNDONE: pgettext_lazy("import", "Taken back"),
}
MEANINGS = {
    _S.MAPPING: "due_soon",
    _S.CHECKED: "due_soon",
    _S.DONE: "done",
    _S.REFUSED: "overdue",
    _S.FAILED: "overdue",
    _S.CANCELLED: "neutral",
    _S.UNDONE: "neutral",
}
CHANGE_NAMES: dict[RowChange, Promise] = {
    RowChange.NEW: pgettext_lazy("rows", "New"),
    RowChange.CHANGED: pgettext_lazy("rows", "Changed"),
    RowChange.UNCHANGED: pgettext_lazy("rows", "Unchanged"),
    RowChange.BROKEN: pgettext_lazy("rows", "Broken"),
}
PHASES: dict[str, Promise] = {
    "": pgettext_lazy("import", "Waiting for the worker"),
    "opening": pgettext_lazy("import", "Opening the file"),
    "reading": pgettext_lazy("import", "Reading the rows"),
    "entering": pgettext_lazy("import", "Comparing with the register"),
    "undoing": pgettext_lazy("import", "Taking the rows back"),
}


def badge(job: Import) -> tuple[str, Promise]:
    """Which of the five meanings the state has, and its name."""
    state = ImportState(job.state)
    return MEANINGS.get(state, "info"), STATE_NAMES[state]


def progress_in_words(job: Import, progress: Progress) -> dict[str, Any]:
    """How far the worker is: rows done and in all, rows a second, time left."""
    phase = PHASES.get(progress.phase, PHASES[""])
    if progress.phase == "entering" and job.state == ImportState.RUNNING:
        phase = pgettext_lazy("import", "Entering the rows")
    words: dict[str, Any] = {
        "phase": phase,
        "done": progress.done,
        "total": progress.total,
        "stopping": progress.cancel_asked,
    }
    if progress.started_at is not None and progress.done and progress.total:
        rate = progress.done / max((_until(progress) - progress.started_at).total_seconds(), 0.001)
        words["rate"] = round(rate)
        words["left"] = time_left((progress.total - progress.done) / rate)
    return words


def _until(progress: Progress) -> datetime:
    return progress.moved_at or now()


def time_left(seconds: float) -> str:
    """A length of time as one says it."""
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    return ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes) % {"n": minutes}
