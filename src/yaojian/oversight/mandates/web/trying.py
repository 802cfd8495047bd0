"""The dry run of a changed or new mandate, and setting it as the organ's own."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yaojian.foundation.accounts.facade import Permission, organ_by_code
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import today
from yaojian.oversight.mandates import actions, queries
from yaojian.oversight.mandates.dry_run import DryRun
from yaojian.oversight.mandates.dry_run import try_out as count_changes
from yaojian.oversight.mandates.models import Mandate
from yaojian.oversight.mandates.web import listings, presentation
from yaojian.oversight.mandates.web.forms import FIELD_OF, EndForm, MandateForm, initial_of
from yaojian.oversight.mandates.wording import frequency_in_words
from yaojian.oversight.plans.definitions import Formula

UNPROCESSABLE = 422


@requires(Permission.MANDATE_VIEW)
def try_out(request: ActingRequest) -> HttpResponseBase:
    """What a mandate, changed or new, would add and remove; nothing is saved."""
    base = _base(request)
    asked = "unit" in request.GET
    form = MandateForm(request.GET) if asked else MandateForm(initial=initial_of(base) if base else {})
    changed, found = None, None
    if asked and form.is_valid():
        changed = _composed(request, form, base)
        if changed is not None:
            changed.organ = base.organ if base is not None and base.organ is not None else changed.organ
            found = count_changes(changed, base, organ_by_code(request.actor.organ_code), today())
    if exporting(request) and found is not None:
        return export_of(request, listings.TRIED, found.organs, len(found.organs))
    return render(
        request,
        "mandates/try.html",
        _context(request, form, base, changed, found),
        status=UNPROCESSABLE if form.errors else 200,
    )


def _context(
    request: ActingRequest,
    form: MandateForm,
    base: Mandate | None,
    changed: Mandate | None,
    found: DryRun | None,
) -> dict[str, Any]:
    return {
        "form": form,
        "base": base,
        "found": found,
        "before_words": frequency_in_words(Formula.from_dict(base.formula), base.share) if base else "",
        "after_words": frequency_in_words(Formula.from_dict(changed.formula), changed.share)
        if changed is not None
        else "",
        "tabs": presentation.tabs("mandates:try"),
        "may_set": request.actor.may(Permission.MANDATE_MANAGE),
    }


def _base(request: ActingRequest) -> Mandate | None:
    code = request.GET.get("of") or request.POST.get("of")
    return queries.mandate_visible_to(request.actor, code).mandate if code else None


def _composed(request: ActingRequest, form: MandateForm, base: Mandate | None = None) -> Mandate | None:
    """The mandate that the form describes, in the reach of `base`; None with the errors at their fields."""
    reach = {} if base is None else {"within": base.formula["within"]}
    title = form.cleaned_data["title"] or _("Dry run")
    try:
        return actions.own_mandate(request.actor, title, form.definition(today()) | reach, today())
    except InvalidInput as error:
        form.add_error(FIELD_OF.get(str(error.field)), f"{error.detail} {error.cure}")
        return None


@require_POST
@requires(Permission.MANDATE_MANAGE)
def set_own(request: ActingRequest) -> HttpResponse:
    """Set the mandate as one of the actor's own organ."""
    form = MandateForm(request.POST)
    if form.is_valid() and not form.cleaned_data["title"].strip():
        form.add_error("title", _("A mandate needs a title."))
    if form.is_valid() and _composed(request, form) is not None:
        try:
            mandate = actions.set_mandate(
                by=request.actor, title=form.cleaned_data["title"], definition=form.definition(today())
            )
        except Conflict as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The mandate is set; its duties are being counted."))
            return redirect("mandates:mandate", mandate.code)
    context = _context(request, form, _base(request), None, None)
    return render(request, "mandates/try.html", context, status=UNPROCESSABLE)


@require_POST
@requires(Permission.MANDATE_MANAGE)
def end_own(request: ActingRequest, key: str) -> HttpResponse:
    """End a mandate that the actor's organ has set itself."""
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the mandate ends."))
        return redirect("mandates:mandate", key)
    actions.end_mandate(by=request.actor, code=key, reason=form.cleaned_data["reason"])
    messages.success(request, _("The mandate is ended; its duties are withdrawn."))
    return redirect("mandates:list")
