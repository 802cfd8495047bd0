"""What kinds of work there are; each room enters its own when it starts."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.functional import Promise

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.worklist.alarms import AlarmPlan

if TYPE_CHECKING:
    from yaojian.foundation.worklist.models import WorkItem


@dataclass(frozen=True, slots=True)
class ItemKind:
    """A kind of work: its name, its verb on the button, the page where it is done, and who may do it.

    `alarms` says when it is reminded of and escalated.
    """

    code: str
    name: Promise
    verb: Promise
    url: Callable[[WorkItem], str]
    permission: Permission
    alarms: AlarmPlan = field(default_factory=AlarmPlan)


_kinds: dict[str, ItemKind] = {}


def register_kind(kind: ItemKind) -> None:
    """Make a kind of work known. Raises ValueError when the code is taken by another."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"work item kind {kind.code} is registered twice")
    _kinds[kind.code] = kind


def item_kind(code: str) -> ItemKind:
    """The kind with a code. Raises KeyError."""
    return _kinds[code]


def item_kinds() -> list[ItemKind]:
    """All kinds of work, in order of registration."""
    return list(_kinds.values())


def kind_names(codes: Collection[str]) -> dict[str, str]:
    """The names of kinds in the reader's language; unknown codes are left out."""
    return {code: str(_kinds[code].name) for code in codes if code in _kinds}
