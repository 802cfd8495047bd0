"""One subject under all mandates: what binds it and why, which governs, and what each act counted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from yaojian.oversight.mandates.contracts import HORIZON, SOURCE_NAMES, WHY_NOT_NAMES, DutyState, Source
from yaojian.oversight.mandates.judging import Judged, judge
from yaojian.oversight.mandates.law_pack import law_pack
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.reading import (
    Organs,
    acts_about,
    drawn_subjects,
    first_day_read,
    histories,
    rule_of,
    stands,
)
from yaojian.oversight.mandates.rules import DoneAct, Facts, Precedence, Rule, by_precedence, reason_of
from yaojian.oversight.mandates.versions import mandates_on
from yaojian.oversight.mandates.wording import (
    acts_in_words,
    change_in_words,
    frequency_in_words,
    label,
    mark_of,
    matter_in_words,
    precedence_in_words,
    since_in_words,
)
from yaojian.registers.enterprises.facade import Subject

MOST_ACTS = 12
"""How many of the latest inspections are told one by one."""


@dataclass(frozen=True, slots=True)
class History:
    """A subject with what held of it before, and its acts."""

    now: Facts
    opened_on: date
    past: Sequence[Facts]
    acts: Sequence[DoneAct]
    nobody: Collection[int] = ()
    """Mandates (keys) of levels on which no organ answers for the subject."""


def subject_context(subject: Subject, day: date) -> dict[str, Any]:
    """What the tab of a subject's file shows, as of a day; the caller has let the reader see the subject."""
    mandates = {
        mandate.pk: mandate
        for mandate in mandates_on(day)
        if mandate.enabled and mandate.valid_from <= day and stands(mandate, day, with_arrears=True)
    }
    rules = [rule_of(mandate) for mandate in mandates.values()]
    organs = Organs([subject.responsible_organ])
    history = History(
        now=organs.facts_of(subject),
        opened_on=subject.opened_on,
        past=histories(organs, [subject.pk], day).get(subject.pk, []) if _has_changed(subject) else [],
        acts=acts_about([subject.pk], first_day_read(rules, day), day).get(subject.pk, []),
    )
    asks_shares = any(rule.share is not None and rule.binds(history.now) for rule in rules)
    drawn = {mandate for mandate, _s in drawn_subjects(rules, day, [subject.pk])} if asks_shares else set()
    judged = judge(rules, history.now, history.opened_on, history.past, history.acts, day, drawn)
    responsible = subject.responsible_organ_id
    nobody = {found.rule.key for found in judged if organs.executing(responsible, found.rule.levels)[1]}
    history = replace(history, nobody=nobody)
    return {
        "matters": _matters(judged, mandates, history, day),
        "acts": _acts(judged, mandates, history, day),
        "left": _left([rule for rule in rules if not rule.ended_on(day)], judged, mandates, history, day),
        "mandates_as_of": day,
    }


def _has_changed(subject: Subject) -> bool:
    """Whether the register says something else of a subject for a day before; saves a question if not."""
    holds_from = getattr(subject, "in_force_from", None) or getattr(subject, "valid_from", None)
    return holds_from is None or holds_from > subject.opened_on


def _matters(
    judged: Sequence[Judged], mandates: Mapping[int, Mandate], history: History, day: date
) -> list[dict[str, Any]]:
    """The mandates by matter, the governing one first."""
    by_rule = {found.rule.key: found for found in judged}
    matter = law_pack().matter_of_type.get(history.now.subject_type, "")
    if not judged:
        return []
    rules = by_precedence(rule for rule in (found.rule for found in judged) if not rule.ended_on(day))
    over = [found.rule for found in judged if found.rule.ended_on(day)]
    precedence = Precedence(matter, tuple(rules), reason_of(rules)) if rules else None
    governing = precedence.governing if precedence else None
    rows = [_row(by_rule[rule.key], mandates[rule.key], governing, history, day) for rule in (*rules, *over)]
    why = precedence_in_words(precedence) if precedence else ""
    return [{"name": matter_in_words(matter), "why": why, "rows": rows}]


def _row(
    found: Judged, mandate: Mandate, governing: Rule | None, history: History, day: date
) -> dict[str, Any]:
    rule, duty = found.rule, found.duty
    before, after = _change_at(history, found)
    period = rule.formula.period
    assert period is not None
    inside = found.since > period.bounds(day)[0]
    note = since_in_words(rule, found.since, history.opened_on, before, after) if inside else ""
    if inside and duty.needed < rule.formula.minimum and rule.share is None:
        note += _(" Of the %(all)s inspections of a whole period %(n)s are asked for.") % {
            "all": rule.formula.minimum,
            "n": duty.needed,
        }
    end = rule.ended_on(day)
    if end is not None:
        note = _("Overdue when the mandate ended on %(day)s.") % {"day": end.isoformat()}
    return {
        "mandate": mandate,
        "source": SOURCE_NAMES[Source(mandate.source)],
        "mark": mark_of(mandate),
        "frequency": frequency_in_words(rule.formula, mandate.share),
        "acts": acts_in_words(rule),
        "governs": rule is governing,
        "also": "" if rule is governing or governing is None else _relation(rule, governing),
        "state": _state(found, day, nobody=rule.key in history.nobody),
        "duty": duty,
        "note": note.strip(),
    }


def _relation(rule: Rule, governing: Rule) -> str:
    if rule.share is not None:
        return _("Only those drawn are asked for.")
    if rule.served_by(governing):
        return _("Each inspection for the governing mandate counts here too.")
    return _("Needs inspections of its own: %(acts)s.") % {"acts": acts_in_words(rule)}


def _state(found: Judged, day: date, *, nobody: bool) -> tuple[str, str]:
    """A kind of colour and words."""
    duty, period = found.duty, found.rule.formula.period
    if duty.needed == 0 and duty.done == 0:
        return "neutral", _("Not drawn")
    comes_again = period is not None and period.unit == "rolling_years" and duty.due_on <= day + HORIZON
    if duty.state is DutyState.MET and not comes_again:
        return "done", _("Met late") if duty.late else _("Met")
    if nobody:
        return "neutral", _("No organ of the level asked for")
    if duty.state is DutyState.OVERDUE:
        return "overdue", _("Overdue")
    return ("due_soon", _("Due within 60 days")) if duty.due_on <= day + HORIZON else ("info", _("Due later"))


def _change_at(history: History, found: Judged) -> tuple[Facts | None, Facts | None]:
    """The spans before and after the day on which a mandate began to bind."""
    spans = [*history.past, history.now]
    for before, after in pairwise(spans):
        if before.valid_to is not None and (found.since - before.valid_to).days == 1:
            return before, after
    return None, None


def _acts(
    judged: Sequence[Judged], mandates: Mapping[int, Mandate], history: History, day: date
) -> list[dict[str, Any]]:
    """The latest inspections, each with the mandates it counts for, and why not for the others."""
    rows = []
    for act in sorted(history.acts, key=lambda one: (one.day, one.act_id), reverse=True)[:MOST_ACTS]:
        counted: list[Mandate] = []
        refused: dict[str, list[Mandate]] = defaultdict(list)
        for found in judged:
            late = found.duty.late or not found.met
            why = found.rule.why_not(act, history.opened_on, day, late=late)
            if why is None:
                counted.append(mandates[found.rule.key])
            else:
                refused[str(WHY_NOT_NAMES[why])].append(mandates[found.rule.key])
        rows.append(
            {
                "act": act,
                "kind": label("inspection_kinds", act.inspection_kind),
                "level": label("organ_levels", act.organ_level),
                "counted": counted,
                "refused": list(refused.items()),
            }
        )
    return rows


def _left(
    rules: Sequence[Rule],
    judged: Sequence[Judged],
    mandates: Mapping[int, Mandate],
    history: History,
    day: date,
) -> list[dict[str, Any]]:
    """Mandates that bound the subject earlier in their present period and bind it no more, and why."""
    binding = {found.rule.key for found in judged}
    spans = [*history.past, history.now]
    rows = []
    for rule in rules:
        assert rule.formula.period is not None
        if rule.key in binding:
            continue
        start = max(rule.formula.period.bounds(day)[0], rule.valid_from)
        for before, after in pairwise(spans):
            ended = before.valid_to
            if ended is not None and ended >= start and rule.binds(before) and not rule.binds(after):
                words = {"day": ended.isoformat(), "what": change_in_words(before, after) or _("closed")}
                why = _("Bound it until %(day)s: %(what)s.") % words
                rows.append({"mandate": mandates[rule.key], "why": why})
    return rows
