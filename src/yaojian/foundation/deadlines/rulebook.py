"""Changes to rules and calendar, each with its act; the clocks that run on them follow."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.deadlines.actions import recompute_clocks
from yaojian.foundation.deadlines.events import RulesChanged
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.wording import telling_what_is_refused
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.outbox.facade import publish
from yaojian.foundation.reference.facade import (
    CalendarDay,
    ClockPack,
    ClockRuleVersion,
    Example,
    RulesLoaded,
    YearOfDays,
    change_day,
    enter_version,
    enter_year,
    load_clock_rules,
    rule_of,
    rule_version,
    working_calendar,
)
from yaojian.foundation.timekeeping import CHINA
from yaojian.foundation.workflow import counting
from yaojian.foundation.workflow.clocks import Confidence, Direction, Ground, Unit, Words


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """What a new version says differently, and one worked example that must come out."""

    valid_from: date
    amount: int
    confidence: Confidence
    instrument: str
    article: str
    last_day_moves: bool
    pauses: Sequence[Ground]
    extension_amount: int | None
    example_triggered_at: datetime
    example_due: date | datetime
    reason: str


@transaction.atomic
def load_rules(*, by: Actor, pack: ClockPack) -> RulesLoaded:
    """Bring the tables to what the pack says; when something changed, an act, and the clocks follow.

    Safe to repeat. Raises RuleBroken when the pack no longer has a version on which clocks run.
    """
    loaded = load_clock_rules(pack)
    if loaded.anything:
        record_act(
            by=by,
            kind="rules.loaded",
            facts={
                "rows": len(pack.rules),
                "new": len(loaded.new),
                "rules": sorted({*loaded.changed, *loaded.removed}),
            },
        )
        if loaded.changed:
            recompute_clocks(by=by)
    return loaded


@transaction.atomic
def edit_rule(*, by: Actor, code: str, edit: RuleEdit) -> ClockRuleVersion:
    """Enter a new version of a rule from a day; what else the rule says stays as it was.

    The version in force on that day ends the day before. Clocks triggered since then move to the new one;
    their due days follow in a job. Raises NotAllowed, NotFound, RuleBroken (no version in force that day),
    Conflict (a version begins on that very day), InvalidInput (an amount, a reason, an example that does not
    come out).
    """
    check_may(by, Permission.RULES_MANAGE)
    if not edit.reason.strip():
        raise InvalidInput(
            _("A change of a rule needs its reason."),
            field="reason",
            cure=_("Name the document or article that changed it."),
        )
    if edit.amount < 1:
        raise InvalidInput(
            _("A period needs at least one unit."), field="amount", cure=_("Give a whole number above zero.")
        )
    before, version = _versions(code, edit)
    _check_example(version, edit)
    enter_version(before, version)
    moved = RunningClock.objects.filter(
        rule=before, state__in=["running", "paused"], triggered_at__gte=_midnight(edit.valid_from)
    )
    moved.update(rule=version)
    record_act(
        by=by,
        kind="rule.edited",
        legal_basis=[f"{version.instrument}{version.article}"[:200]],
        facts={
            "rule": code,
            "name": version.name,
            "valid_from": edit.valid_from,
            "amount": edit.amount,
            "unit": version.unit,
            "amount_before": before.amount,
            "confidence": version.confidence,
            "reason": edit.reason.strip(),
        },
    )
    publish(RulesChanged(by.user_id, by.organ_id))
    return version


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def _versions(code: str, edit: RuleEdit) -> tuple[ClockRuleVersion, ClockRuleVersion]:
    """The version in force on the day of the edit, and the new one (unsaved)."""
    before = rule_version(code, edit.valid_from)
    if before.valid_from == edit.valid_from:
        raise Conflict(
            _("A version of this rule begins on that very day."),
            field="valid_from",
            cure=_("Choose a later day."),
        )
    version = ClockRuleVersion.objects.get(pk=before.pk)
    version.pk = None
    version._state.adding = True
    version.valid_from, version.from_pack = edit.valid_from, False
    version.amount, version.confidence = edit.amount, edit.confidence.value
    version.instrument, version.article = edit.instrument.strip(), edit.article.strip()
    version.last_day_moves = edit.last_day_moves
    version.pauses = [ground.value for ground in edit.pauses]
    if edit.extension_amount is None:
        version.extension = None
    elif version.extension is not None:
        version.extension = {**version.extension, "amount": edit.extension_amount}
    return before, version


def _check_example(version: ClockRuleVersion, edit: RuleEdit) -> None:
    """Raise InvalidInput unless the worked example comes out; keep it with the version."""
    rule = rule_of(version)
    if rule.direction is Direction.BEFORE and (rule.pauses or rule.last_day_moves or rule.extension):
        raise InvalidInput(
            _("A period counted back neither stands still nor moves nor is extended."),
            field="pauses",
            cure=_("Leave these empty."),
        )
    with telling_what_is_refused():
        found = counting.due(rule, edit.example_triggered_at, working_calendar())
    outcome = found.moment if rule.unit is Unit.HOUR else found.day
    if outcome != edit.example_due:
        raise InvalidInput(
            _("By this version the example comes out on %(day)s.") % {"day": outcome},
            field="example_due",
            cure=_("Check amount and example against the text: one of them is wrong."),
        )
    words = Words(f"修订时核对：{edit.reason.strip()}", f"Checked when it was entered: {edit.reason.strip()}")
    version.examples = [Example(edit.example_triggered_at, edit.example_due, words).as_json()]


@transaction.atomic
def edit_day(*, by: Actor, day: date, is_working: bool, note: str, reason: str) -> CalendarDay:
    """Make a day of the calendar a working day or a free one, with a reason; the clocks follow in a job.

    Raises NotAllowed, NotFound (the calendar does not hold that day), InvalidInput (no reason, no change).
    """
    check_may(by, Permission.RULES_MANAGE)
    if not reason.strip():
        raise InvalidInput(
            _("A change of the calendar needs its reason."),
            field="reason",
            cure=_("Name the notice that orders it."),
        )
    changed = change_day(day, is_working, note)
    record_act(
        by=by,
        kind="calendar.edited",
        facts={"day": day, "working": is_working, "note": note.strip(), "reason": reason.strip()},
    )
    publish(RulesChanged(by.user_id, by.organ_id))
    return changed


@transaction.atomic
def enter_calendar_year(*, by: Actor, year: YearOfDays, text: str) -> int:
    """Enter a whole year of the calendar; returns how many days were new or changed. The clocks follow.

    Raises NotAllowed. What was entered already leaves no second act.
    """
    check_may(by, Permission.RULES_MANAGE)
    if not year.changed:
        return 0
    changed = enter_year(year)
    record_act(
        by=by,
        kind="calendar.edited",
        facts={
            "name": str(year.year),
            "changed": changed,
            "days": [day.day for day in year.exceptions],
            "sha256": hashlib.sha256(text.encode()).hexdigest(),
        },
    )
    publish(RulesChanged(by.user_id, by.organ_id))
    return changed
