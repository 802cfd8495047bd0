"""Entering files from before: past inspections in bulk, as if each step had been recorded then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yaojian.casework.inspections import rules
from yaojian.casework.inspections.bookkeeping import legal_basis, source_of_work
from yaojian.casework.inspections.contracts import (
    EVALUATION,
    FILE_KIND,
    RECTIFICATION,
    TEAM_REPORT,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.models import Finding, Inspection, NumberSeries, TeamMember
from yaojian.casework.inspections.rules import file_number
from yaojian.casework.inspections.states import INSPECTION_STATES, InspectionState
from yaojian.casework.inspections.work_kinds import CONDUCT, RECTIFY, VERIFY
from yaojian.foundation.accounts.facade import Actor
from yaojian.foundation.copying import insert_all
from yaojian.foundation.deadlines.facade import PastClock, due_days_of_files, enter_past_clocks
from yaojian.foundation.errors import RuleBroken
from yaojian.foundation.ledger.facade import Act, Ref, compose_act, subject_ref
from yaojian.foundation.timekeeping import local_date
from yaojian.foundation.worklist.facade import WorkItem, open_items
from yaojian.registers.enterprises.facade import Subject


@dataclass(frozen=True, slots=True)
class PastFinding:
    """A finding that was written down at a moment (aware)."""

    at: datetime
    severity: Severity
    clause: str
    description: str


@dataclass(frozen=True, slots=True)
class PastConclusion:
    """How an inspection ended on site; `rectify_by` is the first deadline, None without findings."""

    at: datetime
    conclusion: Conclusion
    summary: str
    rectify_by: date | None


@dataclass(frozen=True, slots=True)
class PastRound:
    """A rectification report and its judgement: verified, or returned with a new deadline, or none yet."""

    submitted_at: datetime
    report: str
    judged_at: datetime | None = None
    judged_by: Actor | None = None
    note: str = ""
    new_deadline: date | None = None


@dataclass(frozen=True, slots=True)
class PastInspection:
    """One past inspection, as far as it came. All moments are aware; `team` has the lead first.

    The journal shows each step as recorded `delay` after it happened.
    """

    subject: Subject
    kind: InspectionKind
    basis: str
    team: Sequence[Actor]
    opened_at: datetime
    delay: timedelta
    started_at: datetime | None = None
    findings: Sequence[PastFinding] = ()
    conclusion: PastConclusion | None = None
    rounds: Sequence[PastRound] = ()
    cancelled_at: datetime | None = None
    cancel_reason: str = ""

    @property
    def lead(self) -> Actor:
        """Who led the team, and for which organ the inspection was made."""
        return self.team[0]


@dataclass(slots=True)
class _Entry:
    """A past inspection on its way into the tables: its row, and its acts in the order they happened."""

    past: PastInspection
    row: Inspection
    acts: list[dict[str, Any]] = field(default_factory=list)

    def advance(self, verb: str) -> None:
        self.row.state = INSPECTION_STATES.next(InspectionState(self.row.state), verb).value

    def record(self, kind: str, at: datetime, by: Actor | None = None, **facts: Any) -> None:
        self.acts.append({"kind": kind, "at": at, "by": by or self.past.lead, "facts": facts})


@transaction.atomic
def enter_history(
    pasts: Iterable[PastInspection], progress: Callable[[str, int], None] | None = None
) -> dict[str, int]:
    """Enter past inspections with teams, findings, acts and the work items of those still open.

    Numbers continue the series of each organ and year. `progress` is told the table and the count after
    each one. Returns the counts. Raises RuleBroken for a team of one or a conclusion that the findings do
    not allow, KeyError for steps that the state table does not permit.
    """
    entries = [_entry(past) for past in sorted(pasts, key=lambda past: past.opened_at)]
    _number(entries)
    insert_all([entry.row for entry in entries])
    teams = [member for entry in entries for member in _team(entry)]
    findings = [finding for entry in entries for finding in _findings(entry)]
    clock_acts = enter_past_clocks(clock for entry in entries for clock in _clocks(entry))
    acts = sorted([*clock_acts, *_acts(entries)], key=lambda act: act.recorded_at)
    evaluations = due_days_of_files(FILE_KIND, EVALUATION)
    items = [item for entry in entries if (item := _open_work(entry, evaluations)) is not None]
    counts: dict[str, int] = {"inspections": len(entries)}
    steps: list[tuple[str, int, Callable[[], Any]]] = [
        ("teams", len(teams), lambda: insert_all(teams)),
        ("findings", len(findings), lambda: insert_all(findings)),
        ("acts", len(acts), lambda: insert_all(acts)),
        ("items", len(items), lambda: open_items(items)),
    ]
    if progress:
        progress("inspections", len(entries))
    for name, count, write in steps:
        write()
        counts[name] = count
        if progress:
            progress(name, count)
    return counts


def _entry(past: PastInspection) -> _Entry:
    """Walk one past inspection through the state table, noting row and acts."""
    if not rules.team_is_large_enough([member.user_id for member in past.team]):
        raise RuleBroken(_("At least two officers must go on site."), field="team")
    row = Inspection(
        subject=past.subject,
        organ_id=past.lead.organ_id,
        kind=past.kind.value,
        basis=past.basis[:300],
        opened_at=past.opened_at,
    )
    entry = _Entry(past, row)
    # The number is not known yet; it is filled in when all are in order.
    entry.record(
        "inspection.opened",
        past.opened_at,
        inspection_kind=past.kind.value,
        team=[member.display_name for member in past.team],
        basis=past.basis,
    )
    if past.started_at:
        entry.advance("start")
        row.started_at = past.started_at
        entry.record("inspection.started", past.started_at)
    for number, finding in enumerate(past.findings, 1):
        entry.advance("record_finding")
        entry.record(
            "inspection.finding_recorded",
            finding.at,
            finding=number,
            severity=finding.severity.value,
            clause=finding.clause,
            description=finding.description,
        )
    if past.conclusion:
        _conclude(entry, past.conclusion)
    for round_ in past.rounds:
        _rectify(entry, round_)
    if past.cancelled_at:
        entry.advance("cancel")
        row.closed_at = past.cancelled_at
        entry.record("inspection.cancelled", past.cancelled_at, reason=past.cancel_reason)
    return entry


def _conclude(entry: _Entry, ended: PastConclusion) -> None:
    past, row = entry.past, entry.row
    severities = [finding.severity for finding in past.findings]
    if not rules.conclusion_is_allowed(ended.conclusion, severities):
        raise RuleBroken(_("The findings do not allow this conclusion."), field="conclusion")
    entry.advance("conclude_with_findings" if severities else "conclude_without_findings")
    row.concluded_at, row.conclusion = ended.at, ended.conclusion.value
    row.summary, row.rectify_by = ended.summary, ended.rectify_by
    entry.record(
        "inspection.concluded",
        ended.at,
        inspection_kind=past.kind.value,
        organ_level=past.lead.organ_level.value,
        conclusion=ended.conclusion.value,
        findings={severity.value: severities.count(severity) for severity in Severity},
        rectify_by=ended.rectify_by,
    )
    if not severities:
        row.closed_at = ended.at
        entry.record("inspection.closed", ended.at)


def _rectify(entry: _Entry, round_: PastRound) -> None:
    row = entry.row
    entry.advance("submit_rectification")
    row.submitted_at, row.rectification = round_.submitted_at, round_.report
    entry.record("rectification.submitted", round_.submitted_at, report=round_.report)
    at, by = round_.judged_at, round_.judged_by
    if at is None:
        return
    if round_.new_deadline is not None:
        entry.advance("return_rectification")
        row.rectify_by = round_.new_deadline
        entry.record("rectification.returned", at, by, reason=round_.note, rectify_by=round_.new_deadline)
        return
    entry.advance("verify_rectification")
    row.verification, row.verified_at, row.closed_at = round_.note, at, at
    late = row.rectify_by is not None and local_date(at) > row.rectify_by
    entry.record("rectification.verified", at, by, note=round_.note, rectify_by=row.rectify_by, late=late)
    entry.record("inspection.closed", at, by)


def _number(entries: Sequence[_Entry]) -> None:
    """Give numbers in the order of opening, from the locked series of each organ and year."""
    groups: dict[tuple[int, int], list[_Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.row.organ_id, local_date(entry.past.opened_at).year].append(entry)
    for (organ_id, year), members in sorted(groups.items()):
        NumberSeries.objects.get_or_create(organ_id=organ_id, year=year)
        series = NumberSeries.objects.select_for_update().get(organ_id=organ_id, year=year)
        for entry in members:
            series.last += 1
            entry.row.number = file_number(entry.past.lead.organ_short_name, year, series.last)
            for act in entry.acts:
                if act["kind"] in ("inspection.opened", "inspection.concluded"):
                    act["facts"] = {"number": entry.row.number, **act["facts"]}
        series.save(update_fields=["last"])


def _team(entry: _Entry) -> Iterator[TeamMember]:
    for member in entry.past.team:
        yield TeamMember(
            inspection=entry.row,
            officer_id=member.user_id,
            is_lead=member is entry.past.lead,
            full_time=member.full_time,
        )


def _findings(entry: _Entry) -> Iterator[Finding]:
    for number, finding in enumerate(entry.past.findings, 1):
        yield Finding(
            inspection=entry.row,
            number=number,
            severity=finding.severity.value,
            clause=finding.clause[:120],
            description=finding.description,
            verified=entry.row.verified_at is not None,
        )


def _acts(entries: Iterable[_Entry]) -> list[Act]:
    """The acts of all entries in the order in which they were recorded."""
    acts = [
        compose_act(
            by=act["by"],
            kind=act["kind"],
            subject=subject_ref(entry.row.subject_id),
            file=Ref(FILE_KIND, entry.row.pk),
            claimed_at=act["at"],
            recorded_at=act["at"] + entry.past.delay,
            legal_basis=legal_basis(entry.past.subject, act["at"]),
            facts=act["facts"],
        )
        for entry in entries
        for act in entry.acts
    ]
    # The sort is stable: two acts of the same moment stay in the order of their steps.
    return sorted(acts, key=lambda act: act.recorded_at)


def _clocks(entry: _Entry) -> Iterator[PastClock]:
    """The clocks of a past inspection: report, then each rectification and each evaluation."""
    past, row = entry.past, entry.row
    file = Ref(FILE_KIND, row.pk)

    def clock(
        rule: str,
        by: Actor,
        start: datetime,
        met: datetime | None,
        last: date | None = None,
        met_by: Actor | None = None,
    ) -> PastClock:
        delay = past.delay
        return PastClock(by, rule, file, row.subject_id, row.organ_id, start, last, met, delay, met_by)

    ended = past.conclusion
    if ended is None:
        return
    yield clock(TEAM_REPORT, past.lead, ended.at, ended.at)
    begun, by, last = ended.at, past.lead, ended.rectify_by
    for round_ in past.rounds:
        yield clock(RECTIFICATION, by, begun, round_.submitted_at, last, past.lead)
        judge = round_.judged_by or past.lead
        yield clock(EVALUATION, past.lead, round_.submitted_at, round_.judged_at, met_by=judge)
        if round_.judged_at is None or round_.new_deadline is None:
            return
        begun, by, last = round_.judged_at, judge, round_.new_deadline
    if past.findings:
        yield clock(RECTIFICATION, by, begun, None, last)


def _open_work(entry: _Entry, evaluations: Mapping[int, date | None]) -> WorkItem | None:
    """What remains to be done about an inspection that is not closed."""
    past, row = entry.past, entry.row
    match InspectionState(row.state):
        case InspectionState.PLANNED | InspectionState.ON_SITE:
            kind, reason, due_on = CONDUCT, _("Conduct inspection %(n)s") % {"n": row.number}, None
        case InspectionState.RECTIFYING if past.rounds:
            why = past.rounds[-1].note
            kind, reason, due_on = (
                RECTIFY,
                _("Rectification returned: %(why)s") % {"why": why},
                row.rectify_by,
            )
        case InspectionState.RECTIFYING:
            n = len(past.findings)
            kind, reason, due_on = RECTIFY, _("Rectification of %(n)s findings") % {"n": n}, row.rectify_by
        case InspectionState.SUBMITTED:
            kind, due_on = VERIFY, evaluations.get(row.pk)
            reason = _("Verify the rectification of %(n)s") % {"n": row.number}
        case _:
            return None
    return WorkItem(
        kind=kind,
        organ_id=row.organ_id,
        assignee_id=past.lead.user_id,
        subject_id=row.subject_id,
        subject_name=past.subject.name,
        division_code=past.subject.division_code,
        file_kind=FILE_KIND,
        file_id=row.pk,
        due_on=due_on,
        reason=reason[:300],
        source=source_of_work(past.subject, kind),
        origin_kind=FILE_KIND,
        origin_key=str(row.pk),
        opened_at=max(act["at"] for act in entry.acts) + past.delay,
    )
