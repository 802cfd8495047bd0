"""What crosses the door: kinds, flags and states of products with their names; entries and outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yaojian.foundation.accounts.facade import Level
from yaojian.registers.products.states import ProductState

FILE_KIND = "products.product"
"""The kind of the pointer to a product, in acts and work items."""

RENEWAL_DUE, EXPIRES_SOON, EXPIRED = "product.renewal_due", "product.expires_soon", "product.expired"
"""The kinds of work that the end of an approval causes."""
UPPER_LEVELS = (Level.NATIONAL, Level.PROVINCE)
"""The levels that keep the products of holders outside the register."""

Change = Literal["new", "changed", "unchanged", "refused"]
Text = str | Promise


class ProductKind(StrEnum):
    """两品一械."""

    DRUG = "drug"
    DEVICE = "device"
    COSMETIC = "cosmetic"


class CodeKind(StrEnum):
    """What a code on a product or its package is."""

    GTIN = "gtin"
    MA = "ma"
    AHM = "ahm"
    TRACE_PREFIX = "trace_prefix"
    NATIONAL_DRUG_CODE = "national_drug_code"


KIND_NAMES: dict[ProductKind, Promise] = {
    ProductKind.DRUG: pgettext_lazy("product", "Drug"),
    ProductKind.DEVICE: pgettext_lazy("product", "Medical device"),
    ProductKind.COSMETIC: pgettext_lazy("product", "Cosmetic"),
}
CODE_NAMES: dict[CodeKind, Promise] = {
    CodeKind.GTIN: _("GS1 item number (GTIN, UDI-DI)"),
    CodeKind.MA: _("MA identifier (ZIIOT, UDI-DI)"),
    CodeKind.AHM: _("AHM identifier (AliHealth, UDI-DI)"),
    CodeKind.TRACE_PREFIX: _("First seven digits of the drug trace codes"),
    CodeKind.NATIONAL_DRUG_CODE: _("National drug code (14 digits)"),
}
CODES_OF_KIND: dict[ProductKind, tuple[CodeKind, ...]] = {
    ProductKind.DRUG: (CodeKind.TRACE_PREFIX, CodeKind.NATIONAL_DRUG_CODE, CodeKind.GTIN),
    ProductKind.DEVICE: (CodeKind.GTIN, CodeKind.MA, CodeKind.AHM),
    ProductKind.COSMETIC: (CodeKind.GTIN,),
}
DEVICE_CLASSES: dict[str, Promise] = {
    "1": pgettext_lazy("device", "Class I"),
    "2": pgettext_lazy("device", "Class II"),
    "3": pgettext_lazy("device", "Class III"),
}

_D, _M, _C = ProductKind.DRUG, ProductKind.DEVICE, ProductKind.COSMETIC


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark by which plans and duties choose products, and the kinds of product it fits."""

    name: Promise
    fits: tuple[ProductKind, ...]


FLAGS: dict[str, Flag] = {
    "essential": Flag(pgettext_lazy("flag", "National essential medicine"), (_D,)),
    "centrally_procured": Flag(pgettext_lazy("flag", "Centrally procured"), (_D, _M)),
    "consistency_passed": Flag(pgettext_lazy("flag", "Passed the consistency evaluation"), (_D,)),
    "prescription": Flag(pgettext_lazy("flag", "Prescription drug"), (_D,)),
    "cold_chain": Flag(pgettext_lazy("flag", "Cold chain"), (_D, _M)),
    "vaccine": Flag(pgettext_lazy("flag", "Vaccines"), (_D,)),
    "blood_product": Flag(pgettext_lazy("flag", "Blood products"), (_D,)),
    "biological": Flag(pgettext_lazy("flag", "Biological products"), (_D,)),
    "narcotic": Flag(pgettext_lazy("flag", "Narcotic drug"), (_D,)),
    "psychotropic_1": Flag(pgettext_lazy("flag", "Psychotropic drug, class I"), (_D,)),
    "psychotropic_2": Flag(pgettext_lazy("flag", "Psychotropic drug, class II"), (_D,)),
    "precursor": Flag(pgettext_lazy("flag", "Precursor chemicals"), (_D,)),
    "toxic": Flag(pgettext_lazy("flag", "Medicinal toxic drugs"), (_D,)),
    "radioactive": Flag(pgettext_lazy("flag", "Radioactive drugs"), (_D,)),
    "tcm": Flag(pgettext_lazy("flag", "Traditional Chinese or ethnic medicine"), (_D,)),
    "sterile": Flag(pgettext_lazy("flag", "Sterile products"), (_D, _M)),
    "implant": Flag(pgettext_lazy("flag", "Implants"), (_M,)),
    "ivd": Flag(pgettext_lazy("flag", "In-vitro diagnostics"), (_M,)),
    "epidemic_control": Flag(pgettext_lazy("flag", "Epidemic-control devices"), (_M,)),
    "innovative": Flag(pgettext_lazy("flag", "Innovative product"), (_D, _M)),
    "child_cosmetic": Flag(pgettext_lazy("flag", "Infant and child cosmetics"), (_C,)),
    "special_cosmetic": Flag(pgettext_lazy("flag", "Special cosmetic"), (_C,)),
    "high_risk": Flag(pgettext_lazy("flag", "High risk"), (_D, _M, _C)),
}
NEW_YEARS = 2
NEW = "new"
"""Not a mark that somebody sets: approved within the last two years of the day asked about."""
NEW_NAME = pgettext_lazy("flag", "Approved within two years")

_S = ProductState
STATE_NAMES: dict[ProductState, Promise] = {
    _S.VALID: pgettext_lazy("product", "Valid"),
    _S.SUSPENDED: pgettext_lazy("product", "Suspended"),
    _S.EXPIRED: pgettext_lazy("product", "Expired"),
    _S.CANCELLED: pgettext_lazy("product", "Cancelled"),
}
STATE_MEANINGS: dict[ProductState, str] = {
    _S.VALID: "done",
    _S.SUSPENDED: "due_soon",
    _S.EXPIRED: "overdue",
    _S.CANCELLED: "neutral",
}


def flag_name(flag: str) -> str:
    """The name of a flag in the reader's language; one that is not known stays as it is."""
    if flag == NEW:
        return str(NEW_NAME)
    return str(FLAGS[flag].name) if flag in FLAGS else flag


@dataclass(frozen=True, slots=True)
class ProductEntry:
    """A product as a list, an import or a form gives it, known by kind and approval number.

    `holder` and `producers` are codes of subjects; a holder outside the register has a name only. `codes` are
    pairs of `CodeKind` and text. `state` is what is written down ("valid", "suspended", "cancelled"),
    since `state_since`.
    """

    kind: str
    approval_no: str
    name: str
    approved_on: date
    expires_on: date | None = None
    holder: str = ""
    holder_name: str = ""
    brand: str = ""
    dosage_form: str = ""
    specification: str = ""
    standard: str = ""
    device_class: str = ""
    flags: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    state: str = _S.VALID.value
    state_since: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry; `errors` names for each field what is wrong and what to do."""

    code: str
    change: Change
    product_id: int | None = None
    errors: Mapping[str, Text] = field(default_factory=dict)
