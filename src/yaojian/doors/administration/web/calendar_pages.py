"""The working-day calendar: a year as a grid, single days, and entering a new year."""

from __future__ import annotations

import calendar as weeks
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yaojian.doors.administration.web.rules_forms import DayForm, YearForm, refuse
from yaojian.doors.administration.web.rules_pages import tabs_of
from yaojian.foundation.accounts.contracts import Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.deadlines.facade import edit_day, enter_calendar_year, undated_clocks
from yaojian.foundation.errors import InvalidInput, NotFound
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.foundation.reference.facade import CalendarDay, days_held, days_of, read_year, years_held
from yaojian.foundation.timekeeping import today

FIRST_YEAR, LAST_YEAR = 2000, 2100
LISTING = Listing(
    "working-days",
    gettext_lazy("Working-day calendar"),
    (
        Column(gettext_lazy("Day"), lambda row: row.day, 12),
        Column(gettext_lazy("Working day"), lambda row: row.is_working, 12),
        Column(gettext_lazy("Note"), lambda row: row.note, 30),
    ),
)


@requires(Permission.RULES_VIEW)
def calendar(request: ActingRequest) -> HttpResponse:
    """The present year."""
    return redirect("administration:calendar_year", today().year)


def _checked(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(_("The calendar has no such year."))
    return year


def _cell(day: date, held: dict[date, CalendarDay]) -> dict[str, Any]:
    row = held.get(day)
    weekend = day.weekday() >= 5
    kind = "is-unknown"
    if row is not None:
        kind = "is-made-up" if row.is_working and weekend else "is-working" if row.is_working else "is-free"
        if not row.is_working and not weekend:
            kind = "is-holiday"
    words = {
        "is-unknown": _("not entered"),
        "is-made-up": _("worked weekend day"),
        "is-working": _("working day"),
        "is-free": _("free"),
        "is-holiday": _("holiday"),
    }[kind]
    note = row.note if row else ""
    return {
        "day": day,
        "css": f"{kind} is-today" if day == today() else kind,
        "title": " · ".join(part for part in (day.isoformat(), words, note) if part),
        "url": reverse("administration:calendar_day", args=[day.isoformat()]) if row else "",
    }


def _months(year: int, held: dict[date, CalendarDay]) -> list[dict[str, Any]]:
    """Each month with its weeks from Monday to Sunday; days of other months are empty."""
    months = []
    for month in range(1, 13):
        grid = weeks.Calendar().monthdatescalendar(year, month)
        worked = sum(row.is_working for day, row in held.items() if day.month == month)
        months.append(
            {
                "name": date_format(date(year, month, 1), "F"),
                "worked": worked,
                "weeks": [
                    [_cell(day, held) if day.month == month else None for day in week] for week in grid
                ],
            }
        )
    return months


def _year_context(request: ActingRequest, wanted: int) -> dict[str, Any]:
    held, years = days_held(wanted), years_held()
    shown = sorted({*years, today().year, today().year + 1, wanted})
    return {
        "tabs": tabs_of("calendar"),
        "year": wanted,
        "years": [{"year": y, "held": y in years, "active": y == wanted} for y in shown],
        "is_held": wanted in years,
        "day_count": len(held),
        "months": _months(wanted, held) if held else [],
        "worked": sum(row.is_working for row in held.values()),
        "exceptions": [row for day, row in sorted(held.items()) if row.is_working != (day.weekday() < 5)],
        "next_missing": today().year + 1 if today().year + 1 not in years else None,
        "undated": undated_clocks(),
        "may_edit": request.actor.may(Permission.RULES_MANAGE),
    }


@requires(Permission.RULES_VIEW)
def year(request: ActingRequest, year: int) -> HttpResponseBase:
    """A year as a grid of months; a year that is missing says so loudly."""
    wanted = _checked(year)
    if exporting(request):
        held = days_held(wanted)
        return export_of(request, LISTING, [held[day] for day in sorted(held)], len(held))
    return render(request, "administration/calendar_year.html", _year_context(request, wanted))


@requires(Permission.RULES_MANAGE)
def day(request: ActingRequest, day: str) -> HttpResponse:
    """Change a single day, with its reason."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound(_("The calendar has no such day.")) from None
    row = days_held(wanted.year).get(wanted)
    if row is None:
        raise NotFound(_("The calendar has no such day."), cure=_("Enter the whole year first."))
    initial = {"is_working": "1" if row.is_working else "0", "note": row.note}
    form, status = DayForm(request.POST or None, initial=initial, auto_id="day_%s"), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edit_day(by=request.actor, day=wanted, **form.cleaned_data)
            except InvalidInput as error:
                refuse(form, error)
            else:
                messages.success(request, _("The day is changed. Running clocks follow in a moment."))
                return redirect("administration:calendar_year", wanted.year)
    context = {"tabs": tabs_of("calendar"), "day": wanted, "row": row, "form": form}
    return render(request, "administration/calendar_day.html", context, status=status)


@requires(Permission.RULES_MANAGE)
def enter(request: ActingRequest, year: int) -> HttpResponse:
    """Enter a whole year: first what would change, then, confirmed, the year itself."""
    wanted = _checked(year)
    form, status, preview = (
        YearForm(request.POST or None, request.FILES or None, auto_id="year_%s"),
        200,
        None,
    )
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                preview = read_year(wanted, form.cleaned_data["text"])
            except InvalidInput as error:
                refuse(form, error)
            else:
                status = 200
    if preview is not None and "apply" in request.POST:
        changed = enter_calendar_year(by=request.actor, year=preview, text=form.cleaned_data["text"])
        messages.success(
            request,
            _("%(year)s is entered: %(n)s days are new or changed. Running clocks follow in a moment.")
            % {"year": wanted, "n": changed},
        )
        return redirect("administration:calendar_year", wanted)
    context = {
        "tabs": tabs_of("calendar"),
        "year": wanted,
        "form": form,
        "preview": preview,
        "text": form.cleaned_data.get("text", "") if preview else "",
        "held": bool(days_held(wanted)),
        "total": len(days_of(wanted)),
    }
    return render(request, "administration/calendar_enter.html", context, status=status)
