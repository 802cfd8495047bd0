"""The states of a subject and of a pair of subjects that look alike. Pure."""

from enum import StrEnum

from yaojian.foundation.workflow.states import StateTable, Transition


class Standing(StrEnum):
    """Whether a subject is there on a day."""

    OPEN = "open"
    CLOSED = "closed"


class Business(StrEnum):
    """Whether an open subject produces or trades on a day."""

    RUNNING = "running"
    STOPPED = "stopped"


class PairState(StrEnum):
    """What was decided about two subjects that look like one."""

    OPEN = "open"
    APART = "apart"
    MERGED = "merged"


SUBJECT_STATES = StateTable(
    "subject",
    Standing.OPEN,
    [
        Transition("close", (Standing.OPEN,), Standing.CLOSED),
        Transition("reopen", (Standing.CLOSED,), Standing.OPEN),
    ],
)
BUSINESS_STATES = StateTable(
    "business of an open subject",
    Business.RUNNING,
    [
        Transition("stop", (Business.RUNNING,), Business.STOPPED),
        Transition("resume", (Business.STOPPED,), Business.RUNNING),
    ],
)
PAIR_STATES = StateTable(
    "pair that looks alike",
    PairState.OPEN,
    [
        Transition("keep_apart", (PairState.OPEN,), PairState.APART),
        Transition("merge", (PairState.OPEN, PairState.APART), PairState.MERGED),
        Transition("undo", (PairState.MERGED,), PairState.APART),
    ],
)


def verbs_open(*, closed: bool, running: bool) -> tuple[str, ...]:
    """What can be done with a subject as it stands on a day: nothing stops or resumes where all is closed."""
    if closed:
        return SUBJECT_STATES.verbs(Standing.CLOSED)
    business = Business.RUNNING if running else Business.STOPPED
    return (*SUBJECT_STATES.verbs(Standing.OPEN), *BUSINESS_STATES.verbs(business))
