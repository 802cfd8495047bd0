"""The lists of people, of pharmacies without a pharmacist, and of suspected registrations."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.design.paging import address, page_of
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.reference.facade import division_names, place_of
from yaojian.registers.enterprises.facade import type_name
from yaojian.registers.people.contracts import (
    CATEGORY_NAMES,
    GRADE_NAMES,
    ROLE_KIND_NAMES,
    SEQUENCE_NAMES,
    Category,
    Grade,
    RoleKind,
    Sequence,
)
from yaojian.registers.people.models import Person, PersonRole
from yaojian.registers.people.queries import (
    PersonFilter,
    matching,
    people_visible_to,
    pharmacies_visible_to,
    pharmacies_without_pharmacist,
    places_visible_to,
    positions_elsewhere,
    role_counts,
    roles_in_force,
    suspected_visible_to,
)
from yaojian.registers.people.web.listings import (
    PERSON_LISTING,
    SUSPECTED_LISTING,
    WITHOUT_LISTING,
    person_rows,
    pharmacy_rows,
    suspected_rows,
)
from yaojian.registers.people.web.suspicions import suspicion_reasons
from yaojian.registers.people.web.wording import place_of_role, role_words, state_of

PAGE_SIZE = 25
LONGEST_SEARCH = 100
STATES: dict[str, Promise] = {
    "": pgettext_lazy("people", "All"),
    "expiring": gettext_lazy("Expiring within 90 days"),
    "suspected": gettext_lazy("Suspected lent certificate"),
    "ended": gettext_lazy("Without a role in force"),
}
ORDERS = {
    "name": ("pinyin", "name", "id"),
    "-name": ("-pinyin", "-name", "-id"),
}


def wanted_of(query: QueryDict) -> PersonFilter:
    """The filter that an address asks for; a value that is none of the choices does not narrow."""

    def among(name: str, choices: Any) -> str:
        value = query.get(name, "")
        return value if value in set(choices) else ""

    return PersonFilter(
        text=query.get("q", "").strip()[:LONGEST_SEARCH],
        role=among("role", RoleKind),
        sequence=among("sequence", Sequence),
        grade=among("grade", Grade),
        category=among("category", Category),
        state=among("state", STATES),
    )


def tabs(active: str) -> list[dict[str, Any]]:
    """The lists of the room."""
    pages: dict[str, Promise | str] = {
        "people:list": pgettext("register", "People"),
        "people:without_pharmacist": _("Pharmacies without a pharmacist"),
        "people:suspected": _("Suspected lent certificates"),
    }
    return [{"label": label, "url": reverse(name), "active": name == active} for name, label in pages.items()]


@requires(Permission.PERSON_VIEW)
def people(request: ActingRequest) -> HttpResponseBase:
    """The people the actor may see."""
    if exporting(request):
        day, wanted = as_of(request), wanted_of(request.GET)
        found = in_order(matching(people_visible_to(request.actor), wanted, day.day), request.GET)
        return export_of(request, PERSON_LISTING, person_rows(request.actor, found, day), found.count())
    return render(request, "people/list.html", list_context(request.actor, request.GET, as_of(request)))


def in_order(people: QuerySet[Person], query: QueryDict) -> QuerySet[Person]:
    """People in the order that an address asks for."""
    return people.order_by(*ORDERS.get(query.get("sort", ""), ORDERS["name"]))


def list_context(actor: Actor, query: QueryDict, day: AsOf) -> dict[str, Any]:
    """The context of the list's page."""
    wanted, visible = wanted_of(query), people_visible_to(actor)
    of_any_role = matching(visible, replace(wanted, role=""), day.day)
    found = matching(visible, wanted, day.day) if wanted.role else of_any_role
    counts = role_counts(of_any_role, day.day)
    # Those without a role in force are found by roles of the past, which are not counted beside the chips.
    of_role = None if wanted.state == "ended" else counts.roles.get(wanted.role, 0)
    total = of_role if wanted.role else counts.total
    page = page_of(in_order(found, query).select_related("organ"), query, total=total, keep=True)
    roles = roles_in_force([person.pk for person in page], day.day)
    places = places_visible_to(actor, [role for held in roles.values() for role in held])
    return {
        "as_of": day,
        "wanted": wanted,
        "tabs": tabs("people:list"),
        "role_chips": role_chips(counts.roles, wanted, query),
        "facets": facets(wanted),
        "filters": filters_in_force(wanted, query),
        "clear_url": address(QueryDict(day.parameter)),
        "page": page,
        "rows": [row_of(actor, person, roles[person.pk], day, places) for person in page],
        "may_enter": actor.may(Permission.PERSON_EDIT) and day.is_today,
        "is_narrowed": wanted != PersonFilter(),
    }


def row_of(
    actor: Actor, person: Any, roles: list[PersonRole], day: AsOf, places: Collection[int]
) -> dict[str, Any]:
    """One person as a row; `places`: the subjects of the roles that the actor may see."""
    first = roles[0] if roles else None
    expiring = next((role for role in roles if state_of(role, day.day)[0] == "due_soon"), None)
    return {
        "person": person,
        "roles": role_words(roles),
        "place": place_of_role(actor, first, places) if first else {"name": "", "url": ""},
        "more_places": len({place_of_role(actor, role, places)["name"] for role in roles}) - 1
        if roles
        else 0,
        "expires": expiring.valid_to if expiring else None,
    }


def role_chips(counts: dict[str, int], wanted: PersonFilter, query: QueryDict) -> list[dict[str, Any]]:
    """A chip for each role with how many people it holds given the other filters."""
    return [
        {
            "label": ROLE_KIND_NAMES[kind],
            "count": counts.get(kind.value, 0),
            "url": address(query, role="" if wanted.role == kind else kind.value),
            "active": wanted.role == kind,
        }
        for kind in (RoleKind.PHARMACIST, RoleKind.INSPECTOR, RoleKind.EXPERT, RoleKind.POSITION)
    ]


def facets(wanted: PersonFilter) -> list[dict[str, Any]]:
    """The choices beside the search that fit the role looked at."""
    state: dict[str, Any] = {
        "name": "state",
        "label": _("State"),
        "choices": list(STATES.items()),
        "chosen": wanted.state,
    }
    anyone = ("", pgettext("people", "All"))
    sequences = [anyone, *((s.value, SEQUENCE_NAMES[s]) for s in Sequence)]
    grades = [anyone, *((g.value, GRADE_NAMES[g]) for g in Grade)]
    categories = [anyone, *((c.value, CATEGORY_NAMES[c]) for c in Category)]
    shown = [state]
    if wanted.role == RoleKind.INSPECTOR or wanted.sequence or wanted.grade:
        shown += [
            {"name": "sequence", "label": _("Sequence"), "choices": sequences, "chosen": wanted.sequence},
            {"name": "grade", "label": _("Grade"), "choices": grades, "chosen": wanted.grade},
        ]
    if wanted.role == RoleKind.PHARMACIST or wanted.category:
        label = _("Practice category")
        shown.append({"name": "category", "label": label, "choices": categories, "chosen": wanted.category})
    return shown


def filters_in_force(wanted: PersonFilter, query: QueryDict) -> list[dict[str, Any]]:
    """The filters now in force, each with the address that removes it."""
    shown: list[tuple[str, str, object]] = []
    if wanted.text:
        shown.append(("q", _("Search"), wanted.text))
    if wanted.role:
        shown.append(("role", pgettext("register of people", "Role"), ROLE_KIND_NAMES[RoleKind(wanted.role)]))
    if wanted.sequence:
        shown.append(("sequence", _("Sequence"), SEQUENCE_NAMES[Sequence(wanted.sequence)]))
    if wanted.grade:
        shown.append(("grade", _("Grade"), GRADE_NAMES[Grade(wanted.grade)]))
    if wanted.category:
        shown.append(("category", _("Practice category"), CATEGORY_NAMES[Category(wanted.category)]))
    if wanted.state:
        shown.append(("state", _("State"), STATES[wanted.state]))
    return [
        {"label": label, "value": value, "remove_url": address(query, **{name: ""})}
        for name, label, value in shown
    ]


@requires(Permission.PERSON_VIEW)
def without_pharmacist(request: ActingRequest) -> HttpResponseBase:
    """Open pharmacies where nobody is registered as licensed pharmacist."""
    day = as_of(request)
    found = pharmacies_without_pharmacist(request.actor, day.day)
    if exporting(request):
        return export_of(request, WITHOUT_LISTING, pharmacy_rows(found), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    names = division_names(code[:n] for code in (s.division_code for s in page) for n in (6, 9))
    context = {
        "as_of": day,
        "tabs": tabs("people:without_pharmacist"),
        "page": page,
        "all_count": pharmacies_visible_to(request.actor, day.day).count(),
        "may_register": request.actor.may(Permission.PERSON_EDIT) and day.is_today,
        "rows": [
            {
                "subject": subject,
                "type": type_name(subject.subject_type),
                "place": place_of(subject.division_code, names),
            }
            for subject in page
        ],
    }
    return render(request, "people/without_pharmacist.html", context)


@requires(Permission.PERSON_VIEW)
def suspected(request: ActingRequest) -> HttpResponseBase:
    """Registrations that look like lent certificates, each with its reasons."""
    day = as_of(request)
    found = suspected_visible_to(request.actor, day.day)
    if exporting(request):
        return export_of(request, SUSPECTED_LISTING, suspected_rows(found, day), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    elsewhere = positions_elsewhere(page, day.day)
    context = {
        "as_of": day,
        "tabs": tabs("people:suspected"),
        "page": page,
        "rows": [
            {"role": role, "reasons": suspicion_reasons(role, elsewhere.get(role.person_id, []), day)}
            for role in page
        ],
    }
    return render(request, "people/suspected.html", context)
