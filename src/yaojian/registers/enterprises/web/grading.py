"""The risk grade on a subject's file, and the list of what the scheme proposes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.charts import Series, chart_option
from yaojian.foundation.errors import DomainError
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting, in_chunks
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises import actions
from yaojian.registers.enterprises.grading.assessing import assessed, reasons_as_json
from yaojian.registers.enterprises.grading.scheme import GRADES, Scheme, risk_scheme
from yaojian.registers.enterprises.models import (
    CURRENT,
    RiskDecision,
    RiskProposal,
    Subject,
    SubjectVersion,
)
from yaojian.registers.enterprises.permissions import answers_for
from yaojian.registers.enterprises.queries import subjects_visible_to
from yaojian.registers.enterprises.types import RISK_NAMES, RiskGrade, flag_name, type_name
from yaojian.registers.enterprises.web.forms import day_field, reason_field, refuse
from yaojian.registers.enterprises.web.tabs import register_tabs

PAGE_SIZE = 25
MEANINGS = {"IV": "overdue", "III": "due_soon", "II": "info", "I": "neutral", "": "neutral"}
FILE = "backoffice:subject"
PROPOSALS = Listing(
    "risk-proposals",
    gettext_lazy("Proposed risk grades"),
    (
        Column(gettext_lazy("Code"), lambda row: row["subject"].code, 22),
        Column(gettext_lazy("Subject"), lambda row: row["subject"].name, 40),
        Column(pgettext_lazy("subject", "Type"), lambda row: row["type"]),
        Column(gettext_lazy("Responsible organ"), lambda row: row["subject"].responsible_organ.label, 30),
        Column(gettext_lazy("Present grade"), lambda row: row["before"]["text"], 12),
        Column(gettext_lazy("Proposed grade"), lambda row: row["proposed"]["text"], 12),
        Column(pgettext_lazy("risk", "Points"), lambda row: row["proposal"].score, 10),
        Column(
            gettext_lazy("Why"),
            lambda row: "; ".join(f"{line['name']} {line['points']}" for line in row["lines"]),
            60,
        ),
        Column(gettext_lazy("Computed on"), lambda row: row["proposal"].computed_on, 12),
    ),
)


class GradeForm(forms.Form):
    """A grade set by hand."""

    grade = forms.ChoiceField(
        label=gettext_lazy("Risk grade"), choices=[(g.value, RISK_NAMES[g]) for g in GRADES]
    )
    on = day_field(gettext_lazy("From which day"))
    note = reason_field(gettext_lazy("Why the grade shall be other than the scheme says."))


def grade_badge(grade: str) -> dict[str, Any]:
    """A grade as a badge: which of the five meanings, and its name."""
    return {"kind": MEANINGS[grade], "text": RISK_NAMES[RiskGrade(grade)]}


def reasons_in_words(scheme: Scheme, reasons: Sequence[Sequence[Any]]) -> list[dict[str, Any]]:
    """The lines of a sum: what it is, how much of it, how many points."""
    return [
        {
            "name": _name_of(scheme, kind, code),
            "amount": amount if kind == "factor" else None,
            "points": points,
        }
        for kind, code, amount, points in reasons
    ]


def _name_of(scheme: Scheme, kind: str, code: str) -> str:
    if kind == "type":
        return _("Type: %(name)s") % {"name": type_name(code)}
    if kind == "flag":
        return _("Mark: %(name)s") % {"name": flag_name(code)}
    factor = scheme.factor(code)
    if factor is None:
        return code
    return factor.title_en if (get_language() or "").startswith("en") else factor.title_zh


def risk_context(
    actor: Actor, subject: Subject, *, subject_ids: Collection[int], changeable: bool
) -> dict[str, Any]:
    """The grade of a subject: what it is, what the scheme says and why, and how it came about.

    `subject_ids`: its key and those of the subjects merged into it, whose decisions are shown as well.
    """
    scheme = risk_scheme()
    now_says = assessed(subject) if changeable else None
    decisions = list(RiskDecision.objects.filter(subject_id__in=list(subject_ids))[:50])
    versions = list(
        SubjectVersion.objects.filter(CURRENT, subject_id=subject.pk)
        .select_related("subject__risk_proposal")
        .order_by("valid_from")
    )
    # One a subject, if any: it comes along with the versions.
    proposal = getattr(versions[0].subject, "risk_proposal", None) if versions and changeable else None
    may_grade = changeable and actor.may(Permission.RISK_GRADE) and answers_for(actor, subject)
    return {
        "grade": grade_badge(subject.risk_grade),
        "scheme": scheme,
        "says": now_says,
        "says_grade": grade_badge(now_says.grade.value) if now_says else None,
        "lines": reasons_in_words(scheme, reasons_as_json(now_says)) if now_says else [],
        "thresholds": [(RISK_NAMES[grade], least) for grade, least in scheme.least.items()],
        "proposal": proposal,
        "proposed": grade_badge(proposal.grade) if proposal else None,
        "may_grade": may_grade,
        "grade_form": GradeForm(initial={"on": today()}) if may_grade else None,
        "decisions": [
            {
                "row": decision,
                "grade": grade_badge(decision.grade),
                "lines": reasons_in_words(scheme, decision.reasons),
                "how": how_in_words(decision),
            }
            for decision in decisions
        ],
        **_course(versions),
    }


def how_in_words(decision: RiskDecision) -> str:
    """How a decision came about."""
    if decision.kept:
        return _("Kept, although the scheme proposed another")
    return _("Set by hand") if decision.by_hand else _("Proposal accepted")


def _course(versions: list[SubjectVersion]) -> dict[str, Any]:
    """The grades from when until when, as a table and, where there are several, as a chart."""
    spans: list[dict[str, Any]] = []
    for grade, begins, ends in ((one.risk_grade, one.valid_from, one.valid_to) for one in versions):
        if spans and spans[-1]["code"] == grade:
            spans[-1]["ends"] = ends
        else:
            spans.append({"code": grade, "grade": grade_badge(grade), "begins": begins, "ends": ends})
    chart = None
    if len(spans) > 1:
        values = [GRADES.index(RiskGrade(span["code"])) + 1 if span["code"] else None for span in spans]
        days = [span["begins"].isoformat() for span in spans]
        chart = chart_option(
            "bar", days, [Series(_("Risk grade"), values)], unit=pgettext("risk grade", "grade"), maximum=4
        )
    return {"spans": spans[::-1], "grade_chart": chart}


@requires(Permission.SUBJECT_VIEW)
def proposals(request: ActingRequest) -> HttpResponseBase:
    """What the scheme proposes for the subjects that the actor's organ answers for."""
    actor = request.actor
    visible = subjects_visible_to(actor).filter(responsible_organ__path__startswith=actor.organ_path)
    found = RiskProposal.objects.filter(subject__in=visible).select_related("subject__responsible_organ")
    wanted = request.GET.get("grade", "")
    if wanted in {grade.value for grade in GRADES}:
        found = found.filter(grade=wanted)
    if request.GET.get("graded"):
        found = found.exclude(subject__risk_grade="")
    found, scheme = found.order_by("-score", "subject_id"), risk_scheme()
    if exporting(request):
        every = (row for chunk in in_chunks(found) for row in proposal_rows(scheme, chunk))
        return export_of(request, PROPOSALS, every, found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "register_tabs": register_tabs(actor, "proposals"),
        "page": page,
        "rows": list(proposal_rows(scheme, page)),
        "wanted": wanted,
        "graded": bool(request.GET.get("graded")),
        "grades": [(grade.value, RISK_NAMES[grade]) for grade in GRADES],
        "may_grade": actor.may(Permission.RISK_GRADE),
        "scheme": scheme,
    }
    return render(request, "enterprises/proposals.html", context)


def proposal_rows(scheme: Scheme, proposals: Iterable[RiskProposal]) -> Iterator[dict[str, Any]]:
    """Proposals with their subjects and reasons in words."""
    for proposal in proposals:
        yield {
            "proposal": proposal,
            "subject": proposal.subject,
            "type": type_name(proposal.subject.subject_type),
            "before": grade_badge(proposal.subject.risk_grade),
            "proposed": grade_badge(proposal.grade),
            "lines": reasons_in_words(scheme, proposal.reasons),
        }


@requires(Permission.RISK_GRADE)
@require_POST
def accept_many(request: ActingRequest) -> HttpResponse:
    """Accept the ticked proposals."""
    ticked = [int(key) for key in request.POST.getlist("subject") if key.isdecimal() and len(key) < 19]
    accepted, refusals = actions.accept_proposals(by=request.actor, subject_ids=ticked)
    if accepted:
        said = ngettext("%(n)s grade is set.", "%(n)s grades are set.", accepted) % {"n": accepted}
        messages.success(request, said)
    for refusal in refusals[:5]:
        messages.warning(request, refusal)
    if not ticked:
        messages.warning(request, _("No proposal was ticked."))
    return redirect("enterprises:proposals")


@requires(Permission.RISK_GRADE)
def grade(request: ActingRequest, subject_id: int) -> HttpResponse:
    """Set a grade by hand; accept or refuse a proposal."""
    if request.method != "POST":
        return redirect(f"{redirect(FILE, subject_id).url}?view=risk")
    verb = request.POST.get("verb", "")
    form = GradeForm(request.POST) if verb == "set" else None
    try:
        if form is not None:
            if not form.is_valid():
                return _again(request, subject_id, form)
            actions.set_grade(by=request.actor, subject_id=subject_id, **form.cleaned_data)
        elif verb == "accept":
            actions.accept_proposal(by=request.actor, subject_id=subject_id, on=today())
        else:
            note = request.POST.get("note", "")
            actions.keep_grade(by=request.actor, subject_id=subject_id, note=note)
    except DomainError as error:
        if form is None:
            raise
        refuse(form, error)
        return _again(request, subject_id, form)
    messages.success(request, _("The decision is recorded."))
    return redirect(f"{redirect(FILE, subject_id).url}?view=risk")


def _again(request: ActingRequest, subject_id: int, form: GradeForm) -> HttpResponse:
    """The form with what was typed and what is wrong with it."""
    subject = actions.editable_for_form(request.actor, subject_id, Permission.RISK_GRADE)
    context = {"form": form, "subject": subject, "step": {"title": _("Set the grade by hand")}}
    return render(request, "enterprises/grade.html", context)
