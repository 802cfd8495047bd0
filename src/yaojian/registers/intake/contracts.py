"""What a target of imports is: its fields, how a row becomes an entry, and the doors it goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from django.utils.functional import Promise

from yaojian.foundation.accounts.facade import Actor, Permission


class FieldKind(StrEnum):
    """What a cell of a column holds."""

    TEXT = "text"
    CODE = "code"
    DAY = "day"
    LAST_DAY = "last_day"
    CHOICE = "choice"
    CHOICES = "choices"
    LIST = "list"
    ORGAN = "organ"
    PLACE = "place"
    YES_NO = "yes_no"
    WHOLE = "whole"
    DEGREES = "degrees"


@dataclass(frozen=True, slots=True)
class ImportField:
    """A column that a target knows.

    `name` is the attribute of the entry; `choices` gives the names of codes and `aliases` other words for
    them; a `personal` field is never shown, only counted.
    """

    name: str
    label: Promise
    kind: FieldKind = FieldKind.TEXT
    synonyms: tuple[str, ...] = ()
    required: bool = False
    hint: Promise | str = ""
    example: str = ""
    choices: Mapping[Any, Promise] = field(default_factory=dict)
    aliases: Mapping[str, Any] = field(default_factory=dict)
    personal: bool = False
    blank: Any = None


@dataclass(frozen=True, slots=True)
class EntryFault:
    """Why a register refuses an entry: in which field, what is wrong, what to do."""

    field: str
    detail: object
    cure: object = ""


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """What a register says of one entry: new, changed, unchanged or refused."""

    code: str
    change: str
    faults: Sequence[EntryFault] = ()


class Register(Protocol):
    """A register's bulk door: one outcome per entry, in their order, in the caller's transaction.

    With `rehearse` it may leave out what it would write: the caller rolls back.
    """

    def __call__(
        self, entries: Any, *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
    ) -> Sequence[EntryOutcome]: ...


class Undo(Protocol):
    """A register's way back from a batch: one outcome per row; what was changed since stays."""

    def __call__(self, *, by: Actor, batch: UUID) -> Sequence[EntryOutcome]: ...


def _attribute(entry: Any, name: str) -> Any:
    return getattr(entry, name, None)


@dataclass(frozen=True, slots=True)
class Target:
    """A register that tables can be taken into.

    `entry` makes an entry of the values by field, a dataclass `entry_type` (None: not to be kept on disk
    between check and import); `value` gives one back; `key` tells what makes two entries the same,
    `key_field` the field to blame; `above` the key of an entry that must be entered before; `current` the
    present values by field of entries with the given keys, as far as the actor may see them.
    """

    code: str
    name: Promise
    permission: Permission
    view: Permission
    fields: tuple[ImportField, ...]
    entry: Callable[..., Any]
    entry_type: type[Any] | None
    key: Callable[[Any], str]
    register: Register
    undo: Undo
    current: Callable[[Actor, Sequence[str]], Mapping[str, Mapping[str, Any]]]
    above: Callable[[Any], str | None] | None = None
    value: Callable[[Any, str], Any] = _attribute
    key_field: str = "code"

    @property
    def has_personal_data(self) -> bool:
        """Whether a row can hold what must be sealed at rest."""
        return any(one.personal for one in self.fields)

    def field_named(self, name: str) -> ImportField | None:
        """The field with this name."""
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a row: in which field ("" for the row as a whole), what, and the cure."""

    field: str
    detail: str
    cure: str


class RowChange(StrEnum):
    """What became, or would become, of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    BROKEN = "broken"
