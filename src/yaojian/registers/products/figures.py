"""Products as figures of plans count them: of an organ's land, on a day, in a group."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from yaojian.foundation.accounts.facade import Organ
from yaojian.foundation.periods import in_force_q
from yaojian.registers.enterprises.facade import stood_on_land_q, subjects_open_on
from yaojian.registers.products.contracts import ProductKind
from yaojian.registers.products.models import Product, ProductSite, first_day_of_new
from yaojian.registers.products.queries import Snapshot, snapshot
from yaojian.registers.products.states import ProductState

FLAGGED = {
    "essential_or_procured": ("essential", "centrally_procured"),
    "essential_or_equivalent": ("essential", "consistency_passed"),
    "equivalent": ("consistency_passed",),
    "special_cosmetic": ("special_cosmetic",),
    "local_essential": ("essential",),
    "high_risk_cosmetic": ("high_risk",),
}
"""Groups that flags make: a product belongs with any of them."""
COSMETIC = ("special_cosmetic", "local_cosmetic", "high_risk_cosmetic")


def products_counted(organ: Organ, day: date, group: str = "") -> QuerySet[Product]:
    """Valid products of holders or producers on an organ's land on a day, in a group. Callers check who asks.

    Raises KeyError for an unknown group.
    """
    sites = ProductSite.objects.filter(in_force_q(day), stood_on_land_q(organ, day))
    found = snapshot(Product.objects.filter(approved_on__lte=day), day)
    here = stood_on_land_q(organ, day, found.holder)
    found = found.narrowed(here | Q(pk__in=sites.order_by().values("product_id")))
    found = found.narrowed(found.in_state(ProductState.VALID))
    return found.narrowed(_in_group(found, group, day)).products if group else found.products


def _in_group(found: Snapshot, group: str, day: date) -> Q:
    of_kind = Q(kind=ProductKind.COSMETIC.value) if group in COSMETIC else Q()
    if group == "recently_approved":
        return Q(approved_on__gt=first_day_of_new(day))
    if group == "in_production":
        working = subjects_open_on(day).filter(in_production=True).order_by().values("pk")
        producing = ProductSite.objects.filter(in_force_q(day), subject__in=working)
        return Q(pk__in=producing.order_by().values("product_id"))
    if group == "local_cosmetic":
        return of_kind
    return of_kind & Q(**{f"{found.flags}__overlap": list(FLAGGED[group])})
