"""Choosing an officer: a short list, or one searched by name and pinyin initials."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from yaojian.foundation.accounts.facade import Actor, Permission, Posting
from yaojian.foundation.accounts.web.access import ActingRequest, requires
from yaojian.foundation.worklist.facade import (
    MOST_IN_A_PICKER,
    item_kind,
    item_kinds,
    people_matching,
    people_who_may,
)

MOST_FOUND = 50
"""A search shows no more; a longer name finds fewer."""


def label_of(posting: Posting) -> str:
    """A person in a list: name and organ."""
    return f"{posting.user.display_name}（{posting.organ.short_name or posting.organ.label}）"


def permissions_of(kinds: Iterable[str]) -> set[Permission]:
    """What work of some kinds asks for; unknown kinds ask for nothing."""
    known = {kind.code for kind in item_kinds()}
    return {item_kind(code).permission for code in set(kinds) & known}


def picker(actor: Actor, kinds: Iterable[str], text: str, chosen: str = "") -> dict[str, Any]:
    """The people who may be given work of some kinds, and whether they are so many that one searches.

    A person chosen before stays in the list, whatever is searched now.
    """
    codes = sorted(set(kinds))
    people = people_matching(people_who_may(actor, *permissions_of(codes)), "")
    found = people_matching(people, text)[:MOST_FOUND]
    many = len(people) > MOST_IN_A_PICKER
    shown = found if text else found[: MOST_IN_A_PICKER if many else MOST_FOUND]
    kept = [p for p in people if str(p.user_id) == chosen and p not in shown]
    return {
        "people": [
            {"key": p.user_id, "label": label_of(p), "chosen": str(p.user_id) == chosen}
            for p in [*kept, *shown]
        ],
        "many": many,
        "text": text,
        "search_url": reverse("backoffice:officers") + "?" + "&".join(f"kind={code}" for code in codes),
    }


@requires(Permission.WORKLIST_VIEW)
def officers(request: ActingRequest) -> HttpResponse:
    """The options of a searched list of officers, for the field beside it."""
    chosen = picker(request.actor, request.GET.getlist("kind"), request.GET.get("officer_q", "")[:60])
    return render(request, "backoffice/_officer_options.html", {"picker": chosen})
