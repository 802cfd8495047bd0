"""The kinds of work that the calendar puts on officers' lists."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.deadlines.facade import ClockFile, register_file
from yaojian.foundation.worklist.facade import ItemKind, WorkItem, register_kind
from yaojian.registers.products.contracts import EXPIRED, EXPIRES_SOON, FILE_KIND, RENEWAL_DUE


def _file_page(item: WorkItem) -> str:
    return reverse("backoffice:product", args=[item.file_id])


def register() -> None:
    """Enter the kinds in the worklist's register, and the file that their clocks run for."""
    register_file(ClockFile(FILE_KIND, _("Product"), lambda pk: reverse("backoffice:product", args=[pk])))
    for code, name in (
        (RENEWAL_DUE, _("Renewal of a product's approval due")),
        (EXPIRES_SOON, _("Product's approval expires soon")),
        (EXPIRED, _("Product's approval expired, not cancelled")),
    ):
        register_kind(ItemKind(code, name, _("See the product"), _file_page, Permission.PRODUCT_VIEW))
