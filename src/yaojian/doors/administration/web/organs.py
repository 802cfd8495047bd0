"""The tree of organs on a day, and the page of one organ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from yaojian.foundation.accounts.facade import (
    LEVEL_NAMES,
    ORGAN_KIND_NAMES,
    ROLE_NAMES,
    SHARED_NAMES,
    TREE_NAMES,
    Actor,
    Level,
    Organ,
    OrganAt,
    OrganKind,
    OrganPeriod,
    Permission,
    Role,
    Shared,
    SharingAgreement,
    Tree,
    agreements_of,
    counts_in_office,
    organs_as_of,
    organs_visible_to,
    organs_within,
    people_in_office,
    periods_of,
)
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.paging import address
from yaojian.foundation.errors import NotFound
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting
from yaojian.foundation.reference.facade import division_names
from yaojian.foundation.timekeeping import today
from yaojian.registers.enterprises.facade import counts_by_organ

SHOWN_PLACES = 3
LISTING = Listing(
    "organs",
    gettext_lazy("Organs"),
    (
        Column(gettext_lazy("Code"), lambda row: row["organ"].code, 26),
        Column(gettext_lazy("Name"), lambda row: row["organ"].name, 40),
        Column(gettext_lazy("Level"), lambda row: row["level"], 10),
        Column(gettext_lazy("Territory"), lambda row: "、".join(row["organ"].territories), 40),
    ),
)
DEEPEST = 5
WHOLE = 60
"""Up to so many organs are shown at once; of a larger tree, an organ and those right below it."""
PAGE_SIZE = 100


@requires(Permission.ORGAN_VIEW)
def organs(request: ActingRequest) -> HttpResponseBase:
    """The actor's organ and those below it on a day; a large tree opens branch by branch.

    A search looks through the whole of it and keeps its order.
    """
    actor, day = request.actor, as_of(request)
    wanted = request.GET.get("q", "").strip()[:60]
    tree = organs_within(actor.organ_id, day.day)
    if exporting(request):
        found = [organ for organ in tree if not wanted or _is_called(organ, wanted)]
        return export_of(request, LISTING, rows_of(found, day), len(found))
    branch = branch_of(tree, request.GET.get("branch", ""))
    if wanted:
        found = [organ for organ in tree if _is_called(organ, wanted)]
    elif len(branch) <= WHOLE:
        found = branch
    else:
        found = [organ for organ in branch if organ.depth <= branch[0].depth + 1]
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    hidden = {} if wanted else counts_below(branch, {organ.id for organ in found})
    top = branch[0].depth if branch else 0
    context = {
        "day": day,
        "text": wanted,
        "page": page,
        "rows": [
            {
                **row,
                "indent": 0 if wanted else min(row["organ"].depth - top, DEEPEST),
                "hidden": hidden.get(row["organ"].id, 0),
                "branch_url": address(request.GET, branch=str(row["organ"].id)),
            }
            for row in rows_of(list(page), day)
        ],
        "count": len(tree),
        "branch_line": [
            (organ.label, address(request.GET, branch=str(organ.id)))
            for organ in tree
            if branch and not wanted and organ.id != branch[0].id and branch[0].path.startswith(organ.path)
        ],
        "branch_name": branch[0].label if branch else "",
        "above": line_above(actor, day),
        "may_manage": day.is_today and actor.may(Permission.ORGAN_MANAGE),
        "own_id": actor.organ_id,
    }
    return render(request, "administration/organs.html", context)


def rows_of(found: list[OrganAt], day: AsOf) -> list[dict[str, Any]]:
    """Organs as rows, with how many people and subjects each has (three queries for all)."""
    ids = [organ.id for organ in found]
    places = division_names(code for organ in found for code in organ.territories)
    in_office, subjects = counts_in_office(ids, day.day), counts_by_organ(ids)
    return [
        {
            "organ": organ,
            "level": LEVEL_NAMES[Level(organ.level)],
            "kind": ORGAN_KIND_NAMES[OrganKind(organ.kind)] if organ.kind != OrganKind.BUREAU else "",
            "land": land_in_words(organ.territories, places),
            "people": in_office.get(organ.id, 0),
            "subjects": subjects.get(organ.id, 0),
        }
        for organ in found
    ]


def branch_of(tree: list[OrganAt], asked: str) -> list[OrganAt]:
    """The organ that an address asks for with all below it; the whole tree when it names none of it."""
    root = next((organ for organ in tree if str(organ.id) == asked), None)
    return tree if root is None else [organ for organ in tree if organ.path.startswith(root.path)]


def counts_below(branch: list[OrganAt], shown: set[int]) -> dict[int, int]:
    """For each organ shown, how many below it are not."""
    counts: Counter[int] = Counter()
    for organ in branch:
        if organ.id not in shown:
            counts.update(int(step) for step in organ.path.split(".")[:-1])
    return {key: n for key, n in counts.items() if key in shown}


def _is_called(organ: OrganAt, text: str) -> bool:
    names = (organ.name, organ.name_en, organ.short_name, organ.code)
    return any(text.lower() in name.lower() for name in names)


def line_above(actor: Actor, day: AsOf) -> list[str]:
    """The names of the organs above the actor's, from the root down."""
    everything = {organ.id: organ for organ in organs_as_of(day.day)}
    own = everything.get(actor.organ_id)
    steps = own.path.split(".")[:-2] if own else []
    return [everything[int(step)].label for step in steps]


def land_in_words(territories: Iterable[str], places: dict[str, str], shown: int = SHOWN_PLACES) -> str:
    """Territories by name; of many the first few and how many more."""
    names = [places.get(code, code) for code in territories]
    words = _(", ").join(names[:shown])
    if len(names) > shown:
        return _("%(places)s and %(n)s more") % {"places": words, "n": len(names) - shown}
    return words


def organ_to_see(actor: Actor, organ_id: int) -> Organ:
    """An organ within the actor's own part of the tree. Raises NotFound for any other."""
    organ = organs_visible_to(actor).select_related("parent").filter(pk=organ_id).first()
    if organ is None:
        raise NotFound(
            _("There is no such organ in your part of the tree."), cure=_("Choose it in the tree of organs.")
        )
    return organ


@requires(Permission.ORGAN_VIEW)
def organ(request: ActingRequest, organ_id: int) -> HttpResponse:
    """One organ: what it is, who is in office, what it was and will be, what it shares."""
    actor, found = request.actor, organ_to_see(request.actor, organ_id)
    return render(request, "administration/organ.html", organ_context(actor, found))


def organ_context(actor: Actor, found: Organ) -> dict[str, Any]:
    """What the page of an organ shows."""
    periods, agreements = list(periods_of(found.pk)), list(agreements_of(found))
    lands = [found.territories, *(p.territories for p in periods), *(a.territories for a in agreements)]
    places = division_names(code for land in lands for code in land)
    below = [row for row in organs_within(found.pk, today()) if row.id != found.pk]
    counts = counts_by_organ([found.pk, *(row.id for row in below)])
    may_manage = actor.may(Permission.ORGAN_MANAGE) and found.closed_on is None
    return {
        "organ": found,
        "facts": facts_of(found, counts),
        "territories": [(code, places.get(code, "")) for code in found.territories],
        "people": [
            {"posting": posting, "role": ROLE_NAMES[Role(posting.role)]}
            for posting in people_in_office(found.pk, today())
        ],
        "below": [row for row in below if row.parent_id == found.pk],
        "periods": [period_row(period, places) for period in periods],
        "agreements": [agreement_row(agreement, found, places, actor) for agreement in agreements],
        "may_manage": may_manage,
        "may_move": may_manage and found.pk != actor.organ_id,
    }


def facts_of(found: Organ, counts: dict[int, int]) -> list[dict[str, Any]]:
    """The head of an organ's page."""
    own = counts.get(found.pk, 0)
    above = found.parent.label if found.parent else pgettext("organ", "none")
    return [
        {"label": _("Superior organ"), "value": above},
        {"label": _("Level"), "value": LEVEL_NAMES[Level(found.level)]},
        {"label": pgettext("organ", "Kind"), "value": ORGAN_KIND_NAMES[OrganKind(found.kind)]},
        {"label": _("Hierarchy"), "value": TREE_NAMES[Tree(found.tree)]},
        {
            "label": _("Subjects it is responsible for"),
            "value": own,
            "hint": _("with subordinate organs %(n)s") % {"n": sum(counts.values())},
        },
    ]


def period_row(period: OrganPeriod, places: dict[str, str]) -> dict[str, Any]:
    """One period as a row, and whether it is past, present or planned."""
    day = today()
    if period.valid_from > day:
        state = ("info", pgettext("period", "Planned"))
    elif period.valid_to is not None and period.valid_to < day:
        state = ("neutral", pgettext("period", "Past"))
    else:
        state = ("done", pgettext("period", "Present"))
    return {
        "period": period,
        "state": state,
        "level": LEVEL_NAMES[Level(period.level)],
        "land": land_in_words(period.territories, places),
    }


def agreement_row(
    agreement: SharingAgreement, found: Organ, places: dict[str, str], actor: Actor
) -> dict[str, Any]:
    """One agreement as a row: who opens what to whom, where, and how long."""
    day = today()
    runs = agreement.valid_from <= day and (agreement.valid_to is None or agreement.valid_to >= day)
    ends = agreement.valid_to is not None and agreement.valid_to <= day
    given = agreement.giver_id == found.pk
    return {
        "agreement": agreement,
        "direction": _("gives") if given else _("receives"),
        "partner": agreement.taker if given else agreement.giver,
        "shares": [SHARED_NAMES[Shared(share)] for share in agreement.shares],
        "land": land_in_words(agreement.territories, places, 6) or _("wherever it lies"),
        "runs": runs,
        "end_url": ""
        if ends or not actor.may(Permission.ORGAN_MANAGE)
        else reverse("administration:end_agreement", args=[agreement.pk]),
    }
