"""Versions of indicators, kept values, effective dates, weights, forecasts and what is refused."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.db import connection
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Level, Organ, Role, register_organ
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed
from yaojian.foundation.ledger.facade import newest_act_key
from yaojian.foundation.ledger.queries import WRITING
from yaojian.foundation.timekeeping import now
from yaojian.foundation.worklist.facade import WorkItem, unfinished_q
from yaojian.oversight.plans.actions import load_packs
from yaojian.oversight.plans.behind import sides
from yaojian.oversight.plans.checks import problems_of
from yaojian.oversight.plans.contracts import FigureValue
from yaojian.oversight.plans.cures import cure
from yaojian.oversight.plans.definitions import Component, DefinitionError, Formula, Target
from yaojian.oversight.plans.engine import Reading, evaluate
from yaojian.oversight.plans.evaluation import formula_of
from yaojian.oversight.plans.forecast import Assumption, forecast
from yaojian.oversight.plans.indicators import define_indicators
from yaojian.oversight.plans.kept import values_of
from yaojian.oversight.plans.models import Figure, Indicator, IndicatorVersion, KeptValue, Plan
from yaojian.oversight.plans.outcomes import Lack, Outcome, ValueState
from yaojian.oversight.plans.packs import load_all
from yaojian.oversight.plans.queries import values_of_figures
from yaojian.oversight.plans.sources import Standing, standing_of
from yaojian.oversight.plans.tests.factories import (
    YEARLY,
    concluded,
    figure_with,
    officer,
    prefecture,
    said,
    subject,
)
from yaojian.oversight.plans.tests.test_pages import client_of
from yaojian.oversight.plans.web.presentation import line_with
from yaojian.oversight.plans.weights import decide_weights, propose_weights, weights_in_force
from yaojian.oversight.statistics.models import Statistic, dims_key
from yaojian.registers.enterprises.models import SubjectVersion

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 20)
INDEX = {
    "shape": "composite",
    "components": [
        {"code": "enterprise", "zh": "企业", "en": "enterprise"},
        {"code": "society", "zh": "社会", "en": "society", "of": "900-01"},
    ],
}


def versioned(figure: Figure) -> Figure:
    """A figure whose formula is a version of an indicator, as the loader leaves it."""
    formula = formula_of(figure)
    indicator = Indicator.objects.create(title_zh="x", title_en="x", shape=formula.shape)
    figure.version = IndicatorVersion.objects.create(
        indicator=indicator,
        number=1,
        digest=formula.digest,
        formula=formula.to_dict(),
        defined_at="2026-01-01T00:00:00Z",
    )
    figure.save()
    return figure


@pytest.fixture
def plan_organs() -> list[Organ]:
    """The organs that own the plans."""
    return [
        register_organ(
            code=pack.plan.organ, name=pack.plan.title, level=Level.PROVINCE, territories=[f"{n}9"]
        )
        for n, pack in enumerate(load_all(), start=1)
    ]


def test_plans_share_indicators_and_a_changed_formula_is_the_next_version(plan_organs) -> None:
    load_packs()
    rates = Figure.objects.filter(key__in=["000-08", "001-09", "003-13", "004-08"])
    assert len({figure.version_id for figure in rates}) == 1
    part = next(part for pack in load_all() for part in pack.parts if part.key == "000-04")
    own = Figure.objects.get(key="000-04")
    assert part.formula is not None
    changed = replace(part, formula=replace(part.formula, minimum=2))
    Figure.objects.filter(version=own.version).update(version=None)
    found = define_indicators([changed], {"000-04": own.version_id})["000-04"]
    assert (found.indicator_id, found.number) == (own.version.indicator_id, 2)
    shared = next(part for pack in load_all() for part in pack.parts if part.key == "001-09")
    assert shared.formula is not None
    apart = replace(shared, formula=replace(shared.formula, per=100))
    alone = define_indicators([apart], {"001-09": rates[0].version_id})["001-09"]
    assert alone.number == 1, "the others still measure it the old way"


def test_all_257_rows_are_computed_entered_or_name_what_is_missing(plan_organs) -> None:
    load_packs()
    standings = {}
    for organ in plan_organs:
        figures = list(Figure.objects.filter(row__plan__organ=organ).select_related("row"))
        values = values_of([one for one in figures if not one.same_as], organ, DAY)
        for figure in figures:
            if figure.same_as:
                continue
            standing = standing_of(figure, values[figure.key])
            standings[figure.key] = standing
            if standing is Standing.MISSING:
                assert values[figure.key].outcome.lacks, figure.key
    rows = json.loads((Path(__file__).parent / "golden" / "rows.json").read_text(encoding="utf-8"))
    shown = Figure.objects.filter(row__supplementary=False).select_related("row")
    assert len(rows) == 257
    assert {figure.row.row_id for figure in shown} == set(rows)
    computing = {figure.key for figure in shown if figure.computable and not figure.same_as}
    assert all(standings[key] in (Standing.COMPUTED, Standing.NOBODY) for key in computing)
    # Nothing has been registered or stated: what computes has nobody in its group, or counts 0.
    assert Counter(standings.values()) == {
        Standing.MISSING: 214,
        Standing.NOBODY: 67,
        Standing.STATED: 55,
        Standing.COMPUTED: 10,
    }


def test_kept_values_hold_until_the_next_act() -> None:
    figure = versioned(figure_with(YEARLY))
    organ = figure.row.plan.organ
    by = officer(organ)
    one = subject(organ, "A")
    assert values_of([figure], organ, DAY)[figure.key].numerator == 0
    assert KeptValue.objects.count() == 1
    assert values_of([figure], organ, DAY)[figure.key].computed_at is not None
    concluded(by, one, date(2026, 3, 1))
    assert values_of([figure], organ, DAY)[figure.key].numerator == 1
    kept = values_of([figure], organ, DAY)[figure.key]
    assert kept.outcome == evaluate(figure, organ, DAY).outcome


def test_slow_values_may_stand_for_some_minutes() -> None:
    figure = versioned(figure_with(YEARLY))
    organ = figure.row.plan.organ
    one = subject(organ, "A")
    values_of([figure], organ, DAY)
    KeptValue.objects.update(milliseconds=5000)
    concluded(officer(organ), one, date(2026, 3, 1))
    assert values_of([figure], organ, DAY)[figure.key].numerator == 0
    assert values_of([figure], organ, DAY, fresh=True)[figure.key].numerator == 1


def test_type_flags_and_grade_are_those_of_the_data_date() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    one = subject(organ, "A")
    SubjectVersion.objects.filter(subject=one).update(valid_to=date(2025, 6, 30))
    one.subject_type = "hospital"
    one.save()
    said(one, date(2025, 7, 1))
    assert evaluate(figure, organ, date(2025, 6, 30)).denominator == 1
    assert evaluate(figure, organ, date(2025, 7, 1)).state is ValueState.NO_MEMBERS


def test_weights_are_decided_by_a_planner_add_up_and_stay_as_versions() -> None:
    figure = figure_with(INDEX)
    organ = figure.row.plan.organ
    formula = Formula.from_dict(INDEX)
    indicator = Indicator.objects.create(title_zh="指数", title_en="index", shape="composite")
    IndicatorVersion.objects.create(
        indicator=indicator,
        number=1,
        digest=formula.digest,
        formula=formula.to_dict(),
        defined_at="2026-01-01T00:00:00Z",
    )
    planner = officer(organ, "planner", Role.PLANNER)
    how = {"indicator": indicator, "formula": formula, "valid_from": date(2026, 1, 1), "reason": "局务会"}
    with pytest.raises(InvalidInput):
        propose_weights(by=planner, weights={"enterprise": "30", "society": "60"}, **how)
    with pytest.raises(InvalidInput):
        propose_weights(by=planner, weights={"enterprise": "0", "society": "100"}, **how)
    with pytest.raises(NotAllowed):
        propose_weights(by=officer(organ), weights={"enterprise": "40", "society": "60"}, **how)
    figure.version = indicator.versions.get()
    figure.save()
    Plan.objects.update(organ=organ.parent)
    with pytest.raises(NotAllowed):
        propose_weights(by=planner, weights={"enterprise": "40", "society": "60"}, **how)
    Plan.objects.update(organ=organ)
    leader = officer(organ, "leader", Role.LEADER)
    first = propose_weights(by=planner, weights={"enterprise": "40", "society": "60"}, **how)
    # Nothing holds before a second person has decided.
    assert weights_in_force(formula.digest, date(2026, 6, 1)) == {}
    assert WorkItem.objects.get(unfinished_q()).kind == "plans.weights"
    with pytest.raises(Conflict):
        propose_weights(by=planner, weights={"enterprise": "50", "society": "50"}, **how)
    with pytest.raises(NotAllowed):
        decide_weights(by=replace(leader, user_id=planner.user_id), pk=first.pk, approve=True)
    with pytest.raises(NotAllowed):
        decide_weights(by=planner, pk=first.pk, approve=True)
    decide_weights(by=leader, pk=first.pk, approve=True)
    assert not WorkItem.objects.filter(unfinished_q()).exists()
    how["valid_from"] = date(2026, 6, 1)
    second = propose_weights(by=planner, weights={"enterprise": "50", "society": "50"}, **how)
    with pytest.raises(InvalidInput):
        decide_weights(by=leader, pk=second.pk, approve=False)
    decide_weights(by=leader, pk=second.pk, approve=False, verdict="依据不足")
    assert weights_in_force(formula.digest, date(2026, 6, 1))["society"] == Fraction(60)
    second = propose_weights(by=planner, weights={"enterprise": "50", "society": "50"}, **how)
    decide_weights(by=leader, pk=second.pk, approve=True)
    with pytest.raises(InvalidInput) as refused:
        propose_weights(
            by=planner,
            weights={"enterprise": "60", "society": "40"},
            **{**how, "valid_from": date(2026, 5, 31)},
        )
    assert refused.value.field == "valid_from"
    assert weights_in_force(formula.digest, date(2026, 5, 31))["society"] == Fraction(60)
    assert weights_in_force(formula.digest, date(2026, 6, 1))["society"] == Fraction(50)
    assert weights_in_force(formula.digest, date(2025, 6, 1)) == {}


def test_an_index_without_weights_names_them_and_one_inside_itself_is_refused() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    outcome = Reading(organ, DAY).outcome(Formula.from_dict(INDEX), "percent", "900-02")
    assert outcome.state is ValueState.WAITING
    assert Lack("index_weights", organ.pk, 2026) in outcome.lacks
    figure.formula = INDEX
    figure.computable = False
    figure.save()
    with pytest.raises(DefinitionError, match="part of itself"):
        evaluate(figure, organ, DAY)


def test_a_pack_whose_indices_contain_each_other_is_refused() -> None:
    pack = load_all()[0]
    parts = {part.key: part for part in pack.parts}
    one = replace(
        parts["000-22"], formula=Formula("composite", components=(Component("a", "a", "a", of="000-22"),))
    )
    two = Formula("composite", components=(Component("a", "a", "a", of="000-99"),))
    for changed, wanted in ((one, "part of itself"), (replace(one, formula=two), "no figure 000-99")):
        rows = tuple(replace(row, parts=(changed,)) if row.id == "000-22" else row for row in pack.rows)
        found = [str(problem) for problem in problems_of(replace(pack, rows=rows))]
        assert any(wanted in problem for problem in found)


def test_forecasts_say_on_what_they_rest() -> None:
    pace = forecast(Fraction(40), date(2025, 6, 30), 2025, {}, grows_within_year=True, most=Fraction(100))
    assert pace is not None
    assert (pace.assumption, round(pace.number)) == (Assumption.PACE, 81)
    past = {2022: Fraction(10), 2023: Fraction(20), 2024: Fraction(30)}
    trend = forecast(Fraction(5), date(2025, 6, 30), 2027, past, grows_within_year=True)
    assert trend is not None
    assert (trend.number, trend.assumption, trend.years) == (60, Assumption.TREND, 3)
    assert forecast(Fraction(5), DAY, 2025, past, grows_within_year=True) is None
    assert forecast(Fraction(5), DAY, 2027, {}, grows_within_year=True) is None


def test_what_would_fix_it_is_counted_in_subjects() -> None:
    figure = figure_with(YEARLY, [{"every": "year", "op": ">=", "value": 50}])
    organ = figure.row.plan.organ
    for n in range(5):
        subject(organ, f"S{n}", opened_on=DAY - timedelta(days=900))
    value = evaluate(figure, organ, DAY)
    assert cure(formula_of(figure), value, "%") in ("Inspect 3 more subjects", "再检查3户")


def stated(organ: Organ, by: int, other: int, datum: str, amount: int, year: int, **dims: str) -> None:
    """A confirmed statement of a year."""
    Statistic.objects.create(
        datum=datum,
        organ=organ,
        first_on=date(year, 1, 1),
        last_on=date(year, 12, 31),
        dims=dims,
        dims_key=dims_key(dims),
        amount=amount,
        state="confirmed",
        entered_in=organ,
        entered_by_id=by,
        entered_at=now(),
        confirmed_by_id=other,
        confirmed_at=now(),
    )


def test_while_this_year_waits_the_last_year_is_shown_with_its_statements() -> None:
    rate = {
        "shape": "rate_per_population",
        "period": {"unit": "year"},
        "measure": "adr_reports",
        "over": "population",
        "per": 1_000_000,
    }
    figure = figure_with(rate, [{"year": 2025, "op": ">=", "value": 800}])
    figure.computable = False
    figure.unit = "reports_per_million"
    figure.unit_zh = "份/百万人"
    figure.save()
    organ = figure.row.plan.organ
    by = officer(organ, "planner", Role.PLANNER)
    other = officer(organ, "other")
    stated(organ, by.user_id, other.user_id, "adr_reports", 1200, 2025)
    stated(organ, by.user_id, other.user_id, "population", 2_000_000, 2025)
    value = values_of_figures([figure], organ, DAY)[figure.key]
    assert {lack.datum for lack in value.outcome.lacks} == {"adr_reports", "population"}
    assert value.earlier is not None
    assert (value.earlier.number, value.earlier.met) == (600, False)
    assert [side.count for side in sides(formula_of(figure), organ, date(2025, 12, 31))] == [1, 1]
    client = client_of(by)
    page = client.get("/plans/figures/900-01/?as_of=2025-12-31").content.decode()
    assert "600" in page
    assert "/statistics/" in page
    assert "600" in client.get("/plans/").content.decode()
    assert client.get("/plans/figures/900-01/?as_of=2025-12-31&format=csv").status_code == 200
    assert "600" in client.get("/plans/figures/900-01/regions/?as_of=2025-12-31").content.decode()


def judged(op: str, goal: float, number: int, of: int = 100) -> FigureValue:
    outcome = Outcome(ValueState.COMPUTED, Fraction(100 * number, of), Fraction(number), Fraction(of))
    return FigureValue("900-01", 1, DAY, outcome, target=Target(op, goal, year=2026))


def test_targets_that_ask_for_less_for_more_than_or_for_about_so_much() -> None:
    formula = Formula.from_dict(YEARLY)
    with override("en"):
        assert cure(formula, judged("<=", 2, 5), "%") == "3% above the target"
        assert cure(formula, judged("<", 5, 5), "%") == "It must be less"
        assert cure(formula, judged(">", 50, 50), "%") == "It must be more"
        assert cure(formula, judged(">", 50, 40), "%") == "Inspect 11 more subjects"
        assert cure(formula, judged(">=", 50, 40), "%") == "Inspect 10 more subjects"
        assert cure(formula, judged("about", 100, 80), "%") == "Inspect 10 more subjects"
        assert cure(formula, judged("<=", 5, 5), "%") == ""
        figure = Figure(unit="percent")
        above, below = line_with(figure, judged("<=", 2, 5)), line_with(figure, judged(">=", 50, 40))
        assert (above.status, above.distance) == ("Above target", "3.00 points too many")
        assert (below.status, below.distance) == ("Below target", "10.00 points short")


def test_nobody_in_the_group_is_said() -> None:
    nobody = FigureValue("900-01", 1, DAY, Outcome(ValueState.NO_MEMBERS), target=Target(">=", 50, year=2026))
    with override("en"):
        line = line_with(Figure(unit="percent"), nobody)
    assert (line.shown, line.status, nobody.met) == ("0 of 0", "Nobody in the group: counts 0", None)


def test_values_counted_while_somebody_writes_acts_are_counted_again() -> None:
    figure = versioned(figure_with(YEARLY))
    organ = figure.row.plan.organ
    concluded(officer(organ), subject(organ, "A"), date(2026, 3, 1))
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [WRITING])
        values_of([figure], organ, DAY)
        assert KeptValue.objects.get().journal == 0
        cursor.execute("COMMIT")
    other.close()
    values_of([figure], organ, DAY)
    assert KeptValue.objects.get().journal == newest_act_key() > 0


def test_who_writes_acts_can_be_seen() -> None:
    organ = prefecture()
    concluded(officer(organ), subject(organ, "A"), date(2026, 3, 1))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s", [WRITING])
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(("weights", "words"), [((40, 50), "add up to 90"), ((40, None), "have none")])
def test_weights_of_a_pack_are_all_there_and_add_up(weights: tuple, words: str) -> None:
    pack = next(pack for pack in load_all() if any(part.formula for part in pack.parts))
    part = next(part for part in pack.parts if part.formula is not None)
    components = [
        {"code": code, "zh": code, "en": code} | ({"weight": weight} if weight else {})
        for code, weight in zip(("enterprise", "society"), weights, strict=True)
    ]
    index = Formula.from_dict({"shape": "composite", "components": components})
    row = next(row for row in pack.rows if part in row.parts)
    changed = replace(row, parts=tuple(replace(p, formula=index) if p is part else p for p in row.parts))
    wrong = replace(pack, rows=tuple(changed if one is row else one for one in pack.rows))
    assert any(words in str(problem) for problem in problems_of(wrong))
