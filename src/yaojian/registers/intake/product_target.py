"""The register of products as a target of imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Actor, Permission
from yaojian.registers.intake.contracts import EntryFault, EntryOutcome, FieldKind, ImportField, Target
from yaojian.registers.intake.licence_target import back_outcomes
from yaojian.registers.products.contracts import DEVICE_CLASSES
from yaojian.registers.products.facade import (
    FLAGS,
    KIND_NAMES,
    STATE_NAMES,
    CodeKind,
    ProductEntry,
    ProductState,
    products_visible_to,
    register_products,
    undo_products,
)

_K = FieldKind
_CODES = {kind.value: kind for kind in (CodeKind.GTIN, CodeKind.TRACE_PREFIX, CodeKind.NATIONAL_DRUG_CODE)}
_WRITTEN = (ProductState.VALID, ProductState.SUSPENDED, ProductState.CANCELLED)
FIELDS = (
    ImportField(
        "kind",
        _("Kind of product"),
        _K.CHOICE,
        ("产品类别", "产品类型", "品种类别", "类别"),
        required=True,
        choices=KIND_NAMES,
        aliases={"药": "drug", "药品": "drug", "器械": "device", "医疗器械": "device", "化妆品": "cosmetic"},
    ),
    ImportField(
        "approval_no",
        _("Approval, registration or filing number"),
        _K.CODE,
        ("批准文号", "注册证号", "注册证编号", "备案号", "备案编号", "药品批准文号", "国药准字"),
        required=True,
        example="国药准字Z20250001",
    ),
    ImportField(
        "name",
        _("Product name"),
        synonyms=("产品名称", "药品名称", "通用名称", "通用名", "品名", "名称"),
        required=True,
    ),
    ImportField(
        "approved_on",
        _("Approved on"),
        _K.DAY,
        ("批准日期", "注册日期", "备案日期", "发证日期"),
        required=True,
    ),
    ImportField("expires_on", _("Valid until"), _K.LAST_DAY, ("有效期至", "有效期止", "到期日期")),
    ImportField(
        "holder",
        _("Code of the holder"),
        _K.CODE,
        ("持有人代码", "持有人统一社会信用代码", "注册人代码", "统一社会信用代码"),
        hint=_("Where the holder is in the register; otherwise its name."),
        blank="",
    ),
    ImportField(
        "holder_name",
        _("Name of the holder"),
        synonyms=("持有人", "上市许可持有人", "注册人", "备案人", "注册人名称", "生产企业", "企业名称"),
        blank="",
    ),
    ImportField("brand", _("Brand name"), synonyms=("商品名", "商品名称", "品牌"), blank=""),
    ImportField("dosage_form", _("Dosage form"), synonyms=("剂型",), blank=""),
    ImportField(
        "specification", _("Specification or model"), synonyms=("规格", "规格型号", "型号"), blank=""
    ),
    ImportField(
        "standard",
        _("Standard or technical requirements"),
        synonyms=("执行标准", "质量标准", "技术要求"),
        blank="",
    ),
    ImportField(
        "device_class",
        _("Device class"),
        _K.CHOICE,
        ("管理类别", "器械类别", "医疗器械类别"),
        choices=DEVICE_CLASSES,
        aliases={
            **dict.fromkeys(("I", "Ⅰ", "一类", "第一类", "Ⅰ类", "I类"), "1"),
            **dict.fromkeys(("II", "Ⅱ", "二类", "第二类", "Ⅱ类", "II类"), "2"),
            **dict.fromkeys(("III", "Ⅲ", "三类", "第三类", "Ⅲ类", "III类"), "3"),
        },
        blank="",
    ),
    ImportField(
        "flags",
        pgettext_lazy("subject", "Marks"),
        _K.CHOICES,
        ("标识", "标签", "标记", "特殊标识"),
        choices={code: flag.name for code, flag in FLAGS.items()},
        hint=_("Several are parted by 、"),
        blank=(),
    ),
    ImportField(
        "producers",
        _("Codes of the producers"),
        _K.LIST,
        ("生产企业代码", "受托生产企业代码", "生产企业统一社会信用代码"),
        hint=_("Several are parted by 、"),
        blank=(),
    ),
    ImportField(
        "gtin", _("GS1 item number (GTIN, UDI-DI)"), _K.CODE, ("商品条码", "UDI-DI", "产品标识"), blank=""
    ),
    ImportField(
        "trace_prefix",
        _("First seven digits of the drug trace codes"),
        _K.CODE,
        ("药品标识码", "追溯码前7位", "追溯码前缀"),
        blank="",
    ),
    ImportField(
        "national_drug_code", _("National drug code (14 digits)"), _K.CODE, ("本位码", "药品本位码"), blank=""
    ),
    ImportField(
        "state",
        _("State"),
        _K.CHOICE,
        ("状态", "批件状态", "注册证状态"),
        choices={state.value: STATE_NAMES[state] for state in _WRITTEN},
        aliases={"正常": ProductState.VALID.value, "注销": ProductState.CANCELLED.value},
        blank=ProductState.VALID.value,
    ),
    ImportField("state_since", _("State since"), _K.DAY, ("状态日期", "注销日期", "变更日期")),
    ImportField("reason", _("Reason"), synonyms=("原因", "注销原因", "状态原因"), blank=""),
)


def product_entry(**values: Any) -> ProductEntry:
    """An entry; each kind of code has a column of its own in a table."""
    codes = tuple((kind, values.pop(kind)) for kind in _CODES if values.get(kind))
    for kind in _CODES:
        values.pop(kind, None)
    return ProductEntry(**values, codes=codes)


def value_of(entry: ProductEntry, name: str) -> Any:
    """One value of an entry by field."""
    if name in _CODES:
        return next((text for kind, text in entry.codes if kind == name), None)
    return getattr(entry, name, None)


def enter_products(
    entries: Sequence[ProductEntry], *, by: Actor, effective_on: date, batch: UUID, rehearse: bool
) -> list[EntryOutcome]:
    """The register's bulk door."""
    outcomes = register_products(entries, by=by, effective_on=effective_on, batch=batch)
    return [
        EntryOutcome(o.code, o.change, [EntryFault(name, text) for name, text in o.errors.items()])
        for o in outcomes
    ]


def take_back_products(*, by: Actor, batch: UUID) -> list[EntryOutcome]:
    """The register's way back."""
    undone = undo_products(by=by, batch=batch)
    return back_outcomes(undone.removed + undone.restored, undone.kept)


def current_products(actor: Actor, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """What the register holds of products, by key and field."""
    numbers = {key.partition(" ")[2] for key in keys}
    found: dict[str, Mapping[str, Any]] = {}
    for product in products_visible_to(actor).filter(approval_no__in=numbers).select_related("holder"):
        values = {one.name: getattr(product, one.name, None) for one in FIELDS}
        values["holder"] = product.holder.code if product.holder else ""
        found[f"{product.kind} {product.approval_no}"] = values
    return found


PRODUCTS = Target(
    code="products",
    name=_("Products"),
    permission=Permission.PRODUCT_EDIT,
    view=Permission.PRODUCT_VIEW,
    fields=FIELDS,
    entry=product_entry,
    entry_type=ProductEntry,
    key=lambda entry: f"{entry.kind} {entry.approval_no}",
    key_field="approval_no",
    register=enter_products,
    undo=take_back_products,
    current=current_products,
    value=value_of,
)
