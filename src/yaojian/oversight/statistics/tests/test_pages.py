"""The pages of statements: entering, confirming, correcting, and taking them out."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yaojian.foundation.accounts.models import User
from yaojian.foundation.documents.models import Document
from yaojian.oversight.statistics.import_target import STATISTICS, statement_entry
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.tests.factories import Field, confirmed, content, make_field, paper
from yaojian.registers.intake.tests import factories as intake

FORM = {"organ": "xj.changji", "year": "2024", "span": "year", "amount": "１,613,600", "method": "统计公报"}


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> Field:
    settings.DOCUMENTS_FOLDER = tmp_path
    return make_field()


def client_of(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client


def test_a_statement_goes_from_the_form_to_its_confirmation(world: Field) -> None:
    planner, leader = client_of("guihua"), client_of("juzhang")
    assert "常住人口" in planner.get("/statistics/enter/").content.decode()
    evidence = SimpleUploadedFile("公报.txt", "2024年末常住人口".encode(), content_type="text/plain")
    said = {**FORM, "evidence": evidence, "submit": "1"}
    answer = planner.post("/statistics/enter/?datum=population", said)
    statistic = Statistic.objects.get()
    here = f"/statistics/{statistic.pk}/"
    assert answer.headers["Location"] == here
    assert (statistic.amount, statistic.state) == (Decimal(1613600), "submitted")
    assert Document.objects.get().file_id == statistic.pk
    page = planner.get(here).content.decode()
    assert f"{here}step/confirm/" not in page
    assert f"{here}step/confirm/" in leader.get(here).content.decode()
    assert f'value="{statistic.pk}"' in leader.get("/statistics/?state=mine").content.decode()
    leader.post("/statistics/confirm/", {"pk": [str(statistic.pk), "x", "9" * 30]})
    statistic.refresh_from_db()
    assert statistic.state == "confirmed"
    correct = planner.get(f"{here}correct/").content.decode()
    assert 'name="reason"' in correct
    planner.post(
        f"{here}correct/", {"amount": "1613700", "reason": "修订", "submit": "1", "evidence": paper()}
    )
    correction = Statistic.objects.get(replaces=statistic)
    leader.post(f"/statistics/{correction.pk}/step/confirm/")
    statistic.refresh_from_db()
    assert statistic.state == "replaced"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"amount": "约一百万"}, "不是数字"),
        ({"amount": "-5"}, "允许范围"),
        ({"amount": "12.5"}, "整数"),
        ({"span": "day"}, "请填写日期"),
        ({"organ": "xj"}, "有效"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    world: Field, said: dict[str, str], words: str
) -> None:
    answer = client_of("guihua").post("/statistics/enter/?datum=population", {**FORM, **said})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert "统计公报" in page
    assert not Statistic.objects.exists()


def test_steps_need_their_rights(world: Field) -> None:
    said = {**FORM, "submit": "1", "evidence": paper()}
    client_of("guihua").post("/statistics/enter/?datum=population", said)
    here = f"/statistics/{Statistic.objects.get().pk}/"
    assert client_of("guihua").post(f"{here}step/confirm/").status_code == 403
    assert client_of("cj-guihua").get(here).status_code == 404
    answer = client_of("juzhang").post(f"{here}step/return/", {"reason": ""})
    assert answer.status_code == 422
    client_of("juzhang").post(f"{here}step/return/", {"reason": "附公报"})
    assert "附公报" in client_of("guihua").get(here).content.decode()
    client_of("guihua").post(f"{here}change/", {**FORM, "amount": "1613601", "submit": "1"})
    assert Statistic.objects.get().state == "submitted"
    assert client_of("guihua").post(f"{here}step/nothing/").status_code == 404


def test_the_list_narrows_and_leaves(world: Field) -> None:
    confirmed(world, world.county, content())
    confirmed(world, world.second, content("survey_results", **SURVEY))
    planner = client_of("guihua")
    assert (
        "阜康市局"
        not in planner.get("/statistics/?datum=population&year=2024").content.decode().split("<tbody>")[1]
    )
    answer = planner.get("/statistics/?export=csv&datum=survey_results")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "群众药品安全总体满意度" in text
    assert "96.5" in text
    answer = planner.get("/api/v1/statistics/?datum=population")
    assert [row["organ"] for row in answer.json()["items"]] == ["xj.changji.cj"]


SURVEY = {
    "dims": {"item": "satisfaction"},
    "amount": Decimal("96.5"),
    "sample_size": 1200,
    "method": "入户",
}


def test_a_row_of_a_table_is_a_statement(world: Field) -> None:
    entry = statement_entry(
        datum="survey_results",
        organ="xj.changji",
        breakdown=("群众药品安全总体满意度",),
        year=2024,
        amount="96.5%",
        sample_size=1200,
        method="入户",
    )
    assert entry.faults == ()
    assert entry.content == content("survey_results", **SURVEY)
    assert STATISTICS.value(entry, "breakdown") == ("satisfaction",)
    wrong = statement_entry(datum="population", organ="xj", breakdown=("严重报告",), amount="三千")
    assert {fault.field for fault in wrong.faults} == {"last_on", "amount", "breakdown"}
    assert {fault.field for fault in statement_entry(datum="population", year=12).faults} == {"year"}


def test_a_table_is_taken_in_with_its_broken_rows_and_never_twice(world: Field) -> None:
    head = ("数据项", "机关", "年度", "数值", "分项")
    rows = [
        ("分地区分年度常住人口", "昌吉市局", "2024", "395,000", ""),
        ("药品不良反应报告", "阜康市局", "2024", "211", "严重报告"),
        ("药品不良反应报告", "阜康市局", "2024", "21.5", ""),
        ("药品不良反应报告", "乌鲁木齐局", "2024", "5", ""),
    ]
    table = intake.workbook(rows, head)
    job = intake.entered(world.planner, table, target="statistics", name="填报.xlsx")
    assert (job.counts["new"], job.counts["broken"]) == (2, 2)
    assert Statistic.objects.filter(state="submitted").count() == 2
    one = Statistic.objects.get(organ=world.county)
    page = client_of("guihua").get(f"/statistics/{one.pk}/").content.decode()
    assert "填报.xlsx" in page
    assert job.file_sha256 in page
    again = intake.entered(world.planner, table, target="statistics", name="填报.xlsx")
    assert (again.counts["new"], again.counts["unchanged"]) == (0, 2)
    assert Statistic.objects.count() == 2
