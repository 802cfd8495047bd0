"""Work comes ahead of time, stays until it is seen to, and follows its duty to another organ or day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yaojian.foundation.accounts.facade import Organ, Role
from yaojian.foundation.errors import InvalidInput
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import seed_calendar
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.oversight.mandates.actions import set_mandate
from yaojian.oversight.mandates.models import Mandate, Schedule, Standing, Visit
from yaojian.oversight.mandates.queries import Seen, due_by_month, due_by_organ, subjects_in_state, tallies
from yaojian.oversight.mandates.reading import rules_on
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.scheduling.running import stops_of, year_of
from yaojian.oversight.mandates.tests.factories import YEARLY, concluded, figure_with, officer, subject
from yaojian.registers.enterprises.models import Subject

pytestmark = pytest.mark.django_db
# Sooner than a national rule asks for the same.
TWO_YEARS = YEARLY | {"period": {"unit": "rolling_years", "n": 2}}
CODE = "900-01"


def items() -> list[WorkItem]:
    return list(WorkItem.objects.filter(origin_key=CODE).order_by("pk"))


def planned(organ: Organ, of: Subject, week: date, earliest: date, due_on: date) -> Schedule:
    """An adopted schedule with one visit."""
    schedule = Schedule.objects.create(
        organ=organ,
        year=week.year,
        state="adopted",
        percent=60,
        asked_by_id=officer(organ, "planner").user_id,
        asked_at=now(),
        adopted_at=now(),
    )
    Visit.objects.create(
        schedule=schedule,
        organ=organ,
        subject=of,
        mandates=[CODE],
        half_days=1,
        earliest=earliest,
        latest=due_on,
        due_on=due_on,
        week=week,
    )
    return schedule


def test_what_recurs_after_years_opens_sixty_days_before_and_is_done_by_an_act() -> None:
    organ = figure_with(TWO_YEARS).row.plan.organ
    one, by = subject(organ, "A"), officer(organ)
    due_on = today() + timedelta(days=60)
    concluded(by, one, date(due_on.year - 2, due_on.month, due_on.day))
    assert refresh_duties(as_of=today() - timedelta(days=1)).opened == 0
    assert refresh_duties().opened == 1
    (item,) = items()
    assert item.due_on == due_on
    standing = Standing.objects.get(mandate__code=CODE)
    assert (standing.met, standing.due_on) == (True, due_on)
    seen = Seen(standing.mandate, organ, narrowed=False)
    path = organ.path or ""
    assert tallies([seen], path, today())[standing.mandate_id].due == 1
    assert subjects_in_state(seen, path, today(), "due") == [one.pk]
    assert due_by_month(seen, path, today())[due_on.strftime("%Y-%m")] == 1
    first = due_on.replace(day=1)
    assert due_by_organ([organ.pk], today(), due_on, "month", today()) == {(organ.pk, first): 1}
    concluded(by, one, today())
    assert refresh_duties([one.pk]).completed == 1
    assert refresh_duties().opened == 0
    assert [found.state for found in items()] == ["done"]


def test_a_planned_visit_of_what_recurs_comes_before_its_week_and_not_again_after_it() -> None:
    organ = figure_with(TWO_YEARS).row.plan.organ
    one, by = subject(organ, "A"), officer(organ)
    concluded(by, one, date(2024, 9, 30))
    planned(organ, one, date(2026, 5, 11), date(2026, 4, 3), date(2026, 9, 30))
    assert refresh_duties(as_of=date(2026, 4, 12)).opened == 0
    assert refresh_duties(as_of=date(2026, 4, 13)).opened == 1
    (item,) = items()
    assert item.parameters["planned_week"] == "2026-05-11"
    assert refresh_duties(as_of=date(2026, 5, 30)).cancelled == 0
    # Made earlier than anybody planned: the duty is due in another year.
    concluded(by, one, date(2026, 4, 1))
    refresh_duties([one.pk], as_of=date(2026, 5, 30))
    assert [found.state in ("done", "cancelled") for found in items()] == [True]
    assert refresh_duties(as_of=date(2026, 5, 30)).opened == 0


def test_a_planned_visit_that_was_missed_stays_until_it_is_made() -> None:
    organ = figure_with(YEARLY | {"minimum": 2}).row.plan.organ
    one, by = subject(organ, "A"), officer(organ)
    first = planned(organ, one, date(2026, 3, 9), date(2026, 1, 1), date(2026, 6, 30))
    Visit.objects.create(
        schedule=first,
        organ=organ,
        subject=one,
        mandates=[CODE],
        half_days=1,
        earliest=date(2026, 7, 1),
        latest=date(2026, 12, 31),
        due_on=date(2026, 12, 31),
        week=date(2026, 9, 14),
    )
    concluded(by, one, date(2025, 2, 1))
    concluded(by, one, date(2025, 8, 1))
    assert refresh_duties(as_of=date(2026, 3, 1)).opened == 1
    assert refresh_duties(as_of=date(2026, 4, 10)).cancelled == 0
    concluded(by, one, date(2026, 4, 12))
    # The first of two has been made, the second is far off.
    assert refresh_duties(as_of=date(2026, 4, 12)).cancelled == 1
    assert refresh_duties(as_of=date(2026, 8, 20)).opened == 1
    concluded(by, one, date(2026, 8, 21))
    assert refresh_duties(as_of=date(2026, 8, 21)).completed == 1


def test_an_item_follows_its_subject_to_another_organ_and_leaves_who_had_it() -> None:
    organ = figure_with(YEARLY).row.plan.organ
    one, by = subject(organ, "A"), officer(organ)
    day = date(today().year, 12, 1)
    refresh_duties(as_of=day)
    WorkItem.objects.update(assignee=by.user_id)
    county = Organ.objects.get(code="xj.changji.cj")
    Subject.objects.filter(pk=one.pk).update(responsible_organ=county)
    refresh_duties([one.pk], as_of=day)
    (item,) = items()
    assert (item.organ_id, item.assignee_id, item.state) == (county.pk, None, "returned")
    assert Act.objects.filter(kind="worklist.returned", subject_id=one.pk).count() == 1
    refresh_duties(as_of=day)
    assert Act.objects.filter(kind="worklist.returned").count() == 1


def test_an_item_follows_the_day_of_its_duty() -> None:
    window = {"unit": "window", "start": "2021-01-01", "end": "2026-12-31"}
    figure = figure_with(YEARLY | {"period": window})
    subject(figure.row.plan.organ, "A")
    refresh_duties(as_of=date(2026, 12, 1))
    figure.formula = YEARLY | {"period": window | {"end": "2026-12-10"}}
    figure.save()
    assert refresh_duties(as_of=date(2026, 12, 1)).opened == 0
    assert [item.due_on for item in items()] == [date(2026, 12, 10)]


def test_a_level_that_nobody_has_opens_no_work_and_is_told() -> None:
    act = {"kind": "inspection.concluded", "organ_levels": ["prefecture", "county"]}
    figure = figure_with(YEARLY | {"act": act})
    upper = figure.row.plan.organ
    region = Organ.objects.get(code="xj")
    one = subject(region, "A")
    two = subject(Organ.objects.get(code="xj.changji.cj"), "B")
    day = date(today().year, 12, 1)
    refresh_duties(as_of=day)
    assert [item.subject_id for item in items()] == [two.pk]
    standing = Standing.objects.get(subject=one, mandate__code=CODE)
    assert (standing.nobody, standing.organ_id) == (True, region.pk)
    tally = tallies([Seen(standing.mandate, upper, narrowed=False)], upper.path or "", day)
    assert (tally[standing.mandate_id].nobody, tally[standing.mandate_id].overdue) == (1, 1)
    seed_calendar(day.year, day.year)
    rules = {rule.key: rule for rule in rules_on(day)}
    assert stops_of(region.pk, year_of(day.year, 60, day), rules) == []
    refresh_duties([one.pk], as_of=day)
    assert Standing.objects.get(subject=one, mandate__code=CODE).nobody


def test_own_mandates_bind_what_the_organ_answers_for() -> None:
    figure_with(YEARLY)
    county = Organ.objects.get(code="xj.changji.cj")
    mine = subject(county, "A")
    subject(Organ.objects.get(code="xj"), "B")
    chief = officer(county, "chief", Role.PLANNER)
    definition = {
        "scope": {"types": ["single_pharmacy"]},
        "act": {"kind": "inspection.concluded"},
        "period": {"unit": "quarter"},
    }
    mandate = set_mandate(by=chief, title="每季度检查", definition=definition)
    refresh_duties()
    assert [found.subject_id for found in mandate.standings.all()] == [mine.pk]
    above = definition | {"act": {"kind": "inspection.concluded", "organ_levels": ["prefecture"]}}
    with pytest.raises(InvalidInput) as refused:
        set_mandate(by=chief, title="由州局检查", definition=above)
    assert refused.value.field == "levels"
    assert Mandate.objects.filter(source="own").count() == 1
