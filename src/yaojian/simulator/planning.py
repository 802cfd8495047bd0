"""What a bureau does with its mandates in the demo: one of its own, its share drawn, the year scheduled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.timekeeping import CHINA, held_at, now
from yaojian.oversight.mandates.facade import (
    adopt_schedule,
    ask_schedule,
    commit_draw,
    make_draw,
    refresh_duties,
    run_schedule,
    set_mandate,
)

TITLE = "化妆品经营者年度抽查（示例）"
SHARE: dict[str, Any] = {
    "scope": {"types": ["cosmetic_operator"]},
    "act": {"kind": "inspection.concluded"},
    "period": {"unit": "year"},
    "share": 35,
}
A_DAY = timedelta(days=1)


def plan_the_year(chief: Actor, as_of: date) -> int:
    """The chief sets a share of the cosmetics operators, draws it, and adopts a schedule for the year.

    The seed is committed the day before. Returns how many subjects were drawn.
    """
    with held_at(now().astimezone(CHINA) - A_DAY):
        mandate = set_mandate(by=chief, title=TITLE, definition=SHARE, valid_from=date(as_of.year, 1, 1))
        draw = commit_draw(by=chief, code=mandate.code)
    refresh_duties(as_of=as_of)
    drawn = make_draw(by=chief, draw_id=draw.pk).drawn
    refresh_duties(as_of=as_of)
    schedule = ask_schedule(by=chief, year=as_of.year)
    run_schedule(schedule.pk)
    adopt_schedule(by=chief, schedule_id=schedule.pk)
    return drawn
