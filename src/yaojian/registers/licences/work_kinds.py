"""The kinds of work that the calendar puts on officers' lists."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yaojian.foundation.accounts.facade import Permission
from yaojian.foundation.deadlines.facade import ClockFile, register_file
from yaojian.foundation.worklist.facade import ItemKind, WorkItem, register_kind
from yaojian.registers.licences.contracts import EXPIRED, EXPIRES_SOON, FILE_KIND, RENEWAL_DUE


def _file_page(item: WorkItem) -> str:
    return reverse("backoffice:licence", args=[item.file_id])


def register() -> None:
    """Enter the kinds in the worklist's register, and the file that their clocks run for."""
    register_file(
        ClockFile(FILE_KIND, _("Licence or filing"), lambda pk: reverse("backoffice:licence", args=[pk]))
    )
    view = Permission.LICENCE_VIEW
    register_kind(ItemKind(RENEWAL_DUE, _("Renewal window open"), _("See the licence"), _file_page, view))
    register_kind(ItemKind(EXPIRES_SOON, _("Licence expires soon"), _("See the licence"), _file_page, view))
    register_kind(
        ItemKind(EXPIRED, _("Licence expired, still operating"), _("See the licence"), _file_page, view)
    )
