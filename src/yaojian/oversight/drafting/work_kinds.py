"""The work that drafts put on lists: to decide what waits, to mend what was returned."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import (
    ItemKind,
    WorkItem,
    complete_items_of_file,
    open_item,
    register_kind,
)
from yaojian.oversight.drafting.contracts import FILE_KIND
from yaojian.oversight.drafting.models import PlanDraft

DECIDE = "plan_draft.decide"
MEND = "plan_draft.mend"
DAYS = 14


def register() -> None:
    """Enter the kinds in the worklist's register."""
    for kind, name, verb, permission in (
        (
            DECIDE,
            _("Draft of a plan to decide on"),
            pgettext_lazy("plan draft", "Decide"),
            Permission.PLAN_ADOPT,
        ),
        (
            MEND,
            _("Returned draft of a plan"),
            pgettext_lazy("plan draft", "Rework"),
            Permission.PLAN_DRAFT,
        ),
    ):
        register_kind(
            ItemKind(
                kind,
                name,
                verb,
                lambda item: reverse("drafting:draft", args=[item.file_id]),
                permission,
            )
        )


def ask_to_decide(draft: PlanDraft) -> None:
    """Put the decision on the list of the organ whose plan it is to be."""
    with override(settings.LANGUAGE_CODE):
        reason = str(_("Decide whether this draft becomes the plan: %(title)s") % {"title": draft.title})
    open_item(_item(DECIDE, draft, reason[:300], None))


def ask_to_mend(draft: PlanDraft) -> None:
    """Give a returned draft back to who handed it in."""
    open_item(_item(MEND, draft, draft.reason[:300], draft.submitted_by_id))


def settled(draft: PlanDraft) -> None:
    """Finish the work on a draft: another step has been taken."""
    complete_items_of_file(Ref(FILE_KIND, draft.pk), {DECIDE, MEND})


def _item(kind: str, draft: PlanDraft, reason: str, assignee_id: int | None) -> WorkItem:
    return WorkItem(
        kind=kind,
        organ_id=draft.organ_id,
        assignee_id=assignee_id,
        file_kind=FILE_KIND,
        file_id=draft.pk,
        origin_kind=FILE_KIND,
        origin_key=f"{draft.pk}-{draft.version}",
        due_on=today() + timedelta(days=DAYS),
        reason=reason,
        opened_at=now(),
    )
