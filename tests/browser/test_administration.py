"""The administrator's round: organs, rules, calendar, alarms, jurisdiction, tokens; wide and on the phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import PHONE, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_administrators_round(signed_in: Callable[..., Any], look: Callable[..., None]) -> None:
    page = signed_in("admin")
    rounds = {
        WIDE["width"]: (WIDE, ("administration/organs", "administration/rules/clocks", "jurisdiction")),
        PHONE["width"]: (
            PHONE,
            ("administration/organs", "administration/rules/calendar", "account/tokens", "jurisdiction"),
        ),
    }
    for width, (size, paths) in rounds.items():
        page.set_viewport_size(size)
        for path in paths:
            page.goto(f"/{path}/")
            # The name keeps the picture out of the documents: these pages are not shown there.
            look(page, f"{path.replace('/', '-')}-{width}-en")

    # What the administrator sets about alarms is shown at once.
    page.goto("/administration/rules/alarms/")
    look(page, "alarms-en")
    row = page.locator("tr", has_text="许可证过期仍在营业")
    row.locator("a.btn").click()
    page.locator("[name=remind]").fill("2，0")
    page.locator("[name=chief_after]").fill("3")
    page.locator("[name=leader_after]").fill("2")
    page.locator("[name=reason]").fill("局务会决定")
    page.locator("form:has([name=remind]) button[type=submit]").click()
    assert "须晚于上报科长" in page.locator("main").inner_text()
    assert page.locator("[name=remind]").input_value() == "2，0"
    page.locator("[name=leader_after]").fill("9")
    page.locator("form:has([name=remind]) button[type=submit]").click()
    assert "逾期9个工作日" in page.locator("tr", has_text="许可证过期仍在营业").inner_text()
