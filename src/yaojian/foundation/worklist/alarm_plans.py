"""The alarm plans as the administrator has set them; a kind that nobody has set keeps its room's plan."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.alarms import AlarmPlan
from yaojian.foundation.worklist.kinds import ItemKind, item_kinds
from yaojian.foundation.worklist.models import AlarmSetting

MOST_DAYS, MOST_REMINDERS, LONGEST_REASON = 60, 5, 300


def alarm_plans() -> dict[str, AlarmPlan]:
    """The plan of every kind of work, by its code (one query)."""
    plans = {kind.code: kind.alarms for kind in item_kinds()}
    for setting in AlarmSetting.objects.all():
        plans[setting.kind] = AlarmPlan(tuple(setting.remind), setting.chief_after, setting.leader_after)
    return plans


def kind_to_set(code: str) -> ItemKind:
    """The kind of work with a code. Raises NotFound."""
    found = next((kind for kind in item_kinds() if kind.code == code), None)
    if found is None:
        raise NotFound(_("There is no such kind of work."), cure=_("Choose it in the list of alarms."))
    return found


@transaction.atomic
def set_alarm_plan(
    *,
    by: Actor,
    kind: str,
    remind: tuple[int, ...],
    chief_after: int | None,
    leader_after: int | None,
    reason: str,
) -> AlarmPlan:
    """Set when a kind of work is reminded of and escalated, from the next hour on; numbers of working days.

    What has rung for an item and its due day does not ring again. Raises NotAllowed, NotFound (no such kind),
    InvalidInput (too many or too far, the leader before the chief, no reason, nothing changed).
    """
    check_may(by, Permission.RULES_MANAGE)
    before = alarm_plans()[kind_to_set(kind).code]
    plan = _checked(remind, chief_after, leader_after)
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise InvalidInput(
            _("A change of the alarms needs its reason, of at most 300 characters."),
            field="reason",
            cure=_("Say who decided it, and why."),
        )
    if plan == before:
        raise InvalidInput(_("These are the alarms that ring already."), field="remind")
    AlarmSetting.objects.update_or_create(
        kind=kind,
        defaults={
            "remind": list(plan.remind),
            "chief_after": plan.chief_after,
            "leader_after": plan.leader_after,
            "set_at": now(),
        },
    )
    record_act(
        by=by,
        kind="alarms.set",
        facts={
            "kind": kind,
            "alarms": _said(plan),
            "alarms_before": _said(before),
            "reason": words,
        },
    )
    return plan


def _checked(remind: tuple[int, ...], chief_after: int | None, leader_after: int | None) -> AlarmPlan:
    days = tuple(sorted(set(remind), reverse=True))
    if len(days) > MOST_REMINDERS or any(not 0 <= day <= MOST_DAYS for day in days):
        raise InvalidInput(
            _("At most five reminders, each 0 to 60 working days before the due day."), field="remind"
        )
    for field, after in (("chief_after", chief_after), ("leader_after", leader_after)):
        if after is not None and not 1 <= after <= MOST_DAYS:
            raise InvalidInput(_("1 to 60 working days after the due day; empty: never."), field=field)
    if chief_after is not None and leader_after is not None and leader_after <= chief_after:
        raise InvalidInput(_("The bureau leader hears later than the section chief."), field="leader_after")
    return AlarmPlan(days, chief_after, leader_after)


def _said(plan: AlarmPlan) -> dict[str, object]:
    return {"remind": list(plan.remind), "chief": plan.chief_after, "leader": plan.leader_after}
