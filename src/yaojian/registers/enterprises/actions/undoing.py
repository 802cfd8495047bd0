"""Takes a whole registration back: what was before holds again, exactly, where nothing was changed since."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import CASCADE, ForeignObjectRel, Min, Model
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.copying import is_any_of
from yaojian.foundation.errors import NotFound
from yaojian.foundation.ledger.facade import SUBJECT_KIND, Act, record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.registers.enterprises.actions.storing import (
    AT_ONCE,
    ENTERPRISES,
    KEY,
    SUBJECTS,
    Register,
    histories_of,
    show,
)
from yaojian.registers.enterprises.contracts import Change, Fault, Outcome
from yaojian.registers.enterprises.events import SubjectsRegistered
from yaojian.registers.enterprises.models import Subject
from yaojian.registers.enterprises.permissions import check_user_can_register

ENTERING = "subjects.registered"
"""An act about a subject that says no more than that it was entered."""


@transaction.atomic
def undo_registration(*, by: Actor, batch: UUID) -> list[Outcome]:
    """Take back what a batch registered; one outcome a subject, in the order of codes.

    CHANGED: it is again what it was before; NEW: the batch had entered it, and it is gone (no key);
    REFUSED: it was changed since, or something rests on it, and it stays. Raises NotAllowed, and NotFound
    when the actor's organ answers for nothing of such a batch.
    """
    check_user_can_register(by)
    rows = {
        row.pk: row
        for row in Subject.objects.select_for_update(of=("self",))
        .filter(is_any_of("pk", _touched(SUBJECTS, batch), KEY))
        .select_related("responsible_organ")
    }
    mine = {key for key, row in rows.items() if (row.responsible_organ.path or "").startswith(by.organ_path)}
    if not mine:
        raise NotFound(_("There is no such registration in your area."), field="batch")
    acts = _acts_of(SUBJECTS, batch) | _acts_of(ENTERPRISES, batch)
    faults = {key: _not_yours() for key in rows.keys() - mine}
    faults |= {key: _changed_since() for key in _touched_later(SUBJECTS, batch, mine)}
    new = _without_history(SUBJECTS, batch, rows.keys() - faults.keys())
    faults |= {key: _rests_on_it() for key in _needed(new, rows.keys() - faults.keys())}
    undone = rows.keys() - faults.keys()
    gone = new & undone
    for model, name in _relations(follows=True):
        rows_of_gone = model._default_manager.filter(is_any_of(name, gone, KEY))
        rows_of_gone._raw_delete(rows_of_gone.db)
    _restore(SUBJECTS, batch, acts, undone, gone)
    _undo_enterprises(batch, acts)
    if undone:
        publish(SubjectsRegistered(sorted(undone)))
        record_act(
            by=by,
            kind="subjects.registration_undone",
            facts={
                "count": len(undone),
                "removed": len(gone),
                "refused": len(faults),
                "batch": str(batch),
            },
        )
    ordered = sorted(rows.values(), key=lambda row: row.code)
    return [_outcome(row, faults.get(row.pk), row.pk in gone) for row in ordered]


def _outcome(row: Subject, fault: Fault | None, gone: bool) -> Outcome:
    if fault is not None:
        return Outcome(row.code, Change.REFUSED, row.pk, (fault,))
    return Outcome(row.code, Change.NEW if gone else Change.CHANGED, None if gone else row.pk)


def _touched(register: Register, batch: UUID) -> set[int]:
    versions = register.version._default_manager.filter(batch=batch).order_by()
    return set(versions.values_list(register.key, flat=True))


def _acts_of(register: Register, batch: UUID) -> set[UUID]:
    versions = register.version._default_manager.filter(batch=batch).order_by()
    return set(versions.values_list("recorded_by", flat=True).distinct())


def _touched_later(register: Register, batch: UUID, keys: Collection[int]) -> set[int]:
    """Those of `keys` that another act changed after the batch."""
    first = register.version._default_manager.filter(batch=batch).aggregate(first=Min("id"))["first"]
    versions = register.version._default_manager.filter(is_any_of(register.key, keys, KEY)).order_by()
    replaced = versions.filter(batch=batch, replaced_by__isnull=False)
    replaced = replaced.exclude(replaced_by__in=_acts_of(register, batch))
    added = versions.filter(pk__gt=first).exclude(batch=batch)
    return {
        *replaced.values_list(register.key, flat=True),
        *added.values_list(register.key, flat=True),
    }


def _without_history(register: Register, batch: UUID, keys: Collection[int]) -> set[int]:
    """Those of `keys` of which nothing is left without the batch: it entered them."""
    older = register.version._default_manager.filter(is_any_of(register.key, keys, KEY)).exclude(batch=batch)
    return set(keys) - set(older.order_by().values_list(register.key, flat=True))


def _needed(new: Collection[int], undone: Collection[int]) -> set[int]:
    """Those of `new` on which something rests that the undoing leaves: files, acts, other subjects."""
    acted_upon = Act.objects.filter(is_any_of("subject_id", new, KEY), subject_kind=SUBJECT_KIND).exclude(
        kind=ENTERING
    )
    needed: set[int] = set()
    needed |= {key for key in acted_upon.order_by().values_list("subject_id", flat=True) if key}
    for model, name in _relations(follows=False):
        rows = model._default_manager.filter(is_any_of(name, new, KEY))
        if model is Subject:
            rows = rows.exclude(is_any_of("pk", undone, KEY))
        elif model is SUBJECTS.version:
            rows = rows.exclude(is_any_of("subject_id", undone, KEY))
        needed |= set(rows.order_by().values_list(name, flat=True))
    above = dict(
        Subject.objects.filter(is_any_of("pk", new, KEY), is_any_of("parent_id", new, KEY)).values_list(
            "pk", "parent_id"
        )
    )
    frontier = set(needed)
    while frontier := {above[key] for key in frontier if key in above} - needed:
        needed |= frontier
    return needed


def _relations(*, follows: bool) -> Iterator[tuple[type[Model], str]]:
    """Models and columns that point to subjects: what is reckoned and goes with them, or the rest."""
    for relation in Subject._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (relation.on_delete is CASCADE) == follows:
            yield relation.related_model, relation.field.attname


def _restore(
    register: Register, batch: UUID, acts: Collection[UUID], keys: Collection[int], gone: Collection[int]
) -> None:
    """Remove what the batch recorded of rows, let hold again what it replaced, remove what it entered."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        versions = register.version._default_manager.filter(is_any_of(register.key, some, KEY))
        versions.filter(batch=batch)._raw_delete(versions.db)
        versions.filter(replaced_by__in=acts).update(replaced_by=None)
        kept = [key for key in some if key not in gone]
        show(
            register,
            {key: [span for _version, span in held] for key, held in histories_of(register, kept).items()},
        )
    if gone:
        rows = register.row._default_manager.filter(is_any_of("pk", gone, KEY))
        rows._raw_delete(rows.db)


def _undo_enterprises(batch: UUID, acts: Collection[UUID]) -> None:
    """Legal entities that the batch entered or renamed go with it, unless something needs them."""
    touched = _touched(ENTERPRISES, batch)
    if not touched:
        return
    undone = touched - _touched_later(ENTERPRISES, batch, touched)
    new = _without_history(ENTERPRISES, batch, undone)
    used: set[int | None] = set()
    for model in (Subject, SUBJECTS.version):
        rows = model._default_manager.filter(is_any_of("enterprise_id", new, KEY)).order_by()
        used |= set(rows.values_list("enterprise_id", flat=True))
    _restore(ENTERPRISES, batch, acts, undone - used, new - used)


def _not_yours() -> Fault:
    return Fault(
        "responsible_organ", _("Another organ answers for it now."), _("Ask that organ to correct it.")
    )


def _changed_since() -> Fault:
    return Fault(
        "code", _("It was changed after this registration."), _("Correct it on its own page, if need be.")
    )


def _rests_on_it() -> Fault:
    return Fault(
        "code",
        _("Files, acts or other subjects already rest on it."),
        _("Close it on its own page instead."),
    )
