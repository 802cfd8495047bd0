"""The pages on which the register itself is looked after, for those who may look after it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.registers.enterprises.duplicate_queries import MOST_COUNTED, open_pairs_counted

DUPLICATES = "duplicates"
PAGES = {
    DUPLICATES: (_("Possible duplicates"), Permission.SUBJECT_MERGE),
    "merges": (_("Merges"), Permission.SUBJECT_MERGE),
    "proposals": (_("Proposed risk grades"), Permission.RISK_GRADE),
    "completeness": (_("Completeness"), Permission.SUBORDINATES_VIEW),
}
"""Each page with the right of those it is offered to; who is sent its address may read it all the same."""


def register_pages(actor: Actor, here: str = "") -> list[dict[str, Any]]:
    """The pages offered to the actor, as tabs; `here` is the one that is open and always among them."""
    return [
        {
            "label": name,
            "url": reverse(f"enterprises:{page}"),
            "active": page == here,
            **(_waiting(actor) if page == DUPLICATES else {}),
        }
        for page, (name, permission) in PAGES.items()
        if page == here or actor.may(permission)
    ]


def register_tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """The tabs over these pages: the list of subjects, then what looks after it."""
    subjects = {"label": _("Subjects"), "url": reverse("backoffice:subjects"), "active": False}
    return [subjects, *register_pages(actor, here)]


def _waiting(actor: Actor) -> dict[str, Any]:
    """How many pairs wait for a decision."""
    count = open_pairs_counted(actor)
    return {"count": count, "count_words": f"{MOST_COUNTED - 1}+" if count == MOST_COUNTED else ""}
