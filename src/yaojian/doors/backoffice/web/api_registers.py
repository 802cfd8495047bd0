"""Licences, products, organs and work as JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yaojian.doors.backoffice.web.api import AsOf, UpdatedSince, acting, aware, day_of
from yaojian.foundation.accounts.facade import Permission, organs_visible_to
from yaojian.foundation.accounts.web.api_access import Needs
from yaojian.foundation.paging import NEXT, After, Limit, page_by_key
from yaojian.foundation.timekeeping import today
from yaojian.foundation.worklist.facade import ItemFilter, items_visible_to, matching_items
from yaojian.registers.licences.facade import LicenceFilter, LicenceState, licences_visible_to
from yaojian.registers.licences.facade import matching as matching_licences
from yaojian.registers.licences.facade import snapshot as licences_on
from yaojian.registers.licences.facade import states_of as states_of_licences
from yaojian.registers.licences.facade import versions_on as licence_versions_on
from yaojian.registers.products.facade import ProductFilter, ProductState, products_visible_to, versions_on
from yaojian.registers.products.facade import matching as matching_products
from yaojian.registers.products.facade import snapshot as products_on
from yaojian.registers.products.facade import states_of as states_of_products

router = Router(tags=["registers"])

SAID_OF_PRODUCTS = (
    "name",
    "brand",
    "dosage_form",
    "specification",
    "device_class",
    "flags",
    "holder_id",
    "holder_name",
    "expires_on",
)
Text = Annotated[str, Query(max_length=100, description="Words or numbers to find it by.")]


class LicenceOut(Schema):
    """A licence or filing (许可或备案): one term of it."""

    id: int = Field(description="Key in this installation.")
    kind: str = Field(description="Kind, as the register names it.", examples=["drug_retail"])
    number: str = Field(examples=["新DB9940001"])
    subject_id: int = Field(description="Key of the subject that holds it.")
    subject_code: str
    holder_name: str
    issuer: str
    issued_on: date
    valid_from: date
    expires_on: date | None = Field(description="Printed last day; null without one.")
    state: str = Field(
        description="issued, in_force, suspended, expired, superseded, cancelled, revoked or withdrawn, "
        "on the day asked about."
    )


class ProductOut(Schema):
    """A product with one approval, registration or filing (品种), as described on the day asked about."""

    id: int = Field(description="Key in this installation.")
    kind: str = Field(description="drug, device or cosmetic.")
    approval_no: str = Field(examples=["国药准字Z20250001"])
    name: str
    brand: str
    dosage_form: str
    specification: str
    device_class: str = Field(description="1, 2 or 3; empty for what is no device.")
    flags: list[str]
    holder_id: int | None
    holder_name: str
    approved_on: date
    expires_on: date | None
    state: str = Field(description="valid, suspended, expired or cancelled, on the day asked about.")


class OrganOut(Schema):
    """An organ of supervision (监管机关)."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str | None = Field(description="Code of the organ above.")
    territories: list[str] = Field(description="Beginnings of the codes of divisions that it covers.")


class WorkOut(Schema):
    """A work item (工作项)."""

    id: int
    kind: str
    state: str
    reason: str
    source: str = Field(description="What it rests on.")
    subject_id: int | None
    organ: str = Field(description="Code of the organ.")
    assignee: str | None = Field(description="User name.")
    due_on: date | None
    opened_at: datetime


class LicencePage(Schema):
    """Some licences, and where to go on."""

    items: list[LicenceOut]
    next: str | None = Field(description=NEXT)


class ProductPage(Schema):
    """Some products, and where to go on."""

    items: list[ProductOut]
    next: str | None = Field(description=NEXT)


class OrganPage(Schema):
    """Some organs, and where to go on."""

    items: list[OrganOut]
    next: str | None = Field(description=NEXT)


class WorkPage(Schema):
    """Some work items, and where to go on."""

    items: list[WorkOut]
    next: str | None = Field(description=NEXT)


@router.get("/licences", response=LicencePage, auth=Needs(Permission.LICENCE_VIEW), summary="Licences")
def list_licences(
    request: HttpRequest,
    q: Text = "",
    kind: Annotated[str, Query(max_length=32, examples=["drug_retail"])] = "",
    state: Annotated[str, Query(pattern=f"^({'|'.join(['', *LicenceState])})$")] = "",
    subject_id: Annotated[int | None, Query(description="Only of this subject.")] = None,
    as_of: AsOf = None,
    updated_since: UpdatedSince = None,
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Licences and filings of the subjects in your area, by key."""
    day = day_of(as_of)
    found = licences_on(licences_visible_to(acting(request)), day)
    found = matching_licences(found, LicenceFilter(text=q, kind=kind, state=state))
    rows = found.licences.select_related("subject")
    if subject_id is not None:
        rows = rows.filter(subject_id=subject_id)
    if updated_since:
        rows = rows.filter(changed_at__gte=aware(updated_since))
    page = page_by_key(rows, limit, after)
    states = states_of_licences(page["items"], day)
    said = licence_versions_on([row.pk for row in page["items"]], day) if day < today() else {}
    page["items"] = [
        LicenceOut(
            id=row.pk,
            kind=row.kind,
            number=row.number,
            subject_id=row.subject_id,
            subject_code=row.subject.code,
            holder_name=said.get(row.pk, row).holder_name,
            issuer=said.get(row.pk, row).issuer,
            issued_on=row.issued_on,
            valid_from=row.valid_from,
            expires_on=row.expires_on,
            state=states[row.pk].value,
        )
        for row in page["items"]
    ]
    return page


@router.get("/products", response=ProductPage, auth=Needs(Permission.PRODUCT_VIEW), summary="Products")
def list_products(
    request: HttpRequest,
    q: Text = "",
    kind: Annotated[str, Query(pattern="^(|drug|device|cosmetic)$")] = "",
    flag: Annotated[str, Query(max_length=40, examples=["essential"])] = "",
    state: Annotated[str, Query(pattern=f"^({'|'.join(['', *ProductState])})$")] = "",
    as_of: AsOf = None,
    updated_since: UpdatedSince = None,
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Products of holders and producers in your area, and those of holders elsewhere, by key."""
    day = day_of(as_of)
    found = products_on(products_visible_to(acting(request)), day)
    found = matching_products(found, ProductFilter(text=q, kind=kind, flag=flag, state=state))
    rows = found.products
    if updated_since:
        rows = rows.filter(changed_at__gte=aware(updated_since))
    page = page_by_key(rows, limit, after)
    states = states_of_products(page["items"], day)
    said = versions_on([row.pk for row in page["items"]], day) if day < today() else {}
    page["items"] = [
        ProductOut(
            id=row.pk,
            kind=row.kind,
            approval_no=row.approval_no,
            approved_on=row.approved_on,
            state=states[row.pk].value,
            **{name: getattr(said.get(row.pk, row), name) for name in SAID_OF_PRODUCTS},
        )
        for row in page["items"]
    ]
    return page


@router.get("/organs", response=OrganPage, auth=Needs(Permission.ORGAN_VIEW), summary="Organs")
def list_organs(request: HttpRequest, limit: Limit = 50, after: After = "") -> dict[str, Any]:
    """Your organ and those below it, by key."""
    page = page_by_key(organs_visible_to(acting(request)).select_related("parent"), limit, after)
    page["items"] = [
        OrganOut(
            code=row.code,
            name=row.name,
            name_en=row.name_en,
            level=row.level,
            parent=row.parent.code if row.parent else None,
            territories=row.territories,
        )
        for row in page["items"]
    ]
    return page


@router.get("/work", response=WorkPage, auth=Needs(Permission.WORKLIST_VIEW), summary="Work items")
def list_work(
    request: HttpRequest,
    kind: Annotated[str, Query(max_length=40, examples=["inspection.due"])] = "",
    limit: Limit = 50,
    after: After = "",
) -> dict[str, Any]:
    """Work that is open and yours to see, by key."""
    rows = matching_items(items_visible_to(acting(request)), ItemFilter("", kind, ""))
    page = page_by_key(rows.select_related("organ", "assignee"), limit, after)
    page["items"] = [
        WorkOut(
            id=row.pk,
            kind=row.kind,
            state=row.state,
            reason=row.reason,
            source=row.source,
            subject_id=row.subject_id,
            organ=row.organ.code,
            assignee=row.assignee.username if row.assignee else None,
            due_on=row.due_on,
            opened_at=row.opened_at,
        )
        for row in page["items"]
    ]
    return page
