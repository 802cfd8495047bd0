"""One licence, one file: what it says, since when, how it came to that, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.doors.backoffice.timelines import timeline_items
from yaojian.doors.backoffice.web.licences import state_badge
from yaojian.doors.backoffice.web.register_forms import (
    ChangeForm,
    IssueForm,
    MoveForm,
    RenewForm,
    lines_of,
    refuse,
)
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.deadlines.web.rows import clock_rows
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.errors import Conflict, InvalidInput, NotAllowed, NotFound, RuleBroken
from yaojian.foundation.ledger.facade import acts_of_file
from yaojian.registers.enterprises.facade import Subject, subjects_visible_to, type_name
from yaojian.registers.licences.facade import (
    KINDS,
    Contents,
    Licence,
    LicenceState,
    LicenceVersion,
    change_licence,
    file_ref,
    issue_licence,
    kind_name,
    kinds_for,
    last_day,
    licence_visible_to,
    move_licence,
    renew_licence,
    renewal_of,
    renewal_window,
    states_of,
    user_can_edit,
    verbs_open,
    version_among,
    version_on,
)

UNPROCESSABLE = 422
LISTED = 50

STEPS: dict[str, tuple[Promise, str, Promise, Promise]] = {
    "renew": (
        pgettext_lazy("licence", "Renew"),
        "rotate",
        gettext_lazy("The present term ends the day before the new one begins."),
        gettext_lazy("The renewal is entered."),
    ),
    "change": (
        gettext_lazy("Change scope or premises"),
        "edit",
        gettext_lazy("The present version stays in the history."),
        gettext_lazy("The change is entered."),
    ),
    "suspend": (
        gettext_lazy("Suspend"),
        "clock",
        gettext_lazy("From that day on the holder may not make use of the licence, until it is resumed."),
        gettext_lazy("The licence is suspended."),
    ),
    "resume": (
        gettext_lazy("Resume"),
        "circle-check",
        gettext_lazy("From that day on the licence is in force again."),
        gettext_lazy("The licence is in force again."),
    ),
    "cancel": (
        gettext_lazy("Cancel (deregister)"),
        "ban",
        gettext_lazy("The licence ends for good, at the holder's wish or because its term is over."),
        gettext_lazy("The licence is cancelled."),
    ),
    "revoke": (
        gettext_lazy("Revoke (as a penalty)"),
        "ban",
        gettext_lazy("The licence ends for good as a penalty. A penalty decision must have been served."),
        gettext_lazy("The licence is revoked."),
    ),
    "withdraw": (
        gettext_lazy("Withdraw (wrongly granted)"),
        "ban",
        gettext_lazy("The licence ends for good because it should not have been granted."),
        gettext_lazy("The licence is withdrawn."),
    ),
}
"""Each step of the page: the name on its button, icon, what it will do, and what is said when done."""
DANGEROUS = frozenset({"cancel", "revoke", "withdraw"})


@requires(Permission.LICENCE_VIEW)
def licence(request: ActingRequest, licence_id: int) -> HttpResponse:
    """The file of one licence, today or as of another day."""
    found = licence_visible_to(request.actor, licence_id)
    return render(request, "backoffice/licence.html", file_context(request.actor, found, as_of(request), {}))


@requires(Permission.LICENCE_EDIT)
def licence_new(request: ActingRequest) -> HttpResponse:
    """Enter a licence or filing of a subject."""
    asked = request.GET.get("subject", "")
    visible = subjects_visible_to(request.actor).select_related("responsible_organ")
    subject = visible.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    kinds = list(kinds_for(subject.subject_type) if subject else KINDS.values())
    status = 200
    if request.method == "POST":
        form = IssueForm(request.POST, kinds=kinds)
        if form.is_valid():
            try:
                entered = issue_licence(
                    by=request.actor, code=form.cleaned_data["subject_code"], entry=form.entry()
                )
            except (InvalidInput, RuleBroken, Conflict, NotAllowed) as error:
                refuse(form, error)
            except NotFound as error:
                form.add_error("subject_code", str(error.detail))
            else:
                messages.success(request, _("The licence is entered."))
                return redirect("backoffice:licence", entered.pk)
        status = UNPROCESSABLE
    else:
        form = IssueForm(kinds=kinds, initial={"subject_code": subject.code if subject else ""})
    context = {"form": form, "subject": subject, "type": type_name(subject.subject_type) if subject else ""}
    return render(request, "backoffice/licence_new.html", context, status=status)


@requires(Permission.LICENCE_EDIT)
def licence_step(request: ActingRequest, licence_id: int, verb: str) -> HttpResponse:
    """Renew, change or move a licence; a refused step comes back as the file with what was typed."""
    if verb not in STEPS:
        raise Http404
    if request.method != "POST":
        return redirect("backoffice:licence", licence_id)
    found = licence_visible_to(request.actor, licence_id)
    form = _form_of(verb, found, request.POST)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            after = _take(request.actor, found, verb, form)
        except (InvalidInput, RuleBroken, Conflict, NotAllowed) as error:
            refuse(form, error)
            status = error.status
        else:
            messages.success(request, str(STEPS[verb][3]))
            return redirect("backoffice:licence", after.pk)
    context = file_context(request.actor, found, as_of(request), {verb: form})
    return render(request, "backoffice/licence.html", context, status=status)


def _take(actor: Actor, found: Licence, verb: str, form: forms.Form) -> Licence:
    data = dict(form.cleaned_data)
    if verb == "renew":
        return renew_licence(by=actor, licence_id=found.pk, **data)
    if verb == "change":
        contents = Contents(data.pop("holder_name"), lines_of(data.pop("scope")), data.pop("premises"))
        return change_licence(by=actor, licence_id=found.pk, contents=contents, **data)
    return move_licence(by=actor, licence_id=found.pk, verb=verb, **data)


def _form_of(verb: str, found: Licence, data: Any = None) -> forms.Form:
    """A step's form: as it was typed, or as it begins."""
    if verb == "renew":
        return RenewForm(data, auto_id="renew_%s", initial=_next_term(found))
    if verb == "change":
        newest = version_on(found, None)
        initial = {
            "holder_name": newest.holder_name,
            "scope": "\n".join(newest.scope),
            "premises": newest.premises,
        }
        return ChangeForm(data, auto_id="change_%s", initial=initial)
    return MoveForm(data, auto_id=f"{verb}_%s")


def _next_term(found: Licence) -> dict[str, Any]:
    """The usual next term: the same number, from the day after the old one on, as long as the kind lasts."""
    if found.expires_on is None:
        return {"number": found.number}
    first = found.expires_on + timedelta(days=1)
    years = found.kind_of.years or 5
    return {"number": found.number, "valid_from": first, "expires_on": last_day(first, years)}


def file_context(actor: Actor, found: Licence, day: AsOf, bound: Mapping[str, forms.Form]) -> dict[str, Any]:
    """The context of the file; `bound` holds the form that was refused, by step."""
    state = states_of([found], day.day)[found.pk]
    said = list(found.versions.order_by("-valid_from"))
    version = version_among(said, day.day)
    answers = user_can_edit(actor, found.subject)
    may_edit = day.is_today and answers
    verbs = verbs_open(found) if may_edit else ()
    steps = [_step(verb, bound.get(verb) or _form_of(verb, found)) for verb in STEPS if verb in verbs]
    return {
        "licence": found,
        "as_of": day,
        "not_yet": day.day < found.known_since,
        "kind": kind_name(found.kind),
        "state": state_badge(state),
        "version": version,
        "key_facts": key_facts(found, version, state),
        **running_out(actor, found, state, day),
        "versions": [one for one in said if one.valid_from <= max(day.day, found.known_since)],
        "history": history_of(found, day),
        "terms": terms_of(found, day),
        "timeline": timeline_items(acts_of_file(file_ref(found)).reverse()[:LISTED]),
        **documents_context(actor, file_ref(found), may_change=day.is_today, answers=answers),
        "steps": steps,
        "refused": list(bound.values()),
        "unplaced": [form for verb, form in bound.items() if verb not in verbs],
        "subject_url": subject_address(actor, found.subject),
    }


def running_out(actor: Actor, found: Licence, state: LicenceState, day: AsOf) -> dict[str, Any]:
    """The statutory clocks that run for the licence; before one does, when its renewal can be applied for."""
    clocks = clock_rows(file_ref(found), actor) if day.is_today else []
    runs = any(row["clock"].stopped_at is None for row in clocks)
    waits = day.is_today and state is LicenceState.IN_FORCE and not runs
    return {"clocks": clocks, "window": renewal_window(found) if waits else None}


def _step(verb: str, form: forms.Form) -> dict[str, Any]:
    name, icon, consequence, _done = STEPS[verb]
    return {
        "verb": verb,
        "name": name,
        "icon": icon,
        "consequence": consequence,
        "form": form,
        "is_dangerous": verb in DANGEROUS,
    }


def subject_address(actor: Actor, subject: Subject) -> str:
    """The subject's file, for those who may open it; else empty."""
    if not actor.may(Permission.SUBJECT_VIEW):
        return ""
    return reverse("backoffice:subject", args=[subject.pk])


def key_facts(found: Licence, version: LicenceVersion, state: LicenceState) -> list[dict[str, Any]]:
    """Who holds it, until when, who issued it."""
    until = found.expires_on.isoformat() if found.expires_on else _("until further notice")
    ended = found.valid_to != found.expires_on and found.valid_to is not None
    hint = _("held until %(day)s") % {"day": found.valid_to} if ended and found.valid_to else ""
    organ = found.subject.responsible_organ
    return [
        {"label": _("Holder"), "value": version.holder_name, "wide": True},
        {"label": _("Valid from"), "value": found.valid_from.isoformat()},
        {
            "label": _("Valid until"),
            "value": until,
            "hint": hint,
            "kind": "overdue" if state is LicenceState.EXPIRED else "",
        },
        {"label": _("Issued on"), "value": found.issued_on.isoformat()},
        {"label": _("Issued by"), "value": version.issuer or None},
        {"label": _("Responsible organ"), "value": organ.label},
    ]


def history_of(found: Licence, day: AsOf) -> list[dict[str, Any]]:
    """The states written down up to the day, the newest first; the first of them is being issued."""
    rows = [
        {"state": state_badge(LicenceState(row.state)), "since": row.valid_from, "reason": row.reason}
        for row in found.history.filter(valid_from__lte=day.day).order_by("-valid_from")
    ]
    first = {"state": state_badge(LicenceState.IN_FORCE), "since": found.valid_from, "reason": ""}
    return [*rows, first]


def terms_of(found: Licence, day: AsOf) -> list[dict[str, Any]]:
    """The term before and the term after, with their states on the day."""
    later = renewal_of(found, day.day)
    near: list[tuple[Callable[[], str], Licence | None]] = [
        (lambda: _("The term before"), found.renews),
        (lambda: _("The next term"), later),
    ]
    known = [(label(), term) for label, term in near if term is not None]
    states = states_of([term for _label, term in known], day.day)
    return [{"label": label, "licence": term, "state": state_badge(states[term.pk])} for label, term in known]
