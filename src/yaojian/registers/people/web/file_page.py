"""A person's file: who it is, in which roles, since when, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.design.as_of import AsOf, as_of
from yaojian.foundation.documents.web.panel import documents_context
from yaojian.foundation.errors import DomainError
from yaojian.foundation.exports.facade import export_of, exporting
from yaojian.foundation.ledger.facade import Act, acts_of_file, timeline_of_acts
from yaojian.foundation.privacy.facade import field_name, masked
from yaojian.foundation.timekeeping import now
from yaojian.registers.people.actions import same_phone
from yaojian.registers.people.contracts import (
    ATTENDED_POSITIONS,
    ROLE_KIND_NAMES,
    SEX_NAMES,
    RoleKind,
    person_ref,
)
from yaojian.registers.people.models import Person, PersonRole, PharmacistRegistration, Position
from yaojian.registers.people.queries import (
    may_edit,
    person_visible_to,
    places_visible_to,
    roles_of,
)
from yaojian.registers.people.web.forms import RevealForm
from yaojian.registers.people.web.listings import ACT_LISTING
from yaojian.registers.people.web.suspicions import suspicion_reasons
from yaojian.registers.people.web.wording import act_facts, role_row, role_words

VIEWS: dict[str, Promise] = {
    "roles": gettext_lazy("Roles and employment"),
    "documents": gettext_lazy("Documents"),
    "timeline": pgettext_lazy("person", "Timeline"),
}
TIMELINE_SIZE = 20


@requires(Permission.PERSON_VIEW)
def person(request: ActingRequest, person_id: int) -> HttpResponseBase:
    """The file of one person as of a day."""
    found = person_visible_to(request.actor, person_id)
    if exporting(request) and request.GET.get("view") == "timeline":
        # The export is an act itself, and a later one than those that it holds.
        acts = acts_about(found).filter(recorded_at__lt=now())
        return export_of(request, ACT_LISTING, acts.iterator(chunk_size=500), acts.count())
    context = file_context(request.actor, found, request.GET, as_of(request))
    return render(request, "people/person.html", context)


def file_context(
    actor: Actor,
    person: Person,
    query: QueryDict,
    day: AsOf,
    *,
    revealed: Mapping[str, str] | None = None,
    reveal_form: RevealForm | None = None,
) -> dict[str, Any]:
    """The context of the file; with `revealed`, sealed values in plain text for this one page."""
    view = query.get("view", "")
    view = view if view in VIEWS else "roles"
    roles = all_roles(person)
    in_force = [role for role in roles if role.holds_on(day.day)]
    acts = Paginator(acts_about(person), TIMELINE_SIZE)
    context: dict[str, Any] = {
        "as_of": day,
        "person": person,
        "status": ("done", role_words(in_force)) if in_force else ("neutral", _("No role in force")),
        "key_facts": key_facts(person, in_force),
        "tabs": tabs(view, len(roles), acts.count, day),
        "view": view,
        "personal": personal_data(person, revealed),
        "reveal_form": reveal_form or RevealForm(auto_id="reveal_%s"),
        "may_reveal": may_reveal(actor, person),
        "revealed": revealed is not None,
        "may_edit": may_edit(actor, person) and day.is_today and person.erased_at is None,
        "may_add_role": actor.may(Permission.PERSON_EDIT) and day.is_today and person.erased_at is None,
        "role_kinds": [(kind.value, name) for kind, name in ROLE_KIND_NAMES.items()],
        "suspicions": suspicions(roles, day) if in_force else [],
        "same_phone": same_phone(actor, person) if view == "roles" else [],
    }
    if view == "timeline":
        page = acts.get_page(query.get("page"))
        return {**context, "page": page, "timeline": timeline_of_acts(page, act_facts)}
    if view == "documents":
        file, answers = person_ref(person.pk), may_edit(actor, person)
        return {**context, **documents_context(actor, file, may_change=day.is_today, answers=answers)}
    places = places_visible_to(actor, roles)
    rows = [role_row(actor, role, day.day, places=places, editable=day.is_today) for role in roles]
    shown = [row for row in rows if row["role"].valid_from <= day.day or day.is_today]
    return {**context, "rows": shown}


def acts_about(person: Person) -> QuerySet[Act]:
    """What was done about a person whom the caller has been let see, the latest first."""
    return acts_of_file(person_ref(person.pk)).order_by("-recorded_at", "-id")


def all_roles(person: Person) -> list[PersonRole]:
    """Every role a person has or had: what holds longest first, then by its beginning, the latest first."""
    order = (F("valid_to").desc(nulls_first=True), "-valid_from", "id")
    return [role for kind in RoleKind for role in roles_of(kind).filter(person=person).order_by(*order)]


def tabs(view: str, roles: int, acts: int, day: AsOf) -> list[dict[str, Any]]:
    """The views of the file, with how much there is in each."""
    counts: dict[str, int | None] = {"roles": roles, "timeline": acts, "documents": None}
    more = f"&{day.parameter}" if day.parameter else ""
    return [
        {"label": name, "url": f"?view={code}{more}", "active": code == view, "count": counts[code]}
        for code, name in VIEWS.items()
    ]


def key_facts(person: Person, roles: list[PersonRole]) -> list[dict[str, Any]]:
    """Who keeps the entry, which account it has, and until when the papers hold."""
    ends = [role.valid_to for role in roles if role.valid_to]
    facts: list[dict[str, Any]] = [
        {"label": _("Sex"), "value": SEX_NAMES.get(person.sex, "")},
        {"label": _("Kept by"), "value": person.organ.label, "wide": True},
        {"label": _("First to end"), "value": min(ends).isoformat() if ends else _("nothing ends")},
    ]
    if person.account is not None:
        facts.append({"label": _("Account"), "value": person.account.username})
    return facts


def personal_data(person: Person, revealed: Mapping[str, str] | None) -> dict[str, Any]:
    """The sealed fields for the page: masked, in plain text when just revealed, or why they do not open."""
    if person.erased_at is not None:
        return {"erased": person.erased_at, "fields": []}
    if revealed is not None:
        return {"fields": [(field_name(name), value) for name, value in revealed.items()]}
    try:
        values = masked(person_ref(person.pk), person.sealed)
    except DomainError as error:
        return {"error": error, "fields": []}
    return {"fields": [(field_name(name), value) for name, value in values.items()]}


def may_reveal(actor: Actor, person: Person) -> bool:
    """Whether the actor may look at the sealed fields, as far as there are any."""
    return actor.may(Permission.PERSONAL_DATA_REVEAL) and bool(person.sealed) and person.erased_at is None


def suspicions(roles: list[PersonRole], day: AsOf) -> list[str]:
    """Why the person's registration looks lent, if it does."""
    held = [role for role in roles if role.holds_on(day.day)]
    attended = [role for role in held if isinstance(role, Position) and role.position in ATTENDED_POSITIONS]
    registered = [role for role in held if isinstance(role, PharmacistRegistration)]
    return [reason for role in registered for reason in suspicion_reasons(role, attended, day)]
