"""Schedules from asking to adopting: workers that die, organs of one line, shares to come, people at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.errors import Conflict, RuleBroken
from yaojian.foundation.reference.facade import CalendarDay, seed_calendar
from yaojian.foundation.timekeeping import now, today
from yaojian.oversight.mandates.actions import commit_draw, make_draw, set_mandate
from yaojian.oversight.mandates.models import Mandate, OrganLoad, Schedule, Visit
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.scheduling import running
from yaojian.oversight.mandates.scheduling.asking import (
    MOST_ATTEMPTS,
    STALLED,
    adopt_schedule,
    ask_schedule,
    take_up_what_was_left,
)
from yaojian.oversight.mandates.scheduling.running import Year, run_schedule, stops_of
from yaojian.oversight.mandates.scheduling.visits import Span
from yaojian.oversight.mandates.tests.factories import YEARLY, concluded, figure_with, officer, subject
from yaojian.oversight.mandates.tests.test_pages import SHARE, client_of, planner
from yaojian.registers.enterprises.facade import Subject

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_english")]
OWN: dict[str, Any] = {
    "scope": {"types": ["single_pharmacy"]},
    "act": {"kind": "inspection.concluded"},
    "period": {"unit": "quarter"},
}


@pytest.fixture
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


def upper_with(formula: dict[str, object] = YEARLY, targets: list[dict[str, object]] | None = None) -> Organ:
    """昌吉州 with three pharmacies, and 昌吉市 below it with one; their year has a calendar."""
    organ = figure_with(formula, targets).row.plan.organ
    for n in range(3):
        subject(organ, f"S{n}")
    subject(Organ.objects.get(code="xj.changji.cj"), "B0")
    refresh_duties()
    seed_calendar(today().year, today().year)
    return organ


def drawn_up(by: Any) -> Schedule:
    schedule = ask_schedule(by=by, year=today().year)
    assert run_schedule(schedule.pk)
    return schedule


def test_a_fault_ends_the_work_and_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = ask_schedule(by=planner(upper_with()), year=today().year)

    def fails(*_given: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(running, "stops_of", fails)
    with pytest.raises(ZeroDivisionError):
        run_schedule(schedule.pk)
    schedule.refresh_from_db()
    assert (schedule.state, bool(schedule.refusal)) == ("failed", True)


def test_a_dead_worker_is_replaced_a_few_times_a_living_one_never() -> None:
    schedule = ask_schedule(by=planner(upper_with()), year=today().year)
    long_ago = now() - 2 * STALLED
    for attempt in range(1, MOST_ATTEMPTS + 1):
        Schedule.objects.update(state="running", attempts=attempt, started_at=long_ago, beat_at=now())
        assert take_up_what_was_left() == 0
        Schedule.objects.update(beat_at=long_ago, asked_at=long_ago)
        assert take_up_what_was_left() == (1 if attempt < MOST_ATTEMPTS else 0)
    schedule.refresh_from_db()
    assert (schedule.state, bool(schedule.refusal)) == ("failed", True)


def test_who_was_given_up_for_dead_keeps_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule = ask_schedule(by=planner(upper_with()), year=today().year)
    real = running.year_of

    def slowly(*given: Any) -> Any:
        monkeypatch.setattr(running, "year_of", real)
        Schedule.objects.update(state="queued")
        assert run_schedule(schedule.pk)
        Schedule.objects.update(state="running")
        return real(*given)

    monkeypatch.setattr(running, "year_of", slowly)
    assert not run_schedule(schedule.pk)
    schedule.refresh_from_db()
    assert (schedule.state, schedule.attempts) == ("running", 2)
    loads = OrganLoad.objects.filter(schedule=schedule)
    assert Visit.objects.filter(schedule=schedule).count() == sum(load.asked for load in loads) > 0


def test_asked_twice_it_is_drawn_up_once() -> None:
    by = planner(upper_with())
    first = ask_schedule(by=by, year=today().year)
    assert ask_schedule(by=by, year=today().year) == first
    assert ask_schedule(by=by, year=today().year, extra=2) != first
    run_schedule(first.pk)
    assert ask_schedule(by=by, year=today().year) != first


def test_of_a_line_of_organs_one_schedule_stands() -> None:
    organ = upper_with()
    above, below = planner(organ), planner(Organ.objects.get(code="xj.changji.cj"))
    lower = drawn_up(below)
    adopt_schedule(by=below, schedule_id=lower.pk)
    one = drawn_up(above)
    adopt_schedule(by=above, schedule_id=one.pk)
    assert list(Schedule.objects.filter(state="adopted")) == [one]
    with pytest.raises(Conflict, match="covers your organ"):
        adopt_schedule(by=below, schedule_id=lower.pk)


def test_shares_still_to_be_drawn_are_told_and_have_no_week() -> None:
    organ = upper_with(YEARLY, SHARE)
    by = planner(organ)
    load = OrganLoad.objects.get(schedule=drawn_up(by), organ=organ)
    assert load.to_draw >= 1
    page = client_of(by).get(f"/plans/mandates/planner/{load.schedule_id}/").content.decode()
    assert "still to be drawn" in page
    make_draw(by=by, draw_id=commit_draw(by=by, code="900-01").pk)
    refresh_duties()
    assert OrganLoad.objects.get(schedule=drawn_up(by), organ=organ).to_draw < load.to_draw


def test_of_two_acts_asked_each_is_planned_by_when_it_ceases_to_count() -> None:
    organ = upper_with(YEARLY | {"period": {"unit": "rolling_years", "n": 1}, "minimum": 2})
    by = officer(organ)
    twice = subject(organ, "TWICE")
    for ago in (300, 200):
        concluded(by, twice, today() - timedelta(days=ago))
    refresh_duties()
    rules = {rule.key: rule for rule in running.rules_on(today()) if rule.code == "900-01"}
    following = today().year + 1
    year = Year(Span(date(following, 1, 1), date(following, 12, 31), today()), (), ())
    due = [stop.asked.due_on for stop in stops_of(organ.pk, year, rules) if stop.code == "TWICE"]
    assert len(due) == 2
    assert due[0] < due[1] <= date(today().year + 1, 12, 31)


def test_two_who_set_a_mandate_at_once_wait_for_each_other() -> None:
    by = planner(upper_with())
    with CaptureQueriesContext(connection) as captured:
        set_mandate(by=by, title="每季度检查", definition=OWN)
    statements = [query["sql"] for query in captured.captured_queries]
    held = next(n for n, sql in enumerate(statements) if "FOR NO KEY UPDATE" in sql)
    counted = next(n for n, sql in enumerate(statements) if "COUNT(*)" in sql and "mandates_mandate" in sql)
    assert held < counted
    with pytest.raises(Conflict, match="same mandate already"):
        set_mandate(by=by, title="再设一次", definition=OWN)
    set_mandate(by=by, title="每年检查", definition=OWN | {"period": {"unit": "year"}})


def test_a_double_click_says_so_and_keeps_what_was_typed() -> None:
    client = client_of(planner(upper_with()))
    typed = {"title": "单体药店每季度检查", "types": "single_pharmacy", "minimum": "1", "unit": "quarter"}
    assert client.post("/plans/mandates/try/set/", typed).status_code == 302
    answer = client.post("/plans/mandates/try/set/", typed)
    assert answer.status_code == 422
    assert "same mandate already" in answer.content.decode()
    assert "单体药店每季度检查" in answer.content.decode()


def test_the_dry_run_of_an_unchanged_mandate_changes_nothing() -> None:
    organ = upper_with()
    subject(organ, "STILL", in_production=False)
    mandate = Mandate.objects.get(code="900-01")
    mandate.formula["scope"]["in_production"] = True
    mandate.formula["within"] = "territory"
    mandate.share, mandate.stratified_by = 30, "type"
    mandate.save()
    client = client_of(planner(organ))
    form = client.get("/plans/mandates/try/?of=900-01").context["form"]
    asked = {name: value for name in form.fields if (value := form[name].value()) not in (None, "", [])}
    found = client.get("/plans/mandates/try/", {"of": "900-01", **asked}).context["found"]
    assert (found.added, found.removed, found.kept) == (0, 0, 4)
    assert client.post("/plans/mandates/try/set/", asked).status_code == 302
    own = Mandate.objects.get(source="own")
    assert own.formula["scope"]["in_production"] is True
    assert own.stratified_by == "type"


def test_a_hidden_code_that_no_text_can_hold_is_refused_in_words() -> None:
    answer = client_of(planner(upper_with())).post("/plans/mandates/try/set/", {"of": "\x00"})
    assert answer.status_code == 422
    assert "no name or number has" in answer.content.decode()


def test_with_fewer_inspectors_it_says_what_has_no_week() -> None:
    organ = upper_with()
    for n in range(2):
        officer(organ, f"more{n}")
    by = planner(organ)
    load = OrganLoad.objects.get(schedule=drawn_up(by), organ=organ)
    assert load.placed == load.asked > 0
    client = client_of(by)
    shown = client.get(f"/plans/mandates/planner/?extra=-50&organ={organ.pk}")
    row = next(row for row in shown.context["rows"] if row["load"].organ_id == organ.pk)
    # Table, chart, notice and list say the same.
    assert row["unplaced"] == len(shown.context["supposed"].unplaced) == load.asked
    assert (row["work"], row["room"], shown.context["supposed"].placed) == (0, 0, 0)
    assert len(shown.context["left"]) == load.asked
    assert f"{load.asked} visits have no week" in str(shown.context["chart"]["title"])
    assert "fewer than two inspectors" in shown.content.decode()


def test_a_year_without_working_days_is_not_offered_and_it_is_said_why() -> None:
    by = planner(upper_with())
    following = today().year + 1
    page = client_of(by).get("/plans/mandates/planner/")
    assert page.context["years"] == [today().year]
    assert f"{following} cannot be planned yet" in page.content.decode()
    seed_days = [date(following, 1, 1) + timedelta(days=n) for n in range(366)]
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, is_working=day.weekday() < 5) for day in seed_days if day.year == following
    )
    page = client_of(by).get("/plans/mandates/planner/")
    assert page.context["years"] == [today().year, following]
    assert "cannot be planned yet" not in page.content.decode()


def test_a_draw_is_offered_only_while_somebody_is_left_to_draw() -> None:
    organ = upper_with(YEARLY, SHARE)
    by = planner(organ)
    client = client_of(by)
    address = "/plans/mandates/900-01/draw/"
    assert address in client.get("/plans/mandates/900-01/").content.decode()
    for one in Subject.objects.all():
        concluded(by, one, today())
    refresh_duties()
    for page in ("draws/", "900-01/"):
        told = client.get(f"/plans/mandates/{page}").content.decode()
        assert "nobody is left to draw" in told
        assert address not in told
    with pytest.raises(RuleBroken, match="nobody is left"):
        commit_draw(by=by, code="900-01")


def test_the_dry_run_keeps_the_token_out_of_the_address() -> None:
    page = client_of(planner(upper_with())).get("/plans/mandates/try/").content.decode()
    form = page[page.index('<form class="form" method="get"') :]
    assert 'type="hidden" name="csrfmiddlewaretoken"' not in form[: form.index("</form>")]
