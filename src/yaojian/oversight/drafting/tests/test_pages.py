"""The pages of drafts: from the plan that is copied to the work of the one that is adopted."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.outbox.facade import deliver_pending
from yaojian.foundation.worklist.facade import WorkItem, unfinished_q
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.tests.factories import Drawing, drafted
from yaojian.oversight.mandates.facade import refresh_duties

MOST_QUERIES = 15


def client_of(actor: Actor, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(get_user_model().objects.get(pk=actor.user_id))
    return client


def fields_of(page: Any) -> dict[str, str]:
    """What the form of a page would send as it stands."""
    form = page.context["form"]
    return {name: str(form[name].value() if form[name].value() is not None else "") for name in form.fields}


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page.content.decode()))


def test_a_plan_is_copied_edited_checked_counted_and_adopted_in_the_browser(world: Drawing) -> None:
    refresh_duties()
    planner, leader = client_of(world.planner), client_of(world.leader)

    # The plan's own page leads to the copy; what can be said beforehand is filled in.
    page = planner.get("/plans/small/")
    assert "复制为下一规划期草案" in text_of(page)
    page = planner.get("/plans/drafts/copy/?plan=small")
    given = fields_of(page)
    assert given["title"] == "昌吉州药品安全“十五五”规划"
    assert given["code"] == "small_2026"
    answer = planner.post("/plans/drafts/copy/", given)
    draft = PlanDraft.objects.exclude(code="small").get()
    home = f"/plans/drafts/{draft.pk}/"
    assert answer["Location"] == home
    assert "未发现问题" in text_of(planner.get(home))

    # A row is spoilt: named with row, field and cure; then it asks for a visit each quarter.
    row = f"{home}rows/500-01/text/"
    values = fields_of(planner.get(row))
    broken = values["definition"].replace("shape: coverage", "shape: spiral")
    assert planner.post(row, {**values, "definition": broken})["Location"] == row
    shown = text_of(planner.get(row))
    assert "formula.shape" in shown
    assert "请从以下词中选用：coverage" in shown
    assert "1 个问题" in text_of(planner.get(home))
    values = fields_of(planner.get(row))
    mended = values["definition"].replace("spiral", "coverage").replace("unit: year", "unit: quarter")
    planner.post(row, {**values, "definition": mended})
    assert "本条目无问题" in text_of(planner.get(f"{home}rows/500-01/"))

    # What it would cost is counted by the worker, while the page says how far it is.
    planner.post(f"{home}cost/reckon/")
    assert "等待后台测算" in text_of(planner.get(f"{home}cost/"))
    deliver_pending()
    page = planner.get(f"{home}cost/")
    assert "不足两人" in text_of(page)
    (organ,) = page.context["cost"]["organs"]
    assert (organ["before"], organ["after"], organ["more"]) == (3, 12, 9)
    file = planner.get(f"{home}cost/?export=csv")
    assert "昌吉市局" in b"".join(file).decode("utf-8-sig")

    # Handed in by one, adopted by another; the worker opens the work at once.
    planner.post(f"{home}step/submit/")
    assert "待批准" in text_of(leader.get(home))
    leader.post(f"{home}step/adopt/")
    deliver_pending()
    assert WorkItem.objects.filter(unfinished_q(), origin_key="500-01").count() == 3
    for address in ("/plans/", "/plans/small_2026/", "/plans/mandates/", "/plans/mandates/500-01/"):
        answer = leader.get(address)
        assert answer.status_code == 200, address
    assert "昌吉州药品安全“十五五”规划" in text_of(leader.get("/plans/"))
    listed = leader.get("/plans/mandates/").content.decode()
    assert "/plans/mandates/500-01/" in listed
    # What is overdue under the old plan is still to be done.
    assert "/plans/mandates/100-01/?state=overdue" in listed
    assert "终止" in listed
    assert "已于2026-11-19终止" in text_of(leader.get("/plans/mandates/100-01/"))
    assert "已成为正式规划" in text_of(planner.get(home))


def test_of_two_who_have_the_form_open_the_second_keeps_what_was_typed(world: Drawing) -> None:
    draft = drafted(world)
    row = f"/plans/drafts/{draft.pk}/rows/500-01/"
    text = f"{row}text/"
    first, second = client_of(world.planner), client_of(world.second)
    mine, theirs = fields_of(first.get(text)), fields_of(second.get(text))
    assert first.post(text, {**mine, "title_zh": "甲"}).status_code == 302
    answer = second.post(text, {**theirs, "title_zh": "乙"})
    assert answer.status_code == 422
    assert "已被他人修改" in text_of(answer)
    assert answer.context["form"]["title_zh"].value() == "乙"
    assert second.post(f"{row}remove/", {"version": "1"}).status_code == 302
    assert second.post(f"{row}remove/", {"version": "seven"}).status_code == 302
    draft.refresh_from_db()
    assert draft.pack["rows"][0]["title_zh"] == "甲"


def test_a_bad_definition_stays_in_the_form_with_its_line(world: Drawing) -> None:
    draft = drafted(world)
    row = f"/plans/drafts/{draft.pk}/rows/500-01/text/"
    client = client_of(world.planner)
    values = fields_of(client.get(row))
    for typed, words in (
        ("a: &x [1]\nb: *x", "不得使用引用"),
        ("targets: [", "无法识别"),
        ("[" * 4000, "层级过深"),
    ):
        answer = client.post(row, {**values, "definition": typed})
        assert answer.status_code == 422
        assert words in text_of(answer)
        assert answer.context["form"]["definition"].value() == typed
    assert client.post(row, {**values, "definition": "x" * 30_000}).status_code == 422
    draft.refresh_from_db()
    assert draft.version == 1


@pytest.mark.parametrize("path", ["", "cost/", "header/", "rows/new/", "rows/500-01/", "pack/download"])
def test_a_draft_of_another_region_is_no_page(world: Drawing, path: str) -> None:
    draft = drafted(world)
    stranger = client_of(world.field.county_leader)
    assert stranger.get(f"/plans/drafts/{draft.pk}/{path}").status_code == 404
    assert client_of(world.leader).get(f"/plans/drafts/{draft.pk}/{path}").status_code == 200


def test_what_was_handed_in_is_read_and_not_edited(world: Drawing) -> None:
    draft = drafted(world)
    home = f"/plans/drafts/{draft.pk}/"
    client = client_of(world.planner)
    client.post(f"{home}step/submit/")
    page = client.get(f"{home}rows/500-01/")
    assert "single_pharmacy" in text_of(page)
    assert "<textarea" not in page.content.decode()
    for path in ("header/", "rows/new/"):
        assert client.get(f"{home}{path}").status_code == 409
    assert client.post(f"{home}rows/500-01/", {"version": "1"}).status_code == 409
    assert client.post(f"{home}step/withdraw/", {"reason": ""}).status_code == 422
    client.post(f"{home}step/withdraw/", {"reason": "另行编制"})
    assert "另行编制" in text_of(client.get(home))
    assert client.post(f"{home}step/burn/").status_code == 404


def test_the_pack_can_be_taken_out_and_read_again(world: Drawing) -> None:
    draft = drafted(world)
    answer = client_of(world.planner).get(f"/plans/drafts/{draft.pk}/pack/download")
    assert yaml.safe_load(answer.content) == draft.pack


def test_few_questions_for_many_drafts(world: Drawing) -> None:
    for number in range(30):
        drafted(world, code=f"plan_{number}")
    client = client_of(world.planner)
    client.get("/plans/drafts/")
    draft = PlanDraft.objects.exclude(code="small").first()
    assert draft is not None
    for address in ("/plans/drafts/", f"/plans/drafts/{draft.pk}/", f"/plans/drafts/{draft.pk}/cost/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        assert len(captured) <= MOST_QUERIES, address
