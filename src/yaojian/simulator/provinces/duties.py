"""Where subjects stand under national rules, and whom shares ask: counted life by life, in plain loops. Pure.

What a plan asks of everyone is counted with its figure (`counting.py`); here is the rest of the mandates,
with the same words for when one binds and when it is met. Whom a share takes is drawn in an installation, so
that only who can be drawn, and who was inspected in the period anyway, has a truth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yaojian.simulator.provinces.counting import bound_since, is_meant, period_of, qualifies, standing_on
from yaojian.simulator.provinces.land import Land
from yaojian.simulator.provinces.lives import Life, State
from yaojian.simulator.provinces.plan_text import Wanted, figures, law_mandates
from yaojian.simulator.working_time import BEIJING


def mandates_beside(plan: str) -> tuple[Wanted, ...]:
    """National rules, and the figures of a plan that ask for a share of the subjects."""
    return (*law_mandates(), *(wanted for wanted in figures(plan) if wanted.asks_a_share))


@dataclass(slots=True)
class _Counts:
    duties: dict[str, int] = field(default_factory=lambda: {"met": 0, "due": 0, "overdue": 0})
    asked: dict[str, int] = field(default_factory=lambda: {"population": 0, "inspected": 0})


class DutyCounter:
    """Counts some mandates for all organs of a province, one life after the other."""

    def __init__(self, mandates: Sequence[Wanted], land: Land, days: Sequence[date]) -> None:
        self.mandates, self.land, self.days = tuple(mandates), land, tuple(days)
        self._counts: dict[tuple[str, str, date], _Counts] = defaultdict(_Counts)
        self._of_type: dict[str, tuple[Wanted, ...]] = {}

    def _speaking_of(self, state: State) -> tuple[Wanted, ...]:
        kind = state.subject_type
        if kind not in self._of_type:
            self._of_type[kind] = tuple(
                one for one in self.mandates if kind in one.formula["scope"].get("types", (kind,))
            )
        return self._of_type[kind]

    def add(self, life: Life) -> None:
        """Count one life: only who is open on a day has a duty on it."""
        dated = [(visit.at.astimezone(BEIJING).date(), visit) for visit in life.visits]
        for day in self.days:
            state = life.state_on(day)
            if state is None or life.opened_on > day or life.is_closed_on(day):
                continue
            for wanted in self._speaking_of(state):
                if wanted.since <= day and is_meant(wanted.formula["scope"], state):
                    act = wanted.formula["act"]
                    seen = [on for on, one in dated if life.opened_on <= on <= day and qualifies(act, one)]
                    self._note(wanted, life, seen, state, day)

    def _note(self, wanted: Wanted, life: Life, seen: Sequence[date], state: State, day: date) -> None:
        organs = [self._counts[wanted.key, organ, day] for organ in self.land.around(state.place)]
        if wanted.asks_a_share:
            start, _end = period_of(wanted.formula["period"], day)
            inspected = sum(1 for on in seen if on >= start) >= wanted.formula.get("minimum", 1)
            for counts in organs:
                counts.asked["population"] += 1
                counts.asked["inspected"] += inspected
            return
        standing = standing_on(wanted, bound_since(wanted, life, day), seen, day)
        for counts in organs:
            counts.duties[standing] += 1

    def lines(self) -> Iterator[dict[str, Any]]:
        """One record for each mandate, organ and day."""
        for wanted in self.mandates:
            for organ in self.land.figure_organs:
                for day in self.days:
                    counts = self._counts.get((wanted.key, organ, day), _Counts())
                    start, end = period_of(wanted.formula["period"], day)
                    said = {"asked": counts.asked} if wanted.asks_a_share else {"duties": counts.duties}
                    yield {
                        "mandate": wanted.key,
                        "plan": wanted.plan,
                        "formula": wanted.digest,
                        "organ": organ,
                        "as_of": day.isoformat(),
                        "period": [start.isoformat(), min(end, day).isoformat()],
                        **said,
                    }
