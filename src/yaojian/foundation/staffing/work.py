"""The worklist and this room: the review as a kind of work, and work items as a kind of burden."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.foundation.staffing.burdens import register_burden
from yaojian.foundation.staffing.contracts import Burden, BurdenKind
from yaojian.foundation.staffing.reviews import REVIEW_KIND
from yaojian.foundation.worklist.facade import (
    ItemKind,
    WorkItem,
    hand_over_all,
    item_kind,
    open_work_of,
    register_kind,
)

WORK = "work"


def _held_by(user_id: int) -> list[Burden]:
    return [
        Burden(WORK, item.pk, _title(item), item_kind(item.kind).url(item), item.due_on)
        for item in open_work_of(user_id)
    ]


def _title(item: WorkItem) -> str:
    name = str(item_kind(item.kind).name)
    return f"{name} · {item.subject_name}" if item.subject_name else f"{name} · {item.reason}"


def _hand_over(by: Actor, keys: Collection[int], from_user: int, to_user: int, reason: str) -> int:
    return hand_over_all(by=by, from_user=from_user, to_user=to_user, reason=reason, only=keys)


def install() -> None:
    """Enter both kinds; called once when the apps are ready."""
    register_kind(
        ItemKind(
            code=REVIEW_KIND,
            name=_("Yearly review of rights"),
            verb=_("Review"),
            url=lambda item: f"/administration/reviews/{item.file_id}/",
            permission=Permission.RIGHTS_REVIEW,
        )
    )
    register_burden(BurdenKind(code=WORK, name=_("Open work items"), held_by=_held_by, hand_over=_hand_over))
