"""The door of the register of products."""

from yaojian.registers.products.bulk import register_products
from yaojian.registers.products.contracts import (
    FILE_KIND,
    FLAGS,
    KIND_NAMES,
    STATE_MEANINGS,
    STATE_NAMES,
    CodeKind,
    Outcome,
    ProductEntry,
    ProductKind,
    flag_name,
)
from yaojian.registers.products.models import Product
from yaojian.registers.products.queries import (
    ProductFilter,
    matching,
    products_of_subject,
    products_visible_to,
    public_product,
    public_products,
    snapshot,
    states_of,
    versions_on,
)
from yaojian.registers.products.states import ProductState
from yaojian.registers.products.undo import Undone, undo_products

__all__ = [
    "FILE_KIND",
    "FLAGS",
    "KIND_NAMES",
    "STATE_MEANINGS",
    "STATE_NAMES",
    "CodeKind",
    "Outcome",
    "Product",
    "ProductEntry",
    "ProductFilter",
    "ProductKind",
    "ProductState",
    "Undone",
    "flag_name",
    "matching",
    "products_of_subject",
    "products_visible_to",
    "public_product",
    "public_products",
    "register_products",
    "snapshot",
    "states_of",
    "undo_products",
    "versions_on",
]
