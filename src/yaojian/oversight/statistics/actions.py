"""Writes to statements: permission, state, change, act, work, in one transaction each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Organ, Permission, check_may
from yaojian.foundation.documents.facade import add_document
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.statistics import work_kinds
from yaojian.oversight.statistics.contracts import FILE_KIND
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.oversight.statistics.permissions import check_user_can_confirm, check_user_can_enter
from yaojian.oversight.statistics.plausible import implausible, related
from yaojian.oversight.statistics.queries import evidence_counts, statistic_visible_to
from yaojian.oversight.statistics.rules import Content, Fault, faults_of
from yaojian.oversight.statistics.states import STATISTIC_STATES, StatisticState

STANDING = (StatisticState.SUBMITTED.value, StatisticState.CONFIRMED.value)
"""A statement in one of these states leaves no room for a second one of the same period."""


def file_ref(statistic: Statistic) -> Ref:
    """The pointer to a statement's file."""
    return Ref(FILE_KIND, statistic.pk)


def facts_of(statistic: Statistic) -> dict[str, Any]:
    """What an act says of a statement; amounts as text."""
    value = statistic.grade or f"{statistic.amount:f}"
    return {
        "datum": statistic.datum,
        "organ": statistic.organ.code,
        "period": f"{statistic.first_on:%Y-%m-%d}/{statistic.last_on:%Y-%m-%d}",
        "breakdown": statistic.dims_key,
        "value": value,
        "measured_in": statistic.measure.unit,
        "sample_size": statistic.sample_size,
    }


def _check(content: Content) -> None:
    _refuse(faults_of(content, today()))


def _refuse(faults: Sequence[Fault]) -> None:
    """Raise InvalidInput with every fault of a statement, by field."""
    if faults:
        first = faults[0]
        raise InvalidInput(
            first.detail,
            field=first.field,
            cure=first.cure,
            errors={fault.field: f"{fault.detail} {fault.cure}" for fault in faults},
        )


def _refuse_second(statistic: Statistic) -> None:
    """Raise Conflict when another statement of the same stands for a period that overlaps."""
    other = (
        Statistic.objects.filter(
            datum=statistic.datum,
            organ_id=statistic.organ_id,
            dims_key=statistic.dims_key,
            first_on__lte=statistic.last_on,
            last_on__gte=statistic.first_on,
            state__in=STANDING,
        )
        .exclude(pk__in=[pk for pk in (statistic.pk, statistic.replaces_id) if pk])
        .first()
    )
    if other is None:
        return
    words = {"first": other.first_on, "last": other.last_on, "state": other.get_state_display()}
    raise Conflict(
        _("There is a statement of the same for %(first)s to %(last)s already (%(state)s).") % words,
        field="first_on",
        cure=_("Correct that one, or state a period that does not overlap with it."),
    )


def _refuse_implausible(statistic: Statistic) -> None:
    """Raise InvalidInput when a part exceeds its whole, both stated for the same period."""
    beside = Statistic.objects.filter(
        datum__in=related([statistic.datum]),
        organ_id=statistic.organ_id,
        first_on=statistic.first_on,
        last_on=statistic.last_on,
        state__in=STANDING,
    ).exclude(pk__in=[pk for pk in (statistic.pk, statistic.replaces_id) if pk])
    _refuse(implausible(statistic, statistic.note, beside))


def _fill(statistic: Statistic, content: Content) -> None:
    for name in ("datum", "first_on", "last_on", "amount", "grade", "sample_size", "method", "note"):
        setattr(statistic, name, getattr(content, name))
    statistic.dims = dict(content.dims)
    statistic.dims_key = dims_key(content.dims)


def _advance(statistic: Statistic, verb: str) -> None:
    state = StatisticState(statistic.state)
    if not STATISTIC_STATES.permits(state, verb):
        raise Conflict(
            _("The statement has moved on in the meantime, so this step is no longer possible."),
            cure=_("The page shows where it stands now."),
        )
    statistic.state = STATISTIC_STATES.next(state, verb).value


def _attach(by: Actor, statistic: Statistic, evidence: Sequence[UploadedFile]) -> list[str]:
    return [add_document(by=by, file=file_ref(statistic), upload=upload).sha256 for upload in evidence]


@transaction.atomic
def enter_statistic(
    *,
    by: Actor,
    organ: Organ,
    content: Content,
    evidence: Sequence[UploadedFile] = (),
    submit: bool = False,
) -> Statistic:
    """Enter a statement for an organ as a draft, and hand it in if asked.

    Raises NotAllowed, InvalidInput (outside unit, bounds or period, an unknown dimension), Conflict (one of
    the same stands for an overlapping period).
    """
    check_user_can_enter(by, organ)
    _check(content)
    statistic = Statistic(organ=organ, entered_in_id=by.organ_id, entered_by_id=by.user_id, entered_at=now())
    _sign(by, statistic)
    _fill(statistic, content)
    _refuse_second(statistic)
    _refuse_implausible(statistic)
    statistic.save()
    hashes = _attach(by, statistic, evidence)
    record_act(
        by=by,
        kind="statistic.entered",
        file=file_ref(statistic),
        evidence=hashes,
        facts=facts_of(statistic),
    )
    if submit:
        _submit(by, statistic)
    return statistic


@transaction.atomic
def change_statistic(
    *, by: Actor, pk: int, content: Content, evidence: Sequence[UploadedFile] = (), submit: bool = False
) -> Statistic:
    """Change a draft or a returned statement; a correction keeps datum, period and dimensions.

    Raises NotFound, NotAllowed, InvalidInput, Conflict.
    """
    statistic = statistic_visible_to(by, pk, for_update=True)
    check_user_can_enter(by, statistic.organ)
    _check(content)
    _advance(statistic, "change")
    if statistic.replaces_id:
        _refuse_other_matter(statistic, content)
    _fill(statistic, content)
    _refuse_second(statistic)
    _refuse_implausible(statistic)
    _sign(by, statistic)
    statistic.save()
    hashes = _attach(by, statistic, evidence)
    record_act(
        by=by, kind="statistic.changed", file=file_ref(statistic), evidence=hashes, facts=facts_of(statistic)
    )
    if submit:
        _submit(by, statistic)
    return statistic


@transaction.atomic
def submit_statistic(*, by: Actor, pk: int) -> Statistic:
    """Hand in a statement for confirmation. Raises NotFound, NotAllowed, InvalidInput, Conflict."""
    statistic = statistic_visible_to(by, pk, for_update=True)
    check_user_can_enter(by, statistic.organ)
    _refuse_second(statistic)
    _refuse_implausible(statistic)
    _submit(by, statistic)
    return statistic


def _sign(by: Actor, statistic: Statistic) -> None:
    """Note that somebody had a hand in a statement, so that they never confirm it."""
    if by.user_id not in statistic.authors:
        statistic.authors = [*statistic.authors, by.user_id]


def _submit(by: Actor, statistic: Statistic) -> None:
    _advance(statistic, "submit")
    if not evidence_counts([statistic.pk]):
        raise InvalidInput(
            _("A statement is handed in with its evidence."),
            field="evidence",
            cure=_(
                "Attach the report, table or letter that the number is taken from, or keep it as a draft."
            ),
        )
    _sign(by, statistic)
    statistic.submitted_by_id, statistic.submitted_at = by.user_id, now()
    statistic.save()
    record_act(by=by, kind="statistic.submitted", file=file_ref(statistic), facts=facts_of(statistic))
    work_kinds.mended(statistic)
    work_kinds.ask_to_confirm(statistic.entered_in_id)


@transaction.atomic
def confirm_statistic(*, by: Actor, pk: int) -> Statistic:
    """Confirm a statement in which one had no hand; a correction takes the place of what it corrects.

    Raises NotFound, NotAllowed (also for one's own), InvalidInput, Conflict.
    """
    statistic = statistic_visible_to(by, pk, for_update=True)
    check_user_can_confirm(by, statistic)
    _advance(statistic, "confirm")
    _refuse_implausible(statistic)
    if statistic.replaces_id:
        replaced = Statistic.objects.select_for_update().select_related("organ").get(pk=statistic.replaces_id)
        _advance(replaced, "replace")
        replaced.save()
        record_act(by=by, kind="statistic.replaced", file=file_ref(replaced), facts=facts_of(replaced))
    statistic.confirmed_by_id, statistic.confirmed_at = by.user_id, now()
    try:
        with transaction.atomic():
            statistic.save()
    except IntegrityError as error:
        if "statistic_one_per_period" not in str(error):
            raise
        _refuse_second(statistic)
    record_act(by=by, kind="statistic.confirmed", file=file_ref(statistic), facts=facts_of(statistic))
    work_kinds.confirmation_settled(statistic.entered_in_id)
    return statistic


def confirm_statistics(*, by: Actor, pks: Collection[int]) -> tuple[int, list[tuple[int, DomainError]]]:
    """Confirm several statements, each by itself: how many were, and which were not and why."""
    check_may(by, Permission.STATISTIC_CONFIRM)
    refused = []
    for pk in pks:
        try:
            confirm_statistic(by=by, pk=pk)
        except DomainError as error:
            refused.append((pk, error))
    return len(pks) - len(refused), refused


def _reason(reason: str, detail: Any, cure: Any) -> str:
    if not reason.strip():
        raise InvalidInput(detail, field="reason", cure=cure)
    return reason.strip()[:300]


@transaction.atomic
def return_statistic(*, by: Actor, pk: int, reason: str) -> Statistic:
    """Send a statement back with the reason. Raises NotFound, NotAllowed, InvalidInput, Conflict."""
    statistic = statistic_visible_to(by, pk, for_update=True)
    check_user_can_confirm(by, statistic)
    _advance(statistic, "return")
    statistic.reason = _reason(reason, _("Say why it is returned."), _("Name what is wrong or missing."))
    statistic.save()
    record_act(by=by, kind="statistic.returned", file=file_ref(statistic), facts={"reason": statistic.reason})
    work_kinds.ask_to_mend(statistic)
    work_kinds.confirmation_settled(statistic.entered_in_id)
    return statistic


@transaction.atomic
def withdraw_statistic(*, by: Actor, pk: int, reason: str) -> Statistic:
    """Take back a statement that is not confirmed. Raises NotFound, NotAllowed, InvalidInput, Conflict."""
    statistic = statistic_visible_to(by, pk, for_update=True)
    check_user_can_enter(by, statistic.organ)
    _advance(statistic, "withdraw")
    statistic.reason = _reason(reason, _("Say why it is withdrawn."), _("One sentence is enough."))
    statistic.save()
    record_act(
        by=by, kind="statistic.withdrawn", file=file_ref(statistic), facts={"reason": statistic.reason}
    )
    work_kinds.mended(statistic)
    work_kinds.confirmation_settled(statistic.entered_in_id)
    return statistic


@transaction.atomic
def correct_statistic(
    *,
    by: Actor,
    pk: int,
    content: Content,
    reason: str,
    evidence: Sequence[UploadedFile] = (),
    submit: bool = True,
) -> Statistic:
    """Enter what is to replace a confirmed statement; that one counts until this one is confirmed.

    Raises NotFound, NotAllowed, InvalidInput (another datum or period; no reason; nothing different),
    Conflict (not confirmed, or a correction is under way).
    """
    wrong = statistic_visible_to(by, pk, for_update=True)
    check_user_can_enter(by, wrong.organ)
    _check(content)
    _refuse_uncorrectable(wrong)
    statistic = Statistic(
        organ=wrong.organ,
        entered_in_id=by.organ_id,
        entered_by_id=by.user_id,
        entered_at=now(),
        replaces=wrong,
        reason=_reason(reason, _("Say why it is corrected."), _("Name the error and its source.")),
    )
    _sign(by, statistic)
    _fill(statistic, content)
    _refuse_other_matter(statistic, content)
    _refuse_same(wrong, content)
    _refuse_implausible(statistic)
    statistic.save()
    hashes = _attach(by, statistic, evidence)
    record_act(
        by=by,
        kind="statistic.correction_entered",
        file=file_ref(statistic),
        evidence=hashes,
        facts={**facts_of(statistic), "reason": statistic.reason, "replaces": wrong.pk},
    )
    if submit:
        _submit(by, statistic)
    return statistic


def _refuse_uncorrectable(wrong: Statistic) -> None:
    if wrong.state != StatisticState.CONFIRMED.value:
        raise Conflict(
            _("Only a confirmed statement is corrected."), cure=_("Change or withdraw it instead.")
        )
    under_way = wrong.corrections.exclude(state=StatisticState.WITHDRAWN.value).first()
    if under_way is not None:
        raise Conflict(
            _("A correction of this statement is under way."),
            cure=_("Change that one, or withdraw it first."),
        )


def _refuse_same(wrong: Statistic, content: Content) -> None:
    said = (wrong.amount, wrong.grade, wrong.sample_size, wrong.method.strip())
    if (content.amount, content.grade, content.sample_size, content.method.strip()) == said:
        raise InvalidInput(
            _("The correction says the same as before."), field="amount", cure=_("Enter what is right.")
        )


def _refuse_other_matter(statistic: Statistic, content: Content) -> None:
    wrong = statistic.replaces
    if wrong is not None and (
        content.datum,
        content.first_on,
        content.last_on,
        dims_key(content.dims),
    ) != (wrong.datum, wrong.first_on, wrong.last_on, wrong.dims_key):
        raise InvalidInput(
            _("A correction speaks of the same datum, period and breakdown."),
            field="datum",
            cure=_("Enter another statement for something else."),
        )
