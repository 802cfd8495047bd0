"""The newcomer's path: sign in, find an overdue pharmacy, inspect, rectify, verify, see the figure move."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.browser.conftest import PASSWORD, PHONE, Running

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FIGURE = "/plans/figures/002-S1/"


def a_photo() -> dict[str, Any]:
    picture = Image.new("RGB", (1200, 900), "#c9d6d8")
    draw = ImageDraw.Draw(picture)
    for shelf in range(3):
        draw.rectangle((80, 180 + shelf * 230, 1120, 200 + shelf * 230), fill="#6b7d80")
        for box in range(12):
            draw.rectangle(
                (100 + box * 85, 90 + shelf * 230, 160 + box * 85, 178 + shelf * 230), fill="#eef2f2"
            )
    target = io.BytesIO()
    picture.save(target, "JPEG")
    return {"name": "阴凉区.jpg", "mimeType": "image/jpeg", "buffer": target.getvalue()}


def reached(page: Any) -> int:
    """How many subjects the figure counts as reached."""
    page.goto(f"{FIGURE}?show=reached")
    text = page.locator("a[aria-current]", has_text="已覆盖").first.inner_text()
    return int(re.sub(r"\D", "", text))


def test_greeting_names_an_account_for_every_role(installation: Running) -> None:
    for account in ("admin", "juzhang", "kezhang", "changji", "guihua", "kuisu"):
        assert account in installation.greeting
    assert installation.seconds < 180


def test_the_newcomers_path(signed_in: Callable[..., Any], look: Callable[..., None]) -> None:
    page = signed_in("changji")
    look(page, "workbench")
    before = reached(page)

    page.goto("/")
    row = page.locator("tr", has_text="药品经营环节风险排查").first
    name = row.locator("a").first.inner_text().strip()
    row.get_by_role("link", name="检查", exact=True).click()
    look(page, "inspection-open")
    boxes = page.locator("[name=officers]")
    for place in range(boxes.count()):
        if page.locator("[name=officers]:checked").count() >= 2:
            break
        boxes.nth(place).check()
    page.get_by_role("button", name="发起检查").click()

    page.get_by_role("button", name="开始现场检查").first.click()
    page.locator("#add-finding [name=severity][value=major]").check()
    page.locator("#add-finding [name=description]").fill("阴凉区温湿度记录仪失准，9月至10月共11天未记录")
    page.locator("#add-finding [name=clause]").fill("GSP 第一百四十七条")
    page.locator("#finding_photos").set_input_files([a_photo()])
    page.locator("#add-finding button[type=submit]").click()
    look(page, "inspection-on-site")

    page.locator("#conclude [name=conclusion][value=rectify]").check()
    page.locator("#conclude [name=summary]").fill("除温湿度记录外未见其他问题")
    page.locator("#conclude button[type=submit]").click()
    assert reached(page) == before + 1

    page.goto("/inspections/")
    page.get_by_role("link", name=name).first.click()
    page.locator("#submit [name=report]").fill("已更换记录仪并校准，对全体店员重新培训")
    page.locator("#submit button[type=submit]").click()
    page.locator("#verify [name=note]").fill("现场复核，设备正常，记录完整")
    page.locator("#verify form").first.locator("button[type=submit]").click()
    look(page, "inspection-file")

    # From the figure to the subject to the act.
    page.goto(f"{FIGURE}?show=reached")
    look(page, "figure")
    while page.get_by_role("link", name=name, exact=True).count() == 0:
        page.locator("a[rel=next]").click()
    act = page.locator("tr", has_text=name).locator("td a").first
    act.click()
    assert name in page.locator("main").inner_text()
    look(page, "act")

    # The duty has left the worklist once the worker has heard of the inspection.
    page.goto("/")
    for _attempt in range(30):
        if page.locator("tr", has_text=name).count() == 0:
            break
        page.wait_for_timeout(1000)
        page.reload()
    assert page.locator("tr", has_text=name).count() == 0


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_page_of_the_path_is_sound(
    locale: str, signed_in: Callable[..., Any], look: Callable[..., None]
) -> None:
    page = signed_in("kezhang", locale=locale)
    suffix = "" if locale == "zh-CN" else "-en"
    for path, name in {
        "/": "chief-workbench",
        "/subjects/": "subjects",
        "/inspections/": "inspections",
        "/plans/": "cockpit",
        "/plans/changji/": "plan",
        "/plans/mandates/": "mandates",
        "/plans/mandates/002-S1/": "mandate",
        "/journal/": "journal",
    }.items():
        page.goto(path)
        look(page, name + suffix)
    page.goto("/subjects/?q=药房")
    page.locator("tbody a").first.click()
    look(page, "subject" + suffix)


def test_the_phone(signed_in: Callable[..., Any], look: Callable[..., None]) -> None:
    page = signed_in("kuisu", PHONE)
    look(page, "phone-workbench")
    for path, name in {"/subjects/": "phone-subjects", "/inspections/": "phone-inspections"}.items():
        page.goto(path)
        look(page, name)
    inspector = signed_in("changji", PHONE)
    for path, name in {
        "/": "phone-inspector",
        "/plans/": "phone-cockpit",
        FIGURE: "phone-figure",
        "/plans/mandates/002-S1/": "phone-mandate",
    }.items():
        inspector.goto(path)
        look(inspector, name)


def test_the_public_looks_a_pharmacy_up(open_page: Callable[..., Any], look: Callable[..., None]) -> None:
    page = open_page()
    page.goto("/public/")
    look(page, "public")
    page.locator("main input[name=q]").fill("药房")
    page.locator("main input[name=q]").press("Enter")
    look(page, "public-results")
    page.locator("main a[href*='/public/subjects/']").first.click()
    look(page, "public-subject")
    page.goto("/sign-in/")
    look(page, "sign-in")


def test_another_prefecture_stays_hidden(signed_in: Callable[..., Any]) -> None:
    barkol = signed_in("barkol")
    barkol.goto("/subjects/?q=药房")
    theirs = barkol.locator("tbody a").first.get_attribute("href")
    changji = signed_in("changji")
    answer = changji.goto(theirs)
    assert answer.status == 404
    assert changji.goto("/plans/mandates/003-09/").status == 404


def test_pages_work_without_javascript(signed_in: Callable[..., Any]) -> None:
    page = signed_in("changji", java_script_enabled=False)
    page.locator("tr a.btn").first.click()
    assert page.locator("[name=officers]").count() >= 2


def test_the_administrator_sees_the_machine_and_the_components(
    signed_in: Callable[..., Any], look: Callable[..., None]
) -> None:
    page = signed_in("admin")
    look(page, "administrator")
    page.goto("/developers/design/")
    look(page, "components")


def test_an_expired_session_loses_nothing_typed(signed_in: Callable[..., Any]) -> None:
    page = signed_in("changji")
    page.locator("tr a.btn").first.click()
    page.locator("[name=officers]").nth(1).check()
    page.locator("form:has([name=officers]) button[type=submit]").click()
    page.get_by_role("button", name="开始现场检查").first.click()
    page.locator("#add-finding [name=severity][value=general]").check()
    page.locator("#add-finding [name=description]").fill("拆零药品未标明批号")
    page.context.clear_cookies(name=re.compile("session"))
    page.locator("#add-finding button[type=submit]").click()
    assert "登录已超时" in page.locator("main, body").first.inner_text()
    page.locator("[name=username]").fill("changji")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) button[type=submit]").click()
    page.wait_for_url(re.compile(r"/inspections/\d+/"))
    assert page.locator("#add-finding [name=description]").input_value() == "拆零药品未标明批号"
    page.locator("#add-finding [name=severity][value=general]").check()
    page.locator("#add-finding button[type=submit]").click()
    assert page.locator("#add-finding [name=description]").input_value() == ""
