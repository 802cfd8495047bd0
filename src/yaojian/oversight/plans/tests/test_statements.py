"""What statements add up to: parts of a year, figures stated twice, organs that come, go and move."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from yaojian.foundation.accounts.facade import Level, Organ, Role, register_organ
from yaojian.foundation.accounts.models import OrganPeriod
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.timekeeping import now
from yaojian.oversight.plans.cells import Cell
from yaojian.oversight.plans.definitions import Formula
from yaojian.oversight.plans.engine import Reading, evaluate
from yaojian.oversight.plans.kept import read, values_at, written
from yaojian.oversight.plans.outcomes import Lack, Outcome, ValueState
from yaojian.oversight.plans.queries import organs_below, values_of_figures
from yaojian.oversight.plans.reference import world as plain
from yaojian.oversight.plans.reference.engine import Reference
from yaojian.oversight.plans.tests.factories import figure_with, officer
from yaojian.oversight.plans.tests.test_pages import client_of
from yaojian.oversight.plans.tests.test_shapes import versioned
from yaojian.oversight.plans.web.asked import checked_day
from yaojian.oversight.plans.web.figures import expected, lacks_in_words
from yaojian.oversight.statistics.facade import gaps
from yaojian.oversight.statistics.models import Statistic, dims_key

pytestmark = pytest.mark.django_db

REPORTS = {"shape": "count", "measure": "adr_reports", "period": {"unit": "year"}}
RATE = {
    "shape": "rate_per_population",
    "measure": "adr_reports",
    "over": "population",
    "per": 1_000_000,
    "period": {"unit": "year"},
}
END = date(2025, 12, 31)


class Land:
    """A prefecture A with the counties B and C; whoever enters and confirms."""

    def __init__(self) -> None:
        self.region = register_organ(code="xj", name="区局", level=Level.PROVINCE, territories=["65"])
        self.a = self.organ("xj.a", Level.PREFECTURE, self.region, "6523")
        self.b = self.organ("xj.a.b", Level.COUNTY, self.a, "652301")
        self.c = self.organ("xj.a.c", Level.COUNTY, self.a, "652302")
        self.people = officer(self.region, "one").user_id, officer(self.region, "two").user_id

    def organ(self, code: str, level: Level, parent: Organ, land: str, **fields: object) -> Organ:
        return register_organ(code=code, name=code, level=level, parent=parent, territories=[land], **fields)

    def say(
        self,
        organ: Organ,
        amount: int,
        first: str,
        last: str,
        datum: str = "adr_reports",
        dims: Mapping[str, str] | None = None,
    ) -> Statistic:
        return Statistic.objects.create(
            datum=datum,
            organ=organ,
            first_on=date.fromisoformat(first),
            last_on=date.fromisoformat(last),
            dims=dict(dims or {}),
            dims_key=dims_key(dims or {}),
            amount=amount,
            state="confirmed",
            entered_in=organ,
            entered_by_id=self.people[0],
            entered_at=now(),
            confirmed_by_id=self.people[1],
            confirmed_at=now(),
        )

    def move(self, organ: Organ, to: Organ | None, on: date) -> None:
        """Let an organ stand under another from a day on, or be closed that day."""
        period = OrganPeriod.objects.get(organ=organ, valid_to=None)
        period.valid_to = on - timedelta(days=1)
        period.save()
        if to is not None:
            period.pk, period.valid_from, period.valid_to, period.parent = None, on, None, to
            period.save()


@pytest.fixture
def land(db: None) -> Land:
    return Land()


def count(organ: Organ, as_of: date = END, formula: dict = REPORTS) -> Outcome:
    return Reading(organ, as_of).outcome(Formula.from_dict(formula), "reports")


def lack(organ: Organ, first: str, last: str, year: int = 2025) -> Lack:
    days = (date.fromisoformat(first), date.fromisoformat(last))
    return Lack("adr_reports", organ.pk, year, days)


def test_the_population_of_a_year_is_the_newest_and_not_the_sum(land: Land) -> None:
    land.say(land.a, 1_000_000, "2025-06-30", "2025-06-30", "population")
    land.say(land.a, 1_010_000, "2025-12-31", "2025-12-31", "population")
    land.say(land.a, 505, "2025-01-01", "2025-12-31")
    found = count(land.a, formula=RATE)
    assert (found.state, found.denominator, found.number) == (ValueState.COMPUTED, 1_010_000, 500)


def test_what_there_is_is_not_added_over_time(land: Land) -> None:
    land.say(land.b, 40, "2025-06-30", "2025-06-30", "staff_roster")
    land.say(land.b, 42, "2025-12-31", "2025-12-31", "staff_roster")
    land.say(land.c, 8, "2025-01-01", "2025-12-31", "staff_roster")
    formula = {"shape": "count", "measure": "staff_roster", "period": {"unit": "year"}}
    assert count(land.a, formula=formula) == Outcome(ValueState.COMPUTED, Fraction(50), Fraction(50))


def test_who_has_stated_a_part_of_the_year_is_named_with_the_rest(land: Land) -> None:
    land.say(land.b, 1200, "2025-01-01", "2025-12-31")
    land.say(land.c, 100, "2025-01-01", "2025-01-31")
    land.say(land.c, 100, "2025-03-01", "2025-03-31")
    found = count(land.a)
    assert (found.state, found.number) == (ValueState.INCOMPLETE, 1400)
    expected = (lack(land.c, "2025-02-01", "2025-02-28"), lack(land.c, "2025-04-01", "2025-12-31"))
    assert found.lacks == expected
    assert read(written(found)) == found
    assert count(land.b).state is ValueState.COMPUTED


def test_three_quarters_are_not_judged_against_the_year(land: Land) -> None:
    for number, (first, last) in enumerate(
        (("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31"))
    ):
        found = count(land.b)
        assert (found.number or 0, found.state is ValueState.COMPUTED) == (number * 10, False)
        land.say(land.b, 10, f"2025-{first}", f"2025-{last}")
    assert count(land.b) == Outcome(ValueState.COMPUTED, Fraction(40), Fraction(40))
    on_the_day = count(land.b, date(2025, 6, 30))
    assert (on_the_day.state, on_the_day.number) == (ValueState.COMPUTED, 20)


def test_a_shorter_statement_above_does_not_silence_longer_ones_below(land: Land) -> None:
    land.say(land.b, 1200, "2025-01-01", "2025-12-31")
    land.say(land.c, 1300, "2025-01-01", "2025-12-31")
    land.say(land.a, 600, "2025-01-01", "2025-03-31")
    assert count(land.a) == Outcome(ValueState.COMPUTED, Fraction(2500), Fraction(2500))
    land.say(land.a, 1800, "2025-04-01", "2025-12-31")
    assert count(land.a).number == 2400, "its own two statements speak of the whole year"


def test_the_days_an_organ_leaves_are_taken_from_below(land: Land) -> None:
    land.say(land.a, 600, "2025-01-01", "2025-06-30")
    for county in (land.b, land.c):
        land.say(county, 250, "2025-01-01", "2025-06-30")
        land.say(county, 350, "2025-07-01", "2025-12-31")
    assert count(land.a) == Outcome(ValueState.COMPUTED, Fraction(1300), Fraction(1300))


def test_an_organ_that_did_not_exist_has_no_value_and_no_failure(land: Land) -> None:
    born = land.organ("xj.a.d", Level.COUNTY, land.a, "652303", valid_from=date(2026, 3, 1))
    for day in (date(2000, 1, 1), date(2018, 12, 31), END):
        found = count(born, day)
        assert (found.state, found.lacks) == (
            ValueState.WAITING,
            (Lack("adr_reports", born.pk, day.year),),
        )
        each = {"shape": "count", "measure": "drills", "each": "county"}
        assert Reading(born, day).outcome(Formula.from_dict(each), "times").number is None
    land.say(born, 7, "2026-03-01", "2026-06-30")
    assert count(born, date(2026, 6, 30)).state is ValueState.COMPUTED, "only its own days are asked for"
    assert count(land.a, date(2018, 12, 31)).state is ValueState.WAITING


def test_what_a_closed_organ_stated_still_counts_and_it_is_asked_no_more(land: Land) -> None:
    land.say(land.b, 100, "2025-01-01", "2025-12-31")
    land.say(land.c, 50, "2025-01-01", "2025-06-30")
    land.move(land.c, None, date(2025, 7, 1))
    assert count(land.a, date(2025, 6, 30)).number == 50
    assert count(land.a) == Outcome(ValueState.COMPUTED, Fraction(150), Fraction(150))


def test_a_statement_counts_where_its_organ_stood(land: Land) -> None:
    other = land.organ("xj.e", Level.PREFECTURE, land.region, "6527")
    land.say(other, 1, "2025-01-01", "2025-06-30")
    land.move(land.c, other, date(2025, 7, 1))
    land.say(land.b, 100, "2025-01-01", "2025-12-31")
    land.say(land.c, 30, "2025-01-01", "2025-06-30")
    land.say(land.c, 40, "2025-07-01", "2025-12-31")
    assert [count(one).number for one in (land.a, other, land.region)] == [130, 41, 171]
    assert all(count(one).state is ValueState.COMPUTED for one in (land.a, other, land.region))


def test_a_value_of_a_day_does_not_depend_on_what_else_is_asked(land: Land) -> None:
    figure = versioned(figure_with(REPORTS))
    land.say(land.b, 100, "2024-01-01", "2024-12-31")
    land.say(land.c, 50, "2024-01-01", "2024-12-31")
    land.move(land.c, None, date(2025, 7, 1))
    born = land.organ("xj.a.d", Level.COUNTY, land.a, "652303", valid_from=date(2025, 7, 1))
    land.say(born, 9, "2025-07-01", "2025-12-31")
    places = [(organ, day) for organ in (land.a, land.b, born) for day in (END, date(2024, 12, 31))]
    together = values_at([figure], places, fresh=True)
    for organ, day in places:
        alone = evaluate(figure, organ, day)
        assert together[organ.pk, day][figure.key].outcome == alone.outcome, (organ.code, day)


def test_gaps_name_the_days_that_nobody_has_stated(land: Land) -> None:
    land.say(land.b, 100, "2025-01-01", "2025-12-31")
    land.say(land.c, 50, "2025-01-01", "2025-06-30")
    land.say(land.a, 5, "2025-06-30", "2025-06-30", "population")
    reports, people = gaps([("adr_reports", {}), ("population", {})], land.a, 2025)
    assert [(gap.organ_id, gap.days) for gap in reports] == [(land.c.pk, (date(2025, 7, 1), END))]
    assert people == []


@pytest.mark.parametrize("seed", range(12))
def test_both_evaluators_agree_over_days_and_moves(land: Land, seed: int) -> None:
    """Several days and organs from one reading, while counties are opened, closed and moved."""
    chance = random.Random(seed)
    other = land.organ("xj.e", Level.PREFECTURE, land.region, "6527")
    late = land.organ(
        "xj.e.f", Level.COUNTY, other, "652701", valid_from=date(2024, chance.randint(1, 12), 5)
    )
    land.move(land.b, chance.choice([other, None]), date(2024, chance.randint(1, 12), 20))
    if chance.random() < 0.5:
        land.move(land.c, other, date(2025, chance.randint(1, 12), 1))
    organs = [land.region, land.a, other, land.b, land.c, late]
    statements = [
        plain.Statement(row.datum, row.organ_id, row.first_on, row.last_on, {}, Fraction(row.amount))
        for organ in organs
        for row in some_statements(land, organ, chance)
    ]
    stays = [
        plain.Stay(row.organ_id, row.parent_id, row.valid_from, row.valid_to)
        for row in OrganPeriod.objects.all()
    ]
    places = [
        plain.Organ(one.pk, one.parent_id, one.level, one.tree, tuple(one.territories)) for one in organs
    ]
    world = plain.World(places, statements=statements, stays=stays)
    days = [date(2018, 5, 1), date(2024, 6, 30), date(2024, 12, 31), date(2025, 10, 17), END]
    first = Reading(land.region, END)
    for formula in formulas():
        for organ in organs:
            for day in days:
                fast = first.at(organ, day).outcome(formula, "reports")
                slow = Reference(world, organ.pk, day).evaluate(formula, "reports")
                assert fast == slow, (organ.code, day, formula.to_dict())


def formulas() -> list[Formula]:
    window = {"unit": "window", "start": "2024-01-01", "end": "2025-12-31"}
    periods = [{"unit": "year"}, {"unit": "quarter"}, window, {"unit": "rolling_years", "n": 2}]
    written = [{**REPORTS, "period": period} for period in periods]
    written += [{"shape": "count", "measure": "staff_roster", "period": {"unit": "year"}}]
    written += [{"shape": "count", "measure": "adr_reports"}, RATE]
    written += [{"shape": "count", "measure": "adr_reports", "each": "county", "period": {"unit": "year"}}]
    written += [{**REPORTS, "shape": "growth", "base_year": 2024}]
    return [Formula.from_dict(one) for one in written]


def some_statements(land: Land, organ: Organ, chance: random.Random) -> list[Statistic]:
    said = []
    for datum in ("adr_reports", "staff_roster", "population"):
        for year in (2024, 2025):
            starts = sorted({1, *(m for m in (2, 4, 7, 10) if chance.random() < 0.5)})
            for start, following in zip(starts, [*starts[1:], 13], strict=True):
                last = date(year, following, 1) - timedelta(days=1) if following < 13 else date(year, 12, 31)
                if chance.random() < 0.5:
                    amount = chance.randint(1, 99)
                    said.append(land.say(organ, amount, f"{year}-{start:02}-01", last.isoformat(), datum))
    return said


def test_the_data_that_are_added_over_time() -> None:
    item = {"item": ("drug_output",)}
    assert Cell.of("adr_reports", {}).is_flow
    assert Cell.of("industry_statistics", item).is_flow
    assert not Cell.of("industry_statistics", {"item": ("high_tech",)}).is_flow
    for standing in ("population", "townships", "lab_grades", "index_components", "staff_roster"):
        assert not Cell.of(standing, {}).is_flow, standing


def test_no_page_fails_for_a_day_on_which_organs_did_not_exist(land: Land) -> None:
    figure = versioned(figure_with(REPORTS))
    plan = figure.row.plan
    plan.organ = land.a
    plan.save()
    land.organ("xj.a.d", Level.COUNTY, land.a, "652303", valid_from=date(2026, 3, 1))
    land.move(land.c, None, date(2026, 3, 1))
    client = client_of(officer(land.a, "leader", Role.LEADER))
    for day in ("2000-01-01", "2018-12-31", "2025-12-31"):
        for page in ("plans:cockpit", "plans:figure", "plans:regions", "plans:plan"):
            args = {"plans:cockpit": [], "plans:plan": [plan.code]}.get(page, [figure.key])
            assert client.get(reverse(page, args=args), {"as_of": day}).status_code == 200, (page, day)
    assert [one.code for one in organs_below(land.a, date(2025, 12, 31))] == ["xj.a.b", "xj.a.c"]
    assert [one.code for one in organs_below(land.a, date(2026, 6, 30))] == ["xj.a.b", "xj.a.d"]


def test_the_cockpit_of_an_organ_opened_this_year(land: Land) -> None:
    figure = versioned(figure_with(REPORTS))
    born = land.organ("xj.a.d", Level.COUNTY, land.a, "652303", valid_from=date(2026, 3, 1))
    values = values_of_figures([figure], born, date(2026, 11, 20))
    assert values[figure.key].state is ValueState.WAITING


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2999-01-01"])
def test_the_interface_refuses_days_out_of_bounds(land: Land, day: str) -> None:
    with pytest.raises(InvalidInput):
        checked_day(date.fromisoformat(day))


def test_a_forecast_does_not_rest_on_years_before_the_records_or_with_gaps(land: Land) -> None:
    figure = versioned(figure_with({**REPORTS, "shape": "count"}, [{"year": 2028, "op": ">=", "value": 100}]))
    figure.computable = False
    for year, last in ((2023, "12-31"), (2024, "03-31"), (2025, "12-31")):
        land.say(land.b, 40, f"{year}-01-01", f"{year}-{last}")
    ends = {y: evaluate(figure, land.b, date(y, 12, 31)) for y in (2023, 2024, 2025)}
    assert ends[2024].state is ValueState.INCOMPLETE
    found = expected(ends[2025], {y: ends[y] for y in (2023, 2024)}, figure)
    assert found is not None
    assert found.years == 2
    assert expected(ends[2024], {2023: ends[2023]}, figure) is None


PASSED = {
    "shape": "pass_rate",
    "measure": "samples",
    "select": {"category": ["drug"]},
    "period": {"unit": "year"},
}


def test_the_part_that_conforms_is_stated_and_not_taken_as_none(land: Land) -> None:
    """A pass rate has no value before somebody says how many passed; a stated zero is a value."""
    drug, passed = {"category": "drug"}, {"category": "drug", "outcome": "met"}
    year = ("2025-01-01", "2025-12-31")
    for county in (land.b, land.c):
        land.say(county, 100, *year, "samples", drug)
    silent = count(land.a, formula=PASSED)
    narrowed = (("category", ("drug",)), ("outcome", ("met",)))
    assert silent == Outcome(ValueState.WAITING, lacks=(Lack("samples", land.a.pk, 2025, dims=narrowed),))
    land.say(land.b, 0, *year, "samples", passed)
    half = count(land.a, formula=PASSED)
    assert (half.state, half.lacks) == (
        ValueState.INCOMPLETE,
        (Lack("samples", land.c.pk, 2025, dims=narrowed),),
    )
    assert read(json.loads(json.dumps(written(half)))) == half
    assert lacks_in_words(half.lacks)[0]["narrowed"] == "category=drug&outcome=met"
    none = count(land.b, formula=PASSED)
    assert (none.state, none.number) == (ValueState.COMPUTED, 0)
