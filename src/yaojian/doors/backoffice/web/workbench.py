"""The workbench: what is to be done, by when, and the button that does it."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yaojian import __version__
from yaojian.casework.inspections.facade import InspectionState
from yaojian.doors.backoffice.queries import inspections_under_way, system_status
from yaojian.doors.backoffice.web.listings import WORK_LISTING
from yaojian.doors.backoffice.web.officers import picker
from yaojian.doors.backoffice.web.work_rows import (
    MARK_NAMES,
    URGENCY_NAMES,
    WHOSE_NAMES,
    row_of,
)
from yaojian.foundation.accounts.facade import Actor, Permission, Width, principals_of
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.paging import PAGE_SIZE, address
from yaojian.foundation.design.templatetags.design import datetime_cn, number
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import (
    MOST_COUNTED,
    ItemFilter,
    Mark,
    Tally,
    Urgency,
    Whose,
    WorkItem,
    counts_by_whose,
    item_kind,
    item_kinds,
    matching_items,
    on_page,
    remaining_working_days,
    tally_of,
    urgency_of,
    views_of,
    work_of,
)
from yaojian.registers.enterprises.facade import open_pairs_counted


@requires(Permission.HOME)
def workbench(request: ActingRequest) -> HttpResponseBase:
    """What the acting person has to do; for the administrator, how the installation is."""
    if not request.actor.may(Permission.WORKLIST_VIEW):
        return render(request, "backoffice/system_status.html", system_context())
    if exporting(request):
        actor, principals = request.actor, principals_of(request.actor)
        whose = chosen_width(actor, request.GET.get("whose", ""), principals)
        items = matching_items(work_of(actor, whose, principals), wanted_in(request.GET))
        items = items.select_related("organ", "assignee")
        return export_of(request, WORK_LISTING, items.iterator(chunk_size=500), items.count())
    return render(request, "backoffice/workbench.html", worklist_context(request.actor, request.GET))


def system_context() -> dict[str, Any]:
    """The context of the administrator's page."""
    system = system_status()
    return {
        "system": system,
        "pending_status": "due_soon" if system.pending_events else "done",
        "installation": [
            {"label": _("Version"), "value": __version__},
            {"label": "PostgreSQL", "value": system.postgres},
            {"label": _("Size of the database"), "value": filesizeformat(system.database_bytes)},
            {
                "label": _("Free space for documents"),
                "value": filesizeformat(system.free_bytes),
                "hint": _("on the disk that holds photos and other evidence"),
            },
            {"label": _("Acts in the journal"), "value": number(system.acts)},
            {
                "label": _("Last act recorded"),
                "value": datetime_cn(system.last_act_at) if system.last_act_at else None,
            },
        ],
    }


class CountedPaginator(Paginator):
    """Pages of rows that have been counted already."""

    def __init__(self, rows: QuerySet[WorkItem], size: int, counted: int | None) -> None:
        super().__init__(rows, size)
        self._counted = counted

    @cached_property
    def count(self) -> int:
        """How many rows there are."""
        return super().count if self._counted is None else self._counted


def worklist_context(actor: Actor, query: QueryDict) -> dict[str, Any]:
    """The context of the worklist's page."""
    principals = principals_of(actor)
    whose = chosen_width(actor, query.get("whose", ""), principals)
    wanted = wanted_in(query)
    items = work_of(actor, whose, principals)
    tally = tally_of(items)
    page = page_of_work(items, wanted, tally, query)
    rows = rows_of(actor, page, principals)
    may_assign = actor.may(Permission.WORKLIST_ASSIGN)
    selectable = any(row["steps"]["hand_over"] or (may_assign and row["steps"]["remind"]) for row in rows)
    return {
        "segments": segments(actor, whose, principals, query, tally),
        "numbers": numbers(actor, whose, tally, principals) if actor.sees_subordinates else [],
        "choices": choices(tally, wanted, query),
        "filters": filters_in_force(wanted, query),
        "clear_url": address(query, q="", kind="", due="", mark=""),
        "wanted": wanted,
        "whose": whose.value,
        "page": page,
        "groups": groups(rows),
        "any_work": bool(tally.total),
        "selectable": selectable,
        "may_assign": may_assign,
        "picker": officers_for(actor, rows, query) if selectable else None,
        "empty": empty_words(whose),
        "views": saved_views(actor, query),
        "view_query": query.urlencode(),
        "subjects_url": reverse("backoffice:subjects"),
    }


def wanted_in(query: QueryDict) -> ItemFilter:
    """What the address narrows the list to."""
    return ItemFilter(
        text=query.get("q", "").strip().replace("\0", ""),
        kind=query.get("kind", ""),
        urgency=query.get("due", ""),
        mark=query.get("mark", ""),
    )


def page_of_work(
    items: QuerySet[WorkItem], wanted: ItemFilter, tally: Tally, query: QueryDict
) -> Page[WorkItem]:
    """The page that the address asks for; what the tally has counted is not counted again."""
    rows = matching_items(items, wanted)
    return CountedPaginator(rows, PAGE_SIZE, counted(wanted, tally)).get_page(query.get("page"))


def counted(wanted: ItemFilter, tally: Tally) -> int | None:
    """How many items fit a filter, if the tally knows; it does for one facet at a time."""
    facets = [bool(wanted.kind), wanted.urgency in set(Urgency), wanted.mark in set(Mark)]
    if wanted.text or sum(facets) > 1:
        return None
    if wanted.kind:
        return tally.kinds.get(wanted.kind, 0)
    if wanted.urgency in set(Urgency):
        return tally.urgencies[Urgency(wanted.urgency)]
    if wanted.mark in set(Mark):
        return tally.marks[Mark(wanted.mark)]
    return tally.total


def chosen_width(actor: Actor, asked: str, principals: Collection[int]) -> Whose:
    """How wide the inbox looks: as asked, else what is one's own.

    A role that does not see subordinate organs has one list: its own organ's, and for a township its land's.
    """
    if not actor.sees_subordinates:
        return Whose.ALL
    if asked not in set(Whose) or (asked == Whose.DELEGATED and not principals):
        return Whose.MINE
    return Whose(asked)


def segments(
    actor: Actor, chosen: Whose, principals: Collection[int], query: QueryDict, tally: Tally
) -> list[dict[str, Any]]:
    """The widths of the inbox as tabs, the chosen one counted to the end; none for those who see only one."""
    if not actor.sees_subordinates:
        return []
    counts = {**counts_by_whose(actor, principals), chosen: tally.total}
    return [
        {
            "label": WHOSE_NAMES[whose],
            "url": address(query, whose=whose.value),
            "active": whose is chosen,
            "count": counts.get(whose),
            "count_words": f"{MOST_COUNTED - 1}+"
            if whose is not chosen and counts.get(whose) == MOST_COUNTED
            else "",
        }
        for whose in Whose
        if whose is not Whose.DELEGATED or principals
    ]


def numbers(actor: Actor, whose: Whose, tally: Tally, principals: Collection[int]) -> list[dict[str, Any]]:
    """The line of numbers on top: each leads to the items it counts."""
    overdue, soon = tally.urgencies[Urgency.OVERDUE], tally.urgencies[Urgency.SOON]
    unit = pgettext("work", "items")
    home = f"{reverse('backoffice:workbench')}?whose={whose.value}"
    tiles: list[dict[str, Any]] = [
        {
            "label": _("Overdue items"),
            "value": overdue,
            "status": "overdue" if overdue else "done",
            "status_text": _("Do these first") if overdue else "",
            "unit": unit,
            "href": f"{home}&due=overdue",
        },
        {
            "label": URGENCY_NAMES[Urgency.SOON],
            "value": soon,
            "status": "due_soon" if soon else "neutral",
            "unit": unit,
            "href": f"{home}&due=soon",
        },
    ]
    if actor.may(Permission.SUBJECT_MERGE) and not actor.may(Permission.INSPECTION_CONDUCT):
        return tiles + register_tiles(actor)
    return tiles + inspection_tiles(actor, whose, principals)


def inspection_tiles(actor: Actor, whose: Whose, principals: Collection[int]) -> list[dict[str, Any]]:
    """Inspections under way, for the widths that the list of inspections knows too."""
    widths = {Whose.MINE: Width.AREA, Whose.ORGAN: Width.MINE, Whose.ALL: Width.AREA}
    if whose not in widths or not actor.may(Permission.INSPECTION_VIEW):
        return []
    team = whose is Whose.MINE
    narrowing = f"whose={widths[whose].value}" + ("&mine=on" if team else "")
    under_way = inspections_under_way(actor, widths[whose], principals, team=team)
    on_site, submitted = under_way[InspectionState.ON_SITE], under_way[InspectionState.SUBMITTED]
    inspections, unit = reverse("inspections:list"), pgettext("inspections", "files")
    return [
        {
            "label": _("Inspections on site"),
            "value": on_site,
            "status": "info",
            "unit": unit,
            "href": f"{inspections}?{narrowing}&state=on_site",
        },
        {
            "label": _("Rectifications to verify"),
            "value": submitted,
            "status": "due_soon" if submitted else "neutral",
            "unit": unit,
            "href": f"{inspections}?{narrowing}&state=submitted",
        },
    ]


def register_tiles(actor: Actor) -> list[dict[str, Any]]:
    """Pairs of subjects that look alike, for those who look after the register instead of inspecting."""
    count = open_pairs_counted(actor)
    return [
        {
            "label": _("Possible duplicates"),
            "value": count,
            "status": "due_soon" if count else "neutral",
            "unit": pgettext("duplicates", "pairs"),
            "href": reverse("enterprises:duplicates"),
        }
    ]


def choices(tally: Tally, wanted: ItemFilter, query: QueryDict) -> list[dict[str, Any]]:
    """Chips by urgency, mark and kind, as far as there is such work; pressing the chosen one shows all."""
    known = {kind.code for kind in item_kinds()}
    facets = [
        (
            _("How urgent"),
            "due",
            wanted.urgency,
            [(u.value, URGENCY_NAMES[u], tally.urgencies[u]) for u in Urgency],
        ),
        (_("What is special"), "mark", wanted.mark, [(m.value, MARK_NAMES[m], tally.marks[m]) for m in Mark]),
        (
            _("Kinds of work"),
            "kind",
            wanted.kind,
            [(code, item_kind(code).name, n) for code, n in tally.kinds.items() if code in known],
        ),
    ]
    return [
        {
            "name": name,
            "chips": [
                {
                    "label": label,
                    "count": count,
                    "active": code == chosen,
                    "url": address(query, **{parameter: "" if code == chosen else code}),
                }
                for code, label, count in options
                if count or code == chosen
            ],
        }
        for name, parameter, chosen, options in facets
    ]


def filters_in_force(wanted: ItemFilter, query: QueryDict) -> list[dict[str, Any]]:
    """The filters that no chip shows, each with the address that removes it."""
    if not wanted.text:
        return []
    return [{"label": _("Search"), "value": wanted.text, "remove_url": address(query, q="")}]


def rows_of(actor: Actor, page: Page[WorkItem], principals: Collection[int]) -> list[dict[str, Any]]:
    """The page's items as rows, with the working days that are left."""
    items, day = list(on_page(cast("QuerySet[WorkItem]", page.object_list))), today()
    left = remaining_working_days(items)
    return [
        row_of(actor, item, urgency_of(item, day), principals=principals, left=left.get(item.pk))
        for item in items
    ]


def groups(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows under headings by urgency; they come in that order."""
    return [
        {"name": URGENCY_NAMES[urgency], "code": urgency.value, "rows": list(members)}
        for urgency, members in groupby(rows, key=lambda row: row["urgency"])
    ]


def officers_for(actor: Actor, rows: list[dict[str, Any]], query: QueryDict) -> dict[str, Any]:
    """Who may be given the page's work."""
    return picker(actor, {row["item"].kind for row in rows}, query.get("officer_q", "")[:60])


def saved_views(actor: Actor, query: QueryDict) -> list[dict[str, Any]]:
    """The actor's saved views; the one whose filters are in force is marked."""
    here = query.urlencode()
    return [{"view": view, "url": f"?{view.query}", "active": view.query == here} for view in views_of(actor)]


def empty_words(whose: Whose) -> dict[str, Any]:
    """What an empty list says, and where to go from it."""
    if whose is Whose.MINE:
        return {
            "title": _("Nothing is on your desk"),
            "text": _(
                "Work comes to you when your chief assigns it, a colleague hands it over, or you take it "
                "from your organ's pool."
            ),
            "url": f"?whose={Whose.ORGAN.value}&mark={Mark.POOL.value}",
            "label": _("To the organ's pool"),
        }
    return {
        "title": _("There is nothing to do right now"),
        "text": _(
            "Work appears here by itself: when a mandate of a plan falls due for a subject, when an "
            "inspection is opened for your organ, when a rectification must be followed up, or when your "
            "chief assigns you an item."
        ),
        "url": reverse("backoffice:subjects"),
        "label": _("To the subjects"),
    }
