"""Pages: the table of a region, who is responsible for one subject, adding and ending a rule."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import as_of
from yaojian.foundation.errors import Conflict, DomainError, InvalidInput, NotAllowed, RuleBroken
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import subject_visible_to, type_name
from yaojian.registers.jurisdiction import actions
from yaojian.registers.jurisdiction.contracts import MATTER_NAMES, Answer, Matter, Rule
from yaojian.registers.jurisdiction.packs import read_tables
from yaojian.registers.jurisdiction.queries import (
    Impact,
    answers_about,
    impact_of,
    may_edit,
    regions,
    rule_by_key,
    rules_of,
)
from yaojian.registers.jurisdiction.web import wording
from yaojian.registers.jurisdiction.web.forms import EndForm, RuleForm, initial_rule

UNPROCESSABLE = 422
SHORT = 12
"""A table of so few lines is shown open; a longer one matter by matter."""
COUNTRY = "00"
"""How the address names the table of the whole country."""
LISTING = Listing(
    "jurisdiction",
    gettext_lazy("Jurisdiction"),
    (
        Column(gettext_lazy("Code"), lambda row: row["rule"].code, 20),
        Column(gettext_lazy("Region"), lambda row: row["region"] or _("the whole country"), 18),
        Column(pgettext_lazy("jurisdiction", "Matter"), lambda row: row["matter"], 20),
        Column(
            gettext_lazy("Subjects"),
            lambda row: _("; ").join(map(str, row["conditions"])) or _("all subjects"),
            50,
        ),
        Column(gettext_lazy("Responsible level"), lambda row: row["level"], 14),
        Column(pgettext_lazy("jurisdiction", "Duty"), lambda row: row["duty"], 30),
        Column(
            gettext_lazy("Others beside"),
            lambda row: _("; ").join(f"{level}: {what}" for level, what in row["assists"]),
            30,
        ),
        Column(pgettext_lazy("jurisdiction", "Source"), lambda row: row["source"], 40),
        Column(gettext_lazy("Confidence"), lambda row: row["rule"].confidence, 10),
        Column(gettext_lazy("Valid from"), lambda row: row["rule"].valid_from, 12),
        Column(gettext_lazy("Valid until"), lambda row: row["rule"].valid_to, 12),
    ),
)


@requires(Permission.RULES_VIEW)
def table(request: ActingRequest) -> HttpResponseBase:
    """The table of a region on a day, with the national rules that fill its gaps."""
    actor, day = request.actor, as_of(request)
    known = regions()
    region = chosen_region(actor, request.GET.get("region", ""), known)
    asked = request.GET.get("matter", "")
    matter = Matter(asked) if asked in set(Matter) else None
    own = [row.as_rule() for row in rules_of(region, day.day)]
    names = division_names([*known, *(rule.region for rule in own)])
    inherited = [row.as_rule() for row in rules_of("", day.day)] if region else []
    parts = [(_("Rules of this region"), own)] if region else [(_("National rules"), own)]
    if region:
        parts.append((_("National rules, where this region has none of its own"), inherited))
    lines = [rule for _title, rules in parts for rule in in_order(rules) if matter in (None, rule.matter)]
    if exporting(request):
        return export_of(request, LISTING, [wording.rule_row(r, names, actor) for r in lines], len(lines))
    context = {
        "line_count": len(lines),
        "day": day,
        "region": region,
        "region_name": names.get(region, "") or _("the whole country"),
        "tabs": region_tabs(known, region, names, request),
        "matter": matter.value if matter else "",
        "matters": MATTER_NAMES.items(),
        "parts": [
            (title, len(rules) <= SHORT, groups_of(rules, matter, names, actor)) for title, rules in parts
        ],
        "basis": next(
            (table for table in read_tables() if table.region == region and table.basis_quote), None
        ),
        "may_add": day.is_today and actor.may(Permission.RULES_MANAGE) and may_edit(actor, region),
    }
    return render(request, "jurisdiction/table.html", context)


def chosen_region(actor: Actor, asked: str, known: list[str]) -> str:
    """The region an address asks for; without one the actor's own, if it has a table."""
    if asked == COUNTRY:
        return ""
    own = actor.territories[0][:2] if actor.territories else ""
    return asked if asked and asked in known else own if own in known else ""


def region_tabs(
    known: list[str], chosen: str, names: dict[str, str], request: HttpRequest
) -> list[dict[str, Any]]:
    """The tables as tabs; day and matter are kept."""
    query = request.GET.copy()
    tabs = []
    for region in known:
        query["region"] = region or COUNTRY
        label = names.get(region, region) if region else pgettext("jurisdiction", "National")
        tabs.append({"label": label, "url": f"?{query.urlencode()}", "active": region == chosen})
    return tabs


def groups_of(
    rules: list[Rule], matter: Matter | None, names: dict[str, str], actor: Actor
) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """The lines of a table by matter, of one matter or of all; each matter with the levels that it names."""
    wanted = (rule for rule in in_order(rules) if matter in (None, rule.matter))
    groups = []
    for of_matter, group in groupby(wanted, lambda rule: rule.matter):
        rows = [wording.rule_row(rule, names, actor) for rule in group]
        levels = _(", ").join(dict.fromkeys(str(row["level"]) for row in rows))
        groups.append((str(MATTER_NAMES[of_matter]), levels, rows))
    return groups


def in_order(rules: list[Rule]) -> list[Rule]:
    """Rules by matter in the order of the table, the most specific first."""
    place = {matter: n for n, matter in enumerate(Matter)}
    return sorted(rules, key=lambda rule: (place[rule.matter], -len(rule.region), rule.code))


@requires(Permission.SUBJECT_VIEW)
def subject(request: ActingRequest, subject_id: int) -> HttpResponse:
    """Who is responsible for one subject in each matter, as of a day, and why."""
    actor, day = request.actor, as_of(request)
    found = subject_visible_to(actor, subject_id)
    answers = answers_about(found, day.day)
    codes = {code for answer in answers for code in _regions_named(answer)}
    names = division_names([*codes, *(found.division_code[:digits] for digits in (4, 6, 9))])
    rows = [wording.answer_row(answer, found, names, actor) for answer in answers]
    daily = next(answer for answer in answers if answer.matter is Matter.DAILY_SUPERVISION)
    differs = daily.organ is not None and daily.organ_id != found.responsible_organ_id
    context = {
        "day": day,
        "subject": found,
        "type": type_name(found.subject_type),
        "place": place_of(found.division_code, names),
        "rows": rows,
        "daily": daily if differs else None,
        "subject_url": reverse("backoffice:subject", args=[found.pk]),
    }
    return render(request, "jurisdiction/subject.html", context)


def _regions_named(answer: Answer) -> set[str]:
    rules = [answer.rule, *(other.rule for other in answer.alternatives)]
    return {rule.region for rule in rules if rule is not None}


@requires(Permission.RULES_MANAGE)
def add_rule(request: ActingRequest) -> HttpResponse:
    """A new rule: first what it would do, then its saving."""
    actor = request.actor
    if request.method != "POST":
        own = actor.territories[0] if actor.territories else ""
        form = RuleForm(initial=initial_rule(request.GET.get("region", "")[:9] or own, today()))
        return render(request, "jurisdiction/add_rule.html", {"form": form})
    form = RuleForm(request.POST)
    impact, status = None, 200
    if form.is_valid():
        rule = form.rule()
        try:
            if "save" in request.POST:
                row = actions.add_rule(by=actor, rule=rule)
                messages.success(request, _("Rule %(code)s has been entered.") % {"code": row.code})
                return redirect(f"{reverse('jurisdiction:table')}?region={rule.region[:2]}")
            actions.check_rule(actor, rule)
            impact = impact_of(added=[rule], region=rule.region, matter=rule.matter, on=rule.valid_from)
        except (InvalidInput, RuleBroken, NotAllowed) as error:
            refuse(form, error, {"region"} if isinstance(error, NotAllowed) else set())
    if form.errors:
        status = UNPROCESSABLE
    context = {"form": form, **impact_context(impact)}
    return render(request, "jurisdiction/add_rule.html", context, status=status)


@requires(Permission.RULES_MANAGE)
def end_rule(request: ActingRequest, rule_id: int) -> HttpResponse:
    """The end of a rule: first what it would do, then its saving."""
    row = rule_by_key(rule_id)
    actions.check_user_can_edit(request.actor, row.region)
    rule = row.as_rule()
    names = division_names([rule.region])
    form = EndForm(request.POST or None, initial={"on": today()})
    impact, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            if "save" in request.POST:
                actions.end_rule(by=request.actor, rule_id=rule_id, **form.cleaned_data)
                messages.success(request, _("Rule %(code)s has been ended.") % {"code": rule.code})
                return redirect(f"{reverse('jurisdiction:table')}?region={rule.region[:2] or COUNTRY}")
            impact = impact_of(
                removed={rule.code}, region=rule.region, matter=rule.matter, on=form.cleaned_data["on"]
            )
        except (InvalidInput, Conflict) as error:
            refuse(form, error, set())
    if form.errors:
        status = UNPROCESSABLE
    line = wording.rule_row(rule, names, request.actor)
    context = {"form": form, "line": line, **impact_context(impact)}
    return render(request, "jurisdiction/end_rule.html", context, status=status)


def impact_context(impact: Impact | None) -> dict[str, Any]:
    """What a change would do, for the page; nothing before it was asked."""
    if impact is None:
        return {}
    return {
        "impact": wording.impact_in_words(impact.moved, impact.touched, impact.subjects),
        "moved": impact.moved,
        "shifts": wording.shift_rows(impact.shifts),
    }


def refuse(form: RuleForm | EndForm, error: DomainError, at: set[str]) -> None:
    """Put what was refused at its field, or on top of the form."""
    field = next(iter(at), error.field)
    form.add_error(field if field in form.fields else None, f"{error.detail} {error.cure}".strip())
