"""Targets that were adjusted after the plan was issued: the room that decides them answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from yaojian.oversight.plans.models import Figure

Provider = Callable[[Sequence[str]], Mapping[str, list[dict[str, Any]]]]
_providers: list[Provider] = []


def answer_adjustments(provider: Provider) -> None:
    """Register who knows the approved adjustments, by figure key."""
    if provider not in _providers:
        _providers.append(provider)


def show_adjustments(keys: Sequence[str]) -> None:
    """Put the approved adjustments of figures beside the targets of the pack; repeating it changes nothing.

    The pack stays the source of what the plan says: its targets are kept as they are, an adjusted one names
    its adjustment and the day from which it holds.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for provider in _providers:
        found.update(provider(keys))
    changed = []
    for figure in Figure.objects.filter(key__in=list(found)):
        own = [target for target in figure.targets if "adjustment" not in target]
        wanted = own + found[figure.key]
        if wanted != figure.targets:
            figure.targets = wanted
            changed.append(figure)
    Figure.objects.bulk_update(changed, ["targets"])
