"""What other rooms have to say of a figure: panels on its page, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from yaojian.foundation.accounts.facade import Actor
from yaojian.oversight.plans.models import Figure


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of a figure's page: a template of the room that answers, and its context."""

    template: str
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Owner:
    """Who was given a figure: in words, with the page of the task, and how it stands."""

    label: str
    url: str
    meaning: str
    status: str


PanelOf = Callable[[Actor, Figure, date], Panel | None]
OwnersOf = Callable[[Actor, Sequence[str], date], Mapping[str, Sequence[Owner]]]
_panels: list[PanelOf] = []
_owners: list[OwnersOf] = []


def stand_beside(panel: PanelOf, owners: OwnersOf) -> None:
    """Register a room that speaks of figures: its panel, and by figure key the owners it knows."""
    if panel not in _panels:
        _panels.append(panel)
        _owners.append(owners)


def panels_of(actor: Actor, figure: Figure, as_of: date) -> list[Panel]:
    """The panels of other rooms for a figure, as far as the actor may see them."""
    return [panel for ask in _panels if (panel := ask(actor, figure, as_of)) is not None]


def owners_of(actor: Actor, keys: Sequence[str], as_of: date) -> dict[str, list[Owner]]:
    """By figure key, who was given it, as far as the actor may see."""
    found: dict[str, list[Owner]] = {}
    for ask in _owners:
        for key, owners in ask(actor, keys, as_of).items():
            found.setdefault(key, []).extend(owners)
    return found
