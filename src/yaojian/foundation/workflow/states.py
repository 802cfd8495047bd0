"""State tables: which verb leads from which state to which. Pure; each draws its own diagram."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[State]):
    """`verb` leads from any of `sources` to `target`."""

    verb: str
    sources: tuple[State, ...]
    target: State


class StateTable(Generic[State]):
    """A closed table of transitions over one enumeration of states."""

    def __init__(self, name: str, initial: State, transitions: Iterable[Transition[State]]) -> None:
        self.name = name
        self.initial = initial
        self.transitions = tuple(transitions)
        self._next: dict[tuple[State, str], State] = {}
        for transition in self.transitions:
            for source in transition.sources:
                if (source, transition.verb) in self._next:
                    raise ValueError(f"{name}: {transition.verb} leaves {source} twice")
                self._next[source, transition.verb] = transition.target

    def permits(self, state: State, verb: str) -> bool:
        """Whether `verb` leads anywhere from `state`."""
        return (state, verb) in self._next

    def next(self, state: State, verb: str) -> State:
        """The state that `verb` leads to. Raises KeyError when the table does not permit it."""
        try:
            return self._next[state, verb]
        except KeyError:
            raise KeyError(f"{self.name}: {verb!r} is not permitted in state {state.value!r}") from None

    def verbs(self, state: State) -> tuple[str, ...]:
        """The verbs permitted in `state`, in the table's order."""
        return tuple(t.verb for t in self.transitions if state in t.sources)

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        lines += [
            f"    {source.value} --> {transition.target.value}: {transition.verb}"
            for transition in self.transitions
            for source in transition.sources
        ]
        targets = {t.target for t in self.transitions}
        sources = {s for t in self.transitions for s in t.sources}
        lines += [f"    {state.value} --> [*]" for state in sorted(targets - sources)]
        return "\n".join(lines)
