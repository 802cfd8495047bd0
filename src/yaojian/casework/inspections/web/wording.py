"""What an inspection's state, progress and acts are called, and which of the five meanings they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yaojian.casework.inspections.contracts import (
    CONCLUSION_MEANINGS,
    CONCLUSION_NAMES,
    KIND_NAMES,
    SEVERITY_NAMES,
    STATE_MEANINGS,
    STATE_NAMES,
    Conclusion,
    InspectionKind,
    Severity,
)
from yaojian.casework.inspections.models import Inspection
from yaojian.casework.inspections.states import InspectionState
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.ledger.facade import Act, timeline_of_acts
from yaojian.foundation.timekeeping import today

_S = InspectionState
SHOWN_AS_CLOCKS = ("clock.started", "clock.met")
"""Acts that the file shows as its clocks rather than in the timeline."""

NEXT_STEPS = {
    _S.PLANNED: gettext_lazy("Go on site and start the inspection"),
    _S.ON_SITE: gettext_lazy("Record what is found and conclude"),
    _S.RECTIFYING: gettext_lazy("The subject rectifies and reports"),
    _S.SUBMITTED: gettext_lazy("Verify the rectification"),
    _S.CLOSED: gettext_lazy("None: the file is closed"),
    _S.CANCELLED: gettext_lazy("None: the inspection was cancelled"),
}


def is_overdue(inspection: Inspection) -> bool:
    """Whether the deadline for rectification has passed without verification."""
    awaited = inspection.state in (_S.RECTIFYING.value, _S.SUBMITTED.value)
    return awaited and inspection.rectify_by is not None and inspection.rectify_by < today()


def state_badge(inspection: Inspection) -> tuple[str, object]:
    """The meaning and the name of an inspection's state."""
    state = _S(inspection.state)
    return STATE_MEANINGS[state], STATE_NAMES[state]


def conclusion_badge(inspection: Inspection) -> tuple[str, object] | None:
    """The meaning and the name of an inspection's conclusion, or None before there is one."""
    if not inspection.conclusion:
        return None
    conclusion = Conclusion(inspection.conclusion)
    return CONCLUSION_MEANINGS[conclusion], CONCLUSION_NAMES[conclusion]


def steps_of(inspection: Inspection) -> list[dict[str, Any]]:
    """The stepper: each state with the moment it began; without findings rectification is left out."""
    state = _S(inspection.state)
    if state is _S.CANCELLED:
        began = [
            (STATE_NAMES[_S.PLANNED], inspection.opened_at),
            (STATE_NAMES[_S.ON_SITE], inspection.started_at),
        ]
        done = [{"label": label, "at": at, "state": "done"} for label, at in began if at]
        return [*done, {"label": STATE_NAMES[_S.CANCELLED], "at": inspection.closed_at, "state": "stopped"}]
    if_needed = "" if inspection.concluded_at else _("when there are findings")
    rows: list[tuple[_S, object, object, str]] = [
        (_S.PLANNED, STATE_NAMES[_S.PLANNED], inspection.opened_at, ""),
        (_S.ON_SITE, pgettext("inspection step", "On-site inspection"), inspection.started_at, ""),
    ]
    if inspection.conclusion != Conclusion.COMPLIANT.value:
        rows += [
            (_S.RECTIFYING, pgettext("inspection step", "Rectification"), inspection.concluded_at, if_needed),
            (_S.SUBMITTED, pgettext("inspection step", "Verification"), inspection.submitted_at, if_needed),
        ]
    rows.append((_S.CLOSED, STATE_NAMES[_S.CLOSED], inspection.closed_at, ""))
    position = [row[0] for row in rows].index(state)
    if state is _S.CLOSED:
        position += 1
    return [
        {
            "label": label,
            "at": at if index <= position else None,
            "note": note,
            "state": "done" if index < position else "current" if index == position else "todo",
        }
        for index, (_state, label, at, note) in enumerate(rows)
    ]


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Findings by severity in words, the gravest first; "none" when there are none."""
    parts = [
        _("%(severity)s: %(n)s") % {"severity": SEVERITY_NAMES[severity], "n": counts[severity.value]}
        for severity in Severity
        if counts.get(severity.value)
    ]
    return _(", ").join(parts) or pgettext("findings", "none")


def _act_facts(act: Act) -> Iterable[tuple[str, object]]:
    facts: Mapping[str, Any] = act.facts
    if act.kind == "inspection.opened":
        if facts.get("inspection_kind"):
            yield _("Kind of inspection"), KIND_NAMES[InspectionKind(facts["inspection_kind"])]
        if facts.get("team"):
            yield pgettext("inspection", "Team"), _(", ").join(facts["team"])
    elif act.kind == "inspection.finding_recorded":
        if facts.get("severity"):
            yield _("Severity"), SEVERITY_NAMES[Severity(facts["severity"])]
        if facts.get("clause"):
            yield _("Clause not met"), facts["clause"]
    elif act.kind == "inspection.concluded":
        if facts.get("conclusion"):
            yield pgettext("inspection", "Conclusion"), CONCLUSION_NAMES[Conclusion(facts["conclusion"])]
        yield pgettext("inspection", "Findings"), counts_in_words(facts.get("findings") or {})
    if facts.get("rectify_by"):
        yield _("Rectification deadline"), facts["rectify_by"]
    if act.evidence:
        yield _("Photos"), len(act.evidence)


def _act_text(act: Act) -> str:
    facts: Mapping[str, Any] = act.facts
    if act.kind == "rectification.verified" and facts.get("late"):
        late = _("Verified after the deadline.")
        return f"{late} {facts.get('note') or ''}".strip()
    return str(
        facts.get("description") or facts.get("reason") or facts.get("report") or facts.get("note") or ""
    )


def timeline_of(acts: Sequence[Act], actor: Actor) -> list[dict[str, Any]]:
    """The acts of a file for the timeline, newest first; linked for those who may read the journal."""
    linked = actor.may(Permission.JOURNAL_VIEW)
    return timeline_of_acts(
        (act for act in reversed(acts) if act.kind not in SHOWN_AS_CLOCKS),
        lambda act: {
            "href": reverse("backoffice:act", args=[act.uid]) if linked else "",
            "text": _act_text(act),
            "facts": list(_act_facts(act)),
        },
    )
