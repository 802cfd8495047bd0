"""Risk grades: the scheme adds up, people decide, nothing changes by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from yaojian.foundation.accounts.facade import Actor, Role
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound
from yaojian.foundation.ledger.facade import Act, record_act, subject_ref
from yaojian.foundation.timekeeping import now, today
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.facade import RiskGrade, Subject, refresh_proposals
from yaojian.registers.enterprises.grading.assessing import assessed, months_before
from yaojian.registers.enterprises.grading.scheme import SchemeRefused, parse_scheme, risk_scheme
from yaojian.registers.enterprises.models import RiskDecision, RiskProposal
from yaojian.registers.enterprises.tests.factories import Region, make_region, officer, pharmacy, registered

WHY = "连续两次检查不合格"
SMALL = """
code: small
title_zh: 小
title_en: small
source: 测试
confidence: L
valid_from: 2023-01-01
window_months: 24
grades: {I: 0, II: 10, III: 20, IV: 30}
base: {%s}
flags: {vaccine: 5}
factors: []
"""


@pytest.fixture
def region(db: None) -> Region:
    return make_region()


@pytest.fixture
def shop(region: Region) -> Subject:
    (subject,) = registered(pharmacy(1, region.qitai, risk_grade="I"))
    return subject


@pytest.fixture
def inspector(region: Region) -> Actor:
    return officer(region.qitai, "jiancha")


def concluded(by: Actor, subject: Subject, conclusion: str, *, days_ago: int = 10, **findings: int) -> None:
    with transaction.atomic():
        record_act(
            by=by,
            kind="inspection.concluded",
            subject=subject_ref(subject.pk),
            claimed_at=now() - timedelta(days=days_ago),
            facts={"conclusion": conclusion, "findings": findings},
        )


def test_the_pack_grades_every_type_and_adds_up() -> None:
    scheme = risk_scheme()
    plain = scheme.assessed("clinic", [], {})
    assert (plain.grade, plain.score) == (RiskGrade.I, 12)
    amounts = scheme.amounts(
        [
            (
                "inspection.concluded",
                {"conclusion": "non_compliant", "findings": {"critical": 1, "major": 9}},
            ),
            ("inspection.concluded", {"conclusion": "compliant", "findings": {}}),
            ("rectification.returned", {}),
            ("subject.changed", {"conclusion": "non_compliant"}),
        ]
    )
    assert amounts == {
        "non_compliant": 1,
        "critical_findings": 1,
        "major_findings": 9,
        "compliant": 1,
        "rectification_returned": 1,
    }
    worse = scheme.assessed("clinic", ["special_drug", "unknown"], amounts)
    assert worse.score == 12 + 15 + 20 + 15 + 16 - 4 + 5
    assert worse.grade is RiskGrade.IV
    assert worse.fingerprint != plain.fingerprint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("base: {", "base: {bakery: 3, "), "unknown words bakery"),
        (("clinic: 5", "cdc: 5"), "no points for"),
        (("II: 10", "II: 40"), "rise from I to IV"),
        (("flags: {vaccine", "flags: {sugar"), "unknown words sugar"),
    ],
)
def test_a_wrong_pack_is_refused_with_its_field(change: tuple[str, str], said: str) -> None:
    base = ", ".join(f"{name}: 5" for name in risk_scheme().base)
    text = SMALL % base
    parse_scheme(text)
    with pytest.raises(SchemeRefused, match=said):
        parse_scheme(text.replace(*change, 1))


def test_the_window_ends(region: Region, shop: Subject, inspector: Actor) -> None:
    concluded(inspector, shop, "non_compliant", days_ago=10)
    concluded(inspector, shop, "non_compliant", days_ago=800)
    assert [(r.code, r.amount) for r in assessed(shop).reasons if r.kind == "factor"] == [
        ("non_compliant", 1)
    ]
    assert months_before(date(2026, 4, 30), 2) == date(2026, 2, 28)


def test_a_proposal_changes_nothing_until_somebody_accepts_it(shop: Subject, inspector: Actor) -> None:
    concluded(inspector, shop, "non_compliant", critical=1)
    assert refresh_proposals() == 1
    shop.refresh_from_db()
    assert shop.risk_grade == "I"
    proposal = RiskProposal.objects.get()
    assert (proposal.grade, proposal.score) == ("III", 51)
    assert refresh_proposals() == 1
    actions.accept_proposal(by=inspector, subject_id=shop.pk, on=today())
    shop.refresh_from_db()
    decision = RiskDecision.objects.get()
    assert (shop.risk_grade, decision.before, decision.by_hand) == ("III", "I", False)
    assert decision.reasons[0] == ["type", "single_pharmacy", 1, 16]
    act = Act.objects.get(kind="subject.graded")
    assert (act.uid, act.facts["risk_grade"], act.facts["grade_before"]) == (decision.act, "III", "I")
    assert refresh_proposals() == 0
    with pytest.raises(NotFound):
        actions.accept_proposal(by=inspector, subject_id=shop.pk, on=today())


def test_a_kept_grade_is_proposed_again_only_for_new_reasons(shop: Subject, inspector: Actor) -> None:
    concluded(inspector, shop, "non_compliant", critical=1)
    refresh_proposals()
    with pytest.raises(InvalidInput):
        actions.keep_grade(by=inspector, subject_id=shop.pk, note="")
    actions.keep_grade(by=inspector, subject_id=shop.pk, note=WHY)
    assert refresh_proposals() == 0
    concluded(inspector, shop, "rectify")
    assert refresh_proposals() == 1
    shop.refresh_from_db()
    assert shop.risk_grade == "I"


def test_by_hand_with_a_reason_from_a_day(shop: Subject, inspector: Actor) -> None:
    def by_hand(**other: Any) -> None:
        actions.set_grade(
            by=inspector,
            subject_id=shop.pk,
            **{"grade": "IV", "on": date(2025, 1, 1), "note": WHY, **other},
        )

    for wrong in ({"grade": "V"}, {"grade": ""}, {"note": ""}, {"on": date(2019, 1, 1)}):
        with pytest.raises(InvalidInput):
            by_hand(**wrong)
    by_hand()
    with pytest.raises(Conflict):
        by_hand()
    shop.refresh_from_db()
    assert shop.risk_grade == "IV"
    grades = shop.versions.filter(replaced_by=None).values_list("risk_grade", "valid_from")
    assert list(grades) == [("I", date(2020, 1, 1)), ("IV", date(2025, 1, 1))]


def test_only_those_who_grade_and_answer_for_it(region: Region, shop: Subject, inspector: Actor) -> None:
    registrar = officer(region.qitai, "dengji", role=Role.REGISTRAR)
    foreign = officer(region.jimsar, "jm")
    for actor, error in ((registrar, NotAllowed), (foreign, NotFound)):
        with pytest.raises(error):
            actions.set_grade(by=actor, subject_id=shop.pk, grade="IV", on=today(), note=WHY)
    concluded(inspector, shop, "non_compliant", critical=1)
    refresh_proposals()
    accepted, refusals = actions.accept_proposals(by=foreign, subject_ids=[shop.pk])
    assert (accepted, len(refusals)) == (0, 1)
    accepted, refusals = actions.accept_proposals(by=inspector, subject_ids=[shop.pk, shop.pk])
    assert (accepted, refusals) == (1, [])


def test_closed_subjects_get_no_proposal(region: Region) -> None:
    registered(pharmacy(2, region.qitai, closed_on=date(2025, 1, 1)))
    assert refresh_proposals() == 0
