"""Drafts as pages show them: states, rows, problems in the reader's language, tabs."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.oversight.drafting.contracts import STATE_MEANINGS, STATE_NAMES
from yaojian.oversight.drafting.models import PlanDraft
from yaojian.oversight.drafting.states import DRAFT_STATES, DraftState
from yaojian.oversight.plans.errors import DefinitionError, Problem, Said, said
from yaojian.oversight.plans.facade import in_readers_words
from yaojian.oversight.plans.targets import Target
from yaojian.oversight.plans.vocabulary import Label, vocabulary

DECIDING = frozenset({"adopt", "return"})


def badge_of(draft: PlanDraft) -> tuple[str, Any]:
    """A state's meaning and name."""
    state = DraftState(draft.state)
    return STATE_MEANINGS[state], STATE_NAMES[state]


def told(problem: Problem) -> dict[str, str]:
    """A problem in the reader's language, with its row and field."""
    return {
        "row": problem.row,
        "field": problem.field,
        "problem": in_readers_words(problem.problem),
        "cure": in_readers_words(problem.cure),
    }


def told_in_words(problem: Problem) -> dict[str, str]:
    """The same for who fills in fields: keys and words of packs are called as the fields call them."""
    said_so = Problem(problem.pack, problem.row, problem.field, _named(problem.problem), _named(problem.cure))
    return told(said_so)


def _named(words: str) -> str:
    if not isinstance(words, Said):
        return words
    return said(words.template, **{name: _called(value) for name, value in words.parameters.items()})


def _called(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = value.split(", ")
    if not all(name in called() for name in names):
        return value
    return Label(
        "、".join(called()[name].zh for name in names), ", ".join(called()[name].en for name in names)
    )


@cache
def called() -> dict[str, Label]:
    """What the keys and words of packs are called where people read them."""
    known = vocabulary()
    kinds = ("shapes", "classes", "units", "types", "flags", "organ_levels", "period_units", "data_keys")
    words = {word: label for kind in kinds for word, label in known.words(kind).items()}
    return {**words, **{name: Label(zh, en) for name, (zh, en) in KEYS.items()}}


KEYS = {
    "formula": ("计算方式", "how it is counted"),
    "waits_for": ("所需数据", "data it waits for"),
    "targets": ("目标", "goals"),
    "same_as": ("引用的条目", "the row it repeats"),
    "scope": ("监管对象范围", "subjects"),
    "within": ("对象所在范围", "where the subjects are"),
    "act": ("计入的办理事项", "acts that count"),
    "period": ("频次或时段", "how often"),
    "measure": ("统计数据", "what is counted"),
    "over": ("分母数据", "out of what"),
    "having": ("其中", "of these"),
    "whole": ("整体口径", "the whole"),
    "per": ("折算人口", "for how many inhabitants"),
    "base_year": ("基期年份", "year that growth starts from"),
    "components": ("构成分项", "scores"),
}
"""Keys of rows and formulas as pages call them; packs write them as they stand."""


def may_change(found: PlanDraft) -> bool:
    """Whether the state lets anybody edit the draft."""
    return DRAFT_STATES.permits(DraftState(found.state), "change")


def verbs_open_to(actor: Actor, found: PlanDraft) -> frozenset[str]:
    """The verbs that the state permits and the actor may perform."""
    permitted = frozenset(DRAFT_STATES.verbs(DraftState(found.state)))
    verbs = permitted - DECIDING
    if actor.may(Permission.PLAN_ADOPT):
        verbs |= permitted & DECIDING
        if found.submitted_by_id == actor.user_id:
            verbs -= {"adopt"}
    return verbs


def tabs_of(found: PlanDraft, active: str) -> list[dict[str, object]]:
    """The pages of a draft."""
    entries = (
        ("draft", _("Rows of the draft"), len(found.pack["rows"])),
        ("cost", _("Inspections a year"), None),
    )
    return [
        {
            "url": reverse(f"drafting:{name}", args=[found.pk]),
            "label": label,
            "count": count,
            "active": name == active,
        }
        for name, label, count in entries
    ]


def row_of(row: dict[str, Any], problems: list[Any]) -> dict[str, Any]:
    """One row of a draft as a line of its table; whatever it holds, it is shown."""
    language = get_language() or "zh"
    return {
        "id": row.get("id", ""),
        "title": row.get("title_en" if language.startswith("en") else "title_zh", ""),
        "klass": _label("classes", row.get("class"), language),
        "attribute": _label("attributes", row.get("attribute"), language),
        "targets": "；".join(_targets(row, language)),
        "problems": problems,
    }


def _targets(row: dict[str, Any], language: str) -> list[str]:
    parts = row["parts"] if isinstance(row.get("parts"), list) else [row]
    english = language.startswith("en")
    found = []
    for part in parts:
        targets = part.get("targets") if isinstance(part, dict) else None
        for entry in targets if isinstance(targets, list) else ():
            try:
                target = Target.from_dict(entry)
                words = target.describe(part.get("unit", row.get("unit", "")), language)
                name = "" if part is row else str(part.get("title_en" if english else "title_zh", ""))
                found.append(f"{name}{': ' if english else '：'}{words}" if name else words)
            except (DefinitionError, KeyError, AttributeError, TypeError):
                # What cannot be read is named among the problems; here its own words stand.
                found.append(str(entry))
    return found


def _label(kind: str, word: Any, language: str) -> str:
    known = vocabulary().words(kind)
    return known[word].text(language) if isinstance(word, str) and word in known else str(word or "")
