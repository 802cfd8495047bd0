"""Who follows when a subject becomes part of another: rooms say which of their rows point to subjects.

A row moves by its own column, and moves back by key when the merge is undone. A table whose own rules
forbid the move (a person twice at one subject on one day) stops the whole merge.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from yaojian.foundation.copying import is_any_of
from yaojian.foundation.ledger.facade import SUBJECT_KIND
from yaojian.registers.enterprises.actions.storing import KEY


@dataclass(frozen=True, slots=True)
class Follower:
    """Rows of a table that point to a subject: "licences.Licence", "subject_id", and what they are called."""

    table: str
    column: str
    name: str | Promise

    @property
    def code(self) -> str:
        """How a merge remembers what it moved."""
        return f"{self.table}.{self.column}"

    def move(self, ended: int, kept: int) -> list[int]:
        """Let rows point to the kept subject; their keys."""
        rows = self._rows().filter(**{self.column: ended}).order_by("pk")
        keys = list(rows.select_for_update().values_list("pk", flat=True))
        self._rows().filter(is_any_of("pk", keys, KEY)).update(**{self.column: kept})
        return keys

    def move_back(self, keys: Iterable[int], ended: int, kept: int) -> None:
        """Let just these rows point to the subject that was ended again, where they still can."""
        self._rows().filter(is_any_of("pk", list(keys), KEY), **{self.column: kept}).update(
            **{self.column: ended}
        )

    def _rows(self) -> models.QuerySet[models.Model]:
        return apps.get_model(self.table)._default_manager.all()


@dataclass(frozen=True, slots=True)
class DutyFollower(Follower):
    """Work items: of two open items about one duty only one follows, the other ends at night."""

    def move(self, ended: int, kept: int) -> list[int]:
        """Let items point to the kept subject, except those whose duty is open there already; their keys."""
        same = {name: models.OuterRef(name) for name in ("kind", "origin_kind", "origin_key")}
        doubled = self._rows().filter(**{self.column: kept}, closed_at=None, **same)
        rows = (
            self._rows()
            .filter(**{self.column: ended})
            .exclude(models.Q(closed_at=None) & models.Q(models.Exists(doubled)))
        )
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        self._rows().filter(is_any_of("pk", keys, KEY)).update(**{self.column: kept})
        return keys


@dataclass(frozen=True, slots=True)
class DocumentFollower(Follower):
    """Documents of the subject's own file, except those of which the kept file holds the same bytes."""

    def move(self, ended: int, kept: int) -> list[int]:
        """Let documents belong to the file of the kept subject; their keys."""
        same = {name: models.OuterRef(name) for name in ("part", "sha256")}
        doubled = self._rows().filter(**{self.column: kept}, **same)
        rows = self._rows().filter(**{self.column: ended}).exclude(models.Exists(doubled))
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        self._rows().filter(is_any_of("pk", keys, KEY)).update(**{self.column: kept})
        return keys

    def _rows(self) -> models.QuerySet[models.Model]:
        return apps.get_model(self.table)._default_manager.filter(file_kind=SUBJECT_KIND)


_followers: dict[str, Follower] = {}


def follow_merges(follower: Follower) -> None:
    """Let the rows of a table follow; entering it twice enters it once."""
    _followers[follower.code] = follower


def followers() -> list[Follower]:
    """All that follow, in the order of their codes."""
    return [_followers[code] for code in sorted(_followers)]
