"""Who sees the figures of a plan, and what the pages say."""

from __future__ import annotations

import html
import subprocess
import sys
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor, Level, Organ, Role, register_organ
from yaojian.oversight.plans.models import Figure, Indicator, IndicatorVersion, PlanRow
from yaojian.oversight.plans.queries import organ_of_figures
from yaojian.oversight.plans.tests.factories import YEARLY, concluded, figure_with, officer, subject
from yaojian.oversight.plans.web.presentation import indicator_number

pytestmark = pytest.mark.django_db
PERCENT = "66.67"


def client_of(actor: Actor, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(get_user_model().objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def figure() -> Figure:
    """A figure of 昌吉州 that stands at two of three."""
    figure = figure_with(YEARLY)
    organ = figure.row.plan.organ
    by = officer(organ)
    for n in range(3):
        one = subject(organ, f"S{n}")
        if n:
            concluded(by, one, date(2026, 2, 3))
    return figure


def planner(organ: Organ) -> Actor:
    return officer(organ, f"planner-{organ.code}", Role.PLANNER)


def neighbour() -> Organ:
    """A prefecture of the same region, beside the plan's own."""
    region = register_organ(code="xj", name="自治区局", level=Level.PROVINCE, territories=["65"])
    return register_organ(
        code="xj.altay", name="阿勒泰地区局", level=Level.PREFECTURE, parent=region, territories=["6543"]
    )


def foreign_region() -> Organ:
    return register_organ(code="jx", name="江西省局", level=Level.PROVINCE, territories=["36"])


def test_figures_are_open_along_ones_own_line_of_organs(figure: Figure) -> None:
    plan = figure.row.plan
    own, below = plan.organ, Organ.objects.get(code="xj.changji.cj")
    assert own.parent is not None
    assert organ_of_figures(planner(own), plan) == own
    assert organ_of_figures(planner(own.parent), plan) == own
    assert organ_of_figures(planner(below), plan) == below
    assert organ_of_figures(planner(neighbour()), plan) is None
    assert organ_of_figures(planner(foreign_region()), plan) is None


ON = "?as_of=2026-11-22"
ADDRESSES = [f"/plans/{ON}", f"/plans/t/{ON}", f"/plans/figures/900-01/{ON}"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_page_shows_a_value_to_another_region(figure: Figure, address: str) -> None:
    shown = client_of(planner(figure.row.plan.organ)).get(address)
    assert PERCENT in shown.content.decode()
    for stranger in (neighbour(), foreign_region()):
        page = client_of(planner(stranger)).get(address)
        assert page.status_code == 200
        content = page.content.decode()
        assert PERCENT not in content
        assert "2/3" not in content
        assert "测试药房" not in content
        assert "another region" in content


def test_the_api_gives_no_value_to_another_region(figure: Figure) -> None:
    address = "/api/v1/plans/t/figures?as_of=2026-11-22"
    (own,) = client_of(planner(figure.row.plan.organ)).get(address).json()
    assert (own["state"], own["percent"], own["numerator"]) == ("computed", PERCENT, 2)
    for stranger in (neighbour(), foreign_region()):
        (found,) = client_of(planner(stranger)).get(address).json()
        hidden = [found[name] for name in ("numerator", "denominator", "percent", "met")]
        assert (found["state"], hidden) == ("elsewhere", [None] * 4)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("指标(2)", "指标(2)"),
        ("指标3", "指标3"),
        ("指标 (OCR-damaged row)", ""),
        ("指标8 (two rates)", ""),
        ("指标5 生产企业年度检查覆盖率 (L416-419)", ""),
        ("coverage", ""),
        ("", ""),
    ],
)
def test_only_a_plain_number_of_an_indicator_is_shown(kind: str, shown: str) -> None:
    assert indicator_number(PlanRow(kind=kind)) == shown


def test_the_page_of_a_figure_shows_no_working_notes(figure: Figure) -> None:
    figure.row.kind = "指标 (OCR-damaged row)"
    figure.row.save()
    client = client_of(planner(figure.row.plan.organ), "zh-hans")
    assert "OCR" not in client.get("/plans/figures/900-01/").content.decode()


def queries_about(client: Client, address: str, table: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return sum(table in query["sql"] for query in captured.captured_queries)


def test_a_region_leads_to_its_own_subjects_on_the_same_day(figure: Figure) -> None:
    organ = figure.row.plan.organ
    county = Organ.objects.get(code="xj.changji.cj")
    client = client_of(planner(organ))
    page = client.get("/plans/figures/900-01/regions/", {"as_of": "2025-12-31"}).content.decode()
    link = f"/plans/figures/900-01/?organ={county.code}&amp;as_of=2025-12-31"
    assert link in page
    found = client.get(html.unescape(link))
    assert (found.context["organ"], found.context["as_of"]) == (county, date(2025, 12, 31))
    assert "organ=xj.changji.cj" in found.context["denominator_url"]
    assert f'href="{html.escape(found.context["numerator_url"])}"' in found.content.decode()
    members = client.get("/plans/figures/900-01/", {"organ": county.code, "show": "members"})
    assert members.context["page"].paginator.count == members.context["value"].denominator
    for code in ("xj", "nowhere"):
        assert client.get("/plans/figures/900-01/", {"organ": code}).status_code == 404
    below = client_of(officer(county, "county", Role.PLANNER))
    assert below.get("/plans/figures/900-01/", {"organ": organ.code}).status_code == 404


def test_the_page_of_a_figure_reads_the_acts_once_for_the_whole_trend(figure: Figure) -> None:
    client = client_of(planner(figure.row.plan.organ))
    # How far the journal goes (twice), the value, the trend with the parts, the first record, the page of
    # subjects, its count, their acts.
    assert queries_about(client, f"/plans/figures/900-01/{ON}", '"ledger_act"') <= 8


def test_the_pure_modules_need_no_database() -> None:
    names = ", ".join(
        f"yaojian.oversight.plans.{name}"
        for name in ("definitions", "targets", "cells", "forecast", "reference.engine")
    )
    code = f"import sys, {names}; sys.exit('django.db' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_weights_that_wait_are_decided_on_the_page_of_the_index(figure: Figure) -> None:
    organ = figure.row.plan.organ
    index = {"shape": "composite", "components": [{"code": "one", "zh": "企业", "en": "Enterprise"}]}
    indicator = Indicator.objects.create(title_zh="指数", title_en="Index", shape="composite")
    IndicatorVersion.objects.create(
        indicator=indicator, number=1, digest="0" * 64, formula=index, defined_at="2026-01-01T00:00:00Z"
    )
    address = f"/plans/indicators/{indicator.pk}/"
    given = {"one": "100", "valid_from": "2026-01-01", "reason": "Decision 7"}
    assert client_of(planner(organ)).post(f"{address}weights/", given).status_code == 302
    leader = client_of(officer(organ, "leader", Role.LEADER))
    assert "Weights that wait for a decision" in leader.get(address).content.decode()
    assert leader.post(f"{address}weights/decide/", {"decision": "approve"}).status_code == 302
    assert indicator.weights.get().state == "approved"
    assert "Weights that wait" not in leader.get(address).content.decode()
