"""Mandates in words: how often, for whom, and why one governs another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from yaojian.oversight.mandates.law_pack import law_pack
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.rules import Facts, Precedence, Rule
from yaojian.oversight.plans.definitions import Formula, Period, describe
from yaojian.oversight.plans.vocabulary import vocabulary


def language() -> str:
    """The reader's language code."""
    return get_language() or "zh-hans"


def period_in_words(period: Period) -> str:
    """The period as a plan writes it."""
    if period.unit == "rolling_years":
        n = period.n or 1
        return _("every %(n)s years") % {"n": n}
    if period.unit == "window":
        return _("from %(start)s to %(end)s") % {"start": period.start, "end": period.end}
    return {
        "month": _("each month"),
        "quarter": _("each quarter"),
        "half_year": _("each half-year"),
        "year": _("each year"),
    }[period.unit]


def frequency_in_words(formula: Formula, share: Decimal | None = None) -> str:
    """How often: 每季度不少于1次, 三年内, 每年抽查25%."""
    assert formula.period is not None
    when = period_in_words(formula.period)
    if share is not None:
        return _("%(share)s%% of the subjects, %(when)s") % {"share": percent(share), "when": when}
    words = ngettext("at least %(n)s time %(when)s", "at least %(n)s times %(when)s", formula.minimum)
    return words % {"n": formula.minimum, "when": when}


def percent(share: Decimal) -> str:
    """A share without idle zeros."""
    return (
        number_format(share.normalize(), use_l10n=True) if share != share.to_integral() else str(int(share))
    )


def formula_in_words(formula: Formula) -> str:
    """The whole formula, as plans say it."""
    return describe(formula, language())


def acts_in_words(rule: Rule) -> str:
    """Which inspections count, in short."""
    parts = []
    if rule.kinds:
        names = [label("inspection_kinds", kind) for kind in rule.kinds]
        parts.append(pgettext("list", ", ").join(names))
    if rule.levels:
        names = [label("organ_levels", level) for level in rule.levels]
        parts.append(_("by organs: %(levels)s") % {"levels": pgettext("list", ", ").join(names)})
    return _("; ").join(parts) if parts else _("every concluded inspection")


def label(kind: str, word: str) -> str:
    """A word of the packs in the reader's language."""
    known = vocabulary().words(kind)
    return known[word].text(language()) if word in known else word


def matter_in_words(matter: str) -> str:
    """The name of a matter."""
    return law_pack().matters[matter].text(language())


def precedence_in_words(found: Precedence) -> str:
    """Why the first of the mandates governs."""
    return {
        "only": _("The only mandate in this matter."),
        "stricter": _("It asks for more than the others."),
        "stricter_national": _("It is a national rule and asks for more than the text of the plan."),
        "national": _("It asks for as much as the others; a national rule stands before the text of a plan."),
        "plan": _("It asks for as much as the others; a plan stands before what an organ has set itself."),
        "later": _("It asks for as much as the others and is the later one."),
    }[found.reason]


FIELDS = ("subject_type", "risk_grade", "flags", "in_production", "place", "closed")


def mark_of(mandate: Mandate) -> tuple[str, str] | None:
    """How far a rule's number can be trusted, in a word and a sentence; None where its text was read."""
    return {
        "M": (
            _("secondary source"),
            _("The number was read in a secondary source, not in the official text (mark M)."),
        ),
        "L": (_("to be verified"), _("To be verified first (mark L): it is shown and opens no work.")),
    }.get(mandate.confidence)


def change_in_words(before: Facts, after: Facts) -> str:
    """What changed between two spans of a subject's history, as far as mandates ask for it."""
    found = []
    if before.closed != after.closed:
        found.append(_("reopened") if before.closed else _("closed"))
    if before.subject_type != after.subject_type:
        found.append(
            _shift(_("type"), label("types", before.subject_type), label("types", after.subject_type))
        )
    if before.risk_grade != after.risk_grade:
        found.append(_shift(_("risk grade"), _grade(before.risk_grade), _grade(after.risk_grade)))
    if before.flags != after.flags:
        found.append(_shift(_("marks"), _flags(before.flags), _flags(after.flags)))
    if before.in_production != after.in_production:
        found.append(_("production resumed") if after.in_production else _("production stopped"))
    if (before.division_code, before.organ_path) != (after.division_code, after.organ_path):
        found.append(_("place or responsible organ changed"))
    return pgettext("list", ", ").join(found)


def _shift(name: str, before: str, after: str) -> str:
    return _("%(name)s changed from %(before)s to %(after)s") % {
        "name": name,
        "before": before,
        "after": after,
    }


def _grade(grade: str) -> str:
    return label("risk_grades", grade) if grade else _("none")


def _flags(flags: frozenset[str]) -> str:
    return pgettext("list", ", ").join(label("flags", flag) for flag in sorted(flags)) or _("none")


def since_in_words(
    rule: Rule, since: date, opened_on: date, before: Facts | None, after: Facts | None
) -> str:
    """Why a mandate binds from a day in the midst of a period."""
    if before is not None and after is not None and (what := change_in_words(before, after)):
        return _("Binds since %(day)s: %(what)s.") % {"day": since.isoformat(), "what": what}
    if since == opened_on:
        return _("Binds since the opening on %(day)s.") % {"day": since.isoformat()}
    if since == rule.valid_from:
        return _("Binds since the mandate came into force on %(day)s.") % {"day": since.isoformat()}
    return _("Binds since %(day)s.") % {"day": since.isoformat()}


def scope_words(scope: dict[str, Any]) -> str:
    """The types of a scope, in short."""
    names = [label("types", word) for word in scope.get("types", ())]
    names += [label("flags", word) for word in (*scope.get("flags_all", ()), *scope.get("flags_any", ()))]
    names += [label("risk_grades", word) for word in scope.get("risk_grades", ())]
    return pgettext("list", ", ").join(names)
