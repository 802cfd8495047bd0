"""The pages of mandates: who sees them, what they say, and that they read the table of duties."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Level, Organ, Role, register_organ
from yaojian.foundation.ledger.facade import Act
from yaojian.foundation.reference.facade import seed_calendar
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates.models import Draw, Mandate, OrganLoad, Schedule, Standing, Visit
from yaojian.oversight.mandates.refreshing import refresh_duties
from yaojian.oversight.mandates.scheduling.running import run_schedule
from yaojian.oversight.mandates.tests.factories import YEARLY, concluded, figure_with, officer, subject
from yaojian.oversight.plans.models import Figure

pytestmark = pytest.mark.django_db
SHARE = [{"every": "year", "op": ">=", "value": 35}]


def client_of(actor: Actor, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(get_user_model().objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def figure() -> Figure:
    """A mandate of 昌吉州 under which two of three stand well; everybody's duties are counted."""
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    by = officer(organ)
    for n in range(3):
        one = subject(organ, f"S{n}")
        if n:
            concluded(by, one, today())
    refresh_duties()
    return figure


def planner(organ: Organ) -> Actor:
    return officer(organ, f"planner-{organ.code}", Role.PLANNER)


def strangers() -> list[Organ]:
    region = register_organ(code="xj", name="自治区局", level=Level.PROVINCE, territories=["65"])
    beside = register_organ(
        code="xj.altay", name="阿勒泰地区局", level=Level.PREFECTURE, parent=region, territories=["6543"]
    )
    return [beside, register_organ(code="jx", name="江西省局", level=Level.PROVINCE, territories=["36"])]


def test_the_mandates_of_another_region_are_not_there(figure: Figure) -> None:
    assert client_of(planner(figure.row.plan.organ)).get("/plans/mandates/900-01/").status_code == 200
    for stranger in strangers():
        client = client_of(planner(stranger))
        assert client.get("/plans/mandates/900-01/").status_code == 404
        content = client.get("/plans/mandates/").content.decode()
        assert "900-01" not in content
        assert "law.gmp.quarterly" in content


def test_the_list_reads_no_acts_and_few_tables(figure: Figure) -> None:
    client = client_of(planner(figure.row.plan.organ))
    with CaptureQueriesContext(connection) as captured:
        content = client.get("/plans/mandates/").content.decode()
    assert "66.7%" in content
    assert len(captured) <= 15
    assert not any('"ledger_act"' in query["sql"] for query in captured.captured_queries)


def test_yesterday_is_counted_from_what_held_then(figure: Figure) -> None:
    client = client_of(planner(figure.row.plan.organ))
    day = (today() - timedelta(days=1)).isoformat()
    content = client.get(f"/plans/mandates/?as_of={day}").content.decode()
    assert "0.0%" in content
    assert Standing.objects.filter(met=True, mandate__code="900-01").count() == 2
    assert client.get("/plans/mandates/?as_of=2999-01-01").status_code == 422


def test_a_window_met_late_is_called_so_and_nothing_further_is_due() -> None:
    window = {"unit": "window", "start": "2021-01-01", "end": "2025-12-31"}
    figure = figure_with(YEARLY | {"period": window})
    organ = figure.row.plan.organ
    by = officer(organ)
    concluded(by, subject(organ, "A"), date(2026, 2, 3))
    concluded(by, subject(organ, "B"), date(2024, 2, 3))
    refresh_duties()
    content = client_of(planner(organ)).get("/plans/mandates/900-01/?state=met").content.decode()
    assert content.count("Met late") == 1
    assert "was due by" in content
    assert "next by" not in content


def test_a_subject_says_what_binds_it_and_what_each_inspection_counts_for(figure: Figure) -> None:
    one = Standing.objects.filter(mandate__code="900-01", met=True)[0].subject
    client = client_of(planner(figure.row.plan.organ))
    client.get(f"/subjects/{one.pk}/?view=mandates")
    with CaptureQueriesContext(connection) as captured:
        content = client.get(f"/subjects/{one.pk}/?view=mandates").content.decode()
    assert len(captured) <= 15
    assert "asks for more than the others" in content
    assert "law.gsp.three_years" in content
    assert "Counts for" in content


def test_a_share_is_committed_drawn_and_comes_out_again() -> None:
    figure = figure_with(YEARLY, SHARE)
    organ = figure.row.plan.organ
    by = officer(organ)
    for n in range(10):
        subject(organ, f"S{n}")
    subject(organ, "LATE", opened_on=date(today().year, 1, 2))
    concluded(by, subject(organ, "SEEN"), today())
    refresh_duties()
    client = client_of(planner(organ))
    assert client.post("/plans/mandates/900-01/draw/").status_code == 302
    draw = Draw.objects.get()
    page = client.get(f"/plans/mandates/draws/{draw.pk}/").content.decode()
    assert draw.seed_hash in page
    assert draw.seed not in page
    assert draw.seed not in str(
        list(Act.objects.filter(kind="draw.committed").values_list("facts", flat=True))
    )
    assert client.post("/plans/mandates/900-01/draw/").status_code == 302
    assert Draw.objects.count() == 1
    assert client.post(f"/plans/mandates/draws/{draw.pk}/make/").status_code == 302
    draw.refresh_from_db()
    # Eleven members, 35 % of them is 3.85: four, of whom one has been inspected already.
    assert (draw.members, draw.wanted, draw.drawn) == (11, 4, 3)
    assert dict(draw.entries.values_list("code", "outcome"))["LATE"] == "opened_later"
    page = client.get(f"/plans/mandates/draws/{draw.pk}/").content.decode()
    assert draw.seed in page
    assert "Seed, candidates and result agree" in page
    refresh_duties()
    assert Standing.objects.filter(mandate__code="900-01", met=False).count() == 3
    assert client.post(f"/plans/mandates/draws/{draw.pk}/make/").status_code == 409


def test_the_dry_run_counts_and_saves_nothing(figure: Figure) -> None:
    client = client_of(planner(figure.row.plan.organ))
    address = "/plans/mandates/try/?of=900-01&types=single_pharmacy&types=clinic&minimum=2&unit=year&share="
    before = Mandate.objects.count(), Standing.objects.count()
    content = client.get(address).content.decode()
    assert "at least 2 times each year" in content
    assert (Mandate.objects.count(), Standing.objects.count()) == before
    for wrong in (
        "unit=rolling_years",
        "unit=window",
        "unit=year&share=120",
        "unit=rolling_years&years=2&share=30",
    ):
        answer = client.get(f"/plans/mandates/try/?types=single_pharmacy&minimum=1&{wrong}")
        assert answer.status_code == 422, wrong
    impossible = client.get("/plans/mandates/try/?types=clinic&flags_all=vaccine&minimum=1&unit=year")
    assert "never carries this mark" in impossible.content.decode()
    assert client.get("/plans/mandates/try/?minimum=1&unit=year").status_code == 422


def test_an_organ_sets_a_mandate_of_its_own_and_ends_it(figure: Figure) -> None:
    organ = figure.row.plan.organ
    client = client_of(planner(organ))
    typed = {"title": "单体药店每季度检查", "types": "single_pharmacy", "minimum": "1", "unit": "quarter"}
    assert client.post("/plans/mandates/try/set/", typed | {"title": ""}).status_code == 422
    assert client.post("/plans/mandates/try/set/", typed).status_code == 302
    mandate = Mandate.objects.get(source="own")
    refresh_duties()
    assert mandate.standings.count() == 3
    assert Act.objects.filter(kind="mandate.set").count() == 1
    assert client.get(f"/plans/mandates/{mandate.code}/").status_code == 200
    assert client.post(f"/plans/mandates/{mandate.code}/end/", {"reason": "并入年度计划"}).status_code == 302
    refresh_duties()
    assert mandate.standings.count() == 0
    assert client.post("/plans/mandates/900-01/end/", {"reason": "x"}).status_code == 404


def test_a_schedule_is_drawn_up_adopted_and_supposed_otherwise(figure: Figure) -> None:
    organ = figure.row.plan.organ
    officer(organ, "second")
    seed_calendar(today().year, today().year)
    client = client_of(planner(organ))
    year = today().year
    assert client.post("/plans/mandates/planner/ask/", {"year": year, "percent": "60"}).status_code == 302
    schedule = Schedule.objects.get()
    assert run_schedule(schedule.pk)
    schedule.refresh_from_db()
    assert (schedule.state, Visit.objects.filter(week=None).count()) == ("done", 0)
    assert OrganLoad.objects.get().asked == Visit.objects.count() > 0
    digest = schedule.digest
    client.post("/plans/mandates/planner/ask/", {"year": year, "percent": "60"})
    again = Schedule.objects.latest("pk")
    run_schedule(again.pk)
    again.refresh_from_db()
    assert again.digest == digest
    for address in ("", f"{schedule.pk}/", "?extra=-2", f"{schedule.pk}/?show=unplaced", "?extra=x&organ=y"):
        assert client.get(f"/plans/mandates/planner/{address}").status_code == 200
    assert client.post(f"/plans/mandates/planner/{schedule.pk}/adopt/").status_code == 302
    refresh_duties()
    assert client.get("/plans/mandates/calendar/").status_code == 200
    assert client.get("/plans/mandates/calendar/?by=week").status_code == 200
    for wrong in ({"year": 1999, "percent": 60}, {"year": year, "percent": 0}, {"year": "x", "percent": "y"}):
        client.post("/plans/mandates/planner/ask/", wrong)
    assert Schedule.objects.count() == 2


def test_without_a_team_nothing_is_placed_and_it_is_said_what_helps(figure: Figure) -> None:
    organ = figure.row.plan.organ
    client = client_of(planner(organ))
    client.post("/plans/mandates/planner/ask/", {"year": today().year, "percent": "60"})
    assert not Schedule.objects.exists()
    seed_calendar(today().year, today().year)
    client.post("/plans/mandates/planner/ask/", {"year": today().year, "percent": "60", "extra": "-50"})
    schedule = Schedule.objects.get()
    run_schedule(schedule.pk)
    assert set(Visit.objects.values_list("reason", flat=True)) == {"no_team"}
    assert OrganLoad.objects.get().more_inspectors >= 2
    assert (
        "fewer than two inspectors" in client.get(f"/plans/mandates/planner/{schedule.pk}/").content.decode()
    )
    client.post(f"/plans/mandates/planner/{schedule.pk}/adopt/")
    assert not Schedule.objects.exclude(adopted_at=None).exists()
