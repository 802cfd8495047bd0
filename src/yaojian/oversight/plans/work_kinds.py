"""The work that this room puts on lists: weights of an index that wait for a decision."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import (
    ItemKind,
    WorkItem,
    complete_items_of_file,
    open_items,
    register_kind,
)
from yaojian.oversight.plans.models import CompositeWeights

INDICATOR_KIND = "plans.indicator"
WEIGHTS = "plans.weights"
WITHIN = timedelta(days=10)


def register() -> None:
    """Enter the kind in the worklist's register."""
    decide = Permission.EVALUATION_DECIDE
    register_kind(
        ItemKind(
            WEIGHTS,
            _("Weights of an index to decide"),
            _("Decide"),
            lambda item: reverse("plans:indicator", args=[item.file_id]),
            decide,
        )
    )


def weights_proposed(proposed: CompositeWeights) -> None:
    """Ask a second person for a decision."""
    item = WorkItem(
        kind=WEIGHTS,
        organ_id=proposed.proposed_in_id,
        file_kind=INDICATOR_KIND,
        file_id=proposed.indicator_id,
        origin_kind=INDICATOR_KIND,
        origin_key=str(proposed.pk),
        due_on=today() + WITHIN,
        reason=proposed.reason,
        opened_at=now(),
    )
    open_items([item])


def weights_settled(decided: CompositeWeights) -> None:
    """The decision has been made."""
    complete_items_of_file(Ref(INDICATOR_KIND, decided.indicator_id), {WEIGHTS})
