"""The database, the judgement of one subject and the slow reference say the same on random histories."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from yaojian.foundation.accounts.facade import Level, Organ, register_organ
from yaojian.foundation.ledger.facade import compose_act, subject_ref
from yaojian.foundation.timekeeping import CHINA, now, today
from yaojian.oversight.mandates.engine import count_standings
from yaojian.oversight.mandates.models import Draw, DrawEntry, Mandate, Standing
from yaojian.oversight.mandates.reading import Organs, rules_on
from yaojian.oversight.mandates.refreshing import judged_standings, recount, refresh_duties
from yaojian.oversight.mandates.rules import DoneAct, Facts
from yaojian.oversight.mandates.tests.slow_reference import Row, stands
from yaojian.oversight.plans.tests.factories import officer
from yaojian.registers.enterprises.models import Subject, SubjectVersion

pytestmark = pytest.mark.django_db
PERIODS: list[dict[str, Any]] = [
    {"unit": "quarter"},
    {"unit": "half_year"},
    {"unit": "year"},
    {"unit": "rolling_years", "n": 1},
    {"unit": "rolling_years", "n": 2},
    {"unit": "window", "start": "2024-01-01", "end": "2025-06-30"},
]
TYPES = ["single_pharmacy", "chain_store"]
KINDS = ["routine", "full_item"]
LEVELS = ["prefecture", "county"]


@pytest.fixture
def stage() -> dict[str, Any]:
    """A region, a prefecture with two counties, and an officer of each level."""
    region = register_organ(code="xj", name="自治区局", level=Level.PROVINCE, territories=["65"])
    upper = register_organ(
        code="xj.a", name="甲州局", level=Level.PREFECTURE, parent=region, territories=["6523"]
    )
    below = [
        register_organ(
            code=f"xj.a.{n}", name=f"{n}县局", level=Level.COUNTY, parent=upper, territories=[f"65230{n}"]
        )
        for n in (1, 2)
    ]
    return {
        "upper": upper,
        "counties": below,
        "by": {"prefecture": officer(upper, "p"), "county": officer(below[0], "c")},
    }


def a_mandate(place: int, dice: random.Random, organ: Organ | None) -> Mandate:
    share = dice.random() < 0.2
    period = dice.choice(PERIODS[:3] if share else PERIODS)
    scope: dict[str, Any] = {"types": dice.sample(TYPES, dice.randint(1, 2))}
    if dice.random() < 0.4:
        scope["risk_grades"] = dice.sample(["I", "II", "III"], 2)
    if dice.random() < 0.3:
        scope["flags_any"] = ["special_drug", "high_risk"]
    act: dict[str, Any] = {"kind": "inspection.concluded"}
    if dice.random() < 0.4:
        act["inspection_kinds"] = [dice.choice(KINDS)]
    if dice.random() < 0.3:
        act["organ_levels"] = [dice.choice(LEVELS)]
    return Mandate.objects.create(
        code=f"m{place}",
        source="law" if organ is None else "plan",
        organ=organ,
        title_zh=f"任务{place}",
        title_en="",
        formula={
            "shape": "coverage",
            "scope": scope,
            "within": dice.choice(["territory", "responsibility"]),
            "act": act,
            "period": period,
            "minimum": dice.randint(1, 3),
        },
        share=25 if share else None,
        source_zh="测试",
        valid_from=date(dice.randint(2019, 2022), dice.randint(1, 12), 1),
        valid_to=dice.choice([None, None, date(dice.randint(2023, 2025), dice.randint(1, 12), 28)]),
    )


def a_subject(place: int, dice: random.Random, stage: dict[str, Any], as_of: date) -> Subject:
    """A subject with up to three changes of type, grade, marks, place, or a closed spell, in its past."""
    opened = as_of - timedelta(days=dice.randint(0, 2500))
    cuts = sorted({opened + timedelta(days=dice.randint(1, 900)) for _ in range(dice.randint(0, 3))})
    starts = [opened, *(cut for cut in cuts if cut <= as_of)]
    fields: dict[str, Any] = {}
    for number, start in enumerate(starts):
        last = number == len(starts) - 1
        county = dice.choice(stage["counties"])
        fields = {
            "code": f"S{place}",
            "name": f"药店{place}",
            "subject_type": dice.choice(TYPES),
            "risk_grade": dice.choice(["I", "II", "III"]),
            "flags": dice.choice([[], ["special_drug"], ["high_risk", "special_drug"]]),
            "responsible_organ": dice.choice([county, county, stage["upper"]]),
            "division_code": f"{county.territories[0]}001",
            "opened_on": opened,
            "closed_on": start if number and dice.random() < 0.25 else None,
        }
        if number == 0:
            one = Subject.objects.create(in_force_from=opened, **fields)
        else:
            Subject.objects.filter(pk=one.pk).update(**fields, in_force_from=start)
        end = None if last else starts[number + 1] - timedelta(days=1)
        SubjectVersion.objects.create(
            subject=one, valid_from=start, valid_to=end, recorded_at=now(), **fields
        )
    one.refresh_from_db()
    for _n in range(dice.randint(0, 6)):
        level = dice.choice(LEVELS)
        day = as_of - timedelta(days=dice.randint(0, 1500))
        moment = datetime.combine(day, time(dice.randint(0, 23)), tzinfo=CHINA)
        compose_act(
            by=stage["by"][level],
            kind="inspection.concluded",
            subject=subject_ref(one.pk),
            claimed_at=min(moment, now()),
            facts={"inspection_kind": dice.choice(KINDS), "organ_level": level},
        ).save(force_insert=True)
    return one


def draw_some(dice: random.Random, stage: dict[str, Any], subjects: list[Subject], as_of: date) -> None:
    for mandate in Mandate.objects.exclude(share=None):
        (rule,) = rules_on(mandate.valid_from, Mandate.objects.filter(pk=mandate.pk))
        assert rule.formula.period is not None
        start, end = rule.formula.period.bounds(rule.ended_on(as_of) or as_of)
        draw = Draw.objects.create(
            mandate=mandate,
            organ=stage["upper"],
            period_start=start,
            period_end=end,
            share=25,
            seed="0" * 64,
            seed_hash="0" * 64,
            committed_at=now(),
            committed_by_id=stage["by"]["county"].user_id,
        )
        for one in dice.sample(subjects, len(subjects) // 2):
            DrawEntry.objects.create(draw=draw, subject=one, code=one.code, outcome="drawn")


def reference(day: date) -> dict[tuple[int, int], Row]:
    """What the slow reference says of everybody."""
    organs = Organs()
    found = {}
    drawn = set(DrawEntry.objects.values_list("draw__mandate_id", "subject_id"))
    acts: dict[int, list[DoneAct]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id, claimed_at, facts->>'inspection_kind', facts->>'organ_level' FROM ledger_act"
            " WHERE kind = 'inspection.concluded'"
        )
        for subject_id, at, kind, level in cursor.fetchall():
            acts.setdefault(subject_id, []).append(DoneAct(at.astimezone(CHINA).date(), kind, level))
    for one in Subject.objects.all():
        spans: list[Facts] = [
            organs.facts_of(row)
            for row in SubjectVersion.objects.filter(subject=one).order_by("valid_from").values()
        ]
        for rule in rules_on(day, with_arrears=True):
            row = stands(rule, spans, one.opened_on, acts.get(one.pk, []), day, (rule.key, one.pk) in drawn)
            if row is not None:
                found[one.pk, rule.key] = row
    return found


def as_rows(standings: list[Standing]) -> dict[tuple[int, int], Row]:
    return {
        (s.subject_id, s.mandate_id): Row(s.since, s.due_on, s.met, s.late, s.done, s.needed)
        for s in standings
    }


@settings(
    max_examples=15,
    deadline=None,
    # A history is one number: a smaller one is no simpler.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32), back=st.integers(0, 400))
def test_three_ways_to_the_same_duties(stage: dict[str, Any], seed: int, back: int) -> None:
    note(f"seed {seed}, {back} days back")
    dice = random.Random(seed)
    day = today()
    with transaction.atomic():
        for place in range(6):
            a_mandate(place, dice, dice.choice([None, stage["upper"], stage["counties"][0]]))
        subjects = [a_subject(place, dice, stage, day) for place in range(8)]
        draw_some(dice, stage, subjects, day)
        expected = reference(day)
        recount(day)
        counted = list(Standing.objects.all())
        assert as_rows(counted) == expected
        one_by_one = judged_standings(rules_on(day, with_arrears=True), day, [s.pk for s in subjects])
        assert as_rows(one_by_one) == expected
        assert {(s.subject_id, s.mandate_id): s.organ_id for s in counted} == {
            (s.subject_id, s.mandate_id): s.organ_id for s in one_by_one
        }
        assert recount(day) == 0
        # Another day is told from what held on it.
        then = day - timedelta(days=back)
        count_standings(rules_on(then, with_arrears=True), then)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT subject_id, mandate_id, since, due_on, met, late, done, needed FROM run_standing"
            )
            past = {(row[0], row[1]): Row(*row[2:]) for row in cursor.fetchall()}
        shares = {rule.key for rule in rules_on(then, with_arrears=True) if rule.share is not None}
        assert {k: v for k, v in past.items() if k[1] not in shares} == {
            k: v for k, v in reference(then).items() if k[1] not in shares
        }
        transaction.set_rollback(True)


def test_an_act_more_changes_only_its_subject(stage: dict[str, Any]) -> None:
    dice = random.Random(7)
    day = today()
    for place in range(8):
        a_mandate(place, dice, dice.choice([None, stage["upper"]]))
    subjects = [a_subject(place, dice, stage, day) for place in range(6)]
    recount(day)
    before = as_rows(list(Standing.objects.all()))
    compose_act(
        by=stage["by"]["county"],
        kind="inspection.concluded",
        subject=subject_ref(subjects[0].pk),
        facts={"inspection_kind": "full_item", "organ_level": "county"},
    ).save(force_insert=True)
    refresh_duties([subjects[0].pk])
    after = as_rows(list(Standing.objects.all()))
    assert after == reference(day)
    assert {key for key in after if after[key] != before.get(key)} <= {
        key for key in after if key[0] == subjects[0].pk
    }
    assert recount(day) == 0
