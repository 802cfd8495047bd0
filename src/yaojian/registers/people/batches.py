"""What an import changed, row by row, and how the whole of it is taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.copying import copy_rows
from yaojian.foundation.errors import Conflict, NotFound
from yaojian.foundation.ledger.facade import record_act
from yaojian.registers.people.actions import refresh_search_text
from yaojian.registers.people.models import ROLE_FIELDS, ROLE_MODELS, BatchChange, Person, PersonRole
from yaojian.registers.people.queries import people_visible_to

Rows = Iterable[models.Model]
_MODELS: tuple[type[models.Model], ...] = (Person, *ROLE_MODELS.values())
TABLES: dict[str, type[models.Model]] = {model._meta.model_name or "": model for model in _MODELS}
PERSON_COLUMNS = (
    "name",
    "pinyin",
    "sex",
    "identity_index",
    "phone_index",
    "identity_sealed",
    "phone_sealed",
)


def _columns(row: models.Model) -> tuple[str, ...]:
    return (
        (*ROLE_FIELDS[row.kind], "valid_from", "valid_to") if isinstance(row, PersonRole) else PERSON_COLUMNS
    )


def _as_json(values: dict[str, Any]) -> Any:
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))


def _present(row: models.Model) -> Any:
    return _as_json({name: getattr(row, name) for name in _columns(row)})


class Changes:
    """Collects what a batch does to rows; without a batch nothing is kept."""

    def __init__(self, batch: UUID | None) -> None:
        self.batch = batch
        self._before: dict[tuple[str, int], Any] = {}
        self._people: list[BatchChange] = []
        self._roles: list[BatchChange] = []

    def before(self, row: models.Model, columns: Sequence[str]) -> None:
        """Keep a row's columns as they are, before the first change to each."""
        kept = self._before.setdefault((_table(row), row.pk), {})
        for name, value in _as_json({name: getattr(row, name) for name in columns}).items():
            kept.setdefault(name, value)

    def created(self, rows: Rows, *, first: bool = False) -> None:
        """Note new rows; people stand `first`, so that undoing, backwards, comes to them last."""
        self._note(self._people if first else self._roles, ((row, None) for row in rows))

    def changed(self, rows: Rows) -> None:
        """Note rows whose columns were kept by `before`."""
        self._note(self._roles, ((row, self._before[_table(row), row.pk]) for row in rows))

    def _note(self, notes: list[BatchChange], rows: Iterable[tuple[models.Model, Any]]) -> None:
        if self.batch is None:
            return
        notes.extend(
            BatchChange(
                batch=self.batch, table=_table(row), row_id=row.pk, before=before, after=_present(row)
            )
            for row, before in rows
        )

    def write(self) -> None:
        """Write what was noted since the last time."""
        copy_rows(
            BatchChange,
            ("batch", "table", "row_id", "before", "after"),
            (
                (note.batch, note.table, note.row_id, note.before and Jsonb(note.before), Jsonb(note.after))
                for note in (*self._people, *self._roles)
            ),
        )
        self._people, self._roles, self._before = [], [], {}


def _table(row: models.Model) -> str:
    return row._meta.model_name or ""


@transaction.atomic
def undo_people(*, by: Actor, batch: UUID) -> int:
    """Take back everything that an import did to people and roles; returns how many rows.

    Raises NotAllowed, NotFound (no such batch of the actor's scope), Conflict when a row was changed since or
    something else has come to depend on it; nothing is undone then.
    """
    check_may(by, Permission.REGISTER_IMPORT)
    check_may(by, Permission.PERSON_EDIT)
    changes = list(BatchChange.objects.select_for_update().filter(batch=batch).order_by("-pk"))
    people = {change.row_id for change in changes if change.table == "person"}
    in_scope = people_visible_to(by).filter(pk__in=people).count()
    if not changes or in_scope != Person.objects.filter(pk__in=people).count():
        raise NotFound(_("There is no such import in your area."), cure=_("Look at the list of imports."))
    touched: set[int] = set()
    for table in {change.table: None for change in changes}:
        mine = [change for change in changes if change.table == table]
        if table != "person":
            touched |= _take_back(table, mine)
    touched |= people
    _take_back("person", [change for change in changes if change.table == "person"])
    BatchChange.objects.filter(batch=batch).delete()
    refresh_search_text(Person.objects.filter(pk__in=touched).values_list("pk", flat=True))
    record_act(by=by, kind="people.registration_undone", facts={"count": len(changes), "batch": str(batch)})
    return len(changes)


def _take_back(table: str, changes: Sequence[BatchChange]) -> set[int]:
    """Delete or restore the rows of one table; returns the people concerned."""
    model = TABLES[table]
    rows: dict[int, Any] = model._default_manager.select_for_update().in_bulk([c.row_id for c in changes])
    created: list[int] = []
    restored: list[Any] = []
    concerned: set[int] = set()
    for change in changes:
        row = rows.get(change.row_id)
        if row is None or _present(row) != change.after:
            raise Conflict(
                _("Something of this import was changed since, so it cannot be undone as a whole."),
                cure=_("Correct the entries one by one, or import the corrected table."),
            )
        concerned.add(row.pk if isinstance(row, Person) else row.person_id)
        if change.before is None:
            created.append(row.pk)
            continue
        for name, value in change.before.items():
            setattr(row, name, value)
        restored.append(row)
    if restored:
        model._default_manager.bulk_update(restored, _columns(restored[0]), batch_size=500)
    try:
        model._default_manager.filter(pk__in=created).delete()
    except models.ProtectedError:
        raise Conflict(
            _("People of this import have other roles by now, so it cannot be undone as a whole."),
            cure=_("End the roles of the import one by one."),
        ) from None
    return concerned
