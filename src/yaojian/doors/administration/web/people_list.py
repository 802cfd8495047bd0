"""The list of people in the organ and below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.doors.administration.web.people_forms import organ_choices
from yaojian.foundation.accounts.contracts import ROLE_NAMES, Permission, Role
from yaojian.foundation.accounts.facade import Actor, Posting, User
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.exports.facade import Column, Listing, export_of, exporting, in_chunks
from yaojian.foundation.staffing.facade import PeopleFilter, matching_people, people_visible_to
from yaojian.foundation.timekeeping import now, today

PAGE_SIZE = 25
LISTING = Listing(
    "accounts",
    _("People and rights"),
    (
        Column(_("Name"), lambda row: row["user"].display_name, 14),
        Column(_("User name"), lambda row: row["user"].username, 18),
        Column(_("State"), lambda row: row["state"][1], 12),
        Column(_("Role"), lambda row: "、".join(str(ROLE_NAMES[Role(p.role)]) for p in row["postings"]), 24),
        Column(_("Organ"), lambda row: "、".join(p.organ.label for p in row["postings"]), 36),
    ),
)
STATE_NAMES: dict[str, Promise] = {
    "serving": _("in service"),
    "coming": _("not begun yet"),
    "gone": _("gone"),
    "locked": _("locked"),
    "no_factor": _("without second factor"),
}


def wanted_people(query: QueryDict, organs: dict[str, str]) -> PeopleFilter:
    """What the address asks for; unknown values do not narrow."""
    role, organ, state = (query.get(name, "") for name in ("role", "organ", "state"))
    return PeopleFilter(
        text=query.get("q", "").strip()[:60],
        role=role if role in set(Role) else "",
        organ_id=int(organ) if organ in organs else None,
        state=state if state in STATE_NAMES else "",
    )


def _without(query: QueryDict, name: str) -> str:
    left = query.copy()
    left.pop(name, None)
    left.pop("page", None)
    return f"?{left.urlencode()}"


def _chips(query: QueryDict, wanted: PeopleFilter, organs: dict[str, str]) -> list[dict[str, Any]]:
    entries = [
        ("q", pgettext_lazy("person", "Name"), wanted.text),
        ("role", _("Role"), ROLE_NAMES[Role(wanted.role)] if wanted.role else ""),
        ("organ", _("Organ"), organs.get(str(wanted.organ_id), "").strip("　")),
        ("state", _("State"), STATE_NAMES.get(wanted.state, "")),
    ]
    return [
        {"label": label, "value": value, "remove_url": _without(query, name)}
        for name, label, value in entries
        if value
    ]


def state_of(user: User, has_posting: bool, is_coming: bool) -> tuple[str, Promise]:
    """Meaning and words of how a person stands today."""
    if user.left_on is not None and user.left_on < today():
        return "neutral", STATE_NAMES["gone"]
    if user.locked_until is not None and user.locked_until > now():
        return "overdue", STATE_NAMES["locked"]
    if user.left_on is not None:
        return "due_soon", _("leaving")
    if has_posting:
        return "done", STATE_NAMES["serving"]
    return ("info", STATE_NAMES["coming"]) if is_coming else ("neutral", STATE_NAMES["gone"])


def _all_rows(actor: Actor, users: QuerySet[User]) -> Iterator[dict[str, Any]]:
    """Every row of a list, some hundred at a time."""
    for chunk in in_chunks(users):
        yield from _rows(actor, chunk)


def _rows(actor: Actor, users: Iterable[User]) -> list[dict[str, Any]]:
    day = today()
    postings: dict[int, list[Posting]] = {}
    found = Posting.objects.filter(user__in=list(users), organ__path__startswith=actor.organ_path)
    for posting in found.select_related("organ").order_by("-valid_from", "-pk"):
        postings.setdefault(posting.user_id, []).append(posting)
    rows = []
    for user in users:
        held = postings.get(user.pk, [])
        present = [p for p in held if p.valid_from <= day and (p.valid_to is None or p.valid_to >= day)]
        coming = [p for p in held if p.valid_from > day]
        rows.append(
            {
                "user": user,
                "postings": present or coming or held[:1],
                "state": state_of(user, bool(present), bool(coming)),
            }
        )
    return rows


@requires(Permission.ACCOUNT_VIEW)
def people(request: ActingRequest) -> HttpResponseBase:
    """People of the organ and below, with what they are posted as."""
    choices = organ_choices(request.actor)
    organs = dict(choices)
    wanted = wanted_people(request.GET, organs)
    found: QuerySet[User] = matching_people(people_visible_to(request.actor), request.actor, wanted)
    if exporting(request):
        return export_of(request, LISTING, _all_rows(request.actor, found), found.count())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "wanted": wanted,
        "organ_choices": choices,
        "role_choices": [(role.value, ROLE_NAMES[role]) for role in Role],
        "state_choices": list(STATE_NAMES.items()),
        "filters": _chips(request.GET, wanted, organs),
        "page": page,
        "rows": _rows(request.actor, page),
        "may_manage": request.actor.may(Permission.ACCOUNT_MANAGE),
        "may_review": request.actor.may(Permission.RIGHTS_REVIEW),
        "new_url": reverse("administration:new_person"),
    }
    return render(request, "administration/people.html", context)
