"""Changes of one subject, each in force from a day and recorded as an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import record_act, subject_ref
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.reference.facade import division_names
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.actions.editing import PLACE_FIELDS, columns_of_changes
from yaojian.registers.enterprises.actions.registering import register_subjects, with_opening
from yaojian.registers.enterprises.actions.storing import (
    ENTERPRISES,
    SUBJECTS,
    Mark,
    Register,
    histories_of,
    rewrite,
    show,
    spans_of,
)
from yaojian.registers.enterprises.contracts import Outcome, SubjectEntry
from yaojian.registers.enterprises.events import SubjectsChanged
from yaojian.registers.enterprises.models import CURRENT, EnterpriseVersion, Subject, SubjectVersion
from yaojian.registers.enterprises.permissions import answers_for
from yaojian.registers.enterprises.queries import subject_visible_to
from yaojian.registers.enterprises.states import verbs_open
from yaojian.registers.enterprises.versions import Span, changed_from, span_on

FARTHEST = timedelta(days=5 * 366)
"""How far ahead a change may be announced."""
TOLD_AS = {"enterprise_id": "legal_entity", "parent_id": "superior"}
"""How the journal names columns that point to other rows."""
SHORTEST_REASON = 4
LONGEST_REASON = 500

REFUSALS = {
    "close": _("The subject is closed on that day already."),
    "reopen": _("The subject is open on that day."),
    "stop": _("It has stopped already on that day."),
    "resume": _("It is in operation on that day."),
}
"""Why a verb leads nowhere from the state of the day."""

Rewriting = Callable[[Sequence[Span]], Sequence[Span]]


def editable_for_form(by: Actor, subject_id: int, permission: Permission) -> Subject:
    """The subject, for a form that asks what to change. Raises as `editable_subject`, but locks nothing."""
    check_may(by, permission)
    subject = subject_visible_to(by, subject_id)
    if not answers_for(by, subject):
        raise NotAllowed(
            _("%(organ)s is responsible for this subject.") % {"organ": subject.responsible_organ},
            cure=_("Ask that organ to make the change."),
        )
    return subject


def editable_subject(by: Actor, subject_id: int, permission: Permission = Permission.SUBJECT_EDIT) -> Subject:
    """The subject, locked, if the actor may change it.

    Raises NotFound when the actor may not even see it, NotAllowed when another organ answers for it.
    """
    seen = editable_for_form(by, subject_id, permission)
    return Subject.objects.select_for_update(of=("self",)).select_related("responsible_organ").get(pk=seen.pk)


@transaction.atomic
def enter_subject(*, by: Actor, entry: SubjectEntry) -> Outcome:
    """Enter one subject in force from today; what became of the entry. Raises NotAllowed."""
    (outcome,) = register_subjects([entry], by=by, effective_on=today())
    if outcome.subject_id is not None:
        publish(SubjectsChanged([outcome.subject_id]))
    return outcome


@transaction.atomic
def edit_subject(
    *, by: Actor, subject_id: int, changes: Mapping[str, Any], effective_on: date, reason: str = ""
) -> bool:
    """Change what the register says of a subject from a day; whether anything was another.

    `changes` names fields of `EDITABLE`; None or "" empties one. Another opening day corrects the whole
    history. Raises NotFound, NotAllowed, InvalidInput (with an error for each wrong field).
    """
    subject = editable_subject(by, subject_id)
    history = history_of(subject)
    check_day(history, effective_on, reason)
    return _edit(by, subject, history, changes, "subject.changed", effective_on, reason)


@transaction.atomic
def move_subject(
    *, by: Actor, subject_id: int, place: Mapping[str, Any], effective_on: date, reason: str
) -> bool:
    """Note that a subject has moved: division, address and coordinates from a day; whether it had not.

    The organ responsible stays until the subject is handed over. Raises InvalidInput for an unknown place.
    """
    subject = editable_subject(by, subject_id)
    history = history_of(subject)
    check_day(history, effective_on, reason, needs_reason=True)
    code = str(place.get("division_code", ""))
    if not division_names([code]):
        raise InvalidInput(
            _("There is no place with this code."),
            field="division_code",
            cure=_("Enter the code of the township or county."),
        )
    wanted = {name: place.get(name) for name in PLACE_FIELDS}
    return _edit(by, subject, history, wanted, "subject.moved", effective_on, reason)


def _edit(
    by: Actor,
    subject: Subject,
    history: Sequence[Span],
    changes: Mapping[str, Any],
    kind: str,
    effective_on: date,
    reason: str,
) -> bool:
    state = span_on(history, effective_on).values
    mark = Mark.of(uuid4())
    wanted = columns_of_changes(subject, changes, state, mark)
    differing = {name: value for name, value in wanted.items() if state[name] != value}
    if not differing:
        return False
    columns = sorted(TOLD_AS.get(name, name) for name in differing if name != "pinyin")
    opened = differing.pop("opened_on", None)

    def rewriting(spans: Sequence[Span]) -> Sequence[Span]:
        corrected = with_opening(spans, opened) if opened else spans
        return changed_from(corrected, max(effective_on, corrected[0].valid_from), differing)

    apply_history(by, subject, rewriting, kind, mark, effective_on, reason, {"changed": columns})
    return True


@transaction.atomic
def close_subject(*, by: Actor, subject_id: int, on: date, reason: str) -> None:
    """Close a subject from a day (关闭、注销). Raises Conflict when it is closed on that day already."""
    subject = editable_subject(by, subject_id)
    history = history_of(subject)
    check_day(history, on, reason, field="on", needs_reason=True)
    _check_verb("close", history, on)
    set_columns(by, subject, on, {"closed_on": on}, "subject.closed", reason)


@transaction.atomic
def reopen_subject(*, by: Actor, subject_id: int, on: date, reason: str) -> None:
    """Open a closed subject again from a day. Raises Conflict when it is open on that day."""
    subject = editable_subject(by, subject_id)
    history = history_of(subject)
    check_day(history, on, reason, field="on", needs_reason=True)
    _check_verb("reopen", history, on)
    set_columns(by, subject, on, {"closed_on": None}, "subject.reopened", reason)


@transaction.atomic
def set_production(*, by: Actor, subject_id: int, running: bool, on: date, reason: str) -> None:
    """Note that production or business stops (停产停业) or is resumed from a day. Raises Conflict."""
    subject = editable_subject(by, subject_id)
    history = history_of(subject)
    check_day(history, on, reason, field="on", needs_reason=True)
    _check_verb("resume" if running else "stop", history, on)
    kind = "subject.production_resumed" if running else "subject.production_stopped"
    set_columns(by, subject, on, {"in_production": running}, kind, reason)


def _check_verb(verb: str, history: Sequence[Span], on: date) -> None:
    """Raises Conflict unless the verb leads somewhere from how the subject stands on the day."""
    state = span_on(history, on).values
    closed = state["closed_on"] is not None
    if verb not in verbs_open(closed=closed, running=state["in_production"]):
        raise Conflict(REFUSALS["close" if closed else verb], field="on")


@transaction.atomic
def transfer_subject(*, by: Actor, subject_id: int, organ_code: str, on: date, reason: str) -> None:
    """Hand the responsibility for a subject to another organ from a day; where it lies stays.

    Raises InvalidInput when there is no such organ to hand it to.
    """
    subject = editable_subject(by, subject_id)
    history = history_of(subject)
    check_day(history, on, reason, field="on", needs_reason=True)
    organ = organs_to_transfer_to(by).filter(code=organ_code).first()
    if organ is None:
        raise InvalidInput(
            _("The subject cannot be handed to this organ."),
            field="organ",
            cure=_("Choose one of the organs of the list."),
        )
    if span_on(history, on).values["responsible_organ_id"] == organ.pk:
        raise Conflict(_("This organ is responsible on that day already."), field="organ")
    facts = {"from_organ": subject.responsible_organ.code, "to_organ": organ.code}
    set_columns(by, subject, on, {"responsible_organ_id": organ.pk}, "subject.transferred", reason, facts)


def organs_to_transfer_to(by: Actor) -> QuerySet[Organ]:
    """The organs that the actor may hand a subject to: all of the same top organ."""
    top = by.organ_path.split(".", 1)[0]
    return Organ.objects.filter(path__startswith=f"{top}.").order_by("path")


@transaction.atomic
def withdraw_change(*, by: Actor, subject_id: int, act: UUID, reason: str) -> None:
    """Take the last change of a subject back, or one announced for later: what was before holds again.

    Raises NotFound when no change of the subject has this act, RuleBroken when it was changed again since.
    """
    subject = editable_subject(by, subject_id)
    check_reason(reason)
    versions = SubjectVersion.objects.filter(subject=subject)
    written = versions.filter(recorded_by=act)
    if not written.exists() or not versions.filter(replaced_by=act).exists():
        raise NotFound(_("There is no such change of this subject."))
    if written.filter(replaced_by__isnull=False).exists():
        raise RuleBroken(
            _("The subject was changed again after this."), cure=_("Take back the later change first.")
        )
    withdrawal = record_act(
        by=by,
        kind="subject.change_withdrawn",
        subject=subject_ref(subject.pk),
        facts={"reason": reason, "withdrawn": str(act)},
    )
    written.update(replaced_by=withdrawal.uid)
    versions.filter(replaced_by=act).update(replaced_by=None)
    show(SUBJECTS, {subject.pk: history_of(subject)})
    publish(SubjectsChanged([subject.pk]))


@transaction.atomic
def show_subjects_of_today() -> int:
    """Let rows repeat the version whose day has come, legal entities too; how many. Run each night."""
    due = SubjectVersion.objects.filter(CURRENT, in_force_q(today())).exclude(
        valid_from=F("subject__in_force_from")
    )
    announced = EnterpriseVersion.objects.filter(CURRENT, in_force_q(today())).filter(
        recorded_at__date__lt=F("valid_from")
    )
    return _show(SUBJECTS, due) + _show(ENTERPRISES, announced)


def _show(register: Register, versions: QuerySet[Any]) -> int:
    keys = list(versions.order_by().values_list(register.key, flat=True))
    show(register, {key: spans_of(held) for key, held in histories_of(register, keys).items()})
    return len(keys)


def history_of(subject: Subject) -> list[Span]:
    """What held of a subject from when until when, as the register has it now."""
    return spans_of(histories_of(SUBJECTS, [subject.pk])[subject.pk])


def set_columns(
    by: Actor,
    subject: Subject,
    day: date,
    changes: Mapping[str, Any],
    kind: str,
    reason: str,
    facts: Mapping[str, Any] | None = None,
) -> UUID:
    """Set some columns from a day; the uid of the act. Callers check who may, and whether it makes sense."""

    def rewriting(spans: Sequence[Span]) -> Sequence[Span]:
        return changed_from(spans, day, changes)

    mark = Mark.of(uuid4())
    apply_history(by, subject, rewriting, kind, mark, day, reason, facts or {})
    return mark.act


def record(by: Actor, subject: Subject, kind: str, facts: Mapping[str, Any]) -> UUID:
    """Record an act about a subject that changes no version of it; its uid."""
    return record_act(by=by, kind=kind, subject=subject_ref(subject.pk), facts=facts).uid


def apply_history(
    by: Actor,
    subject: Subject,
    rewriting: Rewriting,
    kind: str,
    mark: Mark,
    day: date,
    reason: str,
    facts: Mapping[str, Any],
) -> None:
    """Rewrite the history and record the act that does it."""
    held = histories_of(SUBJECTS, [subject.pk])
    rewrite(SUBJECTS, mark, held, {subject.pk: list(rewriting(spans_of(held[subject.pk])))})
    publish(SubjectsChanged([subject.pk]))
    record_act(
        by=by,
        kind=kind,
        uid=mark.act,
        subject=subject_ref(subject.pk),
        facts={**facts, "effective_on": day, "reason": reason.strip()},
    )


def check_day(
    history: Sequence[Span],
    day: date,
    reason: str,
    *,
    field: str = "effective_on",
    needs_reason: bool = False,
) -> None:
    """Raises InvalidInput for a day before the opening or too far ahead, and for a missing reason."""
    if day < history[0].valid_from:
        raise InvalidInput(
            _("The day from which this shall hold lies before the opening day."),
            field=field,
            cure=_("Choose a later day, or correct the opening day first."),
        )
    if day > today() + FARTHEST:
        raise InvalidInput(
            _("The day lies more than five years ahead."), field=field, cure=_("Choose an earlier day.")
        )
    if needs_reason or day < today():
        check_reason(reason)


def check_reason(reason: str, field: str = "reason") -> None:
    """Raises InvalidInput unless a reason of some words is given, of no more than a paragraph."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidInput(
            _("A reason is needed."),
            field=field,
            cure=_("Write in a few words what happened and where it is documented."),
        )
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise InvalidInput(
            _("The reason is longer than %(n)s characters, or holds characters that cannot be printed.")
            % {"n": LONGEST_REASON},
            field=field,
            cure=_("Shorten it, or type it anew."),
        )
