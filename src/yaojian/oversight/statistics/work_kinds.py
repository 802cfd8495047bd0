"""The work that statements put on lists: to confirm what waits, to mend what was returned."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

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
from yaojian.oversight.statistics.contracts import FILE_KIND
from yaojian.oversight.statistics.models import Statistic
from yaojian.oversight.statistics.states import StatisticState

CONFIRM = "statistic.confirm"
MEND = "statistic.mend"
WAITING = "statistic.waiting"
"""File kind of the one item by which an organ's waiting statements are announced; its id is the organ's."""

DAYS_TO_CONFIRM = 7


def register() -> None:
    """Enter the kinds in the worklist's register."""
    register_kind(
        ItemKind(
            CONFIRM,
            _("Statements to confirm"),
            _("Confirm"),
            lambda _item: reverse("statistics:list") + "?state=mine",
            Permission.STATISTIC_CONFIRM,
        )
    )
    register_kind(
        ItemKind(
            MEND,
            _("Returned statement"),
            _("Correct"),
            lambda item: reverse("statistics:statement", args=[item.file_id]),
            Permission.STATISTIC_ENTER,
        )
    )


def ask_to_confirm(organ_id: int) -> None:
    """Put the confirmation of what an organ submitted on its list, once however much waits."""
    with override(settings.LANGUAGE_CODE):
        reason = str(_("Statements wait for a second person"))
    open_item(
        WorkItem(
            kind=CONFIRM,
            organ_id=organ_id,
            file_kind=WAITING,
            file_id=organ_id,
            origin_kind=WAITING,
            origin_key=str(organ_id),
            due_on=today() + timedelta(days=DAYS_TO_CONFIRM),
            reason=reason,
            opened_at=now(),
        )
    )


def confirmation_settled(organ_id: int) -> None:
    """Finish that work when nothing of the organ waits any more."""
    waiting = Statistic.objects.filter(entered_in_id=organ_id, state=StatisticState.SUBMITTED.value)
    if not waiting.exists():
        complete_items_of_file(Ref(WAITING, organ_id), {CONFIRM})


def ask_to_mend(statistic: Statistic) -> None:
    """Give a returned statement back to who entered it."""
    open_item(
        WorkItem(
            kind=MEND,
            organ_id=statistic.entered_in_id,
            assignee_id=statistic.entered_by_id,
            file_kind=FILE_KIND,
            file_id=statistic.pk,
            origin_kind=FILE_KIND,
            origin_key=str(statistic.pk),
            due_on=today() + timedelta(days=DAYS_TO_CONFIRM),
            reason=statistic.reason[:300],
            opened_at=now(),
        )
    )


def mended(statistic: Statistic) -> None:
    """Finish the work on a returned statement."""
    complete_items_of_file(Ref(FILE_KIND, statistic.pk), {MEND})
