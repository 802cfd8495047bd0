"""State tables: what they permit, what they refuse, and how they are drawn."""

from __future__ import annotations

from enum import StrEnum

import pytest

from yaojian.foundation.workflow.states import StateTable, Transition


class Door(StrEnum):
    SHUT = "shut"
    AJAR = "ajar"
    WALLED_UP = "walled_up"


TABLE = StateTable(
    "door",
    Door.SHUT,
    [
        Transition("open", (Door.SHUT,), Door.AJAR),
        Transition("shut", (Door.AJAR,), Door.SHUT),
        Transition("wall_up", (Door.SHUT, Door.AJAR), Door.WALLED_UP),
    ],
)


def test_a_verb_leads_where_the_table_says() -> None:
    assert TABLE.next(Door.SHUT, "open") is Door.AJAR
    assert TABLE.next(Door.AJAR, "wall_up") is Door.WALLED_UP
    assert TABLE.permits(Door.AJAR, "shut")
    assert not TABLE.permits(Door.SHUT, "shut")
    assert TABLE.verbs(Door.SHUT) == ("open", "wall_up")
    assert TABLE.verbs(Door.WALLED_UP) == ()


def test_what_the_table_does_not_permit_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"door: 'open' is not permitted in state 'walled_up'"):
        TABLE.next(Door.WALLED_UP, "open")


def test_a_verb_cannot_leave_a_state_twice() -> None:
    with pytest.raises(ValueError, match="open leaves shut twice"):
        StateTable(
            "door",
            Door.SHUT,
            [
                Transition("open", (Door.SHUT,), Door.AJAR),
                Transition("open", (Door.SHUT,), Door.WALLED_UP),
            ],
        )


def test_the_table_draws_itself() -> None:
    assert TABLE.mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> shut",
        "    shut --> ajar: open",
        "    ajar --> shut: shut",
        "    shut --> walled_up: wall_up",
        "    ajar --> walled_up: wall_up",
        "    walled_up --> [*]",
    ]
