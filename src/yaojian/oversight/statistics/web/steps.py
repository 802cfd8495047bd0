"""Entering, changing and correcting a statement, and the steps of its way to confirmation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.timekeeping import today
from yaojian.oversight.statistics import actions
from yaojian.oversight.statistics.data import Datum, catalogue
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.queries import statistic_visible_to
from yaojian.oversight.statistics.rules import language
from yaojian.oversight.statistics.states import StatisticState
from yaojian.oversight.statistics.web.forms import (
    CorrectionForm,
    DatumForm,
    ReasonForm,
    StatementForm,
    initial_of,
    refuse,
)
from yaojian.oversight.statistics.web.views import choose_verb, statement_page

REFUSALS = (InvalidInput, RuleBroken, Conflict, NotAllowed)
UNPROCESSABLE = 422


def _datum(key: str) -> Datum:
    datum = catalogue().data.get(key)
    if datum is None or not datum.is_entered:
        raise NotFound(_("There is no such datum to enter."), cure=_("Choose one from the list."))
    return datum


def _data(request: ActingRequest) -> tuple[QueryDict | None, Any]:
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


@requires(Permission.STATISTIC_ENTER)
def enter(request: ActingRequest) -> HttpResponse:
    """Choose a datum, then enter what is stated of it."""
    key = request.GET.get("datum", "")
    if not key or key not in catalogue().data:
        return render(request, "statistics/choose.html", {"form": DatumForm(auto_id="choose_%s")})
    datum = _datum(key)
    initial = {"organ": request.actor.organ_code, "year": today().year - 1, "span": "year"}
    wanted = ("organ", "year", "span", "day", *datum.dimensions)
    initial |= {name: request.GET[name] for name in wanted if request.GET.get(name)}
    form = StatementForm(
        *_data(request), actor=request.actor, datum=datum, initial=initial, auto_id="stated_%s"
    )
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.enter_statistic(
                by=request.actor,
                organ=form.organs[form.cleaned_data["organ"]],
                content=form.content(),
                evidence=form.cleaned_data["evidence"],
                submit="submit" in request.POST,
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            return _done(request, found)
    return _form_page(request, form, datum, _("Enter: %(datum)s"), reverse("statistics:list"))


def _form_page(
    request: ActingRequest,
    form: StatementForm,
    datum: Datum,
    heading: str,
    back: str,
    found: Statistic | None = None,
) -> HttpResponse:
    status = UNPROCESSABLE if request.method == "POST" else 200
    name = datum.label.text(language())
    context = {
        "form": form,
        "heading": heading % {"datum": name},
        "datum_name": name,
        "back_url": back,
        "found": found,
    }
    return render(request, "statistics/form.html", context, status=status)


def _done(request: ActingRequest, found: Statistic) -> HttpResponse:
    if found.state == StatisticState.SUBMITTED.value:
        messages.success(request, _("Handed in. It counts once a second person has confirmed it."))
    else:
        messages.success(
            request, _("Kept as a draft. It does not count before it is handed in and confirmed.")
        )
    return redirect("statistics:statement", found.pk)


@requires(Permission.STATISTIC_ENTER)
def change(request: ActingRequest, statistic_id: int) -> HttpResponse:
    """Change a draft or what was returned."""
    found = statistic_visible_to(request.actor, statistic_id)
    datum = found.of_datum
    fixed = found.replaces_id is not None
    form = StatementForm(
        *_data(request),
        actor=request.actor,
        datum=datum,
        fixed=fixed,
        initial=initial_of(found),
        auto_id="stated_%s",
    )
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_statistic(
                by=request.actor,
                pk=statistic_id,
                content=form.content(found if fixed else None),
                evidence=form.cleaned_data["evidence"],
                submit="submit" in request.POST,
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            return _done(request, changed)
    back = reverse("statistics:statement", args=[statistic_id])
    return _form_page(request, form, datum, _("Change: %(datum)s"), back, found)


@requires(Permission.STATISTIC_ENTER)
def correct(request: ActingRequest, statistic_id: int) -> HttpResponse:
    """Enter what replaces a confirmed statement."""
    found = statistic_visible_to(request.actor, statistic_id)
    form = CorrectionForm(
        *_data(request),
        actor=request.actor,
        datum=found.of_datum,
        initial=initial_of(found),
        auto_id="stated_%s",
    )
    if request.method == "POST" and form.is_valid():
        try:
            correction = actions.correct_statistic(
                by=request.actor,
                pk=statistic_id,
                content=form.content(found),
                reason=form.cleaned_data["reason"],
                evidence=form.cleaned_data["evidence"],
                submit="submit" in request.POST,
            )
        except REFUSALS as error:
            refuse(form, error)
        else:
            return _done(request, correction)
    back = reverse("statistics:statement", args=[statistic_id])
    return _form_page(request, form, found.of_datum, _("Correct: %(datum)s"), back, found)


@requires(Permission.STATISTIC_VIEW)
@require_POST
def step(request: ActingRequest, statistic_id: int, verb: str) -> HttpResponse:
    """Hand in, confirm, return or withdraw; the action asks for the right that the step needs."""
    verb = choose_verb(verb)
    found = statistic_visible_to(request.actor, statistic_id)
    form = ReasonForm(request.POST, auto_id=f"{verb}_%s")
    try:
        if verb == "submit":
            actions.submit_statistic(by=request.actor, pk=statistic_id)
            messages.success(request, _("Handed in. It counts once a second person has confirmed it."))
        elif verb == "confirm":
            actions.confirm_statistic(by=request.actor, pk=statistic_id)
            messages.success(request, _("Confirmed. Figures count it from now on."))
        elif not form.is_valid():
            return statement_page(request, found, refused=form, verb=verb, status=UNPROCESSABLE)
        elif verb == "return":
            actions.return_statistic(by=request.actor, pk=statistic_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Returned to the person who entered it."))
        else:
            actions.withdraw_statistic(by=request.actor, pk=statistic_id, reason=form.cleaned_data["reason"])
            messages.success(request, _("Withdrawn. It stays in the history and never counts."))
    except (InvalidInput, Conflict, RuleBroken) as error:
        messages.error(request, str(error))
    return redirect("statistics:statement", statistic_id)
