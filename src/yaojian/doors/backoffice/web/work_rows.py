"""A work item as lists and pages show it, and which steps the acting person may take on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.deadlines.facade import ClockState, RunningClock, trigger_in_words
from yaojian.foundation.design.templatetags.design import date_cn, datetime_cn
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import (
    UNFINISHED,
    ItemState,
    Mark,
    Urgency,
    Whose,
    WorkItem,
    item_kind,
)

WHOSE_NAMES: dict[Whose, Promise] = {
    Whose.MINE: gettext_lazy("Mine"),
    Whose.DELEGATED: pgettext_lazy("work", "As a deputy"),
    Whose.ORGAN: gettext_lazy("My organ"),
    Whose.SUBORDINATE: gettext_lazy("Subordinate organs"),
    Whose.ALL: pgettext_lazy("work", "All"),
}
URGENCY_NAMES: dict[Urgency, Promise] = {
    Urgency.OVERDUE: pgettext_lazy("work", "Overdue"),
    Urgency.SOON: gettext_lazy("Due within 14 days"),
    Urgency.LATER: pgettext_lazy("work", "Later"),
    Urgency.UNDATED: gettext_lazy("Without a deadline"),
}
MARK_NAMES: dict[Mark, Promise] = {
    Mark.POOL: pgettext_lazy("work", "Nobody has it yet"),
    Mark.RETURNED: pgettext_lazy("work", "Returned"),
    Mark.ESCALATED: pgettext_lazy("work", "Escalated"),
}
ROW_MARKS = {Urgency.OVERDUE: "is-overdue", Urgency.SOON: "is-due_soon"}
ESCALATED_TO: dict[int, Promise] = {
    1: gettext_lazy("Escalated to the section chief"),
    2: gettext_lazy("Escalated to the bureau leader"),
}


def steps_for(actor: Actor, item: WorkItem, principals: Collection[int]) -> dict[str, bool]:
    """What the acting person may do with an item; the actions check it again."""
    unfinished = item.state in UNFINISHED
    own = item.assignee_id == actor.user_id
    for_other = item.assignee_id in principals
    chief = actor.may(Permission.WORKLIST_ASSIGN)
    within = (item.organ.path or "").startswith(actor.organ_path)
    does = actor.may(item_kind(item.kind).permission)
    return {
        "do": unfinished and does,
        "take": unfinished and does and within and item.assignee_id is None,
        "assign": unfinished and chief and item.assignee_id is None,
        "reassign": unfinished and chief and item.state == ItemState.RETURNED.value,
        "hand_over": unfinished and item.assignee_id is not None and (own or for_other or chief),
        "return": item.state == ItemState.OPEN.value and (own or for_other),
        "remind": unfinished and not own,
    }


def badges_of(item: WorkItem, principals: Collection[int]) -> list[dict[str, Any]]:
    """What sets an item apart beside its day: returned, escalated, done for an absent colleague."""
    badges = []
    if item.escalation_level:
        since = _("since %(at)s") % {"at": datetime_cn(item.escalated_at)}
        badges.append(
            {
                "kind": "overdue",
                "text": ESCALATED_TO[item.escalation_level],
                "title": since,
                "icon": "trending-up",
            }
        )
    if item.state == ItemState.RETURNED.value:
        text = pgettext("work", "Returned")
        badges.append(
            {"kind": "due_soon", "text": text, "title": item.return_reason, "icon": "arrow-back-up"}
        )
    if ended := item.parameters.get("ended_on"):
        text = _("Of an ended plan")
        title = _("Overdue when the next plan of the organ was adopted; its duties ended on %(day)s.") % {
            "day": date_cn(date.fromisoformat(ended))
        }
        badges.append({"kind": "neutral", "text": text, "title": title, "icon": "history"})
    if week := item.parameters.get("planned_week"):
        monday = date.fromisoformat(week)
        missed = monday + timedelta(days=6) < today()
        text = _("Planned for the week of %(day)s") % {"day": date_cn(monday)}
        title = _("By the adopted schedule; the week is over.") if missed else _("By the adopted schedule.")
        badges.append(
            {"kind": "due_soon" if missed else "info", "text": text, "title": title, "icon": "calendar"}
        )
    if item.assignee is not None and item.assignee_id in principals:
        text = _("For %(name)s") % {"name": item.assignee.display_name}
        badges.append(
            {"kind": "info", "text": text, "title": _("You stand in for them today."), "icon": "users"}
        )
    return badges


def clock_words(clock: RunningClock) -> dict[str, Any]:
    """What a row tells on demand about its clock: rule, trigger and article."""
    rule = clock.rule
    return {
        "rule": rule.label,
        "trigger": rule.in_language("trigger"),
        "triggered": trigger_in_words(clock.triggered_at, rule.direction),
        "article": f"{rule.instrument}{rule.article}",
        "confidence": rule.confidence,
        "paused": clock.state == ClockState.PAUSED.value,
    }


def row_of(
    actor: Actor,
    item: WorkItem,
    urgency: Urgency,
    *,
    principals: Collection[int] = (),
    left: int | None = None,
) -> dict[str, Any]:
    """One work item as a row; `action_url` is empty for those who cannot do it, `left` in working days."""
    kind = item_kind(item.kind)
    steps = steps_for(actor, item, principals)
    return {
        "item": item,
        "item_url": reverse("backoffice:work_item", args=[item.pk]),
        "urgency": urgency,
        "kind": kind.name,
        "verb": kind.verb,
        "css": ROW_MARKS.get(urgency, ""),
        "action_url": kind.url(item) if steps["do"] else "",
        "subject_url": reverse("backoffice:subject", args=[item.subject_id]) if item.subject_id else "",
        "steps": steps,
        "badges": badges_of(item, principals),
        "left": left,
        "clock": clock_words(item.clock) if item.clock is not None else None,
    }
