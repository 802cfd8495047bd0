"""Adjustments of targets: proposed by one person, decided by another; the pack stays the source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.documents.facade import add_document
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.timekeeping import now
from yaojian.oversight.evaluations import work_kinds
from yaojian.oversight.evaluations.contracts import ADJUSTMENT_KIND
from yaojian.oversight.evaluations.models import Adjustment
from yaojian.oversight.evaluations.permissions import check_within
from yaojian.oversight.evaluations.queries import adjustment_visible_to, lock_organ
from yaojian.oversight.evaluations.states import ADJUSTMENT_STATES, AdjustmentState
from yaojian.oversight.mandates.events import MandatesChanged
from yaojian.oversight.plans.definitions import DefinitionError, Target
from yaojian.oversight.plans.facade import (
    Figure,
    figure_by_key,
    in_readers_words,
    show_adjustments,
    target_for,
)

LARGEST = 10**12
"""No plan asks for more of anything."""


def file_ref(adjustment: Adjustment) -> Ref:
    """The pointer to an adjustment's file."""
    return Ref(ADJUSTMENT_KIND, adjustment.pk)


def _adjusted(figure: Figure, year: int, value: float | str) -> tuple[Target | None, Target]:
    before = target_for(figure, year)
    op = before.op if before is not None and before.op not in ("between", "done") else ">="
    try:
        after = Target.from_dict({"year": year, "op": op, "value": value}, unit=figure.unit)
        _check_bounds(figure, value)
    except DefinitionError as error:
        raise InvalidInput(
            _("The target does not fit the figure: %(problem)s.")
            % {"problem": in_readers_words(error.problem)},
            field="value",
            cure=_("Enter a number in the unit of the figure, or a grade."),
        ) from None
    return before, after


def _check_bounds(figure: Figure, value: float | str) -> None:
    """A share lies between 0 and 100; only growth may be below 0."""
    if isinstance(value, str):
        return
    grows = (figure.formula or {}).get("shape") == "growth"
    most = 100 if figure.unit == "percent" and not grows else LARGEST
    if not (-LARGEST if grows else 0) <= value <= most:
        raise InvalidInput(
            _("The target lies outside what the figure can come to."),
            field="value",
            cure=_("Enter a share from 0 to 100, or a number that is not below 0."),
        )


def _check_proposal(figure: Figure, year: int, effective_on: date, reason: str) -> None:
    if figure.unit == "milestone":
        raise InvalidInput(
            _("A milestone has no value to adjust."), field="value", cure=_("Move the days of its task.")
        )
    if not figure.row.plan.start_year <= year <= figure.row.plan.end_year:
        raise InvalidInput(
            _("The year lies outside the plan."),
            field="year",
            cure=_("Choose a year from %(first)s to %(last)s.")
            % {"first": figure.row.plan.start_year, "last": figure.row.plan.end_year},
        )
    if not 2000 <= effective_on.year <= 2100:
        raise InvalidInput(
            _("The day lies outside this century."),
            field="effective_on",
            cure=_("Enter a day of the plan."),
        )
    if not reason.strip():
        raise InvalidInput(
            _("Give the reason for the adjustment."), field="reason", cure=_("Name what has changed.")
        )


def _refuse_second(figure_key: str, year: int) -> None:
    waiting = Adjustment.objects.filter(
        figure_key=figure_key, year=year, state=AdjustmentState.PROPOSED.value
    )
    if waiting.exists():
        raise Conflict(
            _("An adjustment of this target waits for a decision."),
            field="year",
            cure=_("Withdraw that one first."),
        )


@transaction.atomic
def propose_adjustment(
    *,
    by: Actor,
    figure_key: str,
    year: int,
    value: float | str,
    effective_on: date,
    reason: str,
    papers: Sequence[UploadedFile] = (),
) -> Adjustment:
    """Propose another target for a figure and a year of its plan.

    Raises NotFound, NotAllowed (a plan of another organ), InvalidInput, Conflict (one waits already).
    """
    check_may(by, Permission.EVALUATION_PREPARE)
    figure = figure_by_key(figure_key)
    plan = figure.row.plan
    check_within(by, plan.organ)
    _check_proposal(figure, year, effective_on, reason)
    before, after = _adjusted(figure, year, value)
    if before is not None and before.year == year and before.to_dict() == after.to_dict():
        raise InvalidInput(_("That is the target already."), field="value", cure=_("Enter another value."))
    lock_organ(plan.organ_id)
    _refuse_second(figure_key, year)
    adjustment = Adjustment.objects.create(
        figure_key=figure_key,
        plan_code=plan.code,
        year=year,
        before=before.to_dict() if before else None,
        after=after.to_dict(),
        effective_on=effective_on,
        reason=reason.strip()[:2000],
        proposed_in_id=by.organ_id,
        proposed_by_id=by.user_id,
        proposed_at=now(),
    )
    hashes = [add_document(by=by, file=file_ref(adjustment), upload=upload).sha256 for upload in papers]
    record_act(
        by=by,
        kind="adjustment.proposed",
        file=file_ref(adjustment),
        evidence=hashes,
        facts={**_facts(adjustment), "reason": adjustment.reason},
    )
    work_kinds.adjustment_proposed(adjustment)
    return adjustment


def _facts(adjustment: Adjustment) -> dict[str, Any]:
    return {
        "figure": adjustment.figure_key,
        "plan": adjustment.plan_code,
        "year": adjustment.year,
        "target_before": _text(adjustment.before),
        "target_after": _text(adjustment.after),
        "effective_on": adjustment.effective_on,
    }


def _text(target: Mapping[str, Any] | None) -> str:
    """A target as an act keeps it."""
    if not target:
        return ""
    value = target.get("value", f"{target.get('low')}–{target.get('high')}")
    return f"{target.get('op', '')} {value} ({target.get('year') or target.get('every')})"


@transaction.atomic
def decide_adjustment(*, by: Actor, pk: int, approve: bool, note: str = "") -> Adjustment:
    """Approve or reject a proposal of somebody else; an approved target holds from its day on.

    Raises NotFound, NotAllowed (also for one's own), Conflict, InvalidInput (rejected without a reason).
    """
    check_may(by, Permission.EVALUATION_DECIDE)
    adjustment = adjustment_visible_to(by, pk, for_update=True)
    check_within(by, adjustment.proposed_in)
    if adjustment.proposed_by_id == by.user_id:
        raise NotAllowed(
            _("Who proposed an adjustment does not decide it."), cure=_("Ask a second person who decides.")
        )
    _advance(adjustment, "approve" if approve else "reject")
    if not approve and not note.strip():
        raise InvalidInput(_("Say why it is rejected."), field="reason", cure=_("One sentence is enough."))
    adjustment.decided_by_id, adjustment.decided_at = by.user_id, now()
    adjustment.decision = note.strip()[:300]
    adjustment.save()
    record_act(
        by=by,
        kind="adjustment.approved" if approve else "adjustment.rejected",
        file=file_ref(adjustment),
        facts={**_facts(adjustment), "note": adjustment.decision},
    )
    work_kinds.adjustment_settled(adjustment)
    if approve:
        show_adjustments([adjustment.figure_key])
        publish(MandatesChanged([adjustment.figure_key]))
    return adjustment


@transaction.atomic
def withdraw_adjustment(*, by: Actor, pk: int) -> Adjustment:
    """Take back a proposal. Raises NotFound, NotAllowed, Conflict."""
    check_may(by, Permission.EVALUATION_PREPARE)
    adjustment = adjustment_visible_to(by, pk, for_update=True)
    check_within(by, adjustment.proposed_in)
    _advance(adjustment, "withdraw")
    adjustment.save()
    record_act(
        by=by, kind="adjustment.withdrawn", file=file_ref(adjustment), facts={"figure": adjustment.figure_key}
    )
    work_kinds.adjustment_settled(adjustment)
    return adjustment


def _advance(adjustment: Adjustment, verb: str) -> None:
    state = AdjustmentState(adjustment.state)
    if not ADJUSTMENT_STATES.permits(state, verb):
        raise Conflict(
            _("The adjustment has been decided in the meantime."), cure=_("The page shows the decision.")
        )
    adjustment.state = ADJUSTMENT_STATES.next(state, verb).value
