"""What the end of an approval asks of an officer: renewals that fall due, ends, ended ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from yaojian.foundation.deadlines.facade import (
    LOOK_AHEAD,
    Countdown,
    Stage,
    Window,
    Windows,
    keep_countdowns,
    stage_on,
)
from yaojian.foundation.ledger.facade import Ref
from yaojian.foundation.timekeeping import now, today
from yaojian.foundation.worklist.facade import Kept, WorkItem, keep_items
from yaojian.registers.enterprises.facade import Subject
from yaojian.registers.products.codes import Approval
from yaojian.registers.products.contracts import EXPIRED, EXPIRES_SOON, FILE_KIND, RENEWAL_DUE
from yaojian.registers.products.models import Product
from yaojian.registers.products.states import ProductState

RULES_OF_RENEWAL: dict[str, tuple[str, str]] = {
    Approval.DRUG: ("", "drug_registration.renewal_closes"),
    Approval.DRUG_IMPORTED: ("", "drug_registration.renewal_closes"),
    Approval.DEVICE: ("", "device_registration.renewal_closes"),
    Approval.COSMETIC_SPECIAL: (
        "cosmetic_registration.renewal_window_opens",
        "cosmetic_registration.renewal_window_closes",
    ),
}
"""For each form of approval that is renewed: the rules by which the time for it opens (if any) and closes."""
KIND_OF_STAGE = {Stage.RENEWAL: RENEWAL_DUE, Stage.SOON: EXPIRES_SOON, Stage.ENDED: EXPIRED}


def rules_of(product: Product) -> tuple[str, str]:
    """The rules by which the time for a product's renewal opens and closes; empty where none is known."""
    return RULES_OF_RENEWAL.get(product.approval, ("", ""))


@transaction.atomic
def refresh_product_expiry(day: date | None = None) -> Kept:
    """Bring the work and the clocks that ending approvals cause up to a day (today).

    Running it again changes nothing. Products of holders outside the register cause none: no organ here
    answers for them.
    """
    with override(settings.LANGUAGE_CODE):
        found = list(_items(day or today()))
    clocks = keep_countdowns(FILE_KIND, [countdown for _item, countdown in found if countdown is not None])
    for item, _countdown in found:
        if item.kind == RENEWAL_DUE and item.file_id in clocks:
            item.clock = clocks[item.file_id]
    return keep_items(list(KIND_OF_STAGE.values()), FILE_KIND, [item for item, _countdown in found])


def _ending(day: date) -> QuerySet[Product]:
    """Approvals of open holders that end soon or have ended and were not cancelled."""
    return Product.objects.filter(
        Q(holder__closed_on__isnull=True) | Q(holder__closed_on__gt=day),
        holder__isnull=False,
        state__in=[ProductState.VALID.value, ProductState.SUSPENDED.value],
        expires_on__lte=day + LOOK_AHEAD,
    ).select_related("holder")


def _items(day: date) -> Iterator[tuple[WorkItem, Countdown | None]]:
    """The work that products cause on a day, each with the clock that runs for it, if one does.

    The clock of a renewal goes on after its last day, overdue, until the approval has ended.
    """
    windows = Windows()
    for product in _ending(day).iterator(2_000):
        holder, ends = product.holder, product.expires_on
        if holder is None or ends is None:
            continue
        window = windows.of(*rules_of(product), ends)
        stage, due_on = stage_on(day, ends, window)
        if stage is None:
            continue
        item = _item(product, holder, stage, due_on, window)
        if stage is Stage.ENDED or not window.is_verified:
            yield item, None
        else:
            yield item, _countdown(product, holder, ends, starts=stage is Stage.RENEWAL)


def _item(product: Product, holder: Subject, stage: Stage, due_on: date, window: Window) -> WorkItem:
    ended = _("It has neither been renewed nor cancelled: it may no longer be produced or imported.")
    reason = _("%(name)s %(number)s, valid until %(day)s. %(window)s") % {
        "name": product.name[:100],
        "number": product.approval_no,
        "day": product.expires_on,
        "window": ended if stage is Stage.ENDED else window.words,
    }
    return WorkItem(
        kind=KIND_OF_STAGE[stage],
        organ_id=holder.responsible_organ_id,
        subject_id=holder.pk,
        subject_name=holder.name,
        division_code=holder.division_code,
        file_kind=FILE_KIND,
        file_id=product.pk,
        due_on=due_on,
        reason=reason[:300],
        source=window.source[:200],
        origin_kind=FILE_KIND,
        origin_key=str(product.pk),
        opened_at=now(),
    )


def _countdown(product: Product, holder: Subject, ends: date, *, starts: bool) -> Countdown:
    return Countdown(
        rule=rules_of(product)[1],
        file=Ref(FILE_KIND, product.pk),
        subject_id=holder.pk,
        organ_id=holder.responsible_organ_id,
        before=ends,
        starts=starts,
    )
