"""The registrar at work: a subject is entered, changed, closed; two that are one are merged and parted."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BEFORE, AFTER = "奇台县晨光诊所", "奇台县晨曦诊所"
TWIN = "呼图壁县大丰镇卫生院"


def submit(page: Any) -> None:
    page.locator("main form.form button[type=submit]").first.click()


def test_a_subject_from_entry_to_closing(signed_in: Callable[..., Any], look: Callable[..., None]) -> None:
    page = signed_in("dangan")
    page.goto("/subjects/new/")
    page.locator("[name=name]").fill(BEFORE)
    page.locator("[name=code]").fill("６５２３２５８８０１")
    submit(page)
    look(page, "subject-refused")
    assert page.locator("[name=name]").input_value() == BEFORE
    page.locator("[name=subject_type]").select_option("clinic")
    page.locator("[name=organ]").select_option("xj.changji.qitai")
    page.locator("[name=division_code]").fill("652325100")
    page.locator("[name=address]").fill("奇台镇东大街66号")
    page.locator("[name=opened_on]").fill("2020-03-01")
    submit(page)
    page.wait_for_url(re.compile(r"/subjects/\d+/$"))
    file = page.url

    page.goto(f"{file}edit/")
    page.locator("[name=name]").fill(AFTER)
    page.locator("[name=on]").fill("2024-06-01")
    page.locator("[name=reason]").fill("换发医疗机构执业许可证，名称变更")
    look(page, "subject-edit")
    submit(page)
    page.goto(f"{file}close/")
    page.locator("[name=reason]").fill("负责人申请注销")
    submit(page)
    page.goto(f"{file}?view=history")
    assert page.locator(".history > li").count() == 3
    look(page, "subject-history")
    page.goto(f"{file}?view=record&as_of=2023-01-01")
    assert page.locator("h1").inner_text() == BEFORE
    assert page.locator("a[href$='/edit/']").count() == 0
    look(page, "subject-as-of")


def test_two_that_are_one(signed_in: Callable[..., Any], look: Callable[..., None]) -> None:
    page = signed_in("dangan")
    page.goto("/subjects/")
    page.locator(".care-menu > summary").click()
    look(page, "subjects-care")
    page.locator(".care-menu a[href*=duplicates]").click()
    look(page, "duplicates")
    page.locator("tr", has_text=TWIN).locator("td a").click()
    page.locator("#merge-reason").fill("现场核实为同一家卫生院")
    look(page, "pair")
    page.locator("form[action$='/merge/'] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/subjects/\d+/$"))
    assert page.locator("h1").inner_text() == TWIN

    page.goto("/subjects/merges/")
    row = page.locator(".history > li", has_text=TWIN)
    row.locator("summary").click()
    row.locator("textarea").fill("两处卫生院分别执业，合并有误")
    look(page, "merges")
    row.locator("button[type=submit]").click()
    assert row.locator("textarea").count() == 0
    page.goto("/subjects/?q=大丰镇卫生院")
    assert page.locator("tbody tr").count() == 2


def test_the_register_on_the_phone(signed_in: Callable[..., Any], look: Callable[..., None]) -> None:
    page = signed_in("dangan", PHONE)
    for path, name in {
        "/subjects/duplicates/?state=merged": "phone-duplicates",
        "/subjects/completeness/": "phone-completeness",
        "/subjects/?q=奇台县康宁诊所": "phone-found",
    }.items():
        page.goto(path)
        look(page, name)
    page.locator("tbody a").first.click()
    page.locator(".key-facts a[href*='/subjects/entities/']").click()
    look(page, "phone-entity")
