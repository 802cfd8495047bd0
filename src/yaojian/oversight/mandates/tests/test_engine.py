"""Which work items the mandate engine completes, and which it withdraws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem
from yaojian.oversight.mandates.models import Mandate, Standing
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.tests.factories import YEARLY, concluded, figure_with, officer, subject
from yaojian.oversight.plans.engine import evaluate

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    """Of the items under the figure; national rules may ask for the same subjects."""
    items = WorkItem.objects.filter(origin_key="900-01")
    return list(items.order_by("pk").values_list("state", flat=True))


def test_a_closed_subject_has_its_duty_withdrawn_not_done() -> None:
    figure = figure_with(YEARLY)
    one = subject(figure.row.plan.organ, "A")
    day = date(today().year, 12, 1)
    assert refresh_duties(as_of=day).opened == 1
    one.closed_on = day
    one.save()
    done = refresh_duties([one.pk], as_of=day)
    assert (done.completed, done.cancelled) == (0, 1)
    assert states() == ["cancelled"]


def test_a_subject_that_left_the_scope_has_its_duty_withdrawn() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    one, two = subject(organ, "A"), subject(organ, "B")
    day = date(today().year, 12, 1)
    assert refresh_duties(as_of=day).opened == 2
    one.subject_type = "hospital"
    one.save()
    concluded(officer(organ), two, date(day.year, 2, 1))
    assert (refresh_duties(as_of=day).completed, states()) == (1, ["cancelled", "done"])


def test_a_duty_that_presses_no_more_is_withdrawn_unless_it_was_seen_to() -> None:
    figure = figure_with(YEARLY | {"period": {"unit": "rolling_years", "n": 3}})
    one = subject(figure.row.plan.organ, "A")
    assert refresh_duties().opened == 1
    one.opened_on = today() - timedelta(days=30)
    one.save()
    done = refresh_duties()
    assert not Standing.objects.get(subject=one, mandate__code=figure.key).met
    assert (done.completed, done.cancelled, states()) == (0, 1, ["cancelled"])


def test_items_of_figures_that_open_no_duties_any_more_are_withdrawn_at_night() -> None:
    figure = figure_with(YEARLY)
    one = subject(figure.row.plan.organ, "A")
    day = date(today().year, 12, 1)
    assert refresh_duties(as_of=day).opened == 1
    figure.computable = False
    figure.save()
    assert refresh_duties([one.pk], as_of=day).cancelled == 0
    assert refresh_duties(as_of=day).cancelled == 1
    assert states() == ["cancelled"]
    figure.computable = True
    figure.save()
    assert refresh_duties(as_of=day).opened == 1
    figure.delete()
    assert refresh_duties(as_of=day).cancelled == 1
    assert states() == ["cancelled", "cancelled"]


def test_a_missed_window_leaves_the_worklist_once_seen_to_but_not_the_figure() -> None:
    window = {"unit": "window", "start": "2021-01-01", "end": "2025-12-31"}
    figure = figure_with(YEARLY | {"period": window})
    organ = figure.row.plan.organ
    one = subject(organ, "A")
    day = date(2026, 11, 22)
    assert refresh_duties(as_of=day).opened == 1
    concluded(officer(organ), one, date(2026, 5, 1))
    assert refresh_duties([one.pk], as_of=day).completed == 1
    assert states() == ["done"]
    standing = Standing.objects.get(subject=one, mandate__code=figure.key)
    assert (standing.met, standing.late) == (True, True)
    assert evaluate(figure, organ, day).numerator == 0


def test_the_engine_opens_each_duty_once_and_completes_it_when_met() -> None:
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    by = officer(organ)
    one = subject(organ, "A")
    subject(organ, "B", closed_on=date(2020, 1, 1))
    day = date(today().year, 12, 1)
    assert refresh_duties(as_of=day).opened == 1
    assert refresh_duties(as_of=day).opened == 0
    item = WorkItem.objects.get()
    assert (item.subject_id, item.organ_id, item.origin_key) == (one.pk, organ.pk, "900-01")
    concluded(by, one, day - timedelta(days=400))
    assert refresh_duties([one.pk], as_of=day).completed == 0
    concluded(by, one, day)
    assert refresh_duties([one.pk], as_of=day).completed == 1
    item.refresh_from_db()
    assert item.state == "done"
    assert refresh_duties(as_of=day).opened == 0


def test_a_share_opens_no_duty_for_anybody_in_particular() -> None:
    figure = figure_with(YEARLY, [{"every": "year", "op": ">=", "value": 35}])
    subject(figure.row.plan.organ, "A")
    refresh_duties()
    assert not WorkItem.objects.filter(origin_key="900-01").exists()
    assert Mandate.objects.get(code="900-01").share == 35
