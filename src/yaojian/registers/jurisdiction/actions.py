"""Writes to the jurisdiction tables: loading the packs, and what people add or end. Each is an act."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.contracts import Actor, Level, Permission
from yaojian.foundation.accounts.facade import Organ, check_may, system_actor
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, RuleBroken
from yaojian.foundation.ledger.facade import record_act
from yaojian.foundation.periods import ONE_DAY
from yaojian.foundation.timekeeping import today
from yaojian.registers.jurisdiction.contracts import Rule
from yaojian.registers.jurisdiction.models import JurisdictionRule
from yaojian.registers.jurisdiction.packs import Table, read_tables
from yaojian.registers.jurisdiction.queries import may_edit, rules_in_conflict

LOCK = 0x6A7572
ENTERED = "own"
"""Codes of rules that people entered begin so; the packs keep their own."""


@transaction.atomic
def load_jurisdiction() -> dict[str, int]:
    """Enter the tables of the packs or bring them up to date; returns how many rules changed, by table.

    A rule whose entry has not changed stays as people have left it, ended for instance. A rule that the packs
    no longer have ends yesterday. Raises JurisdictionPackRefused for a wrong pack, having written nothing.
    """
    tables = read_tables()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return {table.code: _load(table) for table in tables}


def _load(table: Table) -> int:
    held = {row.code: row for row in JurisdictionRule.objects.filter(table=table.code)}
    new, changed = [], []
    for rule in table.rules:
        columns = columns_of(rule)
        digest = hashlib.sha256(json.dumps(columns, default=str, sort_keys=True).encode()).hexdigest()
        row = held.pop(rule.code, None)
        if row is None:
            JurisdictionRule.objects.create(table=table.code, entry_digest=digest, **columns)
            new.append(rule.code)
        elif row.entry_digest != digest:
            JurisdictionRule.objects.filter(pk=row.pk).update(entry_digest=digest, **columns)
            changed.append(rule.code)
    gone = [row for row in held.values() if row.valid_to is None and row.valid_from < today()]
    for row in gone:
        row.valid_to = today() - ONE_DAY
        row.save(update_fields=["valid_to"])
    if new or changed or gone:
        facts = {
            "table": table.code,
            "new": len(new),
            "changed": len(changed),
            "rules_ended": len(gone),
            "sha256": table.sha256,
        }
        record_act(by=system_actor(_keeper(table)), kind="jurisdiction.loaded", facts=facts)
    return len(new) + len(changed) + len(gone)


def _keeper(table: Table) -> Organ:
    """The organ in whose name a table is loaded: the province's, else the highest there is."""
    organs = Organ.objects.filter(level=Level.PROVINCE.value, territories__contains=[table.region])
    found = organs.order_by("tree", "pk").first() or Organ.objects.filter(parent=None).order_by("pk").first()
    if found is None:
        raise Conflict("The organs must be loaded before the tables of jurisdiction.")
    return found


def columns_of(rule: Rule) -> dict[str, Any]:
    """A rule as the columns of its row."""
    return {
        "code": rule.code,
        "matter": rule.matter.value,
        "region": rule.region,
        "types": sorted(rule.types),
        "flags_all": sorted(rule.flags_all),
        "flags_any": sorted(rule.flags_any),
        "grades": sorted(rule.grades),
        "level": rule.level.value,
        "priority": rule.priority,
        "duty_zh": rule.duty_zh,
        "duty_en": rule.duty_en,
        "assists": [{"level": a.level.value, "zh": a.zh, "en": a.en} for a in rule.assists],
        "source": rule.source,
        "article": rule.article,
        "line": rule.line,
        "quote": rule.quote,
        "confidence": rule.confidence.value,
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
    }


def check_user_can_edit(by: Actor, region: str) -> None:
    """Raise NotAllowed unless `by` keeps the table of a region: it lies on the own land."""
    check_may(by, Permission.RULES_MANAGE)
    if not may_edit(by, region):
        raise NotAllowed(
            _("The table of this region is kept by another organ."),
            cure=_("Ask the administrator of that region, or enter a rule for your own."),
        )


def check_rule(by: Actor, rule: Rule) -> None:
    """Raise NotAllowed, InvalidInput or RuleBroken unless `by` may add this rule."""
    check_user_can_edit(by, rule.region)
    if not rule.source.strip():
        raise InvalidInput(
            _("A rule names its source."), field="source", cure=_("Enter the document and its number.")
        )
    if rule.valid_from < today():
        raise InvalidInput(
            _("A rule begins today or later."), field="valid_from", cure=_("Choose another day.")
        )
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        raise InvalidInput(
            _("The last day lies before the first."), field="valid_to", cure=_("Correct one of the two.")
        )
    if rivals := rules_in_conflict(rule):
        raise RuleBroken(
            _("Rule %(code)s says otherwise for the same subjects, and nothing ranks the two.")
            % {"code": rivals[0].code},
            field="priority",
            cure=_("End that rule first, narrow this one, or give it a higher priority."),
        )


@transaction.atomic
def add_rule(*, by: Actor, rule: Rule) -> JurisdictionRule:
    """Enter a rule of a region; its code is given here.

    Raises NotAllowed outside the own land, InvalidInput for a past day or a missing source, RuleBroken when
    another rule of the same rank says otherwise.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    check_rule(by, rule)
    number = JurisdictionRule.objects.filter(code__startswith=f"{ENTERED}-").count() + 1
    row = JurisdictionRule.objects.create(**columns_of(replace(rule, code=f"{ENTERED}-{number}")))
    facts: Mapping[str, Any] = {
        "rule": row.code,
        "matter": row.matter,
        "region": row.region,
        "level": row.level,
        "source": row.source,
        "valid_from": row.valid_from,
    }
    record_act(by=by, kind="jurisdiction.rule_added", facts=facts)
    return row


@transaction.atomic
def end_rule(*, by: Actor, rule_id: int, on: date, reason: str) -> JurisdictionRule:
    """Let a rule hold for the last time on a day, today or later.

    Raises NotAllowed outside the own land, Conflict when it ends sooner anyway.
    """
    row = JurisdictionRule.objects.select_for_update().filter(pk=rule_id).first()
    if row is None:
        raise InvalidInput(_("There is no such rule."), cure=_("Choose it in the table of jurisdiction."))
    check_user_can_edit(by, row.region)
    if not reason.strip():
        raise InvalidInput(
            _("Say why the rule ends."), field="reason", cure=_("Name the document, for instance.")
        )
    if on < max(today(), row.valid_from):
        raise InvalidInput(
            _("A rule ends today or later, and not before it has begun."),
            field="on",
            cure=_("Choose another day."),
        )
    if row.valid_to is not None and row.valid_to <= on:
        raise Conflict(_("This rule ends on %(day)s anyway.") % {"day": row.valid_to.isoformat()})
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    facts = {"rule": row.code, "matter": row.matter, "region": row.region, "valid_to": on, "reason": reason}
    record_act(by=by, kind="jurisdiction.rule_ended", facts=facts)
    return row
