"""Whose documents somebody may see: each room says so for its own kind of file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import Ref


@dataclass(frozen=True, slots=True)
class FileKind:
    """How a room lets people at the documents of its files.

    `check_may_see(actor, file_id)` raises NotFound out of scope; `may_add` answers; `url` is the file's page.
    """

    kind: str
    check_may_see: Callable[[Actor, int], object]
    may_add: Callable[[Actor, int], bool]
    url: Callable[[int], str]


_kinds: dict[str, FileKind] = {}


def register_file_kind(kind: FileKind) -> None:
    """Make a kind of file known. Raises ValueError when the name is taken by another."""
    if _kinds.get(kind.kind, kind) != kind:
        raise ValueError(f"file kind {kind.kind} is registered twice")
    _kinds[kind.kind] = kind


def visible_file(actor: Actor, file: Ref) -> FileKind:
    """The kind of a file whose documents the actor may see. Raises NotAllowed or NotFound."""
    check_may(actor, Permission.DOCUMENT_VIEW)
    kind = _kinds.get(file.kind)
    if kind is None:
        raise NotFound(_("There is no such document in your area."))
    kind.check_may_see(actor, file.id)
    return kind


def may_add_to(actor: Actor, file: Ref) -> bool:
    """Whether the actor may add documents to a file they may see."""
    kind = _kinds.get(file.kind)
    return kind is not None and actor.may(Permission.DOCUMENT_ADD) and kind.may_add(actor, file.id)
