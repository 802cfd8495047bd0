"""The page of a running clock: why it is due when it is, and what may be done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.deadlines import actions
from yaojian.foundation.deadlines.events import file_kind
from yaojian.foundation.deadlines.models import RunningClock
from yaojian.foundation.deadlines.permissions import approvers_in_words, user_can_extend, user_can_pause
from yaojian.foundation.deadlines.queries import badges, clock_visible_to, explanation
from yaojian.foundation.deadlines.states import CLOCK_STATES, ClockState
from yaojian.foundation.deadlines.web.forms import ExtendForm, PauseForm, ResumeForm, aware, refuse
from yaojian.foundation.deadlines.wording import (
    GROUND_NAMES,
    amount_in_words,
    time_in_words,
    trigger_in_words,
)
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, RuleBroken
from yaojian.foundation.ledger.facade import Act, acts_of_file, timeline_of_acts
from yaojian.foundation.timekeeping import now
from yaojian.foundation.workflow.clocks import Ground


def steps_open_to(actor: Actor, clock: RunningClock) -> dict[str, forms.Form]:
    """The steps that state, time, rule and rights leave to the actor, each with its empty form."""
    state = ClockState(clock.state)
    in_time = clock.due_at is None or now() < clock.due_at
    steps: dict[str, forms.Form] = {}
    if (
        CLOCK_STATES.permits(state, "pause")
        and clock.rule.pauses
        and in_time
        and user_can_pause(actor, clock)
    ):
        steps["pause"] = PauseForm(auto_id="pause_%s", clock=clock)
    if CLOCK_STATES.permits(state, "resume") and user_can_pause(actor, clock):
        steps["resume"] = ResumeForm(auto_id="resume_%s")
    if CLOCK_STATES.permits(state, "extend") and in_time and user_can_extend(actor, clock):
        steps["extend"] = ExtendForm(auto_id="extend_%s", clock=clock)
    return steps


def context_of(actor: Actor, clock: RunningClock, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """What the page of a clock shows."""
    extension = clock.rule.extension
    file = file_kind(clock.file_kind)
    acts = [act for act in acts_of_file(clock.file) if act.facts.get("clock") == clock.pk]
    return {
        "clock": clock,
        "badge": badges([clock])[clock.pk],
        "words": explanation(clock),
        "time": time_in_words(
            clock.rule.amount, clock.rule.unit, clock.rule.direction, clock.rule.in_language("trigger")
        ),
        "triggered": trigger_in_words(clock.triggered_at, clock.rule.direction),
        "file": {"name": file.name, "url": file.url(clock.file_id)} if file else None,
        "grounds": [GROUND_NAMES[Ground(code)] for code in clock.rule.pauses],
        "extension": amount_in_words(extension["amount"], clock.rule.unit) if extension else "",
        "extension_times": extension["times"] if extension else 0,
        "approvers": approvers_in_words(clock),
        "steps": {**steps_open_to(actor, clock), **bound},
        "refused": list(bound.values()),
        "timeline": _timeline(reversed(acts), actor),
        "rule_url": rule_address(clock.rule.code) if actor.may(Permission.RULES_VIEW) else "",
    }


def rule_address(code: str) -> str:
    """The page of a rule, where this installation has one."""
    try:
        return reverse("administration:rule", args=[code])
    except NoReverseMatch:
        return ""


def _timeline(acts: Iterable[Act], actor: Actor) -> list[dict[str, Any]]:
    linked = actor.may(Permission.JOURNAL_VIEW)
    return timeline_of_acts(
        acts,
        lambda act: {
            "href": reverse("backoffice:act", args=[act.uid]) if linked else "",
            "text": act.facts.get("reason", ""),
            "facts": [(_("Due day"), act.facts["due_on"])] if act.facts.get("due_on") else [],
        },
    )


@requires(Permission.CLOCK_VIEW)
def clock(request: ActingRequest, clock_id: int) -> HttpResponse:
    """A running clock explained."""
    found = clock_visible_to(request.actor, clock_id)
    return render(request, "deadlines/clock.html", context_of(request.actor, found, {}))


def _take(
    request: ActingRequest,
    clock_id: int,
    step: str,
    make: Callable[[RunningClock], forms.Form],
    act: Callable[..., RunningClock],
    done: Promise,
) -> HttpResponse:
    """Perform a step: back to the page, or the page again with the form as it was typed."""
    found = clock_visible_to(request.actor, clock_id)
    if request.method != "POST":
        return redirect("deadlines:clock", clock_id)
    form, status = make(found), 422
    if form.is_valid():
        try:
            act(by=request.actor, clock=found, **aware(form))
        except (InvalidInput, RuleBroken, Conflict, NotAllowed) as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, str(done))
            return redirect("deadlines:clock", clock_id)
    fresh = clock_visible_to(request.actor, clock_id)
    return render(
        request, "deadlines/clock.html", context_of(request.actor, fresh, {step: form}), status=status
    )


@requires(Permission.CLOCK_PAUSE)
def pause(request: ActingRequest, clock_id: int) -> HttpResponse:
    """The clock stands still."""
    done = _("The clock stands still. Let it go on as soon as the ground has passed.")

    def make(clock: RunningClock) -> forms.Form:
        return PauseForm(request.POST, auto_id="pause_%s", clock=clock)

    return _take(request, clock_id, "pause", make, actions.pause_clock, done)


@requires(Permission.CLOCK_PAUSE)
def resume(request: ActingRequest, clock_id: int) -> HttpResponse:
    """The clock goes on."""
    done = _("The clock goes on; its due day is computed anew.")

    def make(_clock: RunningClock) -> forms.Form:
        return ResumeForm(request.POST, auto_id="resume_%s")

    return _take(request, clock_id, "resume", make, actions.resume_clock, done)


@requires(Permission.CLOCK_EXTEND)
def extend(request: ActingRequest, clock_id: int) -> HttpResponse:
    """The clock gets more time."""
    done = _("The extension is approved and recorded.")

    def make(clock: RunningClock) -> forms.Form:
        return ExtendForm(request.POST, auto_id="extend_%s", clock=clock)

    return _take(request, clock_id, "extend", make, actions.extend_clock, done)
