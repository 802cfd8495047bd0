"""Merging two subjects that are one, undoing it, and remembering that two are two."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import record_act, subject_ref
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.enterprises.actions.changing import check_reason, editable_subject
from yaojian.registers.enterprises.actions.storing import (
    SUBJECTS,
    Mark,
    histories_of,
    rewrite,
    show,
    spans_of,
)
from yaojian.registers.enterprises.duplicate_models import APART, MERGED, OPEN
from yaojian.registers.enterprises.duplicates.finding import find_duplicates_of
from yaojian.registers.enterprises.events import SubjectsChanged
from yaojian.registers.enterprises.licence_numbers import licence_numbers_of, note_licence_numbers
from yaojian.registers.enterprises.merging_port import followers
from yaojian.registers.enterprises.models import CURRENT, DuplicatePair, Merge, Subject, SubjectVersion
from yaojian.registers.enterprises.objections import merge_objections
from yaojian.registers.enterprises.queries import subjects_visible_to
from yaojian.registers.enterprises.states import PAIR_STATES, PairState
from yaojian.registers.enterprises.versions import Span, changed_from, span_on

TAKEN = (
    "name",
    "enterprise_id",
    "parent_id",
    "division_code",
    "address",
    "licence_no",
    "business_scope",
    "flags",
    "in_production",
    "risk_grade",
)
"""Columns whose value may be taken from the subject that ends; the name takes its initials along."""


@transaction.atomic
def merge_subjects(*, by: Actor, kept_id: int, ended_id: int, taken: Collection[str], reason: str) -> Merge:
    """Let one subject become part of another: what points to it follows, its acts stay where they are.

    `taken` names the columns of `TAKEN` ("position" for both coordinates) whose values the kept subject takes
    over from today. Raises NotFound, NotAllowed, InvalidInput, and RuleBroken where a room objects.
    """
    if kept_id == ended_id:
        raise InvalidInput(
            _("A subject cannot be merged with itself."), field="kept", cure=_("Choose two subjects.")
        )
    check_reason(reason)
    locked = {key: editable_subject(by, key, Permission.SUBJECT_MERGE) for key in sorted((kept_id, ended_id))}
    kept, ended = locked[kept_id], locked[ended_id]
    _check_merge(kept, ended)
    mark = Mark.of(uuid4())
    columns = _columns(taken)
    stores = _adopt(mark, kept, ended)
    moved = _move(kept, ended)
    _take_over(mark, kept, ended, columns)
    ended.merged_into = kept
    ended.save(update_fields=["merged_into"])
    SubjectVersion.objects.filter(CURRENT, subject=ended).update(replaced_by=mark.act)
    Subject.objects.filter(merged_into=ended).update(merged_into=kept)
    publish(SubjectsChanged([kept.pk, *stores]))
    record_act(
        by=by,
        kind="subjects.merged",
        uid=mark.act,
        subject=subject_ref(kept.pk),
        facts={
            "kept_code": kept.code,
            "ended_code": ended.code,
            "moved": sum(len(keys) for keys in moved.values()) + len(stores),
            "reason": reason.strip(),
        },
    )
    _settle_pairs(by, kept, ended, reason)
    return Merge.objects.create(
        kept=kept,
        ended=ended,
        act=mark.act,
        reason=reason.strip(),
        moved={**moved, "stores": stores},
        merged_at=mark.at,
        merged_by=by.display_name,
    )


def _check_merge(kept: Subject, ended: Subject) -> None:
    """Raises RuleBroken where the two cannot be one."""
    if kept.subject_type != ended.subject_type:
        raise RuleBroken(
            _("The two are of different types, so they are two subjects."),
            cure=_("Correct the type first if it is wrong."),
        )
    if kept.parent_id == ended.pk or ended.parent_id == kept.pk:
        raise RuleBroken(_("One of the two belongs to the other, so they are two subjects."))
    if objections := merge_objections(kept.pk, ended.pk):
        raise RuleBroken(" ".join(str(objection) for objection in objections), code="merge_refused")


def _columns(taken: Collection[str]) -> list[str]:
    unknown = set(taken) - {*TAKEN, "position"}
    if unknown:
        raise InvalidInput(f"These values cannot be taken over: {', '.join(sorted(unknown))}.", field="taken")
    columns = [name for name in TAKEN if name in taken]
    if "name" in taken:
        columns.append("pinyin")
    return [*columns, "latitude", "longitude"] if "position" in taken else columns


def _take_over(mark: Mark, kept: Subject, ended: Subject, columns: Collection[str]) -> None:
    """Let the kept subject have values of the other from today; its number, where licences give it one."""
    held = histories_of(SUBJECTS, [kept.pk, ended.pk])
    history, other = spans_of(held[kept.pk]), spans_of(held[ended.pk])
    values = span_on(other, today()).values
    changes = {name: values[name] for name in columns}
    # The licences of both are the kept subject's by now. A number of its own version is undone with it.
    if number := licence_numbers_of([kept]):
        changes["licence_no"] = number[kept.pk]
    changed = changed_from(history, max(today(), history[0].valid_from), changes)
    rewrite(SUBJECTS, mark, {kept.pk: held[kept.pk]}, {kept.pk: changed})


def _adopt(mark: Mark, kept: Subject, ended: Subject) -> list[int]:
    """Let what belongs to the ended subject belong to the kept one, through all of its history; the keys."""
    keys = list(
        SubjectVersion.objects.filter(CURRENT, parent=ended)
        .exclude(subject__in=[kept, ended])
        .order_by("subject_id")
        .values_list("subject_id", flat=True)
        .distinct()
    )
    held = histories_of(SUBJECTS, keys)

    def adopted(span: Span) -> Span:
        if span.values["parent_id"] != ended.pk:
            return span
        return Span(span.valid_from, span.valid_to, {**span.values, "parent_id": kept.pk})

    rewrite(SUBJECTS, mark, held, {key: [adopted(s) for s in spans_of(held[key])] for key in keys})
    return keys


def _move(kept: Subject, ended: Subject) -> dict[str, list[int]]:
    """Let the rows of other rooms follow. Raises RuleBroken where their rules forbid it."""
    moved: dict[str, list[int]] = {}
    for follower in followers():
        try:
            with transaction.atomic():
                keys = follower.move(ended.pk, kept.pk)
        except IntegrityError:
            raise RuleBroken(
                _("“%(name)s” holds an entry at each of the two that cannot stand twice at one.")
                % {"name": follower.name},
                cure=_("End one of the two entries first."),
            ) from None
        if keys:
            moved[follower.code] = keys
    return moved


def _settle_pairs(by: Actor, kept: Subject, ended: Subject, reason: str) -> None:
    """The pair is decided; other pairs of the ended subject are looked for anew at the kept one."""
    first, second = sorted((kept.pk, ended.pk))
    DuplicatePair.objects.update_or_create(
        first_id=first,
        second_id=second,
        defaults={
            "state": MERGED,
            "decided_at": now(),
            "decided_by": by.display_name,
            "note": reason.strip(),
        },
        create_defaults={
            "state": MERGED,
            "decided_at": now(),
            "decided_by": by.display_name,
            "note": reason.strip(),
            "score": 0,
            "reasons": [],
            "found_on": today(),
        },
    )
    DuplicatePair.objects.filter(Q(first=ended) | Q(second=ended), state=OPEN).delete()
    find_duplicates_of([kept.pk])


@transaction.atomic
def undo_merge(*, by: Actor, merge_id: int, reason: str) -> None:
    """Let the two subjects be two again, exactly as they were.

    Raises NotFound, and RuleBroken when one of them, or what it took along, was changed since.
    """
    check_reason(reason)
    merge = Merge.objects.select_for_update().filter(pk=merge_id, undone_at=None).first()
    if merge is None:
        raise NotFound(_("There is no such merge."))
    kept = editable_subject(by, merge.kept_id, Permission.SUBJECT_MERGE)
    ended = Subject.objects.select_for_update().get(pk=merge.ended_id)
    stores: list[int] = merge.moved.get("stores", [])
    _check_unchanged(merge, [kept.pk, *stores])
    undoing = record_act(
        by=by,
        kind="subjects.merge_undone",
        subject=subject_ref(kept.pk),
        facts={"kept_code": kept.code, "ended_code": ended.code, "reason": reason.strip()},
    )
    ended.merged_into = None
    ended.save(update_fields=["merged_into"])
    earlier = Merge.objects.filter(kept=ended, undone_at=None).values("ended_id")
    Subject.objects.filter(pk__in=earlier).update(merged_into=ended)
    _restore(merge.act, undoing.uid)
    for follower in followers():
        follower.move_back(merge.moved.get(follower.code, []), ended.pk, kept.pk)
    keys = [kept.pk, ended.pk, *stores]
    show(SUBJECTS, {key: spans_of(held) for key, held in histories_of(SUBJECTS, keys).items()})
    # What holds again was written before the merge: licences may have begun or ended since.
    note_licence_numbers(licence_numbers_of([kept, ended]))
    publish(SubjectsChanged(keys))
    merge.undone_at, merge.undone_by = now(), by.display_name
    merge.save(update_fields=["undone_at", "undone_by"])
    first, second = sorted((kept.pk, ended.pk))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=APART, decided_at=now(), decided_by=by.display_name, note=reason.strip()
    )


def _check_unchanged(merge: Merge, keys: Collection[int]) -> None:
    later = SubjectVersion.objects.filter(subject_id__in=keys, recorded_at__gt=merge.merged_at).exclude(
        recorded_by=merge.act
    )
    replaced = SubjectVersion.objects.filter(recorded_by=merge.act, replaced_by__isnull=False)
    merged_later = Merge.objects.filter(kept_id=merge.kept_id, pk__gt=merge.pk, undone_at=None)
    if later.exists() or replaced.exists() or merged_later.exists():
        raise RuleBroken(
            _("The subject was changed after the merge, so that what was before cannot simply be restored."),
            cure=_("Take back the later changes first, the last one first."),
        )


def _restore(merged: UUID, undone: UUID) -> None:
    """What the merge wrote holds no more; what it replaced holds again."""
    SubjectVersion.objects.filter(recorded_by=merged).update(replaced_by=undone)
    SubjectVersion.objects.filter(replaced_by=merged).update(replaced_by=None)


@transaction.atomic
def keep_apart(*, by: Actor, pair_id: int, note: str) -> None:
    """Remember that the two subjects of a pair are two. Raises NotFound, NotAllowed, Conflict."""
    check_reason(note, field="note")
    pair = DuplicatePair.objects.select_for_update().filter(pk=pair_id).first()
    visible = subjects_visible_to(by)
    both = [pair.first_id, pair.second_id] if pair else []
    if pair is None or visible.filter(pk__in=both).count() < 2:
        raise NotFound(_("There is no such pair in your area."))
    for key in both:
        editable_subject(by, key, Permission.SUBJECT_MERGE)
    if not PAIR_STATES.permits(PairState(pair.state), "keep_apart"):
        raise Conflict(_("Somebody has decided about this pair already."))
    first, second = pair.first, pair.second
    record_act(
        by=by,
        kind="subjects.kept_apart",
        subject=subject_ref(first.pk),
        facts={"kept_code": first.code, "ended_code": second.code, "reason": note.strip()},
    )
    pair.state = PAIR_STATES.next(PairState(pair.state), "keep_apart").value
    pair.note = note.strip()
    pair.decided_at, pair.decided_by = now(), by.display_name
    pair.save()
