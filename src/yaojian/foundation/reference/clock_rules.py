"""The statutory clocks' rules in their table: loading the pack, and the version in force on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.errors import NotFound, RuleBroken
from yaojian.foundation.periods import in_force_q
from yaojian.foundation.reference.clock_pack import ClockPack, Example, PackedRule
from yaojian.foundation.reference.models import ClockRuleVersion, ClockTopic
from yaojian.foundation.workflow.clocks import (
    ClockRule,
    Confidence,
    Direction,
    Extension,
    ExtensionRule,
    Ground,
    Pause,
    Purpose,
    Source,
    Unit,
    Words,
)

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RulesLoaded:
    """What loading a pack changed: codes of rules with new, changed and removed versions."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def anything(self) -> bool:
        """Whether the tables differ from before."""
        return bool(self.new or self.changed or self.removed)


# ---- a row and the engine's rule ---------------------------------------------------------------------


def rule_of(row: ClockRuleVersion) -> ClockRule:
    """The engine's rule that a row holds."""
    return ClockRule(
        code=row.code,
        topic=row.topic_id,
        purpose=Purpose(row.purpose),
        name=Words(row.name, row.name_en),
        trigger=Words(row.trigger, row.trigger_en),
        consequence=Words(row.consequence, row.consequence_en),
        amount=row.amount,
        unit=Unit(row.unit),
        source=Source(row.instrument, row.article, Confidence(row.confidence)),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        direction=Direction(row.direction),
        trigger_day_counts=row.trigger_day_counts,
        last_day_moves=row.last_day_moves,
        pauses=tuple(Ground(code) for code in row.pauses),
        extension=_extension_of(row.extension),
    )


def _extension_of(data: Mapping[str, Any] | None) -> ExtensionRule | None:
    if data is None:
        return None
    return ExtensionRule(
        amount=data["amount"],
        approvers=tuple(data["approvers"]),
        source=Source(data["instrument"], data["article"], Confidence(data["confidence"])),
        times=data["times"],
        then_collective=data["then_collective"],
        levels=tuple(data["levels"]),
    )


def example_of(data: Mapping[str, Any]) -> Example:
    """A worked example from the JSON of its row."""
    due = data["due"]
    return Example(
        triggered_at=datetime.fromisoformat(data["triggered_at"]),
        due=datetime.fromisoformat(due) if "T" in due else date.fromisoformat(due),
        why=Words(**data["why"]),
        pauses=tuple(
            Pause(Ground(p["ground"]), datetime.fromisoformat(p["from"]), datetime.fromisoformat(p["until"]))
            for p in data["pauses"]
        ),
        extensions=tuple(Extension(**e) for e in data["extensions"]),
    )


def _extension_json(extension: ExtensionRule | None) -> dict[str, Any] | None:
    if extension is None:
        return None
    return {
        "amount": extension.amount,
        "approvers": list(extension.approvers),
        "levels": list(extension.levels),
        "times": extension.times,
        "then_collective": extension.then_collective,
        "instrument": extension.source.instrument,
        "article": extension.source.article,
        "confidence": extension.source.confidence.value,
    }


def columns_of(packed: PackedRule, place: int) -> dict[str, Any]:
    """The columns of a packed rule's row, but for its code, its days and where it came from."""
    rule = packed.rule
    return {
        "topic_id": rule.topic,
        "place": place,
        "purpose": rule.purpose.value,
        "name": rule.name.zh,
        "name_en": rule.name.en,
        "trigger": rule.trigger.zh,
        "trigger_en": rule.trigger.en,
        "consequence": rule.consequence.zh,
        "consequence_en": rule.consequence.en,
        "amount": rule.amount,
        "unit": rule.unit.value,
        "direction": rule.direction.value,
        "trigger_day_counts": rule.trigger_day_counts,
        "last_day_moves": rule.last_day_moves,
        "pauses": [ground.value for ground in rule.pauses],
        "extension": _extension_json(rule.extension),
        "instrument": rule.source.instrument,
        "article": rule.source.article,
        "confidence": rule.source.confidence.value,
        "note": packed.note.zh,
        "note_en": packed.note.en,
        "examples": [example.as_json() for example in packed.examples],
    }


# ---- loading -----------------------------------------------------------------------------------------


@transaction.atomic
def load_clock_rules(pack: ClockPack) -> RulesLoaded:
    """Bring the tables to what the pack says; versions entered here win over the pack's.

    Safe to repeat. The caller records the act. Raises RuleBroken when the pack no longer has a version on
    which clocks run.
    """
    for place, (code, name) in enumerate(pack.topics.items()):
        ClockTopic.objects.update_or_create(
            code=code, defaults={"name": name.zh, "name_en": name.en, "place": place}
        )
    rows: dict[tuple[str, date], ClockRuleVersion] = {}
    entered: dict[str, list[ClockRuleVersion]] = defaultdict(list)
    for row in ClockRuleVersion.objects.all():
        if row.from_pack:
            rows[row.code, row.valid_from] = row
        else:
            entered[row.code].append(row)
    wanted = _wanted(pack, entered)
    removed = _remove([row for key, row in rows.items() if key not in wanted])
    new: list[ClockRuleVersion] = []
    changed: list[str] = []
    for (code, valid_from), columns in wanted.items():
        known = rows.get((code, valid_from))
        if known is None:
            new.append(ClockRuleVersion(code=code, valid_from=valid_from, **columns))
        elif any(getattr(known, name) != value for name, value in columns.items()):
            for column, content in columns.items():
                setattr(known, column, content)
            known.save()
            changed.append(code)
    ClockRuleVersion.objects.bulk_create(new)
    return RulesLoaded(tuple(row.code for row in new), tuple(changed), tuple(removed))


def _wanted(
    pack: ClockPack, entered: Mapping[str, Sequence[ClockRuleVersion]]
) -> dict[tuple[str, date], dict[str, Any]]:
    """The pack's versions with their columns, cut where a version entered here begins."""
    wanted = {}
    places = {code: place for place, code in enumerate(dict.fromkeys(p.rule.code for p in pack.rules))}
    for packed in pack.rules:
        rule, valid_to = packed.rule, packed.rule.valid_to
        overruled = False
        for own in entered.get(rule.code, ()):
            if rule.valid_from < own.valid_from and (valid_to is None or own.valid_from <= valid_to):
                valid_to = own.valid_from - ONE_DAY
            elif own.valid_from <= rule.valid_from and (
                own.valid_to is None or rule.valid_from <= own.valid_to
            ):
                overruled = True
        if not overruled:
            columns = columns_of(packed, places[rule.code])
            wanted[rule.code, rule.valid_from] = {**columns, "valid_to": valid_to}
    return wanted


def _remove(rows: Sequence[ClockRuleVersion]) -> list[str]:
    for row in rows:
        try:
            row.delete()
        except ProtectedError as in_use:
            raise RuleBroken(
                _("The pack no longer has %(rule)s, on which clocks run.") % {"rule": row},
                field=row.code,
                cure=_("Keep the version in the pack and give it a last day (valid_to)."),
            ) from in_use
    return [row.code for row in rows]


# ---- reading -----------------------------------------------------------------------------------------


def versions_of(code: str) -> QuerySet[ClockRuleVersion]:
    """All versions of a rule, the newest first."""
    return ClockRuleVersion.objects.filter(code=code).select_related("topic").order_by("-valid_from")


def versions_of_rules(codes: Collection[str]) -> dict[str, list[ClockRuleVersion]]:
    """All versions of some rules by code, the newest first; a code without any has an empty list."""
    found: dict[str, list[ClockRuleVersion]] = {code: [] for code in codes}
    rows = ClockRuleVersion.objects.filter(code__in=found).select_related("topic").order_by("-valid_from")
    for row in rows:
        found[row.code].append(row)
    return found


def rule_version(code: str, on: date) -> ClockRuleVersion:
    """The version of a rule in force on a day. Raises NotFound (no such rule), RuleBroken (not in force)."""
    found = versions_of(code).filter(in_force_q(on)).first()
    if found is not None:
        return found
    if not versions_of(code).exists():
        raise NotFound(_("There is no statutory clock with the code %(code)s.") % {"code": code})
    raise RuleBroken(
        _("The statutory clock %(code)s was not in force on %(day)s.")
        % {"code": code, "day": on.isoformat()},
        field="triggered_at",
        cure=_("Check the day of the trigger, or choose the rule that held then."),
    )


def all_rules() -> QuerySet[ClockRuleVersion]:
    """All versions of all rules, by topic and place, the newest version first."""
    rules = ClockRuleVersion.objects.select_related("topic")
    return rules.order_by("topic__place", "place", "code", "-valid_from")


def enter_version(before: ClockRuleVersion, version: ClockRuleVersion) -> None:
    """End a version and let a new one follow it; the caller has checked and records the act."""
    version.valid_to = before.valid_to
    before.valid_to = version.valid_from - ONE_DAY
    before.save(update_fields=["valid_to"])
    version.save(force_insert=True)
