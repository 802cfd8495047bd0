"""One subject, one file (一企一档): who it is, what is due, and everything that was done about it."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yaojian.casework.inspections.facade import DUE_INSPECTION, user_can_open
from yaojian.doors.backoffice.web.subject_exports import LISTS, taken_out
from yaojian.doors.backoffice.web.subject_tabs import TABS, Look
from yaojian.doors.backoffice.web.subjects import RISK_MEANINGS
from yaojian.doors.backoffice.web.work_rows import row_of as work_row
from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.wording import due_in_words
from yaojian.foundation.errors import NotFound
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import WorkItem, urgency_of
from yaojian.registers.enterprises.facade import (
    RISK_NAMES,
    RiskGrade,
    Subject,
    answers_for,
    files_open_to,
    subject_as_it_was,
    subject_visible_to,
    survivor_visible_to,
    type_name,
    user_can_edit,
)
from yaojian.registers.enterprises.web.steps import steps_open_to


@requires(Permission.SUBJECT_VIEW)
def subject(request: ActingRequest, subject_id: int) -> HttpResponseBase:
    """The file of one subject; the address of one that was merged leads to the one that was kept."""
    try:
        found, shown = subject_visible_to(request.actor, subject_id), as_of(request)
    except NotFound:
        kept = survivor_visible_to(request.actor, subject_id)
        if kept is None:
            raise
        return redirect("backoffice:subject", kept)
    if exporting(request):
        look = look_at(request.actor, found, shown, request.GET)
        check_open(look)
        list_in_tab = taken_out(view_in(look), look)
        if list_in_tab is not None:
            return export_of(request, list_in_tab.listing, list_in_tab.rows, list_in_tab.count)
    context = file_context(request.actor, found, shown, request.GET)
    return render(request, "backoffice/subject.html", context)


def view_in(look: Look) -> str:
    """The tab that an address opens; the first that is open to the actor where it opens none."""
    asked = look.query.get("view", "timeline")
    if asked in look.tabs:
        return asked
    return "timeline" if "timeline" in look.tabs else "record"


def check_open(look: Look) -> None:
    """Refuse the list of a closed tab. Raises NotAllowed, or NotFound for what is not shared."""
    asked = look.query.get("view", "timeline")
    tab = TABS.get(asked)
    if tab is None or asked in look.tabs:
        return
    if not tab.suits(look.actor):
        check_may(look.actor, tab.needs[0])
    raise NotFound(withheld(look))


def withheld(look: Look) -> str:
    """Why tabs are missing; empty when none is missed."""
    if not look.files_open:
        return _(
            "Of this subject only the entry in the register is shared with your organ, not what was done "
            "about it: inspections, duties and acts."
        )
    asked = look.query.get("view", "")
    return _("Your role does not include this part of the file.") if asked in {*TABS} - {*look.tabs} else ""


def look_at(actor: Actor, present: Subject, shown: AsOf, query: QueryDict) -> Look:
    """The subject as of a day. Raises NotFound for a day on which it was not there."""
    subject = present if shown.is_today else subject_as_it_was(present, shown.day)
    if subject is None:
        raise NotFound(
            _("This subject was not there on %(day)s.") % {"day": shown.day.isoformat()},
            cure=_("It has been in the register since %(day)s.") % {"day": present.opened_on.isoformat()},
        )
    return Look(actor, subject, shown, query, files_open_to(actor, present))


def file_context(actor: Actor, present: Subject, shown: AsOf, query: QueryDict) -> dict[str, Any]:
    """The context of the file: its head, the counts on its tabs, and the one tab that is open.

    Raises NotFound for a day on which the subject was not there.
    """
    look = look_at(actor, present, shown, query)
    view = view_in(look)
    subject, open_items = look.subject, look.open_items
    names = division_names(subject.division_code[:digits] for digits in (4, 6, 9))
    place = place_of(subject.division_code, names)
    answers = answers_for(actor, present)
    opened, all_tabs = TABS[view].context(look), tabs(view, look)
    return {
        "subject": subject,
        "type": type_name(subject.subject_type),
        "status": subject.status,
        "place": place,
        "shown": shown,
        "key_facts": key_facts(subject, place, open_items if "duties" in look.tabs else None, shown),
        "withheld": withheld(look),
        "duties_open": "duties" in look.tabs,
        "tabs": all_tabs,
        "list_count": rows_to_take_out(view, all_tabs, opened),
        "view_template": TABS[view].template,
        "inspect_url": inspect_address(actor, subject, open_items) if shown.is_today else "",
        "may_edit": shown.is_today and user_can_edit(actor, present),
        "steps": steps_open_to(actor, present) if shown.is_today else [],
        "answers": answers,
        "next_duties": [work_row(actor, item, urgency_of(item, today())) for item in open_items[:3]],
        **opened,
    }


def rows_to_take_out(view: str, all_tabs: list[dict[str, Any]], opened: dict[str, Any]) -> int:
    """How many rows the open tab can give as a file, for the menu that offers it."""
    if view not in LISTS:
        return 0
    told = next(tab["count"] for tab in all_tabs if tab["active"]) or 0
    return max(told, opened["page"].paginator.count) if "page" in opened else told


def tabs(view: str, look: Look) -> list[dict[str, Any]]:
    """The tabs of the file, with how much there is in each."""
    day = f"&{look.shown.parameter}" if look.shown.parameter else ""
    counts = look.counts
    return [
        {"label": tab.name, "url": f"?view={code}{day}", "active": code == view, "count": counts.get(code)}
        for code, tab in look.tabs.items()
    ]


def key_facts(
    subject: Subject, place: str, open_items: list[WorkItem] | None, shown: AsOf
) -> list[dict[str, Any]]:
    """Who answers, where it is, how risky it is, what is next and by when (None: not to be told)."""
    first = open_items[0] if open_items else None
    organ = subject.responsible_organ
    facts: list[dict[str, Any]] = [
        {
            "label": _("Responsible organ"),
            "value": organ.label,
            "href": reverse("jurisdiction:subject", args=[subject.pk]),
            "hint": _("Who is responsible in which matter, and why"),
            "wide": True,
        },
        {"label": _("Located in"), "value": place},
        {
            "label": _("Risk grade"),
            "value": RISK_NAMES[RiskGrade(subject.risk_grade)],
            "kind": RISK_MEANINGS.get(subject.risk_grade, "neutral"),
            "href": "?view=risk",
        },
    ]
    if subject.enterprise:
        facts.append(
            {
                "label": _("Legal entity"),
                "value": subject.enterprise.name,
                "href": entity_address(subject, shown),
                "hint": subject.enterprise.uscc,
            }
        )
    if shown.is_today and open_items is not None:
        facts.append(
            {
                "label": _("Next duty"),
                "value": first.reason if first else _("Nothing is due"),
                "hint": due_hint(first) if first else "",
                "wide": True,
            }
        )
    return facts


def entity_address(subject: Subject, shown: AsOf) -> str:
    """The file of the legal entity that a subject belongs to, on the day that is shown."""
    address = reverse("backoffice:entity", args=[subject.enterprise_id])
    return f"{address}?{shown.parameter}" if shown.parameter else address


def due_hint(item: WorkItem) -> str:
    """By when a duty is due, in words and as a date, and for which organ."""
    organ = item.organ.short_name or item.organ.label
    if item.due_on is None:
        return str(organ)
    return f"{item.due_on.isoformat()} · {due_in_words(item.due_on, today()).text} · {organ}"


def inspect_address(actor: Actor, subject: Subject, open_items: list[WorkItem]) -> str:
    """Where the actor opens an inspection of it, with the duty that fulfils; nothing if they may not."""
    if not subject.is_open or not user_can_open(actor, subject):
        return ""
    due = next((item for item in open_items if item.kind == DUE_INSPECTION), None)
    reason = f"&item={due.pk}" if due else ""
    return f"{reverse('inspections:open')}?subject={subject.pk}{reason}"
