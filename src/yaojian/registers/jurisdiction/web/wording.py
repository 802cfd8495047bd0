"""Rules and answers in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import LEVEL_NAMES, Actor, Permission
from yaojian.registers.enterprises.facade import RISK_NAMES, RiskGrade, Subject, flag_name, type_name
from yaojian.registers.jurisdiction.contracts import (
    CONFIDENCE_NAMES,
    MATTER_NAMES,
    Alternative,
    Answer,
    Confidence,
    Rule,
)
from yaojian.registers.jurisdiction.queries import may_edit

CONFIDENCE_MEANINGS = {Confidence.HIGH: "done", Confidence.MEDIUM: "info", Confidence.LOW: "due_soon"}


def joined(words: Iterable[object]) -> str:
    """Words of a list, as the reader's language joins them."""
    return gettext(", ").join(str(word) for word in words)


def in_language(zh: str, en: str) -> str:
    """The text in the reader's language; Chinese where there is no English."""
    return en if en and (get_language() or "").startswith("en") else zh


def conditions_of(rule: Rule) -> list[str]:
    """Which subjects a rule speaks of; empty for all."""
    parts = []
    if rule.types:
        parts.append(joined(sorted(type_name(code) for code in rule.types)))
    if rule.flags_all:
        marks = joined(flag_name(flag) for flag in sorted(rule.flags_all))
        parts.append(_("with the mark: %(marks)s") % {"marks": marks})
    if rule.flags_any:
        marks = joined(flag_name(flag) for flag in sorted(rule.flags_any))
        parts.append(_("with one of the marks: %(marks)s") % {"marks": marks})
    if rule.grades:
        parts.append(joined(RISK_NAMES[RiskGrade(grade)] for grade in sorted(rule.grades)))
    return parts


def source_of(rule: Rule) -> str:
    """The document a rule comes from, with article or line."""
    where = rule.article or (_("line %(line)s") % {"line": rule.line} if rule.line else "")
    return f"{rule.source} {where}".strip()


def rule_row(rule: Rule, names: dict[str, str], actor: Actor) -> dict[str, Any]:
    """One line of a table."""
    may = actor.may(Permission.RULES_MANAGE) and may_edit(actor, rule.region)
    return {
        "rule": rule,
        "matter": MATTER_NAMES[rule.matter],
        "conditions": conditions_of(rule),
        "region": names.get(rule.region, rule.region),
        "level": LEVEL_NAMES[rule.level],
        "duty": in_language(rule.duty_zh, rule.duty_en),
        "assists": [(LEVEL_NAMES[a.level], in_language(a.zh, a.en)) for a in rule.assists],
        "source": source_of(rule),
        "confidence": (CONFIDENCE_MEANINGS[rule.confidence], CONFIDENCE_NAMES[rule.confidence]),
        "end_url": reverse("jurisdiction:end_rule", args=[rule.key]) if may and rule.valid_to is None else "",
    }


def answer_row(answer: Answer, subject: Subject, names: dict[str, str], actor: Actor) -> dict[str, Any]:
    """Who is responsible for a subject in one matter, and why, in words."""
    recorded = subject.responsible_organ_id
    return {
        "matter": MATTER_NAMES[answer.matter],
        "organ": answer.organ.name if answer.organ else "",
        "differs": answer.organ is not None and answer.organ_id != recorded,
        "disputed": answer.is_disputed,
        "why": why(answer, names),
        "line": rule_row(answer.rule, names, actor) if answer.rule else None,
        "others": [_other(other, names) for other in answer.alternatives],
    }


def why(answer: Answer, names: dict[str, str]) -> list[str]:
    """The reasons of an answer, one sentence each."""
    rule = answer.rule
    if rule is None:
        return [_("No rule in force speaks of such a subject in this matter.")]
    region = names.get(rule.region, rule.region) or _("the whole country")
    what = _("; ").join(conditions_of(rule)) or _("all subjects")
    said = [
        _("Rule %(code)s for %(region)s: %(what)s fall to the level “%(level)s”.")
        % {"code": rule.code, "region": region, "what": what, "level": LEVEL_NAMES[rule.level]}
    ]
    for step in answer.steps:
        level = {"level": LEVEL_NAMES[step.level]}
        if step.organ is None:
            said.append(
                _("No organ of the level “%(level)s” covers this place; the next level answers.") % level
            )
        elif step.rivals:
            rivals = joined(organ.name for organ in step.rivals)
            said.append(
                _("%(organ)s covers this place; so do %(rivals)s, with land just as narrow.")
                % {"organ": step.organ.name, "rivals": rivals}
            )
        else:
            said.append(_("%(organ)s covers this place.") % {"organ": step.organ.name})
    if answer.organ is None:
        said.append(_("No organ recorded covers this place."))
    return said


def _other(other: Alternative, names: dict[str, str]) -> str:
    rule = other.rule
    words = {
        "code": rule.code,
        "level": LEVEL_NAMES[rule.level],
        "region": names.get(rule.region, rule.region) or _("the whole country"),
    }
    if other.same_rank:
        return _("%(code)s (%(region)s): %(level)s, of the same rank") % words
    return _("%(code)s (%(region)s): %(level)s, less specific") % words


def impact_in_words(moved: int, touched: int, subjects: int) -> str:
    """What a change of the table would do, in one sentence."""
    if not touched:
        return _("The rule decides for none of the %(n)s open subjects of the region.") % {"n": subjects}
    if not moved:
        return ngettext(
            "The rule would decide for %(n)s open subject; it keeps its organ.",
            "The rule would decide for %(n)s open subjects; all keep their organ.",
            touched,
        ) % {"n": touched}
    return ngettext(
        "%(n)s open subject would get another organ in this matter.",
        "%(n)s open subjects would get another organ in this matter.",
        moved,
    ) % {"n": moved}


def shift_rows(shifts: Sequence[Any]) -> list[tuple[str, str, int]]:
    """From which organ to which, and how many."""
    nobody = pgettext("organ", "nobody")
    return [
        (
            shift.before.name if shift.before else nobody,
            shift.after.name if shift.after else nobody,
            shift.count,
        )
        for shift in shifts
    ]
