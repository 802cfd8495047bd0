"""The statutory clocks' rules: the table of all, a rule with its worked examples, and its new versions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from yaojian.doors.administration.web.rules_forms import EditForm, TryForm, refuse
from yaojian.foundation.accounts.contracts import LEVEL_NAMES, ROLE_NAMES, Level, Permission, Role
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.deadlines.facade import (
    CONFIDENCE_MEANINGS,
    CONFIDENCE_NAMES,
    CONFIDENCE_WORDS,
    GROUND_NAMES,
    PURPOSE_NAMES,
    Confidence,
    Ground,
    Purpose,
    Unit,
    amount_in_words,
    edit_rule,
    moment_in_words,
    steps_in_words,
    time_in_words,
    worked_out,
)
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotFound, RuleBroken
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.foundation.reference.facade import (
    ClockRuleVersion,
    all_rules,
    example_of,
    rule_of,
    versions_of,
    working_calendar,
)
from yaojian.foundation.timekeeping import today

LISTING = Listing(
    "clock-rules",
    gettext_lazy("Statutory clocks"),
    (
        Column(gettext_lazy("Code"), lambda row: row["version"].code, 30),
        Column(gettext_lazy("Rule"), lambda row: row["name"], 36),
        Column(pgettext_lazy("clock rule", "Time"), lambda row: row["period"], 14),
        Column(gettext_lazy("Trigger"), lambda row: row["trigger"], 36),
        Column(gettext_lazy("Purpose"), lambda row: row["purpose"], 14),
        Column(gettext_lazy("Extension"), lambda row: row["extension"], 14),
        Column(gettext_lazy("Extension by"), lambda row: row["extension_by"], 24),
        Column(gettext_lazy("Consequence"), lambda row: row["consequence"], 40),
        Column(gettext_lazy("Instrument"), lambda row: row["version"].instrument, 36),
        Column(gettext_lazy("Article"), lambda row: row["version"].article, 18),
        Column(gettext_lazy("Confidence"), lambda row: row["version"].confidence, 10),
        Column(gettext_lazy("Valid from"), lambda row: row["version"].valid_from, 12),
        Column(gettext_lazy("Valid until"), lambda row: row["version"].valid_to, 12),
    ),
)


def tabs_of(active: str) -> list[dict[str, Any]]:
    """The pages of rules and calendar."""
    pages = [
        ("rules", _("Statutory clocks")),
        ("calendar", _("Working-day calendar")),
        ("alarms", _("Reminders and escalation")),
    ]
    return [
        {"label": label, "url": reverse(f"administration:{n}"), "active": n == active} for n, label in pages
    ]


def _row(version: ClockRuleVersion) -> dict[str, Any]:
    """A version as the table and its page show it."""
    confidence = Confidence(version.confidence)
    extension = version.extension
    roles = [str(ROLE_NAMES[Role(code)]) for code in extension["approvers"]] if extension else []
    levels = [str(LEVEL_NAMES[Level(code)]) for code in extension["levels"]] if extension else []
    return {
        "version": version,
        "name": version.label,
        "period": amount_in_words(version.amount, version.unit),
        "whole": time_in_words(
            version.amount, version.unit, version.direction, version.in_language("trigger")
        ),
        "trigger": version.in_language("trigger"),
        "consequence": version.in_language("consequence"),
        "note": version.in_language("note"),
        "purpose": PURPOSE_NAMES[Purpose(version.purpose)],
        "confidence": (CONFIDENCE_MEANINGS[confidence], CONFIDENCE_NAMES[confidence]),
        "confidence_words": CONFIDENCE_WORDS[confidence],
        "grounds": [GROUND_NAMES[Ground(code)] for code in version.pauses],
        "extension": amount_in_words(extension["amount"], version.unit) if extension else "",
        "extension_by": _(" or ").join(roles) + (f" ({_(', ').join(levels)})" if levels else ""),
        "collective": bool(extension and extension["then_collective"]),
        "extension_source": f"{extension['instrument']}{extension['article']}" if extension else "",
        "extension_confidence": extension["confidence"] if extension else "",
        "in_force": rule_of(version).in_force_on(today()),
    }


def _present(versions: Sequence[ClockRuleVersion]) -> ClockRuleVersion:
    """Of the versions of one rule the one in force today, else the newest."""
    return next((v for v in versions if rule_of(v).in_force_on(today())), versions[0])


@requires(Permission.RULES_VIEW)
def rules(request: ActingRequest) -> HttpResponseBase:
    """All rules by topic, each with its mark, article and validity; what is not verified stands back."""
    wanted = request.GET.get("q", "").strip()[:60]
    by_code = [list(group) for _code, group in groupby(all_rules(), key=lambda v: v.code)]
    rows = [_row(_present(versions)) for versions in by_code]
    shown = [row for row in rows if wanted.lower() in _searchable(row)] if wanted else rows
    if exporting(request):
        return export_of(request, LISTING, shown, len(shown))
    topics = [
        {"name": topic.label, "code": topic.code, "rows": list(group)}
        for topic, group in groupby(shown, key=lambda row: row["version"].topic)
    ]
    context = {
        "tabs": tabs_of("rules"),
        "topics": topics,
        "wanted": wanted,
        "count": len(shown),
        "total": len(rows),
        "marks": [
            (c.value, CONFIDENCE_MEANINGS[c], CONFIDENCE_NAMES[c], CONFIDENCE_WORDS[c]) for c in Confidence
        ],
    }
    return render(request, "administration/rules.html", context)


def _searchable(row: dict[str, Any]) -> str:
    version: ClockRuleVersion = row["version"]
    parts = (version.code, version.name, version.name_en, version.instrument, version.article)
    return " ".join(parts).lower()


def _versions(code: str) -> list[ClockRuleVersion]:
    versions = list(versions_of(code))
    if not versions:
        raise NotFound(_("There is no statutory clock with the code %(code)s.") % {"code": code})
    return versions


def _chosen(versions: Sequence[ClockRuleVersion], wanted: str) -> ClockRuleVersion:
    return next((v for v in versions if v.valid_from.isoformat() == wanted), _present(versions))


def _examples(version: ClockRuleVersion) -> list[dict[str, Any]]:
    """The worked examples of a version, each computed anew and compared with what it must give."""
    calendar, rule, shown = working_calendar(), rule_of(version), []
    for data in version.examples:
        example = example_of(data)
        row: dict[str, Any] = {
            "example": example,
            "why": example.why.en if reader_is_english() else example.why.zh,
            "due": moment_in_words(example.due),
        }
        try:
            found = worked_out(rule, example.triggered_at, example.pauses, example.extensions, calendar)
        except DomainError as error:
            row |= {"steps": [str(error)], "comes_out": False}
        else:
            outcome = found.moment if rule.unit is Unit.HOUR else found.day
            row |= {"steps": steps_in_words(found.steps), "comes_out": outcome == example.due}
        shown.append(row)
    return shown


def reader_is_english() -> bool:
    """Whether the reader's language is English."""
    return (get_language() or "").startswith("en")


def _rule_context(
    request: ActingRequest, versions: Sequence[ClockRuleVersion], version: ClockRuleVersion
) -> dict[str, Any]:
    return {
        "tabs": tabs_of("rules"),
        "row": _row(version),
        "version": version,
        "versions": [_row(v) for v in versions],
        "examples": _examples(version),
        "may_edit": request.actor.may(Permission.RULES_MANAGE),
    }


@requires(Permission.RULES_VIEW)
def rule(request: ActingRequest, code: str) -> HttpResponse:
    """A rule in words, its worked examples replayed, and a form to try it."""
    versions = _versions(code)
    version = _chosen(versions, request.GET.get("version", ""))
    context = _rule_context(request, versions, version)
    form = TryForm(request.GET if "triggered_at" in request.GET else None, version=version)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            found = worked_out(rule_of(version), data["triggered_at"], data["pauses"], (), working_calendar())
        except DomainError as error:
            refuse(form, error)
        else:
            outcome = found.moment if Unit(version.unit) is Unit.HOUR else found.day
            context["tried"] = {
                "due": moment_in_words(outcome) if outcome else "",
                "steps": steps_in_words(found.steps),
            }
    return render(request, "administration/rule.html", {**context, "form": form})


@requires(Permission.RULES_MANAGE)
def edit(request: ActingRequest, code: str) -> HttpResponse:
    """A new version of a rule from a day on."""
    versions = _versions(code)
    version = _present(versions)
    form, status = EditForm(request.POST or None, version=version), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edit_rule(by=request.actor, code=code, edit=form.as_edit())
            except (InvalidInput, RuleBroken, Conflict) as error:
                refuse(form, error)
                status = error.status
            else:
                messages.success(request, _("The new version is entered. Running clocks follow in a moment."))
                return redirect("administration:rule", code)
    context = {"tabs": tabs_of("rules"), "row": _row(version), "version": version, "form": form}
    return render(request, "administration/rule_edit.html", context, status=status)
