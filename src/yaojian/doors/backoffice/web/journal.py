"""The journal of acts, and one act with its proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.doors.backoffice.act_words import (
    facts_in_words,
    file_address,
    meaning_of,
    title_of,
)
from yaojian.doors.backoffice.queries import (
    WAYS_IN,
    JournalFilter,
    act_visible_to,
    journal_in_parts,
    journal_of,
    matching_acts,
    subjects_of_acts,
)
from yaojian.doors.backoffice.web.listings import ACT_LISTING, act_rows
from yaojian.foundation.accounts.facade import ROLE_NAMES, Actor, Permission, Role, organs_visible_to
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.paging import PAGE_SIZE, KeysFirst, address
from yaojian.foundation.design.templatetags.design import datetime_cn
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.ledger.facade import KINDS, Act, kind_name, late_entries, row_matches_canonical
from yaojian.foundation.timekeeping import now

MOST_ACTS = 2_000
"""Nobody turns more pages than these hold: a day, a kind or an organ finds what lies further back."""
ABOUT_SUBJECTS = ("inspection.", "rectification.", "worklist.")
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class JournalForm(forms.Form):
    """What the journal is narrowed to."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of act"), required=False)
    organ = forms.ChoiceField(label=gettext_lazy("Organ"), required=False)
    since = forms.DateField(label=gettext_lazy("Recorded from"), required=False, widget=DAY)
    until = forms.DateField(label=pgettext_lazy("date", "to"), required=False, widget=DAY)

    def __init__(self, query: QueryDict, *, actor: Actor) -> None:
        super().__init__(query, auto_id="filter_%s")
        codes = (
            [c for c in KINDS if not c.startswith(WAYS_IN)]
            if actor.may(Permission.SUBJECT_VIEW)
            else [c for c in KINDS if not c.startswith(ABOUT_SUBJECTS)]
        )
        organs = organs_visible_to(actor).order_by("path")
        self.fields["kind"].choices = [("", _("All kinds")), *((c, kind_name(c)) for c in codes)]  # type: ignore[attr-defined]
        self.fields["organ"].choices = [("", _("All organs")), *((str(o.pk), o.label) for o in organs)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("This day lies before the first one."))
        return data

    def wanted(self) -> JournalFilter:
        """The filter; a field with an error does not narrow."""
        self.is_valid()
        data = self.cleaned_data
        return JournalFilter(
            kind=data.get("kind") or "",
            organ_id=int(data["organ"]) if data.get("organ") else None,
            since=data.get("since"),
            until=data.get("until"),
        )


class LatestActs(KeysFirst):
    """The pages of several lists of acts, the latest recorded first in each and in what becomes of them."""

    def __init__(self, parts: Sequence[QuerySet[Act]], size: int, most: int) -> None:
        super().__init__(Act.objects.defer("canonical", "salt").order_by("-recorded_at", "-id"), size, most)
        self._parts = parts

    @cached_property
    def _found(self) -> int:
        assert self._most is not None
        found = 0
        for part in self._parts:
            if found <= self._most:
                found += part.order_by()[: self._most + 1 - found].count()
        return found

    def _keys(self, start: int, end: int) -> list[int]:
        latest: list[tuple[datetime, int]] = []
        for part in self._parts:
            if 0 < end <= len(latest):  # of what is older than these, nothing comes to the page
                part = part.filter(recorded_at__gte=latest[end - 1][0])
            latest = sorted([*latest, *part.values_list("recorded_at", "pk")[:end]], reverse=True)
        return [pk for _recorded_at, pk in latest[start:end]]


@requires(Permission.JOURNAL_VIEW)
def journal(request: ActingRequest) -> HttpResponseBase:
    """The acts the actor may read."""
    actor, query = request.actor, request.GET
    form = JournalForm(query, actor=actor)
    wanted = form.wanted()
    if exporting(request):
        # The export is an act itself, and a later one than those that it holds.
        acts_found = matching_acts(journal_of(actor), wanted).filter(recorded_at__lt=now())
        return export_of(request, ACT_LISTING, act_rows(actor, acts_found), acts_found.count())
    parts = [matching_acts(part, wanted) for part in journal_in_parts(actor)]
    page = LatestActs(parts, PAGE_SIZE, MOST_ACTS).get_page(query.get("page"))
    acts = list(page)
    late = late_entries(acts)
    subjects = subjects_of_acts(actor, acts)
    context = {
        "form": form,
        "filters": filters_in_force(form, query),
        "page": page,
        "rows": [
            {**row_of(act, subjects.get(act.subject_id or 0)), "entered_after": late.get(act.pk)}
            for act in acts
        ],
        "is_narrowed": wanted != JournalFilter(),
        "sees_files": actor.may(Permission.SUBJECT_VIEW),
    }
    return render(request, "backoffice/journal.html", context, status=422 if form.errors else 200)


def filters_in_force(form: JournalForm, query: QueryDict) -> list[dict[str, Any]]:
    """The filters now in force, each with the address that removes it."""
    filters = []
    for name, value in form.cleaned_data.items():
        if not value:
            continue
        field = form.fields[name]
        shown = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value.isoformat()  # type: ignore[arg-type]
        filters.append({"label": field.label, "value": shown, "remove_url": address(query, **{name: ""})})
    return filters


def row_of(act: Act, subject: Any) -> dict[str, Any]:
    """One act as a row."""
    kind, icon = meaning_of(act)
    return {
        "act": act,
        "kind": kind,
        "icon": icon,
        "title": title_of(act),
        "subject": subject,
        "url": reverse("backoffice:act", args=[act.uid]),
    }


@requires(Permission.HOME)
def act(request: ActingRequest, uid: UUID) -> HttpResponse:
    """One act; the query decides who may read it, so that a township officer can follow a timeline."""
    found = act_visible_to(request.actor, uid)
    canonical = bytes(found.canonical)
    subject = subjects_of_acts(request.actor, [found]).get(found.subject_id or 0)
    context = {
        "act": found,
        "title": title_of(found),
        "subject": subject,
        "subject_url": reverse("backoffice:subject", args=[subject.pk]) if subject else "",
        "file_url": file_address(found) if request.actor.may(Permission.INSPECTION_VIEW) else "",
        "head": head_of(found, subject),
        "entered_after": late_entries([found]).get(found.pk),
        "times": [
            {"label": _("Done at"), "value": datetime_cn(found.claimed_at)},
            {"label": _("Recorded at"), "value": datetime_cn(found.recorded_at)},
        ],
        "proof": [
            {"label": _("Identifier"), "value": as_code(found.uid)},
            {"label": _("SHA-256 of the record"), "value": as_code(hashlib.sha256(canonical).hexdigest())},
        ],
        "facts": [{"label": name, "value": value} for name, value in facts_in_words(found.facts)],
        "is_intact": row_matches_canonical(found),
        "canonical": json.dumps(json.loads(canonical), ensure_ascii=False, indent=2),
        "may_read_journal": request.actor.may(Permission.JOURNAL_VIEW),
    }
    return render(request, "backoffice/act.html", context)


def as_code(value: object) -> str:
    """A value in the letters of codes and hashes."""
    return format_html('<span class="code">{}</span>', value)


def head_of(act: Act, subject: Any) -> list[dict[str, Any]]:
    """Who did it, for which organ, to whom."""
    subject_url = reverse("backoffice:subject", args=[subject.pk]) if subject else ""
    return [
        {"label": _("Done by"), "value": act.actor_name, "hint": ROLE_NAMES[Role(act.role)], "wide": True},
        {"label": _("For the organ"), "value": act.organ_name, "wide": True},
        {
            "label": _("Concerning"),
            "value": subject.name if subject else None,
            "href": subject_url,
            "wide": True,
        },
    ]
