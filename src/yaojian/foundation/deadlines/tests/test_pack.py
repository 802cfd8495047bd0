"""The rule pack of the law: every worked example comes out, and every wrong pack is refused by name."""

from __future__ import annotations

from datetime import date

import chinese_calendar
import pytest

from yaojian.config.reference_packs import clock_pack, load_reference_packs
from yaojian.foundation.accounts.facade import Level, Role
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import (
    ClockPackRefused,
    ClockRuleVersion,
    PackedRule,
    read_clock_pack,
    rule_of,
)
from yaojian.foundation.workflow.calendar import WorkingCalendar
from yaojian.foundation.workflow.clocks import Confidence, Unit
from yaojian.foundation.workflow.counting import due

CALENDAR = WorkingCalendar(
    lambda year: [
        day
        for n in range(366)
        if (day := date.fromordinal(date(year, 1, 1).toordinal() + n)).year == year
        and chinese_calendar.is_workday(day)
    ]
)
PACK = clock_pack()


@pytest.mark.parametrize("packed", PACK.rules, ids=lambda p: f"{p.rule.code}-{p.rule.valid_from}")
def test_every_worked_example_comes_out(packed: PackedRule) -> None:
    assert packed.examples
    for example in packed.examples:
        found = due(packed.rule, example.triggered_at, CALENDAR, example.pauses, example.extensions)
        assert (found.moment if packed.rule.unit is Unit.HOUR else found.day) == example.due
        assert packed.rule.in_force_on(example.triggered_at.date())


def test_the_rules_of_the_law_are_there_and_what_is_not_verified_is_not_enabled() -> None:
    assert len({packed.rule.code for packed in PACK.rules}) >= 95
    enabled = {packed.rule.code for packed in PACK.rules if packed.rule.is_enabled}
    low = [packed.rule for packed in PACK.rules if packed.rule.source.confidence is Confidence.LOW]
    assert {"penalty.decide", "licensing.decide", "inspection.rectification", "adr.serious"} <= enabled
    assert low
    assert not any(rule.is_enabled for rule in low)


def test_order_20_gives_way_to_order_121() -> None:
    before, after = [packed.rule for packed in PACK.rules if packed.rule.code == "complaint.accept"]
    assert (before.valid_to, after.valid_from) == (date(2026, 4, 14), date(2026, 4, 15))
    assert before.is_enabled
    assert not after.is_enabled


@pytest.mark.django_db
def test_loading_twice_changes_nothing_and_leaves_one_act() -> None:
    counts = load_reference_packs()
    assert counts["clocks"] == ClockRuleVersion.objects.count() == len(PACK.rules)
    load_reference_packs()
    assert Act.objects.filter(kind="rules.loaded").count() == 1
    stored = {(row.code, row.valid_from): rule_of(row) for row in ClockRuleVersion.objects.all()}
    assert stored == {(packed.rule.code, packed.rule.valid_from): packed.rule for packed in PACK.rules}


GOOD = """
topics:
  test: {zh: 测试, en: Test}
instruments:
  law: 某法
clocks:
  test.rule:
    topic: test
    name: {zh: 测试, en: Test}
    versions:
      - valid_from: 2020-01-01
        amount: 3
        unit: working_day
        trigger: {zh: 受理之日, en: after acceptance}
        instrument: law
        confidence: H
        examples:
          - triggered_at: 2026-07-06
            due: 2026-07-09
            why: {zh: 三个工作日, en: three working days}
"""


def refused(text: str) -> str:
    with pytest.raises(ClockPackRefused) as caught:
        read_clock_pack(text, "clocks.yaml", roles=list(Role), levels=list(Level))
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("amount: 3", "amount: 0", "test.rule: versions[0].amount: is 0; give a whole number above zero"),
        ("amount: 3", "amount: three", "versions[0].amount: is 'three'"),
        ("unit: working_day", "unit: fortnight", "versions[0].unit: is 'fortnight'; use one of hour, day"),
        ("confidence: H", "confidence: X", "versions[0].confidence: is 'X'; use one of H, M, L"),
        ("instrument: law", "instrument: other", "versions[0].instrument: is 'other'; name a key"),
        ("topic: test", "topic: tset", "topic: is 'tset'; use one of test"),
        ("name: {zh: 测试, en: Test}\n    versions", "name: 测试\n    versions", "name: has no Chinese and"),
        ("valid_from: 2020-01-01", "valid_from: soon", "versions[0].valid_from: is 'soon'; give a day"),
        (
            "valid_from: 2020-01-01",
            "valid_from: 2020-01-01\n        valid_to: 2019-01-01",
            "before valid_from",
        ),
        ("amount: 3", "amount: 3\n        ammount: 4", "versions[0].ammount: is not a field"),
        ("amount: 3", "amount: 3\n        pauses: [holiday]", "versions[0].pauses: is 'holiday'"),
        (
            "amount: 3",
            "amount: 3\n        extension: {amount: 1, approvers: [boss], instrument: law, confidence: H}",
            "versions[0].extension.approvers: is ('boss',); name codes of roles",
        ),
        (
            "amount: 3",
            "amount: 3\n        direction: before\n        pauses: [testing]",
            "versions[0].direction: is before, yet",
        ),
        ("triggered_at: 2026-07-06", "triggered_at: noon", "examples[0].triggered_at: is 'noon'"),
        ("  test.rule:", "  Test:", "Test: code: is malformed"),
        ("topics:", "topic:", "keys: differ; give topics, instruments, clocks"),
        ("topics:", "topics: [", "YAML"),
    ],
)
def test_a_wrong_pack_is_refused_with_rule_field_and_cure(old: str, new: str, words: str) -> None:
    assert old in GOOD
    message = refused(GOOD.replace(old, new, 1))
    assert words in message
    assert message.startswith("clocks.yaml: ")


def test_versions_that_overlap_and_rules_without_examples_are_refused() -> None:
    version = GOOD[GOOD.index("      - valid_from") :]
    assert "versions: overlap; end the earlier one" in refused(GOOD + version.lstrip("\n"))
    start, end = GOOD.index("        examples:"), len(GOOD)
    assert "examples: are missing; give at least one worked example" in refused(GOOD[:start] + GOOD[end:])


def test_the_good_pack_is_read() -> None:
    pack = read_clock_pack(GOOD, "clocks.yaml", roles=list(Role), levels=list(Level))
    assert [packed.rule.code for packed in pack.rules] == ["test.rule"]
