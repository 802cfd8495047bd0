"""The weights of composite indices: proposed by one person, decided by another, in versions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may, organ_by_code
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Ref, record_act
from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans import work_kinds
from yaojian.oversight.plans.contracts import WeightsState
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.models import CompositeWeights, Indicator, IndicatorVersion, Plan

WHOLE = Decimal(100)


def weights_in_force(digest: str, on: date) -> dict[str, Fraction]:
    """By component, the weights that hold for a definition on a day; empty while nobody has decided."""
    version = IndicatorVersion.objects.filter(digest=digest).first()
    if version is None:
        return {}
    decided = (
        CompositeWeights.objects.filter(
            indicator_id=version.indicator_id, valid_from__lte=on, state=WeightsState.APPROVED.value
        )
        .order_by("-number")
        .first()
    )
    return {code: Fraction(weight) for code, weight in decided.weights.items()} if decided else {}


def answers_for_all(by: Actor, indicator: Indicator) -> bool:
    """Whether the actor's organ owns every plan that is measured by an indicator, or is above its owner."""
    owners = Plan.objects.filter(rows__figures__version__indicator=indicator).distinct()
    paths = owners.order_by().values_list("organ__path", flat=True)
    return all((path or "").startswith(by.organ_path) for path in paths)


def propose_weights(
    *,
    by: Actor,
    indicator: Indicator,
    formula: Formula,
    weights: Mapping[str, str],
    valid_from: date,
    reason: str,
) -> CompositeWeights:
    """Propose weights of a composite from a day on. Raises NotAllowed, InvalidInput, Conflict (one waits)."""
    check_may(by, Permission.PLAN_WEIGH)
    if not answers_for_all(by, indicator):
        raise NotAllowed(
            _("Plans of other organs are measured by this index as well."),
            cure=_("Ask the organ above all of them to decide the weights."),
        )
    codes = [component.code for component in formula.components]
    parts = {code: _number(code, weights.get(code, "")) for code in codes}
    if sum(parts.values()) != WHOLE:
        raise InvalidInput(
            _("The weights add up to %(sum)s, not to 100.") % {"sum": sum(parts.values())},
            field=codes[-1],
            cure=_("Change them so that they add up to 100."),
        )
    if not reason.strip():
        raise InvalidInput(
            _("Nobody can tell later why."), field="reason", cure=_("Name the decision or document.")
        )
    with transaction.atomic():
        Indicator.objects.select_for_update().get(pk=indicator.pk)
        last = indicator.weights.aggregate(last=Max("number"))["last"] or 0
        _refuse_back_dating(indicator, valid_from)
        _refuse_second(indicator)
        proposed = CompositeWeights.objects.create(
            indicator=indicator,
            number=last + 1,
            weights={code: str(part) for code, part in parts.items()},
            valid_from=valid_from,
            reason=reason.strip(),
            proposed_in=organ_by_code(by.organ_code),
            proposed_by_id=by.user_id,
            proposed_at=now(),
        )
        said = [f"{component.zh} {parts[component.code]}" for component in formula.components]
        facts = {"title": indicator.title_zh, "weights": said, "reason": proposed.reason}
        record_act(by=by, kind="indicator.weights_proposed", file=file_ref(indicator), facts=facts)
        work_kinds.weights_proposed(proposed)
    return proposed


@transaction.atomic
def decide_weights(*, by: Actor, pk: int, approve: bool, verdict: str = "") -> CompositeWeights:
    """Approve or reject weights that somebody else has proposed.

    Raises NotFound, NotAllowed (also who proposed them), Conflict (decided already), InvalidInput (no reason
    to reject; an earlier day than the decision that holds).
    """
    check_may(by, Permission.EVALUATION_DECIDE)
    found = CompositeWeights.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such proposal."), cure=_("Open the index again."))
    if not answers_for_all(by, found.indicator):
        raise NotAllowed(
            _("Plans of other organs are measured by this index as well."),
            cure=_("Ask the organ above all of them to decide the weights."),
        )
    if found.proposed_by_id == by.user_id:
        raise NotAllowed(
            _("Who proposed weights does not decide them."), cure=_("Ask a second person who decides.")
        )
    if found.state != WeightsState.PROPOSED.value:
        raise Conflict(_("These weights have been decided."), cure=_("Open the index again."))
    if approve:
        _refuse_back_dating(found.indicator, found.valid_from)
    elif not verdict.strip():
        raise InvalidInput(_("Give the reason."), field="reason", cure=_("One sentence is enough."))
    found.state = (WeightsState.APPROVED if approve else WeightsState.REJECTED).value
    found.settled_by_id, found.settled_at, found.verdict = by.user_id, now(), verdict.strip()[:300]
    found.save()
    kind = "indicator.weights_decided" if approve else "indicator.weights_rejected"
    facts = {"title": found.indicator.title_zh, "reason": found.verdict or found.reason}
    record_act(by=by, kind=kind, file=file_ref(found.indicator), facts=facts)
    work_kinds.weights_settled(found)
    return found


def file_ref(indicator: Indicator) -> Ref:
    """The pointer to an indicator's file."""
    return Ref(work_kinds.INDICATOR_KIND, indicator.pk)


def _refuse_second(indicator: Indicator) -> None:
    if indicator.weights.filter(state=WeightsState.PROPOSED.value).exists():
        raise Conflict(
            _("Weights of this index wait for a decision."), cure=_("Let a second person decide first.")
        )


def _refuse_back_dating(indicator: Indicator, valid_from: date) -> None:
    """A decision follows the one before: an earlier day would change what has been reported already."""
    held = indicator.weights.filter(state=WeightsState.APPROVED.value)
    latest = held.aggregate(latest=Max("valid_from"))["latest"]
    if latest is not None and valid_from < latest:
        raise InvalidInput(
            _("An earlier decision holds from a later day."),
            field="valid_from",
            cure=_("Enter %(day)s or a day after it.") % {"day": latest.isoformat()},
        )


def _number(code: str, text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or not 0 < number <= WHOLE:
        raise InvalidInput(
            _("A weight is a number above 0 and up to 100."), field=code, cure=_("Write it as 20.")
        )
    return number
