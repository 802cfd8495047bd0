"""Taking a whole list back: what it added goes, what it changed is as before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from yaojian.foundation.accounts.facade import Actor, Permission, check_may
from yaojian.foundation.ledger.facade import record_act
from yaojian.registers.products.bulk import contents_of, write_search_text
from yaojian.registers.products.models import (
    Product,
    ProductCode,
    ProductSite,
    ProductStatus,
    ProductVersion,
)
from yaojian.registers.products.permissions import may_write_without_holder
from yaojian.registers.products.states import ProductState

PARTS = (ProductVersion, ProductStatus, ProductSite, ProductCode)


@dataclass(frozen=True, slots=True)
class Undone:
    """How many products went, how many are as before, and which stay because they were changed since."""

    removed: int
    restored: int
    kept: tuple[str, ...]


@transaction.atomic
def undo_products(*, by: Actor, batch: UUID) -> Undone:
    """Take back what one list has entered and changed, except what somebody has changed since.

    Doing it twice changes nothing more. Writes one act when anything went back. Raises NotAllowed.
    """
    check_may(by, Permission.PRODUCT_EDIT)
    mine = Q(holder__responsible_organ__path__startswith=by.organ_path)
    if may_write_without_holder(by):
        mine |= Q(holder__isnull=True)
    own = Product.objects.select_for_update(of=("self",)).filter(mine)
    added = list(own.filter(batch=batch))
    touched = Q()
    for part in PARTS:
        touched |= Q(pk__in=part.objects.filter(batch=batch).order_by().values("product_id"))
    changed = list(own.filter(touched).exclude(pk__in=[product.pk for product in added]))
    busy = _changed_since([product.pk for product in (*added, *changed)], batch)
    gone = [product.pk for product in added if product.pk not in busy]
    back = [product for product in changed if product.pk not in busy]
    for product in back:
        _restore(product, batch)
    write_search_text(back)
    Product.objects.filter(pk__in=gone).delete()
    kept = tuple(sorted(product.approval_no for product in (*added, *changed) if product.pk in busy))
    if gone or back:
        facts = {"batch": str(batch), "removed": len(gone), "restored": len(back), "kept": len(kept)}
        record_act(by=by, kind="products.undone", facts=facts)
    return Undone(len(gone), len(back), kept)


def _changed_since(ids: list[int], batch: UUID) -> set[int]:
    """Those of which the newest version or state is not the list's own although the list has written one."""
    others = ~Q(batch=batch) | Q(batch__isnull=True)
    busy: set[int] = set()
    for table in (ProductVersion, ProductStatus):
        of_list = table.objects.filter(batch=batch, product_id__in=ids).values_list("product_id", flat=True)
        newest = table.objects.filter(others, product_id__in=list(of_list), valid_to__isnull=True)
        busy |= set(newest.values_list("product_id", flat=True))
    new = Product.objects.filter(pk__in=ids, batch=batch)
    busy |= set(new.filter(~Q(history__batch=batch), history__isnull=False).values_list("pk", flat=True))
    return busy


def _restore(product: Product, batch: UUID) -> None:
    """Take the list's rows away from a product, and put back what stood before them."""
    for version in ProductVersion.objects.filter(product=product, batch=batch):
        _restore_version(product, version)
    status = ProductStatus.objects.filter(product=product, batch=batch).first()
    if status is not None:
        status.delete()
        before = product.history.order_by("-valid_from").first()
        product.state, product.state_since = ProductState.VALID.value, product.approved_on
        if before is not None:
            ProductStatus.objects.filter(pk=before.pk).update(valid_to=None)
            product.state, product.state_since = before.state, before.valid_from
    for part in (ProductSite, ProductCode):
        part.objects.filter(product=product, batch=batch).delete()
    product.save()


def _restore_version(product: Product, version: ProductVersion) -> None:
    replaced: dict[str, Any] | None = version.replaced
    version.delete()
    if replaced is not None:
        days = {name: replaced.pop(name) for name in ("valid_from", "expires_on")}
        before: ProductVersion | None = ProductVersion.objects.create(
            product=product,
            holder_id=replaced.pop("holder"),
            **replaced,
            **{name: date.fromisoformat(day) if day else None for name, day in days.items()},
        )
    else:
        before = product.versions.order_by("-valid_from").first()
        if before is not None:
            ProductVersion.objects.filter(pk=before.pk).update(valid_to=None)
    if before is not None:
        for name, value in contents_of(before).items():
            setattr(product, "holder_id" if name == "holder" else name, value)
