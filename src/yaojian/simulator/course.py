"""The course of one inspection: findings, conclusion, rectification, verification. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from random import Random
from typing import Any

from yaojian.simulator.content import content
from yaojian.simulator.diary import Booking
from yaojian.simulator.entities import SimFinding, SimInspection, SimRound
from yaojian.simulator.programme import Visit, level_of
from yaojian.simulator.working_time import BEIJING, add_working_days, moment

_SEVERITY_WEIGHTS = {"critical": 8, "major": 45, "general": 100}
SHARE_JUDGED_BY_CHIEF = 0.35
RECENT_DAYS = 90
FINDINGS_BEGIN, FINDINGS_END = 55, 5
"""Minutes before the conclusion between which findings are written down."""


def office_moment(rng: Random, day: date) -> datetime:
    """Some moment of a working day's office hours."""
    return moment(day, rng.randint(602, 835) if rng.random() < 0.5 else rng.randint(932, 1165))


class Course:
    """Lets inspections run their course until the last simulated day."""

    def __init__(self, last: date, chiefs: Mapping[str, str]) -> None:
        self._last = last
        self._chiefs = chiefs
        self._texts: Mapping[str, Any] = content("findings")
        self._chances: Mapping[str, Any] = content("rates")["course"]

    def opened(self, rng: Random, visit: Visit, day: date, team: tuple[str, ...]) -> dict[str, Any]:
        """What is known of an inspection when it is opened, some days before `day`."""
        lead_time = 1 if visit.kind == "flight" else rng.randint(1, 5)
        return {
            "subject": visit.subject.code,
            "organ": visit.organ,
            "level": level_of(visit.organ),
            "kind": visit.kind,
            "basis": self._texts["basis"][visit.kind],
            "team": team,
            "opened_at": office_moment(rng, add_working_days(day, -lead_time)),
            "delay_minutes": rng.randint(2, 25),
        }

    def run(self, rng: Random, visit: Visit, booking: Booking) -> SimInspection:
        """The whole course of an inspection, as far as it has come by the last day."""
        known = self.opened(rng, visit, booking.day, booking.team)
        if rng.random() < self._chances["cancelled"]:
            return SimInspection(
                **known,
                cancelled_at=moment(booking.day, booking.start),
                cancel_reason=rng.choice(self._texts["cancellations"]),
            )
        known["started_at"] = moment(booking.day, booking.start + rng.randint(0, 8))
        end = booking.end - rng.randint(0, 15)
        findings = self.findings(rng, visit, booking.day, end)
        severities = {finding.severity for finding in findings}
        conclusion = "non_compliant" if "critical" in severities else "rectify" if severities else "compliant"
        known |= {
            "findings": findings,
            "concluded_at": moment(booking.day, end),
            "conclusion": conclusion,
            "summary": rng.choice(self._texts["summaries"][conclusion]),
        }
        if not findings:
            return SimInspection(**known)
        allowed = self._chances[
            "critical_working_days" if "critical" in severities else "rectification_working_days"
        ]
        deadline = add_working_days(booking.day, allowed)
        rounds = self._rounds(rng, visit.organ, booking.team[0], booking.day, allowed, deadline)
        return SimInspection(**known, first_deadline=deadline, rounds=rounds)

    def findings(self, rng: Random, visit: Visit, day: date, end: int) -> tuple[SimFinding, ...]:
        """What is found at a visit that ends `end` minutes after midnight."""
        count = rng.choices(range(len(visit.findings)), visit.findings)[0]
        pool = list(self._texts[visit.family])
        minutes = sorted(rng.sample(range(end - FINDINGS_BEGIN, end - FINDINGS_END), count))
        found = []
        for minute in minutes:
            chosen = rng.choices(pool, [_SEVERITY_WEIGHTS[entry[0]] for entry in pool])[0]
            pool.remove(chosen)
            severity, clause, text = chosen
            found.append(SimFinding(moment(day, minute), severity, clause, self._filled(rng, text)))
        return tuple(found)

    def _filled(self, rng: Random, text: str) -> str:
        products = self._texts["products"]
        return text.format(
            **{kind: rng.choice(names) for kind, names in products.items()},
            batch=f"{rng.randint(23, 26)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}",
            n=rng.randint(2, 9),
            t=rng.randint(10, 17),
        )

    def _rounds(
        self, rng: Random, organ: str, lead: str, day: date, allowed: int, deadline: date
    ) -> tuple[SimRound, ...]:
        chances = self._chances
        recent = (self._last - deadline).days < RECENT_DAYS
        if rng.random() < chances["never_submitted"] and recent:
            return ()
        late = rng.random() < chances["submitted_late"]
        returned = rng.random() < chances["returned"]
        wait = allowed + rng.randint(1, 12) if late else rng.randint(4, allowed - 1)
        first = self._round(rng, organ, lead, add_working_days(day, wait), returned=returned)
        if first is None:
            return ()
        if first.outcome != "returned" or first.judged_at is None:
            return (first,)
        again = add_working_days(first.judged_at.astimezone(BEIJING).date(), rng.randint(3, 9))
        second = self._round(rng, organ, lead, again, returned=False)
        return (first, second) if second else (first,)

    def _round(self, rng: Random, organ: str, lead: str, day: date, *, returned: bool) -> SimRound | None:
        """A report handed in on `day` and its judgement, as far as both lie before the end."""
        judged = add_working_days(day, rng.randint(1, 6))
        report = rng.choice(self._texts["reports"]).format(fix=rng.choice(self._texts["fixes"]))
        submitted_at, judged_at = office_moment(rng, day), office_moment(rng, judged)
        judge = self._chiefs[organ] if rng.random() < SHARE_JUDGED_BY_CHIEF else lead
        note = rng.choice(self._texts["returns" if returned else "notes"])
        if day > self._last:
            return None
        if judged > self._last:
            return SimRound(submitted_at, report)
        return SimRound(
            submitted_at,
            report,
            outcome="returned" if returned else "verified",
            judged_at=judged_at,
            judged_by=judge,
            note=note,
            new_deadline=add_working_days(judged, 10) if returned else None,
        )
