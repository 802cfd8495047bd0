"""The proof bundle of a subject: every act of a period in one file, with the proof that none is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_http_methods

from yaojian.doors.backoffice.queries import journal_of
from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.errors import Conflict, InvalidInput, NotFound
from yaojian.foundation.ledger.facade import (
    MadeBundle,
    closed_days,
    proof_bundle,
    record_act,
    subject_ref,
)
from yaojian.registers.enterprises.facade import Subject, files_open_to, keys_merged_into, subject_visible_to

UNPROCESSABLE = 422
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    """The days of which the bundle is made, both included."""

    since = forms.DateField(label=pgettext_lazy("proof", "From"), widget=DAY)
    until = forms.DateField(label=pgettext_lazy("proof", "to"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("This day lies before the first one."))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.JOURNAL_VIEW)
def proof(request: ActingRequest, subject_id: int) -> HttpResponse:
    """What a bundle is, for which days there can be one, and the bundle itself."""
    subject = subject_visible_to(request.actor, subject_id)
    if not files_open_to(request.actor, subject):
        raise NotFound(
            _("What was done about this subject is not shared with your organ."),
            cure=_("Ask the organ that is responsible for it."),
        )
    closed = closed_days()
    first = {"since": closed.first, "until": closed.last} if closed else {}
    form = PeriodForm(request.POST if request.method == "POST" else None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            return _answer(
                taken_out(request.actor, subject, form.cleaned_data["since"], form.cleaned_data["until"])
            )
        except (InvalidInput, Conflict) as error:
            form.add_error(
                error.field if error.field in form.fields else None, f"{error} {error.cure}".strip()
            )
    context = {"subject": subject, "closed": closed, "form": form}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "backoffice/proof.html", context, status=status)


@transaction.atomic
def taken_out(actor: Actor, subject: Subject, since: date, until: date) -> MadeBundle:
    """The bundle, and the act that it was taken out. Raises InvalidInput, Conflict."""

    def readable(keys: Sequence[int]) -> list[int]:
        return list(journal_of(actor).filter(pk__in=keys).order_by().values_list("pk", flat=True))

    bundle = proof_bundle(
        subjects=[subject.pk, *keys_merged_into(subject)],
        name=subject.name,
        since=since,
        until=until,
        readable=readable,
    )
    record_act(
        by=actor,
        kind="proof.taken_out",
        subject=subject_ref(subject.pk),
        facts={"from_day": bundle.since, "to_day": bundle.until, "count": bundle.count},
    )
    return bundle


def _answer(bundle: MadeBundle) -> HttpResponse:
    response = HttpResponse(bundle.document, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{bundle.name}"'
    return response
