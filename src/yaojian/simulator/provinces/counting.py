"""What the figures of a plan must come to: counted life by life, in plain loops over plain dates. Pure.

Nothing here knows the product's formulas, engine or database; the words of docs/adr/0004 are all it follows.
A subject's type, marks, grade, place and whether it produces are those of the data date. It is counted when
it has opened by then. Closed by the data date, it is left out as closed; opened after the first day of the
period, it is left out as opened later; of the others, those with enough visits are reached. Days are those
of Beijing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from hashlib import sha256
from typing import Any

from yaojian.simulator.provinces.land import TEAM, Land
from yaojian.simulator.provinces.lives import Life, State, Visit
from yaojian.simulator.provinces.plan_text import Wanted
from yaojian.simulator.provinces.roster import is_full_time, team_of
from yaojian.simulator.working_time import BEIJING

DAY = timedelta(days=1)
MODULUS = 1 << 128


def mark_of(code: str) -> int:
    """A number for a code; the sums of such numbers tell two sets of codes apart, whatever their order."""
    return int.from_bytes(sha256(code.encode()).digest()[:16], "big")


@dataclass(slots=True)
class Tally:
    """What has been counted for one figure, organ and day."""

    numerator: int = 0
    denominator: int = 0
    closed: int = 0
    opened_later: int = 0
    late: int = 0
    duties: dict[str, int] = field(default_factory=lambda: {"met": 0, "due": 0, "overdue": 0})
    reached_mark: int = 0
    members_mark: int = 0

    def as_json(self) -> dict[str, Any]:
        """The counts as the truth file has them; `number` is the exact percentage."""
        share = Fraction(100 * self.numerator, self.denominator) if self.denominator else None
        left_out = {"closed": self.closed, "opened_later": self.opened_later}
        return {
            "state": "no_members" if share is None else "computed",
            "number": None if share is None else str(share),
            "value": rounded(share),
            "numerator": str(self.numerator),
            "denominator": str(self.denominator),
            "excluded": {reason: number for reason, number in left_out.items() if number},
            "late": self.late,
            "reached_mark": f"{self.reached_mark % MODULUS:032x}",
            "members_mark": f"{self.members_mark % MODULUS:032x}",
        }


def rounded(number: Fraction | None) -> str | None:
    """A number with two decimals, rounded half up, for people who read the file."""
    if number is None:
        return None
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return str(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def days_of(first: date, last: date) -> tuple[date, ...]:
    """The data dates: each 31 December up to the last simulated day, and that day."""
    ends = [date(year, 12, 31) for year in range(first.year, last.year + 1)]
    return tuple(sorted({*(day for day in ends if day <= last), last}))


def period_of(period: Mapping[str, Any], day: date) -> tuple[date, date]:
    """First and last day of the stretch of time that a period means on a day."""
    year = day.year
    match period["unit"]:
        case "year":
            return date(year, 1, 1), date(year, 12, 31)
        case "half_year":
            return (
                (date(year, 1, 1), date(year, 6, 30))
                if day.month < 7
                else (date(year, 7, 1), date(year, 12, 31))
            )
        case "quarter":
            month = 3 * ((day.month - 1) // 3) + 1
            after = date(year + 1, 1, 1) if month == 10 else date(year, month + 3, 1)
            return date(year, month, 1), after - DAY
        case "month":
            after = date(year + 1, 1, 1) if day.month == 12 else date(year, day.month + 1, 1)
            return day.replace(day=1), after - DAY
        case "week":
            monday = day - day.weekday() * DAY
            return monday, monday + 6 * DAY
        case "day":
            return day, day
        case "rolling_years":
            return years_after(day, -period["n"]) + DAY, day
        case "window":
            return as_date(period["start"]), as_date(period["end"])
    raise ValueError(f"no such period: {period}")


def as_date(value: Any) -> date:
    """A day as a pack writes it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def years_after(day: date, years: int) -> date:
    """The same day so many years later, or earlier below 0; 29 February becomes 1 March, or 28 February."""
    if (day.month, day.day) == (2, 29) and (day.year + years) % 4:
        return date(day.year + years, 3, 1) if years > 0 else date(day.year + years, 2, 28)
    return date(day.year + years, day.month, day.day)


def is_meant(scope: Mapping[str, Any], state: State) -> bool:
    """Whether a scope means subjects in a state; all of its conditions hold together."""
    if "types" in scope and state.subject_type not in scope["types"]:
        return False
    for flag in scope.get("flags_all", ()):
        if flag not in state.flags:
            return False
    if "flags_any" in scope and not any(flag in state.flags for flag in scope["flags_any"]):
        return False
    if "risk_grades" in scope and state.grade not in scope["risk_grades"]:
        return False
    return "in_production" not in scope or state.in_production == scope["in_production"]


def qualifies(act: Mapping[str, Any], visit: Visit) -> bool:
    """Whether a visit is of the kinds, and by an organ of the levels, that count."""
    if "inspection_kinds" in act and visit.kind not in act["inspection_kinds"]:
        return False
    return "organ_levels" not in act or visit.level in act["organ_levels"]


class Counter:
    """Counts the figures of one plan for all organs of a province, one life after the other."""

    def __init__(self, wanted: Sequence[Wanted], land: Land, days: Sequence[date]) -> None:
        self.wanted, self.land, self.days = tuple(wanted), land, tuple(days)
        self.tallies: dict[tuple[str, str, date], Tally] = defaultdict(Tally)
        self.pharmacists: dict[tuple[str, date], int] = defaultdict(int)
        self.team_members: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0])
        """Of this year's inspections with a file, by organ and day: members in all, and those full-time."""
        self._by_type: dict[str, tuple[Wanted, ...]] = {}

    def add(self, life: Life) -> None:
        """Count one life."""
        dated = [(visit.at.astimezone(BEIJING).date(), visit) for visit in life.visits]
        self._count_teams(life, dated)
        for day in self.days:
            state = life.state_on(day)
            if state is None:
                continue
            organs = self.land.around(state.place)
            if life.has_pharmacist_on(day):
                for organ in organs:
                    self.pharmacists[organ, day] += 1
            for wanted in self._speaking_of(state.subject_type):
                if is_meant(wanted.formula["scope"], state):
                    reach = self._reach(wanted, state, organs)
                    if wanted.formula["shape"] == "closure":
                        self._close(wanted, dated, reach, day)
                    elif wanted.formula["shape"] == "count":
                        self._number(wanted, life, reach, day)
                    else:
                        self._cover(wanted, life, dated, reach, day)

    def _count_teams(self, life: Life, dated: Sequence[tuple[date, Visit]]) -> None:
        """Count the two of each file's team for the organ that made the inspection and those above it."""
        for on, visit in dated:
            if not visit.filed:
                continue
            people = self.land.people_of(visit.organ)
            full_time = sum(map(is_full_time, team_of(people, life.number + visit.number)))
            for organ in self.land.line_of(visit.organ):
                for day in self.days:
                    if day.year == on.year and on <= day:
                        self.team_members[organ, day][0] += TEAM
                        self.team_members[organ, day][1] += full_time

    def _speaking_of(self, subject_type: str) -> tuple[Wanted, ...]:
        """The figures that may mean a type."""
        if subject_type not in self._by_type:
            self._by_type[subject_type] = tuple(
                w for w in self.wanted if subject_type in w.formula["scope"].get("types", (subject_type,))
            )
        return self._by_type[subject_type]

    def _reach(self, wanted: Wanted, state: State, organs: Iterable[str]) -> list[str]:
        """The organs that count a subject: those on whose land it stands, or those in whose charge it is."""
        if wanted.formula["within"] == "territory":
            return list(organs)
        return list(self.land.line_of(state.organ))

    def _cover(
        self,
        wanted: Wanted,
        life: Life,
        dated: Sequence[tuple[date, Visit]],
        organs: Sequence[str],
        day: date,
    ) -> None:
        formula = wanted.formula
        start, end = period_of(formula["period"], day)
        days = [on for on, visit in dated if "act" in formula and qualifies(formula["act"], visit)]
        tallies = [self.tallies[wanted.key, organ, day] for organ in organs]
        closed = life.is_closed_on(day)
        if closed:
            for tally in tallies:
                tally.closed += 1
        elif life.opened_on > start:
            for tally in tallies:
                tally.opened_later += 1
        else:
            seen = sum(1 for on in days if start <= on <= min(end, day))
            if formula.get("measure") == "licensed_pharmacists":
                seen = life.has_pharmacist_on(day)
            reached = seen >= formula.get("minimum", 1)
            mark = mark_of(life.code)
            for tally in tallies:
                tally.denominator += 1
                tally.members_mark += mark
                if reached:
                    tally.numerator += 1
                    tally.reached_mark += mark
        if not closed and wanted.binds_everyone:
            after_opening = [on for on in days if on >= life.opened_on]
            standing = standing_on(wanted, bound_since(wanted, life, day), after_opening, day)
            for tally in tallies:
                tally.duties[standing] += 1

    def _number(self, wanted: Wanted, life: Life, organs: Sequence[str], day: date) -> None:
        """How many subjects there are: opened in a window by the day, or else open on the day."""
        period = wanted.formula.get("period", {})
        if period.get("unit") == "window":
            start, end = period_of(period, day)
            counts = start <= life.opened_on <= min(end, day)
        else:
            counts = not life.is_closed_on(day)
        for organ in organs:
            self.tallies[wanted.key, organ, day].numerator += counts

    def _close(
        self, wanted: Wanted, dated: Sequence[tuple[date, Visit]], organs: Sequence[str], day: date
    ) -> None:
        """Rectifications whose deadline has come in the period: done are those verified by the day."""
        start, end = period_of(wanted.formula["period"], day)
        for _on, visit in dated:
            put_right = visit.rectification
            if put_right is None or not qualifies(wanted.formula["act"], visit):
                continue
            if start <= put_right.deadline <= min(end, day):
                at = put_right.verified_at
                done = at is not None and at.astimezone(BEIJING).date() <= day
                late = done and at is not None and at.astimezone(BEIJING).date() > put_right.deadline
                for organ in organs:
                    tally = self.tallies[wanted.key, organ, day]
                    tally.denominator += 1
                    tally.numerator += done
                    tally.late += late

    def lines(self) -> Iterator[dict[str, Any]]:
        """One record for each figure over inspections, organ and day, in the order of the plan."""
        for wanted in self.wanted:
            if "act" not in wanted.formula:
                continue
            for organ in self.land.figure_organs:
                for day in self.days:
                    start, end = period_of(wanted.formula["period"], day)
                    tally = self.tallies.get((wanted.key, organ, day), Tally())
                    line = {
                        "key": wanted.key,
                        "plan": wanted.plan,
                        "class": wanted.klass,
                        "shape": wanted.formula["shape"],
                        "formula": wanted.digest,
                        "organ": organ,
                        "as_of": day.isoformat(),
                        "period": [start.isoformat(), min(end, day).isoformat()],
                        **tally.as_json(),
                    }
                    if wanted.binds_everyone:
                        line["duties"] = tally.duties
                    yield line


def bound_since(wanted: Wanted, life: Life, day: date) -> date:
    """From which day a mandate that binds a subject on a day has done so without a break.

    The plan's first day, the opening, or the day on which the subject came (again) into the scope.
    """
    since = max(life.opened_on, wanted.since)
    for state, following in zip(life.states, life.states[1:], strict=False):
        if following.since <= day and not is_meant(wanted.formula["scope"], state):
            since = max(since, following.since)
    return since


def standing_on(wanted: Wanted, since: date, days: Sequence[date], day: date) -> str:
    """Where an open subject stands under a mandate that binds it since a day: met, due or overdue.

    A calendar period wants a number of visits within it, of who came into the scope during it the part of
    them that is left, rounded up; a whole one missed leaves the subject overdue until somebody has come.
    Rolling years run from the oldest of the last visits that are wanted. A window wants them by its end, and
    visits after it still do the work.
    """
    period, minimum = wanted.formula["period"], wanted.formula.get("minimum", 1)
    past = sorted(on for on in days if on <= day)
    start, end = period_of(period, day)
    if period["unit"] == "window":
        inside = sum(1 for on in past if on >= start)
        return "met" if inside >= minimum else "overdue" if end < day else "due"
    if period["unit"] == "rolling_years":
        if sum(1 for on in past if on >= start) >= minimum:
            return "met"
        begins = max(past[-minimum], since) if len(past) >= minimum else since
        return "overdue" if years_after(begins, period["n"]) < day else "due"
    inside = sum(1 for on in past if start <= on <= end)
    wants = minimum
    if since > start:
        left, whole = (end - since).days + 1, (end - start).days + 1
        wants = max(1, (minimum * left + whole - 1) // whole)
    if inside >= wants:
        return "met"
    before_start, before_end = period_of(period, start - DAY)
    before = sum(1 for on in past if before_start <= on <= before_end)
    if not inside and since <= before_start and before < minimum:
        return "overdue"
    return "overdue" if end < day else "due"
